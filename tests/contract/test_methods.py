"""What all methods have in common: options, and for lists the three ways to read them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from synapse_api.operations import OPERATIONS, ListOperation
from synapse_backend import BackendClient
from tests.contract.calls import CALLS
from tests.support.clients import Driver
from tests.support.recorder import Recorder, Reply

METHODS: dict[str, Callable[..., Any]] = {
    name: method
    for name, method in inspect.getmembers(BackendClient, inspect.isfunction)
    if not name.startswith("_") and name != "close"
}
LISTS = [name for name, operation in OPERATIONS.items() if isinstance(operation, ListOperation)]
WALKS = {name: "iter_" + name.removeprefix("list_") for name in LISTS} | {
    "list_data_collection": "iter_data_collections"
}
ITEM = {"id": 1, "files": {"image": {"url": "https://storage.example/1.png"}}}


def takes(method: str, parameter: str) -> bool:
    return parameter in inspect.signature(METHODS[method]).parameters


def page_of(*items: Any) -> Reply:
    return Reply.of_json(200, {"count": len(items), "next": None, "previous": None, "results": list(items)})


# --- options ------------------------------------------------------------------------------------------------------

# Of methods that stand on others, or that read a file before anything is sent.
ARGUMENTS: dict[str, Callable[[Path], Sequence[Any]]] = {
    "create_chunked_upload": lambda path: [path],
    "create_data_file": lambda path: [path],
    "data_files_verify_checksums": lambda path: [[]],
    "download_file": lambda path: ["/media/1.png", path.with_name("1.png")],
    "get_plugin_release_by_lookup": lambda path: ["contour-finder@2.0.0"],
}
# They make many calls and tell what became of each.
OF_MANY_CALLS = {"annotate_task_data_batch", "upload_data_collection", "upload_data_file", "upload_files_bulk"}


def invoke(driver: Driver, name: str, package: Path, **options: Any) -> None:
    """Call a method with the first of its examples, and read what it yields."""
    method, arguments, named = name, list[Any](), dict[str, Any]()
    if name in ARGUMENTS:
        arguments = [*ARGUMENTS[name](package)]
    elif name in CALLS:
        with CALLS[name][0].call(name, package) as (_, arguments, named):
            pass
    if name.startswith("iter_") or (name in OPERATIONS and OPERATIONS[name].stream):
        list(driver.items(method, arguments, **named, **options))
    else:
        driver.call(method, arguments, **named, **options)


def test_every_method_takes_options() -> None:
    assert [name for name in METHODS if not takes(name, "options")] == []


@pytest.mark.parametrize("name", sorted(METHODS.keys() - OF_MANY_CALLS))
def test_options_that_do_not_exist_are_refused_before_anything_is_sent(
    name: str, driver: Driver, recorder: Recorder, package: Path
) -> None:
    with pytest.raises(ValueError, match="options has no 'retry'"):
        invoke(driver, name, package, options={"retry": 1})
    assert recorder.take() == []


@pytest.mark.parametrize("list_all", [False, True])
@pytest.mark.parametrize("name", LISTS)
def test_the_options_of_a_list_are_those_of_each_way_to_read_it(
    name: str, list_all: bool, driver: Driver, recorder: Recorder
) -> None:
    with pytest.raises(ValueError, match="options has no 'retry'"):
        driver.call(name, [], list_all=list_all, options={"retry": 1})
    assert recorder.take() == []


def test_the_options_of_a_batch_are_those_of_each_call(driver: Driver, recorder: Recorder) -> None:
    outcomes = driver.call("annotate_task_data_batch", [{456: {}, 457: {}}], options={"retry": 1})
    assert [str(outcome["error"]) for outcome in outcomes.values()] == [
        "annotate_task_data: options has no 'retry'; it knows timeout, deadline, retries"
    ] * 2
    assert recorder.take() == []


# --- lists --------------------------------------------------------------------------------------------------------


def ways(driver: Driver, name: str, arguments: Sequence[Any], **named: Any) -> dict[str, Any]:
    """Return what a list gives in each of the three ways to read it."""
    page = driver.call(name, arguments, list_all=False, **named)
    return {
        "page": page if isinstance(page, list) else page.items,
        "all": driver.call(name, arguments, list_all=True, **named),
        "one by one": list(driver.items(WALKS[name], arguments, **named)),
    }


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_read_in_three_ways(name: str, driver: Driver, recorder: Recorder) -> None:
    recorder.answer(page_of(ITEM))
    query = {"page_size": 7, "ordering": "-id"}
    assert ways(driver, name, [], params=query) == {"page": [ITEM], "all": [ITEM], "one by one": [ITEM]}
    sent = [(request.path, sorted(request.query)) for request in recorder.take()]
    assert sent == [(OPERATIONS[name].path, [("ordering", "-id"), ("page_size", "7")])] * 3


@pytest.mark.parametrize("name", [name for name in LISTS if takes(name, "url_conversion")])
def test_the_urls_of_every_list_are_converted_in_three_ways(name: str, driver: Driver, recorder: Recorder) -> None:
    recorder.answer(page_of(ITEM))
    converted = {"id": 1, "files": {"image": {"url": "local:1.png"}}}
    conversion = {"files": lambda url: f"local:{url.rpartition('/')[2]}"}
    found = ways(driver, name, [], url_conversion=conversion)
    assert found == {"page": [converted], "all": [converted], "one by one": [converted]}
    recorder.take()


def test_the_url_of_a_model_is_converted(driver: Driver, recorder: Recorder) -> None:
    recorder.answer(Reply.of_json(200, {"id": 456, "file": "https://storage.example/456.zip"}))
    assert driver.call("get_model", [456, None, {"file": len}]) == {"id": 456, "file": 31}
    recorder.take()


def test_every_list_has_its_walk() -> None:
    assert {walk for name, walk in WALKS.items() if name in METHODS} == {
        name for name in METHODS if name.startswith("iter_")
    }
