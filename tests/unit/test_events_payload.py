from __future__ import annotations

from typing import Any

import pytest

from dictionary_deploy.errors import EventError
from dictionary_deploy.events.payload import Payload


def test_a_member_is_found_by_its_path() -> None:
    assert Payload({"pull_request": {"number": 7}}).find("pull_request.number", int) == 7


@pytest.mark.parametrize("value", [{}, {"a": None}, {"a": {}}, {"a": {"b": None}}, None])
def test_what_is_null_or_missing_on_the_way_is_none(value: Any) -> None:
    assert Payload(value).find("a.b", str) is None


@pytest.mark.parametrize("value", [[], "text", 1, {"a": "text"}, {"a": [1]}])
def test_what_should_hold_a_member_has_to_be_an_object(value: Any) -> None:
    with pytest.raises(EventError, match=r"The event's payload has no a.b, since what should hold"):
        Payload(value).find("a.b", str)


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (7, str, "says that a is 7, which is not a text"),
        ("7", int, "says that a is '7', which is not a number"),
        (True, int, "says that a is True, which is not a number"),
        (1, bool, "says that a is 1, which is not true or false"),
    ],
)
def test_a_member_of_another_type_is_refused(value: Any, kind: type[str], message: str) -> None:
    with pytest.raises(EventError, match=message):
        Payload({"a": value}).find("a", kind)


def test_a_long_value_is_shown_in_part() -> None:
    with pytest.raises(EventError) as caught:
        Payload({"a": ["long"] * 1000}).find("a", str)

    assert len(caught.value.message) < 200


def test_a_member_that_is_needed_and_missing_is_named() -> None:
    with pytest.raises(EventError, match=r"The event's payload has no a\.b\."):
        Payload({"a": {}}).need("a.b", str)


def test_a_member_that_is_needed_and_false_is_there() -> None:
    assert Payload({"merged": False}).need("merged", bool) is False


def test_a_commit_is_told_by_its_form() -> None:
    assert Payload({"sha": "a" * 40}).need_sha("sha") == "a" * 40


def test_what_is_no_commit_is_refused() -> None:
    with pytest.raises(EventError, match="says that sha is 'main', which is no commit"):
        Payload({"sha": "main"}).need_sha("sha")
