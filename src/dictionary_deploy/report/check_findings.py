"""Explain the findings of mode `check`: for how long AWS has differed from the branch, and the fix. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from dictionary_deploy.clock import duration
from dictionary_deploy.model import CHANGES, FAILED_STATUSES, Outcome, Package, Result, Standing, Version
from dictionary_deploy.report.actions import NO_DOMAINS
from dictionary_deploy.report.live_versions import lacks_domain

_CHANGE_OR_ROLL_BACK = "Merge a change to the file, or run mode `rollback` on this commit."

REMEDIES: Mapping[Outcome, str] = {
    "drifted": _CHANGE_OR_ROLL_BACK,
    "held": _CHANGE_OR_ROLL_BACK,
    "superseded": "The branch has moved on: run the check again.",
    "updated": "Run mode `deploy` on the branch.",
    "created": "Run mode `deploy` on the branch.",
    "applied": "Run mode `deploy` on the branch to update the domains.",
}


def explain(result: Result, versions: Sequence[Version]) -> Result:
    """Return the result with how long AWS has differed in its message, and a remedy if it had none.

    `versions` is the package's history, ascending. A result without a finding is returned unchanged.
    """
    package = result.package
    if package and package.status in FAILED_STATUSES:
        detail = _failed_copy(package)
        remedy = "Fix what AWS reports, then deploy a new version. The available version is not affected."
    elif result.outcome == "unchanged" and lacks_domain(result):
        detail, remedy = "No domain is associated with the package.", NO_DOMAINS
    else:
        detail = (
            _domains_behind(result) if result.outcome == "applied" else _available_since(package, versions)
        )
        remedy = REMEDIES.get(result.outcome, "")
    if not remedy:
        return result
    return replace(result, message=f"{result.message} {detail}".strip(), remedy=result.remedy or remedy)


MAX_PENDING_SECONDS = 1800.0
"""Maximum age of a tip whose deploy may be in progress."""

CLOCK_TOLERANCE_SECONDS = 300.0
"""Seconds that the tip's date may be in the future. A later one is not trusted: anyone may have set it."""

WAIT = "Wait for the deploy, then run the check again."


def differing_files(standing: Standing, commit: str, files: Sequence[str]) -> list[str]:
    """Return the files that differ between the commit and the branch's tip.

    A file that git does not track counts as the same on the branch, and as different elsewhere.
    """
    if commit == standing.tip:
        return []
    return [file for file in files if not _is_same(standing, file)]


def _is_same(standing: Standing, file: str) -> bool:
    here, at_tip = standing.own_blobs.get(file), standing.blobs.get(file)
    return here == at_tip and (bool(here) or standing.files.get(file) == "untracked")


def may_be_deferred(result: Result) -> bool:
    """Return True if the difference may be a deploy that is not finished.

    A version that was made by hand after a commit's version is not part of a deploy.
    """
    is_broken = result.package is not None and result.package.status in FAILED_STATUSES
    is_drifted = result.replaced is not None and not result.adopted
    return result.planned and result.outcome in CHANGES and not (is_broken or is_drifted)


def defer(result: Result, holder: str, age_seconds: float | None) -> Result:
    """Return the result as a note if its deploy may still be in progress.

    `holder` is the run that holds the lock, or empty. `age_seconds` is the age of the branch's tip, None if
    unknown. The age of the tip does not defer the finding of a domain that is behind.
    """
    is_young = age_seconds is not None and -CLOCK_TOLERANCE_SECONDS <= age_seconds <= MAX_PENDING_SECONDS
    if not may_be_deferred(result):
        return result
    if holder:
        why = f"A deploy may be in progress: {holder} holds the lock."
    elif is_young and result.outcome != "applied":
        age = duration(max(age_seconds or 0.0, 0.0))
        why = f"A deploy may be in progress: the tip of the branch is {age} old."
    else:
        return result
    return replace(result, is_pending=True, message=f"{result.message} {why}", remedy=WAIT)


def _failed_copy(package: Package) -> str:
    error = f": {package.error}" if package.error else ""
    updated_at = package.details.get("LastUpdatedAt")
    since = f" (since {updated_at})" if updated_at else ""
    return f"The last copy ended with {package.status}{error}{since}."


def _available_since(package: Package | None, versions: Sequence[Version]) -> str:
    """Return the available version, and the time from which its commit, or none, has been available."""
    names = [version.name for version in versions]
    if package is None or package.available not in names:
        return ""
    history = versions[: names.index(package.available) + 1]
    same_commit = takewhile(lambda version: version.commit == history[-1].commit, reversed(history))
    *_, first = same_commit
    commit = f"commit {first.commit}" if first.commit else "no commit"
    since = f" since {first.created_at}" if first.created_at else ""
    return f"Available: {package.available} ({commit}){since}."


def _domains_behind(result: Result) -> str:
    """Return the configured domains on which the available version is not active, with their versions."""
    available = result.package.available if result.package else ""
    associated = {domain.domain: domain for domain in result.domains or ()}
    wanted = result.dictionary.domains
    behind = []
    for name in wanted if isinstance(wanted, tuple) else associated:
        domain = associated.get(name)
        if domain is None:
            behind.append(f"{name} (not associated)")
        elif (domain.status, domain.version) != ("ACTIVE", available):
            updated = domain.details.get("LastUpdated")
            since = f", since {updated}" if updated else ""
            behind.append(f"{name} ({domain.version or 'no version'}, {domain.status}{since})")
    return f"Behind: {', '.join(behind)}." if behind else ""
