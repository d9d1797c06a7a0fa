"""Send requests for one repository with PyGithub, and retry them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import github
import requests
import urllib3
from github.Repository import Repository

from dictionary_deploy.clock import (
    GITHUB_PAUSES_SECONDS,
    GITHUB_RESPONSE_SECONDS,
    MAX_GITHUB_WAIT_SECONDS,
    Clock,
)
from dictionary_deploy.connection_errors import ConnectionFailure, Endpoint, explain_connection
from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.http_limits import LimitError, bounded_github
from dictionary_deploy.github_api.response import NO_RESPONSE, Request, Response, graphql_response
from dictionary_deploy.settings import GithubApi

T = TypeVar("T")

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""In the order in which Requests reads them; it ignores SSL_CERT_FILE."""

_UNUSABLE_REMEDY = "Check GITHUB_API_URL, and the proxy of HTTPS_PROXY if one is set. A rerun is safe."

# PyGithub's exceptions for truncated bodies, and for malformed bodies and headers.
_MALFORMED = (
    github.BadAttributeException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class GithubClient:
    """Connect to the API for `repository` (`owner/name`), at the addresses that the runner gives.

    `pause` waits for a number of seconds, `now` returns the time in seconds since 1970, and `max_wait` the
    longest wait for the end of a rate limit. Every failure is a GithubError, in which the token never
    appears.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        graphql_url: str,
        repository: str,
        pause: Callable[[float], None],
        now: Callable[[], float],
        max_wait: Callable[[], float] = lambda: MAX_GITHUB_WAIT_SECONDS,
        max_response_seconds: int = GITHUB_RESPONSE_SECONDS,
    ) -> None:
        if not re.fullmatch(r"[!-~]+", token):
            raise GithubError(
                "The GitHub token is empty or has invalid characters.",
                "Remove `github-token`, or set it to `${{ github.token }}`.",
            )
        owner, slash, name = repository.partition("/")
        if not (owner and slash and name) or "/" in name:
            raise GithubError(f"{repository!r} is not the name of a repository.", "Set GITHUB_REPOSITORY.")
        check_url(api_url, "GITHUB_API_URL")
        graphql_address = check_url(graphql_url, "GITHUB_GRAPHQL_URL")
        self._token = token
        self._name = repository
        self._variables = {"owner": owner, "name": name}
        self._rest = self._graphql = bounded_github(token, api_url, max_response_seconds)
        self._repository = self._rest.get_repo(repository)
        self._api_url, self._graphql_url = api_url, graphql_url
        if graphql_url != self._rest.requester.graphql_url:
            # A Github object sends the token to no other address than its own.
            root = graphql_address._replace(path="", query="", fragment="").geturl()
            self._graphql = bounded_github(token, root, max_response_seconds)
        self._pause = pause
        self._now = now
        self._max_wait = max_wait

    def query(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the `data` of a GraphQL query, in which anything but `repository` may be null.

        The query declares `$owner: String!` and `$name: String!`, which need not be among the variables.
        Retried after an unclear response.
        """
        sent = {"query": query, "variables": {**self._variables, **variables}}

        def send(_: Repository) -> Response:
            # PyGithub's own `graphql_query` raises when any part of the data is missing.
            headers, body = self._graphql.requester.requestJsonAndCheck("POST", self._graphql_url, input=sent)
            return graphql_response(Response(200, headers, body))

        endpoint = Endpoint(self._graphql_url, CA_VARIABLES, "GITHUB_GRAPHQL_URL or GITHUB_API_URL")
        response = self._settle(lambda: Request("a query", send), endpoint)
        data: dict[str, Any] = response.body.get("data") or {}
        if data.get("repository") is None:
            raise Response(404, {}, response.body).error(f"a query about {self._name}")
        return data

    def request(self, subject: str, call: Callable[[Repository], T], *, repeatable: bool = True) -> T:
        """Send the request; return the result of its `call`."""
        return self.send(lambda: Request(subject, call, is_repeatable=repeatable))

    def send(self, prepare: Callable[[], Request[T]]) -> T:
        """Send the request that `prepare` returns; return the result of its `call`.

        `prepare` is called right before each try, because the state may change during a wait.
        """

        def prepare_response() -> Request[Response]:
            request = prepare()
            return Request(
                request.subject,
                lambda repository: Response(200, {}, request.call(repository)),
                is_repeatable=request.is_repeatable,
            )

        endpoint = Endpoint(self._api_url, CA_VARIABLES, "GITHUB_API_URL")
        returned: T = self._settle(prepare_response, endpoint).body
        return returned

    def wait(self, seconds: float) -> None:
        """Wait before the same query is sent again."""
        self._pause(seconds)

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        self._rest.close()
        self._graphql.close()

    def _settle(self, prepare: Callable[[], Request[Response]], endpoint: Endpoint) -> Response:
        """Return the first successful response, within the retries and the wait that are allowed."""
        pauses = iter(GITHUB_PAUSES_SECONDS)
        limits = 0
        while True:
            request = prepare()
            response = _response(partial(request.call, self._repository), endpoint)
            if response.is_success:
                return response
            seconds: float | None = None
            if response.is_rate_limited:
                # A limit that is still there after the pause that GitHub asked for needs a longer one.
                seconds = response.wait(self._now()) * 2**limits
                limits += 1
                if seconds > self._max_wait():
                    raise self._without_token(response.error(request.subject), seconds)
            elif response.is_unclear and request.is_repeatable and not response.is_permanent:
                seconds = next(pauses, None)
            if seconds is None:
                raise self._without_token(response.error(request.subject))
            self._pause(seconds)

    def _without_token(self, error: GithubError, retry_after: float = 0.0) -> GithubError:
        message = error.message.replace(self._token, "***")
        return GithubError(message, error.remedy, status=error.status, retry_after=retry_after)


def _response(send: Callable[[], Response], endpoint: Endpoint) -> Response:
    """Return the response, also where PyGithub raises. Its exceptions print whole bodies: none is chained."""
    try:
        return send()
    except github.GithubException as error:
        return Response(error.status, error.headers or {}, error.data)
    except requests.HTTPError as error:
        return Response(NO_RESPONSE if error.response is None else error.response.status_code, {}, None)
    except LimitError as error:
        return Response(NO_RESPONSE, {}, None, ConnectionFailure(str(error), _UNUSABLE_REMEDY))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, *_MALFORMED) as error:
        return Response(NO_RESPONSE, {}, None, explain_connection(error, endpoint, os.environ))


def check_url(url: str, variable: str) -> SplitResult:
    """Return the parts of the URL. Raises GithubError, with the variable to fix, if it is not usable."""
    try:
        address = urlsplit(url)
        is_web = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
        is_usable = is_web and not re.search(r"[\s\x00-\x1f]", url)
    except ValueError:  # an invalid address or port
        is_usable = False
    if not is_usable:
        raise GithubError(f"{url!r} is not a URL of GitHub's API.", f"Fix {variable}.")
    return address


@contextmanager
def open_client(
    api: GithubApi, token: str, clock: Clock, max_wait: Callable[[], float]
) -> Iterator[GithubClient]:
    """Yield a client of the repository, and close it at the end. Raises GithubError without a token."""
    if not token:
        raise GithubError(
            "The GitHub token is missing.",
            "Set the input `github-token` to `${{ github.token }}`. Outside of GitHub, set GITHUB_TOKEN.",
        )
    client = GithubClient(
        token, api.api_url, api.graphql_url, api.repository, clock.sleep, time.time, max_wait
    )
    try:
        yield client
    finally:
        client.close()
