"""What a test leaves behind fails the test: threads, descriptors, processes, tasks, temporary files, settings.

What fixtures of a module or of the whole run set up stays for the tests after, and is no leak.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator, Sized
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.files import open_files

HANG = 60.0
"""Seconds that something may take to end by itself, such as the thread of a connection that was just closed."""
TASKS = Path("/proc/self/task")
PACKAGES = ("synapse_backend", "synapse_api")
CACHES = ("synapse_backend._calls._builders",)
"""Containers that are filled as the program goes on; what is in them depends on nothing else."""
PYTESTS = ("PYTEST_CURRENT_TEST",)
"""Environment variables that pytest changes itself."""


@dataclass
class State:
    """What there is.

    Attributes:
        running: How many there are of what runs or is open. A connection that was replaced by another one is no leak.
        values: Of what else a test could notice, the value by its name.
        modules: What the names of each module stand for, in their order.
        sizes: How much each container holds that a name of a module stands for.
    """

    running: Counter[str]
    values: dict[str, object]
    modules: dict[str, list[object]]
    sizes: dict[str, int]


def look() -> State:
    """Return what there is now."""
    running = Counter(_unnumbered(f"thread {thread.name}") for thread in threading.enumerate())
    running.update(_unnumbered(f"descriptor of {target}") for target in open_files())
    running["child process"] = _processes()
    values: dict[str, object] = {f"temporary file {name}": None for name in _temporary_files()}
    values |= {f"environment variable {name}": value for name, value in os.environ.items() if name not in PYTESTS}
    values |= {f"setting {name}": value for name, value in _settings()}
    modules = {name: [*vars(sys.modules[name]).values()] for name in _modules(len(sys.modules)) if name in sys.modules}
    return State(running, values, modules, {name: len(held) for name, held in _containers(len(modules))})


@functools.cache
def _unnumbered(name: str) -> str:
    return re.sub(r"\d+", "N", name)


def _processes() -> int:
    number = 0
    if TASKS.is_dir():
        for thread in TASKS.iterdir():
            try:
                number += len((thread / "children").read_text("ascii").split())
            except OSError:
                continue  # The thread has ended, or this kernel does not tell.
    return number


def _temporary_files() -> list[str]:
    return [path.name for path in _folder.iterdir()] if _folder is not None else []


def _settings() -> Iterator[tuple[str, object]]:
    yield "working directory", Path.cwd()
    yield "sys.path", tuple(sys.path)
    yield "umask", _umask()
    yield "interrupt handler", signal.getsignal(signal.SIGINT)
    yield "termination handler", signal.getsignal(signal.SIGTERM)
    yield "threading.excepthook", threading.excepthook
    yield "sys.excepthook", sys.excepthook
    for name in (None, "synapse_backend", "httpx", "httpcore", "asyncio"):
        logger = logging.getLogger(name)
        # pytest's own handlers are there for a phase of a test only.
        handlers = tuple(one for one in logger.handlers if type(one).__module__ != "_pytest.logging")
        yield f"logger {name or 'root'}", (logger.level, logger.disabled, logger.propagate, handlers)


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


@functools.lru_cache(maxsize=1)
def _modules(number: int) -> list[str]:
    """Return the names of the modules to look at, when there are so many in all."""
    return [name for name in sys.modules if name.startswith(PACKAGES)]


@functools.cache
def _containers(modules: int) -> list[tuple[str, Sized]]:
    """Return the containers of so many modules; they are looked for again when there are more."""
    found = [
        (f"{module}.{name}", value)
        for module in sys.modules
        if module.startswith(PACKAGES)
        for name, value in vars(sys.modules[module]).items()
    ]
    return [(name, value) for name, value in found if type(value) in (dict, list, set) and name not in CACHES]


def _left(before: State, now: State) -> tuple[list[str], list[str]]:
    """Return what runs or is open that did not or was not, and what else is otherwise than it was."""
    changed = [name for name in before.values if name not in now.values and not name.startswith("temporary file")]
    for name, value in now.values.items():
        if (name not in before.values or before.values[name] != value) and value not in _undone.get(name, []):
            changed.append(name)
    if before.modules != now.modules:
        changed += [f"module {name}" for name in before.modules if not _is_same(before, now, name)]
    if before.sizes != now.sizes:
        changed += [f"contents of {name}" for name, size in before.sizes.items() if now.sizes.get(name, size) != size]
    return sorted((now.running - before.running).elements()), sorted(changed)


def _is_same(before: State, now: State, module: str) -> bool:
    # Modules of a package become names of it when they are first used, which are added at the end.
    old, new = before.modules[module], now.modules.get(module, [])
    return old == new[: len(old)]


def wait_for_end(before: State) -> tuple[list[str], State]:
    """Wait for what is about to end; return what was left behind, and what there is now."""
    deadline = time.monotonic() + HANG
    pause = 0.001
    garbage: list[str] = []
    # What is said of objects that nobody closed would be said of the next test.
    previous, sys.unraisablehook = sys.unraisablehook, lambda error: garbage.append(f"garbage: {error.exc_value}")
    # The tracer of a coverage run has nothing to see here.
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        while True:
            now = look()
            running, changed = _left(before, now)
            if not running or time.monotonic() > deadline:
                return [*running, *changed, *garbage], now
            time.sleep(pause)
            pause = min(2 * pause, 0.1)
            if pause > 0.05:
                # Descriptors of objects that refer to each other are closed when those are collected.
                gc.collect()
    finally:
        sys.settrace(tracer)
        sys.unraisablehook = previous


async def _leave_no_task(test: Callable[..., Awaitable[object]], **arguments: object) -> None:
    """Run an asynchronous test; fail when tasks go on after it, apart from those that were there before."""
    before = asyncio.all_tasks()
    await test(**arguments)
    deadline = time.monotonic() + HANG
    while tasks := [task for task in asyncio.all_tasks() if task not in before]:
        if time.monotonic() > deadline:
            pytest.fail(f"The test left something behind: {tasks}", pytrace=False)
        await asyncio.sleep(0.01)


# --- hooks ------------------------------------------------------------------------------------------------------------

FAILED = pytest.StashKey[bool]()

_folder: Path | None = None
"""Where this process and those that it starts put their temporary files."""
_before: State | None = None
"""What there was before the present test, and what longer fixtures have set up since."""
_undone: dict[str, list[object]] = {}
"""Values that longer fixtures have changed, and put back when they end."""


def pytest_sessionstart() -> None:
    """Give temporary files a folder of their own."""
    global _folder
    # What pytest keeps of the last runs stays where it always is.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    _folder = Path(tempfile.mkdtemp(prefix="synapse-tests-"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(_folder)


def pytest_unconfigure() -> None:
    """Remove that folder."""
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> object:
    """Look at what there is before the first test; what there is after a test is there before the next."""
    global _before
    _before = _before or look()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> object:
    """Expect to see what longer fixtures set up."""
    if fixturedef.scope == "function" or _before is None:
        return (yield)
    before = look()
    value = yield
    now = look()
    _before.running += now.running - before.running
    for name, held in now.values.items():
        if name not in before.values or before.values[name] != held:
            _before.values[name] = held
            _undone.setdefault(name, []).extend([before.values[name]] if name in before.values else [])
    # What a shorter fixture has patched meanwhile is not theirs.
    _before.modules |= {name: held for name, held in now.modules.items() if before.modules.get(name) != held}
    _before.sizes |= {name: size for name, size in now.sizes.items() if before.sizes.get(name) != size}
    return value


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Watch the tasks of asynchronous tests, whose loop ends with them."""
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        pyfuncitem.obj = functools.partial(_leave_no_task, pyfuncitem.obj)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed: the traceback holds what the test would have given up."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> object:
    """Fail the test that left something behind."""
    global _before
    outcome = yield
    # What the test was given would live until the next one.
    getattr(item, "funcargs", {}).clear()
    if item.stash.get(FAILED, False):
        _before = None
    elif _before is not None:
        found, _before = wait_for_end(_before)
        if found:
            pytest.fail("\n".join(["The test left something behind:", *found]), pytrace=False)
    return outcome
