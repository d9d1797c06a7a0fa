"""What doctor makes of what it finds: a verdict, what to do, whether it would stop a deploy. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dictionary_deploy.errors import AwsError, DeployError, UnclearError, is_throttled
from dictionary_deploy.model import (
    DELETED_STATUSES,
    FAILED_STATUSES,
    Dictionary,
    DomainNames,
    DomainPackage,
    Package,
    Version,
)
from dictionary_deploy.report.reloading import reload_notes

Verdict = Literal["ok", "not ok", "could not tell"]

PACKAGES_PER_REGION = 25
"""AWS's quota, which it raises for nobody."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    subject: str
    verdict: Verdict
    said: str
    """What was found, in whole sentences."""
    remedy: str = ""
    stops: bool = False
    """Whether it would stop a deploy, or a dictionary's."""

    @property
    def lines(self) -> tuple[str, ...]:
        """As people read it."""
        first = f"{self.verdict:<15} {self.subject}: {self.said}"
        return (first, f"{' ' * 16}-> {self.remedy}") if self.remedy else (first,)

    @property
    def members(self) -> dict[str, Any]:
        """As programs read it."""
        return asdict(self)


def ok(subject: str, said: str, remedy: str = "") -> Check:
    """A check that found all as it has to be; with a remedy, as it may be."""
    return Check(subject, "ok", said, remedy)


def missed(subject: str, error: DeployError, *, stops: bool = True, in_workflow: bool = True) -> Check:
    """A check that failed: with an answer, or for want of one."""
    nobody_knows = isinstance(error, UnclearError) or is_throttled(error)
    why = error.explain(in_workflow=in_workflow)
    return Check(subject, "could not tell" if nobody_knows else "not ok", why.message, why.remedy, stops)


def denied(subject: str, error: DeployError, what_is_lost: str) -> Check:
    """A check that was not allowed, or not answered, and that a deploy can do without."""
    is_denial = isinstance(error, AwsError) and error.reason == "access-denied"
    return Check(
        subject, "could not tell", f"{error.message} {what_is_lost}", error.remedy if is_denial else ""
    )


def find_package(
    dictionary: Dictionary, packages: Sequence[Package], other_files: Sequence[str]
) -> tuple[Package | None, Check]:
    """The dictionary's package, and what there is to say of it; `other_files` feed the same one."""
    subject = f"package {dictionary.package}"
    found = [each for each in packages if dictionary.package == (each.id if dictionary.by_id else each.name)]
    if not found:
        return None, _missing_package(subject, dictionary, packages)
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        said = f"{len(found)} packages have this name: {ids}."
        return None, Check(subject, "not ok", said, "Name the one that is meant by its ID.", stops=True)
    package = found[0]
    told = f"{package.name} ({package.id}) is {package.status}"
    told += f", available is {package.available}." if package.available else ", no version is available."
    if other_files:
        said = f"{told} {dictionary.file} and {', '.join(other_files)} are for the same package."
        return package, Check(subject, "not ok", said, "Leave one of them in the configuration.", stops=True)
    if package.status in DELETED_STATUSES:
        return package, Check(
            subject, "not ok", told, "Wait until it is gone, then make it anew.", stops=True
        )
    if package.status in FAILED_STATUSES:
        said = f"{told} {package.error or 'AWS does not say why'}."
        return package, Check(subject, "not ok", said, "The next deploy makes a new version.")
    return package, ok(subject, told)


def _missing_package(subject: str, dictionary: Dictionary, packages: Sequence[Package]) -> Check:
    names = sorted(each.name for each in packages)
    if not dictionary.create:
        near = difflib.get_close_matches(dictionary.package, names, 1)
        there = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names) or 'none'}."
        remedy = f"{there} Check account and Region, make the package, or set `create: true`."
        return Check(subject, "not ok", "There is no such package.", remedy, stops=True)
    if len(packages) >= PACKAGES_PER_REGION:
        said = (
            f"It cannot be created: there are {len(packages)} packages, and AWS allows {PACKAGES_PER_REGION}."
        )
        return Check(subject, "not ok", said, "Delete one that no domain uses.", stops=True)
    return ok(subject, "There is no such package yet; the first deploy creates it.")


