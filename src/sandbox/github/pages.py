"""GitHub's paging: `per_page`, `page` and the Link header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, jsonify, request

T = TypeVar("T")


def page_of(items: Sequence[T], render: Callable[[T], Any]) -> Response:
    """Return the requested page, by default of 30 items and at most of 100."""
    size = min(max(request.args.get("per_page", 30, type=int), 1), 100)
    page = max(request.args.get("page", 1, type=int), 1)
    last = max(-(-len(items) // size), 1)
    response = jsonify([render(item) for item in items[(page - 1) * size : page * size]])
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page == 1:
        del links["prev"], links["first"]
    if page >= last:
        del links["next"], links["last"]
    if links:
        response.headers["Link"] = ", ".join(
            f'<{_url(number)}>; rel="{rel}"' for rel, number in links.items()
        )
    return response


def _url(page: int) -> str:
    return f"{request.base_url}?{urlencode({**request.args, 'page': page})}"
