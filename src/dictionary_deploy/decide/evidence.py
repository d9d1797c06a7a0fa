"""Decide if an object is evidence for the content of a version.

CommitMessage is text that anyone who may call UpdatePackage can write. A version shows that a commit's
content is live only if the commit's object exists and is not younger than the version. That does not bind the
version to the object: see SECURITY.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from dictionary_deploy.decide.messages import short
from dictionary_deploy.decide.state import Observed, Sent, Wanted
from dictionary_deploy.decide.steps import Look, Refuse
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import Rollback, StoredObject, Version

ONLY_WRITER = "Find out who wrote it, and make the deploying role the only writer below the prefix."

TOLERANCE_SECONDS = 5.0
"""Maximum difference of the clocks of S3 and of the service."""

MAX_COMPARED_VERSIONS = 50
"""Versions whose objects a rollback compares with its content."""


def evidence_of(observed: Observed, version: Version | None) -> StoredObject | None:
    """Return the object that the version was made from; None without evidence."""
    stored = observed.objects.get((version and version.commit) or "")
    if version is None or stored is None or _is_younger(stored, version, observed.versions):
        return None
    return stored


def step_after_copy(
    wanted: Wanted, observed: Observed, sent: Sent, available: Version | None
) -> Look | Refuse | None:
    """Return None if AWS copied the object that this run sent.

    The available version is the copy. Without a new version it is an older one that already had the content.
    """
    if available is None or available.name not in observed.copied:
        return Look("copied", wanted.commit)
    before, after = sent.source, observed.copied[available.name]
    if before is None:
        return None
    is_copy = available.number > sent.seen
    is_late = is_copy and after is not None and _is_younger(after, available, observed.versions)
    if after and not _is_exchanged(before, after) and not is_late:
        return None
    what = "exchanged" if after else "removed"
    return Refuse(
        "content-mismatch",
        f"{before.key} was {what} while AWS copied it: version {available.name} may have other content.",
        f"{ONLY_WRITER} Then run mode `rollback` on the last good commit.",
    )


def exchanged_before_copy(stored: StoredObject) -> Refuse:
    return Refuse(
        "content-mismatch",
        f"{stored.key} was exchanged after its upload. No version was made from it.",
        f"{ONLY_WRITER} Then delete the object and rerun.",
    )


def versions_before(wanted: Wanted, observed: Observed) -> tuple[Version, ...] | None:
    """Return the last versions from before this rollback; None if one carries its commit or no record exists.

    A rollback to the tip's own file has no record.
    """
    records = observed.holds.rollbacks if observed.holds else {}
    record = records.get(observed.package.id) if observed.package else None
    if not wanted.is_rollback or record is None or record.to_commit != wanted.commit:
        return None
    before = [each for each in observed.versions if each.commit != wanted.commit or _is_older(each, record)]
    if any(each.commit == wanted.commit for each in before):
        return None
    return tuple(before[-MAX_COMPARED_VERSIONS:])


def warnings_of(wanted: Wanted, observed: Observed, history: History) -> tuple[str, ...]:
    """Return warnings about the evidence, as sentences."""
    return tuple(
        filter(
            None,
            (
                _content_without_evidence(observed, history),
                _repeated_commit(observed, history),
                _new_content(wanted, observed),
                _expiry(wanted, observed, history),
            ),
        )
    )


def _content_without_evidence(observed: Observed, history: History) -> str:
    for version in (history.base_version, history.compared_version):
        if version and version.commit in observed.objects and evidence_of(observed, version) is None:
            return _version_without_evidence(version)
    return ""


def _version_without_evidence(version: Version) -> str:
    return (
        f"The content of {version.name} (commit {short(version.message)}) cannot be verified: its object is"
        " missing, or younger than the version. It was compared with nothing."
    )


def _repeated_commit(observed: Observed, history: History) -> str:
    upto = [each for each in observed.versions if each.number <= history.available_number]
    if len(upto) < 2 or not history.deployed or upto[-2].commit != history.deployed:  # noqa: PLR2004 the last two
        return ""
    return (
        f"{upto[-2].name} and {upto[-1].name} carry the same commit {short(history.deployed)}. If no run"
        " repeated it after a failed copy, a lost object or a take-over, someone else made the version."
    )


def _new_content(wanted: Wanted, observed: Observed) -> str:
    """Return a sentence if no version before this rollback had its content; empty if that is unknown."""
    versions = versions_before(wanted, observed)
    if versions is None or any(each.commit not in observed.objects for each in versions if each.commit):
        return ""
    found = (evidence_of(observed, each) for each in versions)
    if any(stored and stored.sha256 == wanted.content.sha256 for stored in found):
        return ""
    return (
        f"No version before this rollback is known to have this content: {wanted.dictionary.file} at commit"
        f" {short(wanted.commit)} may never have been live. Check that it is the file to roll back to."
    )


def _expiry(wanted: Wanted, observed: Observed, history: History) -> str:
    for commit in (wanted.commit, history.base):
        stored = observed.objects.get(commit)
        if stored and stored.expiration:
            return (
                f"A lifecycle rule of the bucket removes {stored.key} ({stored.expiration}). Exclude the"
                " prefix from the rule: a dictionary whose object is missing is deployed once more."
            )
    return ""


def _is_exchanged(before: StoredObject, after: StoredObject) -> bool:
    """Return True if the object was written in between; False if a value is unknown."""
    pairs = (
        (before.sha256, after.sha256),
        (before.etag, after.etag),
        (before.version_id, after.version_id),
    )
    is_later = 0.0 < _seconds(before.modified_at) < _seconds(after.modified_at)
    return is_later or any(first != second for first, second in pairs if first and second)


def _is_younger(stored: StoredObject, version: Version, versions: Sequence[Version]) -> bool:
    """Return True if the object was written after the version, as far as the history's times are usable."""
    times = [_seconds(each.created_at) for each in versions]
    do_rise = all(0.0 < first < second for first, second in pairwise(times))
    made = _seconds(version.created_at)
    return do_rise and 0.0 < made < _seconds(stored.modified_at) - TOLERANCE_SECONDS


def _is_older(version: Version, record: Rollback) -> bool:
    """Return True if the version was made before the rollback was recorded, or its time is unknown."""
    return _seconds(version.created_at) < _seconds(record.at) - TOLERANCE_SECONDS


def _seconds(time: str) -> float:
    """Return the time in seconds since 1970; 0 if it is unknown."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except ValueError:
        return 0.0
