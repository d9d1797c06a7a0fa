from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.model import DomainPackage, IndexUse, Package, Result
from dictionary_deploy.report.actions import is_waiting, next_action, reload_notes_for
from dictionary_deploy.report.indices import MAX_ROWS, index_action, index_rows
from dictionary_deploy.report.wording import is_touched, mark
from tests.unit.situation import DICTIONARY

USE = IndexUse("search-prod", "shop", state="in effect")
PACKAGE = Package("F1", "product-synonyms", "AVAILABLE", "v2")
UPDATED = Result(
    replace(DICTIONARY, domains="associated"),
    "updated",
    "",
    package=PACKAGE,
    domains=(DomainPackage("search-prod", "ACTIVE", "v2"),),
)
REFRESH = (
    "Send `POST /_plugins/_refresh_search_analyzers/` for shop on search-prod, then clear the request cache"
)


def result(*uses: IndexUse, planned: bool = False) -> Result:
    return replace(UPDATED, indices=uses, planned=planned)


@pytest.mark.parametrize(
    ("use", "mark", "status"),
    [
        (USE, "✅", "in effect"),
        (replace(USE, state="reopen"), "⚠️", "not in effect: must be reopened"),
        (replace(USE, state="refresh"), "⚠️", "not in effect: its search analyzers are not refreshed"),
        (replace(USE, state="reindex"), "⚠️", "must be reindexed: documents keep their old tokens"),
        (replace(USE, state="unknown"), "", "unknown: no changed entry shows it"),
        (replace(USE, is_closed=True), "", "closed: loads the file when it is opened"),
        (replace(USE, refusal="Failed"), "❌", "cannot load the file: Failed"),
        (replace(USE, reopening="done"), "✅", "in effect: this run reopened it"),
        (replace(USE, state="unknown", reopening="done"), "✅", "in effect: this run reopened it"),
        (replace(USE, state="reopen", reopening="done"), "⚠️", "not in effect: must be reopened"),
        (replace(USE, is_closed=True, reopening="failed"), "❌", "closed by a run: searches on it fail"),
    ],
)
def test_row_has_the_state_of_the_index(use: IndexUse, mark: str, status: str) -> None:
    [row] = index_rows(result(use))

    assert (mark, "index", "search-prod/shop", status) == (row.mark, row.where, row.name, row.status)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("refresh", "the service will refresh it"),
        ("reopen", "must then be reopened"),
        ("reindex", "must then be reindexed"),
    ],
)
def test_row_of_a_plan_has_what_comes_after_the_merge(state: str, status: str) -> None:
    [row] = index_rows(result(replace(USE, state=state), planned=True))  # type: ignore[arg-type] # a parameter

    assert ("📝", status) == (row.mark, row.status)


def test_report_has_no_action_if_every_index_uses_the_version() -> None:
    assert "" == next_action(result(USE))
    assert not is_waiting(result(USE))
    assert () == reload_notes_for(result(USE))


def test_action_names_the_indices_by_what_they_need() -> None:
    uses = [
        replace(USE, state="reopen"),
        replace(USE, index="old", state="reindex"),
        replace(USE, index="new", state="reopen"),
        replace(USE, index="any", state="unknown"),
    ]

    action = "Reopen shop on search-prod, new on search-prod. Reindex old on search-prod."
    assert action == next_action(result(*uses))
    assert is_waiting(result(*uses))


def test_refresh_is_an_action_only_after_the_deploy() -> None:
    use = replace(USE, state="refresh")

    assert index_action(result(use)).startswith(REFRESH)
    assert "Merge to deploy it to search-prod." == next_action(result(use, planned=True))


def test_plan_names_the_indices_to_reopen() -> None:
    planned = result(replace(USE, state="reopen"), planned=True)

    assert "Merge to deploy it to search-prod. Then reopen shop on search-prod." == next_action(planned)


def test_plan_announces_that_the_deploy_closes_an_index() -> None:
    planned = result(replace(USE, state="reopen"), planned=True)
    reopened = replace(planned, dictionary=replace(planned.dictionary, apply="reopen"))

    assert "Merge to deploy it to search-prod." == next_action(reopened)
    [row] = index_rows(reopened)
    assert "the deploy will reopen it: searches fail while it is closed" == row.status


def test_index_that_was_reopened_needs_no_action() -> None:
    reopened = result(replace(USE, state="unknown", reopening="done"))

    assert "" == next_action(reopened)
    assert not is_waiting(reopened)


def test_refused_file_is_to_be_fixed() -> None:
    action = index_action(result(replace(USE, refusal="Failed to build synonyms")))

    assert action.startswith("Fix the file, or roll back: shop on search-prod cannot load it.")


def test_check_names_indices_that_do_not_use_an_unchanged_version() -> None:
    unchanged = replace(result(replace(USE, state="reopen")), outcome="unchanged")

    assert "Reopen shop on search-prod." == next_action(unchanged)
    assert is_waiting(unchanged)


def test_unchanged_version_that_search_does_not_use_is_shown() -> None:
    unchanged = replace(result(replace(USE, state="reopen")), outcome="unchanged")
    used = replace(result(USE), outcome="unchanged")

    assert ("⚠️", True) == (mark("check", unchanged), is_touched("check", unchanged))
    assert ("✅", False) == (mark("check", used), is_touched("check", used))


def test_domain_that_was_not_read_keeps_its_action() -> None:
    both = (*(UPDATED.domains or ()), DomainPackage("search-test", "ACTIVE", "v2"))
    action = next_action(replace(result(replace(USE, state="reopen")), domains=both))

    assert action.startswith("Reopen shop on search-prod. Reopen the indices on search-test")


def test_index_that_is_unknown_needs_no_action_of_its_own() -> None:
    unknown = result(replace(USE, state="unknown"))

    assert "Nothing, if only search analyzers with `updateable: true` use it." == next_action(unknown)


def test_many_indices_are_limited_with_problems_first() -> None:
    fine = [replace(USE, index=f"shop-{number}") for number in range(MAX_ROWS)]
    rows = index_rows(
        result(*fine, replace(USE, index="late", state="reopen"), replace(USE, refusal="Failed"))
    )

    assert ["❌", "⚠️", "✅"] == [row.mark for row in rows[:3]]
    assert (MAX_ROWS + 1, "2 more") == (len(rows), rows[-1].name)
