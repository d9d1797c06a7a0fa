"""How long a lease is trusted, by a manual clock."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from dictionary_deploy.clock import MAX_LEASE_AGE_SECONDS, RENEW_SECONDS, Deadline, Interruption
from dictionary_deploy.console.terminal import Terminal
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Attempt, Wanted
from dictionary_deploy.deploy.lock import MAX_FAILED_REQUESTS, LeaseKeeper, hold_lock
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import AwsError, DeployError, LockError, LostLockError, UnclearError
from dictionary_deploy.host.machine import Machine
from dictionary_deploy.model import Content, Dictionary
from dictionary_deploy.settings import parse_settings

LONG = 1200.0
HELD = "https://github.com/octo/shop/actions/runs/1"
UNREACHABLE = UnclearError("upload-failed", "S3 cannot be reached.", "Check the network.")
TAKEN_OVER = LostLockError()


@dataclass
class TurnedClock:
    time: float = 1000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class ScriptedLock:
    """Returns predefined results: a holder or an error, each after some seconds; the last one repeatedly."""

    clock: TurnedClock
    answers: list[tuple[float, str | DeployError]]
    bucket: str = "acme"
    key: str = "dictionaries/.lock"
    asked: int = 0
    is_given_back: bool = False
    leased_at: float = 0.0

    @property
    def age(self) -> float:
        return self.clock.time - self.leased_at

    def take(self) -> str:
        seconds, answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        asked_at = self.clock.time
        self.clock.time += seconds
        if isinstance(answer, DeployError):
            raise answer
        if not answer:
            self.leased_at = asked_at
        return answer

    def renew(self) -> None:
        self.take()

    def release(self) -> bool:
        self.is_given_back = True
        return True


@dataclass
class Place:
    """A clock, a lock and the context of a run; `log` has its messages."""

    answers: list[tuple[float, str | DeployError]]
    clock: TurnedClock = field(default_factory=TurnedClock)
    log: io.StringIO = field(default_factory=io.StringIO)
    interruption: Interruption = field(default_factory=Interruption)
    scheduled: list[tuple[DictionaryTask, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = ScriptedLock(self.clock, self.answers)

    def hold(self, seconds: float = LONG) -> Any:
        settings = parse_settings(["deploy"], {"HOME": str(Path.cwd())})
        deadline = Deadline.after(self.clock, seconds)
        console = Terminal(self.log, self.log)
        context = RunContext(settings, Machine(settings), console, self.clock, deadline, self.interruption)
        return hold_lock(cast(Any, self.lock), context, Pools(*(ThreadPoolExecutor(1) for _ in range(3))))

    def keeper(self, since: float) -> LeaseKeeper:
        """A keeper of a lease that began then."""
        self.lock.leased_at = since
        pool = ThreadPoolExecutor(1)
        return LeaseKeeper(self.lock, self.clock, self.log.write, self.schedule, CallPool(pool), pool)

    def task(self, file: str) -> DictionaryTask:
        content = Content("0" * 64, 1)
        wanted = Wanted(Dictionary(file, file, "synonyms", "none"), "a" * 40, content)
        return DictionaryTask(wanted, cast(Any, None), Attempt(began=self.clock.time))

    def schedule(self, task: DictionaryTask, activity: str) -> None:
        self.scheduled.append((task, activity))


def test_lock_granted_too_late_is_requested_again() -> None:
    place = Place([(LONG / 2, ""), (0.5, "")])

    with place.hold():
        assert 2 == place.lock.asked


def test_lock_is_released_at_every_end_of_the_run() -> None:
    place = Place([(0.0, "")])

    with pytest.raises(ZeroDivisionError), place.hold():
        raise ZeroDivisionError

    assert place.lock.is_given_back


def test_lock_expires_by_itself_during_a_write() -> None:
    place = Place([(0.0, "")])

    with place.hold() as hold:
        hold.must_expire = True

    assert not place.lock.is_given_back


def test_lock_held_until_the_deadline_is_reported_once() -> None:
    place = Place([(0.0, HELD)])

    with pytest.raises(LockError, match=f"1 min 0 s while the lock was held by {HELD}"), place.hold(60):
        pass

    assert 1 == place.log.getvalue().count(HELD)


def test_lock_without_a_response_fails_with_its_cause() -> None:
    place = Place([(0.0, UNREACHABLE)])

    with pytest.raises(AwsError) as raised, place.hold():
        pass

    assert (UNREACHABLE, MAX_FAILED_REQUESTS) == (raised.value, place.lock.asked)


def test_throttled_lock_is_requested_again() -> None:
    throttled = AwsError("upload-failed", "s3:PutObject was throttled.", code="Throttling")
    place = Place([(0.0, throttled), (0.0, "")])

    with place.hold():
        pass

    assert 2 <= place.lock.asked


def test_permanent_refusal_ends_the_run() -> None:
    denied = AwsError("access-denied", "s3:PutObject is denied.")
    place = Place([(0.0, denied)])

    with pytest.raises(AwsError) as raised, place.hold():
        pass

    assert (denied, 1) == (raised.value, place.lock.asked)


def keep(keeper: LeaseKeeper, place: Place, seconds: float) -> None:
    """Keep the lease at every second up to this one; stop when it is lost."""
    end = place.clock.time + seconds
    while place.clock.time < end and not keeper.lost:
        keeper.renew()
        keeper.calls.collect(1)
        place.clock.time += 1


def test_renewed_lease_is_never_lost() -> None:
    place = Place([(0.0, "")])
    keeper = place.keeper(place.clock.time)

    keep(keeper, place, LONG)

    assert (None, int(LONG / RENEW_SECONDS) - 1) == (keeper.lost, place.lock.asked)


def test_lease_that_cannot_be_renewed_is_lost_before_it_expires() -> None:
    place = Place([(0.0, UNREACHABLE)])
    keeper = place.keeper(place.clock.time)

    keep(keeper, place, LONG)

    assert keeper.lost
    assert "upload-failed" == keeper.lost.reason
    assert "S3 cannot be reached" in keeper.lost.message
    assert MAX_LEASE_AGE_SECONDS < place.clock.time - 1000.0 < MAX_LEASE_AGE_SECONDS + 3


def test_lease_is_trusted_from_its_last_renewal() -> None:
    place = Place([(0.0, UNREACHABLE), (0.0, ""), (0.0, UNREACHABLE)])
    keeper = place.keeper(place.clock.time)

    keep(keeper, place, LONG)

    assert 2 * RENEW_SECONDS + MAX_LEASE_AGE_SECONDS < place.clock.time - 1000.0 < LONG


def test_lock_taken_over_by_another_run_is_lost_at_once() -> None:
    place = Place([(0.0, TAKEN_OVER)])
    keeper = place.keeper(place.clock.time)

    keep(keeper, place, LONG)

    assert TAKEN_OVER == keeper.lost


def test_write_waits_for_a_renewal_of_its_own() -> None:
    place = Place([(0.0, "")])
    keeper, task = place.keeper(place.clock.time), place.task("a.txt")

    def may_write() -> bool:
        is_renewed = keeper.is_renewed_for(task)
        keeper.renew()
        keeper.calls.collect(1)
        return is_renewed

    assert [False, True, False, True] == [may_write() for _ in range(4)]
    assert 2 == place.lock.asked


def test_writes_that_wait_at_once_share_a_renewal() -> None:
    place = Place([(0.0, "")])
    keeper, tasks = place.keeper(place.clock.time), [place.task(f"{name}.txt") for name in "abc"]

    assert not any(keeper.is_renewed_for(task) for task in tasks)
    keeper.renew()
    keeper.calls.collect(1)

    assert all(keeper.is_renewed_for(task) for task in tasks)
    assert 1 == place.lock.asked


def test_write_is_scheduled_again_after_a_failed_renewal() -> None:
    place = Place([(0.0, UNREACHABLE), (0.0, "")])
    keeper, task = place.keeper(place.clock.time), place.task("a.txt")

    for _ in range(2):
        assert not keeper.is_renewed_for(task)
        keeper.renew()
        keeper.calls.collect(1)

    assert [(task, "retrying after: S3 cannot be reached")] == place.scheduled
    assert keeper.is_renewed_for(task)


def test_lease_close_to_its_end_is_renewed_at_once() -> None:
    place = Place([(0.0, "")])
    keeper = place.keeper(place.clock.time - RENEW_SECONDS)

    keep(keeper, place, 1)

    assert (None, 1) == (keeper.lost, place.lock.asked)


def test_lease_older_than_its_trust_is_lost() -> None:
    place = Place([(0.0, "")])
    keeper = place.keeper(place.clock.time - MAX_LEASE_AGE_SECONDS - 1)

    assert keeper.lost
    assert "locked" == keeper.lost.reason
