"""What `check` says of a finding besides what it is: since when, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from dictionary_deploy.model import FAILED_STATUSES, Outcome, Package, Result, Version

REMEDIES: Mapping[Outcome, str] = {
    "drifted": "Merge a change of the file: git wins then. Or run mode `rollback` on this commit.",
    "held": "Merge a change of the file, which ends it. Or run mode `rollback` on this commit.",
    "superseded": "Check the tip of the branch. If this is it, merge a change of the file, or run mode"
    " `rollback` on this commit.",
    "updated": "Run mode `deploy` on the branch.",
    "created": "Run mode `deploy` on the branch.",
    "applied": "Run mode `deploy` on the branch: it brings the domains up to date.",
}


def explain(result: Result, versions: Sequence[Version]) -> Result:
    """The result, its message telling since when AWS differs from the branch, with a remedy if it had none.

    `versions` is the package's history, ascending. What is in step with the branch is left as it is.
    """
    package = result.package
    if package and package.status in FAILED_STATUSES:
        since = _failed(package)
        remedy = "What is available stays as it is. Mend what AWS names; the next version ends it."
    else:
        since = _behind(result) if result.outcome == "applied" else _available(package, versions)
        remedy = REMEDIES.get(result.outcome, "")
    if not remedy:
        return result
    return replace(result, message=f"{result.message} {since}".strip(), remedy=result.remedy or remedy)


def _failed(package: Package) -> str:
    said = f": {package.error}" if package.error else ""
    return f"The last copy ended with {package.status}{said}{_since(package.details.get('LastUpdatedAt'))}."


def _available(package: Package | None, versions: Sequence[Version]) -> str:
    """What is available, since the first version in a row that is of the same commit, or of none."""
    names = [version.name for version in versions]
    if package is None or package.available not in names:
        return ""
    upto = versions[: names.index(package.available) + 1]
    alike = takewhile(lambda version: version.commit == upto[-1].commit, reversed(upto))
    *_, first = alike
    what = f"commit {first.commit}" if first.commit else "no commit"
    return f"Available is {package.available}, of {what}{_since(first.created_at)}."


def _behind(result: Result) -> str:
    """The wanted domains that have not the available version in force, and what they have."""
    available = result.package.available if result.package else ""
    known = {domain.domain: domain for domain in result.domains or ()}
    wanted = result.dictionary.domains
    told = []
    for name in wanted if isinstance(wanted, tuple) else known:
        domain = known.get(name)
        if domain is None:
            told.append(f"{name} has none")
        elif (domain.status, domain.version) != ("ACTIVE", available):
            had = f"{domain.version or 'none'} ({domain.status})"
            told.append(f"{name} has {had}{_since(domain.details.get('LastUpdated'))}")
    return f"Behind: {'; '.join(told)}." if told else ""


def _since(moment: object) -> str:
    return f", since {moment}" if moment else ""
