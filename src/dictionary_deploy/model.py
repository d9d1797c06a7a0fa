"""The vocabulary: frozen types without behaviour beyond what follows from their own members.

Amazon's words (package, package version, domain), GitHub's (commit, ref, pull request) and the
search engine's (dictionary, kind, entry) are used in their own meaning everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from dictionary_deploy.errors import Explanation, Fault, Reason

Mode = Literal["auto", "validate", "plan", "deploy", "check", "rollback"]
MODES: tuple[Mode, ...] = get_args(Mode)

Service = Literal["es", "opensearch"]

# ---------------------------------------------------------------- what the repository wants


@dataclass(frozen=True, slots=True)
class Analyzer:
    """What stands before the synonym filter; decides which tokens a term becomes."""

    tokenizer: str = "whitespace"
    lowercase: bool = False
    stopwords: tuple[str, ...] = ()
    is_assumed: bool = field(default=False, compare=False)
    """Whether the configuration tells nothing of it."""


ASSUMED_ANALYZER = Analyzer(is_assumed=True)

PACKAGE_ID = re.compile(r"F\d+")
"""Of a package of the customer's own; its name begins with a small letter."""

# `associated`: every domain the package is associated with. `none`: leave the domains alone.
Domains = Literal["associated", "none"] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """One entry of `dictionaries`, defaults filled in. `line` is its line in the configuration."""

    file: str
    package: str
    kind: str
    domains: Domains
    description: str | None = None
    create: bool = False
    max_shrink: int = 50
    allow_empty: bool = False
    take_over: bool = False
    ignore: tuple[str, ...] = ()
    engine: str | None = None
    analyzer: Analyzer = ASSUMED_ANALYZER
    expand: bool = True
    lenient: bool = False
    filter: Literal["synonym", "synonym_graph"] = "synonym_graph"
    line: int = 1

    @property
    def by_id(self) -> bool:
        """Whether `package` is a package ID."""
        return PACKAGE_ID.fullmatch(self.package) is not None


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one environment (or of none, when the file has no `environments`)."""

    path: str
    bucket: str
    prefix: str
    branch: str | None
    service: Service
    region: str | None
    expected_bucket_owner: str | None
    dictionaries: tuple[Dictionary, ...]
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What the file says: `sha256` in hexadecimal, `size` in bytes."""

    sha256: str
    size: int


# ---------------------------------------------------------------- what AWS has

SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
NO_COMMIT = "0" * 40
"""What git writes for a commit where there is none."""


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of a package's version history."""

    name: str
    """As AWS spells it: `v1`, `v2`, …"""
    message: str
    """The CommitMessage; empty when there is none."""
    created_at: str = ""
    """ISO 8601, or empty."""

    @property
    def number(self) -> int:
        """The number in the name, by which versions are ordered; 0 when there is none."""
        digits = re.search(r"\d+", self.name)
        return int(digits.group()) if digits else 0

    @property
    def commit(self) -> str | None:
        """The commit this version was made from, when the message is a SHA and nothing else."""
        return self.message if SHA.fullmatch(self.message) else None


FAILED_STATUSES = frozenset({"COPY_FAILED", "VALIDATION_FAILED"})
DELETED_STATUSES = frozenset({"DELETING", "DELETED", "DELETE_FAILED"})


def _error_line(details: Mapping[str, Any]) -> str:
    error = details.get("ErrorDetails") or {}
    return ": ".join(str(error[key]) for key in ("ErrorType", "ErrorMessage") if error.get(key))


@dataclass(frozen=True, slots=True)
class Package:
    """A package as DescribePackages shows it; `details` has every member the API returned."""

    id: str
    name: str
    status: str
    available: str
    """AvailablePackageVersion, empty before the first version is available."""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether AWS is done with it. Statuses unknown here count as under way."""
        return self.status == "AVAILABLE" or self.status in FAILED_STATUSES | DELETED_STATUSES

    @property
    def error(self) -> str:
        """ErrorDetails in one line, empty when there are none."""
        return _error_line(self.details)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object this action wrote. Metadata that is missing is empty."""

    key: str
    sha256: str
    """Of the object's bytes, in hexadecimal; empty when neither S3 nor its metadata knows it."""
    etag: str = ""
    file: str = ""
    repository: str = ""
    repository_id: str = ""
    environment: str = ""
    modified_at: str = field(default="", compare=False)
    """When it was written, ISO 8601; empty right after that, when S3 was not asked."""


@dataclass(frozen=True, slots=True)
class DomainPackage:
    """A domain's side of an association, as ListDomainsForPackage shows it."""

    domain: str
    status: str
    version: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> str:
        """ErrorDetails in one line, empty when there are none."""
        return _error_line(self.details)


