"""The fixtures of the GitHub tests: a git repository, the local GitHub and a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from dictionary_deploy.github_api.client import GithubClient
from sandbox.repository import Repository

ConnectClient = Callable[..., GithubClient]


@dataclass(frozen=True)
class History:
    """Two merged pull requests into `main` (#7 by a merge commit, #8 squashed) and an open one (#9)."""

    repository: Repository
    first: str
    on_branch: str
    """The commit on the branch of #7."""
    merge: str
    squash: str
    tip: str
    open_head: str


@dataclass(frozen=True)
class LocalGithub:
    """The local GitHub at `url`, over plain HTTP."""

    url: str

    def request(self, method: str, path: str, sent: Any = None, token: str = "ghs_test") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, self.url + path, json=sent, headers=headers, timeout=10)

    def get(self, path: str) -> Any:
        return self.request("GET", f"/repos/acme/search{path}").json()

    def query(self, selection: str, token: str = "ghs_test") -> Any:
        """Return the response to a query within the repository."""
        repository = f'repository(owner: "acme", name: "search") {{ {selection} }}'
        query = f"query Test {{ viewer {{ login }} {repository} }}"
        return self.request("POST", "/graphql", {"query": query}, token).json()

    def comment(self, number: int, body: str, token: str = "ghs_test") -> Any:
        path = f"/repos/acme/search/issues/{number}/comments"
        return self.request("POST", path, {"body": body}, token).json()

    def bodies(self, number: int) -> list[str]:
        """Return all comments, through GraphQL's pages of a hundred."""
        return [comment["body"] for comment in self.get(f"/issues/{number}/comments?per_page=100")]

    def plan(self, method: str, path: str, status: int, **answer: Any) -> None:
        """Plan a response on demand."""
        sent = {"method": method, "path": path, "status": status, **answer}
        assert self.request("POST", "/_sandbox/answers", sent).status_code == 204

    @property
    def operations(self) -> list[str]:
        """Return the requests since `forget`."""
        return [seen["operation"] for seen in self.request("GET", "/_sandbox/requests").json()]

    def forget(self) -> None:
        self.request("DELETE", "/_sandbox/requests")


@dataclass
class Clock:
    """A clock that advances only by the recorded pauses; `during` runs in the next one."""

    seconds: float = 1_700_000_000.0
    pauses: list[float] = field(default_factory=list)
    during: Callable[[], object] = bool

    def now(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds
        happen, self.during = self.during, bool
        happen()
