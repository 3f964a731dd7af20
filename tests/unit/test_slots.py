"""`_slots`: how many connections are in use, and how they are closed, in both worlds."""

from __future__ import annotations

import asyncio
import gc
import threading

import anyio
import anyio.to_thread
import httpcore
import pytest

from synapse_backend import AsyncBackendClient, _slots
from synapse_backend._slots import AsyncSlots, Slots
from tests.support.scripted import ScriptedServer, json_reply


def test_a_thread_waits_for_a_free_slot_and_no_longer_than_it_may() -> None:
    slots = Slots(1)
    slots.take(None)
    with pytest.raises(httpcore.PoolTimeout):
        slots.take(0.01)
    waiting = threading.Thread(target=slots.take, args=[60])
    waiting.start()
    slots.give_back()
    waiting.join(60)
    assert not waiting.is_alive()


async def test_a_task_waits_for_a_free_slot_and_no_longer_than_it_may() -> None:
    slots = AsyncSlots(1)
    await slots.take(None)
    with pytest.raises(httpcore.PoolTimeout):
        await slots.take(0.01)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(slots.take, 60)
        await anyio.lowlevel.checkpoint()
        slots.give_back()


async def test_a_connection_is_closed_in_a_task_that_is_being_cancelled() -> None:
    closed: list[str] = []

    class Stream(httpcore.AsyncNetworkStream):
        async def aclose(self) -> None:
            await anyio.lowlevel.checkpoint()
            closed.append("closed")

    with anyio.CancelScope() as scope:
        scope.cancel()
        await AsyncSlots.close(Stream())
    assert closed == ["closed"]


async def test_connections_of_closed_event_loops_are_given_up_and_no_others() -> None:
    class Pool:
        abandoned = False

        def abandon(self) -> None:
            self.abandoned = True

    async def loop_of_its_own() -> object:
        return AsyncSlots.current_loop()

    closed = await anyio.to_thread.run_sync(asyncio.run, loop_of_its_own())
    homes = {(1, loop): Pool() for loop in (closed, AsyncSlots.current_loop(), "one that cannot tell")}
    pools = list(homes.values())
    AsyncSlots.clear_out(homes)
    assert [pool.abandoned for pool in pools] == [True, False, False]
    assert list(homes.values()) == pools[1:]


async def test_an_event_loop_of_another_library_is_told_by_what_runs_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_of_asyncio() -> None:
        raise RuntimeError("no running event loop")

    monkeypatch.setattr(_slots, "get_running_loop", nothing_of_asyncio)
    here = AsyncSlots.current_loop()
    assert AsyncSlots.current_loop() is here

    async def elsewhere() -> object:
        return AsyncSlots.current_loop()

    assert await anyio.to_thread.run_sync(asyncio.run, elsewhere()) is not here


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_an_asynchronous_client_survives_its_event_loop(server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 1}), json_reply({"id": 2}), json_reply({"id": 3}))
    client = AsyncBackendClient(server.url)
    first, second = asyncio.Runner(), asyncio.Runner()
    # The connection of the first loop is no use in the second, and is left to the first.
    assert first.run(client.get_job(1))["id"] == 1
    assert second.run(client.get_job(2))["id"] == 2
    assert first.run(client.get_job(3))["id"] == 3
    first.run(client.close())
    first.close()
    second.close()
    assert server.carriers == [1, 2, 1]
    gc.collect()


def test_an_asynchronous_client_that_made_no_call_may_be_forgotten(server: ScriptedServer) -> None:
    AsyncBackendClient(server.url)
    # A warning would be an error.
    gc.collect()


async def test_an_asynchronous_client_without_connections_may_be_forgotten(server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 1}, headers={"Connection": "close"}))
    await AsyncBackendClient(server.url).get_job(1)
    gc.collect()


def test_an_asynchronous_client_that_was_never_closed_is_named(server: ScriptedServer) -> None:
    server.plays(json_reply({"id": 1}))

    async def forget() -> None:
        await AsyncBackendClient(server.url).get_job(1)
        # The warning comes with the pool, and another one with its connection.
        gc.collect()
        gc.collect()

    with pytest.warns(ResourceWarning) as warned:
        asyncio.run(forget())
    [message] = [str(warning.message) for warning in warned if "AsyncBackendClient" in str(warning.message)]
    assert message.startswith(f"unclosed AsyncBackendClient, made at {__file__}:")


def test_a_synchronous_client_that_was_never_closed_is_closed_when_it_is_forgotten(server: ScriptedServer) -> None:
    from synapse_backend import BackendClient

    server.plays(json_reply({"id": 1}))
    BackendClient(server.url).get_job(1)
    gc.collect()
    server.wait_until_idle()
