"""What has to hold whatever happens: the contract's guarantees, seen from outside, with all that AWS knows.

Each check is told in words of its own when it fails. Nothing of `next_step` is used here: what a run should
know is worked out anew from the commits, the versions there really are, and who made them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dictionary_deploy.model import SHA, Dictionary, Result
from dictionary_deploy.report.truth import live
from sandbox.aws.package import Package, Version
from tests.hunt.broken import hold
from tests.hunt.commits import Commit
from tests.hunt.run import PREFIX, Call, Run

if TYPE_CHECKING:
    from tests.hunt.world import World

NEVER = -1
DONE = {"updated", "created", "unchanged", "applied"}


class Guarantees:
    """The checks, and what has to be remembered for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.makers: dict[int, Run] = {}
        """Which run made a version, by the version's identity."""
        self.touched: dict[str, int] = {}
        """The moment when somebody else last changed a package, its associations or its objects."""
        self._failing: set[int] = set()
        self._available: dict[str, int] = {}
        self._kept: list[Version] = []
        """So that no identity is used twice."""

    def touch(self, name: str) -> None:
        """Somebody else changed something of this package."""
        self.touched[name] = self._world.moment

    def note(self, run: Run, call: Call) -> None:
        """Remember who made a version."""
        if call.operation == "es:UpdatePackage":
            package = self._world.packages.packages[call.parameters["PackageID"]]
            self.note_version(package, run)

    def note_version(self, package: Package, run: Run | None) -> None:
        """Remember who made the newest version, and whether its copy will fail."""
        version = package.versions[-1]
        self._kept.append(version)
        if run:
            self.makers[id(version)] = run
        if package._copies[-1].fault:
            self._failing.add(id(version))

    def note_look(self, run: Run) -> None:
        """Remember what a run was shown of the domains."""
        run.seen.append(
            {
                each.file: (package := self._world.package(each.package)) is not None
                and self.is_live(package, each)
                for each in self._world.dictionaries(run.commit)
            }
        )

    # ------------------------------------------------------------ at every write

    def check_write(self, run: Run, call: Call) -> None:
        """Whether a run may do now what a request of its asks for."""
        parameters = call.parameters
        if call.operation == "s3:PutObject" and parameters["Key"].endswith(".lock"):
            return
        self._check_lock(run, call)
        match call.operation:
            case "s3:PutObject":
                self._check_upload(run, parameters)
            case "es:UpdatePackage":
                package = self._world.packages.packages.get(parameters["PackageID"])
                if package:
                    self._check_update(run, package, parameters)
            case "es:CreatePackage":
                self._check_content(run, self._dictionary(run, parameters["PackageName"]), parameters)
            case "es:AssociatePackage":
                self._check_associate(run, parameters)

    def _check_lock(self, run: Run, call: Call) -> None:
        body = json.loads(self._world.objects[f"{PREFIX}/.lock"].body)
        hold("lock", body["run"] == run.name and body["token"], f"{run.name} {call.operation}, lock {body}")

    def _check_upload(self, run: Run, parameters: Mapping[str, Any]) -> None:
        key = parameters["Key"]
        mine = {self._key(each.package, run.commit): each for each in self._world.dictionaries(run.commit)}
        hold("own-object", key in mine, f"{run.name} writes {key}")
        hold("content", parameters["Body"] == self._world.file(run.commit, mine[key].file), key)

    def _check_content(self, run: Run, dictionary: Dictionary, parameters: Mapping[str, Any]) -> None:
        """The object is this commit's, and one tip of those the run may know of says this content."""
        key, file = parameters["PackageSource"]["S3Key"], dictionary.file
        hold("own-object", key == self._key(dictionary.package, run.commit), f"{run.name} sends {key}")
        mine = run.commit.files[file]
        hold("review", mine != "empty", f"{run.name} sends an empty file")
        if run.is_rollback:
            return
        tips = self._tips(run)
        # A tag goes by the order of commits, whatever the tip says.
        says = run.mode == "tag" or file in self._world.repository.untracked
        hold(
            "branch",
            any(self._distance(tip, run.commit) is not None for tip in tips)
            and (says or any(tip.files[file] == mine for tip in tips)),
            f"{run.name} sends {mine} of {run.commit.name}; tips {[tip.name for tip in tips]}",
        )

    def _check_update(self, run: Run, package: Package, parameters: Mapping[str, Any]) -> None:
        world, commit = self._world, run.commit
        dictionary = self._dictionary(run, package.name)
        self._check_content(run, dictionary, parameters)
        hold("message", parameters["CommitMessage"] == commit.sha, f"{run.name}: {parameters}")
        if self.touched.get(package.name, NEVER) > run.looked_at(package.id):
            return  # which it could not know
        told = f"{run.name} ({run.mode} of {commit.name}) over {self.story(package)}"
        made = self._made(package)
        last = made[-1] if made else None
        base = world.repository.by_sha(last.message or "") if last else None
        is_by_hand = bool(package.versions) and package.versions[-1] is not last
        if base == commit and last and not run.is_rollback:
            hold("drift" if is_by_hand else "once", kept=False, told=told)
        stored = last and world.objects.get(last.key)
        if stored is None or last is None:
            return
        is_ours = stored.metadata.get("repository-id") == "1" or dictionary.take_over
        hold("owned-elsewhere", is_ours, told)
        if run.is_rollback or base is None:
            return
        tips = self._tips(run)
        mine = commit.files[dictionary.file]
        hold("order", any(not self._is_newer(tip, base, commit) for tip in tips), told)
        is_same = stored.sha256 == world.sha256(world.file(commit, dictionary.file))
        hold("drift" if is_by_hand else "same", not is_same, told)
        held = self.held(package, tips[-1], dictionary.file)
        hold("held", mine not in held.values(), f"{told}; held {held}")

    def _check_associate(self, run: Run, parameters: Mapping[str, Any]) -> None:
        package = self._world.packages.packages[parameters["PackageID"]]
        dictionary, domain = self._dictionary(run, package.name), parameters["DomainName"]
        known = self._domains_of(package)
        wanted = {"associated": tuple(known), "none": ()}.get(str(dictionary.domains), dictionary.domains)
        if self.touched.get(package.name, NEVER) > run.looked_at(package.id):
            return
        told = f"{run.name} brings {domain} to {self.story(package)}"
        hold("wanted-domain", domain in wanted, told)
        available = package.available
        # AWS may make no version of what is available already: then that is what the commit says.
        mine = self._world.sha256(self._world.file(run.commit, dictionary.file))
        is_mine = self._may_merge_versions and available and available.sha256 == mine
        hold("drift", available and (is_mine or SHA.fullmatch(available.message or "")), told)

    # ------------------------------------------------------------ after every step

    def check_versions(self) -> None:
        """A version that carries a commit of ours has that commit's bytes."""
        world = self._world
        world.packages.settle()
        for package in world.packages.packages.values():
            available = package.available
            if id(available) != self._available.get(package.id) and id(available) not in self.makers:
                self.touch(package.name)
            self._available[package.id] = id(available)
            for version in package.versions:
                run = self.makers.get(id(version))
                if run and version.sha256:
                    file = self._dictionary(run, package.name).file
                    expected = world.sha256(world.file(run.commit, file))
                    hold("content", version.sha256 == expected, f"{version.name} of {package.name}")

    # ------------------------------------------------------------ at the end of a run

    def check_end(self, run: Run) -> None:
        """Every result is true, and every failure says what to do."""
        if run.failure:
            error = run.failure
            hold("remedy", error.message and error.remedy and error.reason != "internal", repr(error))
        for result in run.results:
            told = f"{run.name} ({run.mode} of {run.commit.name}): {result.outcome} {result.message}"
            self._world.tried[f"{run.mode} {result.outcome} {result.reason}".strip()] += 1
            if result.outcome in {"failed", "invalid"}:
                hold("remedy", result.message and result.remedy and result.reason != "internal", told)
            package = self._world.package(result.dictionary.package)
            if package and self.touched.get(package.name, NEVER) <= run.looked_at(package.id):
                self._check_result(run, result, package, f"{told} {self.story(package)}")

    def _check_result(self, run: Run, result: Result, package: Package, told: str) -> None:
        carried = package.available.message if package.available else ""
        base = self._world.repository.by_sha(carried or "")
        file = result.dictionary.file
        if result.outcome in {"updated", "created"}:
            hold("truth", carried == run.commit.sha, told)
        if result.outcome in {"unchanged", "applied"} and not self._may_merge_versions:
            hold("truth", base and base.files[file] == run.commit.files[file], told)
        if result.outcome == "drifted":
            hold("truth", package.available and base is None, told)
        if result.outcome == "held":
            tip = self._world.repository.tip
            hold("truth", self.looks_rolled_back(package, tip) or run.commit != tip, told)
        if "live everywhere" in live(result) or "live on every" in live(result):
            hold("live", any(seen[file] for seen in run.seen), f"{told} {live(result)}")

    def is_live(self, package: Package, dictionary: Dictionary) -> bool:
        """Whether every wanted domain has the available version in force."""
        domains = self._domains_of(package)
        wanted = dictionary.domains if isinstance(dictionary.domains, tuple) else tuple(domains)
        name = package.available.name if package.available else ""
        return all(domains.get(each) == ("ACTIVE", name) for each in wanted)

    # ------------------------------------------------------------ what there really is

    @property
    def _may_merge_versions(self) -> bool:
        return self._world.switches.identical_content == "same-version"

    def held(self, package: Package, tip: Commit, file: str) -> dict[str, str]:
        """The contents that somebody rolled back from, by the commits that have them."""
        repository = self._world.repository
        held: dict[str, str] = {}
        last = ""
        for version in self._made(package):
            run, commit = self.makers.get(id(version)), repository.by_sha(version.message or "")
            if commit is None or run is None or not version.sha256:
                continue
            if run.is_rollback:
                held[last or commit.name] = repository.commits[last or commit.name].files[file]
                held = {
                    name: word
                    for name, word in held.items()
                    if self._is_newer(tip, repository.commits[name], commit)
                }
            elif last != commit.name:
                held = {}
            last = commit.name
        return held

    def looks_rolled_back(self, package: Package, tip: Commit) -> bool:
        """Whether an older commit follows a newer one: after a rollback, or once the branch was forced
        back and forth, which AWS's history cannot tell apart."""
        by_sha = self._world.repository.by_sha
        made = [commit for version in self._made(package) if (commit := by_sha(version.message or ""))]
        return bool(made) and any(self._is_newer(tip, commit, made[-1]) for commit in made)

    def story(self, package: Package) -> str:
        """The versions in a line."""
        repository = self._world.repository
        names = {each.sha: each.name for each in repository.commits.values()}
        told = [
            f"{version.name}={names.get(version.message or '', version.message)}"
            + ("*" if version is package.available else "" if version.sha256 else "?")
            for version in package.versions
        ]
        branch = " ".join(f"{name}" for name in repository.tip.line)
        return f"[{package.name} {package.status}: {' '.join(told)}; branch {branch}]"

    def _made(self, package: Package) -> list[Version]:
        """The versions that carry a commit, without those whose copy failed."""
        self._world.packages.settle()
        coming = package.versions[-1:] if package.is_under_way else []
        return [
            version
            for version in package.versions
            if SHA.fullmatch(version.message or "")
            and (version.sha256 or version in coming)
            and id(version) not in self._failing
        ]

    def _domains_of(self, package: Package) -> dict[str, tuple[str, str]]:
        listed = self._world.packages.list_domains_for_package({"PackageID": package.id, "MaxResults": 100})
        return {
            each["DomainName"]: (each["DomainPackageStatus"], each.get("PackageVersion", ""))
            for each in listed["DomainPackageDetailsList"]
        }

    def _tips(self, run: Run) -> list[Commit]:
        """The tips that the run may go by: the one it was told last, and those that came after."""
        moment = self._world.moment if run.asked_at is None else run.asked_at
        return self._world.repository.tips_since(moment)

    def _distance(self, tip: Commit, commit: Commit) -> int | None:
        return self._world.repository.distance(tip, commit)

    def _is_newer(self, tip: Commit, commit: Commit, other: Commit) -> bool:
        mine, theirs = self._distance(tip, commit), self._distance(tip, other)
        return mine is not None and theirs is not None and mine < theirs

    def _dictionary(self, run: Run, package: str) -> Dictionary:
        return next(each for each in self._world.dictionaries(run.commit) if each.package == package)

    def _key(self, package: str, commit: Commit) -> str:
        return f"{PREFIX}/{package}/{commit.sha}.txt"
