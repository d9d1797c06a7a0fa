"""Decide if another repository, or another configuration of this one, owns the deployed content."""

from __future__ import annotations

from dictionary_deploy.decide.state import Wanted
from dictionary_deploy.decide.steps import Refuse
from dictionary_deploy.model import Owner, StoredObject

ONE_SOURCE = "To deploy both, set a separate `bucket` or `prefix` for each. Otherwise, remove one of them."


def refuse_foreign(wanted: Wanted, stored: StoredObject | None) -> Refuse | None:
    """Return None unless another repository deployed the object."""
    if stored is None or wanted.dictionary.take_over or not is_foreign(wanted, stored):
        return None
    is_known = wanted.owner != Owner()
    remedy = (
        "Remove it from one of the two configurations. To move it here permanently, set `take-over: true`."
        if is_known
        else "Deploy it from there, or add that repository as the remote `origin`."
    )
    unknown = "" if is_known else ", and this repository is unknown"
    return Refuse(
        "owned-elsewhere",
        f"Package {wanted.dictionary.package} is deployed from another repository,"
        f" {stored.repository or 'name unknown'} (ID {stored.repository_id or 'unknown'}){unknown}.",
        remedy,
    )


def is_foreign(wanted: Wanted, stored: StoredObject) -> bool:
    """Return True if another repository deployed the object, by ID, else by name.

    An unknown repository never owns content of a known one. In a plan, the name is not compared: the
    checkout may be of a fork, or of a repository that was renamed.
    """
    theirs, ours = Owner(stored.repository, stored.repository_id), wanted.owner
    if theirs.id and ours.id:
        return theirs.id != ours.id
    return theirs != Owner() and not wanted.is_plan and not _is_same_name(theirs, ours)


def is_taken_over(wanted: Wanted, stored: StoredObject | None) -> bool:
    """Return True if this repository takes the package over from the object's repository."""
    return stored is not None and wanted.dictionary.take_over and is_foreign(wanted, stored)


def owner_warning(wanted: Wanted, stored: StoredObject | None) -> str:
    """Return a sentence if the deployed object has another repository name or configuration; else empty."""
    if stored is None or is_foreign(wanted, stored):
        return ""
    if _is_other_config(wanted, stored):
        return (
            f"Package {wanted.dictionary.package} was deployed by the configuration {stored.config}; this is"
            f" {wanted.config}. If both deploy it, they replace each other's content."
        )
    if not stored.repository or _is_same_name(Owner(stored.repository), wanted.owner):
        return ""
    this = f"is {wanted.owner.name}" if wanted.owner.name else "is unknown"
    return (
        f"Package {wanted.dictionary.package} was deployed from {stored.repository}; this repository {this}."
    )


def refuse_other_source(wanted: Wanted, stored: StoredObject) -> Refuse | None:
    """Return None unless another file of this repository was deployed at this commit.

    Its content is that of another configuration, environment or path.
    """
    package, file = wanted.dictionary.package, wanted.dictionary.file
    if _is_other_config(wanted, stored):
        return Refuse(
            "owned-elsewhere",
            f"Two configurations of this repository deploy package {package}: {stored.config} deploys"
            f" {stored.file}, {wanted.config} deploys {file}.",
            ONE_SOURCE,
        )
    # A long path is cut in the metadata.
    if not stored.file or (file.startswith(stored.file) and stored.environment == wanted.environment):
        return None
    return Refuse(
        "content-mismatch",
        f"Two files were deployed as package {package} at this commit:"
        f" {source_name(stored.file, stored.environment)} and {source_name(file, wanted.environment)}.",
        ONE_SOURCE,
    )


def source_name(file: str, environment: str) -> str:
    """Return the file with its environment, for a message."""
    return f"{file} in environment {environment}" if environment else file


def _is_other_config(wanted: Wanted, stored: StoredObject) -> bool:
    # A long path is cut in the metadata.
    return not wanted.config.startswith(stored.config)


def _is_same_name(one: Owner, other: Owner) -> bool:
    return bool(one.name) and one.name.casefold() == other.name.casefold()
