"""Switches for behavior that AWS does not document; each default is the most likely behavior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Switches:
    """The behavior of the local AWS where AWS does not document its own."""

    copy_seconds: Annotated[float, "Seconds that a package stays COPYING."] = 1.0
    associate_seconds: Annotated[float, "Seconds that a domain stays ASSOCIATING or DISSOCIATING."] = 1.0
    validating: Annotated[
        bool, "True if a copied package is VALIDATING for another copy-seconds before it is AVAILABLE."
    ] = False
    version_while_copying: Annotated[
        Literal["old", "new"],
        "AvailablePackageVersion during a copy: the current version, or the one that is being copied.",
    ] = "old"
    update_while_copying: Annotated[
        Literal["refuse", "queue"],
        "UpdatePackage during a copy: rejected with a ValidationException, or copied afterwards.",
    ] = "refuse"
    history_entry: Annotated[
        Literal["copied", "call"],
        "Time at which a version enters the history: once it is available, or at the call that creates it.",
    ] = "copied"
    history_seconds: Annotated[float, "Seconds from that time until the entry is listed."] = 0.0
    history_order: Annotated[Literal["newest", "oldest"], "The end of the history that is listed first."] = (
        "newest"
    )
    failed_copy_in_history: Annotated[
        bool, "True if a version whose copy failed has an entry in the history."
    ] = False
    identical_content: Annotated[
        Literal["new-version", "same-version"],
        "Effect of a copy of the available content: a new version, or none.",
    ] = "new-version"
    unknown_package: Annotated[
        Literal["validation", "not-found", "empty"],
        "Response to an unknown PackageID: a ValidationException, a ResourceNotFoundException, or, from the"
        " operations that return lists, an empty list.",
    ] = "validation"
    simultaneous_associations: Annotated[
        Literal["allowed", "one-per-domain", "one-per-package"],
        "Associations that may be in progress at once; any other is a ConflictException.",
    ] = "allowed"
    change_is_conflict: Annotated[
        bool,
        "True if AssociatePackage on a domain in change is a ConflictException, else a ValidationException.",
    ] = False
    domain_quota: Annotated[
        Literal["validation", "limit-exceeded"],
        "Error for a package over a domain's quota. AssociatePackage declares no LimitExceededException.",
    ] = "validation"
    associate_while_copying: Annotated[
        Literal["old-version", "refuse"],
        "AssociatePackage during a copy: applies the available version, or is a ValidationException.",
    ] = "old-version"
    missing_read_right: Annotated[
        Literal["copy", "call"],
        "Failure if the caller cannot read the bucket: COPY_FAILED, or an AccessDeniedException.",
    ] = "copy"
    wildcard_filters: Annotated[
        bool, "True if `*` and `?` are wildcards in the filters of DescribePackages."
    ] = True
    page_size: Annotated[int, "Maximum entries of a page, even if MaxResults is larger."] = 100
    supplied_packages: Annotated[
        int, "Number of AWS's own packages, all named analysis-nori, that DescribePackages lists first."
    ] = 3
    conditional_writes: Annotated[
        bool,
        "True if the bucket accepts If-Match and If-None-Match on writes; otherwise 501 NotImplemented.",
    ] = True
    list_bucket: Annotated[
        bool, "True if the caller has s3:ListBucket; otherwise a missing key returns 403."
    ] = True
    aes256: Annotated[
        bool, "True if the bucket accepts objects with AES256; otherwise its policy rejects them with 403."
    ] = True

    def override(self, values: Mapping[str, Any]) -> Switches:
        """Return these switches with changed values, from JSON or a command line.

        ValueError names a switch or value that does not exist.
        """
        types = get_type_hints(Switches)
        parsed: dict[str, Any] = {}
        for spelling, value in values.items():
            name = spelling.replace("-", "_")
            if name not in types:
                names = ", ".join(each.replace("_", "-") for each in types)
                raise ValueError(f"There is no switch {spelling}. There are: {names}.")
            parsed[name] = _parse(spelling, types[name], str(value).lower())
        return replace(self, **parsed)


def switch_lines() -> list[tuple[str, str]]:
    """Return each switch as `name=VALUES`, its default first, and its meaning."""
    hints = get_type_hints(Switches, include_extras=True)
    lines = []
    for each in fields(Switches):
        kind, meaning = get_args(hints[each.name])
        default = str(each.default).lower()
        others = [value for value in _values(kind) if value != default]
        lines.append((f"{each.name.replace('_', '-')}={'|'.join([default, *others])}", meaning))
    return lines


def _values(kind: Any) -> tuple[str, ...]:
    """Return the possible values of a type; empty for numbers."""
    return ("true", "false") if kind is bool else get_args(kind)


def _parse(spelling: str, kind: Any, value: str) -> Any:
    if kind in {int, float}:
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"{spelling} cannot be {value!r}. Set it to a number.") from None
    if value not in _values(kind):
        raise ValueError(f"{spelling} cannot be {value!r}. Set it to {' or '.join(_values(kind))}.")
    return value == "true" if kind is bool else value
