"""Each fuzzer finds a planted bug, and passes without one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.config import parse_all
from dictionary_deploy.dictionaries import validate
from dictionary_deploy.events.decide import decide
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.report.render import render_comment
from tests.fuzz import targets
from tests.fuzz.__main__ import ENVIRON, fuzz
from tests.fuzz.targets import Target

SEED = 7


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", os.environ.get("AWS_ENDPOINT_URL", ""))


def anchors_crash(data: bytes, path: str) -> object:
    """A parser that raises on `&`."""
    if b"&" in data:
        raise KeyError("&")
    return parse_all(data, path)


def forks_are_deployed(*given: Any) -> Trigger:
    """A decision that trusts every workflow run as one of the branch."""
    trigger = decide(*given)
    return replace(trigger, nothing="") if "another repository" in trigger.nothing else trigger


def lines_are_counted_from_0(*given: Any) -> Any:
    """Rules that name the line before."""
    problems, text = validate(*given)
    return tuple(replace(each, line=each.line - 1) for each in problems), text


def nothing_is_expected(call: Callable[[], Any]) -> Any:
    """A caller that reports every error as a bug."""
    try:
        return call()
    except Exception as error:
        raise AssertionError from error


def ampersands_are_markdown(report: Any, marker: str) -> str:
    """A template that does not escape."""
    return render_comment(report, marker).replace("&#42;", "*").replace("&#60;", "<")


@pytest.mark.slow
@pytest.mark.parametrize(
    "planted",
    [
        lambda: targets.configuration(anchors_crash),
        lambda: targets.event(forks_are_deployed),
        lambda: targets.dictionaries(lines_are_counted_from_0),
        lambda: targets.aws(nothing_is_expected),
        lambda: targets.github(nothing_is_expected),
        lambda: targets.report(ampersands_are_markdown),
    ],
    ids=[*targets.TARGETS],
)
def test_planted_bug_is_found(planted: Callable[[], Target]) -> None:
    target = planted()

    with pytest.raises((AssertionError, KeyError, BaseExceptionGroup)):
        fuzz(target, 60, SEED, shrink=False)
