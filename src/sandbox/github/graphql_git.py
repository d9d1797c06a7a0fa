"""The objects behind git's types in schema.graphql, except commits, which refer to pull requests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    status: str
    ahead_by: int
    behind_by: int


@dataclass(frozen=True)
class Tree:
    oid: str


@dataclass(frozen=True)
class TreeEntry:
    mode: int
    oid: str
    path: str
    type: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Tag:
    oid: str


@dataclass(frozen=True)
class Blob:
    oid: str
    content: bytes
    is_truncated: bool = False

    @property
    def byte_size(self) -> int:
        return len(self.content)

    @property
    def is_binary(self) -> bool:
        return b"\0" in self.content

    @property
    def text(self) -> str | None:
        return None if self.is_binary else self.content.decode("utf-8", "replace")
