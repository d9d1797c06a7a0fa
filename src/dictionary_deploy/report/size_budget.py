"""Shorten a report to its maximum size."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Budget:
    """The number of parts of each type to show, the least important type first."""

    entries: int
    """Changed entries, and problems, of each dictionary."""
    details: int
    """Tables of PackageDetails, counted from the first section."""
    sections: int
    """Sections, one for each dictionary."""
    rows: int
    """Rows of the overview, one for each dictionary."""
    asides: int
    """Notes, names of unchanged dictionaries, faults of the configuration."""


def largest_fitting(
    render: Callable[[Budget], str], fits: Callable[[str], bool], maximum: Budget
) -> str | None:
    """Return the longest rendering that fits; None if even the one for an empty budget does not.

    Parts are removed in the order of `Budget`'s fields, each down to zero before the next. This assumes
    that a larger budget renders longer. The notes on removed parts make that slightly wrong: a few parts
    fewer than possible may be shown, never more.
    """
    budget = maximum
    shown = render(budget)
    for part in fields(Budget):
        if fits(shown):
            return shown
        budget = _trim(budget, part.name, lambda smaller: fits(render(smaller)))
        shown = render(budget)
    return shown if fits(shown) else None


def _trim(budget: Budget, part: str, fits: Callable[[Budget], bool]) -> Budget:
    """Return `budget` with the largest smaller number of `part` that fits, or with zero."""

    def is_too_long(count: int) -> bool:
        return not fits(replace(budget, **{part: count}))

    first_too_long = bisect_left(range(getattr(budget, part)), x=True, key=is_too_long)
    return replace(budget, **{part: max(0, first_too_long - 1)})
