"""Each member that AWS returned."""

from __future__ import annotations

from dictionary_deploy.report.render import members


def test_every_member_is_shown_in_the_order_of_the_api() -> None:
    details = {
        "PackageID": "F1",
        "Added": True,
        "Nested": {"Käse": [1, None]},
        "PackageDescription": "",
    }
    assert list(members(details)) == [
        ("PackageID", "F1"),
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


def test_empty_and_malformed_error_details_are_shown_unchanged() -> None:
    shown = [*members({"ErrorDetails": {}}), *members({"ErrorDetails": "odd"})]
    assert shown == [("ErrorDetails", "{}"), ("ErrorDetails", "odd")]
