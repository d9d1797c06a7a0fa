"""What came back from GitHub: whether it may be asked again and when, and what to tell the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from dictionary_deploy.errors import GithubError

NO_ANSWER = 0
"""The status of a connection that failed, or of an answer that is not what GitHub sends."""

DEFAULT_WAIT = 60.0
"""Seconds to wait for a rate limit that names no time; GitHub asks for at least a minute."""

PERMISSIONS = """\
permissions:
  contents: read
  id-token: write
  pull-requests: write"""

_PERMISSIONS_REMEDY = (
    "Reading the branch needs `contents: read`, commenting on a pull request `pull-requests: write`. "
    f"Give the job both; permissions that are not named are dropped:\n\n{PERMISSIONS}\n\n"
    "On a pull request from a fork the token stays read-only all the same. A token of your own needs the"
    " permissions Contents (read) and Pull requests (write) for the repository."
)

_REMEDIES = {
    301: "Correct GITHUB_API_URL; when the repository was renamed, run the workflow under its new name.",
    307: "The repository was renamed or transferred: run the workflow again under its new name.",
    401: "Pass a valid token as `github-token`; the default, `${{ github.token }}`, ends with its job.",
    403: _PERMISSIONS_REMEDY,
    404: f"GitHub says so too of what the token may not see. {_PERMISSIONS_REMEDY}",
    429: "Run the job again later.",
}

_UNCLEAR_REMEDY = "Run the job again; nothing is done twice."

# What GraphQL says in an answer of status 200, in the statuses of REST. The last two leave a null in the
# data, which says as much.
_GRAPHQL_STATUSES = {
    "RATE_LIMITED": 429,
    "FORBIDDEN": 403,
    "INSUFFICIENT_SCOPES": 403,
    "NOT_FOUND": 200,
    "UNPROCESSABLE": 200,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `headers` in small letters, `body` is its JSON, None when it has none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_success(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_unclear(self) -> bool:
        """Whether GitHub may or may not have done what it was asked."""
        return is_unclear(self.status)

    @property
    def is_rate_limited(self) -> bool:
        """Whether GitHub refused for the number of requests alone, having done nothing."""
        if self.status == HTTPStatus.FORBIDDEN:
            spent = self.headers.get("x-ratelimit-remaining") == "0"
            return spent or "retry-after" in self.headers or "rate limit" in self.message.lower()
        return self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def message(self) -> str:
        """What GitHub says is wrong, in its own words."""
        if not isinstance(self.body, dict):
            return ""
        errors = self.body.get("errors") or []
        said = [self.body, *(error for error in errors if isinstance(error, dict))]
        return ": ".join(str(part["message"]) for part in said if part.get("message"))[:500]

    def wait(self, now: float) -> float:
        """Seconds until GitHub wants to be asked again after a rate limit; `now` in seconds since 1970."""
        retry_after, reset = self.headers.get("retry-after", ""), self.headers.get("x-ratelimit-reset", "")
        if retry_after.isdecimal():
            seconds = float(retry_after)
        elif self.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            seconds = float(reset) - now
        else:
            seconds = DEFAULT_WAIT
        return max(seconds, 1.0)

    def error(self, subject: str) -> GithubError:
        """`subject` is the request, as in `POST issues/7/comments`."""
        if self.status == NO_ANSWER:
            return GithubError(f"GitHub did not answer {subject}.", _UNCLEAR_REMEDY)
        reason = f": {self.message}" if self.message else ""
        remedy = _UNCLEAR_REMEDY if self.is_unclear else _REMEDIES.get(self.status, "")
        if self.is_rate_limited:
            remedy = _REMEDIES[429]
        return GithubError(f"GitHub answered {self.status} to {subject}{reason}.", remedy, status=self.status)


@contextmanager
def understanding(subject: str) -> Iterator[None]:
    """Turn what an answer of another shape than the API's makes Python raise inside into a GithubError."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise GithubError(f"GitHub's answer about {subject} makes no sense.", _UNCLEAR_REMEDY) from error


def is_unclear(status: int) -> bool:
    return status == NO_ANSWER or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def graphql_answer(answer: Answer) -> Answer:
    """The answer to a query, its status telling of the errors that GraphQL puts into the body."""
    if not answer.is_success:
        return answer
    if not isinstance(answer.body, dict) or not {"data", "errors"} & answer.body.keys():
        return replace(answer, status=NO_ANSWER)
    statuses = [_graphql_status(error) for error in answer.body.get("errors") or []]
    return replace(answer, status=max(statuses, default=answer.status))


def _graphql_status(error: Mapping[str, Any]) -> int:
    # A query that took GitHub too long has no type, only this beginning.
    if str(error.get("message", "")).startswith("Something went wrong"):
        return 502
    return _GRAPHQL_STATUSES.get(str(error.get("type")), 400)
