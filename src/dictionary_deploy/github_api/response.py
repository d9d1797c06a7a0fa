"""A request to GitHub and its response: when to retry the request, and the error for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dictionary_deploy.clock import GITHUB_RATE_LIMIT_SECONDS
from dictionary_deploy.errors import GithubError

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.connection_errors import ConnectionFailure

T = TypeVar("T")

HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"

NO_RESPONSE = 0
"""The status of a failed connection or of a malformed response."""

PERMISSIONS = "permissions: {contents: read, id-token: write, pull-requests: write}"

_PERMISSIONS_REMEDY = (
    f"Set `{PERMISSIONS}` for the job; GitHub drops all others. `contents: read` reads the branch,"
    " `pull-requests: write` comments. On a pull request from a fork the token stays read-only. A token of"
    " your own needs Contents (read) and Pull requests (write)."
)

_REMEDIES = {
    301: "Fix GITHUB_API_URL. If the repository was renamed, run the workflow under its new name.",
    307: "The repository was renamed or transferred. Rerun the workflow under its new name.",
    401: "Set `github-token` to a valid token. The default, `${{ github.token }}`, expires with its job.",
    403: _PERMISSIONS_REMEDY,
    404: f"GitHub also responds with 404 if the token lacks a permission. {_PERMISSIONS_REMEDY}",
    429: "Rerun the job later.",
}

_UNCLEAR_REMEDY = "Rerun the job; a rerun is safe."

# Remedies that are not a permission, by a part of GitHub's message in lowercase.
_REFUSALS = {
    "is locked": "Unlock the conversation, or set the input `comment` to `never`.",
    "saml": (
        "Authorize the token for the organization's single sign-on, or remove `github-token`: the job's own"
        " token needs no authorization."
    ),
    "ip allow list": (
        "Add the runner's IP address to the organization's IP allow list, or use a runner with an allowed"
        " address."
    ),
    "archived": "Unarchive the repository, or set the input `comment` to `never`.",
}

TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
"""Status of a query that exceeds GitHub's limits; half of the query may succeed."""

# GraphQL reports errors in the body of a response with status 200: the status that REST has for each type.
# The last two types leave a null in the data.
_GRAPHQL_STATUSES = {
    "RATE_LIMIT": 429,
    "RATE_LIMITED": 429,
    "RESOURCE_LIMITS_EXCEEDED": TOO_LARGE,
    "TIMEOUT": 504,
    "SERVICE_UNAVAILABLE": 503,
    "INTERNAL": 500,
    "FORBIDDEN": 403,
    "INSUFFICIENT_SCOPES": 403,
    "NOT_FOUND": 200,
    "UNPROCESSABLE": 200,
}

