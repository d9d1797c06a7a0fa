"""The checks of doctor: verdict, message, remedy, and whether the problem would stop a deploy. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dictionary_deploy.config.conflicts import find_conflicts
from dictionary_deploy.decide import Wanted
from dictionary_deploy.decide.ownership import owner_warning, refuse_foreign
from dictionary_deploy.errors import AwsError, DeployError, UnclearError, is_throttled
from dictionary_deploy.model import (
    DELETED_STATUSES,
    FAILED_STATUSES,
    NO_COMMIT,
    PACKAGES_PER_REGION,
    Config,
    Content,
    Dictionary,
    DomainNames,
    DomainPackage,
    Owner,
    Package,
    StoredObject,
    Version,
)
from dictionary_deploy.report.reloading import reload_notes

Verdict = Literal["ok", "not ok", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    subject: str
    verdict: Verdict
    message: str
    """The finding, in sentences."""
    remedy: str = ""
    stops: bool = False
    """True if the problem would stop the deploy of at least one dictionary."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines for the log."""
        first = f"{self.verdict:<15} {self.subject}: {self.message}"
        return (first, f"{' ' * 16}-> {self.remedy}") if self.remedy else (first,)

    @property
    def members(self) -> dict[str, Any]:
        """The members for JSON."""
        return asdict(self)


def ok(subject: str, message: str, remedy: str = "") -> Check:
    """Return a successful check. A remedy is a suggestion."""
    return Check(subject, "ok", message, remedy)


def failed_check(subject: str, error: DeployError, *, stops: bool = True, in_workflow: bool = True) -> Check:
    """Return a failed check; its verdict is `unknown` without a clear response."""
    is_unknown = isinstance(error, UnclearError) or is_throttled(error)
    why = error.explain(in_workflow=in_workflow)
    return Check(subject, "unknown" if is_unknown else "not ok", why.message, why.remedy, stops)


def degraded_check(subject: str, error: DeployError, consequence: str) -> Check:
    """Return a failed check of a permission that deploys do not need."""
    is_denial = isinstance(error, AwsError) and error.reason == "access-denied"
    return Check(subject, "unknown", f"{error.message} {consequence}", error.remedy if is_denial else "")


def find_package(
    dictionary: Dictionary, packages: Sequence[Package], other_files: Sequence[str]
) -> tuple[Package | None, Check]:
    """Return the dictionary's package and its check. `other_files` have the same package."""
    subject = f"package {dictionary.package}"
    found = [each for each in packages if dictionary.names(each)]
    if not found:
        return None, _missing_package(subject, dictionary, packages)
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        message = f"{len(found)} packages have this name: {ids}."
        return None, Check(subject, "not ok", message, "Set `package` to one of these IDs.", stops=True)
    package = found[0]
    version = package.available or "no version"
    status = f"{package.name} ({package.id}) is {package.status}, {version} is available."
    if other_files:
        message = f"{status} {dictionary.file} and {', '.join(other_files)} have the same package."
        return package, Check(
            subject, "not ok", message, "Remove all but one of them from the configuration.", stops=True
        )
    if package.status in DELETED_STATUSES:
        return package, Check(
            subject, "not ok", status, "Wait until it is deleted, then create it again.", stops=True
        )
    if package.status in FAILED_STATUSES:
        message = f"{status} {package.error or 'AWS reports no cause'}."
        return package, Check(subject, "not ok", message, "Run a deploy to create a new version.")
    return package, ok(subject, status)


def _missing_package(subject: str, dictionary: Dictionary, packages: Sequence[Package]) -> Check:
    names = sorted(each.name for each in packages)
    if not dictionary.create:
        remedy = (
            f"{_suggestion(dictionary.package, names)} Check the account and the Region, create the package,"
        )
        remedy += " or set `create: true`."
        return Check(subject, "not ok", "The package does not exist.", remedy, stops=True)
    if len(packages) >= PACKAGES_PER_REGION:
        message = (
            f"It cannot be created: AWS allows {PACKAGES_PER_REGION} packages, and there are {len(packages)}."
        )
        return Check(subject, "not ok", message, "Delete a package that no domain uses.", stops=True)
    return ok(subject, "The package does not exist yet; the first deploy creates it.")


def _suggestion(name: str, names: Sequence[str]) -> str:
    similar = difflib.get_close_matches(name, names, 1)
    return f"Did you mean {similar[0]}?" if similar else f"Existing names: {', '.join(names) or 'none'}."


