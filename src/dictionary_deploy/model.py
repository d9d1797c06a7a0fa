"""The types of the domain: frozen, and without I/O.

The terms of Amazon (package, package version, domain), GitHub (commit, ref, pull request) and the search
engine (dictionary, kind, entry) keep their meaning everywhere.
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
    """The tokenizer and filters before the synonym filter: they split a term into tokens."""

    tokenizer: str = "whitespace"
    lowercase: bool = False
    stopwords: frozenset[str] = frozenset()
    """Its hash is computed once; that of a tuple for each term."""
    is_assumed: bool = field(default=False, compare=False)
    """True if the configuration has no analyzer."""


ASSUMED_ANALYZER = Analyzer(is_assumed=True)

PACKAGE_ID = re.compile(r"F\d+")
"""The ID of a customer's package. Names begin with a lowercase letter."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A search that must find some texts, and must not find others."""

    query: str
    matches: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    """The texts under `not`."""
    file: str = ""
    """The configuration's path; line and column are the place in it, from 1."""
    line: int = 1
    column: int = 1


# `associated`: every domain the package is associated with. `none`: no domain.
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
    shrink_to: int | None = None
    allow_empty: bool = False
    take_over: bool = False
    ignore: tuple[str, ...] = ()
    engine: str | None = None
    analyzer: Analyzer = ASSUMED_ANALYZER
    expand: bool = True
    lenient: bool = False
    filter: Literal["synonym", "synonym_graph"] = "synonym_graph"
    expect: tuple[Expectation, ...] = ()
    indices: tuple[str, ...] = ()
    """Names, aliases and patterns of indices to read from the domains."""
    apply: Literal["none", "refresh", "reopen"] = "none"
    """The action on indices that do not use the version."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Domains that `associated` skips, each with the environment that lists it for this package."""
    line: int = 1

    def names(self, package: Package) -> bool:
        """Return True if the package has exactly the configured ID or name."""
        is_id = PACKAGE_ID.fullmatch(self.package) is not None
        return self.package == (package.id if is_id else package.name)


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
    warnings: tuple[str, ...] = ()
    """Sentences about environments that may share domains unintentionally."""


def partition_of(region: str) -> str:
    """Return the partition of a Region: `aws`, `aws-cn` or `aws-us-gov`."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file: `sha256` in hexadecimal, `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Owner:
    """A repository as the owner of packages. Unknown values are empty."""

    name: str = ""
    """`owner/name`."""
    id: str = ""
    """The host's ID, which a rename keeps."""


# ---------------------------------------------------------------- what AWS has

SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
NO_COMMIT = "0" * 40
"""Git's notation for no commit."""


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of a package's version history."""

    name: str
    """AWS's spelling: `v1`, `v2`, …"""
    message: str
    """The CommitMessage, or empty."""
    created_at: str = ""
    """ISO 8601, or empty."""

    @property
    def number(self) -> int:
        """The number in the name, which orders versions; 0 without one."""
        digits = re.search(r"\d+", self.name)
        return int(digits.group()) if digits else 0

    @property
    def commit(self) -> str | None:
        """The commit this version was made from: the message, if it is a SHA."""
        return self.message if SHA.fullmatch(self.message) else None


FAILED_STATUSES = frozenset({"COPY_FAILED", "VALIDATION_FAILED"})
DELETED_STATUSES = frozenset({"DELETING", "DELETED", "DELETE_FAILED"})


def _error_line(details: Mapping[str, Any]) -> str:
    error = details.get("ErrorDetails") or {}
    return ": ".join(str(error[key]) for key in ("ErrorType", "ErrorMessage") if error.get(key))


PACKAGES_PER_REGION = 25
"""AWS's quota of packages for an account and Region. AWS never raises it."""


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
        """Return True if no change is in progress. Unknown statuses count as in progress."""
        return self.status == "AVAILABLE" or self.status in FAILED_STATUSES | DELETED_STATUSES

    @property
    def error(self) -> str:
        """ErrorDetails in one line, or empty."""
        return _error_line(self.details)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that this action wrote. Missing metadata is empty."""

    key: str
    sha256: str
    """The hash of the object's bytes, in hexadecimal; empty if neither S3 nor the metadata has it."""
    etag: str = ""
    file: str = ""
    repository: str = ""
    repository_id: str = ""
    config: str = ""
    """The configuration's path."""
    environment: str = ""
    modified_at: str = field(default="", compare=False)
    """The time of the upload, ISO 8601; right after it, the time of S3's response."""
    version_id: str = field(default="", compare=False)
    """The VersionId in a bucket with versions, or empty."""
    expiration: str = field(default="", compare=False)
    """S3's expiry date and rule; empty without a rule."""


