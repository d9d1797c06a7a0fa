"""The object behind IssueComment in schema.graphql."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.github import comments, resources
from sandbox.github.comments import Author
from sandbox.github.resources import Place


@dataclass(frozen=True)
class IssueComment:
    place: Place
    viewer: Author
    found: comments.IssueComment

    @property
    def database_id(self) -> int:
        return self.found.id

    @property
    def full_database_id(self) -> str:
        return str(self.found.id)

    @property
    def url(self) -> str:
        return resources.comment_url(self.place, self.found)

    @property
    def body(self) -> str:
        return self.found.body

    @property
    def author(self) -> Author:
        return self.found.author

    @property
    def viewer_did_author(self) -> bool:
        return self.author == self.viewer

    @property
    def created_at(self) -> str:
        return self.found.created_at

    @property
    def updated_at(self) -> str:
        return self.found.updated_at
