"""Exchanging directories, with and without the help of the system."""

from __future__ import annotations

import ctypes
import errno
import sys
import threading
from pathlib import Path

import pytest

from regeneration import swap
from regeneration.errors import RegenerationError


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path, Path]:
    """New tree, old tree, and the directory for work in progress."""
    state = tmp_path / "state"
    for name in ("state/new", "old"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text(name)
    return state / "new", tmp_path / "old", state


def content(tree: Path) -> str:
    return (tree / "file").read_text()


def test_the_new_tree_replaces_the_old(trees: tuple[Path, Path, Path]) -> None:
    new, old, state = trees
    swap.swap(*trees)
    assert content(old) == "state/new"
    assert not new.exists()
    assert list(state.iterdir()) == []


def test_there_need_not_be_an_old_tree(trees: tuple[Path, Path, Path]) -> None:
    new, old, state = trees
    swap.swap(new, old.with_name("fresh"), state)
    assert content(old.with_name("fresh")) == "state/new"


def test_without_the_exchange_the_old_tree_is_moved_away_first(
    trees: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "exchange", lambda *_: False)
    swap.swap(*trees)
    assert content(trees[1]) == "state/new"
    assert list(trees[2].iterdir()) == []


def test_what_cannot_be_moved_stays(trees: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(swap, "exchange", refuse)
    with pytest.raises(RegenerationError, match=r"old cannot be replaced: .*cross-device"):
        swap.swap(*trees)
    assert content(trees[1]) == "old"


def test_a_link_is_not_replaced(trees: tuple[Path, Path, Path]) -> None:
    new, old, state = trees
    link = old.with_name("link")
    link.symlink_to(old)
    with pytest.raises(RegenerationError, match="is a symbolic link"):
        swap.swap(new, link, state)
    assert (content(link), content(new)) == ("old", "state/new")


def test_exchange_is_one_step(trees: tuple[Path, Path, Path]) -> None:
    new, old, _ = trees
    assert swap.exchange(new, old)
    assert (content(new), content(old)) == ("old", "state/new")


def test_readers_always_find_a_tree(trees: tuple[Path, Path, Path]) -> None:
    _, old, state = trees
    found: set[bool] = set()
    done = threading.Event()

    def watch() -> None:
        ended = False
        while not ended:
            ended = done.is_set()
            found.add((old / "file").exists())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(200):
            new = state / str(number)
            new.mkdir()
            (new / "file").write_text(str(number))
            swap.swap(new, old, state)
    finally:
        done.set()
        watcher.join()
    assert found == {True}
    assert content(old) == "199"


def test_exchange_says_what_is_wrong(trees: tuple[Path, Path, Path]) -> None:
    with pytest.raises(FileNotFoundError):
        swap.exchange(trees[0], trees[1] / "missing")


def test_other_systems_have_no_exchange(trees: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not swap.exchange(trees[0], trees[1])


@pytest.mark.parametrize("code", [None, errno.ENOSYS, errno.EINVAL])
def test_an_old_system_has_no_exchange(
    trees: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, code: int | None
) -> None:
    class Library:
        def __init__(self, *_: object, **__: object) -> None:
            if code is not None:
                self.renameat2 = lambda *_: -1

    monkeypatch.setattr(ctypes, "CDLL", Library)
    monkeypatch.setattr(ctypes, "get_errno", lambda: code)
    assert not swap.exchange(trees[0], trees[1])
    assert content(trees[1]) == "old"


def test_recovery_puts_the_old_tree_back(trees: tuple[Path, Path, Path]) -> None:
    _, old, state = trees
    old.rename(state / "previous")
    (state / "work-1").mkdir()
    (state / "mypy").mkdir()
    swap.recover(old, state)
    assert content(old) == "old"
    assert sorted(path.name for path in state.iterdir()) == ["mypy", "new"]


def test_recovery_removes_a_tree_that_was_replaced(trees: tuple[Path, Path, Path]) -> None:
    new, old, state = trees
    new.rename(state / "previous")
    swap.recover(old, state)
    assert content(old) == "old"
    assert list(state.iterdir()) == []


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with swap.only_run(tmp_path / "state"):  # noqa: SIM117  # the second is refused
        with (
            pytest.raises(RegenerationError, match="Another regeneration is running"),
            swap.only_run(tmp_path / "state"),
        ):
            pass
    with swap.only_run(tmp_path / "state"):
        assert (tmp_path / "state" / "lock").read_text().strip().isdigit()
