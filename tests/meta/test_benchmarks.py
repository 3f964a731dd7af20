"""The benchmarks: what is compared ran side by side, and what was measured is what is shown. Nothing here depends on time."""

from __future__ import annotations

import importlib
import json
import os
import re
import socket
import struct
import subprocess
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

import benchmarks.__main__ as command
from benchmarks import (
    bulk,
    bulk_sink,
    calls,
    concurrency,
    libraries,
    lists,
    memory,
    mock,
    prism,
    report,
    upload_sink,
    uploads,
)
from benchmarks.measuring import Figure, Series, alternate, compare, ratio
from benchmarks.processes import one_processor
from benchmarks.static_server import JOB, PAGE, running

PROJECT = Path(__file__).resolve().parents[2]
ABOUT = {"date": "2026-01-02", "python": "3.11"}
FIGURES = [
    Figure("get_job", "BackendClient", 120.44, "us", 110.0, 131.0, note="on loopback"),
    Figure("get_job", "httpx.Client", 250.0, "us", 240.0, 300.0, ratio=0.482, target="<= 0.5", note="on loopback"),
    Figure("mock", "get_job", 12345.6, "req/s", 12000.0, 12600.0),
    Figure("regeneration", "scripts/regenerate", 1.251, "s", 1.2, 1.3),
]


# --- rounds -------------------------------------------------------------------------------------------------------


def test_contenders_alternate_and_take_turns_at_being_first() -> None:
    made: list[str] = []
    series = alternate({"a": lambda: made.append("a"), "b": lambda: made.append("b")}, rounds=3, repeat=1, warm_up=1)
    assert "".join(made) == "ba" + "ab" + "ba" + "ab"
    assert [len(one.seconds) for one in series.values()] == [3, 3]


def test_the_time_of_a_round_is_the_mean_of_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(step=8)
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks))
    assert alternate({"a": lambda: None}, rounds=1, repeat=4, warm_up=0)["a"].seconds == [2.0]
    assert alternate({"a": lambda: None}, rounds=1, repeat=2, size=8, warm_up=0)["a"].seconds == [0.5]


def test_a_ratio_compares_within_the_round() -> None:
    # The second round was twice as slow for both: the ratio must not notice.
    assert ratio(Series([1.0, 2.0, 1.5]), Series([2.0, 4.0, 3.0])) == 0.5


def test_a_ratio_of_unequal_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio(Series([1.0]), Series([1.0, 2.0]))


def test_figures_are_medians_in_their_unit() -> None:
    figure = Series([0.001, 0.009, 0.002]).figure("call", "ours", scale=1e6, unit="us")
    assert (round(figure.value), round(figure.lowest), round(figure.highest)) == (2000, 1000, 9000)


def test_the_first_contender_is_ours_and_the_others_say_how_it_compares() -> None:
    series = {"ours": Series([1.0]), "slow": Series([4.0]), "fast": Series([0.5])}
    figures = compare("call", series, scale=1, unit="s", targets={"slow": "<= 0.5"})
    assert [(figure.name, figure.ratio, figure.target) for figure in figures] == [
        ("ours", None, ""),
        ("slow", 0.25, "<= 0.5"),
        ("fast", 2.0, ""),
    ]


# --- measurements -------------------------------------------------------------------------------------------------


def test_every_subject_can_be_measured() -> None:
    for name in command.SUBJECTS:
        assert callable(importlib.import_module(f"benchmarks.{name}").measure)


def test_the_server_answers_with_a_job_or_a_page() -> None:
    with running() as port, socket.create_connection(("127.0.0.1", port)) as connection:
        # In pieces and more than one at a time, as streams may cut them.
        connection.sendall(b"GET /jobs/789/ HTTP/1.1\r\nHost: x\r\n")
        connection.sendall(b"\r\n")
        assert json.loads(mock.read_answer(connection)) == JOB
        connection.sendall(b"GET /jobs/ HTTP/1.1\r\n\r\n")
        assert json.loads(mock.read_answer(connection)) == PAGE


def test_asynchronous_calls_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "SUBJECTS", (("get_job", "/jobs/789/", 1), ("list_jobs", "/jobs/", 1)))
    with running() as port:
        figures = calls.asynchronous(port, 1)
    assert [(figure.group, figure.ratio is None) for figure in figures] == [
        ("get_job, async", True),
        ("get_job, async", False),
        ("list_jobs, 100 items, async", True),
        ("list_jobs, 100 items, async", False),
    ]


