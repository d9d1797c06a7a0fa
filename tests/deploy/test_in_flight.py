"""A run that ends while an AssociatePackage is in flight: when the next run reads, and the report."""

from __future__ import annotations

import pytest

from dictionary_deploy.clock import MAX_LEASE_AGE_SECONDS, MAX_WRITE_SECONDS
from dictionary_deploy.model import Result
from tests.deploy.simulated import QUICK, Aws

LATE = MAX_LEASE_AGE_SECONDS - 6
"""Seconds of a copy that ends shortly before the lease is given up."""
ON_ITS_WAY = MAX_WRITE_SECONDS - 1


class Place:
    """A package and its domain, and another run that tries to acquire the lock every second."""

    def __init__(self) -> None:
        self.aws = Aws()
        self.package = self.aws.make_package("synonyms")
        self.aws.hangs["es:AssociatePackage"] = ON_ITS_WAY
        self.ended_at = self.taken_at = 0.0
        self._next_lock = self.aws.lock("the next run")

    def run(self) -> Result:
        """Return the results of a run; time continues until the next run has the lock."""
        self.aws.clock.after(1, self._try)
        result = self.aws.run({"synonyms": b"tv, telly\n"})["synonyms"]
        self.ended_at = self.aws.clock.now()
        while not self.taken_at:
            self.aws.clock.sleep(1)
        return result

    def _try(self) -> None:
        if self._next_lock.take():
            self.aws.clock.after(1, self._try)
        else:
            self.taken_at = self.aws.clock.now()


@pytest.fixture
def place() -> Place:
    return Place()


def test_lost_lease_outlasts_calls_in_flight(place: Place) -> None:
    """The next run reads AWS only after the call in flight has taken effect."""
    place.aws.copy_seconds[place.package] = LATE
    place.aws.clock.after(1, lambda: place.aws.denied.add(("s3:PutObject", "this run")))

    result = place.run()

    assert 0 < place.aws.landed_at <= place.ended_at < place.taken_at
    assert ("failed", "access-denied") == (result.outcome, result.reason)
    assert "another run may hold it" in result.message
    assert result.message.endswith("This happened while associating v3 with domain eu.")
    assert result.domains
    assert [("eu", "ASSOCIATING")] == [(each.domain, each.status) for each in result.domains]


def test_stopped_run_keeps_the_lock_while_calls_are_in_flight(
    place: Place,
) -> None:
    """The lock is left to its lease, which outlasts the call."""
    place.aws.clock.after(QUICK + 3, lambda: place.aws.interruption.set("SIGTERM"))

    result = place.run()

    assert place.ended_at < place.aws.landed_at < place.taken_at
    assert ("failed", "timed-out") == (result.outcome, result.reason)
    assert "Stopped by SIGTERM while associating v3 with domain eu." == result.message


def test_timed_out_run_releases_the_lock_after_calls_in_flight(
    place: Place,
) -> None:
    place.aws.timeout_seconds = QUICK + 3

    result = place.run()

    assert 0 < place.aws.landed_at <= place.taken_at <= place.ended_at + 1
    assert ("failed", "timed-out") == (result.outcome, result.reason)
    assert "Timed out while associating v3 with domain eu." == result.message
