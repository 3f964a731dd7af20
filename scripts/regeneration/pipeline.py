"""The run: from the contract to a finished tree, and from there to `generated/`."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from regeneration import dicts, drift, operations, output, swap, validation, verify
from regeneration.client.correction import fingerprint
from regeneration.client.corrections import CORRECTIONS
from regeneration.client.generate import generate_client, load_config
from regeneration.contract import Contract
from regeneration.document import Document, load
from regeneration.errors import RegenerationError
from regeneration.findings import ContractError
from regeneration.lint import ADVICE, FIRST, RULES, lint
from regeneration.naming import name_schemas
from regeneration.processes import running
from regeneration.report.changes import compare
from regeneration.report.coverage import missing_methods
from regeneration.report.render import Report


@dataclass(frozen=True)
class Project:
    """Where things stand."""

    root: Path

    @property
    def spec(self) -> Path:
        """The contract."""
        return self.root / "openapi.yaml"

    @property
    def config(self) -> Path:
        """The settings of the generator."""
        return self.root / "generator-config.yaml"

    @property
    def generated(self) -> Path:
        """What is written."""
        return self.root / "generated"

    @property
    def wrapper(self) -> Path:
        """The handwritten clients."""
        return self.root / "wrapper" / "synapse_backend" / "_async"

    @property
    def state(self) -> Path:
        """Lock, work in progress and caches; on the file system of `generated`, so that directories can be renamed."""
        return self.root / "build" / "regenerate"


def read_contract(project: Project) -> Contract:
    """Read, validate and lint the contract.

    Raises:
        RegenerationError: It is not usable; the message lists what to repair.
    """
    contract = Contract(load(project.spec))
    rules = [rule for rule in RULES if rule not in ADVICE]
    findings = lint(contract, FIRST) or validation.validate(contract) or lint(contract, rules)
    if findings:
        raise ContractError(contract.document.name, findings)
    contract.advice = [finding.render(contract.document.name) for finding in lint(contract, ADVICE)]
    name_schemas(contract)
    return contract


def build(project: Project, contract: Contract, work: Path, tools: dict[str, str]) -> Path:
    """Write the whole tree into a new directory below `work` and return it."""
    config = load_config(project.config)
    tree = work / project.generated.name
    package = tree / str(config.package_name_override)
    tree.mkdir()
    with running(dicts.start(contract, work)) as writer:
        generate_client(contract.data, config, package)
        verify.check_operations(contract, package)
        (package / "operations.py").write_text(operations.render_operations(contract, package.name), encoding="utf-8")
        (package / "dicts.py").write_text(dicts.finish(writer, work), encoding="utf-8")
    output.add_headers(package)
    output.add_contract(package, contract.data)
    sources = {
        project.spec.name: output.sha256(project.spec),
        project.config.name: output.sha256(project.config),
        "corrections": fingerprint(CORRECTIONS),
    }
    output.add_provenance(tree, package, sources, tools)
    output.format_tree(tree)
    return tree


def regenerate(project: Project, tools: dict[str, str]) -> tuple[bool, Report]:
    """Write `generated/`; return whether anything changed in it, and what changed for callers.

    Raises:
        RegenerationError: Something is wrong, and `generated/` is what it was before.
    """
    with _os_errors(), swap.only_run(project.state):
        swap.recover(project.generated, project.state)
        contract = read_contract(project)
        with tempfile.TemporaryDirectory(prefix="work-", dir=project.state, ignore_cleanup_errors=True) as work:
            tree = build(project, contract, Path(work), tools)
            found = report(project, contract, tree)
            if project.generated.exists() and not drift.compare(project.generated, tree):
                return False, found
            verify.check_tree(next(path for path in tree.iterdir() if path.is_dir()), project.state / "mypy")
            swap.swap(tree, project.generated, project.state)
            return True, found


def check(project: Project, tools: dict[str, str]) -> tuple[str, Report]:
    """Return how `generated/` differs from what the contract gives; nothing is written into the project."""
    contract = read_contract(project)
    with _os_errors(), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        tree = build(project, contract, Path(work), tools)
        found = drift.compare(project.generated, tree)
        difference = drift.render(found, project.generated, tree) if found else ""
        return difference, report(project, contract, tree)


def report(project: Project, contract: Contract, tree: Path) -> Report:
    """Compare the contract that `generated/` was written from with the new one."""
    bundle = next(tree.glob("*/openapi.json")).relative_to(tree)
    changes = None
    try:
        data = json.loads((project.generated / bundle).read_text(encoding="utf-8"))
        changes = compare(Contract(Document(bundle.name, data, {(): 1})), contract)
    except (OSError, ValueError):  # there is none yet, or somebody edited it
        pass
    return Report(changes, missing_methods(contract, project.wrapper), contract.advice)


@contextmanager
def _os_errors() -> Iterator[None]:
    """Say what the system refused, such as to write on a full disk."""
    try:
        yield
    except OSError as exc:
        raise RegenerationError(f"{exc.strerror or exc}: {exc.filename}.") from exc
