"""What `next_step` decides from: what the repository wants, what was observed, what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide.steps import Refuse
from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import (
    Content,
    Dictionary,
    Diff,
    DomainNames,
    DomainPackage,
    Package,
    Problem,
    Standing,
    StoredObject,
    Version,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the repository says of one dictionary at one commit."""

    dictionary: Dictionary
    commit: str
    """NO_COMMIT in a plan of a file that no commit has yet."""
    content: Content
    region: str = ""
    repository_id: str = ""
    """GitHub's ID of the repository; empty outside GitHub."""
    config: str = ""
    """The configuration's path, by which the domains were chosen."""
    is_rollback: bool = False
    by_order: bool = False
    """Whether the order of commits decides instead of the branch's tip: tags and releases."""


@dataclass(frozen=True, slots=True)
class Review:
    """What the content would change and what is wrong with it."""

    diff: Diff | None = None
    problems: tuple[Problem, ...] = ()
    veto: Refuse | None = None
    """Why the content must not be deployed; None if it may."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of one package. None, or a commit missing from `objects`: not looked at yet."""

    now: float
    """Seconds on the run's clock."""
    package: Package | None
    versions: tuple[Version, ...] = ()
    """Ascending by number."""
    objects: Mapping[str, StoredObject | None] = field(default_factory=dict)
    """By commit; None when S3 has no object for it."""
    domains: tuple[DomainPackage, ...] | None = None
    standing: Standing | None = None
    review: Review | None = None
    domain_names: DomainNames | None = None
    """Of the whole account and Region."""
    order: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    """By two commits, as far as it was asked: whether the second has the first in its past."""
    others: tuple[str, ...] = ()
    """The names of the other packages there are, when this one is not found."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One CreatePackage, UpdatePackage or AssociatePackage that left this process."""

    at: float
    answered: bool
    """Whether AWS said yes; otherwise the answer was unclear."""
    seen: int = 0
    """The highest version number seen before it was sent."""
    updated_at: str = ""
    """LastUpdatedAt (of a domain: LastUpdated) as seen before it was sent."""

    def is_overdue(self, now: float) -> bool:
        """Whether AWS should show by now what came of it."""
        return now - self.at >= SETTLE_SECONDS

    def explains(self, updated_at: str, now: float) -> bool:
        """Whether a failure that AWS shows, last updated at `updated_at`, came of this."""
        return updated_at != self.updated_at or self.is_overdue(now)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What this process has done for one dictionary so far."""

    began: float
    uploaded: bool = False
    created: Sent | None = None
    creates: int = 0
    updated: Sent | None = None
    updates: int = 0
    associated: Mapping[str, Sent] = field(default_factory=dict)
    """Domains that AWS agreed to bring to the version."""
    lost_domains: Mapping[str, Explanation] = field(default_factory=dict)
    """Domains that AWS refused for good, and why."""
