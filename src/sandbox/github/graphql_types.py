"""The objects behind schema.graphql: a class for each type, an attribute or method for each field.

Names are the schema's in snake case; `graphql_api` finds one by the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

from sandbox.github import checkout
from sandbox.github import pull_requests as pulls
from sandbox.github.checkout import Checkout, GitObject
from sandbox.github.comments import Author, IssueComments
from sandbox.github.connection import Connection, connection
from sandbox.github.graphql_comments import IssueComment
from sandbox.github.graphql_git import Blob, Comparison, Tag, Tree, TreeEntry
from sandbox.github.resources import Place


@dataclass(frozen=True)
class Source:
    """The data for the response to one query."""

    checkout: Checkout
    pull_requests: Mapping[int, pulls.PullRequest]
    fork_pull_requests: Sequence[pulls.PullRequest]
    issue_comments: IssueComments
    viewer: Author
    server: str

    def place(self, full_name: str) -> Place:
        return Place(self.server, full_name)


@dataclass(frozen=True)
class Repository:
    source: Source
    place: Place

    @property
    def database_id(self) -> int:
        return self.place.id

    @property
    def name(self) -> str:
        return self.place.full_name.partition("/")[2]

    @property
    def name_with_owner(self) -> str:
        return self.place.full_name

    @property
    def url(self) -> str:
        return self.place.html

    @property
    def default_branch_ref(self) -> Ref | None:
        return self.ref(f"refs/heads/{self.source.checkout.default_branch}")

    def ref(self, qualified_name: str) -> Ref | None:
        name = qualified_name.removeprefix("refs/heads/")
        refs = self.source.checkout.refs()
        if oid := refs.branches.get(name):
            return Ref(self, name, "refs/heads/", oid)
        tag = qualified_name.removeprefix("refs/tags/")
        if oid := refs.below("refs/tags/").get(tag):
            return Ref(self, tag, "refs/tags/", oid)
        return None

    def object(self, oid: str | None = None, expression: str | None = None) -> Any:
        found = self.source.checkout.resolve(oid or expression or "")
        return self.git_object(found) if found else None

    def git_object(self, found: GitObject) -> Commit | Blob | Tree | Tag:
        if found.type == "commit":
            return Commit(self, self.source.checkout.commit_of(found.oid))
        if found.type == "blob":
            return Blob(found.oid, self.source.checkout.blob(found.oid))
        return Tree(found.oid) if found.type == "tree" else Tag(found.oid)

    @property
    def pull_requests(self) -> Mapping[int, pulls.PullRequest]:
        return self.source.pull_requests

    def pull_request(self, number: int) -> PullRequest:
        if number not in self.pull_requests:
            message = f"Could not resolve to a PullRequest with the number of {number}."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return PullRequest(self, self.pull_requests[number])


@dataclass(frozen=True)
class Ref:
    repository: Repository
    name: str
    prefix: str
    oid: str

    @property
    def target(self) -> Any:
        return self.repository.object(oid=self.oid)

    def compare(self, head_ref: str) -> Comparison | None:
        git = self.repository.source.checkout
        base, head = git.commit_oid(self.oid), git.commit_oid(head_ref)
        found = git.compare(base, head) if base and head else None
        return Comparison(found.status.upper(), found.ahead_by, found.behind_by) if found else None


@dataclass(frozen=True)
class Commit:
    repository: Repository
    found: checkout.Commit

    @property
    def oid(self) -> str:
        return self.found.sha

    @property
    def message(self) -> str:
        return self.found.message

    @property
    def committed_date(self) -> str:
        return self.found.committer.date

    def file(self, path: str) -> TreeEntry:
        found = self.repository.source.checkout.tree_entry(self.oid, path)
        if not found:
            message = f"Could not resolve file for path '{path}'."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return TreeEntry(int(found.mode, 8), found.sha, found.path, found.type)

    def associated_pull_requests(
        self, order_by: Mapping[str, str], first: int | None = None, after: str | None = None
    ) -> Connection[PullRequest]:
        source = self.repository.source
        every = [*source.pull_requests.values(), *source.fork_pull_requests]
        found = [pull for pull in every if self.oid in pull.commits]
        if order_by["direction"] == "DESC":
            found.reverse()
        return connection(
            "associatedPullRequests", found, lambda pull: PullRequest(self._of(pull), pull), first, after
        )

    def _of(self, pull: pulls.PullRequest) -> Repository:
        return replace(self.repository, place=self.repository.place.of(pull.fork))

    def history(
        self,
        first: int | None = None,
        after: str | None = None,
        path: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Connection[Commit]:
        begin, end = _moment(since, "0001-01-01"), _moment(until, "9999-12-31")
        every = self.repository.source.checkout.commits(self.oid, path=path or "")
        found = [commit for commit in every if begin <= _moment(commit.committer.date) <= end]
        return connection("history", found, lambda commit: Commit(self.repository, commit), first, after)


def _moment(timestamp: str | None, default: str = "") -> datetime:
    """Parse a GitTimestamp of ISO 8601, by default in UTC."""
    moment = datetime.fromisoformat(timestamp or default)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PullRequest:
    repository: Repository
    found: pulls.PullRequest

    @property
    def number(self) -> int:
        return self.found.number

    @property
    def title(self) -> str:
        return self.found.title

    @property
    def url(self) -> str:
        return f"{self.repository.place.html}/pull/{self.number}"

    @property
    def merged(self) -> bool:
        return self.found.merged_at is not None

    @property
    def merged_at(self) -> str | None:
        return self.found.merged_at

    @property
    def closed(self) -> bool:
        return self.merged

    @property
    def base_repository(self) -> Repository:
        return self.repository

    @property
    def base_ref_name(self) -> str:
        return self.found.base_ref

    @property
    def head_ref_name(self) -> str:
        return self.found.head_ref

    @property
    def merge_commit(self) -> Any:
        return self.repository.object(oid=self.found.merge_commit_sha) if self.merged else None

    def comments(self, first: int | None = None, after: str | None = None) -> Connection[IssueComment]:
        place, viewer = self.repository.place, self.repository.source.viewer
        found = self.repository.source.issue_comments.of(self.number)
        return connection(
            "comments", found, lambda comment: IssueComment(place, viewer, comment), first, after
        )
