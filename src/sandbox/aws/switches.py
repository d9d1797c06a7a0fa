"""What AWS's documents leave open, as switches; each default is the likelier answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Switches:
    """How the local AWS behaves where AWS does not say how it does."""

    copy_seconds: float = 1.0
    """How long a package stays COPYING."""
    associate_seconds: float = 1.0
    """How long a domain stays ASSOCIATING or DISSOCIATING."""
    validating: bool = False
    """Whether a copied package is VALIDATING for another `copy_seconds` before it is AVAILABLE."""
    version_while_copying: Literal["old", "new"] = "old"
    """Which AvailablePackageVersion shows during a copy: the one that is, or the one that will be."""
    update_while_copying: Literal["refuse", "queue"] = "refuse"
    """Whether UpdatePackage during a copy is a ValidationException, or is copied after the one under way."""
    history_entry: Literal["copied", "call"] = "copied"
    """Whether a version enters the history when it is available, or at the call that makes it."""
    history_seconds: float = 0.0
    """How much later than that the entry shows."""
    history_order: Literal["newest", "oldest"] = "newest"
    """Which end of the history comes first."""
    failed_copy_in_history: bool = False
    """Whether a version whose copy failed has an entry in the history."""
    identical_content: Literal["new-version", "same-version"] = "new-version"
    """Whether a copy of the available content creates a version or changes nothing."""
    unknown_package: Literal["validation", "not-found", "empty"] = "validation"
    """What an unknown PackageID is: a ValidationException, a ResourceNotFoundException, or, to the
    operations that answer lists, an empty list."""
    simultaneous_associations: Literal["allowed", "one-per-domain", "one-per-package"] = "allowed"
    """Whether a domain takes a second package, or a package a second domain, while one is ASSOCIATING;
    otherwise a ConflictException."""
    change_is_conflict: bool = False
    """Whether AssociatePackage on a domain in change is a ConflictException or a ValidationException."""
    domain_quota: Literal["validation", "limit-exceeded"] = "validation"
    """What a package too many on a domain is: AssociatePackage declares no LimitExceededException."""
    associate_while_copying: Literal["old-version", "refuse"] = "old-version"
    """Whether AssociatePackage during a copy applies the available version, or is a ValidationException."""
    missing_read_right: Literal["copy", "call"] = "copy"
    """Where it shows that the caller may not read the bucket: COPY_FAILED, or an AccessDeniedException."""
    wildcard_filters: bool = True
    """Whether `*` and `?` stand for any characters in the filters of DescribePackages."""
    page_size: int = 100
    """How many entries a page has at most, whatever MaxResults asks for."""
    supplied_packages: int = 3
    """How many packages of AWS's own, all called analysis-nori, DescribePackages lists first."""
    conditional_writes: bool = True
    """Whether the bucket takes If-Match and If-None-Match on writes; otherwise 501 NotImplemented."""
    list_bucket: bool = True
    """Whether the caller has s3:ListBucket; without it a missing key answers 403."""
    aes256: bool = True
    """Whether the bucket takes objects under AES256; otherwise its policy refuses them with 403."""

    def changed(self, values: Mapping[str, Any]) -> Switches:
        """These switches with some set anew, from JSON values or their spelling on a command line.

        ValueError names a switch or value that does not exist.
        """
        types = get_type_hints(Switches)
        parsed: dict[str, Any] = {}
        for spelling, value in values.items():
            name = spelling.replace("-", "_")
            if name not in types:
                raise ValueError(f"There is no switch {spelling}. There are: {', '.join(types)}.")
            parsed[name] = _parse(name, types[name], str(value).lower())
        return replace(self, **parsed)


def _parse(name: str, kind: Any, value: str) -> Any:
    try:
        if kind is bool:
            return {"true": True, "false": False}[value]
        if kind in {int, float}:
            return kind(value)
    except (KeyError, ValueError):
        raise ValueError(f"{name} cannot be {value}: it is a {kind.__name__}.") from None
    if value not in get_args(kind):
        raise ValueError(f"{name} cannot be {value}: it is {' or '.join(get_args(kind))}.")
    return value