def version_check(dictionary: Dictionary, package: Package, versions: Sequence[Version]) -> Check:
    """Where the available version comes from."""
    subject = f"version of {dictionary.package}"
    available = next((version for version in versions if version.name == package.available), None)
    if not package.available:
        return ok(subject, "There is none yet.")
    if available is None:
        said = f"The history does not have {package.available} yet."
        return Check(subject, "could not tell", said, "Run doctor again in a minute.")
    if available.commit:
        return ok(subject, f"{available.name} was made from the commit {available.commit}.")
    told = f"{available.name} was not made from a commit."
    if any(version.commit for version in versions):
        remedy = "Deploys leave it alone until the file changes, which then replaces it."
        return Check(subject, "not ok", f"{told} Somebody changed the package by hand.", remedy)
    return ok(subject, f"{told} The first deploy adopts the package, with a version of its own.")


def domain_checks(
    dictionary: Dictionary,
    package: Package,
    associations: Sequence[DomainPackage],
    names: DomainNames,
    engines: Mapping[str, str],
) -> Iterator[Check]:
    """The domains that are to get new versions, and when search there uses them."""
    there = {each.domain: each for each in associations}
    if dictionary.domains == "none":
        yield ok(f"domains of {dictionary.package}", "They are left alone, as `domains: none` says.")
        return
    wanted = sorted(there) if dictionary.domains == "associated" else dictionary.domains
    if not wanted:
        said = "No domain has the package, so that a new version is live nowhere."
        yield ok(
            f"domains of {dictionary.package}", said, "Associate it, or list the domains it is to go to."
        )
    for name in wanted:
        subject = f"domain {name} for {dictionary.package}"
        if name in there:
            yield _associated(subject, there[name], package)
        else:
            yield _not_associated(subject, name, names)
    in_use = [name for name in wanted if name in there]
    for sentence in reload_notes(dictionary.kind, package.id, in_use, engines):
        yield ok(f"search with {dictionary.package}", sentence)


def _associated(subject: str, association: DomainPackage, package: Package) -> Check:
    told = f"{association.version or 'no version'} is {association.status}."
    if association.status.endswith("_FAILED"):
        return Check(subject, "not ok", f"{told} {association.error}".strip(), "The next deploy tries again.")
    if association.status == "ACTIVE" and association.version != package.available:
        until = f"the next deploy brings it up to date, unless {package.available} was made by hand"
        return ok(subject, f"{told} It is behind {package.available}: {until}.")
    return ok(subject, told)


def _not_associated(subject: str, name: str, names: DomainNames) -> Check:
    if names == "unknown":
        return Check(subject, "could not tell", "The package is not on it; whether it exists is not known.")
    if name in names:
        return ok(subject, "The package is not on it yet; the next deploy associates it.")
    near = difflib.get_close_matches(name, names, 1)
    there = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names) or 'none'}."
    remedy = f"{there} Check account and Region, or mend `domains`."
    return Check(subject, "not ok", "There is no such domain.", remedy, stops=True)


def written_check(subject: str, encryption: str, conditions: str) -> Check:
    """What came of the trial writes; the words are those of `aws.bucket_probe`."""
    if encryption != "AES256":
        said = f"What is written under AES256 is encrypted with {encryption or 'nothing'}."
        remedy = "Let AES256 pass for this prefix: AWS cannot copy a dictionary that a KMS key encrypts."
        return Check(subject, "not ok", said, remedy, stops=True)
    if conditions != "kept":
        said = f"Conditional writes are {conditions} there."
        remedy = "Use a bucket of Amazon S3 itself: the lock that keeps two deploys apart needs them."
        return Check(subject, "not ok", said, remedy, stops=True)
    return ok(subject, "Writing, reading, encryption with AES256 and conditional writes work.")