def version_check(dictionary: Dictionary, package: Package, versions: Sequence[Version]) -> Check:
    """Return the check of the available version's commit."""
    subject = f"version of {dictionary.package}"
    available = next((version for version in versions if version.name == package.available), None)
    if not package.available:
        return ok(subject, "No version is available yet.")
    if available is None:
        message = f"The history does not have {package.available} yet."
        return Check(subject, "unknown", message, "Run doctor again in a minute.")
    if available.commit:
        return ok(subject, f"{available.name} was made from commit {available.commit}.")
    message = f"{available.name} was not made from a commit."
    if any(version.commit for version in versions):
        remedy = "Merge a change to the file to replace it. Until then, deploys keep it."
        return Check(subject, "not ok", f"{message} The package was changed outside of git.", remedy)
    return ok(subject, f"{message} The first deploy adopts the package with a new version.")


def config_checks(configs: Sequence[Config], beside: Mapping[str, bytes]) -> Iterator[Check]:
    """Yield a failed check for each package that environments or configurations may share by mistake.

    `beside` has the other YAML files in the configuration's folder.
    """
    warnings = [warning for config in configs for warning in config.warnings]
    for warning in dict.fromkeys([*warnings, *find_conflicts(configs, beside)]):
        yield Check("configuration", "not ok", warning)


def owner_check(dictionary: Dictionary, owner: Owner, config_path: str, stored: StoredObject | None) -> Check:
    """Return the check that this repository may replace the deployed object."""
    subject = f"owner of {dictionary.package}"
    wanted = Wanted(
        dictionary,
        NO_COMMIT,
        Content("", 0),
        repository=owner.name,
        repository_id=owner.id,
        config=config_path,
    )
    if foreign := refuse_foreign(wanted, stored):
        return Check(subject, "not ok", foreign.message, foreign.remedy, stops=True)
    if warning := owner_warning(wanted, stored):
        return Check(subject, "not ok", warning)
    return ok(subject, "No other repository or configuration deployed it.")


def domain_checks(
    dictionary: Dictionary,
    package: Package,
    associations: Sequence[DomainPackage],
    names: DomainNames,
    engines: Mapping[str, str],
) -> Iterator[Check]:
    """Yield the checks of the domains that get new versions, and when search uses them."""
    associated = {each.domain: each for each in associations}
    if dictionary.domains == "none":
        yield ok(f"domains of {dictionary.package}", "Domains are not updated because of `domains: none`.")
        return
    wanted = dictionary.domains
    if wanted == "associated":
        left_out = dict(dictionary.left_out)
        wanted = tuple(sorted(associated.keys() - left_out.keys()))
        for name in sorted(associated.keys() & left_out.keys()):
            message = f"Skipped: environment {left_out[name]} lists it for this package."
            yield ok(f"domain {name} for {dictionary.package}", message)
    if not wanted:
        message = "No domain is associated with the package, so no domain gets new versions."
        yield ok(f"domains of {dictionary.package}", message, "List domains under `domains`.")
    for name in wanted:
        subject = f"domain {name} for {dictionary.package}"
        if name in associated:
            yield _association_check(subject, associated[name], package)
        else:
            yield _missing_association_check(subject, name, names)
    in_use = [name for name in wanted if name in associated]
    for sentence in reload_notes(dictionary.kind, package.id, in_use, engines):
        yield ok(f"search with {dictionary.package}", sentence)


def _association_check(subject: str, association: DomainPackage, package: Package) -> Check:
    status = f"{association.version or 'no version'} is {association.status}."
    if association.status.endswith("_FAILED"):
        return Check(subject, "not ok", f"{status} {association.error}".strip(), "Run a deploy to retry.")
    if association.status == "ACTIVE" and association.version != package.available:
        message = f"{status} It is behind {package.available}."
        return ok(subject, f"{message} Deploys update it only to a version that was made from a commit.")
    return ok(subject, status)


def _missing_association_check(subject: str, name: str, names: DomainNames) -> Check:
    if names == "unknown":
        return Check(
            subject, "unknown", "It is not associated with the package. Whether it exists is unknown."
        )
    if name in names:
        return ok(subject, "It is not associated with the package yet; the next deploy associates it.")
    remedy = f"{_suggestion(name, names)} Check the account and the Region, or fix `domains`."
    return Check(subject, "not ok", "The domain does not exist.", remedy, stops=True)


def written_check(subject: str, encryption: str, conditions: str) -> Check:
    """Return the check of the probe's writes. `conditions` is a value of `aws.bucket_probe.Conditions`."""
    if encryption != "AES256":
        actual = f"encrypted with {encryption}" if encryption else "not encrypted"
        message = f"An object written with AES256 is {actual}."
        remedy = "Allow AES256 for this prefix: AWS cannot copy a dictionary encrypted with a KMS key."
        return Check(subject, "not ok", message, remedy, stops=True)
    if conditions != "kept":
        message = f"Conditional writes are {conditions} there."
        remedy = "Set `bucket` to a bucket of Amazon S3 itself: the lock needs conditional writes."
        return Check(subject, "not ok", message, remedy, stops=True)
    return ok(subject, "Writing, reading, encryption with AES256 and conditional writes work.")
