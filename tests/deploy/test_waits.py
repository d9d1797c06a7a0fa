"""Waits of a run on the simulated clock, and their ends: AWS finishes, a timeout, a signal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from dictionary_deploy.clock import MAX_LEASE_AGE_SECONDS
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import Result
from tests.deploy.simulated import QUICK, Aws

LONG, SHORT = 600.0, 30.0
KILL_SECONDS = 10
"""Seconds after the first signal: GitHub's runner sends SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL."""


@dataclass
class Place:
    """A package on two domains."""

    aws: Aws = field(default_factory=Aws)

    def __post_init__(self) -> None:
        self.package = self.aws.make_package("synonyms")
        self.aws.packages.associate_package({"PackageID": self.package, "DomainName": "us"})
        self.aws.clock.sleep(60)
        self.began = self.aws.clock.now()

    def run(self) -> Result:
        return self.aws.run({"synonyms": b"tv, telly\n"})["synonyms"]


@pytest.fixture
def place() -> Place:
    return Place()


def test_timed_out_copy_is_reported_and_a_rerun_finishes_it(place: Place) -> None:
    place.aws.copy_seconds[place.package] = LONG
    place.aws.timeout_seconds = LONG / 2

    late = place.run()
    place.aws.timeout_seconds = LONG
    rerun = place.run()

    assert ("failed", "timed-out") == (late.outcome, late.reason)
    assert "COPYING" in late.message
    assert "updated" == rerun.outcome
    assert 1 == [operation for _, operation, _ in place.aws.asked].count("es:UpdatePackage")


def test_domain_in_change_is_waited_for(place: Place) -> None:
    place.aws.failures.change_domain("eu", seconds=SHORT)

    result = place.run()

    assert "updated" == result.outcome
    assert {("eu", "v3"), ("us", "v3")} == {(each.domain, each.version) for each in result.domains or ()}


def test_pauses_grow_while_a_domain_is_in_change(place: Place) -> None:
    place.aws.failures.change_domain("eu", seconds=LONG)
    place.aws.timeout_seconds = 2 * LONG

    place.run()

    associations = [operation for _, operation, _ in place.aws.asked].count("es:AssociatePackage")
    assert 1 < associations < 100


def test_domain_that_stays_in_change_keeps_no_other_from_the_version(place: Place) -> None:
    place.aws.failures.change_domain("eu")
    place.aws.timeout_seconds = QUICK + SHORT

    result = place.run()

    assert ("failed", "timed-out") == (result.outcome, result.reason)
    assert "A change/update is in progress" in result.message
    assert {("eu", "v2"), ("us", "v3")} == {(each.domain, each.version) for each in result.domains or ()}


def test_throttled_reads_are_repeated_for_longer_than_other_failures(place: Place) -> None:
    place.aws.throttled_reads = 5

    assert "updated" == place.run().outcome
    assert 0 == place.aws.throttled_reads


@pytest.mark.parametrize(
    ("operation", "seconds"),
    [("s3:PutObject", 1), ("es:UpdatePackage", 1), ("es:AssociatePackage", QUICK + 3)],
)
def test_signal_ends_the_run_before_the_kill_while_aws_hangs(
    place: Place, operation: str, seconds: float
) -> None:
    place.aws.hangs[operation] = MAX_LEASE_AGE_SECONDS
    place.aws.clock.after(seconds, lambda: place.aws.interruption.set("SIGINT"))

    with suppress(DeployError):
        place.run()

    assert place.aws.interruption
    assert place.aws.clock.now() < place.began + seconds + KILL_SECONDS
    assert not place.aws.landed_at


def dissociate_later(place: Place, seconds: float) -> None:
    """Have someone dissociate the domain eu, which is up to date by then, while `us` is in change."""
    place.aws.failures.change_domain("us", seconds=LONG)
    place.aws.timeout_seconds = 2 * LONG
    leaving = {"PackageID": place.package, "DomainName": "eu"}
    place.aws.clock.after(seconds, lambda: place.aws.packages.dissociate_package(leaving))


def test_dissociated_associated_domain_is_kept_and_reported(place: Place) -> None:
    dissociate_later(place, 3 * QUICK)

    result = place.run()

    assert "updated" == result.outcome, result.message
    assert result.message.endswith("Someone dissociated eu during the run.")
    assert [("us", "v3")] == [(each.domain, each.version) for each in result.domains or ()]


def test_dissociated_named_domain_is_associated_again_and_reported(place: Place) -> None:
    dissociate_later(place, 3 * QUICK)
    place.aws.domains = ("eu", "us")

    result = place.run()

    assert "updated" == result.outcome, result.message
    assert result.message.endswith("Someone dissociated eu during the run; associated again.")
    assert {("eu", "v3"), ("us", "v3")} == {(each.domain, each.version) for each in result.domains or ()}


def test_named_domain_that_is_dissociated_again_and_again_ends_the_run(place: Place) -> None:
    place.aws.domains = ("eu", "us")
    for seconds in (3 * QUICK, 8 * QUICK):
        dissociate_later(place, seconds)

    result = place.run()

    assert ("failed", "association-failed") == (result.outcome, result.reason)
    assert "eu: someone dissociated it twice during the run." in result.message
    assert place.aws.clock.now() - place.began < 2 * LONG
