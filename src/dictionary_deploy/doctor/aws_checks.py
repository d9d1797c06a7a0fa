"""Check AWS for one environment of the configuration. Importing this module imports boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dictionary_deploy.aws.bucket_probe import BucketProbe
from dictionary_deploy.aws.clients import Clients, make_clients
from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.identity import Identity, who_am_i
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.decide import read_history
from dictionary_deploy.doctor.checks import (
    Check,
    degraded_check,
    domain_checks,
    failed_check,
    find_package,
    ok,
    owner_check,
    version_check,
    written_check,
)
from dictionary_deploy.doctor.iam import Where
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import (
    Config,
    Dictionary,
    DomainNames,
    DomainPackage,
    Owner,
    Package,
    Version,
    partition_of,
)
from dictionary_deploy.settings import Settings

ANY_ACCOUNT = "ACCOUNT"
"""Placeholder in policies for an unknown account."""


@dataclass(slots=True)
class AwsExamination:
    """The checks of one environment, with the permissions that the credentials have."""

    config: Config
    settings: Settings
    owner: Owner
    """This repository."""
    mask: Callable[[str], None]
    """Redacts a secret in all output."""
    identity: Identity | None = None
    _engines: dict[str, str] = field(default_factory=dict)
    _read_domains: set[str] = field(default_factory=set)
    """The domains whose engines were requested, with or without a response."""
    _names: DomainNames = "unknown"

    @property
    def region(self) -> str:
        return self.config.region or self.settings.region or ""

    @property
    def where(self) -> Where:
        """Account, Region and partition for the policies, with placeholders for unknown ones."""
        region = self.region or "*"
        if self.identity:
            return Where(self.identity.account, region, self.identity.partition)
        return Where(ANY_ACCOUNT, region, partition_of(region))

    def checks(self) -> Iterator[Check]:
        """Yield the checks in order. A failed one skips those that depend on it."""
        try:
            clients = make_clients(self.config.service, self.region, mask=self.mask)
        except AwsError as error:
            yield failed_check("Region and credentials", error)
            return
        source = "the configuration" if self.config.region else "the environment"
        yield ok("Region", f"{self.region}, from {source}.")
        try:
            self.identity = who_am_i(self.region, self.mask)
        except AwsError as error:
            yield failed_check("credentials", error)
            return
        yield ok("credentials", f"{self.identity.arn} in account {self.identity.account}.")
        yield from self._bucket(clients)
        yield from self._packages(clients)

    def _bucket(self, clients: Clients) -> Iterator[Check]:
        config = self.config
        subject = f"bucket {config.bucket}"
        probe = BucketProbe(clients.s3, config.bucket, config.prefix, config.expected_bucket_owner)
        try:
            region = probe.region()
        except AwsError as error:
            yield failed_check(subject, error)
            if error.reason != "access-denied":
                return
        else:
            if region and region != self.region:
                remedy = "Set `region` to the Region of the packages, and use a bucket in it."
                yield Check(
                    subject, "not ok", f"The bucket is in {region}, not in {self.region}.", remedy, stops=True
                )
                return
            yield ok(subject, f"The bucket exists{f' in {region}' if region else ''}.")
        yield from self._writes(probe)

    def _writes(self, probe: BucketProbe) -> Iterator[Check]:
        subject = f"s3://{probe.bucket}/{probe.prefix}/"
        try:
            etag = probe.write()
        except AwsError as error:
            yield failed_check(f"writing to {subject}", error)
            yield from self._reads(probe, subject)
            return
        try:
            conditions = probe.conditions(etag)
            yield written_check(f"writing to {subject}", probe.encryption(), conditions)
        except AwsError as error:
            yield failed_check(f"reading from {subject}", error)
        try:
            probe.remove()
        except AwsError:
            message = f"{probe.at.url} remains: these credentials cannot delete it. Deploys never delete."
            yield ok("scratch object", message)

    @staticmethod
    def _reads(probe: BucketProbe, subject: str) -> Iterator[Check]:
        """Yield the check of reading, for a role that only plans and checks."""
        try:
            probe.read_missing()
        except AwsError as error:
            yield failed_check(f"reading from {subject}", error)
        else:
            yield ok(f"reading from {subject}", "Reading works, which is enough for plans and checks.")

    def _packages(self, clients: Clients) -> Iterator[Check]:
        packages = AwsPackages(clients.reads, clients.writes)
        try:
            existing = packages.all()
        except AwsError as error:
            yield failed_check("packages", error)
            return
        config = self.config
        domains = AwsDomains(clients.reads, config.service)
        objects = AwsObjects(clients.s3, config.bucket, config.prefix, config.expected_bucket_owner)
        yield from self._known_domains(domains)
        feeds: dict[str, list[str]] = {}
        for dictionary in self.config.dictionaries:
            package, _ = find_package(dictionary, existing, ())
            feeds.setdefault(package.id if package else "", []).append(dictionary.file)
        for dictionary in self.config.dictionaries:
            package, _ = find_package(dictionary, existing, ())
            files = feeds[package.id] if package else []
            package, check = find_package(
                dictionary, existing, [file for file in files if file != dictionary.file]
            )
            yield check
            if package:
                yield from self._package(packages, domains, objects, dictionary, package)
            elif dictionary.create and isinstance(dictionary.domains, tuple):
                yield from domain_checks(
                    dictionary, Package("", dictionary.package, "", ""), (), self._names, {}
                )

    def _package(
        self,
        packages: AwsPackages,
        domains: AwsDomains,
        objects: AwsObjects,
        dictionary: Dictionary,
        package: Package,
    ) -> Iterator[Check]:
        try:
            versions = packages.history(package)
            yield version_check(dictionary, package, versions)
        except AwsError as error:
            yield failed_check(f"version of {dictionary.package}", error)
        else:
            yield from self._owner(objects, dictionary, package, versions)
        if dictionary.domains == "none":
            yield from domain_checks(dictionary, package, (), self._names, {})
            return
        try:
            associations = packages.domains(package)
        except AwsError as error:
            yield failed_check(f"domains of {dictionary.package}", error)
            return
        yield from self._known_engines(domains, associations)
        yield from domain_checks(dictionary, package, associations, self._names, self._engines)

    def _owner(
        self,
        objects: AwsObjects,
        dictionary: Dictionary,
        package: Package,
        versions: tuple[Version, ...],
    ) -> Iterator[Check]:
        """Yield the check of the owner of the last deployed commit, if any."""
        last_commit = read_history(package, versions, "").base
        if not last_commit:
            return
        try:
            stored = objects.head(objects.key(package.name, last_commit))
        except AwsError as error:
            yield failed_check(f"owner of {dictionary.package}", error, stops=False)
        else:
            yield owner_check(dictionary, self.owner, self.config.path, stored)

    def _known_domains(self, domains: AwsDomains) -> Iterator[Check]:
        """Read the names of all domains if the configuration lists some."""
        if not any(isinstance(dictionary.domains, tuple) for dictionary in self.config.dictionaries):
            return
        try:
            self._names = domains.names()
        except AwsError as error:
            yield degraded_check("domains", error, "Only a deploy can detect domains that do not exist.")

    def _known_engines(self, domains: AwsDomains, associations: tuple[DomainPackage, ...]) -> Iterator[Check]:
        unknown = sorted({each.domain for each in associations} - self._read_domains)
        if not unknown:
            return
        self._read_domains.update(unknown)
        try:
            self._engines |= domains.engines(unknown)
        except AwsError as error:
            yield degraded_check("engines", error, "Reports cannot show which domains reload dictionaries.")
