"""The comments of issues and pull requests, in memory."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Author:
    """The owner of a token. GraphQL calls a bot by `login` alone, REST adds `[bot]`."""

    login: str
    type: Literal["Bot", "User"]

    @property
    def rest_login(self) -> str:
        return f"{self.login}[bot]" if self.type == "Bot" else self.login


@dataclass(frozen=True, slots=True)
class IssueComment:
    id: int
    number: int
    """The number of the issue or pull request."""
    body: str
    author: Author
    created_at: str
    updated_at: str


class IssueComments:
    """Comments by ID, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1_000_000_001)
        self._comments: dict[int, IssueComment] = {}

    def all(self) -> list[IssueComment]:
        with self._lock:
            return list(self._comments.values())

    def of(self, number: int) -> list[IssueComment]:
        return [comment for comment in self.all() if comment.number == number]

    def get(self, comment_id: int) -> IssueComment | None:
        with self._lock:
            return self._comments.get(comment_id)

    def add(self, number: int, body: str, author: Author) -> IssueComment:
        with self._lock:
            now = _now()
            comment = IssueComment(next(self._ids), number, body, author, created_at=now, updated_at=now)
            self._comments[comment.id] = comment
            return comment

    def update(self, comment_id: int, body: str) -> IssueComment | None:
        with self._lock:
            if comment_id not in self._comments:
                return None
            comment = replace(self._comments[comment_id], body=body, updated_at=_now())
            self._comments[comment_id] = comment
            return comment

    def remove(self, comment_id: int) -> bool:
        with self._lock:
            return self._comments.pop(comment_id, None) is not None


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
