"""Code that was written for the platform's own SDK runs on this client after `install_as_synapse_sdk()`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the interpreter of a test runs."""
    return tmp_path


@pytest.fixture
def real_sdk(folder: Path) -> None:
    """The real package, as far as it matters: it can be imported."""
    package = folder / "synapse_sdk"
    (package / "clients").mkdir(parents=True)
    (package / "__init__.py").write_text("NAME = 'the real one'\n")
    (package / "clients" / "__init__.py").touch()
    (package / "clients" / "exceptions.py").write_text("class ClientError(Exception): ...\n")


def python(folder: Path, program: str) -> str:
    """Run a program in a new interpreter that finds packages in `folder`, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_documented_imports_give_this_client(folder: Path) -> None:
    program = """
import synapse_backend
synapse_backend.install_as_synapse_sdk()

from synapse_sdk.clients.backend import BackendClient
from synapse_sdk.clients.exceptions import ClientError
import synapse_sdk.clients.backend as module

assert BackendClient is synapse_backend.BackendClient
assert module.AsyncBackendClient is synapse_backend.AsyncBackendClient
assert ClientError is synapse_backend.ClientError
with BackendClient("http://localhost:1") as client:
    try:
        client.get_job("..")
    except ValueError:
        print("works")
"""
    assert python(folder, program) == "works"


def test_every_error_can_be_imported_from_there(folder: Path) -> None:
    program = """
import synapse_backend
synapse_backend.install_as_synapse_sdk()
import synapse_sdk.clients.exceptions as there

errors = [name for name in synapse_backend.__all__ if name.endswith("Error")]
assert len(errors) > 10 and sorted(there.__all__) == sorted(errors), there.__all__
print(all(getattr(there, name) is getattr(synapse_backend, name) for name in errors))
"""
    assert python(folder, program) == "True"


def test_a_second_call_changes_nothing(folder: Path) -> None:
    program = """
from synapse_backend import install_as_synapse_sdk
install_as_synapse_sdk()
import synapse_sdk.clients.backend as first
install_as_synapse_sdk()
install_as_synapse_sdk(force=True)
import synapse_sdk.clients.backend as second
print(first is second)
"""
    assert python(folder, program) == "True"


def test_what_is_not_offered_is_an_import_error_that_names_it(folder: Path) -> None:
    program = """
from synapse_backend import install_as_synapse_sdk
install_as_synapse_sdk()
try:
    import synapse_sdk.plugins
except ModuleNotFoundError as error:
    print(error)
"""
    assert python(folder, program) == "No module named 'synapse_sdk.plugins'"


@pytest.mark.usefixtures("real_sdk")
@pytest.mark.parametrize("before", ["", "import synapse_sdk.clients.exceptions"], ids=["installed", "imported"])
def test_the_real_package_is_not_replaced(folder: Path, before: str) -> None:
    program = f"""
from synapse_backend import install_as_synapse_sdk
{before}
try:
    install_as_synapse_sdk()
except RuntimeError as error:
    print(error)
import synapse_sdk
print(synapse_sdk.NAME)
"""
    message, name = python(folder, program).splitlines()
    assert "the real synapse_sdk is installed" in message
    assert "install_as_synapse_sdk(force=True)" in message
    assert name == "the real one"


@pytest.mark.usefixtures("real_sdk")
@pytest.mark.parametrize("before", ["", "import synapse_sdk.clients.exceptions"], ids=["installed", "imported"])
def test_the_real_package_is_replaced_when_that_is_forced(folder: Path, before: str) -> None:
    program = f"""
import synapse_backend
{before}
synapse_backend.install_as_synapse_sdk(force=True)
from synapse_sdk.clients.exceptions import ClientError
import synapse_sdk
print(ClientError is synapse_backend.ClientError, hasattr(synapse_sdk, "NAME"))
"""
    assert python(folder, program) == "True False"
