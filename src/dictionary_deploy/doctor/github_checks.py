"""What doctor asks GitHub, and outside its runner the checkout's git."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dictionary_deploy.clock import Clock
from dictionary_deploy.doctor.checks import Check, missed, ok
from dictionary_deploy.doctor.iam import Repository
from dictionary_deploy.errors import DeployError, GithubError
from dictionary_deploy.git.head import read_head
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.git.remote import repository_at
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.github_api.repository import RepositoryFacts, check_may_comment, read_facts
from dictionary_deploy.settings import Settings

if TYPE_CHECKING:
    from dictionary_deploy.github_api.client import GithubClient


class GithubExamination:
    """The examination of branch, repository and token; `repository` and `default_branch` are its finds."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.repository: Repository | None = None
        self.default_branch = ""

    def checks(self, branch: str | None) -> Iterator[Check]:
        """One after the other; `branch` is the configuration's."""
        settings = self._settings
        if settings.github is None:
            yield self._checkout(branch)
        name = settings.github_api.repository
        if not name and settings.github is None:
            name = self._name_of_origin()
        if not name:
            said = "Nothing says which repository this is, so that the trust policies have OWNER/REPOSITORY."
            yield Check("repository", "could not tell", said, "Set GITHUB_REPOSITORY to owner/name.")
            return
        self.repository = Repository(name)
        if not settings.github_token:
            yield self._no_token()
            return
        yield from self._token(name, branch)

    def _no_token(self) -> Check:
        if self._settings.github:
            remedy = "Leave `github-token` at its default, `${{ github.token }}`."
            return Check("GitHub token", "not ok", "There is none.", remedy, stops=True)
        return ok("GitHub token", "There is none: comments need one, deploys outside of GitHub do not.")

    def _token(self, name: str, branch: str | None) -> Iterator[Check]:
        api, needs_it = self._settings.github_api, self._settings.github is not None
        api = replace(api, repository=name)
        try:
            with connect(api, self._settings.github_token, self._clock) as client:
                self._note(name, read_facts(client))
                yield ok("repository", f"{name} may be read.")
                yield from self._branch(client, branch or self.default_branch)
                yield from self._comments(client)
        except GithubError as error:
            yield missed("GitHub token", error, stops=needs_it)

    def _branch(self, client: GithubClient, branch: str) -> Iterator[Check]:
        needs_it = self._settings.github is not None
        try:
            tip = Commits(client).standing(branch, branch, (), ()).tip
        except GithubError as error:
            yield missed(f"branch {branch} at GitHub", error, stops=needs_it)
        else:
            yield ok(f"branch {branch} at GitHub", f"Its tip is {tip}.")

    def _comments(self, client: GithubClient) -> Iterator[Check]:
        """Ask for an empty comment: GitHub looks at the token first, and refuses it for being empty next."""
        subject, number = "comments", self._settings.pull_request
        if number is None:
            said = "Whether the token may comment can be asked of a pull request only."
            yield Check(subject, "could not tell", said, "Name one with --pull-request; nothing is written.")
            return

        try:
            check_may_comment(client, number)
        except GithubError as error:
            yield missed(subject, error, stops=False)
        else:
            yield ok(subject, f"The token may comment on pull request {number}.")

    def _note(self, name: str, facts: RepositoryFacts) -> None:
        self.default_branch = facts.default_branch
        self.repository = Repository(name, facts.owner_id, facts.id, facts.created_at)

    def _checkout(self, branch: str | None) -> Check:
        """That there is a commit to deploy, and that git knows where the branch is."""
        workspace = self._settings.workspace
        try:
            head = read_head(workspace)
            if head is None:
                remedy = "Run it within a clone of the repository."
                return Check("checkout", "not ok", f"{workspace} is no git checkout.", remedy, stops=True)
            history = GitHistory(workspace)
            self.default_branch = branch or history.default_branch() or ""
            tip = history.standing(self.default_branch, head, (), ()).tip
        except DeployError as error:
            return missed("checkout", error, in_workflow=False)
        return ok("checkout", f"{head} is checked out, and {tip} is the tip of {self.default_branch}.")

    def _name_of_origin(self) -> str:
        try:
            origin = GitHistory(self._settings.workspace).origin()
        except DeployError:
            return ""
        return repository_at(origin, self._settings.github_api.server_url)
