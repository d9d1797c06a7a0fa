"""GraphQL's paging: connections of nodes, read page by page with a cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphql import GraphQLError

T = TypeVar("T")
N = TypeVar("N")


@dataclass(frozen=True)
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@dataclass(frozen=True)
class Connection(Generic[N]):
    total_count: int
    page_info: PageInfo
    nodes: Sequence[N]


def connection(
    field: str, items: Sequence[T], node: Callable[[T], N], first: int | None, after: str | None
) -> Connection[N]:
    """Return the page of `items` after the cursor. GitHub requires `first`, at most 100."""
    if first is None:
        message = f"You must provide a `first` or `last` value to properly paginate the `{field}` connection."
        raise GraphQLError(message, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"})
    if not 0 <= first <= 100:
        message = f"Requesting {first} records on `{field}` exceeds the `first` limit of 100 records."
        raise GraphQLError(message, extensions={"type": "EXCESSIVE_PAGINATION"})
    start = int(after or 0)
    end = min(start + first, len(items))
    cursor = str(end) if end > start else None
    nodes = [node(item) for item in items[start:end]]
    return Connection(len(items), PageInfo(end < len(items), cursor), nodes)
