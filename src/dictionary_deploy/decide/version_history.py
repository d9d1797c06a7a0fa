"""Read a package's version history with regard to one commit."""

from __future__ import annotations

from dataclasses import dataclass

from dictionary_deploy.model import Package, Version


@dataclass(frozen=True, slots=True)
class History:
    """A version history with regard to one commit.

    The report takes the past from here, so that a rerun reports the same as the run.
    """

    available: Version | None
    """The entry of AvailablePackageVersion."""
    ours: Version | None
    """The version made from the commit: the available one, else the newest."""
    base_version: Version | None
    """The last version made from a commit, up to the available one."""
    base: str
    """The deployed commit; if the available version was not made from one, the last one before it."""
    previous: Version | None
    """The version that the commit's own version replaced, or would replace."""
    compared_version: Version | None
    """The last version made from another commit, before the commit's own version."""

    @property
    def compared(self) -> str:
        """The last commit before the commit's own version, for the diff."""
        return (self.compared_version and self.compared_version.commit) or ""

    @property
    def is_deployed(self) -> bool:
        """Return True if the available version was made from the commit."""
        return self.ours is not None and self.ours == self.available

    @property
    def deployed(self) -> str:
        """The commit of the available version, empty if it was not made from one."""
        return (self.available and self.available.commit) or ""

    @property
    def is_replaced(self) -> bool:
        """Return True if another commit was deployed over this one."""
        return self.ours is not None and bool(self.deployed) and self.ours.number < self.available_number

    @property
    def is_adopted(self) -> bool:
        """Return True if no version before the commit's own was made from a commit."""
        return not self.compared

    @property
    def available_number(self) -> int:
        """The number of the available version, 0 without one."""
        return self.available.number if self.available else 0


def read_history(package: Package, versions: tuple[Version, ...], commit: str) -> History:
    """Read the history (ascending by number) with regard to `commit`."""
    available = next((version for version in versions if version.name == package.available), None)
    upto = [version for version in versions if available and version.number <= available.number]
    ours = next((version for version in reversed(versions) if version.commit == commit), None)
    if available and available.commit == commit:
        ours = available
    base = next((version for version in reversed(upto) if version.commit), None)
    # Earlier versions of the same commit are failed copies.
    before = [version for version in upto if version.commit != commit]
    return History(
        available=available,
        ours=ours,
        base_version=base,
        base=(base and base.commit) or "",
        previous=before[-1] if before else None,
        compared_version=next((version for version in reversed(before) if version.commit), None),
    )
