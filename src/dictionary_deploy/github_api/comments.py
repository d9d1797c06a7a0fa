"""Create and update our comments on pull requests: one for each marker, never two."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.pull_requests import merged_query, merged_variables, read_merged
from dictionary_deploy.github_api.response import (
    NO_RESPONSE,
    Request,
    Response,
    is_unclear,
    translate_malformed,
)

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

    is_merged: bool
    ours: tuple[Comment, ...]
    after: str | None


@dataclass(slots=True)
class _Draft:
    """The text of our comment on a pull request, and the state of its write."""

    number: int
    marker: str
    body: str
    unless_merged: bool
    request: Literal["", "POST", "PATCH"] = ""
    """The write in flight."""
    posted: Comment | None = None
    """The comment that this run posted."""
    duplicates: tuple[Comment, ...] = ()
    """Our other comments, as last read."""


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

    @translate_malformed("pull requests")
    def merged_since(self, branch: str, since: Mapping[str, str]) -> tuple[PullRequest, ...]:
        """Return the pull requests merged into `branch` that changed a file of `since`, newest first.

        Only commits after the file's commit in `since` count, up to the branch's tip.
        """
        variables = merged_variables(f"refs/heads/{branch}", since)
        data = self._client.query(merged_query(len(since), ""), variables)
        nodes = read_merged(data["repository"], len(since), branch, with_own=False)
        return tuple(self._pull_request(data, node) for node in nodes)

    @translate_malformed("a pull request")
    def pull_request(self, number: int) -> PullRequest:
        """Return the pull request of that number, open or not. Its first comments are cached for `find`."""
        data = self._client.query(_ONE, {"number": number})
        return self._pull_request(data, _pull_request_node(data, number))

    @translate_malformed("comments")
    def find(self, number: int, marker: str) -> tuple[Comment, ...]:
        """Return our comments on the pull request that begin with `marker`, oldest first."""
        return self._read(number, marker)[1]

    @translate_malformed("a comment")
    def publish(
        self, number: int, marker: str, render: Callable[[int], str], *, unless_merged: bool = False
    ) -> str:
        """Write `render`'s text to our only comment that begins with `marker`, and return its URL.

        `render` receives the maximum number of characters. It is called with a smaller one if GitHub rejects
        the text as too long. With `unless_merged`, nothing is written to a pull request that is merged by
        then, and the URL is empty.
        """
        if unless_merged:
            self._first_pages.pop(number, None)
        *larger, smallest = MAX_CHARACTERS
        for limit in larger:
            try:
                return self._write(_Draft(number, marker, render(limit), unless_merged))
            except GithubError as error:
                if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                    raise
        return self._write(_Draft(number, marker, render(smallest), unless_merged))

    def _write(self, draft: _Draft) -> str:
        """Write the draft to our oldest comment. Without one, post it, and look for an older one."""
        url, superfluous = self._send(draft), draft.duplicates
        # A failure below leaves two comments. The next run deletes the newer one.
        with suppress(GithubError):
            if draft.posted:
                # Another run may have posted one at the same time. Each deletes its own, so that one stays.
                url, superfluous = self._send(draft), (draft.posted,)
            for comment in superfluous:
                if comment.url != url:
                    self._client.send(partial(self._prepare_deletion, draft, comment))
        return url

    def _send(self, draft: _Draft) -> str:
        """Write the draft; after an unclear POST, or if the comment was deleted, decide once more."""
        try:
            return self._send_once(draft)
        except GithubError as error:
            was_unclear = draft.request == "POST" and is_unclear(error.status)
            was_deleted = draft.request == "PATCH" and error.status == HTTPStatus.NOT_FOUND
            if not (was_unclear or was_deleted):
                raise
            return self._send_once(draft)

    def _send_once(self, draft: _Draft) -> str:
        url = self._client.send(lambda: self._prepare(draft))
        subject = f"{draft.request} a comment on pull request {draft.number}"
        if draft.request == "POST":
            draft.posted = Comment(_checked_url(url, subject), draft.body)
        elif draft.request:
            _checked_url(url, subject)
        # A write may have waited: earlier reads are stale.
        self._first_pages.clear()
        return url

    def _prepare(self, draft: _Draft) -> Request[str]:
        """Return the request that writes the draft, by the current pull request and comments."""
        draft.request, number = "", draft.number
        is_merged, ours = self._read(number, draft.marker)
        if draft.unless_merged and is_merged:
            return _nothing("")
        if draft.posted and draft.posted.id not in {comment.id for comment in ours}:
            ours = (*ours, draft.posted)  # GitHub does not list it yet
        if not ours:
            draft.request = "POST"
            return Request(
                f"POST issues/{number}/comments",
                lambda repository: repository.get_issue(number).create_comment(draft.body).html_url,
                is_repeatable=False,
            )
        oldest, *duplicates = ours
        draft.duplicates = tuple(duplicates)
        if oldest.body == draft.body or oldest == draft.posted:
            return _nothing(oldest.url)
        draft.request = "PATCH"

        def edit(repository: Repository) -> str:
            edited = repository.get_issue(number).get_comment(oldest.id)
            edited.edit(draft.body)
            return edited.html_url

        return Request(f"PATCH issues/comments/{oldest.id}", edit)

    def _prepare_deletion(self, draft: _Draft, comment: Comment) -> Request[str]:
        """Return the request that deletes the comment, unless another run has written its report there."""
        _, ours = self._read(draft.number, draft.marker)
        if any(each.id == comment.id and each.body != comment.body for each in ours):
            return _nothing("")

        def delete(repository: Repository) -> str:
            repository.get_issue(draft.number).get_comment(comment.id).delete()
            return ""

        return Request(f"DELETE issues/comments/{comment.id}", delete)

    def _read(self, number: int, marker: str) -> tuple[bool, tuple[Comment, ...]]:
        """Return True if the pull request is merged, and our comments with the marker, oldest first."""
        page = self._first_pages.pop(number, None) or self._page(number, None)
        ours = [*page.ours]
        while page.after:
            page = self._page(number, page.after)
            ours += page.ours
        marked = (comment for comment in ours if comment.body.startswith(marker))
        return page.is_merged, tuple(sorted(marked, key=lambda comment: comment.id))

    def _page(self, number: int, after: str | None) -> _Page:
        data = self._client.query(_ONE, {"number": number, "after": after})
        return _page(data, _pull_request_node(data, number))

    def _pull_request(self, data: Mapping[str, Any], node: Mapping[str, Any]) -> PullRequest:
        if "comments" in node:
            self._first_pages[node["number"]] = _page(data, node)
        return PullRequest(node["number"], node["url"], node["merged"])


def _pull_request_node(data: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = data["repository"]["pullRequest"]
    if found is None:
        raise GithubError(
            f"Pull request {number} not found, or not visible to the token.",
            "Fix the input `pull-request`, or set `pull-requests: write` for the job.",
            status=HTTPStatus.NOT_FOUND,
        )
    return found


def _nothing(url: str) -> Request[str]:
    """Return a request that sends nothing: the comment at `url` needs no change."""
    return Request("", lambda _: url)


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
    after = following["endCursor"] if following["hasNextPage"] else None
    return _Page(pull_request["merged"], tuple(ours), after)


def _is_by(author: Mapping[str, str] | None, viewer: str) -> bool:
    """Return True if the viewer is the author, which is None for a deleted account.

    In GraphQL the viewer is `github-actions[bot]`, and the author a Bot `github-actions`. A User may have the
    same name.
    """
    if author is None:
        return False
    suffix = "[bot]" if author["__typename"] == "Bot" else ""
    return author["login"].removesuffix(suffix) + suffix == viewer
