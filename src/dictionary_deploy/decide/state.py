"""The arguments of `next_step`: the wanted content, the observed state, the calls of this process."""

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
    Holds,
    Owner,
    Package,
    Problem,
    Standing,
    StoredObject,
    Version,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One dictionary at one commit, as the repository has it."""

    dictionary: Dictionary
    commit: str
    """NO_COMMIT in a plan of a file that is not committed."""
    content: Content
    region: str = ""
    repository: str = ""
    """`owner/name`, or empty."""
    repository_id: str = ""
    """The host's ID of the repository, or empty."""
    config: str = ""
    """The configuration's path."""
    environment: str = ""
    """The configuration's environment, or empty."""
    is_rollback: bool = False
    is_plan: bool = False
    by_order: bool = False
    """True for tags and releases: the order of commits decides instead of the branch's tip."""

    @property
    def owner(self) -> Owner:
        """The repository as the owner of packages."""
        return Owner(self.repository, self.repository_id)


@dataclass(frozen=True, slots=True)
class Review:
    """The changes and the problems of the content."""

    diff: Diff | None = None
    problems: tuple[Problem, ...] = ()
    veto: Refuse | None = None
    """The reason not to deploy the content; None if it may be deployed."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The state of one package as read. None, or a commit missing from `objects`, means not read yet."""

    now: float
    """Seconds on the run's clock."""
    package: Package | None
    versions: tuple[Version, ...] = ()
    """Ascending by number."""
    objects: Mapping[str, StoredObject | None] = field(default_factory=dict)
    """By commit; None if S3 has no object for it."""
    domains: tuple[DomainPackage, ...] | None = None
    standing: Standing | None = None
    review: Review | None = None
    domain_names: DomainNames | None = None
    """All domains of the account and Region."""
    holds: Holds | None = None
    copied: Mapping[str, StoredObject | None] = field(default_factory=dict)
    """By version: the commit's object, read again once the version was available."""
    order: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    """By two commits: True if the first is an ancestor of the second."""
    others: tuple[str, ...] = ()
    """The names of the other packages, if this one is not found."""
    creates_before: int = 0
    """Packages that this run creates before this one, if this one is not found."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One CreatePackage, UpdatePackage or AssociatePackage that this process sent."""

    at: float
    answered: bool
    """True if AWS accepted it; otherwise the response was unclear."""
    seen: int = 0
    """The highest version number read before it was sent."""
    updated_at: str = ""
    """LastUpdatedAt (for a domain: LastUpdated) as read before it was sent."""
    source: StoredObject | None = None
    """The object that AWS copies, as read right before it was sent."""

    def is_overdue(self, now: float) -> bool:
        """Return True if its result should be visible by now."""
        return now - self.at >= SETTLE_SECONDS

    def explains(self, updated_at: str, now: float) -> bool:
        """Return True if it caused the failure that AWS shows, last updated at `updated_at`."""
        return updated_at != self.updated_at or self.is_overdue(now)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The calls of this process for one dictionary."""

    began: float
    uploaded: bool = False
    uploaded_over: int = 0
    """The highest version number before the upload, which is no evidence for these versions."""
    looked_at: float = 0.0
    """The time of the upload, or of the last read of the uploaded object."""
    created: Sent | None = None
    creates: int = 0
    updated: Sent | None = None
    updates: int = 0
    associated: Mapping[str, Sent] = field(default_factory=dict)
    """By domain: AWS accepted the association."""
    reassociated: frozenset[str] = frozenset()
    """Domains with an association that disappeared and was sent again."""
    lost_domains: Mapping[str, Explanation] = field(default_factory=dict)
    """By domain: the reason that it cannot get the version in this run."""
