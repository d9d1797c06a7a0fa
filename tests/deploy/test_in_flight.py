"""A run that ends, or loses its lock, while a write is in flight: when the next run reads, and the report."""

from __future__ import annotations

import pytest

from dictionary_deploy.clock import MAX_LEASE_AGE_SECONDS, MAX_WRITE_SECONDS, RENEW_SECONDS
from dictionary_deploy.model import Result
from tests.deploy.simulated import PREFIX, QUICK, Aws
from tests.hunt.clients import Stored

LATE = MAX_LEASE_AGE_SECONDS - 6
"""Seconds of a copy that ends shortly before the run stops relying on its lease."""
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
    assert ("failed", "interrupted") == (result.outcome, result.reason)
    assert "Stopped by SIGTERM while associating v3 with domain eu." == result.message


def test_timed_out_run_releases_the_lock_after_calls_in_flight(
    place: Place,
) -> None:
    place.aws.timeout_seconds = QUICK + 3

    result = place.run()

    assert 0 < place.aws.landed_at <= place.taken_at <= place.ended_at + 1
    assert ("failed", "timed-out") == (result.outcome, result.reason)
    assert "Timed out while associating v3 with domain eu." == result.message


@pytest.fixture
def aws() -> Aws:
    """AWS with a package on one domain."""
    aws = Aws()
    aws.make_package("synonyms")
    return aws


def take_over(aws: Aws) -> None:
    """Take the lock over as another run, after the lease has expired by S3's clock."""
    body = b'{"run": "another run", "token": "1", "lease_seconds": 60}'
    aws.objects[f"{PREFIX}/.lock"] = Stored(body, "etag-of-another-run", {}, aws.clock.now())


def update(aws: Aws) -> Result:
    return aws.run({"synonyms": b"tv, telly\n"})["synonyms"]


def is_doubtful(result: Result) -> bool:
    has_remedy = result.remedy == "Run mode `rollback` on the tip of the branch."
    assert has_remedy == ("may have replaced a newer version" in result.message)
    return has_remedy


def test_update_after_the_lease_may_have_replaced_a_newer_version(aws: Aws) -> None:
    aws.hangs["es:UpdatePackage"] = MAX_LEASE_AGE_SECONDS + 5
    aws.clock.after(1, lambda: aws.denied.add(("s3:PutObject", "this run")))

    result = update(aws)

    assert ("failed", "access-denied", True) == (result.outcome, result.reason, is_doubtful(result))
    assert "while updating package synonyms" in result.message


def test_update_during_the_lease_replaced_no_newer_version(aws: Aws) -> None:
    aws.hangs["es:UpdatePackage"] = MAX_LEASE_AGE_SECONDS - 5
    aws.clock.after(1, lambda: aws.denied.add(("s3:PutObject", "this run")))

    result = update(aws)

    assert ("failed", "access-denied", False) == (result.outcome, result.reason, is_doubtful(result))


@pytest.mark.parametrize("seconds", [RENEW_SECONDS / 3, RENEW_SECONDS])
def test_update_before_a_takeover_may_have_replaced_a_newer_version(aws: Aws, seconds: float) -> None:
    """The lease is valid by the run's clock, which stood still while the machine was paused.

    The takeover shows at the release after a quick copy, at the next renewal during a slow one.
    """
    aws.copy_seconds = dict.fromkeys(aws.packages.packages, seconds)
    aws.clock.after(2, lambda: take_over(aws))

    result = update(aws)

    assert ("failed", "locked", True) == (result.outcome, result.reason, is_doubtful(result))
    assert result.message.startswith("Another run took over the lock")


def test_takeover_of_a_run_that_updates_nothing_is_no_failure(aws: Aws) -> None:
    aws.clock.after(0.05, lambda: take_over(aws))

    result = aws.run({"synonyms": b"tv, television\n"})["synonyms"]

    assert ("unchanged", False) == (result.outcome, is_doubtful(result))
