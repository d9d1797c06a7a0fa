"""The real state, with everything that AWS knows: versions, their creators, and the branch.

It does not use `next_step`. A commit is newer than another if that one is its ancestor; of two commits that
were merged separately neither is newer.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from dictionary_deploy.model import SHA, Dictionary
from sandbox.aws.package import Package, Version
from tests.hunt.commits import Commit

if TYPE_CHECKING:
    from tests.hunt.run import Run
    from tests.hunt.world import World

NEVER = -1


class Facts:
    """The packages, and the record of who changed them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.makers: dict[int, Run] = {}
        """The run that created a version, by the version's identity."""
        self.touched: dict[str, int] = {}
        """The moment of the last change to a package, its associations or objects that is not by a run."""
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

    def is_forgotten(self, version: Version, commit: Commit) -> bool:
        """Return True if the version has a commit whose object is missing, so its content is unknown."""
        return version.message == commit.sha and version.key not in self._world.objects

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

    def held(self, package: Package, tip: Commit) -> dict[str, str]:
        """Return the contents that were rolled back, by the commits that have them."""
        repository = self._world.repository
        held: dict[str, str] = {}
        last: tuple[Commit, str] | None = None
        for version in self.made(package):
            run, commit = self.makers.get(id(version)), repository.by_sha(version.message or "")
            if commit is None or run is None or not version.sha256:
                continue
            if run.is_rollback:
                held |= {last[0].name: last[1]} if last else {}
                is_on = commit.name in tip.past
                held = {
                    name: word
                    for name, word in held.items()
                    if is_on and name in tip.past and name not in commit.past
                }
            elif last and last[0] != commit:
                held = {}
            last = commit, version.sha256
        return held

    def looks_rolled_back(self, package: Package, tip: Commit) -> bool:
        """Return True if a commit follows one that is not its ancestor, and the branch has both.

        This is so after a rollback and after forced pushes back and forth, which AWS's history does not
        distinguish. Nor does it show failed copies.
        """
        by_sha, last = self._world.repository.by_sha, package.available.number if package.available else 0
        upto = [version for version in package.versions if version.number <= last]
        made = [by_sha(version.message or "") for version in upto if SHA.fullmatch(version.message or "")]
        on_branch = takewhile(lambda commit: commit and commit.name in tip.past, reversed(made))
        names = [commit.name for commit in on_branch if commit]
        return any(name not in self._world.repository.commits[names[0]].past for name in names)
