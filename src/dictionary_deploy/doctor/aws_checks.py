"""What doctor asks AWS about one environment of the configuration. Importing this imports boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dictionary_deploy.aws.bucket_probe import BucketProbe
from dictionary_deploy.aws.clients import Clients, make_clients
from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.identity import Identity, who_am_i
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.doctor.checks import (
    Check,
    denied,
    domain_checks,
    find_package,
    missed,
    ok,
    version_check,
    written_check,
)
from dictionary_deploy.doctor.iam import Where, partition_of
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import Config, Dictionary, DomainNames, DomainPackage, Package
from dictionary_deploy.settings import Settings

ANY_ACCOUNT = "ACCOUNT"
"""Stands in a policy where AWS does not say who the caller is."""


@dataclass(slots=True)
class AwsExamination:
    """The examination of one environment, with whatever permissions there are."""

    config: Config
    settings: Settings
    mask: Callable[[str], None]
    """Hides what it is given in all that is said."""
    identity: Identity | None = None
    _engines: dict[str, str] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    """The domains whose engines were asked for, with or without an answer."""
    _names: DomainNames = "unknown"

    @property
    def region(self) -> str:
        return self.config.region or self.settings.region or ""

    @property
    def where(self) -> Where:
        """What the policies are for, as far as it is known."""
        region = self.region or "*"
        if self.identity:
            return Where(self.identity.account, region, self.identity.partition)
        return Where(ANY_ACCOUNT, region, partition_of(region))

    def checks(self) -> Iterator[Check]:
        """One after the other; what nobody may ask is left out, and what was not answered is said."""
        try:
            clients = make_clients(self.config.service, self.region, mask=self.mask)
        except AwsError as error:
            yield missed("Region and credentials", error)
            return
        source = "the configuration" if self.config.region else "the environment"
        yield ok("Region", f"{self.region}, from {source}.")
        try:
            self.identity = who_am_i(self.region, self.mask)
        except AwsError as error:
            yield missed("credentials", error)
            return
        yield ok("credentials", f"{self.identity.arn} in the account {self.identity.account}.")
        yield from self._bucket(clients)
        yield from self._packages(clients)

    def _bucket(self, clients: Clients) -> Iterator[Check]:
        config = self.config
        subject = f"bucket {config.bucket}"
        probe = BucketProbe(clients.s3, config.bucket, config.prefix, config.expected_bucket_owner)
        try:
            region = probe.region()
        except AwsError as error:
            yield missed(subject, error)
            if error.reason != "access-denied":
                return
        else:
            if region and region != self.region:
                remedy = "Set `region` to the Region of the packages, and use a bucket there."
                yield Check(subject, "not ok", f"It is in {region}.", remedy, stops=True)
                return
            yield ok(subject, f"It is there{f', in {region}' if region else ''}.")
        yield from self._writes(probe)

    def _writes(self, probe: BucketProbe) -> Iterator[Check]:
        subject = f"s3://{probe.bucket}/{probe.prefix}/"
        try:
            etag = probe.write()
        except AwsError as error:
            yield missed(f"writing to {subject}", error)
            yield from self._reads(probe, subject)
            return
        try:
            conditions = probe.conditions(etag)
            yield written_check(f"writing to {subject}", probe.encryption(), conditions)
        except AwsError as error:
            yield missed(f"reading from {subject}", error)
        try:
            probe.remove()
        except AwsError:
            said = (
                f"{probe.at.url} stays: it may not be deleted with these credentials, which no deploy needs."
            )
            yield ok("scratch object", said)

    @staticmethod
    def _reads(probe: BucketProbe, subject: str) -> Iterator[Check]:
        """For a role that plans and checks."""
        try:
            probe.read_missing()
        except AwsError as error:
            yield missed(f"reading from {subject}", error)
        else:
            yield ok(f"reading from {subject}", "Reading works: enough for plans and checks.")

    def _packages(self, clients: Clients) -> Iterator[Check]:
        packages = AwsPackages(clients.reads, clients.writes)
        try:
            there = packages.all()
        except AwsError as error:
            yield missed("packages", error)
            return
        domains = AwsDomains(clients.reads, self.config.service)
        yield from self._known_domains(domains)
        feeds: dict[str, list[str]] = {}
        for dictionary in self.config.dictionaries:
            package, _ = find_package(dictionary, there, ())
            feeds.setdefault(package.id if package else "", []).append(dictionary.file)
        for dictionary in self.config.dictionaries:
            package, _ = find_package(dictionary, there, ())
            files = feeds[package.id] if package else []
            package, check = find_package(
                dictionary, there, [file for file in files if file != dictionary.file]
            )
            yield check
            if package:
                yield from self._package(packages, domains, dictionary, package)
            elif dictionary.create and isinstance(dictionary.domains, tuple):
                yield from domain_checks(
                    dictionary, Package("", dictionary.package, "", ""), (), self._names, {}
                )

    def _package(
        self, packages: AwsPackages, domains: AwsDomains, dictionary: Dictionary, package: Package
    ) -> Iterator[Check]:
        try:
            yield version_check(dictionary, package, packages.history(package))
        except AwsError as error:
            yield missed(f"version of {dictionary.package}", error)
        if dictionary.domains == "none":
            yield from domain_checks(dictionary, package, (), self._names, {})
            return
        try:
            associations = packages.domains(package)
        except AwsError as error:
            yield missed(f"domains of {dictionary.package}", error)
            return
        yield from self._known_engines(domains, associations)
        yield from domain_checks(dictionary, package, associations, self._names, self._engines)

    def _known_domains(self, domains: AwsDomains) -> Iterator[Check]:
        """Ask which domains there are, when the configuration names some."""
        if not any(isinstance(dictionary.domains, tuple) for dictionary in self.config.dictionaries):
            return
        try:
            self._names = domains.names()
        except AwsError as error:
            yield denied(
                "domains", error, "A domain that does not exist will be noticed only when a deploy is at it."
            )

    def _known_engines(self, domains: AwsDomains, associations: tuple[DomainPackage, ...]) -> Iterator[Check]:
        unknown = sorted({each.domain for each in associations} - self._asked)
        if not unknown:
            return
        self._asked.update(unknown)
        try:
            self._engines |= domains.engines(unknown)
        except AwsError as error:
            yield denied("engines", error, "Reports cannot say which domains reload by themselves.")
