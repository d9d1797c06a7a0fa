"""Secrets, hidden wherever something is written, in each form that libraries and services show them in."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

MASKED = "***"

SHORTEST_SECRET = 8
"""Characters: hiding less would only make the log unreadable, and no real secret is shorter."""

LONGEST_START = 16
"""Characters of a secret that are hidden where the rest was cut off."""

_SPAN = re.compile("</?span>")
_CHARACTER = re.compile(r"(?:</?span>)*(&#\d+;|.)", re.DOTALL)
_NAMES = re.compile(r"(?:^|_)(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|TOKEN|SECRET|PASSWORD)$")


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The values of all variables that hold a secret, by their names: AWS's, GitHub's and other tools'."""
    return [value for name, value in environ.items() if value and _NAMES.search(name)]


class Redactor:
    """The secrets, and text without them; longer ones go first, so that none leaves its rest behind."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._forms: list[str] = []

    def add(self, secret: str) -> None:
        """Hide `secret` from now on, and each line of it."""
        self._secrets |= {each for each in (secret, *secret.splitlines()) if len(each) >= SHORTEST_SECRET}
        forms = {form for each in self._secrets for form in _forms(each)}
        self._forms = sorted(forms, key=len, reverse=True)

    def __contains__(self, secret: object) -> bool:
        return secret in self._secrets

    def hide(self, text: str) -> str:
        """`text` without the secrets, and without the beginnings of those that were cut off."""
        for form in self._forms:
            text = text.replace(form, MASKED)
        for form in self._forms:
            if form[:LONGEST_START] in text:
                for length in range(len(form) - 1, LONGEST_START - 1, -1):
                    text = text.replace(form[:length], MASKED)
        return text

    def hide_in_markdown(self, markdown: str) -> str:
        """Hide secrets whose characters are references or stand in elements of their own, too."""
        seen = html.unescape(_SPAN.sub("", markdown))
        found = [form for form in self._forms if form[:LONGEST_START] in seen]
        for form in found:
            markdown = _without(markdown, form, len(form))
        for form in found:
            markdown = _without(markdown, form, LONGEST_START)
        return markdown


def _forms(secret: str) -> Iterator[str]:
    """A secret as it stands in a message, within a JSON string, in an address, and in a header."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield quote(secret, errors="replace")
    yield quote(secret, safe="", errors="replace")
    yield quote_plus(secret, errors="replace")
    yield base64.b64encode(secret.encode(errors="replace")).decode("ascii").rstrip("=")


def _without(markdown: str, form: str, least: int) -> str:
    """`markdown` with each place masked that has `least` characters of `form`, or more of them."""
    start = re.compile(
        "(?:</?span>)*".join(f"(?:{re.escape(char)}|&#{ord(char)};)" for char in form[:LONGEST_START])
    )
    parts, position = [], 0
    while found := start.search(markdown, position):
        length, end = len(form[:LONGEST_START]), found.end()
        for char in form[length:]:
            following = _CHARACTER.match(markdown, end)
            if following is None or html.unescape(following[1]) != char:
                break
            length, end = length + 1, following.end()
        is_found = length >= min(least, len(form))
        parts += [markdown[position : found.start()], MASKED if is_found else markdown[found.start() : end]]
        position = end
    return "".join((*parts, markdown[position:]))
