"""What there really is, with all that AWS knows: versions, who made them, and what the branch makes of it.

Nothing of `next_step` is used here. The order of commits is that of their pasts: a commit is newer than
another when it has that one in its past, and of two commits that were merged apart neither is.
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
    """The packages as they are, and what has to be remembered to know how they came to be so."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.makers: dict[int, Run] = {}
        """Which run made a version, by the version's identity."""
        self.touched: dict[str, int] = {}
        """The moment when somebody else last changed a package, its associations or its objects."""
        self._updated: dict[str, tuple[int, Run]] = {}
        """The moment when a run last made a version of a package, and which."""
        self._failing: set[int] = set()
        self._available: dict[str, int] = {}
        self._kept: list[Version] = []
        """So that no identity is used twice."""

    # ------------------------------------------------------------ what is remembered

    def touch(self, name: str) -> None:
        """Somebody else changed something of this package."""
        self.touched[name] = self._world.moment

    def could_know(self, run: Run, package: Package) -> bool:
        """Whether nobody else has changed the package since the run looked at it last."""
        return self.touched.get(package.name, NEVER) <= run.looked_at(package.id)

    def is_known(self, run: Run, package: Package) -> bool:
        """Whether nobody at all has: a run that has given the lock back may say what was true until then."""
        at, by = self._updated.get(package.name, (NEVER, run))
        return self.could_know(run, package) and (by is run or at <= run.looked_at(package.id))

    def note_version(self, package: Package, run: Run | None) -> None:
        """Remember who made the newest version, and whether its copy will fail."""
        version = package.versions[-1]
        self._kept.append(version)
        if run:
            self.makers[id(version)] = run
            self._updated[package.name] = self._world.moment, run
        if package._copies[-1].fault:
            self._failing.add(id(version))

    def note_available(self, package: Package) -> None:
        """Remember which version is available; one that no run made is somebody else's change."""
        available = package.available
        if id(available) != self._available.get(package.id) and id(available) not in self.makers:
            self.touch(package.name)
        self._available[package.id] = id(available)

    # ------------------------------------------------------------ versions and domains

    @property
    def may_merge_versions(self) -> bool:
        return self._world.switches.identical_content == "same-version"

    def made(self, package: Package) -> list[Version]:
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

    def last(self, package: Package) -> Version | None:
        """The last version that carries a commit, as `made` has it."""
        made = self.made(package)
        return made[-1] if made else None

    def is_clouded(self, package: Package) -> bool:
        """Whether a copy that failed has left an entry that looks as if it had been deployed."""
        return any(
            SHA.fullmatch(version.message or "") and (not version.sha256 or id(version) in self._failing)
            for version in package.versions[:-1]
        )

    def is_forgotten(self, version: Version, commit: Commit) -> bool:
        """Whether the version is the commit's, and its object gone: nobody can tell what that was."""
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
        """Whether every wanted domain has the available version in force."""
        domains = self.domains_of(package)
        name = package.available.name if package.available else ""
        wanted = self.wanted_domains(package, dictionary)
        return all(domains.get(each) == ("ACTIVE", name) for each in wanted)

    def dictionary(self, run: Run, package: str) -> Dictionary:
        return next(each for each in self._world.dictionaries(run.commit) if each.package == package)

    def story(self, package: Package) -> str:
        """The versions in a line."""
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
        """The tips that the run may go by: the one it was told last, and those that came after."""
        asked_at = run.seen.asked_at
        return self._world.repository.tips_since(self._world.moment if asked_at is None else asked_at)

    def held(self, package: Package, tip: Commit) -> dict[str, str]:
        """The contents that somebody rolled back from, by the commits that have them."""
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
        """Whether a commit follows one that is not in its past, and the branch has both.

        That is so after a rollback, and once the branch was forced back and forth, which AWS's history cannot
        tell apart. Nor does it tell which copies failed.
        """
        by_sha, last = self._world.repository.by_sha, package.available.number if package.available else 0
        upto = [version for version in package.versions if version.number <= last]
        made = [by_sha(version.message or "") for version in upto if SHA.fullmatch(version.message or "")]
        on_branch = takewhile(lambda commit: commit and commit.name in tip.past, reversed(made))
        names = [commit.name for commit in on_branch if commit]
        return any(name not in self._world.repository.commits[names[0]].past for name in names)
