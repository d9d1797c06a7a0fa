"""What AWS returned, member by member."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from dictionary_deploy.report.details import iso, members

AT = datetime(2026, 7, 10, 14, 0, 5, tzinfo=timezone(timedelta(hours=2)))


def test_times_are_iso_8601_in_utc() -> None:
    assert iso(AT) == "2026-07-10T12:00:05+00:00"


def test_what_json_has_no_form_for_is_shown_as_text() -> None:
    assert json.dumps({"a": b"x"}, default=iso) == '{"a": "b\'x\'"}'


def test_every_member_is_shown_in_the_order_of_the_api() -> None:
    details = {
        "PackageID": "F1",
        "CreatedAt": datetime(2026, 1, 2, tzinfo=UTC),
        "Added": True,
        "Nested": {"Käse": [1, None]},
        "PackageDescription": "",
    }
    assert list(members(details)) == [
        ("PackageID", "F1"),
        ("CreatedAt", "2026-01-02T00:00:00+00:00"),
        ("Added", "true"),
        ("Nested", '{"Käse": [1, null]}'),
        ("PackageDescription", ""),
    ]


def test_error_details_are_shown_member_by_member() -> None:
    details = {"ErrorDetails": {"ErrorType": "", "ErrorMessage": "not UTF-8"}}
    assert list(members(details)) == [
        ("ErrorDetails.ErrorType", ""),
        ("ErrorDetails.ErrorMessage", "not UTF-8"),
    ]


def test_error_details_that_are_empty_or_no_structure_are_shown_as_they_are() -> None:
    shown = [*members({"ErrorDetails": {}}), *members({"ErrorDetails": "odd"})]
    assert shown == [("ErrorDetails", "{}"), ("ErrorDetails", "odd")]
