"""A rollback: the configuration of the branch's tip, the files of the commit that is checked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dictionary_deploy.config import parse_config
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import ConfigError, DeployError, GithubError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.worktree import read_config
from dictionary_deploy.model import PACKAGE_ID, Config, Dictionary, Package, Result
from dictionary_deploy.run import aside
from dictionary_deploy.settings import Settings


def config_of_tip(context: RunContext, trigger: Trigger) -> Config:
    """Return the configuration of the branch's tip; the workspace's if git does not track it there.

    The commit's own would leave domains that were added since on the bad content, and send the content of a
    renamed package to the old one. Raises DeployError unless the commit is on the branch.
    """
    host, settings = context.host, context.settings
    tip = aside.call(lambda: host.reach(trigger.branch, trigger.commit), context)
    data = aside.call(lambda: host.read(tip, settings.config), context)
    if data is None:
        _check_untracked(context, trigger, tip)
        config = config_of_commit(settings)
        host.check_config(config, trigger.commit)
        return config
    try:
        return parse_config(data, settings.config, settings.environment)
    except ConfigError as error:
        faults = " ".join(map(str, error.faults))
        raise DeployError(
            "invalid-config",
            f"The configuration at the tip of {trigger.branch}, commit {tip}, cannot be used: {faults}",
            f"Fix {settings.config} on {trigger.branch}, then run the rollback again.",
        ) from error


def _check_untracked(context: RunContext, trigger: Trigger, tip: str) -> None:
    """Raise GithubError if git tracks the configuration at the tip, but a replica of GitHub lags."""
    host, file = context.host, context.settings.config
    standing = aside.call(
        lambda: host.standing(trigger.branch, trigger.commit, [file], [], is_plan=False), context
    )
    if standing.blobs.get(file):
        raise GithubError(f"GitHub does not return {file} at the branch's tip, commit {tip}.", "Rerun.")


def config_of_commit(settings: Settings) -> Config:
    """Return the configuration in the workspace. Raises DeployError if it cannot be used."""
    data = read_config(settings.workspace, settings.config)
    return parse_config(data, settings.config, settings.environment)


@dataclass(frozen=True)
class FilesOfCommit:
    """The files that the commit's own configuration names: another path than at the tip, if a file moved."""

    context: RunContext
    config: Config
    """The configuration of the tip."""

    def find(self, dictionary: Dictionary) -> str | None:
        """Return the file of the dictionary's package; None without one. May raise AwsError.

        One configuration may have the package's ID and the other one its name: AWS has both.
        """
        for each in self._dictionaries:
            if each.package == dictionary.package:
                return each.file
        if not any(PACKAGE_ID.fullmatch(each.package) for each in (dictionary, *self._dictionaries)):
            return None
        packages = [each for each in self._packages if dictionary.names(each)]
        return next(
            (each.file for each in self._dictionaries for package in packages if each.names(package)), None
        )

    @cached_property
    def _dictionaries(self) -> Sequence[Dictionary]:
        """The dictionaries of the commit's configuration; empty if that cannot be used."""
        try:
            return config_of_commit(self.context.settings).dictionaries
        except DeployError:
            return ()

    @cached_property
    def _packages(self) -> Sequence[Package]:
        from dictionary_deploy.aws.connect import connect_aws  # noqa: PLC0415 few rollbacks need it here

        context = self.context
        aws = connect_aws(self.config, context.settings.region, context.host.run_name(), context.console.mask)
        return aside.call(aws.packages.all, context, "the packages were known")


def conclude_missing(dictionary: Dictionary, commit: str) -> Result:
    """Return the result of a dictionary that the commit lacks."""
    return Result(
        dictionary=dictionary,
        outcome="skipped",
        message=f"Commit {commit[:12]} has no file {dictionary.file}, and its configuration names no other"
        f" file for package {dictionary.package}.",
        commit=commit,
    )


def check_rolled_back(results: Sequence[Result], commit: str) -> None:
    """Raise DeployError if the rollback concerns no dictionary."""
    if all(result.outcome == "skipped" for result in results):
        files = ", ".join(result.dictionary.file for result in results)
        raise DeployError(
            "not-checked-out",
            f"Nothing was rolled back: commit {commit} has none of the files {files}.",
            "Check out the commit to roll back to.",
        )
