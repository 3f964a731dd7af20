"""Units and tasks of a bulk upload: created in batches, each of them once, whatever becomes of an answer or a process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from synapse_api import dicts, operations
from synapse_backend import _bulk
from synapse_backend._answers import Reader, listed_unit
from synapse_backend._errors import ClientError, OutcomeUnknownError
from synapse_backend._slots import run_async
from synapse_backend._units import batches, without_frames

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._async._attempts import AsyncAttempts
    from synapse_backend._async._base import AsyncMixin
    from synapse_backend._bulk import Pending
    from synapse_backend._bulk_journal import BulkJournal, Doubt, Kind
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._units import UploadedUnit

_NAME = "upload_data_collection"
_PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that creates several things, all or none."""

    operation: Operation[Any]
    kind: Kind
    keys: Sequence[str]
    unit_ids: Sequence[int]
    number: int
    """How many things it creates."""
    newest: int
    """The newest id before it."""
    send: Callable[[], Awaitable[object]]
    look: Callable[[], Awaitable[list[int] | None]]


class AsyncCreation:
    """Creates the units of a collection, and tasks for them in a project.

    A request creates all or nothing. One whose answer was lost is looked for among what is newer than what was there
    before it, and sent again only when it was not carried out. One request at a time, so that there is never more than one
    to look for.

    Args:
        client: Makes the calls.
        config: Settings of the client.
        attempts: Repeats what failed.
        collection: Id of the data collection.
        project: Id of the project; None where no tasks are wanted.
        batch_size: How many tasks are created at once.
        journal: Takes note of each request, if there is one.
        options: Of each request.
    """

    def __init__(
        self,
        client: AsyncMixin,
        config: ClientConfig,
        attempts: AsyncAttempts,
        collection: int,
        *,
        project: int | None,
        batch_size: int,
        journal: BulkJournal | None,
        options: CallOptions | None,
    ) -> None:
        self._client = client
        self._config = config
        self._clock = config.clock
        self._attempts = attempts
        self._collection = collection
        self._project = project
        self._batch_size = batch_size
        self._journal = journal
        self._options = options
        # Whether and when to try again is decided here.
        self._once: CallOptions = {**(options or {}), "retries": 0}
        self._newest_unit = 0
        self._newest_task = 0
        self.without_task: dict[int, Exception] = {}
        """Why units that were created earlier have no task, by their id."""

    async def start(self) -> int:
        """Find out what is there, and finish what an earlier process left; return the number of tasks created."""
        self._newest_unit = await self._newest(operations.list_data_units, self._units_query())
        if self._project is not None:
            self._newest_task = await self._newest(operations.list_tasks, self._tasks_query(self._project))
        return 0 if self._journal is None else await self._go_on(self._journal)

    async def create(self, units: Sequence[Pending]) -> None:
        """Create units and their tasks, and write the ids or the error into each."""
        await self._create_units(units)
        if self._project is not None:
            created = {pending.unit_id: pending for pending in units if pending.unit_id is not None}
            if created:
                await self._create_tasks(self._project, created)

    async def _create_units(self, units: Sequence[Pending]) -> None:
        bodies = [pending.body for pending in units if pending.body is not None]
        request = _Request(
            operation=operations.create_data_units,
            kind="units",
            keys=[pending.key for pending in units],
            unit_ids=[],
            number=len(bodies),
            newest=self._newest_unit,
            send=lambda: self._client._call(operations.create_data_units, data=bodies, options=self._once),
            look=lambda: self._find_units(bodies, self._newest_unit),
        )
        try:
            ids = await self._carry_out(request)
        except ClientError as error:
            if len(units) > 1 and _bulk.is_refused_for_one(error):
                for part in self._parts(units, error):
                    await self._create_units(part)
                return
            for pending in units:
                pending.error = without_frames(error)
        else:
            self._newest_unit = max(self._newest_unit, *ids)
            for pending, pk in zip(units, ids, strict=True):
                pending.unit_id = pk

    async def _create_tasks(self, project: int, created: Mapping[int, Pending]) -> None:
        ids = list(created)
        bodies = [dicts.TaskCreate(project=project, data_unit=pk) for pk in ids]
        # An array is answered with an array.
        operation = cast("Operation[list[dicts.Task]]", operations.create_tasks)
        request = _Request(
            operation=operation,
            kind="tasks",
            keys=[],
            unit_ids=ids,
            number=len(ids),
            newest=self._newest_task,
            send=lambda: self._client._call(operation, data=bodies, options=self._once),
            look=lambda: self._find_tasks(project, ids, self._newest_task),
        )
        try:
            tasks = await self._carry_out(request)
        except ClientError as error:
            if len(ids) > 1 and _bulk.is_refused_for_one(error):
                for part in self._parts([*created.values()], error):
                    await self._create_tasks(project, {pending.unit_id or 0: pending for pending in part})
                return
            for pending in created.values():
                pending.error = without_frames(error)
        else:
            self._newest_task = max(self._newest_task, *tasks)
            for pk, task in zip(ids, tasks, strict=True):
                created[pk].task_id = task

    async def _carry_out(self, request: _Request) -> list[int]:
        """Send a request that creates all or nothing, and return the ids.

        Raises:
            ClientError: It was refused, or nobody knows whether it was carried out.
        """
        number = 0
        if self._journal is not None:
            known = request.kind, request.newest, request.keys, request.unit_ids
            number = await run_async(self._journal.begin, *known, self._clock.time())

        async def send() -> list[int]:
            return Reader(self._config, request.operation).ids(await request.send(), request.number)

        try:
            ids = await self._repeat(send, request.look)
        except ClientError as error:
            if self._journal is not None and not _bulk.is_unknown(error):
                await run_async(self._journal.void, number)
            raise
        if self._journal is not None:
            await run_async(self._journal.end, number, ids, needs_task=self._needs_task(request.kind))
        return ids

    async def _repeat(
        self, send: Callable[[], Awaitable[list[int]]], look: Callable[[], Awaitable[list[int] | None]]
    ) -> list[int]:
        async def look_for(error: ClientError) -> list[int] | None:
            # A server that was silent for long may be at work for as long again.
            seconds = min(max(_bulk.SHORTEST_LOOK, error.elapsed), _bulk.LONGEST_LOOK)
            return await self._attempts.settled(look, seconds)

        return await self._attempts.repeat(send, look_for)

    def _parts(self, units: Sequence[Pending], error: ClientError) -> list[Sequence[Pending]]:
        """Return what to try of a request that was refused; what the refusal names is not tried again."""
        refused = _bulk.refused_units(error, len(units))
        for number in refused:
            units[number].error = without_frames(error)
        if refused:
            rest = [pending for pending in units if pending.error is None]
            return [rest] if rest else []
        # The refusal does not say which, so that halves are tried.
        middle = len(units) // 2
        return [units[:middle], units[middle:]]

    # --- looking --------------------------------------------------------------------------------------------------

    def _units_query(self) -> dicts.ListDataUnitsParams:
        return dicts.ListDataUnitsParams(data_collection=self._collection, expand=["files"], ordering="-id")

    def _tasks_query(self, project: int) -> dicts.ListTasksParams:
        return dicts.ListTasksParams(project=project, ordering="-id")

    async def _newest(self, operation: Any, query: Mapping[str, Any]) -> int:
        first = dicts.ListDataUnitsParams(page_size=1)
        page = await self._client._page(operation, params={**query, **first}, options=self._options)
        return max(self._ids(operation, page.items), default=0)

    async def _newer(self, operation: Any, query: Mapping[str, Any], newest: int) -> list[Any]:
        """Return everything of a list that is newer than an id."""
        items: dict[int, Any] = {}
        number = 1
        while True:
            page_query = dicts.ListDataUnitsParams(page=number, page_size=_PAGE_SIZE)
            page = await self._client._page(operation, params={**query, **page_query}, options=self._options)
            ids = self._ids(operation, page.items)
            if ids != sorted(ids, reverse=True):
                raise OutcomeUnknownError(f"{_NAME}: the list is not in the order that was asked for", status_code=408)
            items |= {item["id"]: item for item in page.items if item["id"] > newest}
            if not ids or ids[-1] <= newest or len(items) >= page.total:
                return list(items.values())
            number += 1

    def _ids(self, operation: Operation[Any], items: list[Any]) -> list[int]:
        reader = Reader(self._config, operation)
        return [reader.value(item.get("id"), int, "id") for item in reader.objects(items, "results")]

    async def _find_units(
        self, bodies: Sequence[UploadedUnit], newest: int, others: Collection[int] = ()
    ) -> list[int] | None:
        """Return the ids of the units of a request if it was carried out; `others` are known to be of other requests."""
        search = _bulk.Search(bodies)
        reader = Reader(self._config, operations.list_data_units)
        for listed in await self._newer(operations.list_data_units, self._units_query(), newest):
            if listed["id"] not in others:
                search.take(listed_unit(reader, listed))
        if search.found and not search.is_complete:
            raise OutcomeUnknownError(
                f"{_NAME}: {len(search.found)} of the {len(bodies)} units of a request whose answer was lost are there; "
                "look with list_data_units who created them",
                status_code=408,
            )
        if search.doubtful is not None and not search.is_complete:
            raise OutcomeUnknownError(
                f"{_NAME}: the unit {search.doubtful} may be one of a request whose answer was lost; compare it",
                status_code=408,
            )
        return search.in_order() if search.is_complete else None

    async def _find_tasks(self, project: int, unit_ids: Sequence[int], newest: int) -> list[int] | None:
        """Return the ids of the tasks of a request if it was carried out."""
        found: dict[int, int] = {}
        reader = Reader(self._config, operations.list_tasks)
        for task in await self._newer(operations.list_tasks, self._tasks_query(project), newest):
            unit = task.get("data_unit")
            pk = reader.value(unit.get("id") if isinstance(unit, Mapping) else unit, int, "data_unit")
            found[pk] = task["id"]
        created = [found[pk] for pk in unit_ids if pk in found]
        if created and len(created) < len(unit_ids):
            raise OutcomeUnknownError(
                f"{_NAME}: {len(created)} of the {len(unit_ids)} tasks of a request whose answer was lost are there; "
                "look with list_tasks who created them",
                status_code=408,
            )
        return created or None

    # --- going on -------------------------------------------------------------------------------------------------

    async def _go_on(self, journal: BulkJournal) -> int:
        """Find out what became of the requests that an earlier process had sent, and create the tasks that are missing."""
        for doubt in list(journal.doubts.values()):
            wait = max(0.0, _bulk.STILL_AT_WORK - abs(self._clock.time() - doubt.at))
            ids = await self._attempts.settled(partial(self._find, journal, doubt), wait)
            if ids is None:
                await run_async(journal.void, doubt.number)
            else:
                await run_async(journal.end, doubt.number, ids, needs_task=self._needs_task(doubt.kind))
        return 0 if self._project is None else await self._create_missing(self._project, list(journal.without_task))

    async def _create_missing(self, project: int, unit_ids: Sequence[int]) -> int:
        number = 0
        streak = _bulk.Streak(1)
        for batch in batches(unit_ids, self._batch_size):
            units = {pk: _bulk.Pending(-1, "", None, unit_id=pk) for pk in batch}
            if units:
                await self._create_tasks(project, units)
            for pk, pending in units.items():
                if pending.error is not None:
                    self.without_task[pk] = pending.error
            number += sum(pending.error is None for pending in units.values())
            if (error := streak.take(units.values())) is not None:
                raise error
        return number

    def _needs_task(self, kind: Kind) -> bool:
        return kind == "units" and self._project is not None

    async def _find(self, journal: BulkJournal, doubt: Doubt) -> list[int] | None:
        if doubt.kind == "units":
            others = {pk for ids in journal.created.values() for pk in ids}
            return await self._find_units(journal.bodies_of(doubt), doubt.newest, others)
        # The journal is that of one project, so that there is one where it speaks of tasks.
        return await self._find_tasks(self._project or 0, doubt.unit_ids, doubt.newest)
