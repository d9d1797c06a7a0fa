"""The final knowledge of a run about one dictionary."""

from __future__ import annotations

from io import BytesIO

import pytest

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide import Attempt, Observed, Sent, Wanted
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.model import Content, Dictionary, Package, Version

OURS = "b" * 40
SENT_AT = 100.0
UNCLEAR, CLEAR = Sent(SENT_AT, answered=False, seen=1), Sent(SENT_AT, answered=True, seen=1)
BEFORE, AFTER = Version("v1", ""), Version("v2", OURS)


class File:
    content = Content("new", 1)
    handle = BytesIO(b"a")

    def read(self) -> bytes:
        return self.handle.getvalue()


def may_have_written(attempt: Attempt, *versions: Version, after: float = 1.0) -> bool:
    """Return the task this many seconds after the write, with these versions or without a package."""
    wanted = Wanted(Dictionary("a.txt", "synonyms", "synonyms", "none"), OURS, File.content)
    package = Package("F1", "synonyms", "AVAILABLE", versions[-1].name) if versions else None
    task = DictionaryTask(wanted, File(), attempt, Observed(0.0, package, versions))
    return task.may_have_written(SENT_AT + after)


@pytest.mark.parametrize("after", [0.0, SETTLE_SECONDS - 1])
def test_unclear_update_is_in_flight_until_visible_or_overdue(after: float) -> None:
    unclear = Attempt(0.0, updated=UNCLEAR)

    assert may_have_written(unclear, BEFORE, after=after)
    assert not may_have_written(unclear, BEFORE, AFTER, after=after)
    assert not may_have_written(unclear, BEFORE, after=SETTLE_SECONDS)


def test_unclear_creation_is_in_flight_until_visible() -> None:
    unclear = Attempt(0.0, created=UNCLEAR)

    assert may_have_written(unclear)
    assert not may_have_written(unclear, BEFORE)
    assert not may_have_written(unclear, after=SETTLE_SECONDS)


@pytest.mark.parametrize("attempt", [Attempt(0.0), Attempt(0.0, updated=CLEAR), Attempt(0.0, created=CLEAR)])
def test_finished_or_unsent_calls_are_not_in_flight(attempt: Attempt) -> None:
    assert not may_have_written(attempt, BEFORE)
