"""The real state, with everything that AWS knows: versions, their creators, and recorded rollbacks.

It does not use `next_step`. A commit is newer than another if that one is its ancestor; of two commits that
were merged separately neither is newer.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from dictionary_deploy.model import SHA, Dictionary, Rollback
from sandbox.aws.package import Package, Version
from tests.hunt.commits import Commit
from tests.hunt.run import PREFIX

if TYPE_CHECKING:
    from tests.hunt.run import Run
    from tests.hunt.world import World

NEVER = -1
HOLDS = f"{PREFIX}/.holds"
TOLERATED_SECONDS = 6.0
"""The tolerance of clocks, and S3's whole second."""


class Facts:
    """The packages, and the record of who changed them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.makers: dict[int, Run] = {}
        """The run that created a version, by the version's identity."""
        self.touched: dict[str, int] = {}
        """The moment of the last change to a package, its associations or objects that is not by a run."""
        self.disturbed: set[tuple[str, str]] = set()
        """Packages and commits whose object someone else wrote or removed, or whose version was forged."""
        self._blurred: set[int] = set()
        self._updated: dict[str, tuple[int, Run]] = {}
        """The moment when a run last created a version of a package, and which."""
        self._failing: set[int] = set()
        self._available: dict[str, int] = {}
        self._kept: list[Version] = []
        """The next identity."""

    # ------------------------------------------------------------ the record

    def touch(self, name: str) -> None:
        """Record a change of this package that is not by a run."""
        self.touched[name] = self._world.moment

    def could_know(self, run: Run, package: Package) -> bool:
        """Return True if the package is unchanged by others since the run last read it."""
        return self.touched.get(package.name, NEVER) <= run.looked_at(package.id)

    def is_known(self, run: Run, package: Package) -> bool:
        """Return True if it is unchanged by anyone: a run reports the state until it released the lock."""
        at, by = self._updated.get(package.name, (NEVER, run))
        return self.could_know(run, package) and (by is run or at <= run.looked_at(package.id))

    def note_version(self, package: Package, run: Run | None) -> None:
        """Record who created the newest version, and whether its copy will fail."""
        version = package.versions[-1]
        self._kept.append(version)
        if run:
            self.makers[id(version)] = run
            self._updated[package.name] = self._world.moment, run
        if package._copies[-1].fault:
            self._failing.add(id(version))

    def note_available(self, package: Package) -> None:
        """Record the available version; one that is not from a run is a change by someone else."""
        available = package.available
        if id(available) != self._available.get(package.id) and id(available) not in self.makers:
            self.touch(package.name)
        self._available[package.id] = id(available)

    # ------------------------------------------------------------ versions and domains

    @property
    def may_merge_versions(self) -> bool:
        return self._world.switches.identical_content == "same-version"

    def made(self, package: Package) -> list[Version]:
        """Return the versions with a commit, without failed copies."""
        self._world.packages.settle()
        coming = package.versions[-1:] if package.is_under_way else []
        return [
            version
            for version in package.versions
            if SHA.fullmatch(version.message or "")
            and (version.sha256 or version in coming)
            and id(version) not in self._failing
        ]

    def last(self, package: Package) -> Version | None:
        """Return the last version with a commit, as in `made`."""
        made = self.made(package)
        return made[-1] if made else None

    def is_clouded(self, package: Package) -> bool:
        """Return True if a failed copy left a history entry that looks deployed."""
        return any(
            SHA.fullmatch(version.message or "") and (not version.sha256 or id(version) in self._failing)
            for version in package.versions[:-1]
        )

    def has_evidence(self, package: Package, version: Version) -> bool:
        """Return True if the commit's object exists and is not younger than the version where times rise."""
        stored = self._world.objects.get(f"{PREFIX}/{package.name}/{version.message}.txt")
        return stored is not None and not (_do_rise(package) and stored.modified > version.created_at + 5)

    def disturb(self, name: str, sha: str) -> None:
        """Record that someone else wrote or removed a commit's object, or forged a version of it."""
        self.touch(name)
        self.disturbed.add((name, sha))
        package = self._world.package(name)
        for version in package.versions if package else ():
            is_recent = self._world.now <= version.created_at + TOLERATED_SECONDS
            if version.message == sha and (is_recent or not _do_rise(package)):
                self._blurred.add(id(version))

    def is_blurred(self, version: Version | None) -> bool:
        """Return True if its object was exchanged, but its age does not show it: a limit in SECURITY.md."""
        return id(version) in self._blurred

    def domains_of(self, package: Package) -> dict[str, tuple[str, str]]:
        listed = self._world.packages.list_domains_for_package({"PackageID": package.id, "MaxResults": 100})
        return {
            each["DomainName"]: (each["DomainPackageStatus"], each.get("PackageVersion", ""))
            for each in listed["DomainPackageDetailsList"]
        }

    def wanted_domains(self, package: Package, dictionary: Dictionary) -> tuple[str, ...]:
        domains = dictionary.domains
        if isinstance(domains, tuple):
            return domains
        return () if domains == "none" else tuple(self.domains_of(package))

    def is_live(self, package: Package, dictionary: Dictionary) -> bool:
        """Return True if the available version is active on every wanted domain."""
        domains = self.domains_of(package)
        name = package.available.name if package.available else ""
        wanted = self.wanted_domains(package, dictionary)
        return all(domains.get(each) == ("ACTIVE", name) for each in wanted)

    def dictionary(self, run: Run, package: str) -> Dictionary:
        return next(each for each in self._world.dictionaries(run.commit) if each.package == package)

    def story(self, package: Package) -> str:
        """Return the versions as one line."""
        repository = self._world.repository
        names = {each.sha: each.name for each in repository.commits.values()}
        told = [
            f"{version.name}={names.get(version.message or '', version.message)}"
            + ("*" if version is package.available else "" if version.sha256 else "?")
            for version in package.versions
        ]
        branch = " ".join(sorted(repository.tip.past, key=lambda name: int(name[1:])))
        return f"[{package.name} {package.status}: {' '.join(told)}; branch {branch}]"

    # ------------------------------------------------------------ the order of commits

    def tips(self, run: Run) -> list[Commit]:
        """Return the tips that the run may know: the last one in a response, and all later ones."""
        asked_at = run.seen.asked_at
        return self._world.repository.tips_since(self._world.moment if asked_at is None else asked_at)

    # ------------------------------------------------------------ recorded rollbacks

    def rollbacks(self, body: bytes | None = None) -> dict[str, Rollback]:
        """Return the recorded rollbacks by PackageID: the stored ones, or those of a body to be written."""
        stored = self._world.objects.get(HOLDS)
        body = body or (stored.body if stored else b'{"rollbacks": {}}')
        return {
            package_id: Rollback(
                each["file_at_tip"], each["from_sha256"], each["from_commit"], each["to_commit"]
            )
            for package_id, each in json.loads(body)["rollbacks"].items()
        }

    def may_hold(self, run: Run, dictionary: Dictionary, rollback: Rollback) -> bool:
        """Return True if the file is the recorded one at a tip that the run may have read."""
        return any(self._holds(run, dictionary, rollback, tip) for tip in self.tips(run))

    def always_holds(self, run: Run, dictionary: Dictionary, rollback: Rollback) -> bool:
        """Return True if the file is the recorded one at every tip that the run may have read."""
        return all(self._holds(run, dictionary, rollback, tip) for tip in self.tips(run))

    def _holds(self, run: Run, dictionary: Dictionary, rollback: Rollback, tip: Commit) -> bool:
        world, file = self._world, dictionary.file
        if run.goes_by_order or file in world.repository.untracked:
            return rollback.from_sha256 in {"", world.sha256(world.content(run.files[file]))}
        return world.repository.blob(tip, file) == rollback.file_at_tip

    def has_the_tips_file(self, run: Run, dictionary: Dictionary) -> bool:
        """Return True if a rollback deploys the file of a tip that it may have read."""
        repository, file = self._world.repository, dictionary.file
        return any(
            tip == run.commit
            or (file not in repository.untracked and tip.files[file] == run.commit.files[file])
            for tip in self.tips(run)
        )


def _do_rise(package: Package) -> bool:
    """Return True if the times rise with the versions: only then does an object's age count."""
    times = [each.created_at for each in package.versions if each.sha256]
    return all(first < second for first, second in pairwise(times))
