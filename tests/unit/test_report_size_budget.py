"""What does not fit is left out in whole parts, the least missed first."""

from __future__ import annotations

import pytest

from dictionary_deploy.report.size_budget import Budget, largest_fitting

MOST = Budget(entries=100, details=10, sections=10, rows=10, asides=10)


def render(budget: Budget) -> str:
    """Render so that the parts have lengths of their own: entries 1, details 50, sections 100, rows 30,
    asides 20.
    """
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
        (9_999, MOST),
        (2_107, MOST),
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
def test_parts_are_given_up_in_order_and_no_more_than_needed(limit: int, kept: Budget) -> None:
    assert largest_fitting(render, lambda shown: len(shown) <= limit, MOST) == render(kept)


def test_nothing_is_returned_when_not_even_the_least_fits() -> None:
    assert largest_fitting(render, lambda shown: len(shown) <= 6, MOST) is None


def test_an_empty_budget_cannot_be_cut() -> None:
    assert largest_fitting(lambda _: "long", lambda shown: len(shown) <= 3, Budget(0, 0, 0, 0, 0)) is None
