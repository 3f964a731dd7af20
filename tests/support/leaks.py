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
from types import ModuleType

import pytest

HANG = 60.0
"""Seconds that something may take to end by itself, such as the thread of a connection that was just closed."""
DESCRIPTORS = Path("/proc/self/fd")
TASKS = Path("/proc/self/task")
PACKAGES = ("synapse_backend", "synapse_api")

CACHES = ("synapse_backend._calls._builders",)
"""Containers that are filled as the program goes on; what is in them depends on nothing else."""
NAMED = ("environment variable", "setting")
RUNNING = ("thread", "descriptor", "process")

State = dict[tuple[str, str], object]

BEFORE = pytest.StashKey[State]()
_kept: State = {}
"""What longer fixtures have set up while the present test runs."""
_folder: Path | None = None


def snapshot() -> State:
    """Return what there is, by kind and name; what compares equal is the same."""
    return {
        **{("thread", f"{thread.name} ({thread.ident})"): None for thread in threading.enumerate()},
        **{("descriptor", name): target for name, target in _descriptors()},
        **{("process", pid): None for pid in _processes()},
        **{("temporary file", name): None for name in _temporary_files()},
        **{
            ("environment variable", name): value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"
        },
        **{("module state", name): value for name, value in _module_state()},
        **{("setting", name): value for name, value in _settings()},
    }


def _descriptors() -> Iterator[tuple[str, str]]:
    if not DESCRIPTORS.is_dir():
        return
    for descriptor in DESCRIPTORS.iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue  # That of the listing itself.
        yield f"{descriptor.name} -> {target}", target


def _processes() -> Iterator[str]:
    if TASKS.is_dir():
        for thread in TASKS.iterdir():
            try:
                yield from (thread / "children").read_text("ascii").split()
            except OSError:
                continue  # The thread has ended, or this kernel does not tell.


def _temporary_files() -> list[str]:
    return [path.name for path in _folder.iterdir()] if _folder is not None else []


def _module_state() -> Iterator[tuple[str, object]]:
    """Yield what the names of the modules under test stand for, and how much their containers hold."""
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in PACKAGES:
            yield module_name, id(module)
            for name, value in list(vars(module).items()):
                if not isinstance(value, ModuleType) and f"{module_name}.{name}" not in CACHES:
                    held = len(value) if type(value) in (dict, list, set) else None
                    yield f"{module_name}.{name}", (id(value), held)


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


def left(before: State) -> list[str]:
    """Return what is there now and was not, or is otherwise than it was; what is about to end is waited for."""
    deadline = time.monotonic() + HANG
    while True:
        known, now = before | _kept, snapshot()
        # Modules are imported when they are first used, so only what they held before can have changed.
        added = [
            key for key, value in now.items() if known.get(key, value if key[0] == "module state" else now) != value
        ]
        removed = [key for key in known if key[0] in NAMED and key not in now]
        ends_by_itself = bool(added) and all(kind in RUNNING for kind, _ in added)
        if not ends_by_itself or time.monotonic() > deadline:
            return [f"{kind} {name}" for kind, name in sorted(added)] + [
                f"no more: {kind} {name}" for kind, name in removed
            ]
        # Descriptors of objects that refer to each other are closed when those are collected.
        gc.collect()
        time.sleep(0.01)


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
def pytest_runtest_setup(item: pytest.Item) -> object:
    """Look at what there is before the test and its fixtures."""
    _kept.clear()
    item.stash[BEFORE] = snapshot()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> object:
    """Remember what longer fixtures set up."""
    if fixturedef.scope == "function":
        return (yield)
    before = snapshot()
    value = yield
    _kept.update({key: value for key, value in snapshot().items() if before.get(key, before) != value})
    return value


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Watch the tasks of asynchronous tests, whose loop ends with them."""
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        pyfuncitem.obj = functools.partial(_leave_no_task, pyfuncitem.obj)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> object:
    """Fail the test that left something behind."""
    outcome = yield
    before = item.stash[BEFORE]
    # All items live until the end of the run.
    del item.stash[BEFORE]
    found = left(before)
    if found:
        pytest.fail("\n".join(["The test left something behind:", *found]), pytrace=False)
    return outcome
