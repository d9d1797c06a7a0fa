"""What is said when a dictionary cannot go on, or is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from dictionary_deploy.decide.state import Wanted
from dictionary_deploy.decide.steps import Done, Refuse
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import Package, StoredObject


def drifted(history: History, package: Package) -> Done:
    message = history.available.message if history.available else ""
    said = f" (its message: {message})" if message else ""
    return Done(
        "drifted",
        f"Version {package.available} was not made from a commit{said}, and the file has not changed since"
        f" {history.base}: left alone. A commit that changes the file replaces it.",
    )


def content_mismatch(wanted: Wanted, package: Package, stored: StoredObject) -> Refuse:
    return Refuse(
        "content-mismatch",
        f"Version {package.available} carries this commit, but its object {stored.key} has other bytes"
        f" than {wanted.dictionary.file} has now.",
        "Commit the change and deploy that commit; where a build writes the file, make it reproducible.",
    )


def package_not_found(wanted: Wanted, others: Sequence[str]) -> Refuse:
    """With the names that the configuration may have meant, of the `others` that there are."""
    name = wanted.dictionary.package
    near = get_close_matches(name, others, n=3)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    there = f"{len(others) or 'no'} package{'s' if len(others) > 1 else ''}"
    where = f"this account in {wanted.region}" if wanted.region else "this account and Region"
    return Refuse(
        "package-not-found",
        f"There is no package {name} in {where}, where you have {there}.{meant}",
        "Check `package`, the role's account and `region`; make the package once by hand, or set"
        " `create: true`.",
    )


def copy_failed(package: Package) -> Refuse:
    said = f": {package.error}" if package.error else "."
    return Refuse(
        "validation-failed" if package.status == "VALIDATION_FAILED" else "copy-failed",
        f"AWS ended with {package.status}{said} Available is still {package.available or 'no version'}.",
        "Check that the deploying role may s3:GetObject the object, that no KMS key encrypts it, and that the"
        " file is what AWS accepts; then rerun.",
    )


def refuse_foreign(wanted: Wanted, stored: StoredObject | None) -> Refuse | None:
    """None unless the deployed object is known to be another repository's."""
    if stored is None or wanted.dictionary.take_over:
        return None
    if not stored.repository_id or stored.repository_id == (wanted.repository_id or stored.repository_id):
        return None
    return Refuse(
        "owned-elsewhere",
        f"The package {wanted.dictionary.package} is deployed from another repository,"
        f" {stored.repository or 'without a name'} (ID {stored.repository_id}).",
        "Remove it from one of the two configurations; to take it over for good, set `take-over: true`.",
    )
