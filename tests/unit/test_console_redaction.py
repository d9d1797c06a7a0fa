"""Secrets are hidden in every form in which they may turn up, and where they were cut off."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.console.redaction import Redactor, secrets_of
from dictionary_deploy.report.markdown import code, fence, text

SECRET = 'wJalr"XUtnFEMI/K7MDENG+bPxRfi`CY@EX|AMPLE=KEY'


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.add(SECRET)
    return redactor


def test_what_was_added_is_known(redactor: Redactor) -> None:
    assert (True, False) == (SECRET in redactor, SECRET[:-1] in redactor)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        SECRET[:20],
    ],
)
def test_a_secret_is_hidden_in_each_form(redactor: Redactor, form: str) -> None:
    assert "a *** b" == redactor.hide(f"a {form} b").replace("***=", "***")  # base64 may be padded
    assert "a *** b" == redactor.hide_in_markdown(f"a {form} b").replace("***=", "***")


@pytest.mark.parametrize("made", [str, text, code, fence])
@pytest.mark.parametrize("length", [len(SECRET), 24, 16])
def test_a_secret_is_hidden_in_markdown(redactor: Redactor, made: type[str], length: int) -> None:
    hidden = redactor.hide_in_markdown(made(f"x {SECRET[:length]}, y {SECRET[:length]}"))

    assert (2, False) == (hidden.count("***"), "wJal" in hidden or SECRET[8:16] in hidden)
    assert ("x" in hidden, "y" in hidden) == (True, True)


def test_markdown_without_a_secret_stays_as_it_is(redactor: Redactor) -> None:
    assert "a <span>&#64;</span>b" == redactor.hide_in_markdown("a <span>&#64;</span>b")


def test_each_line_of_a_secret_is_hidden() -> None:
    redactor = Redactor()
    redactor.add("first line of it\nsecond line of it\nend")
    assert "*** / *** / end" == redactor.hide("second line of it / first line of it / end")


def test_a_secret_within_another_leaves_nothing_of_the_longer_one() -> None:
    redactor = Redactor()
    redactor.add("token-of")
    redactor.add("token-of-ada")
    assert "a *** b ***" == redactor.hide("a token-of-ada b token-of")


@given(st.text(min_size=8), st.integers(min_value=16), st.text(max_size=9), st.text(max_size=9))
def test_whatever_a_secret_is_it_is_hidden_where_the_report_escapes_it(
    secret: str, length: int, before: str, after: str
) -> None:
    redactor = Redactor()
    redactor.add(secret)
    shown = f"{before}{secret[:length]}{after}"

    assert secret not in redactor.hide(shown)
    assert secret not in redactor.hide_in_markdown(fence(shown)).replace("***", "")


def test_the_variables_that_hold_secrets_are_known_by_their_names() -> None:
    environ = {
        "AWS_ACCESS_KEY_ID": "1",
        "AWS_SECRET_ACCESS_KEY": "2",
        "AWS_SESSION_TOKEN": "3",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "4",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "5",
        "ACTIONS_RUNTIME_TOKEN": "6",
        "GITHUB_TOKEN": "7",
        "DB_PASSWORD": "8",
        "CLIENT_SECRET": "9",
        "EMPTY_TOKEN": "",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://example.com",
        "AWS_REGION": "eu-west-1",
        "TOKENS": "many",
    }
    assert [*"123456789"] == secrets_of(environ)
