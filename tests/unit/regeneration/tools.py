"""What is slow in a run, done once: the output of the generators is kept, and the code of the command is loaded."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openapi_python_client.config import ConfigFile

from regeneration import dicts, pipeline, processes, verify
from regeneration.__main__ import run
from regeneration.client.generate import generate_client, load_config
from regeneration.contract import Contract
from regeneration.document import JsonObject
from regeneration.drift import read_tree
from tests.unit.regeneration.specs import PROJECT

Patch = Callable[[object, str, object], None]


def once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first process of a test run makes and all others wait for."""
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = Path(f"{folder}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


# --- what the generators wrote, and which trees work -----------------------------------------------------------------


def _key(*question: object) -> str:
    return hashlib.sha256(json.dumps(question).encode()).hexdigest()


def keep(store: Path, root: Path) -> None:
    """Run the generators on the contract of a project and keep what they write."""
    project = pipeline.Project(root)
    contract = pipeline.read_contract(project)
    config = load_config(project.config)
    generate_client(contract.data, config, store / _key(contract.data, config.model_dump(mode="json")))
    with tempfile.TemporaryDirectory() as name:
        dicts.finish(dicts.start(contract, Path(name)), Path(name))
        shutil.copy(Path(name, "dicts.py"), store / _key(dicts.prepare(contract)))


def reuse(store: Path, patch: Patch = setattr) -> None:
    """Let runs of this process take what was kept, where the generators or the type checker would be asked the same."""
    start, check_tree = dicts.start, verify.check_tree

    def generate(bundle: JsonObject, config: ConfigFile, output: Path) -> None:
        kept = store / _key(bundle, config.model_dump(mode="json"))
        if kept.exists():
            shutil.copytree(kept, output)
        else:
            generate_client(bundle, config, output)

    def begin(contract: Contract, work: Path) -> subprocess.Popen[str]:
        prepared = dicts.prepare(contract)
        kept = store / _key(prepared)
        if not kept.exists():
            return start(contract, work)
        (work / "dicts.json").write_text(json.dumps(prepared), encoding="utf-8")
        return processes.start(["cp", str(kept), "dicts.py"], work)

    def check(package: Path, cache: Path) -> None:
        tree = {name: content.hex() for name, content in read_tree(package.parent).items()}
        checked = store / _key("works", tree)
        if not checked.exists():
            check_tree(package, cache)
            checked.touch()

    patch(verify, "check_tree", check)
    patch(pipeline, "generate_client", generate)
    patch(dicts, "start", begin)


# --- the command, in processes that have loaded it --------------------------------------------------------------------


class Started:
    """A run in a process of its own."""

    def __init__(self, server: Server, pid: int, folder: Path) -> None:
        self._server = server
        self._pid = pid
        self._folder = folder
        self.returncode: int | None = None

    def communicate(self) -> tuple[str, str]:
        """Wait for the end and return what was printed."""
        self.returncode = self._server.ask(wait=self._pid)
        shown = [(self._folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")]
        shutil.rmtree(self._folder)
        return shown[0], shown[1]


Start = Callable[..., Started]


class Server:
    """A process that has loaded what a run needs, and forks one for each run: the loading takes most of the time."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(PROJECT), str(PROJECT / "scripts")])
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve\nserve()"],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **question: object) -> int:
        """Send a question and return the number that answers it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, root: Path, code: str, store: Path | None) -> Started:
        """Start a run after some code; with a store it takes from there what the generators wrote."""
        folder = Path(tempfile.mkdtemp(dir=root.parent))
        given = {"root": str(root), "code": code, "folder": str(folder), "store": store and str(store)}
        return Started(self, self.ask(start=given), folder)

    def stop(self) -> None:
        """End the process."""
        self.process.communicate()
        assert self.process.returncode == 0


def serve() -> None:
    """Fork, and tell how those ended that were forked, until nothing more is asked."""
    for line in sys.stdin:
        question = json.loads(line)
        if "wait" in question:
            answer = os.waitstatus_to_exitcode(os.waitpid(question["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                _run(**question["start"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _run(root: str, code: str, folder: str, store: str | None) -> None:
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        file = os.open(os.devnull if number == 0 else Path(folder, name), os.O_RDWR | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    status: Any = 1
    try:
        if store is not None:
            reuse(Path(store))
        sys.argv = ["regenerate", "--root", root]
        exec(code, {})  # noqa: S102  # it stands in the tests
        run()
    except SystemExit as exc:
        status = exc.code
    except BaseException:
        traceback.print_exc()
    finally:
        # Nothing of the process that was forked shall be done again.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
