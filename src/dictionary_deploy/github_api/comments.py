"""Our comments on pull requests: one for each marker, found again, updated, and never doubled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.pull_requests import merged_query, merged_variables, read_merged
from dictionary_deploy.github_api.response import NO_RESPONSE, Response, is_unclear, understanding

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.github_api.client import GithubClient

LIMITS = (65_536, 32_768, 16_384)
"""Characters: what GitHub takes by its own word, and what is tried when it refuses that."""

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
    """A comment of ours."""

    url: str
    body: str

    @property
    def id(self) -> int:
        """Its number in the REST API, the last part of its address.

        GraphQL's own `databaseId` is an Int of 32 bits, which comments have outgrown.
        """
        return int(re.split(r"\D+", self.url)[-1])


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of a pull request's comments, only ours among them; the cursor of the next, if any."""

    ours: tuple[Comment, ...]
    after: str | None


class Comments:
    """The comments that this client's token wrote on pull requests of its repository."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self._first_pages: dict[int, _Page] = {}

    @understanding("pull requests")
    def merged_by(self, commit: str, branch: str, since: Mapping[str, str]) -> tuple[PullRequest, ...]:
        """The pull requests that were merged into `branch` and go live with `commit`, in one query.

        First those of the commit itself, whose first hundred comments each come along, so that `find`
        asks nothing more. Then, newest first, those whose commits touched a file of `since` after the
        commit that `since` has for it, out of the file's last fifty commits. Ten at most; of a file
        whose earlier commit GitHub does not know there are none.
        """
        query, variables = merged_query(len(since), _COMMENTS), merged_variables(commit, since)
        try:
            data = self._client.query(query, variables)
        except GithubError:
            if not since:
                raise
            # A file's history can take longer than the ten seconds that GitHub gives a query.
            return self.merged_by(commit, branch, {})
        nodes = read_merged(data["repository"], len(since), branch)
        return tuple(self._pull_request(data, node) for node in nodes)

    @understanding("a pull request")
    def pull_request(self, number: int) -> PullRequest:
        """The pull request of that number, open or not; its first comments come along for `find`."""
        data = self._client.query(_ONE, {"number": number})
        return self._pull_request(data, _found(data, number))

    @understanding("comments")
    def find(self, number: int, marker: str) -> tuple[Comment, ...]:
        """Our comments on the pull request that begin with `marker`, oldest first."""
        return tuple(comment for comment in self._ours(number) if comment.body.startswith(marker))

    @understanding("a comment")
    def publish(self, number: int, marker: str, render: Callable[[int], str]) -> str:
        """Make `render`'s text our one comment that begins with `marker`; the comment's URL.

        `render` takes the most characters its text may have, and is asked for a shorter one when GitHub
        finds it too long.
        """
        self._first_pages.pop(number, None)
        ours = self.find(number, marker)
        url = self._write_fitting(number, marker, ours, render)
        for duplicate in ours[1:]:
            # One that stays is found and removed by the next run.
            with suppress(GithubError):
                self._delete(number, duplicate)
        return url

    def _write_fitting(
        self, number: int, marker: str, ours: tuple[Comment, ...], render: Callable[[int], str]
    ) -> str:
        *larger, smallest = LIMITS
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
            # Somebody deleted it after it was found.
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
            f"The repository has no pull request {number}, or the token may not see it.",
            "Correct the input `pull-request`, or give the job `pull-requests: write`.",
            status=HTTPStatus.NOT_FOUND,
        )
    return found


def _checked_url(url: str | None, subject: str) -> str:
    """Return the URL of a comment that was written: a response without it proves nothing."""
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
    """Whether the viewer wrote it. The author is None when the account is gone.

    GraphQL calls the viewer `github-actions[bot]`, the author Bot `github-actions`; a User may bear
    that very name.
    """
    if author is None:
        return False
    suffix = "[bot]" if author["__typename"] == "Bot" else ""
    return author["login"].removesuffix(suffix) + suffix == viewer
