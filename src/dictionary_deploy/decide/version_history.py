"""What a package's version history says about one commit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from dictionary_deploy.model import Package, Version


@dataclass(frozen=True, slots=True)
class History:
    """A history, read for one commit.

    Everything the report says of the past comes from here, so that a rerun reports what the run did.
    """

    available: Version | None
    """The entry of AvailablePackageVersion."""
    ours: Version | None
    """The version that carries the commit: the available one, else the newest that does."""
    base: str
    """The deployed commit; for an available version that was not made from one, the last one before it."""
    previous: Version | None
    """The version that the commit's own replaced, or would replace."""
    compared: str
    """The last commit before the commit's own version: what its entries are compared with."""
    left: tuple[str, ...]
    """The commits deployed before `base`, the last one first: rolled back from, as far as git says that
    each is newer than what came after it."""

    @property
    def is_deployed(self) -> bool:
        """Whether the available version carries the commit."""
        return self.ours is not None and self.ours == self.available

    @property
    def deployed(self) -> str:
        """The commit of the available version, empty when it was not made from one."""
        return (self.available and self.available.commit) or ""

    @property
    def is_adopted(self) -> bool:
        """Whether no version before the commit's own was made from a commit."""
        return not self.compared

    @property
    def available_number(self) -> int:
        """The number of the available version, 0 when there is none."""
        return self.available.number if self.available else 0


def read_history(package: Package, versions: tuple[Version, ...], commit: str) -> History:
    """What the history (ascending by number) says about `commit`."""
    available = next((version for version in versions if version.name == package.available), None)
    upto = [version for version in versions if available and version.number <= available.number]
    ours = next((version for version in reversed(versions) if version.commit == commit), None)
    if available and available.commit == commit:
        ours = available
    commits = [version.commit for version in upto if version.commit]
    base = commits[-1] if commits else ""
    # Versions before that carry the commit too are those of copies that failed.
    before = [version for version in upto if version.commit != commit]
    return History(
        available=available,
        ours=ours,
        base=base,
        previous=before[-1] if before else None,
        compared=next((version.commit for version in reversed(before) if version.commit), ""),
        left=tuple(made for made, _ in groupby(reversed(commits)))[1:],
    )
