"""Parts that do not fit are removed whole, the least important first."""

from __future__ import annotations

import pytest

from dictionary_deploy.report.size_budget import Budget, largest_fitting

MAX = Budget(entries=100, details=10, sections=10, rows=10, asides=10)


def render(budget: Budget) -> str:
    """Render an entry as 1 character, details as 50, a section as 100, a row as 30 and an aside as 20."""
    return (
        "e" * budget.entries
        + "d" * 50 * min(budget.details, budget.sections)
        + "s" * 100 * budget.sections
        + "r" * 30 * budget.rows
        + "a" * 20 * budget.asides
        + "heading"
    )


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        (9_999, MAX),
        (2_107, MAX),
        (2_106, Budget(99, 10, 10, 10, 10)),
        (2_008, Budget(1, 10, 10, 10, 10)),
        (2_007, Budget(0, 10, 10, 10, 10)),
        (2_006, Budget(0, 9, 10, 10, 10)),
        (1_507, Budget(0, 0, 10, 10, 10)),
        (1_506, Budget(0, 0, 9, 10, 10)),
        (507, Budget(0, 0, 0, 10, 10)),
        (506, Budget(0, 0, 0, 9, 10)),
        (207, Budget(0, 0, 0, 0, 10)),
        (206, Budget(0, 0, 0, 0, 9)),
        (7, Budget(0, 0, 0, 0, 0)),
    ],
)
def test_parts_are_removed_in_order_until_the_rest_fits(limit: int, kept: Budget) -> None:
    assert largest_fitting(render, lambda shown: len(shown) <= limit, MAX) == render(kept)


def test_none_is_returned_if_the_empty_budget_is_too_long() -> None:
    assert largest_fitting(render, lambda shown: len(shown) <= 6, MAX) is None


def test_empty_budget_cannot_be_cut() -> None:
    assert largest_fitting(lambda _: "long", lambda shown: len(shown) <= 3, Budget(0, 0, 0, 0, 0)) is None
