"""The owner of a token, and its permissions.

Any token is that of GitHub Actions, but `expired` is invalid, `read-only` may not write, and
`user:NAME` belongs to the user NAME.
"""

from __future__ import annotations

import re

from flask import Request

from sandbox.github.comments import Author
from sandbox.github.errors import ApiError, forbidden

ACTIONS = Author("github-actions", "Bot")

_AUTHORIZATION = re.compile(r"(?:token|bearer)\s+(\S.*)", re.IGNORECASE)


def token_of(request: Request) -> str:
    """Return the request's token; raise 401 without one and for `expired`."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", "").strip())
    if not match:
        raise ApiError(401, "Requires authentication")
    if match[1] == "expired":
        raise ApiError(401, "Bad credentials")
    return match[1]


def viewer_of(token: str) -> Author:
    kind, colon, name = token.partition(":")
    return Author(name, "User") if kind == "user" and colon else ACTIONS


def allow_write(token: str) -> None:
    """Raise 403 for a token without write permissions, as for a pull request from a fork."""
    if token == "read-only":
        raise forbidden()


def allow_user(token: str) -> None:
    """Raise 403 for installation tokens, such as GitHub Actions' own: they have no user."""
    if token.startswith("ghs_"):
        raise forbidden()
