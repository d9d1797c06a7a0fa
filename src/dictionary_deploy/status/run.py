"""Read the state of every dictionary's package, and print it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from dictionary_deploy.aws.connect import Aws, connect_aws
from dictionary_deploy.clock import Clock
from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.config.selected_files import check_only
from dictionary_deploy.console import Console
from dictionary_deploy.errors import DeployError
from dictionary_deploy.git.worktree import read_config
from dictionary_deploy.model import Config, Dictionary, Holds, Package
from dictionary_deploy.report.status import (
    CommitFacts,
    DictionaryStatus,
    status_lines,
    status_markdown,
    status_values,
)
from dictionary_deploy.settings import Settings
from dictionary_deploy.status.commits import CommitFinder

NO_FACTS = CommitFacts()


def show_status(settings: Settings, console: Console, clock: Clock) -> int:
    """Print the state; return 1 if some of it is unknown. Raises DeployError for an invalid configuration."""
    data = read_config(settings.workspace, settings.config)
    if settings.environment:
        configs = [parse_config(data, settings.config, settings.environment)]
    else:
        configs = [*parse_all(data, settings.config)]
    check_only(configs, settings.only)
    with ExitStack() as stack:
        commits = CommitFinder(settings, clock, stack)
        statuses = [status for config in configs for status in _statuses(config, settings, console, commits)]
    values = {"dictionaries": status_values(statuses)}
    console.outputs(values)
    if settings.as_markdown:
        console.markdown(status_markdown(statuses))
    else:
        for line in status_lines(statuses):
            console.info(line)
    console.json(values)
    return int(any(status.error for status in statuses))


def _statuses(
    config: Config, settings: Settings, console: Console, commits: CommitFinder
) -> list[DictionaryStatus]:
    """Return the state of each dictionary of one environment."""
    selected = [each for each in config.dictionaries if not settings.only or each.file in settings.only]
    try:
        aws = connect_aws(config, settings.region, "status", console.mask)
        packages = aws.packages.all()
    except DeployError as error:
        return [_unknown(config, dictionary, str(error)) for dictionary in selected]
    holds, why_no_holds = Holds(), ""
    try:
        holds = aws.holds.read()
    except DeployError as error:
        why_no_holds = f"Rollbacks are unknown: {error}"
    found = []
    for dictionary in selected:
        matching = [package for package in packages if dictionary.names(package)]
        if len(matching) == 1:
            status = _read(config, dictionary, matching[0], aws, commits, settings.versions, holds)
            found.append(_with_error(status, why_no_holds))
        elif matching:
            found.append(_unknown(config, dictionary, f"{len(matching)} packages have this name."))
        elif dictionary.create:
            found.append(DictionaryStatus(config.environment, dictionary.file, dictionary.package))
        else:
            found.append(_unknown(config, dictionary, "The package does not exist."))
    return found


def _read(
    config: Config,
    dictionary: Dictionary,
    package: Package,
    aws: Aws,
    commits: CommitFinder,
    count: int,
    holds: Holds,
) -> DictionaryStatus:
    status = DictionaryStatus(
        config.environment,
        dictionary.file,
        package.name,
        package.id,
        package.status,
        package.available,
        hold=holds.rollbacks.get(package.id),
    )
    try:
        history = aws.packages.history(package)
        last = history[-count:] if count else ()
        live = [version for version in history if version.name == package.available]
        shown = sorted({*last, *live}, key=lambda version: version.number, reverse=True)
        facts = tuple((each, commits.find(each.commit) if each.commit else NO_FACTS) for each in shown)
        status = replace(status, versions=facts)
        if package.available and not live:
            status = _with_error(status, f"{package.available} is not in the version history yet.")
        return replace(status, domains=aws.packages.domains(package))
    except DeployError as error:
        return _with_error(status, str(error))


def _unknown(config: Config, dictionary: Dictionary, error: str) -> DictionaryStatus:
    return DictionaryStatus(config.environment, dictionary.file, dictionary.package, error=error)


def _with_error(status: DictionaryStatus, error: str) -> DictionaryStatus:
    return replace(status, error=" ".join(filter(None, (status.error, error))))
