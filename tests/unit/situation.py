"""What `next_step` is asked about, in a line: a history, a branch, objects, domains.

The branch is A - B - C - D - E, oldest first; C is the commit of the run and, unless said otherwise,
the tip. Contents are told apart by a word in place of their hash: the run's content is `new`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dictionary_deploy.decide import (
    Attempt,
    Done,
    Observed,
    Refuse,
    Review,
    Sent,
    Step,
    Wanted,
    next_step,
)
from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import (
    Content,
    Dictionary,
    DomainPackage,
    Holds,
    Package,
    Place,
    Rollback,
    Standing,
    StoredObject,
    Version,
)

A, B, C, D, E = (letter * 40 for letter in "abcde")
BRANCH = (A, B, C, D, E)
FILE = "search/synonyms.txt"
CONFIG = ".github/dictionaries.yml"
OURS, THEIRS = "1", "2"

IN_A_LINE = {(older, newer): True for newer in BRANCH for older in BRANCH if older < newer}
"""Each commit of the branch has all before it in its past."""

BEGAN = 1000.0
WRITTEN = "2026-01-01T00:00:00.000Z"
"""When every object was."""
DICTIONARY = Dictionary(file=FILE, package="product-synonyms", kind="synonyms", domains="none")
WANTED = Wanted(
    DICTIONARY, C, Content("new", 100), repository="octo/search", repository_id=OURS, config=CONFIG
)
ROLLBACK = replace(WANTED, is_rollback=True)
BY_ORDER = replace(WANTED, by_order=True)
CREATING = replace(WANTED, dictionary=replace(DICTIONARY, create=True))

FRESH = Attempt(began=BEGAN)
UPLOADED = Attempt(began=BEGAN, uploaded=True, looked_at=BEGAN + 10_000)
FINE = Review()
VETOED = Review(veto=Refuse("invalid-dictionary", "It is empty.", "Fill it."))


def updated(
    *, seen: int, answered: bool = True, at: float = BEGAN, times: int = 1, updated_at: str = ""
) -> Attempt:
    """After UpdatePackage, with `seen` as the highest version number seen before."""
    return replace(UPLOADED, updated=Sent(at, answered, seen, updated_at), updates=times)


def created(*, answered: bool = True, at: float = BEGAN, times: int = 1) -> Attempt:
    """After CreatePackage."""
    return replace(UPLOADED, created=Sent(at, answered), creates=times)


def associated(
    *domains: str,
    lost: Mapping[str, Explanation] | None = None,
    updated_at: str = "",
    again: Sequence[str] = (),
) -> Attempt:
    """After AWS agreed to bring the version to these domains, `again` to some, and refused the lost ones."""
    sent = Sent(BEGAN, answered=True, updated_at=updated_at)
    return replace(
        FRESH,
        associated=dict.fromkeys(domains, sent),
        lost_domains=lost or {},
        reassociated=frozenset(again),
    )


def history(*entries: str) -> tuple[Version, ...]:
    """`history("v1:", f"v2:{A}")`: names and commit messages."""
    return tuple(Version(*entry.split(":", 1)) for entry in entries)


def package(available: str, status: str = "AVAILABLE", **details: Any) -> Package:
    return Package("F1", "product-synonyms", status, available, details)


def stored(commit: str, content: str, repository_id: str = OURS) -> StoredObject:
    key = f"dictionaries/product-synonyms/{commit}.txt"
    return StoredObject(
        key, content, repository="octo/search", repository_id=repository_id, modified_at=WRITTEN
    )


def objects(contents: Mapping[str, str | None]) -> dict[str, StoredObject | None]:
    """The contents by commit, None for an object that is gone."""
    return {commit: stored(commit, content) if content else None for commit, content in contents.items()}


def branch(
    place: Place = "tip",
    *,
    tip: str = C,
    without: Sequence[str] = (),
    unasked: Sequence[str] = (),
    config: Place = "same",
    blob: str | None = None,
) -> Standing:
    """The run's file is at `place`; what is after the tip, and in `without`, is not on the branch.

    Of the `unasked` commits nothing was asked. The tip tracks the file unless this commit does not.
    """
    last = BRANCH.index(tip)
    distances = {
        commit: None if commit in without or at > last else last - at
        for at, commit in enumerate(BRANCH)
        if commit not in unasked
    }
    if blob is None:
        blob = "" if place == "untracked" else BLOB
    return Standing(tip, {FILE: place, CONFIG: config}, distances, {FILE: blob})


BLOB, EARLIER_BLOB = "blob", "earlier blob"
"""The blob IDs of the run's file at the tip, and of an earlier file."""


def rolled_back(blob: str = BLOB, sha256: str = "new", from_commit: str = B, to: str = A) -> Rollback:
    """Return a rollback from the run's own file, unless other values are given."""
    return Rollback(blob, sha256, from_commit, to, "run 7", "2026-01-02T00:00:00.000Z")


def on_record(rollback: Rollback | None = None, age_seconds: float = 0.0) -> Holds:
    return Holds({"F1": rollback} if rollback else {}, age_seconds)


def domain(name: str, version: str, status: str = "ACTIVE", **details: Any) -> DomainPackage:
    return DomainPackage(name, status, version, details)


def decide(
    *entries: str,
    available: str | None = None,
    status: str = "AVAILABLE",
    wanted: Wanted = WANTED,
    attempt: Attempt = FRESH,
    contents: Mapping[str, str | None] | None = None,
    domains: Sequence[DomainPackage] | None = None,
    copied: Mapping[str, StoredObject | None] | None = None,
    standing: Standing | None = branch(),  # noqa: B008 frozen
    holds: Holds | None = Holds(),  # noqa: B008 frozen
    order: Mapping[tuple[str, str], bool] = IN_A_LINE,
    review: Review | None = FINE,
    after: float = 1.0,
    **details: Any,
) -> Step:
    """The next step for a package with this history, `after` seconds into the run.

    The last version is the available one, and what may have to be looked at is known, unless said
    otherwise.
    """
    versions = history(*entries)
    if attempt.uploaded:
        contents = {C: "new", **(contents or {})}
    if available is None:
        available = versions[-1].name if versions else ""
    return next_step(
        wanted,
        Observed(
            now=BEGAN + after,
            package=package(available, status, **details),
            versions=versions,
            objects=objects(contents or {}),
            copied={version.name: stored(C, "new") for version in versions} if copied is None else copied,
            domains=tuple(domains) if domains is not None else None,
            standing=standing,
            holds=holds,
            order=order,
            review=review,
        ),
        attempt,
    )


def decide_without_package(
    wanted: Wanted = CREATING,
    attempt: Attempt = FRESH,
    standing: Standing | None = branch(),  # noqa: B008 frozen
    review: Review | None = FINE,
    after: float = 1.0,
) -> Step:
    """The next step when AWS shows no such package."""
    return next_step(wanted, Observed(BEGAN + after, None, standing=standing, review=review), attempt)


def outcome(step: Step) -> str:
    """How it ended: the outcome, or the reason of a refusal."""
    match step:
        case Done():
            return step.outcome
        case Refuse():
            return step.reason
        case _:
            return f"not over: {step}"
