"""A git repository with merge and squash commits, the local GitHub that serves it, and our client of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from local_github import Clock, ConnectClient, History, LocalGithub

from dictionary_deploy.github_api.client import GithubClient
from sandbox.github.app import create_app
from sandbox.repository import Repository
from sandbox.server import serve


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The original of `history`, copied because git is slow."""
    repository = Repository(tmp_path_factory.mktemp("repository"))
    repository.init()
    first = repository.commit({"search/synonyms.txt": "a, b\n", "search/stopwords.txt": "the\n"}, "Begin")
    repository.git("switch", "--quiet", "--create", "more-synonyms")
    on_branch = repository.commit({"search/synonyms.txt": "a, b, c\n"}, "Add c")
    repository.git("switch", "--quiet", "main")
    merge = repository.merge_branch("more-synonyms", 7, "More synonyms")
    squash = repository.commit({"search/synonyms.txt": "a, b, c, d\n"}, "Add d (#8)")
    repository.git("switch", "--quiet", "--create", "proposal")
    open_head = repository.commit({"search/synonyms.txt": "a, b, c, d, e\n"}, "Propose e")
    repository.git("update-ref", "refs/pull/9/head", open_head)
    repository.git("switch", "--quiet", "main")
    tip = repository.commit({"README.md": "Dictionaries\n"}, "Document")
    return History(repository, first, on_branch, merge, squash, tip, open_head)


@pytest.fixture
def history(template: History, tmp_path: Path) -> History:
    path = tmp_path / "repository"
    shutil.copytree(template.repository.path, path)
    return replace(template, repository=replace(template.repository, path=path))


@pytest.fixture
def local_github(history: History) -> Iterator[LocalGithub]:
    with serve(create_app(history.repository.path)) as url:
        yield LocalGithub(url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(local_github: LocalGithub, clock: Clock) -> Iterator[ConnectClient]:
    """Create clients of the local GitHub; close them at the end."""
    with ExitStack() as stack:

        def client(token: str = "ghs_test", **changed: str) -> GithubClient:
            url = local_github.url
            settings = {"api_url": url, "graphql_url": f"{url}/graphql", "repository": "acme/search"}
            made = GithubClient(token, **settings | changed, pause=clock.pause, now=clock.now)
            stack.callback(made.close)
            return made

        yield client


@pytest.fixture
def client(connect: ConnectClient) -> GithubClient:
    return connect()
