"""Create and update our comments on pull requests: one for each marker, never two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.pull_requests import merged_query, merged_variables, read_merged
from dictionary_deploy.github_api.response import NO_RESPONSE, Response, is_unclear, translate_malformed

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.github_api.client import GithubClient

MAX_CHARACTERS = (65_536, 32_768, 16_384)
"""GitHub's documented limit, and those to try if it rejects a comment."""

_COMMENTS = """
  comments(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { url body author { __typename login } }
  }"""

_ONE = f"""
query PullRequest($owner: String!, $name: String!, $number: Int!, $after: String) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{ number url merged {_COMMENTS} }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class PullRequest:
    number: int
    url: str
    merged: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that our token wrote."""

    url: str
    body: str

    @property
    def id(self) -> int:
        """The ID in the REST API, the last part of the URL.

        GraphQL's `databaseId` is an Int of 32 bits, too small for comments.
        """
        return int(re.split(r"\D+", self.url)[-1])


@dataclass(frozen=True, slots=True)
class _Page:
    """Our comments on one page of a pull request's comments, and the cursor of the next page, if any."""

    ours: tuple[Comment, ...]
    after: str | None


class Comments:
    """The comments that this client's token wrote on pull requests of its repository."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self._first_pages: dict[int, _Page] = {}

    @translate_malformed("pull requests")
    def merged_by(self, commit: str, branch: str, since: Mapping[str, str]) -> tuple[PullRequest, ...]:
        """Return the pull requests merged into `branch` that go live with `commit`, in one query.

        First come those of the commit itself, each with its first hundred comments, so that `find` needs no
        other query. Then, newest first, those whose commits changed a file of `since` after its commit in
        `since`, among the file's last fifty commits. At most ten are returned, and none for a file whose
        commit in `since` GitHub does not have.
        """
        query, variables = merged_query(len(since), _COMMENTS), merged_variables(commit, since)
        try:
            data = self._client.query(query, variables)
        except GithubError:
            if not since:
                raise
            # A file's history can take longer than GitHub's limit of ten seconds for a query.
            return self.merged_by(commit, branch, {})
        nodes = read_merged(data["repository"], len(since), branch)
        return tuple(self._pull_request(data, node) for node in nodes)

    @translate_malformed("a pull request")
    def pull_request(self, number: int) -> PullRequest:
        """Return the pull request of that number, open or not. Its first comments are cached for `find`."""
        data = self._client.query(_ONE, {"number": number})
        return self._pull_request(data, _found(data, number))

    @translate_malformed("comments")
    def find(self, number: int, marker: str) -> tuple[Comment, ...]:
        """Return our comments on the pull request that begin with `marker`, oldest first."""
        return tuple(comment for comment in self._ours(number) if comment.body.startswith(marker))

    @translate_malformed("a comment")
    def publish(self, number: int, marker: str, render: Callable[[int], str]) -> str:
        """Write `render`'s text to our only comment that begins with `marker`, and return its URL.

        `render` receives the maximum number of characters. It is called with a smaller one if GitHub rejects
        the text as too long.
        """
        self._first_pages.pop(number, None)
        ours = self.find(number, marker)
        url = self._write_fitting(number, marker, ours, render)
        for duplicate in ours[1:]:
            # The next run deletes it otherwise.
            with suppress(GithubError):
                self._delete(number, duplicate)
        return url

    def _write_fitting(
        self, number: int, marker: str, ours: tuple[Comment, ...], render: Callable[[int], str]
    ) -> str:
        *larger, smallest = MAX_CHARACTERS
        for limit in larger:
            try:
                return self._write(number, marker, ours, render(limit))
            except GithubError as error:
                if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                    raise
        return self._write(number, marker, ours, render(smallest))

    def _write(self, number: int, marker: str, ours: tuple[Comment, ...], body: str) -> str:
        if not ours:
            return self._create(number, marker, body)
        if ours[0].body == body:
            return ours[0].url
        try:
            return self._edit(number, ours[0], body)
        except GithubError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            # It was deleted after it was found.
            return self._create(number, marker, body)

    def _create(self, number: int, marker: str, body: str) -> str:
        """Post the comment; after an unclear response, look for it before sending it again."""
        try:
            return self._post(number, body)
        except GithubError as error:
            if not is_unclear(error.status):
                raise
            if ours := self.find(number, marker):
                return ours[0].url
            return self._post(number, body)

    def _post(self, number: int, body: str) -> str:
        subject = f"POST issues/{number}/comments"

        def post(repository: Repository) -> str:
            return repository.get_issue(number).create_comment(body).html_url

        return _checked_url(self._client.request(subject, post, repeatable=False), subject)

    def _edit(self, number: int, comment: Comment, body: str) -> str:
        subject = f"PATCH issues/comments/{comment.id}"

        def edit(repository: Repository) -> str:
            edited = repository.get_issue(number).get_comment(comment.id)
            edited.edit(body)
            return edited.html_url

        return _checked_url(self._client.request(subject, edit), subject)

    def _delete(self, number: int, comment: Comment) -> None:
        def delete(repository: Repository) -> None:
            repository.get_issue(number).get_comment(comment.id).delete()

        self._client.request(f"DELETE issues/comments/{comment.id}", delete)

    def _ours(self, number: int) -> Iterator[Comment]:
        page = self._first_pages.pop(number, None) or self._page(number, None)
        yield from page.ours
        while page.after:
            page = self._page(number, page.after)
            yield from page.ours

    def _page(self, number: int, after: str | None) -> _Page:
        data = self._client.query(_ONE, {"number": number, "after": after})
        return _page(data, _found(data, number))

    def _pull_request(self, data: Mapping[str, Any], node: Mapping[str, Any]) -> PullRequest:
        if "comments" in node:
            self._first_pages[node["number"]] = _page(data, node)
        return PullRequest(node["number"], node["url"], node["merged"])


def _found(data: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = data["repository"]["pullRequest"]
    if found is None:
        raise GithubError(
            f"Pull request {number} not found, or not visible to the token.",
            "Fix the input `pull-request`, or set `pull-requests: write` for the job.",
            status=HTTPStatus.NOT_FOUND,
        )
    return found


def _checked_url(url: str | None, subject: str) -> str:
    """Return the URL of a written comment. Without it, the response is unclear."""
    if not url:
        raise Response(NO_RESPONSE, {}, None).error(subject)
    return url


def _page(data: Mapping[str, Any], pull_request: Mapping[str, Any]) -> _Page:
    comments, viewer = pull_request["comments"], data["viewer"]["login"]
    ours = [
        Comment(node["url"], node["body"])
        for node in comments["nodes"]
        if node and _is_by(node["author"], viewer)
    ]
    following = comments["pageInfo"]
    return _Page(tuple(ours), following["endCursor"] if following["hasNextPage"] else None)


def _is_by(author: Mapping[str, str] | None, viewer: str) -> bool:
    """Return True if the viewer is the author, which is None for a deleted account.

    In GraphQL the viewer is `github-actions[bot]`, and the author a Bot `github-actions`. A User may have the
    same name.
    """
    if author is None:
        return False
    suffix = "[bot]" if author["__typename"] == "Bot" else ""
    return author["login"].removesuffix(suffix) + suffix == viewer
