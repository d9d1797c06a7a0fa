"""Redact secrets in output, in each encoding that libraries and services use."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

REDACTED = "***"

MIN_SECRET_CHARACTERS = 8
"""Shorter values are not redacted: no real secret is shorter, and the log would become unreadable."""

MIN_PREFIX_CHARACTERS = 16
"""Characters of a truncated secret from which it is redacted."""

_SPAN = re.compile("</?span>")
_CHARACTER = re.compile(r"(?:</?span>)*(&#\d+;|.)", re.DOTALL)
_NAMES = re.compile(r"(?:^|_)(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|TOKEN|SECRET|PASSWORD)$")
_URL_NAMES = re.compile(r"(?:URL|URI|PROXY|ENDPOINT)(?:_|$)", re.IGNORECASE)
# The last `@` ends it: a password may contain others. It may also contain an unencoded `/`, `?` or `#`:
# libraries reject such a URL and quote it. Digits before these are a port.
_USER_INFO = re.compile(r"([^/?#\s]+|[^/?#:\s]*:(?!\d+[/?#])\S+)@")


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """Return the values of variables whose names mark them as secrets, and the passwords in all URLs."""
    named = (value for name, value in environ.items() if value and _NAMES.search(name))
    in_urls = (
        secret
        for name, value in environ.items()
        for url in _addresses(name, value)
        for secret in _secrets_of_url(url)
    )
    return [*named, *dict.fromkeys(in_urls)]


def _addresses(name: str, value: str) -> Iterable[str]:
    """Return the URLs in a variable without their schemes, which a proxy's may lack."""
    _, *addresses = value.split("://")
    return addresses or ([value] if _URL_NAMES.search(name) else [])


def _secrets_of_url(address: str) -> Iterator[str]:
    """Yield the password, or the token used as one, as written and decoded."""
    if found := _USER_INFO.match(address):
        user, _, password = found[1].partition(":")
        # A short user name without a password is not secret: `ssh://git@github.com`.
        if secret := password or (user if len(user) >= MIN_SECRET_CHARACTERS else ""):
            yield secret
            yield unquote(secret)


class Redactor:
    """Redact secrets in text, longer ones first so that no part of them remains."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._forms: list[str] = []

    def add(self, secret: str) -> None:
        """Redact `secret` and each of its lines from now on."""
        self._secrets |= {
            each for each in (secret, *secret.splitlines()) if len(each) >= MIN_SECRET_CHARACTERS
        }
        forms = {form for each in self._secrets for form in _forms(each)}
        self._forms = sorted(forms, key=len, reverse=True)

    def __contains__(self, secret: object) -> bool:
        return secret in self._secrets

    def redact(self, text: str) -> str:
        """Return `text` with secrets and the beginnings of truncated secrets redacted."""
        for form in self._forms:
            text = text.replace(form, REDACTED)
        for form in self._forms:
            if form[:MIN_PREFIX_CHARACTERS] in text:
                for length in range(len(form) - 1, MIN_PREFIX_CHARACTERS - 1, -1):
                    text = text.replace(form[:length], REDACTED)
        return text

    def to_json(self, value: Mapping[str, Any]) -> str:
        """Return a JSON object with secrets redacted in its strings."""
        return json.dumps(self._redact_json(value), indent=2)

    def _redact_json(self, value: Any) -> Any:
        match value:
            case str():
                return self.redact(value)
            case Mapping():
                return {self.redact(name): self._redact_json(each) for name, each in value.items()}
            case list() | tuple():
                return [self._redact_json(each) for each in value]
        return value

    def redact_markdown(self, markdown: str) -> str:
        """Return Markdown with secrets redacted, also if their characters are references or in elements."""
        seen = html.unescape(_SPAN.sub("", markdown))
        found = [form for form in self._forms if form[:MIN_PREFIX_CHARACTERS] in seen]
        for form in found:
            markdown = _redact_form(markdown, form, len(form))
        for form in found:
            markdown = _redact_form(markdown, form, MIN_PREFIX_CHARACTERS)
        return markdown


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it appears in a message, in JSON, in a URL and in a header."""
    yield secret
    for is_ascii in (True, False):
        escaped = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")  # as PHP and others escape it
    yield quote(secret, errors="replace")
    yield quote(secret, safe="", errors="replace")
    yield quote_plus(secret, errors="replace")
    data = secret.encode(errors="replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode("ascii").rstrip("=")
        for before in range(3):
            yield _within_base64(encode(bytes(before) + data).decode("ascii"), before, len(data))


def _within_base64(encoded: str, before: int, length: int) -> str:
    """Return the characters that depend only on the secret, after `before` preceding bytes."""
    bits = 6
    return encoded[-(-8 * before // bits) : 8 * (before + length) // bits]


def _redact_form(markdown: str, form: str, minimum: int) -> str:
    """Return `markdown` with each place redacted that has at least `minimum` characters of `form`."""
    start = re.compile(
        "(?:</?span>)*".join(f"(?:{re.escape(char)}|&#{ord(char)};)" for char in form[:MIN_PREFIX_CHARACTERS])
    )
    parts, position = [], 0
    while found := start.search(markdown, position):
        length, end = len(form[:MIN_PREFIX_CHARACTERS]), found.end()
        for char in form[length:]:
            following = _CHARACTER.match(markdown, end)
            if following is None or html.unescape(following[1]) != char:
                break
            length, end = length + 1, following.end()
        is_found = length >= min(minimum, len(form))
        parts += [markdown[position : found.start()], REDACTED if is_found else markdown[found.start() : end]]
        position = end
    return "".join((*parts, markdown[position:]))
