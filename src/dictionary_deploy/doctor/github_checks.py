"""Check GitHub, and outside of its runner the checkout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dictionary_deploy.clock import Clock
from dictionary_deploy.doctor.checks import Check, failed_check, ok
from dictionary_deploy.doctor.iam import Repository
from dictionary_deploy.errors import DeployError, GithubError
from dictionary_deploy.events.trigger import check_asserted_branch, no_branch
from dictionary_deploy.git.head import read_head
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.git.remote import repository_at
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.github_api.repository import RepositoryFacts, check_may_comment, read_facts
from dictionary_deploy.model import Config
from dictionary_deploy.settings import Settings

if TYPE_CHECKING:
    from dictionary_deploy.github_api.client import GithubClient


class GithubExamination:
    """The checks of branch, repository and token. They set `repository` and `default_branch`."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.repository: Repository | None = None
        self.default_branch = ""

    def checks(self, configs: Sequence[Config]) -> Iterator[Check]:
        """Yield the checks in order. The configurations may assert branches."""
        settings = self._settings
        branch = settings.branch
        if settings.github is None:
            yield self._checkout(branch)
            yield from self._asserted_branches(configs)
        name = settings.github_api.repository
        if not name and settings.github is None:
            name = self._name_of_origin()
        if not name:
            message = "The repository is unknown, so the trust policies have OWNER/REPOSITORY."
            yield Check("repository", "unknown", message, "Set GITHUB_REPOSITORY to owner/name.")
            return
        self.repository = Repository(name)
        if not settings.github_token:
            yield self._no_token()
            return
        yield from self._token(name, branch)
        if settings.github:
            yield from self._asserted_branches(configs)

    def _asserted_branches(self, configs: Sequence[Config]) -> Iterator[Check]:
        """Yield a failed check for each other branch that the configuration asserts."""
        branch = self._settings.branch or self.default_branch
        for asserted in dict.fromkeys(config.branch for config in configs) if branch else ():
            try:
                check_asserted_branch(asserted, branch)
            except DeployError as error:
                yield failed_check("branch", error, in_workflow=self._settings.github is not None)

    def _no_token(self) -> Check:
        if self._settings.github:
            remedy = "Remove the input `github-token` to use its default, `${{ github.token }}`."
            return Check("GitHub token", "not ok", "The token is missing.", remedy, stops=True)
        return ok("GitHub token", "Not set. Comments need one, deploys outside of GitHub do not.")

    def _token(self, name: str, branch: str) -> Iterator[Check]:
        api, needs_it = self._settings.github_api, self._settings.github is not None
        api = replace(api, repository=name)
        try:
            with connect(api, self._settings.github_token, self._clock) as client:
                self._note(name, read_facts(client))
                yield ok("repository", f"The token can read {name}.")
                yield from self._branch(client, branch or self.default_branch)
                yield from self._comments(client)
        except GithubError as error:
            yield failed_check("GitHub token", error, stops=needs_it)

    def _branch(self, client: GithubClient, branch: str) -> Iterator[Check]:
        needs_it = self._settings.github is not None
        try:
            tip = Commits(client).tip(branch)
        except DeployError as error:
            yield failed_check(f"branch {branch} at GitHub", error, stops=needs_it)
        else:
            yield ok(f"branch {branch} at GitHub", f"Its tip is {tip}.")

    def _comments(self, client: GithubClient) -> Iterator[Check]:
        """Yield the check of commenting, if there is a pull request to check it on."""
        subject, number = "comments", self._settings.pull_request
        if number is None:
            message = "The permission to comment can only be checked on a pull request."
            yield Check(subject, "unknown", message, "Set `--pull-request`. Nothing is written.")
            return

        try:
            check_may_comment(client, number)
        except GithubError as error:
            yield failed_check(subject, error, stops=False)
        else:
            yield ok(subject, f"The token can comment on pull request {number}.")

    def _note(self, name: str, facts: RepositoryFacts) -> None:
        self.default_branch = facts.default_branch
        self.repository = Repository(name, facts.owner_id, facts.id, facts.created_at)

    def _checkout(self, branch: str) -> Check:
        """Return the check of the checked-out commit and of the branch in git."""
        workspace = self._settings.workspace
        try:
            head = read_head(workspace)
            if head is None:
                remedy = "Run the command in a clone of the repository."
                return Check("checkout", "not ok", f"{workspace} is not a git checkout.", remedy, stops=True)
            history = GitHistory(workspace)
            self.default_branch = branch or history.default_branch() or self._settings.ci.default_branch
            if not self.default_branch:
                raise no_branch()
            tip = history.reach(self.default_branch, head)
        except DeployError as error:
            return failed_check("checkout", error, in_workflow=False)
        return ok("checkout", f"Commit {head} is checked out, and {tip} is the tip of {self.default_branch}.")

    def _name_of_origin(self) -> str:
        try:
            origin = GitHistory(self._settings.workspace).origin()
        except DeployError:
            return ""
        return repository_at(origin, self._settings.github_api.server_url)