@dataclass(frozen=True, slots=True)
class DomainPackage:
    """A domain's side of an association, as ListDomainsForPackage shows it."""

    domain: str
    status: str
    version: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> str:
        """ErrorDetails in one line, or empty."""
        return _error_line(self.details)


DomainNames = tuple[str, ...] | Literal["unknown"]
"""The domains of the account and Region; `unknown` if AWS did not list them."""


IndexState = Literal["in effect", "refresh", "reopen", "reindex", "unknown"]
"""`in effect`: searches use the active version. Otherwise the action that is needed, or unknown."""


@dataclass(frozen=True, slots=True)
class IndexUse:
    """An index that uses a package, as its domain's own endpoint shows it."""

    domain: str
    index: str
    search_analyzers: tuple[str, ...] = ()
    """The analyzers with the file that only searches use."""
    index_analyzers: tuple[str, ...] = ()
    """The analyzers with the file that documents are indexed with."""
    fields: tuple[str, ...] = ()
    """The fields with one of the analyzers."""
    is_updateable: bool = False
    """True if a request reloads all search analyzers with the file."""
    is_closed: bool = False
    state: IndexState = "unknown"
    refusal: str = ""
    """The engine's message if it cannot load the file."""
    reopening: Literal["", "done", "failed"] = ""
    """`done` if this run reopened it, `failed` if a run closed it and it did not open again."""


@dataclass(frozen=True, slots=True)
class ClosedIndex:
    """An index that a run closes and opens. `run` and `at` are empty until it is on record."""

    domain: str
    index: str
    run: str = ""
    at: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The domain and the index, without the run."""
        return self.domain, self.index


@dataclass(frozen=True, slots=True)
class Reopening:
    """The record of indices that runs have closed, and not opened yet."""

    indices: tuple[ClosedIndex, ...] = ()
    read_at: str = ""
    """The time of the read by S3's clock, ISO 8601; empty if unknown."""
    etag: str = ""
    """Empty if there is no object yet."""


# ---------------------------------------------------------------- commits on the branch

Place = Literal["tip", "same", "moved", "untracked", "off-branch", "unknown"]
"""The state of one file at one commit, relative to the branch's tip.

`tip`: the commit is the tip. `same`: the file is the same at the tip. `moved`: the file differs at the tip.
`untracked`: the file is not in git (an earlier step built it). `off-branch`: the commit is not on the branch.
`unknown`: neither GitHub nor git could locate it.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The places of a commit, its files and other commits on the branch, from GitHub or git."""

    tip: str
    files: Mapping[str, Place]
    distances: Mapping[str, int | None]
    """By commit: how many of the branch's commits it lacks. 0 is the tip, None is not on the branch or
    unknown."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """By file: the ID of its blob at the tip, empty without a regular file. Known if its place is known."""
    own_blobs: Mapping[str, str] = field(default_factory=dict)
    """The same at the commit."""
    is_behind: bool = False
    """True if the commit is newer than the tip: either it is not on the branch, or GitHub's replicas lag."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """A rollback on record. It holds the file until that changes on the branch."""

    file_at_tip: str
    """The ID of the file's blob at the branch's tip; empty if git has no regular file there."""
    from_sha256: str
    """The hash of the content rolled back from; empty if unknown."""
    from_commit: str
    """The commit rolled back from; empty if unknown."""
    to_commit: str
    """The commit rolled back to."""
    run: str = ""
    """The run that rolled back, best as a URL."""
    at: str = ""
    """The time by S3's clock, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The rollbacks on record for a bucket and prefix, by PackageID."""

    rollbacks: Mapping[str, Rollback] = field(default_factory=dict)
    age_seconds: float = 0.0
    """Age of the record, by S3's clock."""
    read_at: str = ""
    """The time of the read by S3's clock, ISO 8601; empty if unknown."""
    etag: str = ""
    """Empty if there is no object yet."""


# ---------------------------------------------------------------- results

