"""The refs of a repository at one moment, as git lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FORMAT = "%(HEAD)%(objectname) %(refname) %(symref)"
"""Format for `git for-each-ref`. Names of refs have no spaces, and %(HEAD) is one character."""


@dataclass(frozen=True, slots=True)
class Refs:
    objects: Mapping[str, str]
    """By full name; symbolic refs are left out."""
    symbolic: Mapping[str, str]
    """The target of each symbolic ref."""
    checked_out: str
    """The full name of the branch that is checked out, empty when none is."""

    @classmethod
    def parse(cls, listed: str) -> Refs:
        """Parse git's output in `FORMAT`."""
        lines = [(line[:1], *line[1:].split(" ")) for line in listed.splitlines()]
        return cls(
            objects={name: oid for _, oid, name, symref in lines if not symref},
            symbolic={name: symref for _, _, name, symref in lines if symref},
            checked_out=next((name for head, _, name, _ in lines if head == "*"), ""),
        )

    def below(self, prefix: str) -> dict[str, str]:
        """Return objects by the name of their ref without the prefix."""
        return {
            name.removeprefix(prefix): oid for name, oid in self.objects.items() if name.startswith(prefix)
        }

    @property
    def branches(self) -> dict[str, str]:
        """Commits by branch name, including branches that only the origin has."""
        return self.below("refs/remotes/origin/") | self.below("refs/heads/")

    @property
    def default_branch(self) -> str:
        """The branch of the origin's HEAD, else `main` or `master`, else the checked-out one, else empty."""
        if origin := self.symbolic.get("refs/remotes/origin/HEAD"):
            return origin.removeprefix("refs/remotes/origin/")
        known = self.branches
        usual = next((name for name in ("main", "master") if name in known), "")
        return usual or self.checked_out.removeprefix("refs/heads/")
