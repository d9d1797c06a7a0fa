"""One client of GitHub's REST and GraphQL APIs, for one repository and one token.

PyGithub's requester does the HTTP; what is repeated, and after which answer, is decided here: PyGithub's
own retries repeat a POST too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import requests
from github import Auth, Github
from github.Requester import Requester

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.answer import NO_ANSWER, Answer, graphql_answer

TIMEOUT = 20
"""Seconds to connect, and between two parts of an answer."""

PATIENCE = 120.0
"""Seconds that a client waits in all its life, whatever GitHub asks for."""

_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before each repetition after an unclear answer."""


class GithubClient:
    """Asks GitHub about `repository` (`owner/name`) at the addresses the runner gives.

    `pause` waits for some seconds, `now` is the time in seconds since 1970. Every failure is a
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
        # PyGithub derives the address of GraphQL from that of REST; the runner's own word counts.
        self._rest = _requester(token, api_url, "GITHUB_API_URL")
        self._graphql = _requester(token, graphql_url, "GITHUB_GRAPHQL_URL")
        self._graphql_url = graphql_url
        self._pause = pause
        self._now = now
        self._waited = 0.0

    def query(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The `data` of a query; what GitHub could not find in it is null, but never its `repository`.

        The query declares `$owner: String!` and `$name: String!`, which need not be among the variables.
        Repeated after an unclear answer.
        """
        sent = {"query": query, "variables": {**self._variables, **variables}}

        def ask() -> Answer:
            return graphql_answer(self._answer(self._graphql, "POST", self._graphql_url, sent))

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
        url = f"/repos/{self._repository}/{path}"
        answer = self._settled(
            lambda: self._answer(self._rest, verb, url, sent), f"{verb} {path}", repeatable=repeatable
        )
        return answer.body

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        self._rest.close()
        self._graphql.close()

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

    def _answer(self, requester: Requester, verb: str, url: str, sent: Any) -> Answer:
        try:
            status, headers, text = requester.requestJson(verb, url, input=sent)
        except requests.RequestException:
            return Answer(NO_ANSWER, {}, None)
        except RuntimeError:
            # PyGithub follows a redirect to another host or scheme no further.
            return Answer(301, {}, None)
        answer = Answer(status, headers, None)
        try:
            return replace(answer, body=json.loads(text) if text else None)
        except ValueError:
            # A proxy's page, or a body that was cut off: such a success may not be one.
            return replace(answer, status=NO_ANSWER) if answer.is_success else answer

    def _without_token(self, error: GithubError) -> GithubError:
        return GithubError(error.message.replace(self._token, "***"), error.remedy, status=error.status)


def _requester(token: str, url: str, variable: str) -> Requester:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise GithubError(f"{url!r} is not an address of GitHub's API.", f"Correct {variable}.")
    return Github(
        auth=Auth.Token(token),
        base_url=url,
        timeout=TIMEOUT,
        retry=None,
        user_agent="dictionary-deploy",
        seconds_between_requests=None,
        seconds_between_writes=None,
    ).requester