def test_the_throughput_is_the_calls_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "CALLS", 2)
    monkeypatch.setattr(concurrency, "TASKS", 5)
    ours, theirs = concurrency.measure(1)
    # The ratio is one of times, so that less is better everywhere.
    assert theirs.ratio == pytest.approx(theirs.value / ours.value)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the size of a process")
@pytest.mark.parametrize("code", [memory._SYNC, memory._ASYNC], ids=["sync", "async"])
def test_memory_is_that_of_a_process_that_calls(code: str) -> None:
    with running() as port:
        grown, size = memory.growth(code, port, 1, 3)
    assert abs(grown) < size


def test_lists_are_measured() -> None:
    figures = lists.reading(1, pages=3, latency=0)
    assert [figure.target for figure in figures] == ["", "", "<= 0.2", "<= 0.2"]
    assert [figure.ratio is None for figure in figures] == [True, False, False, False]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system does not tell the size of a process")
def test_the_memory_of_a_walk_is_that_of_a_process_that_walks() -> None:
    early, late = lists.walking(pages=5)
    assert 0 < early.value <= late.value


def test_many_small_files_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "load", lambda name: SimpleNamespace(Session=httpx.Client))
    monkeypatch.setattr(bulk, "FILES", 5)
    monkeypatch.setattr(bulk, "BATCH", 2)
    figures = bulk.measure(1)
    assert [figure.name for figure in figures] == [
        "BackendClient.upload_data_collection",
        "AsyncBackendClient.upload_data_collection",
        bulk.RIVAL,
    ]
    assert figures[-1].target == "<= 0.33"


def test_units_that_are_missing_are_not_measured() -> None:
    with pytest.raises(RuntimeError, match="4 of 5 units were created"):
        bulk.require(4, 5)


def test_the_sink_says_what_it_got() -> None:
    sink = bulk_sink.Sink()
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--b--\r\n'
    answer: Any = sink.answer(b"POST /data_files/ HTTP/1.1", form)
    assert (answer["checksum"], answer["size"]) == ("900150983cd24fb0d6963f7d28e17f72", 3)
    units: Any = sink.answer(b"POST /data_units/ HTTP/1.1", b'[{"meta": {"a": 1}}, {}]')
    assert [unit["meta"] for unit in units] == [{"a": 1}, {}]


def test_uploads_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    # The environment of other libraries may not be there; one of the project's own stands in.
    monkeypatch.setattr(uploads, "load", lambda name: SimpleNamespace(Session=httpx.Client, __file__=httpx.__file__))
    monkeypatch.setattr(uploads, "SIZE", 200_001)
    monkeypatch.setattr(uploads, "CHUNK", 100_000)
    monkeypatch.setattr(uploads, "_PROGRAMS", dict(list(uploads._PROGRAMS.items())[:2]))
    figures = uploads.measure(1)
    assert [figure.name.partition(" (")[0] for figure in figures[:5]] == [
        "hashlib.md5 alone", "BackendClient", "AsyncBackendClient", "requests, by hand", "httpx, by hand",
    ]  # fmt: skip
    assert [figure.target for figure in figures[1:3]] == ["<= 1.15 x MD5", ""]
    assert all(figure.value > 0 for figure in figures[:5])
    if Path("/proc/self/clear_refs").exists():
        assert [(figure.name, figure.target) for figure in figures[5:]] == [
            ("BackendClient", "<= 16 MiB"),
            ("AsyncBackendClient", "<= 16 MiB"),
        ]


def test_memory_that_the_system_does_not_tell_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(uploads, "SIZE", 1)
    monkeypatch.setattr(uploads, "times", lambda *_: FIGURES)
    monkeypatch.setattr(uploads, "TELLS", Path("/no/such/file"))
    assert uploads.measure(1) == FIGURES
    assert "memory of uploads is not measured" in capsys.readouterr().err


