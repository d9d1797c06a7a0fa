"""How much of a report is shown, when not all of it fits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Budget:
    """How many of a thing are shown, always whole ones; what is least missed comes first."""

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


def largest_fitting(render: Callable[[Budget], str], fits: Callable[[str], bool], most: Budget) -> str | None:
    """Return the longest rendering that fits, or None when not even an empty budget's does.

    The parts are given up in the order they have in `Budget`, each down to nothing before the next.
    A larger budget is taken to render longer. The notices of what is left out bend that a little: then
    a few less may be shown than would fit, never more.
    """
    budget = most
    shown = render(budget)
    for part in fields(Budget):
        if fits(shown):
            return shown
        budget = _trimmed(budget, part.name, lambda smaller: fits(render(smaller)))
        shown = render(budget)
    return shown if fits(shown) else None


def _trimmed(budget: Budget, part: str, is_fitting: Callable[[Budget], bool]) -> Budget:
    """Return `budget` with the largest smaller number of `part` that fits, or with none of it."""

    def is_too_long(count: int) -> bool:
        return not is_fitting(replace(budget, **{part: count}))

    first_too_long = bisect_left(range(getattr(budget, part)), x=True, key=is_too_long)
    return replace(budget, **{part: max(0, first_too_long - 1)})
