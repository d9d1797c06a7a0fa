"""The guarantees for every result at the end of its run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dictionary_deploy.model import FAILED_STATUSES, SHA, Dictionary, Report, Result
from dictionary_deploy.report.live_versions import live_summary
from dictionary_deploy.report.outputs import exit_status
from sandbox.aws.package import Package
from tests.hunt.broken import hold
from tests.hunt.facts import HOLDS, Facts
from tests.hunt.run import PREFIX, Run

if TYPE_CHECKING:
    from tests.hunt.world import World

A_DAY = 86_400.0
DONE = {"updated", "created", "unchanged", "applied"}


class Ends:
    """The checks at the end of a run."""

    def __init__(self, world: World, facts: Facts) -> None:
        self._world, self._facts = world, facts

    def check(self, run: Run) -> None:
        """Assert that every result is correct, and that every failure has a remedy."""
        if run.failure:
            error = run.failure
            hold("remedy", error.message and error.remedy and error.reason != "internal", repr(error))
            is_guess = error.reason == "locked" and run.seen.lock_is_silent
            hold("truth", not is_guess, f"{run.name}: no response reported the lock as held: {error!r}")
        early = {"timed-out", "interrupted", "locked"}
        ended_early = run.failure or any(each.reason in early for each in run.results)
        unclear = [] if ended_early else [about for about, at in run.seen.unclear.items() if at >= 0]
        hold("look", not unclear, f"{run.name} has not read the result of {unclear}: {run.results}")
        for result in run.results:
            told = f"{run.name} ({run.mode} of {run.commit.name}): {result.outcome} {result.message}"
            self._world.tried[f"{run.mode} {result.outcome} {result.reason}".strip()] += 1
            if result.outcome in {"failed", "invalid"}:
                hold("remedy", result.message and result.remedy and result.reason != "internal", told)
            self._check_invalid(run, result, told)
            package = self._world.package(result.dictionary.package)
            if package and self._facts.is_known(run, package):
                self._check_result(run, result, package, f"{told} {self._facts.story(package)}")

    def _check_invalid(self, run: Run, result: Result, told: str) -> None:
        """Assert that an invalid dictionary is bad or has shrunk too much. A rollback only warns."""
        word = run.files[result.dictionary.file]
        may_be = not run.is_rollback and (word in self._world.bad or word in self._world.few)
        hold("truth", result.outcome != "invalid" or may_be, told)

    def _check_result(self, run: Run, result: Result, package: Package, told: str) -> None:
        available = package.available
        carried = available.message if available else ""
        base = self._world.repository.by_sha(carried or "")
        word = run.files[result.dictionary.file]
        is_mine = available and available.sha256 == self._world.sha256(self._world.content(word))
        if run.mode not in {"deploy", "rollback", "tag"} or self._facts.is_blurred(available):
            return
        if result.outcome in {"updated", "created"}:
            hold("truth", carried == run.commit.sha, told)
        if result.outcome in DONE and not self._facts.may_merge_versions:
            hold("truth", base and is_mine, told)
        if result.outcome in DONE and not run.is_rollback and self._facts.tips(run) == [run.commit]:
            rollback = self._facts.rollbacks().get(package.id)
            is_over = rollback is None or self._facts.may_hold(run, result.dictionary, rollback)
            hold("record", is_over, f"{told} {rollback}")
        if result.outcome in DONE:
            hold("waits", not package.is_under_way, told)
        if result.outcome == "drifted":
            hold("truth", available and base is None, told)
        if result.outcome == "held":
            rollback = self._facts.rollbacks().get(package.id)
            is_recorded = rollback and self._facts.may_hold(run, result.dictionary, rollback)
            # A run that was paused reports the record as it read it, under the lock that it had then.
            hold("truth", is_recorded or run.stalled_until, told)
            self._check_age(told)
        was_live = any(seen.get(result.dictionary.file) for seen in run.seen.live)
        summary = live_summary(result)
        if re.search(r" active on (?![0-9]+ of )", summary):
            hold("live", was_live, f"{told} {summary}")
        if result.outcome in {"superseded", "held"} and self._facts.tips(run) == [run.commit]:
            # No other run associates the domains with a version that the tip leaves as it is.
            hold("live", was_live or not SHA.fullmatch(carried or ""), told)

    def _check_age(self, told: str) -> None:
        """Assert that the record of a hold is rewritten before an expiry rule removes it."""
        age = self._world.now - self._world.objects[HOLDS].modified
        hold("record", age <= A_DAY + self._world.timeout_seconds, f"{told} The record is {age} s old.")

    # ------------------------------------------------------------ a check and a plan without other events

    def check_check(self, run: Run) -> None:
        """Assert that `check` fails when AWS differs from the branch, and only then."""
        report = Report(mode="check", results=run.results, config_path="")
        hold("check", run.failure is None, repr(run.failure))
        dictionaries = self._world.dictionaries(run.commit)
        packages = [self._world.package(each.package) for each in dictionaries]
        if any(self._facts.is_blurred(each.available) for each in packages if each):
            return
        differs = [self._difference(run, each) for each in dictionaries]
        told = f"{run.name} (check of {run.commit.name}): {differs} {run.results}"
        hold("check", bool(exit_status(report)) == any(differs), told)

    def _difference(self, run: Run, dictionary: Dictionary) -> str:
        """Return the differences between AWS and the branch, or an empty text."""
        world, package = self._world, self._world.package(dictionary.package)
        available = package.available if package else None
        if package is None or available is None:
            return "nothing is available"
        if package.status in FAILED_STATUSES:
            return f"the package is {package.status}"
        if not SHA.fullmatch(available.message or ""):
            return f"{available.name} was not made from a commit"
        if available.sha256 != world.sha256(world.content(run.files[dictionary.file])):
            return f"{available.name} has another content"
        if not self._facts.has_evidence(package, available):
            return f"the content of {available.name} is unknown"
        stored = world.objects.get(f"{PREFIX}/{package.name}/{available.message}.txt")
        if stored and stored.sha256 != available.sha256:
            return f"the object of {available.name} was exchanged"
        if stored and stored.metadata.get("repository-id") != "1" and not dictionary.take_over:
            return "another repository deploys it"
        if dictionary.domains == "associated" and not self._facts.domains_of(package):
            return "no domain has the package"
        return "" if self._facts.is_live(package, dictionary) else "a domain is behind"

    def check_plan(self, plan: Run, deploy: Run) -> None:
        """Assert that a deploy right after a plan did what the plan reported."""
        if plan.failure or deploy.failure or self._facts.may_merge_versions:
            return
        for foreseen, done in zip(plan.results, deploy.results, strict=True):
            if done.outcome == "failed" or foreseen.outcome == "failed":
                continue
            name = done.dictionary.package
            package = self._world.package(name)
            about = {name, package.id if package else ""}
            operations = {operation for operation, what in deploy.writes if what in about}
            expected: str = done.outcome
            if expected == "created" and "es:CreatePackage" not in operations:
                expected = "updated"  # created by hand after an object of the commit: indistinguishable
            if done.outcome in DONE and not operations & {"es:UpdatePackage", "es:CreatePackage"}:
                expected = "applied" if "es:AssociatePackage" in operations else "unchanged"
            told = f"{plan.name} foresaw {foreseen}, {deploy.name} did {done}"
            hold("plan", foreseen.outcome == expected, told)

    def is_foreign(self, package: str) -> bool:
        """Return True if another repository has ever deployed the package."""
        return any(key == f"{PREFIX}/{package}/{'f' * 40}.txt" for key in self._world.objects)
