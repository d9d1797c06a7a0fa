"""The record of rollbacks in the loop: read once, written once for all dictionaries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest

from dictionary_deploy.aws.holds import AwsHolds
from dictionary_deploy.decide import Attempt, Observed, Refuse, Wanted
from dictionary_deploy.deploy.holds import MAX_FAILED_CALLS, HoldBook
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import AwsError, DeployError, UnclearError
from dictionary_deploy.model import Dictionary, Holds, Package, Rollback
from tests.deploy.simulated import BUCKET, NEW, OLD, PREFIX, Aws, Source
from tests.deploy.test_loop import AtOnce

BAD, GOOD = b"tv, telly\n", b"tv, television, telly\n"


def holds_of(world: Aws) -> AwsHolds:
    return AwsHolds(world.lock("run 1").client, BUCKET, PREFIX, "run 1")


def put_on_record(world: Aws, *package_ids: str) -> None:
    """Someone rolled back from the content BAD."""
    rollback = Rollback("", hashlib.sha256(BAD).hexdigest(), NEW, OLD)
    holds = holds_of(world)
    assert holds.write(holds.read(), dict.fromkeys(package_ids, rollback))


def count(world: Aws, operation: str) -> int:
    return sum(asked == operation and ".holds" in str(what) for _, asked, what in world.asked)


def test_two_accounts_with_one_bucket_prefix_and_package_name_hold_apart() -> None:
    here, there = Aws(), Aws()
    there.objects = here.objects
    there.make_package("stopwords")  # so that the IDs differ, as they do in AWS
    there.make_package("synonyms")
    put_on_record(here, here.make_package("synonyms"))

    held, deployed = here.run({"synonyms": BAD}), there.run({"synonyms": BAD})

    assert ("held", "updated") == (held["synonyms"].outcome, deployed["synonyms"].outcome)
    assert "held" == here.run({"synonyms": BAD})["synonyms"].outcome


def test_ended_holds_are_one_write() -> None:
    world = Aws()
    names = [f"words-{number}" for number in range(5)]
    put_on_record(world, *(world.make_package(name) for name in names))
    world.asked.clear()

    results = world.run(dict.fromkeys(names, GOOD))

    assert ["updated"] * 5 == [each.outcome for each in results.values()]
    assert {} == holds_of(world).read().rollbacks
    assert 1 == count(world, "s3:PutObject")


def test_plan_treats_a_hold_as_ended_and_writes_nothing() -> None:
    world = Aws()
    put_on_record(world, world.make_package("synonyms"))
    before = dict(world.objects)

    planned = world.run({"synonyms": GOOD}, mode="plan")["synonyms"]

    assert "would-update" == planned.outcome_name
    assert "would-be-held" == world.run({"synonyms": BAD}, mode="plan")["synonyms"].outcome_name
    assert before == world.objects


def test_unwritable_record_fails_only_its_dictionary() -> None:
    world = Aws()
    put_on_record(world, world.make_package("synonyms"))
    world.make_package("stopwords")
    world.denied = {("s3:PutObject", ".holds")}

    results = world.run({"synonyms": GOOD, "stopwords": GOOD})

    assert ("failed", "access-denied") == (results["synonyms"].outcome, results["synonyms"].reason)
    assert "updated" == results["stopwords"].outcome


def test_record_that_cannot_be_read_fails_everything() -> None:
    world = Aws()
    world.make_package("synonyms")
    world.denied = {("s3:GetObject", ".holds")}

    result = world.run({"synonyms": GOOD})["synonyms"]

    assert ("failed", "access-denied") == (result.outcome, result.reason)


@dataclass
class Store:
    """Fails, or finds that the record has changed, at each of its calls."""

    error: DeployError | None = None
    calls: int = 0

    def read(self) -> Holds:
        return Holds()

    def write(self, *_: object) -> bool:
        self.calls += 1
        if self.error:
            raise self.error
        return False


@pytest.mark.parametrize(
    ("error", "reason", "calls"),
    [
        (None, "locked", MAX_FAILED_CALLS),
        (UnclearError("upload-failed", "No response."), "upload-failed", MAX_FAILED_CALLS),
        (AwsError("access-denied", "Denied."), "access-denied", 1),
    ],
)
def test_failed_record_writes_are_retried_after_a_read_and_then_fail(
    error: DeployError | None, reason: str, calls: int
) -> None:
    store, pool = Store(error), CallPool(AtOnce())
    book, task = HoldBook(store, pool, writes=True), task_of()

    while not task.is_over:
        if book.holds is None:
            book.read_for(task)
            pool.collect(0)
        book.change(task, None)
        book.send()
        pool.collect(0)

    assert isinstance(task.step, Refuse)
    assert (reason, calls) == (task.step.reason, store.calls)


def task_of() -> DictionaryTask:
    source = Source(GOOD)
    package = Package("F1", "synonyms", "AVAILABLE", "v1")
    wanted = Wanted(Dictionary("a.txt", "synonyms", "synonyms", "none"), NEW, source.content)
    return DictionaryTask(wanted, source, Attempt(0.0), Observed(0.0, package))
