"""A review ends at the run's deadline, whatever the file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from threading import Event

import pytest

from dictionary_deploy.clock import Deadline, Interruption, SystemClock
from dictionary_deploy.decide import Refuse
from dictionary_deploy.errors import Reason
from dictionary_deploy.model import Content, Dictionary
from dictionary_deploy.run.timely_review import REMEDY, review_in_time

STOPWORDS = Dictionary("words.txt", "stopwords", "stopwords", domains="none")
DATA = b"the\n"
MAX_SECONDS = 5.0
"""Seconds after which a test that waits for the review continues, and fails."""
CONTENT = Content(hashlib.sha256(DATA).hexdigest(), len(DATA))


@dataclass
class SlowSource:
    """A file whose review does not end before `is_over` is set, or MAX_SECONDS have passed."""

    is_over: Event = field(default_factory=Event)
    content: Content = CONTENT

    @property
    def handle(self) -> BytesIO:
        return BytesIO(DATA)

    def read(self) -> bytes:
        self.is_over.wait(MAX_SECONDS)
        return DATA


@pytest.mark.parametrize(
    ("seconds", "signal", "reason", "why", "remedy"),
    [
        (0.05, "", "timed-out", "Timed out", REMEDY),
        (0.0, "", "timed-out", "Timed out", REMEDY),
        (60.0, "SIGTERM", "interrupted", "Stopped by SIGTERM", "Rerun."),
    ],
)
def test_endless_review_is_a_refusal_at_the_deadline(
    seconds: float, signal: str, reason: Reason, why: str, remedy: str
) -> None:
    interruption = Interruption(signal)
    deadline = Deadline.after(SystemClock(interruption), seconds)
    source = SlowSource()

    found = review_in_time(STOPWORDS, source, None, deadline=deadline, interruption=interruption)

    source.is_over.set()
    assert Refuse(reason, f"{why} before words.txt was validated.", remedy) == found.veto


def test_review_before_the_deadline_is_returned() -> None:
    source, interruption = SlowSource(), Interruption()
    source.is_over.set()
    deadline = Deadline.after(SystemClock(interruption), 60.0)

    found = review_in_time(STOPWORDS, source, None, deadline=deadline, interruption=interruption)

    assert (None, ()) == (found.veto, found.problems)
    assert found.diff
    assert 1 == found.diff.entries.total