Outcome = Literal[
    "updated",
    "created",
    "unchanged",
    "applied",
    "superseded",
    "skipped",
    "held",
    "drifted",
    "invalid",
    "failed",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CHANGES: frozenset[Outcome] = frozenset({"updated", "created", "applied"})
"""The outcomes with a change in AWS, or in a plan with a planned one."""


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """The number of entries that a change adds, removes and changes, and the total after it."""

    added: int
    removed: int
    changed: int
    total: int


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One line of the entry-level diff: `sign` is `+`, `-` or `~`, `text` the entry as in the file."""

    sign: Literal["+", "-", "~"]
    text: str
    entries: int = 1
    """The number of changed entries on the line: a new rule for several terms is one line."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A text that a changed entry analyzes differently: as all texts in `before`, or as those in `after`."""

    text: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The changed entries; `available` is False if there was no content to compare with."""

    entries: EntryCounts
    changes: tuple[EntryChange, ...] = ()
    available: bool = True
    lost: float = 0.0
    """The sum, over the deployed entries, of the share of their values that is gone; a removed entry is 1."""
    probes: tuple[Probe, ...] = field(default=(), compare=False)
    """A few of the changes, to check if an index uses the file. Only for kinds of search analyzers."""

    @property
    def deployed(self) -> int:
        """The number of deployed entries."""
        return self.entries.total - self.entries.added + self.entries.removed

    @property
    def lost_percent(self) -> float:
        """The loss in percent of the deployed entries; 0 without any."""
        return 100 * self.lost / self.deployed if self.deployed else 0.0


EXPECT = "expect"
"""The rule of a problem with an expectation, whose place is in the configuration."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of the validation; line and column from 1."""

    rule: str
    severity: Literal["error", "warning"]
    file: str
    line: int
    message: str
    column: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one dictionary. The report has no other source."""

    dictionary: Dictionary
    outcome: Outcome
    message: str
    planned: bool = False
    """True if a merge would have this outcome (`would-…`)."""
    is_on_branch: bool = False
    """True in a plan if the commit is on the branch: its deploy needs no merge."""
    reason: Reason | Literal[""] = ""
    remedy: str = ""
    changed: bool = False
    """True if this run made a version or an association; in a plan, if a deploy would."""
    adopted: bool = False
    is_deployed: bool = False
    """True if the available version was made from the commit."""
    is_rolled_back: bool = False
    """True if this run rolled the file back: deploys skip it until it changes on the branch."""
    is_pending: bool = False
    """True in a check if a deploy of the difference may still be in progress: it is a note, not a finding."""
    commit: str = ""
    previous_commit: str = ""
    """The commit of the previous version; empty if that was not made from one."""
    last_commit: str = ""
    """The last commit deployed before this one, even if versions were made by hand since."""
    replaced: Version | None = None
    """The previous version, if it was not made from a commit."""
    object: str = ""
    """`s3://bucket/key`, or empty."""
    sha256: str = ""
    package: Package | None = None
    domains: tuple[DomainPackage, ...] | None = None
    """None if AWS was not called, or did not respond."""
    why_no_domains: str = ""
    """AWS's error, if the domains could not be read."""
    engines: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The engine version by domain, as AWS spells it."""
    why_no_engines: str = ""
    """AWS's error, if the engine versions could not be read."""
    indices: tuple[IndexUse, ...] = ()
    """The indices that use the package, if the configuration has `indices`."""
    effects: tuple[str, ...] = ()
    """The effects of changes on the searches of indices, such as `laptop now also finds notebook (shop)`."""
    diff: Diff | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences about the evidence for the deployed content, and about domains that were not read."""

    @property
    def outcome_name(self) -> str:
        """The outcome as users see it; in a plan the `would-…` form."""
        return PLANNED_NAMES.get(self.outcome, self.outcome) if self.planned else self.outcome


# `invalid` and `failed` keep their names in a plan: they are already the case.
PLANNED_NAMES: Mapping[Outcome, str] = {
    "updated": "would-update",
    "created": "would-create",
    "unchanged": "would-be-unchanged",
    "applied": "would-apply",
    "superseded": "would-be-superseded",
    "skipped": "would-be-skipped",
    "held": "would-be-held",
    "drifted": "would-be-drifted",
}


@dataclass(frozen=True, slots=True)
class Report:
    """The content of the comment, the step summary and the outputs."""

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
    """The failure that ended the run before it had results."""
    notes: tuple[str, ...] = ()
    """Plain text about the run as a whole, for the summary and the comment."""


@dataclass(frozen=True, slots=True)
class Failure(Explanation):
    """A failure of the whole run."""

    faults: tuple[Fault, ...] = ()
    """The faults of the configuration, if they ended the run."""
