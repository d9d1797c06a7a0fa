"""The package operations of one account and Region, without HTTP.

Parameters and answers have the members of the service models; every operation first brings packages
and associations up to the clock. Limits and messages are those of the Developer Guide ("Amazon
OpenSearch Service quotas") and of what users report; the rest of the wording is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.aws.association import Association
from sandbox.aws.errors import IN_CHANGE, ServiceError, conflict, validation
from sandbox.aws.failures import Failures
from sandbox.aws.listing import asks_for_unknown_package, matches, page
from sandbox.aws.package import Package, ReadObject, Version
from sandbox.aws.switches import Switches

PACKAGES_PER_REGION = 25
PACKAGES_PER_DOMAIN = 20

Parameters = Mapping[str, Any]


class Packages:
    """The state that `es` and `opensearch` share. Not thread-safe: the caller serializes access.

    `switches` is read at each use, so a change takes effect at once.
    """

    def __init__(
        self,
        *,
        account: str,
        clock: Callable[[], float],
        switches: Callable[[], Switches],
        failures: Failures,
        read_object: ReadObject,
        has_domain: Callable[[str], bool],
        ids: Iterator[int],
    ) -> None:
        self._account = account
        self._clock = clock
        self._switches = switches
        self._failures = failures
        self._read_object = read_object
        self._has_domain = has_domain
        self._ids = ids
        self.packages: dict[str, Package] = {}
        self._associations: dict[tuple[str, str], Association] = {}

    def settle(self) -> None:
        """Take every step that is due."""
        now, switches = self._clock(), self._switches()
        for package in list(self.packages.values()):
            package.settle(now, switches, self._read_object)
            if package.deleted_at <= now:
                del self.packages[package.id]
        for place, association in list(self._associations.items()):
            association.settle(now)
            if association.status == "GONE":
                del self._associations[place]

    def active_on(self, domain: str) -> Iterator[tuple[str, Version]]:
        """The ID and the active version of each package on a domain."""
        for (_, name), association in self._associations.items():
            if name == domain and association.version:
                yield association.package.id, association.version

    def create_package(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        name = parameters["PackageName"]
        if parameters["PackageType"] != "TXT-DICTIONARY":
            raise ServiceError("InvalidTypeException", "Only TXT-DICTIONARY packages can be made here.")
        if any(package.name == name for package in self.packages.values()):
            raise ServiceError("ResourceAlreadyExistsException", f"Package {name} already exists")
        if len(self.packages) >= PACKAGES_PER_REGION:
            raise ServiceError(
                "LimitExceededException", f"You can have at most {PACKAGES_PER_REGION} packages"
            )
        package = Package(f"F{next(self._ids)}", name, self._account, self._clock())
        self._begin(package, parameters)
        self.packages[package.id] = package
        return {"PackageDetails": package.details}

    def update_package(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        package = self._find(parameters["PackageID"])
        if package.status == "DELETING" or (
            package.is_under_way and self._switches().update_while_copying == "refuse"
        ):
            raise validation(IN_CHANGE)
        self._begin(package, parameters)
        return {"PackageDetails": package.details}

    def describe_packages(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        filters = parameters.get("Filters") or []
        listed = [*self._supplied_packages(), *(package.details for package in self.packages.values())]
        if self._switches().unknown_package != "empty" and asks_for_unknown_package(listed, filters):
            raise self._unknown_package()
        wildcards = self._switches().wildcard_filters
        return page(
            [details for details in listed if matches(details, filters, wildcards=wildcards)],
            parameters,
            self._switches().page_size,
            "PackageDetailsList",
        )

    def get_package_version_history(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        package = self._look_up(parameters["PackageID"])
        history = package.history(self._clock(), self._switches()) if package else []
        answer = page(history, parameters, self._switches().page_size, "PackageVersionHistoryList")
        return {"PackageID": parameters["PackageID"], **answer}

    def delete_package(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        package = self._find(parameters["PackageID"])
        if any(package_id == package.id for package_id, _ in self._associations):
            raise conflict("Package is associated to a domain. Dissociate it first.")
        package.delete(self._clock(), self._switches())
        return {"PackageDetails": package.details}

    def associate_package(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        package, domain = self._find(parameters["PackageID"]), self._domain(parameters)
        association = self._associations.get((package.id, domain)) or Association(package, domain)
        target = self._target(package, association)
        fault = self._failures.take_association(package.name, package.id, domain)
        association.associate(target, self._clock(), self._switches().associate_seconds, fault)
        self._associations[package.id, domain] = association
        return {"DomainPackageDetails": association.details}

    def dissociate_package(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        package, domain = self._find(parameters["PackageID"]), self._domain(parameters)
        association = self._associations.get((package.id, domain))
        if association is None:
            raise validation("Package is not associated to this domain")
        association.dissociate(self._clock(), self._switches().associate_seconds)
        return {"DomainPackageDetails": association.details}

    def list_domains_for_package(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        package = self._look_up(parameters["PackageID"])
        return self._associations_page(parameters, lambda one: one.package is package)

    def list_packages_for_domain(self, parameters: Parameters) -> dict[str, Any]:
        self.settle()
        domain = self._domain(parameters, takes_packages=False)
        return self._associations_page(parameters, lambda one: one.domain == domain)

    def _begin(self, package: Package, parameters: Parameters) -> None:
        source = parameters["PackageSource"]
        if not (source.get("S3BucketName") and source.get("S3Key")):
            raise validation("PackageSource needs S3BucketName and S3Key")
        bucket = source["S3BucketName"]
        denied = bucket in self._failures.unreadable_buckets
        if denied and self._switches().missing_read_right == "call":
            raise ServiceError("AccessDeniedException", f"Access to the S3 bucket {bucket} is denied")
        package.description = parameters.get("PackageDescription", package.description)
        fault = self._failures.take_copy(package.name, package.id)
        message = parameters.get("CommitMessage")
        package.begin(bucket, source["S3Key"], message, self._clock(), self._switches(), fault)

    def _target(self, package: Package, association: Association) -> Version:
        """Return the version that an association would apply; raise AWS's error if it is rejected."""
        switches, domain = self._switches(), association.domain
        on_domain = [one for one in self._associations.values() if one.domain == domain]
        if package.available is None or package.status == "DELETING":
            raise validation(f"Package has no version to associate: it is {package.status}")
        if package.is_under_way and switches.associate_while_copying == "refuse":
            raise validation(IN_CHANGE)
        if association not in on_domain and len(on_domain) >= PACKAGES_PER_DOMAIN:
            raise self._too_many_on_a_domain()
        self._refuse_second_change(package, association)
        of_package = [one for one in self._associations.values() if one.package is package]
        rivals = {"allowed": [], "one-per-domain": on_domain, "one-per-package": of_package}
        if any(one.status == "ASSOCIATING" for one in rivals[switches.simultaneous_associations]):
            raise conflict(IN_CHANGE)
        return package.available

    def _too_many_on_a_domain(self) -> ServiceError:
        message = f"You have reached the limit of {PACKAGES_PER_DOMAIN} packages per domain"
        is_limit = self._switches().domain_quota == "limit-exceeded"
        return ServiceError("LimitExceededException", message) if is_limit else validation(message)

    def _refuse_second_change(self, package: Package, association: Association) -> None:
        """Reject a version that is already active, and a change before an earlier one has ended."""
        coming = association.target if association.status == "ASSOCIATING" else association.version
        settled = association.status == "ACTIVE" and not package.is_under_way
        if coming is package.available and (settled or association.status == "ASSOCIATING"):
            raise conflict("Package is already in desired state")
        if association.status in {"ASSOCIATING", "DISSOCIATING"}:
            raise conflict(IN_CHANGE)

    def _associations_page(
        self, parameters: Parameters, wanted: Callable[[Association], bool]
    ) -> dict[str, Any]:
        listed = [one.details for one in self._associations.values() if wanted(one)]
        return page(listed, parameters, self._switches().page_size, "DomainPackageDetailsList")

    def _find(self, package_id: str) -> Package:
        try:
            return self.packages[package_id]
        except KeyError:
            raise self._unknown_package() from None

    def _look_up(self, package_id: str) -> Package | None:
        """Like `_find`, for operations that may return an empty list."""
        lenient = self._switches().unknown_package == "empty"
        return self.packages.get(package_id) if lenient else self._find(package_id)

    def _unknown_package(self) -> ServiceError:
        if self._switches().unknown_package == "validation":
            return validation("Package not found")
        return ServiceError("ResourceNotFoundException", "Package not found")

    def _domain(self, parameters: Parameters, *, takes_packages: bool = True) -> str:
        domain: str = parameters["DomainName"]
        if not self._has_domain(domain):
            raise ServiceError("ResourceNotFoundException", f"Domain not found: {domain}")
        if takes_packages and self._failures.is_changing(domain):
            raise (conflict if self._switches().change_is_conflict else validation)(IN_CHANGE)
        return domain

    def _supplied_packages(self) -> Iterator[dict[str, Any]]:
        for number in range(1, self._switches().supplied_packages + 1):
            plugin = Package(f"G{number}", "analysis-nori", "AWS", created_at=0.0, status="AVAILABLE")
            yield {**plugin.details, "PackageType": "ZIP-PLUGIN"}
