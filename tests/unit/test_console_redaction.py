"""Secrets are hidden in every form in which they may turn up, and where they were cut off."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
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


def test_added_secret_is_contained(redactor: Redactor) -> None:
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
def test_secret_is_redacted_in_each_form(redactor: Redactor, form: str) -> None:
    assert "a *** b" == redactor.redact(f"a {form} b").replace("***=", "***")  # base64 may be padded
    assert "a *** b" == redactor.redact_markdown(f"a {form} b").replace("***=", "***")


@pytest.mark.parametrize("before", ["", "u", "u:", "u:p", "user:"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_secret_is_redacted_at_each_offset_of_base64(
    redactor: Redactor, before: str, after: str, encode: Callable[[bytes], bytes]
) -> None:
    encoded = encode(f"{before}{SECRET}{after}".encode()).decode()

    hidden = redactor.redact(encoded)

    left, _, right = hidden.partition("***")
    assert len(left) <= 2 + 4 * len(before) // 3, hidden
    assert len(right) <= 6 + 4 * len(after) // 3, hidden
    assert hidden == redactor.redact_markdown(encoded)


@pytest.mark.parametrize("dumps", [json.dumps, partial(json.dumps, ensure_ascii=False)])
def test_secret_with_escaped_slashes_is_redacted(dumps: Callable[[str], str]) -> None:
    redactor = Redactor()
    redactor.add("pässword/of/ada")
    assert '{"a": "***"}' == redactor.redact(f'{{"a": {dumps("pässword/of/ada")}}}')
    assert '"***"' == redactor.redact(dumps("pässword/of/ada").replace("/", "\\/"))


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("AWS_ENDPOINT_URL", "https://ada:hush@localhost:4566/x", ["hush"]),
        ("AWS_ENDPOINT_URL_S3", "https://ada:p%40ss@localhost", ["p%40ss", "p@ss"]),
        ("GITHUB_API_URL", "https://ada:a@b@localhost/api/v3", ["a@b"]),
        ("https_proxy", "ada:hush@proxy:3128", ["hush"]),
        ("HTTP_PROXY", "http://proxy:3128", []),
        ("AWS_ENDPOINT_URL", "https://ada:p/a?s#s@localhost/x", ["p/a?s#s"]),
        ("AWS_ENDPOINT_URL", "https://localhost:4566/a@b", []),
        ("PIP_INDEX_URL", "https://long-token-of-ada@pypi.example/simple", ["long-token-of-ada"]),
        ("GIT_REMOTE", "ssh://git@github.com/a/b", []),
        ("ANY", "x https://ada:hush@a y https://bob:quiet@b", ["hush", "quiet"]),
        ("EMAIL", "ada.lovelace@example.com", []),
        ("GITHUB_SERVER_URL", "https://github.com/@ada:x@y", []),
    ],
)
def test_passwords_in_urls_are_secrets(name: str, value: str, found: list[str]) -> None:
    assert found == secrets_of({name: value})


@pytest.mark.parametrize("made", [str, text, code, fence])
@pytest.mark.parametrize("length", [len(SECRET), 24, 16])
def test_secret_is_redacted_in_markdown(redactor: Redactor, made: type[str], length: int) -> None:
    hidden = redactor.redact_markdown(made(f"x {SECRET[:length]}, y {SECRET[:length]}"))

    assert (2, False) == (hidden.count("***"), "wJal" in hidden or SECRET[8:16] in hidden)
    assert ("x" in hidden, "y" in hidden) == (True, True)


def test_markdown_without_a_secret_is_unchanged(redactor: Redactor) -> None:
    assert "a <span>&#64;</span>b" == redactor.redact_markdown("a <span>&#64;</span>b")


def test_each_line_of_a_secret_is_redacted() -> None:
    redactor = Redactor()
    redactor.add("first line of it\nsecond line of it\nend")
    assert "*** / *** / end" == redactor.redact("second line of it / first line of it / end")


def test_secret_in_a_longer_one_is_redacted_completely() -> None:
    redactor = Redactor()
    redactor.add("token-of")
    redactor.add("token-of-ada")
    assert "a *** b ***" == redactor.redact("a token-of-ada b token-of")


@given(st.text(min_size=8), st.integers(min_value=16), st.text(max_size=9), st.text(max_size=9))
def test_any_secret_is_redacted_where_it_is_escaped(
    secret: str, length: int, before: str, after: str
) -> None:
    redactor = Redactor()
    redactor.add(secret)
    shown = f"{before}{secret[:length]}{after}"

    assert secret not in redactor.redact(shown)
    assert secret not in redactor.redact_markdown(fence(shown)).replace("***", "")


def test_secret_variables_are_found_by_name() -> None:
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