DomainNames = tuple[str, ...] | Literal["unknown"]
"""The domains of the account and Region; `unknown` when AWS did not tell."""


# ---------------------------------------------------------------- where a commit stands

Place = Literal["tip", "same", "moved", "untracked", "off-branch", "unknown"]
"""Of one file at one commit, against the branch's tip.

`tip`: the commit is the tip. `same`: the tip has moved on, this file has not. `moved`: it has.
`untracked`: git does not know the file (an earlier step built it). `off-branch`: the commit is
not on the branch. `unknown`: nobody could say.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a commit, its files and other commits stand on the branch, as GitHub or git answered."""

    tip: str
    files: Mapping[str, Place]
    distances: Mapping[str, int | None]
    """Of each commit asked about: how many of the branch's commits it lacks. 0 is the tip, more is
    older, None is not on the branch or not known."""
    pasts: frozenset[tuple[str, str]] = frozenset()
    """Pairs of commits of which the second has the first in its past; of others that is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Succession:
    """Two deployed commits, of which the one that came later may have the earlier one in its past."""

    earlier: str
    later: str
    deployed_at: str = field(default="", compare=False)
    """When the earlier one was deployed first, ISO 8601: no later than that it was made."""


# ---------------------------------------------------------------- what came of it

Outcome = Literal[
    "updated",
    "created",
    "unchanged",
    "applied",
    "superseded",
    "held",
    "drifted",
    "invalid",
    "failed",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CHANGES: frozenset[Outcome] = frozenset({"updated", "created", "applied"})
"""Those that tell of a change in AWS, or in a plan of one to come."""


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """How many entries a change adds, removes and changes, and how many there are after it."""

    added: int
    removed: int
    changed: int
    total: int


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One line of the entry-level diff: `sign` is `+`, `-` or `~`, `text` the entry as people write it."""

    sign: Literal["+", "-", "~"]
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change does to the entries; `available` is false when there was nothing to compare with."""

    entries: EntryCounts
    changes: tuple[EntryChange, ...] = ()
    available: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """What validation found in a dictionary's file; line and column from 1."""

    rule: str
    severity: Literal["error", "warning"]
    file: str
    line: int
    message: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one dictionary; everything the report says comes from here."""

    dictionary: Dictionary
    outcome: Outcome
    message: str
    planned: bool = False
    """Whether the outcome is one that a merge would have (`would-…`)."""
    reason: Reason | Literal[""] = ""
    remedy: str = ""
    changed: bool = False
    """Whether a version or a domain was (or would be) changed for this commit."""
    adopted: bool = False
    is_deployed: bool = False
    """Whether the available version carries the commit."""
    commit: str = ""
    previous_commit: str = ""
    """Of the version that was available before; empty when that was not made from one."""
    last_commit: str = ""
    """The last commit deployed before this one, whatever was made by hand since."""
    replaced: Version | None = None
    """The version that was available before, when it was not made from a commit."""
    object: str = ""
    """`s3://bucket/key`, empty when there is none."""
    sha256: str = ""
    package: Package | None = None
    domains: tuple[DomainPackage, ...] | None = None
    """None when AWS was not asked, or did not say."""
    why_no_domains: str = ""
    """What AWS said instead of the domains, a sentence."""
    engines: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The engine version, as AWS spells it, of each domain that was asked for it."""
    why_no_engines: str = ""
    """What AWS said instead of the engine versions, a sentence."""
    diff: Diff | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def outcome_name(self) -> str:
        """The outcome as users see it; in a plan the one that a merge would have."""
        return PLANNED_NAMES.get(self.outcome, self.outcome) if self.planned else self.outcome


# A file that is invalid, or a look that failed, is so now: these two keep their names in a plan.
PLANNED_NAMES: Mapping[Outcome, str] = {
    "updated": "would-update",
    "created": "would-create",
    "unchanged": "would-be-unchanged",
    "applied": "would-apply",
    "superseded": "would-be-superseded",
    "held": "would-be-held",
    "drifted": "would-be-drifted",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the comment, the step summary and the outputs are made of."""

    mode: Mode
    results: tuple[Result, ...]
    config_path: str
    environment: str = ""
    branch: str = ""
    commit: str = ""
    repository: str = ""
    """`owner/name`, empty outside GitHub."""
    server_url: str = "https://github.com"
    run_url: str = ""
    region: str = ""
    failure: Failure | None = None
    """What ended the run before it had results."""
    notes: tuple[str, ...] = ()
    """Plain sentences about the run as a whole, for the summary and the comment."""


@dataclass(frozen=True, slots=True)
class Failure(Explanation):
    """A failure of the whole run."""

    faults: tuple[Fault, ...] = ()
    """The configuration's, when it is those that ended the run."""
