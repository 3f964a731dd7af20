"""The life of a job: queued, running, completed or failed, as a function of the clock.

Nothing runs in the background. When a job is started, its whole life is laid out; `settle` carries out the steps that
lie in the past at the moment somebody looks. A job that a client updates by hand has no life of its own any more: that
client is its runner.
"""

from __future__ import annotations

import heapq
import random
from bisect import insort
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from synapse_backend.testing.clock import wire
from synapse_backend.testing.messages import JsonObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synapse_backend.testing.state import Entry, Table

Outcome = Literal["completed", "failed"]
# When a line can be seen, its level, its text, and the moment that it names.
Line: TypeAlias = tuple[datetime, str, str, str]
OUTCOMES: tuple[Outcome, ...] = ("completed", "failed")
FINAL = frozenset({"completed", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the life of a job shall go; None leaves it to the seed.

    Attributes:
        outcome: Status at the end.
        message: Last line of the log of a job that fails.
        queued_for: Seconds in the queue.
        runs_for: Seconds from start to end.
        result: Answered as `result` of a completed job.
        metrics: Answered as `metrics` of a completed job.
        plugin: Only for jobs of the plugin with this id.
    """

    outcome: Outcome = "completed"
    message: str | None = None
    queued_for: float | None = None
    runs_for: float | None = None
    result: object = None
    metrics: JsonObject | None = None
    plugin: int | None = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:  # callers without a type checker, and requests
            raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}, not {self.outcome!r}")
        for name in ("queued_for", "runs_for"):
            seconds = getattr(self, name)
            if seconds is None:
                continue
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 1e9:
                raise ValueError(f"{name} must be a number of seconds from 0 to 1e9, not {seconds!r}")


@dataclass(slots=True)
class Life:
    """What will happen to one job, and when."""

    starts: datetime
    ends: datetime
    outcome: Outcome
    reaches: float
    log: list[Line]
    result: object
    metrics: JsonObject

    def progress(self, now: datetime) -> float:
        """Per cent done at a moment while the job runs."""
        total = self.ends - self.starts
        return round(self.reaches * ((now - self.starts) / total), 1) if total else self.reaches


@dataclass(slots=True)
class Output:
    """What answers show of a job only when asked."""

    logs: list[JsonObject] = field(default_factory=list)
    metrics: JsonObject = field(default_factory=dict)
    result: object = None


class Jobs:
    """All jobs: their rows, what they put out, and the lives of those that move."""

    def __init__(self, seed: int, table: Table, outputs: dict[int, Output]) -> None:
        self.table = table
        self._seed = seed
        self._outputs = outputs
        self._lives: dict[int, Life] = {}
        self._due: list[tuple[datetime, int]] = []
        self._plans: list[Plan] = []

    def plan(self, plan: Plan, times: int) -> None:
        """Use a plan for the jobs that start next."""
        self._plans.extend([plan] * times)

    def take_plan(self, plugin: int) -> Plan:
        """The plan for a job of this plugin that starts now."""
        for position, plan in enumerate(self._plans):
            if plan.plugin in (None, plugin):
                return self._plans.pop(position)
        return Plan()

    def start(self, row: JsonObject, plan: Plan, now: datetime) -> JsonObject:
        """Queue a job."""
        row = self.table.add(
            {
                "status": "queued",
                "progress": 0,
                **row,
                "metadata": {},
                "created_at": wire(now),
                "updated_at": wire(now),
                "started_at": None,
                "finished_at": None,
            }
        )
        pk = row["id"]
        self._outputs[pk] = Output()
        life = self._lives[pk] = _life(random.Random(f"{self._seed}:{pk}"), row, plan, now)
        heapq.heappush(self._due, (life.starts, pk))
        return row

    def settle(self, now: datetime) -> None:
        """Carry out every step that lies in the past."""
        while self._due and self._due[0][0] <= now:
            moment, pk = heapq.heappop(self._due)
            life = self._lives.get(pk)
            if life is None:
                continue
            row = self.table[pk]
            if row["status"] == "queued":
                self.table.put({**row, "status": "running", "started_at": wire(moment), "updated_at": wire(moment)})
                heapq.heappush(self._due, (life.ends, pk))
            else:
                self._end(pk, row, life)

    def _end(self, pk: int, row: JsonObject, life: Life) -> None:
        end = wire(life.ends)
        self.table.put({**row, "status": life.outcome, "progress": life.reaches, "finished_at": end, "updated_at": end})
        self._outputs[pk] = Output(_lines(life, life.ends), life.metrics, life.result)
        del self._lives[pk]

    def take_over(self, pk: int, now: datetime) -> JsonObject:
        """A client runs this job from now on: it stays as it is until the client changes it.

        Returns:
            The row as it stands.
        """
        row = self.view(pk, now)
        life = self._lives.pop(pk, None)
        if life is not None:
            self._outputs[pk].logs = _lines(life, now)
            self.table.put(row)
        return row

    def view(self, pk: int, now: datetime) -> JsonObject:
        """The row at a moment."""
        row = self.table[pk]
        life = self._lives.get(pk)
        if life is None or row["status"] == "queued":
            return row
        return {**row, "progress": life.progress(now), "updated_at": wire(now)}

    def views(self, entries: Sequence[Entry], now: datetime) -> list[JsonObject]:
        """The rows of these entries at a moment."""
        table, lives = self.table, self._lives
        return [self.view(pk, now) if pk in lives else table[pk] for _, pk in entries]

    def output(self, pk: int, now: datetime) -> Output:
        """Console log, metrics and result at a moment."""
        life = self._lives.get(pk)
        return self._outputs[pk] if life is None else Output(_lines(life, now))

    def write(self, pk: int, level: str, message: str, moment: str, now: datetime) -> None:
        """Write a line to the console of a job that goes on as it was laid out."""
        life = self._lives.get(pk)
        if life is None:
            output = self._outputs[pk]
            line = {"timestamp": moment, "level": level, "message": message}
            self._outputs[pk] = replace(output, logs=[*output.logs, line])
        else:
            insort(life.log, (now, level, message, moment), key=lambda line: line[0])

    def next_line(self, pk: int, now: datetime) -> datetime | None:
        """When the next line of a job will be written; None when nobody can know."""
        life = self._lives.get(pk)
        return None if life is None else next(line[0] for line in life.log if line[0] > now)

    def export(self) -> JsonObject:
        """Everything but the rows, as JSON."""
        return {
            "outputs": {str(pk): asdict(output) for pk, output in sorted(self._outputs.items())},
            "lives": {str(pk): _export_life(life) for pk, life in sorted(self._lives.items())},
            "plans": [asdict(plan) for plan in self._plans],
        }

    @classmethod
    def load(cls, seed: int, table: Table, data: JsonObject) -> Jobs:
        """The jobs that were exported.

        Raises:
            LookupError: Something is missing.
            TypeError: Something has another type.
            ValueError: Something has a value that makes no sense.
        """
        jobs = cls(seed, table, {int(pk): Output(**output) for pk, output in data["outputs"].items()})
        for pk, saved in data["lives"].items():
            life = jobs._lives[int(pk)] = _load_life(saved)
            row = table[int(pk)]
            heapq.heappush(jobs._due, (life.starts if row["status"] == "queued" else life.ends, int(pk)))
        jobs._plans.extend(Plan(**plan) for plan in data["plans"])
        for pk in table.ids():
            jobs._outputs.setdefault(pk, Output())
        return jobs

    def set_output(self, pk: int, output: Output) -> None:
        """Replace what a job put out."""
        self._outputs[pk] = output


# What a run may ask for, and the type where the plan itself does not check it.
_WISHES: dict[str, type] = {
    "outcome": object,
    "message": str,
    "queued_for": object,
    "runs_for": object,
    "result": object,
    "metrics": dict,
}


def plan_from_context(context: JsonObject) -> Plan | None:
    """The plan that a run asks for under `mock` in its context, for callers that have no Python handle on the mock.

    Raises:
        ValueError: It is not a plan; the message says why.
    """
    wish = context.get("mock")
    if wish is None:
        return None
    if not isinstance(wish, dict):
        raise ValueError("mock must be an object")  # noqa: TRY004  # bad input of a request, not a wrong call
    unknown = sorted(wish.keys() - set(_WISHES))
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r:.50}; known are {', '.join(_WISHES)}")
    for name, kind in _WISHES.items():
        if not isinstance(wish.get(name, kind()), kind):
            raise ValueError(f"{name} must be {'text' if kind is str else 'an object'}")  # noqa: TRY004
    return replace(Plan(), **wish)


def _export_life(life: Life) -> JsonObject:
    log = [[wire(seen), level, message, moment] for seen, level, message, moment in life.log]
    return {**asdict(life), "starts": wire(life.starts), "ends": wire(life.ends), "log": log}


def _load_life(saved: JsonObject) -> Life:
    moments = {name: datetime.fromisoformat(saved[name]) for name in ("starts", "ends")}
    log = [(datetime.fromisoformat(seen), level, message, moment) for seen, level, message, moment in saved["log"]]
    return Life(**{**saved, **moments, "log": log})


def _life(rng: random.Random, row: JsonObject, plan: Plan, now: datetime) -> Life:
    queued_for = 1.0 if plan.queued_for is None else plan.queued_for
    runs_for = round(rng.uniform(3, 6), 1) if plan.runs_for is None else plan.runs_for
    starts = now + timedelta(seconds=queued_for)
    ends = starts + timedelta(seconds=runs_for)
    parameters: JsonObject = row["parameters"]
    items = parameters.get("max_items")
    items = items if isinstance(items, int) and 0 < items <= 1_000_000 else 100
    failed = plan.outcome == "failed"
    reaches = 60.0 if failed else 100.0
    log = [
        _line(now, "info", f"Job {row['id']} queued"),
        _line(starts, "info", f"Started on agent {row['agent']}"),
    ]
    for share in (0.25, 0.5) if failed else (0.25, 0.5, 0.75):
        moment = starts + (ends - starts) * (share * 100 / reaches)
        log.append(_line(moment, "debug", f"Processed {int(items * share)} of {items} items"))
    if failed:
        log.append(_line(ends, "error", plan.message or "The plugin raised an error"))
        return Life(starts, ends, "failed", reaches, log, None, {})
    log.append(_line(ends, "info", f"Completed: {items} items in {runs_for} s"))
    metrics = plan.metrics
    if metrics is None:
        metrics = {"accuracy": round(rng.uniform(0.8, 0.99), 3), "processing_time": runs_for, "items": items}
    folder = parameters.get("output_path")
    folder = folder.rstrip("/") if isinstance(folder, str) else "/data/output"
    result = plan.result
    if result is None:
        result = {"output_files": [f"{folder}/job-{row['id']}.json"], "processed": items, "metrics": metrics}
    return Life(starts, ends, "completed", reaches, log, result, metrics)


def _line(moment: datetime, level: str, message: str) -> Line:
    return moment, level, message, wire(moment)


def _lines(life: Life, now: datetime) -> list[JsonObject]:
    return [
        {"timestamp": moment, "level": level, "message": message}
        for seen, level, message, moment in life.log
        if seen <= now
    ]
