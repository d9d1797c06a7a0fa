"""Switches for behavior that AWS does not document; each default is the most likely behavior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Switches:
    """The behavior of the local AWS where AWS does not document its own."""

    copy_seconds: float = 1.0
    """Seconds that a package stays COPYING."""
    associate_seconds: float = 1.0
    """Seconds that a domain stays ASSOCIATING or DISSOCIATING."""
    validating: bool = False
    """True if a copied package is VALIDATING for another `copy_seconds` before it is AVAILABLE."""
    version_while_copying: Literal["old", "new"] = "old"
    """AvailablePackageVersion during a copy: the current version, or the one that is being copied."""
    update_while_copying: Literal["refuse", "queue"] = "refuse"
    """UpdatePackage during a copy: rejected with a ValidationException, or copied afterwards."""
    history_entry: Literal["copied", "call"] = "copied"
    """Time at which a version enters the history: once it is available, or at the call that creates it."""
    history_seconds: float = 0.0
    """Seconds from then until the entry is listed."""
    history_order: Literal["newest", "oldest"] = "newest"
    """The end of the history that is listed first."""
    failed_copy_in_history: bool = False
    """True if a version whose copy failed has an entry in the history."""
    identical_content: Literal["new-version", "same-version"] = "new-version"
    """Effect of a copy of the available content: a new version, or none."""
    unknown_package: Literal["validation", "not-found", "empty"] = "validation"
    """Response to an unknown PackageID: a ValidationException, a ResourceNotFoundException, or, from the
    operations that return lists, an empty list."""
    simultaneous_associations: Literal["allowed", "one-per-domain", "one-per-package"] = "allowed"
    """Associations that may be in progress at once; any other is a ConflictException."""
    change_is_conflict: bool = False
    """True if AssociatePackage on a domain in change is a ConflictException, else a ValidationException."""
    domain_quota: Literal["validation", "limit-exceeded"] = "validation"
    """Error for a package over a domain's quota: AssociatePackage declares no LimitExceededException."""
    associate_while_copying: Literal["old-version", "refuse"] = "old-version"
    """AssociatePackage during a copy: applies the available version, or is a ValidationException."""
    missing_read_right: Literal["copy", "call"] = "copy"
    """Failure if the caller cannot read the bucket: COPY_FAILED, or an AccessDeniedException."""
    wildcard_filters: bool = True
    """True if `*` and `?` are wildcards in the filters of DescribePackages."""
    page_size: int = 100
    """Maximum entries of a page, whatever MaxResults is."""
    supplied_packages: int = 3
    """Number of AWS's own packages, all named analysis-nori, that DescribePackages lists first."""
    conditional_writes: bool = True
    """True if the bucket accepts If-Match and If-None-Match on writes; otherwise 501 NotImplemented."""
    list_bucket: bool = True
    """True if the caller has s3:ListBucket; otherwise a missing key returns 403."""
    aes256: bool = True
    """True if the bucket accepts objects with AES256; otherwise its policy rejects them with 403."""

    def changed(self, values: Mapping[str, Any]) -> Switches:
        """Return these switches with changed values, from JSON or a command line.

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
