"""One client of GitHub's REST and GraphQL APIs, for one repository and one token.

What is repeated, and after which answer, is decided here. No redirect is followed, so that the token goes
nowhere but to the addresses that the runner gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.answer import NO_ANSWER, Answer, graphql_answer
from dictionary_deploy.limits import PATIENCE_SECONDS, Body, LimitError, in_time

TIMEOUT = 20
"""Seconds to connect, and between two parts of an answer."""

LARGEST_ANSWER = 144 * 1024 * 1024
"""Bytes, uncompressed: a file of 100 MB, as GitHub sends it, in base64."""

PATIENCE = 120.0
"""Seconds that a client waits in all its life, whatever GitHub asks for."""

_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before each repetition after an unclear answer."""


class GithubClient:
    """Asks GitHub about `repository` (`owner/name`) at the addresses the runner gives.

    `pause` waits for some seconds, `now` is the time in seconds since 1970; an answer has to begin, and to go
    on, within `patience` seconds. Every failure is a
    GithubError, in which the token never appears.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        graphql_url: str,
        repository: str,
        pause: Callable[[float], None],
        now: Callable[[], float],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        if not re.fullmatch(r"[!-~]+", token):
            raise GithubError(
                "There is no usable GitHub token: it is empty, or has characters that no token has.",
                "Leave `github-token` out, or pass `${{ github.token }}`.",
            )
        owner, slash, name = repository.partition("/")
        if not (owner and slash and name) or "/" in name:
            raise GithubError(f"{repository!r} is not the name of a repository.", "Set GITHUB_REPOSITORY.")
        self._token = token
        self._repository = repository
        self._variables = {"owner": owner, "name": name}
        self._rest_url = _checked(api_url, "GITHUB_API_URL")
        self._graphql_url = _checked(graphql_url, "GITHUB_GRAPHQL_URL")
        self._session = requests.Session()
        self._session.auth = _Token(token)
        self._session.headers["User-Agent"] = "dictionary-deploy"
        self._session.headers["Accept"] = "application/vnd.github+json"
        self._pause = pause
        self._now = now
        self._patience = patience
        self._waited = 0.0

    def query(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The `data` of a query; what GitHub could not find in it is null, but never its `repository`.

        The query declares `$owner: String!` and `$name: String!`, which need not be among the variables.
        Repeated after an unclear answer.
        """
        sent = {"query": query, "variables": {**self._variables, **variables}}

        def ask() -> Answer:
            return graphql_answer(self._answer("POST", self._graphql_url, sent))

        answer = self._settled(ask, "a query", repeatable=True)
        data: dict[str, Any] = answer.body.get("data") or {}
        if data.get("repository") is None:
            raise Answer(404, {}, answer.body).error(f"a query about {self._repository}")
        return data

    def request(self, verb: str, path: str, sent: Any = None, *, repeatable: bool = True) -> Any:
        """The JSON that REST answers; `path` begins below the repository, as in `issues/7/comments`.

        With `repeatable` the request is repeated after an unclear answer. Without, as a POST wants it, only
        after one that says that it was not done.
        """
        url = f"{self._rest_url}/repos/{self._repository}/{path}".rstrip("/")
        answer = self._settled(lambda: self._answer(verb, url, sent), f"{verb} {path}", repeatable=repeatable)
        return answer.body

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        self._session.close()

    def _settled(self, ask: Callable[[], Answer], subject: str, *, repeatable: bool) -> Answer:
        """The first answer that is a success, asking as often as may be."""
        pauses = iter(_PAUSES if repeatable else ())
        while not (answer := ask()).is_success:
            seconds: float | None = None
            if answer.is_rate_limited:
                seconds = answer.wait(self._now())
            elif answer.is_unclear:
                seconds = next(pauses, None)
            if seconds is None or self._waited + seconds > PATIENCE:
                raise self._without_token(answer.error(subject))
            self._waited += seconds
            self._pause(seconds)
        return answer

    def _answer(self, verb: str, url: str, sent: Any) -> Answer:
        try:
            status, headers, text = self._exchange(verb, url, sent)
        except (requests.RequestException, OSError, urllib3.exceptions.HTTPError, LimitError):
            return Answer(NO_ANSWER, {}, None)
        answer = Answer(status, headers, None)
        try:
            return replace(answer, body=json.loads(text) if text else None)
        except (ValueError, RecursionError):
            # A proxy's page, or a body that was cut off: such a success may not be one.
            return replace(answer, status=NO_ANSWER) if answer.is_success else answer

    def _exchange(self, verb: str, url: str, sent: Any) -> tuple[int, dict[str, str], bytes]:
        def begin() -> requests.Response:
            return self._session.request(
                verb, url, json=sent, timeout=TIMEOUT, allow_redirects=False, stream=True
            )

        with in_time(begin, self._patience) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = Body(response.raw, LARGEST_ANSWER, decode=True, patience=self._patience)
            return response.status_code, headers, body.read()

    def _without_token(self, error: GithubError) -> GithubError:
        return GithubError(error.message.replace(self._token, "***"), error.remedy, status=error.status)


class _Token(AuthBase):
    """Signs requests in. Given as `auth`, since requests would otherwise prefer what ~/.netrc has."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"token {self._token}"
        return request


def _checked(url: str, variable: str) -> str:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise GithubError(f"{url!r} is not an address of GitHub's API.", f"Correct {variable}.")
    return url.rstrip("/")
