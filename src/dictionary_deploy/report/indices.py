"""The indices that use a package: their rows in the table, and the user's actions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dictionary_deploy.model import IndexState, IndexUse, Result
from dictionary_deploy.report.live_versions import ATTENTION, BAD, GOOD, PLANNED, VersionRow, first_names
from dictionary_deploy.report.markdown import Markdown

UNKNOWN = Markdown("")

WILL_REOPEN = "the deploy will reopen it: searches fail while it is closed"

MAX_ROWS = 50
"""Indices in the table. A pattern can match thousands."""


class _Texts(NamedTuple):
    """The texts for a state: the status in a plan, the status in other modes, and the user's action."""

    planned: str
    status: str
    action: str


_STATES: Mapping[IndexState, _Texts] = {
    "in effect": _Texts("", "in effect", ""),
    "refresh": _Texts(
        "the service will refresh it",
        "not in effect: its search analyzers are not refreshed",
        "Send `POST /_plugins/_refresh_search_analyzers/` for {}, then clear the request cache of each.",
    ),
    "reopen": _Texts("must then be reopened", "not in effect: must be reopened", "Reopen {}."),
    "reindex": _Texts(
        "must then be reindexed", "must be reindexed: documents keep their old tokens", "Reindex {}."
    ),
    "unknown": _Texts("", "unknown: no changed entry shows it", ""),
}


def index_rows(result: Result) -> tuple[VersionRow, ...]:
    """Return a row for each index that uses the package, those with a problem first."""
    rows = [_row(use, result) for use in result.indices]
    order = {BAD: 0, ATTENTION: 1}
    shown = sorted(rows, key=lambda row: order.get(row.mark, 2))[:MAX_ROWS]
    more = len(rows) - len(shown)
    last = [VersionRow(UNKNOWN, "index", f"{more} more", "", "not shown (limit reached)")] if more else []
    return (*shown, *last)


def _row(use: IndexUse, result: Result) -> VersionRow:
    name, texts = f"{use.domain}/{use.index}", _STATES[use.state]
    if use.refusal:
        return VersionRow(BAD, "index", name, "", f"cannot load the file: {use.refusal}")
    if use.is_closed and use.reopening == "failed":
        return VersionRow(BAD, "index", name, "", "closed by a run: searches on it fail")
    if use.is_closed:
        return VersionRow(UNKNOWN, "index", name, "", "closed: loads the file when it is opened")
    if result.planned:
        status = texts.planned if _is_left(use, result) else WILL_REOPEN
        return VersionRow(PLANNED, "index", name, "", status)
    marks = {"in effect": GOOD, "unknown": UNKNOWN}
    if use.reopening == "done" and use.state in marks:
        return VersionRow(GOOD, "index", name, "", "in effect: this run reopened it")
    return VersionRow(marks.get(use.state, ATTENTION), "index", name, "", texts.status)


def uses_version(use: IndexUse) -> bool:
    """Return True if searches on an index use the version: they show it, or this run reopened the index."""
    return use.state == "in effect" or (use.state == "unknown" and use.reopening == "done")


def index_action(result: Result) -> str:
    """Return the user's actions for the indices, in sentences; empty without any."""
    return " ".join(_actions(result))


def _is_left(use: IndexUse, result: Result) -> bool:
    """Return True if the deploy leaves the index to the user, or to the service."""
    return use.state != "reopen" or result.dictionary.apply != "reopen"


def _actions(result: Result) -> Iterator[str]:
    by_state: dict[IndexState, list[str]] = {}
    refused = []
    for use in result.indices:
        name = f"{use.index} on {use.domain}"
        if use.refusal:
            refused.append(name)
        elif not result.planned or (use.state != "refresh" and _is_left(use, result)):
            by_state.setdefault(use.state, []).append(name)
    if refused:
        yield (
            f"Fix the file, or roll back: {first_names(refused)} cannot load it. The next restart of a node"
            " or reopening would turn the index red."
        )
    for state, texts in _STATES.items():
        if texts.action and state in by_state:
            yield texts.action.format(first_names(by_state[state]))