def test_the_sink_answers_as_the_api_does() -> None:
    with upload_sink.running() as port, socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        head = "PUT /chunked_upload/ HTTP/1.1\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 6\r\n\r\n"
        # In pieces, as streams may cut them.
        connection.sendall(head[:30].encode())
        connection.sendall(head[30:].encode() + b"012")
        connection.sendall(b"345")
        answer = json.loads(mock.read_answer(connection))
        assert (answer["offset"], answer["url"]) == (4, "/chunked_upload/1/")
        connection.sendall(b'POST /chunked_upload/1/ HTTP/1.1\r\nContent-Length: 14\r\n\r\n{"md5":')
        connection.sendall(b' "abc"}')
        answer = json.loads(mock.read_answer(connection))
        assert (answer["checksum"], answer["size"], answer["status"]) == ("abc", 9, 2)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as other:
            other.sendall(b"PUT /")
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(b"GET /chunked_upload/1/ HTTP/1.1\r\n\r\n")
        assert json.loads(mock.read_answer(connection))["offset"] == 0


def test_the_mock_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    # Prism would take seconds to start.
    monkeypatch.setattr("shutil.which", lambda _name: None)
    figures = [*mock.in_process(1), *mock.under_load(1, seconds=0.01)]
    assert len(figures) == 9
    assert all(figure.value > 0 for figure in figures)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system decides where a process runs")
def test_one_processor_is_for_a_while() -> None:
    before = os.sched_getaffinity(0)
    with one_processor():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_prism_that_does_not_start_is_told() -> None:
    with subprocess.Popen(["false"]) as process, pytest.raises(RuntimeError, match="prism ended with status 1"):
        prism.wait_for(9, process)


# --- command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Subjects without measuring."""
    monkeypatch.setattr(report, "machine", lambda: ABOUT)
    for name in command.SUBJECTS:
        module = importlib.import_module(f"benchmarks.{name}")
        monkeypatch.setattr(module, "measure", lambda rounds, name=name: FIGURES if name == "calls" else [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["speed"], "nothing is called speed; there are bulk, calls, concurrency"),
        (["--rounds", "0"], "--rounds must be at least 1"),
        (["mock", "--plot", "a.svg"], "--plot needs a name that ends in .svg or .png, and calls among"),
        (["--plot", "a.gif"], "--plot needs a name that ends in .svg or .png"),
        (["--page", "missing.txt"], "--page: there is no file missing.txt"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_measured(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("measured")
def test_the_table_shows_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    out = capsys.readouterr().out
    lines = [re.sub(r"[^\w./<=()-]+", " ", line).strip() for line in out.splitlines()]
    assert "BackendClient 120.4 us 110.0 131.0" in lines
    assert "httpx.Client 250.0 us 240.0 300.0 0.48 <= 0.5" in lines
    assert "get_job 12346 req/s 12000 12600" in lines
    assert "scripts/regenerate 1.25 s 1.20 1.30" in lines
    assert out.count("on loopback") == 1


@pytest.mark.usefixtures("measured")
def test_json_goes_to_a_file_or_is_all_that_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["calls", "--json", "-"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["machine"] == ABOUT
    assert [Figure(**figure) for figure in printed["figures"]] == FIGURES
    command.main(["calls", "--json", str(tmp_path / "figures.json")])
    assert json.loads((tmp_path / "figures.json").read_text()) == printed
    assert "BackendClient" in capsys.readouterr().out


@pytest.mark.usefixtures("measured")
def test_a_page_gets_the_figures_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    for _ in range(2):
        command.main(["--page", str(page)])
        text = page.read_text()
        assert text.startswith(f"before\n{report.BEGIN}\n\ndate 2026-01-02, python 3.11.\n")
        assert text.endswith(f"- on loopback\n\n{report.END}\nafter\n")
        assert "| httpx.Client | 250.0 us | 240.0 | 300.0 | 0.48 | <= 0.5 |" in text
        assert "old" not in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("text")
    with pytest.raises(ValueError, match="has no lines"):
        report.update_page(page, "figures")
    assert page.read_text() == "text"


@pytest.mark.usefixtures("measured")
def test_an_environment_that_cannot_be_made_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries, "ENVIRONMENT", tmp_path / ".venv-bench")
    monkeypatch.setattr(command, "ENVIRONMENT", tmp_path / ".venv-bench")
    monkeypatch.setattr("sys.executable", "false")
    assert command.main(["calls", "--plot", str(tmp_path / "a.svg")]) == 2
    assert ".venv-bench could not be set up" in capsys.readouterr().err


def test_the_page_of_the_documents_has_a_place_for_figures() -> None:
    page = (PROJECT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    before, _, rest = page.partition(report.BEGIN)
    assert "benchmarks.svg" in before
    assert report.END in rest
