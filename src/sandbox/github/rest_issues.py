"""REST: pull requests and the comments on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, jsonify, request

from sandbox.github import resources
from sandbox.github.checkout import Checkout
from sandbox.github.comments import IssueComments
from sandbox.github.errors import ApiError, invalid, no_commit, not_found
from sandbox.github.identity import allow_write, viewer_of
from sandbox.github.pages import page_of
from sandbox.github.pull_requests import PullRequest, PullRequests
from sandbox.github.resources import Place

COMMENT_LIMIT = 65_536


class IssueRoutes:
    """Views of the pull requests. `place` returns the place with the host of the current request."""

    def __init__(
        self,
        checkout: Checkout,
        pull_requests: PullRequests,
        comments: IssueComments,
        place: Callable[[], Place],
    ) -> None:
        self._checkout = checkout
        self._pull_requests = pull_requests
        self._comments = comments
        self._place = place

    def pull_requests_of_commit(self, commit_sha: str, **_: str) -> Response:
        found = self._checkout.commit(commit_sha)
        if not found:
            raise no_commit(commit_sha)
        every = [*self._pull_requests.all().values(), *self._pull_requests.of_forks()]
        return self._page([pull for pull in every if found.sha in pull.commits])

    def pull_requests(self, **_: str) -> Response:
        found = list(self._pull_requests.all().values())
        state, base = request.args.get("state", "open"), request.args.get("base")
        head = request.args.get("head", "").partition(":")[2]
        if state != "all":
            found = [pull for pull in found if bool(pull.merged_at) == (state == "closed")]
        if base:
            found = [pull for pull in found if pull.base_ref == base]
        if head:
            found = [pull for pull in found if pull.head_ref == head]
        return self._page(found[::-1])

    def open_pull_request(self, owner: str, **_: str) -> tuple[Response, int]:
        allow_write(g.token)
        sent = _json()
        title, head, base = (str(sent.get(name, "")) for name in ("title", "head", "base"))
        head = head.removeprefix(f"{owner}:")
        branches = self._checkout.refs().branches
        for name, value, is_valid in (
            ("title", title, True),
            ("head", head, head in branches),
            ("base", base, base in branches),
        ):
            if not value or not is_valid:
                code = "invalid" if value else "missing_field"
                raise invalid(resource="PullRequest", code=code, field=name)
        comparison = self._checkout.compare(branches[base], branches[head])
        if not comparison or not comparison.ahead_by:
            message = f"No commits between {base} and {head}"
            raise invalid(resource="PullRequest", code="custom", message=message)
        for pull in self._pull_requests.all().values():
            if (pull.head_ref, pull.base_ref, pull.merged_at) == (head, base, None):
                message = f"A pull request already exists for {owner}:{head}."
                raise invalid(resource="PullRequest", code="custom", message=message)
        opened = self._pull_requests.open(title, head, base)
        return jsonify(resources.pull_request(self._place(), opened)), 201

    def pull_request(self, pull_number: int, **_: str) -> Response:
        found = self._pull_request(pull_number)
        count = len(self._comments.of(pull_number))
        details = {"merged": found.merged_at is not None, "comments": count, "commits": len(found.commits)}
        return jsonify(resources.pull_request(self._place(), found) | details)

    def comments(self, issue_number: int, **_: str) -> Response:
        self._pull_request(issue_number)
        place = self._place()
        return page_of(
            self._comments.of(issue_number), lambda comment: resources.issue_comment(place, comment)
        )

    def all_comments(self, **_: str) -> Response:
        place = self._place()
        return page_of(self._comments.all(), lambda comment: resources.issue_comment(place, comment))

    def create_comment(self, issue_number: int, **_: str) -> tuple[Response, int]:
        allow_write(g.token)
        self._pull_request(issue_number)
        body = _body()
        if len(body) > COMMENT_LIMIT:
            raise invalid(
                resource="IssueComment",
                code="unprocessable",
                field="data",
                message=f"Body is too long (maximum is {COMMENT_LIMIT} characters)",
            )
        comment = self._comments.add(issue_number, body, viewer_of(g.token))
        return jsonify(resources.issue_comment(self._place(), comment)), 201

    def comment(self, comment_id: int, **_: str) -> Response:
        found = self._comments.get(comment_id)
        if not found:
            raise not_found()
        return jsonify(resources.issue_comment(self._place(), found))

    def update_comment(self, comment_id: int, **_: str) -> Response:
        allow_write(g.token)
        body = _body()
        if len(body) > COMMENT_LIMIT:
            # GitHub's message differs from the one for a new comment.
            raise invalid(
                resource="IssueComment",
                code="custom",
                field="body",
                message=f"body is too long (maximum is {COMMENT_LIMIT} characters)",
            )
        comment = self._comments.update(comment_id, body)
        if not comment:
            raise not_found()
        return jsonify(resources.issue_comment(self._place(), comment))

    def delete_comment(self, comment_id: int, **_: str) -> tuple[str, int]:
        allow_write(g.token)
        if not self._comments.remove(comment_id):
            raise not_found()
        return "", 204

    def _pull_request(self, number: int) -> PullRequest:
        found = self._pull_requests.all().get(number)
        if not found:
            raise not_found()
        return found

    def _page(self, found: list[PullRequest]) -> Response:
        place = self._place()
        return page_of(found, lambda pull: resources.pull_request(place.of(pull.fork), pull))


ROUTES = (
    ("/commits/<commit_sha>/pulls", "GET", IssueRoutes.pull_requests_of_commit),
    ("/pulls", "GET", IssueRoutes.pull_requests),
    ("/pulls", "POST", IssueRoutes.open_pull_request),
    ("/pulls/<int:pull_number>", "GET", IssueRoutes.pull_request),
    ("/issues/<int:issue_number>/comments", "GET", IssueRoutes.comments),
    ("/issues/<int:issue_number>/comments", "POST", IssueRoutes.create_comment),
    ("/issues/comments", "GET", IssueRoutes.all_comments),
    ("/issues/comments/<int:comment_id>", "GET", IssueRoutes.comment),
    ("/issues/comments/<int:comment_id>", "PATCH", IssueRoutes.update_comment),
    ("/issues/comments/<int:comment_id>", "DELETE", IssueRoutes.delete_comment),
)
"""Path below the repository, method and view."""


def _json() -> dict[str, Any]:
    sent = request.get_json(force=True, silent=True)
    if not isinstance(sent, dict):
        raise ApiError(400, "Problems parsing JSON")
    return sent


def _body() -> str:
    """Return the `body` of the request's JSON."""
    body = _json().get("body")
    if not isinstance(body, str) or not body.strip():
        raise invalid(resource="IssueComment", code="missing_field", field="body")
    return body
