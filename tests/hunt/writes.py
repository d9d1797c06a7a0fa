"""The guarantees for every write, when it is sent and when it arrives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dictionary_deploy.model import SHA, Dictionary
from sandbox.aws.package import Package, Version
from tests.hunt.broken import hold
from tests.hunt.call import AT_AWS, MAKES_VERSIONS, Call
from tests.hunt.clients import Stored
from tests.hunt.commits import Commit
from tests.hunt.facts import HOLDS, Facts
from tests.hunt.run import PREFIX, Run

if TYPE_CHECKING:
    from tests.hunt.world import World

LOCK = f"{PREFIX}/.lock"
HISTORY = "es:GetPackageVersionHistory"
TRUSTED_SECONDS = 46.0
"""Largest age of the lease behind a write: three quarters of it, and a whole second for S3's clock."""


class Writes:
    """The checks of writes."""

    def __init__(self, world: World, facts: Facts) -> None:
        self._world, self._facts = world, facts

    # ------------------------------------------------------------ when sent

    def check_sent(self, run: Run, call: Call) -> None:
        told = f"{run.name} sends {call.operation}"
        if call.operation not in AT_AWS:
            return
        hold("signal", not run.interruption, f"{told} after {run.interruption.signal}")
        lock = self._world.objects.get(LOCK)
        age = self._world.now - lock.modified if lock else 0.0
        may_not_know = run.behind and call.operation not in MAKES_VERSIONS
        hold(
            "lease", age <= TRUSTED_SECONDS or may_not_know, f"{told} under a lease that S3 dates {age} s ago"
        )
        is_blind = call.operation == "es:UpdatePackage" and run.denied == HISTORY
        hold("blind", not is_blind, f"{told}, and may not read the history")
        hold("look", call.about not in run.seen.unclear, f"{told} again before it has looked")
        may_land = any(each.run is run and each.call.about == call.about for each in self._world.orphans)
        hold("look", not may_land, f"{told} again while what it sent before may still take effect")

    # ------------------------------------------------------------ on arrival

    def check(self, run: Run, call: Call) -> None:
        """Assert that a run may now do what its request asks for."""
        parameters, told = call.parameters, f"{run.name} ({run.mode}) {call.operation}"
        hold("plan", run.mode not in {"plan", "check"}, told)
        if call.operation == "lock:PutObject":
            return
        body = json.loads(self._world.objects[LOCK].body)
        may_not_know = run.behind and call.operation not in MAKES_VERSIONS
        is_holder = body["run"] == run.name and body["token"]
        hold("lock", is_holder or may_not_know, f"{told}, lock {body}")
        match call.operation:
            case "s3:PutObject":
                self._check_upload(run, parameters)
            case "holds:PutObject":
                self._check_record(run, parameters)
            case "es:UpdatePackage":
                package = self._world.packages.packages.get(parameters["PackageID"])
                if package:
                    self._check_update(run, package, parameters)
            case "es:CreatePackage":
                name = parameters["PackageName"]
                self._check_content(run, self._facts.dictionary(run, name), parameters)
            case "es:AssociatePackage":
                if parameters["PackageID"] in self._world.packages.packages:
                    self._check_associate(run, parameters)

    def _check_upload(self, run: Run, parameters: Mapping[str, Any]) -> None:
        key = parameters["Key"]
        mine = {self._key(each.package, run.commit): each for each in self._world.dictionaries(run.commit)}
        hold("own-object", key in mine, f"{run.name} writes {key}")
        hold("content", parameters["Body"] == self._world.content(run.files[mine[key].file]), key)

    def _check_record(self, run: Run, parameters: Mapping[str, Any]) -> None:
        """Assert that only rollbacks write records, and that a changed file removes them."""
        stored = self._world.objects.get(HOLDS)
        etag = stored.etag if stored else None
        if parameters.get("IfMatch", etag) != etag or (parameters.get("IfNoneMatch") and stored):
            return  # S3 rejects it: another run has written the record since
        before, facts = self._facts.rollbacks(), self._facts
        after = facts.rollbacks(parameters["Body"])
        for package_id in before.keys() | after.keys():
            was, now = before.get(package_id), after.get(package_id)
            if was == now:
                continue
            package = self._world.packages.packages[package_id]
            told = f"{run.name} ({run.mode} of {run.commit.name}) {was} -> {now} {facts.story(package)}"
            hold("record", run.is_rollback or now is None, told)
            dictionary = facts.dictionary(run, package.name)
            if now:
                hold("record", now.to_commit == run.commit.sha, told)
            elif was:
                is_over = facts.has_the_tips_file(run, dictionary) if run.is_rollback else True
                hold("record", is_over, told)
                hold("record", run.is_rollback or not facts.always_holds(run, dictionary, was), told)

    def check_stored(self, run: Run, key: str, before: Stored | None, after: Stored | None) -> None:
        """Assert that the object of a commit's version is unchanged; an active lease keeps its holder."""
        if before is None or after is None:
            return
        if key == LOCK:
            was, now = json.loads(before.body), json.loads(after.body)
            age = self._world.now - before.modified
            is_free = not was["token"] or was["token"] == now["token"] or was["run"] == now["run"]
            hold("lease", is_free or age >= was["lease_seconds"], f"{run.name} takes over {was}, {age} s old")
            return
        carried = {
            version.key
            for package in self._world.packages.packages.values()
            for version in self._facts.made(package)
        }
        is_same = before.sha256 == after.sha256
        hold("immutable", is_same or key not in carried, f"{run.name} replaces the bytes of {key}")

    def _check_content(self, run: Run, dictionary: Dictionary, parameters: Mapping[str, Any]) -> None:
        """Assert that the object is this commit's, with the content of a tip that the run may know."""
        key, file = parameters["PackageSource"]["S3Key"], dictionary.file
        hold("own-object", key == self._key(dictionary.package, run.commit), f"{run.name} sends {key}")
        mine = run.files[file]
        is_bad = mine in self._world.bad and not run.is_rollback
        hold("review", not is_bad, f"{run.name} sends the bad file {mine}")
        hold("branch", run.seen.asked_at is not None, f"{run.name} knows nothing of the branch")
        tips = self._facts.tips(run)
        # A tag follows the order of commits; a rollback deploys an old commit on purpose.
        says = run.goes_by_order or run.is_rollback or file in self._world.repository.untracked
        hold(
            "branch",
            any(run.commit.name in tip.past for tip in tips)
            and (says or any(tip.files[file] == mine for tip in tips)),
            f"{run.name} sends {mine} of {run.commit.name}; tips {[tip.name for tip in tips]}",
        )

    def _check_update(self, run: Run, package: Package, parameters: Mapping[str, Any]) -> None:
        commit, facts = run.commit, self._facts
        dictionary = facts.dictionary(run, package.name)
        self._check_content(run, dictionary, parameters)
        hold("message", parameters["CommitMessage"] == commit.sha, f"{run.name}: {parameters}")
        rollback = facts.rollbacks().get(package.id)
        about = f"{run.name} ({run.mode} of {commit.name}) {rollback} {facts.story(package)}"
        if run.is_rollback:
            is_recorded = rollback and rollback.to_commit == commit.sha
            hold("record", is_recorded or facts.has_the_tips_file(run, dictionary), about)
        else:
            hold("held", rollback is None, about)
        last = facts.last(package)
        if last is None or not facts.could_know(run, package):
            return
        told = f"{run.name} ({run.mode} of {commit.name}) over {facts.story(package)}"
        is_by_hand = package.versions[-1] is not last
        is_disturbed = (package.name, last.message) in facts.disturbed
        if last.message == commit.sha and not run.is_rollback:
            hold("drift" if is_by_hand else "once", kept=is_disturbed and not is_by_hand, told=told)
        stored = self._world.objects.get(f"{PREFIX}/{package.name}/{last.message}.txt")
        if stored is None:
            return
        is_ours = stored.metadata.get("repository-id") == "1" or dictionary.take_over
        hold("owned-elsewhere", is_ours, told)
        if not run.is_rollback:
            self._check_over(run, package, dictionary, last, stored, told)

    def _check_over(
        self, run: Run, package: Package, dictionary: Dictionary, last: Version, stored: Stored, told: str
    ) -> None:
        """Assert that a deploy replaces an older commit and different content."""
        world, facts = self._world, self._facts
        base = world.repository.by_sha(last.message or "")
        if base is None or facts.is_clouded(package):
            return
        word = run.files[dictionary.file]
        mine = world.sha256(world.content(word))
        tips = facts.tips(run)
        by_order = run.goes_by_order or dictionary.file in world.repository.untracked
        hold("order", any(self._may_follow(tip, base, run.commit, by_order=by_order) for tip in tips), told)
        if (package.name, last.message) in facts.disturbed:
            return
        is_by_hand = package.versions[-1] is not last
        hold("drift" if is_by_hand else "same", stored.sha256 != mine, told)
        has_shrunk = word in world.few and stored.sha256 == world.sha256(world.content("many"))
        hold("shrink", not has_shrunk, told)

    @staticmethod
    def _may_follow(tip: Commit, base: Commit, commit: Commit, *, by_order: bool) -> bool:
        """Return True if the commit may be deployed over the other when this is the tip.

        The tip always may. Another commit must be newer. Unless only the order counts, it may also follow a
        commit that is no longer on the branch.
        """
        is_lost = base.name not in tip.past
        return commit == tip or (is_lost and not by_order) or base.name in commit.past

    def _check_associate(self, run: Run, parameters: Mapping[str, Any]) -> None:
        world, facts = self._world, self._facts
        package = world.packages.packages[parameters["PackageID"]]
        dictionary, domain = facts.dictionary(run, package.name), parameters["DomainName"]
        if not facts.could_know(run, package):
            return
        told = f"{run.name} brings {domain} to {facts.story(package)}"
        hold("wanted-domain", domain in facts.wanted_domains(package, dictionary), told)
        available = package.available
        # AWS may create no version of identical content: then the available one is the commit's content.
        mine = world.sha256(world.content(run.files[dictionary.file]))
        is_mine = facts.may_merge_versions and available and available.sha256 == mine
        hold("drift", available and (is_mine or SHA.fullmatch(available.message or "")), told)

    @staticmethod
    def _key(package: str, commit: Commit) -> str:
        return f"{PREFIX}/{package}/{commit.sha}.txt"
