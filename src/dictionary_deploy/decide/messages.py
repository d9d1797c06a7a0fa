"""The messages for dictionaries that cannot or must not be deployed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from dictionary_deploy.decide.ownership import refuse_other_source
from dictionary_deploy.decide.state import Observed, Wanted
from dictionary_deploy.decide.steps import Done, Refuse
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import PACKAGES_PER_REGION, Package, StoredObject, Version

REPLACED_BY_COMMIT = (
    "Nothing to do if that commit is the branch's tip. Otherwise rerun the branch's latest run."
)
DELETE_A_PACKAGE = "Delete a package that no domain uses, then rerun."
REPLACED_BY_HAND = (
    "Check who changed the package outside of git. To deploy this commit again, run mode `rollback` on it."
)


def short(commit: str) -> str:
    """Return the first 12 digits."""
    return commit[:12]


def drift_outcome(history: History, package: Package) -> Done:
    message = history.available.message if history.available else ""
    quoted = f" (message: {message})" if message else ""
    return Done(
        "drifted",
        f"Version {package.available} was not made from a commit{quoted}, and the file has not changed since"
        f" commit {short(history.base)}. The next commit that changes the file replaces it.",
    )


def replaced_in_flight(ours: Version, available: Version) -> Done:
    """Return the end of a dictionary that got another version while AWS copied this commit's."""
    if available.commit:
        source, remedy = f"commit {short(available.commit)}", REPLACED_BY_COMMIT
    else:
        quoted = f" (message: {available.message})" if available.message else ""
        source, remedy = f"no commit{quoted}", REPLACED_BY_HAND
    return Done(
        "superseded",
        f"Version {available.name}, made from {source}, replaced {ours.name}, the version of this commit.",
        remedy,
    )


def content_mismatch(wanted: Wanted, package: Package, stored: StoredObject) -> Refuse:
    return refuse_other_source(wanted, stored) or Refuse(
        "content-mismatch",
        f"Version {package.available} was made from this commit, but its object {stored.key} differs from"
        f" {wanted.dictionary.file}.",
        "Commit the change and deploy that commit. If a build writes the file, make it reproducible.",
    )


def package_not_found(wanted: Wanted, others: Sequence[str]) -> Refuse:
    """Return the refusal; it suggests the most similar names of the `others` in the account and Region."""
    name = wanted.dictionary.package
    similar = get_close_matches(name, others, n=3)
    question = f" Did you mean {' or '.join(similar)}?" if similar else ""
    count = f"{len(others) or 'no'} package{'' if len(others) == 1 else 's'}"
    where = f"this account in {wanted.region}" if wanted.region else "this account and Region"
    is_created = wanted.is_rollback and wanted.dictionary.create
    return Refuse(
        "package-not-found",
        f"Package {name} not found in {where}, which has {count}.{question}",
        "A rollback creates no package. Deploy the branch first."
        if is_created
        else "Check `package`, the role's account and `region`. Create the package once by hand, or set"
        " `create: true`.",
    )


def quota_exceeded(wanted: Wanted, observed: Observed) -> Refuse:
    """Return the refusal of a plan whose deploy would exceed AWS's quota."""
    others, before = len(observed.others), observed.creates_before
    creates = f", and this deploy would create {before} before it" if before else ""
    return Refuse(
        "limit-exceeded",
        f"Package {wanted.dictionary.package} could not be created: AWS allows {PACKAGES_PER_REGION} packages"
        f" in an account and Region, which has {others}{creates}.",
        DELETE_A_PACKAGE,
    )


def copy_failed(package: Package) -> Refuse:
    error = f": {package.error.removesuffix('.')}" if package.error else ""
    available = f"{package.available} is still available" if package.available else "No version is available"
    return Refuse(
        "validation-failed" if package.status == "VALIDATION_FAILED" else "copy-failed",
        f"AWS reported {package.status}{error}. {available}.",
        "Check that the deploying role has s3:GetObject on the object, that no KMS key encrypts it, and that"
        " AWS accepts the file. Then rerun.",
    )