# Errors without a type, by the beginning of their message.
_UNTYPED_STATUSES = {
    "Something went wrong": 502,
    "Timeout on validation of query": TOO_LARGE,
}


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """A request of PyGithub's REST objects: `call` sends it and returns the needed part of the response."""

    subject: str
    """Names the request in messages, as in `POST issues/7/comments`."""
    call: Callable[[Repository], T]
    is_repeatable: bool = True
    """True if it is retried after an unclear response. Without it, which a POST needs, only after a rate
    limit."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response. `headers` have lowercase names; `body` is the parsed JSON, None without one."""

    status: int
    headers: Mapping[str, str]
    body: Any
    failure: ConnectionFailure | None = None
    """Cause of a missing response, if known."""

    @property
    def is_success(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES and not self.is_unclear

    @property
    def is_unclear(self) -> bool:
        """Return True if GitHub may or may not have done what was requested."""
        return is_unclear(self.status)

    @property
    def is_permanent(self) -> bool:
        """Return True if the same request has no response until a setting changes."""
        return self.failure is not None and self.failure.is_permanent

    @property
    def is_rate_limited(self) -> bool:
        """Return True if GitHub rejected the request for the number of requests alone."""
        if self.status == HTTPStatus.FORBIDDEN:
            spent = self.headers.get("x-ratelimit-remaining") == "0"
            return spent or self.has_secondary_limit
        return self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def has_secondary_limit(self) -> bool:
        """Return True if GitHub asks for a pause, whatever the status."""
        return "retry-after" in self.headers or "rate limit" in self.message.lower()

    @property
    def message(self) -> str:
        """GitHub's own error message, at most 500 characters."""
        if not isinstance(self.body, dict):
            return ""
        errors = self.body.get("errors") or []
        parts = [self.body, *(error for error in errors if isinstance(error, dict))]
        return ": ".join(str(part["message"]) for part in parts if part.get("message"))[:500]

    def wait(self, now: float) -> float:
        """Return the seconds until a rate limit ends, by GitHub's clock.

        `now` is the time in seconds since 1970 for a response without a date.
        """
        retry_after, reset = self.headers.get("retry-after", ""), self.headers.get("x-ratelimit-reset", "")
        if retry_after.isdecimal():
            seconds = float(retry_after)
        elif self.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            seconds = float(reset) - (self._sent_at or now)
        else:
            seconds = GITHUB_RATE_LIMIT_SECONDS
        return max(seconds, 1.0)

    @property
    def _sent_at(self) -> float | None:
        """The response's own date in seconds since 1970; None without one."""
        try:
            return datetime.strptime(self.headers.get("date", ""), HTTP_DATE).replace(tzinfo=UTC).timestamp()
        except ValueError:
            return None

    def error(self, subject: str) -> GithubError:
        """Return the error for a request, which `subject` names, as in `POST issues/7/comments`."""
        if self.failure:
            message = f"No response from GitHub to {subject}: {self.failure.problem}."
            return GithubError(message, self.failure.remedy)
        if self.status == NO_RESPONSE:
            return GithubError(f"No response from GitHub to {subject}.", _UNCLEAR_REMEDY)
        reason = f": {self.message.rstrip('.')}" if self.message else ""
        return GithubError(
            f"GitHub responded with {self.status} to {subject}{reason}.", self._remedy, status=self.status
        )

    @property
    def _remedy(self) -> str:
        if self.is_rate_limited:
            return _REMEDIES[429]
        if self.is_unclear:
            return _UNCLEAR_REMEDY
        if self.status == HTTPStatus.FORBIDDEN:
            message = self.message.lower()
            for words, remedy in _REFUSALS.items():
                if words in message:
                    return remedy
        return _REMEDIES.get(self.status, "")


@contextmanager
def translate_malformed(subject: str) -> Iterator[None]:
    """Raise a GithubError if a malformed response raises an exception in the block."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise GithubError(f"Malformed response from GitHub about {subject}.", _UNCLEAR_REMEDY) from error


def is_unclear(status: int) -> bool:
    """Return True if a response of this status may or may not mean that the request was done."""
    return status in {NO_RESPONSE, HTTPStatus.ACCEPTED} or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def graphql_response(response: Response) -> Response:
    """Return the response with the status that the errors in its body have in REST."""
    body = response.body
    is_data = isinstance(body, dict) and body.get("data") is not None and not body.get("errors")
    if not is_data and response.has_secondary_limit:
        return replace(response, status=int(HTTPStatus.TOO_MANY_REQUESTS))
    if not isinstance(body, dict) or not {"data", "errors"} & body.keys():
        return replace(response, status=NO_RESPONSE)
    statuses = [_graphql_status(error) for error in body.get("errors") or []]
    return replace(response, status=int(max(statuses, default=response.status)))


def _graphql_status(error: Mapping[str, Any]) -> int:
    message = str(error.get("message", ""))
    untyped = (status for words, status in _UNTYPED_STATUSES.items() if message.startswith(words))
    return next(untyped, None) or _GRAPHQL_STATUSES.get(str(error.get("type")), 400)
