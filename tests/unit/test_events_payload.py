from __future__ import annotations

from typing import Any

import pytest

from dictionary_deploy.errors import EventError
from dictionary_deploy.events.payload import Payload


def test_member_is_found_by_its_path() -> None:
    assert Payload({"pull_request": {"number": 7}}).find("pull_request.number", int) == 7


@pytest.mark.parametrize("value", [{}, {"a": None}, {"a": {}}, {"a": {"b": None}}, None])
def test_member_of_a_missing_parent_is_none(value: Any) -> None:
    assert Payload(value).find("a.b", str) is None


@pytest.mark.parametrize("value", [[], "text", 1, {"a": "text"}, {"a": [1]}])
def test_parent_that_is_not_an_object_is_rejected(value: Any) -> None:
    with pytest.raises(EventError, match=r"The event's payload has no a.b: the parent of"):
        Payload(value).find("a.b", str)


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (7, str, "has 7 as a, which is not a string"),
        ("7", int, "has '7' as a, which is not a number"),
        (True, int, "has True as a, which is not a number"),
        (1, bool, "has 1 as a, which is not a boolean"),
    ],
)
def test_member_of_another_type_is_rejected(value: Any, kind: type[str], message: str) -> None:
    with pytest.raises(EventError, match=message):
        Payload({"a": value}).find("a", kind)


def test_long_value_is_shortened() -> None:
    with pytest.raises(EventError) as caught:
        Payload({"a": ["long"] * 1000}).find("a", str)

    assert len(caught.value.message) < 200


def test_missing_required_member_is_rejected() -> None:
    with pytest.raises(EventError, match=r"The event's payload has no a\.b\."):
        Payload({"a": {}}).need("a.b", str)


def test_required_member_may_be_false() -> None:
    assert Payload({"merged": False}).need("merged", bool) is False


def test_commit_is_returned() -> None:
    assert Payload({"sha": "a" * 40}).need_sha("sha") == "a" * 40


def test_invalid_commit_is_rejected() -> None:
    with pytest.raises(EventError, match="has 'main' as sha, which is not a commit"):
        Payload({"sha": "main"}).need_sha("sha")
