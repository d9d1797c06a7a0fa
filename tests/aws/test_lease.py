"""The age of a lease is judged when the bytes of a write are sent, by the clock of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from dictionary_deploy.aws import connect as connecting
from dictionary_deploy.clock import MAX_LEASE_AGE_SECONDS
from dictionary_deploy.errors import LockError, LostLockError
from dictionary_deploy.model import Config, Package
from tests.aws.conftest import Connect
from tests.aws.served import BUCKET, COMMIT, PREFIX, REGION, Aws

CONFIG = Config("dictionaries.yml", BUCKET, PREFIX, None, "es", REGION, None, ())
TOO_OLD = MAX_LEASE_AGE_SECONDS + 1


@dataclass
class PausedClock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Run:
    """The adapters of a run that holds the lock, and its clock."""

    adapters: connecting.Aws
    clock: PausedClock
    package: Package

    def update(self) -> None:
        self.adapters.packages.update(self.package, BUCKET, "by-hand.txt", COMMIT, None)

    def pause_before_it_sends(self, seconds: float) -> None:
        """Let the clock go on after a write is decided, prepared and signed."""

        def pause(**_: object) -> None:
            self.clock.seconds += seconds

        self.adapters.packages.writes.meta.events.register("before-send", pause)


@pytest.fixture
def run(aws: Aws, connect: Connect) -> Run:
    connect(aws.url)
    package, clock = aws.create(), PausedClock()
    adapters = connecting.connect_aws(CONFIG, None, "run 1", lambda _: None)
    adapters.lock.now = clock
    assert "" == adapters.lock.take()
    return Run(adapters, clock, package)


def test_write_under_a_young_lease_is_sent(aws: Aws, run: Run) -> None:
    run.pause_before_it_sends(MAX_LEASE_AGE_SECONDS)

    run.update()

    assert 1 == aws.count("es:UpdatePackage")


@pytest.mark.parametrize(
    "write",
    [
        Run.update,
        lambda run: run.adapters.packages.create("new", BUCKET, "by-hand.txt", None),
        lambda run: run.adapters.packages.associate(run.package, "search-prod"),
    ],
    ids=["UpdatePackage", "CreatePackage", "AssociatePackage"],
)
def test_write_after_a_pause_is_not_sent(aws: Aws, run: Run, write: Callable[[Run], None]) -> None:
    run.pause_before_it_sends(TOO_OLD)
    before = len(aws.local.requests)

    with pytest.raises(LockError, match="was not sent") as caught:
        write(run)

    assert ("locked", before) == (caught.value.reason, len(aws.local.requests))


def test_renewal_makes_the_lease_young_again(aws: Aws, run: Run) -> None:
    run.clock.seconds += TOO_OLD
    run.adapters.lock.renew()

    run.update()

    assert 1 == aws.count("es:UpdatePackage")


def test_lease_counts_from_the_request_for_it(aws: Aws, run: Run) -> None:
    def respond_late() -> None:
        run.clock.seconds += TOO_OLD

    aws.gateway.after["PUT"] = respond_late
    run.adapters.lock.renew()

    assert TOO_OLD == run.adapters.lock.age


@pytest.mark.parametrize("how", ["never taken", "released", "lost"])
def test_without_the_lock_nothing_is_sent(aws: Aws, run: Run, how: str) -> None:
    lock = run.adapters.lock
    if how == "never taken":
        run.adapters = connecting.connect_aws(CONFIG, None, "run 2", lambda _: None)
    elif how == "released":
        lock.release()
    else:
        aws.clients.s3.delete_object(Bucket=BUCKET, Key=lock.key)
        with pytest.raises(LostLockError):
            lock.renew()

    with pytest.raises(LockError, match="was not sent"):
        run.update()

    assert 0 == aws.count("es:UpdatePackage")
