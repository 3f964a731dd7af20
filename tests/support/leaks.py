"""What a test leaves behind fails the test: threads, descriptors, processes, files, tasks, settings.

What fixtures of a module or of the whole run set up stays for the tests after, and is no leak.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

HANG = 60.0
"""Seconds that something may take to end by itself, such as the thread of a connection that was just closed."""
DESCRIPTORS = Path("/proc/self/fd")
TASKS = Path("/proc/self/task")
PACKAGES = ("synapse_backend", "synapse_api")

CACHES = ("synapse_backend._calls._builders",)
"""Containers that are filled as the program goes on; what is in them depends on nothing else."""
NAMED = ("environment variable", "setting", "module")
RUNNING = ("thread", "descriptor", "process")
PYTESTS = ("PYTEST_CURRENT_TEST",)
"""Environment variables that pytest changes itself."""

State = dict[tuple[str, str], object]

_before: State = {}
"""What there was before the present test."""
_kept: State = {}
"""What longer fixtures have set up since."""
_folder: Path | None = None


def snapshot() -> State:
    """Return what there is, by kind and name; what compares equal is the same."""
    state: State = {("thread", f"{thread.name} ({thread.ident})"): None for thread in threading.enumerate()}
    state |= {("descriptor", name): None for name in _descriptors()}
    state |= {("process", pid): None for pid in _processes()}
    state |= {("temporary file", name): None for name in _temporary_files()}
    state |= {("environment variable", name): value for name, value in os.environ.items() if name not in PYTESTS}
    state |= {("setting", name): value for name, value in _settings()}
    state |= {
        ("module", name): _Held(vars(module)) for name, module in list(sys.modules.items()) if name.startswith(PACKAGES)
    }
    return state


class _Held:
    """What a module held: for each of its names the same object, and in each of its containers as much as before."""

    __slots__ = ("_sizes", "_values")

    def __init__(self, names: dict[str, object]) -> None:
        self._values = list(names.values())
        self._sizes = [len(names[name]) for name in _containers(names["__name__"], len(names))]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Held):
            return NotImplemented
        # Modules of a package become names of it when they are first used, which are added at the end.
        names = min(len(self._values), len(other._values))
        sizes = min(len(self._sizes), len(other._sizes))
        return self._values[:names] == other._values[:names] and self._sizes[:sizes] == other._sizes[:sizes]


@functools.cache
def _containers(module: str, names: int) -> list[str]:
    """Return which names of a module stand for containers; it is looked for again when there are more names."""
    held = vars(sys.modules[module])
    return [
        name for name, value in held.items() if type(value) in (dict, list, set) and f"{module}.{name}" not in CACHES
    ]


def _descriptors() -> Iterator[str]:
    if not DESCRIPTORS.is_dir():
        return
    for descriptor in DESCRIPTORS.iterdir():
        try:
            target = descriptor.readlink()
        except OSError:
            continue  # That of the listing itself.
        yield f"{descriptor.name} -> {target}"


def _processes() -> Iterator[str]:
    if TASKS.is_dir():
        for thread in TASKS.iterdir():
            try:
                yield from (thread / "children").read_text("ascii").split()
            except OSError:
                continue  # The thread has ended, or this kernel does not tell.


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


def left(before: State) -> tuple[list[str], State]:
    """Return what is there and was not, or is otherwise than it was, and all there is; wait for what is about to end."""
    deadline = time.monotonic() + HANG
    pause = 0.001
    while True:
        now = snapshot()
        changed = [key for key, value in now.items() if (before[key] != value if key in before else key[0] != "module")]
        removed = [key for key in before if key[0] in NAMED and key not in now]
        ends_by_itself = bool(changed) and all(kind in RUNNING for kind, _ in changed)
        if not ends_by_itself or time.monotonic() > deadline:
            found = [f"{kind} {name}" for kind, name in changed] + [f"no more: {kind} {name}" for kind, name in removed]
            return found, now
        time.sleep(pause)
        pause = min(2 * pause, 0.1)
        if pause > 0.05:
            # Descriptors of objects that refer to each other are closed when those are collected.
            gc.collect()


async def _leave_no_task(test: Callable[..., Awaitable[object]], **arguments: object) -> None:
    """Run an asynchronous test; fail when tasks go on after it, apart from those that were there before."""
    before = asyncio.all_tasks()
    await test(**arguments)
    deadline = time.monotonic() + HANG
    while tasks := [task for task in asyncio.all_tasks() if task not in before]:
        if time.monotonic() > deadline:
            pytest.fail(f"The test left tasks behind: {tasks}", pytrace=False)
        await asyncio.sleep(0.01)


# --- hooks ------------------------------------------------------------------------------------------------------------


def pytest_sessionstart() -> None:
    """Give this process, and those that it starts, a folder of their own for temporary files."""
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
    """Look at what there is before the test and its fixtures."""
    global _before
    _kept.clear()
    _before = _before or snapshot()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> object:
    """Remember what longer fixtures set up."""
    if fixturedef.scope == "function":
        return (yield)
    before = snapshot()
    value = yield
    _kept.update({key: value for key, value in snapshot().items() if key not in before or before[key] != value})
    return value


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Watch the tasks of asynchronous tests, whose loop ends with them."""
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        pyfuncitem.obj = functools.partial(_leave_no_task, pyfuncitem.obj)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> object:
    """Fail the test that left something behind."""
    global _before
    outcome = yield
    found, _before = left(_before | _kept)
    if found:
        pytest.fail("\n".join(["The test left something behind:", *found]), pytrace=False)
    return outcome
