"""Read the settings of a run from the command line and the environment."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit

from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import Mode
from dictionary_deploy.settings.command_line import (
    COMMANDS,
    DEFAULT_VERSIONS,
    OPTION_USERS,
    Command,
    parse_command_line,
)
from dictionary_deploy.settings.inputs import DEFAULT_LIMIT, INPUTS, CommentPolicy, Input

MANUAL_EVENT = "workflow_dispatch"
"""The event of a run that a user starts by hand."""

DEFAULT_BRANCH_VARIABLES = (
    "CI_DEFAULT_BRANCH",
    "BUILDKITE_PIPELINE_DEFAULT_BRANCH",
    "CI_REPO_DEFAULT_BRANCH",
)
"""The repository's default branch, by CI system: GitLab, Buildkite, Woodpecker."""


@dataclass(frozen=True, slots=True)
class GithubApi:
    """The URLs of GitHub, without a slash at the end, and the repository."""

    api_url: str
    graphql_url: str
    server_url: str
    repository: str
    """`owner/name`; empty if unknown."""


@dataclass(frozen=True, slots=True)
class GithubContext(GithubApi):
    """The run's context from GitHub's runner. Unknown values are empty."""

    repository_id: str
    event_name: str
    event_path: str
    """Path of the file with the event's payload. It may be missing."""
    sha: str
    ref: str
    """The full ref: `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/merge`."""
    run_id: str

    @property
    def run_url(self) -> str:
        """The URL of the run's page; empty if the run is unknown."""
        if not (self.repository and self.run_id):
            return ""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"


@dataclass(frozen=True, slots=True)
class CiContext:
    """The repository as reported by a CI system other than GitHub. Unknown values are empty."""

    default_branch: str
    repository: str
    repository_id: str
    """The host and the ID: other hosts have the same numbers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked settings of a run."""

    config: str
    mode: Mode
    environment: str
    branch: str
    """The branch that is deployed; empty: the repository's default branch."""
    comment: CommentPolicy
    pull_request: int | None
    timeout_seconds: float
    github_token: str = field(repr=False)
    as_json: bool
    workspace: Path
    github: GithubContext | None
    """None outside of GitHub's runner."""
    github_api: GithubApi
    """The same object as `github`; outside of the runner, the GitHub to comment on."""
    ci: CiContext
    region: str | None
    debug: bool
    limit: int = DEFAULT_LIMIT
    """Lines with changed entries of each dictionary in the log and in the JSON output."""
    only: tuple[str, ...] = ()
    """The files to use; empty: all of the configuration."""
    allow_shrink: bool = False
    """True if dictionaries may lose more entries than `max-shrink` allows."""
    versions: int = DEFAULT_VERSIONS
    """Versions of each package that `status` shows."""
    as_markdown: bool = False
    """True if `status` prints Markdown."""
    fix: bool = False
    """True if `validate` fixes files."""
    policies: str = ""
    """The folder to which `doctor` and `init` write the policies; empty: none."""
    bucket: str = ""
    """The bucket for `init`; empty: a default."""
    role: str = ""
    """The deploy role for `init`; empty: a default."""
    plan_role: str = ""
    """The plan role for `init`; empty: a default."""
    command: Command | None = None
    """The command that takes the place of a mode."""
    search_login: tuple[str, str] | None = field(default=None, repr=False)
    """User name and password for the domains' endpoints; without them, requests are signed."""


def parse_settings(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Return the settings in `argv` (without the program's name) and `environ`.

    An option overrides the input's variable, which overrides the default. Empty values count as missing.
    Raises DeployError (`invalid-config`) with every invalid input. `--help` and `--version` print and
    raise SystemExit.
    """
    options = parse_command_line(argv)
    command = options["mode"] if options["mode"] in COMMANDS else None
    if command:
        options["mode"] = None
    values = {each.name: _value(each, options, environ) for each in INPUTS}
    in_runner = is_in_runner(environ)
    _check(values, () if in_runner else COMMANDS)
    _check_options(options, command or values["mode"])
    if not in_runner:
        values["github-token"] = values["github-token"] or environ.get("GITHUB_TOKEN", "")
    github = _github_context(environ) if in_runner else None
    return Settings(
        config=str(PurePosixPath(values["config"])),
        mode=cast("Mode", values["mode"]),
        environment=values["environment"],
        branch=values["branch"],
        comment=cast("CommentPolicy", values["comment"]),
        pull_request=int(values["pull-request"]) if values["pull-request"] else None,
        timeout_seconds=float(values["timeout-minutes"]) * 60,
        github_token=values["github-token"],
        as_json=options["json"],
        workspace=_workspace(environ) if in_runner else Path.cwd(),
        github=github,
        github_api=github or GithubApi(**_github_api(environ)),
        ci=_ci_context(environ),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
        debug=environ.get("RUNNER_DEBUG") == "1",
        limit=options["limit"],
        only=tuple(dict.fromkeys(filter(None, map(str.strip, values["only"].splitlines())))),
        allow_shrink=_allow_shrink(values["allow-shrink"], github),
        versions=options["versions"],
        as_markdown=options["markdown"],
        fix=options["fix"],
        policies=options["policies"],
        bucket=options["bucket"],
        role=options["role"],
        plan_role=options["plan-role"],
        command=command,
        search_login=_search_login(environ),
    )


def is_in_runner(environ: Mapping[str, str]) -> bool:
    """Return True in a job of GitHub's runner. Runners on Kubernetes do not pass GITHUB_ACTIONS on."""
    is_job = bool(environ.get("GITHUB_RUN_ID") and environ.get("GITHUB_EVENT_NAME"))
    return environ.get("GITHUB_ACTIONS") == "true" or is_job


def _value(each: Input, options: Mapping[str, str | None], environ: Mapping[str, str]) -> str:
    candidates = (options[each.name], *map(environ.get, each.variables))
    values = (candidate.strip() for candidate in candidates if candidate)
    return next(filter(None, values), each.default)


def _check(values: Mapping[str, str], commands: Sequence[str]) -> None:
    invalid = [each for each in INPUTS if not each.accepts(values[each.name])]
    if invalid:
        raise DeployError(
            "invalid-config",
            " ".join(f"The input `{each.name}` is {values[each.name]!r}." for each in invalid),
            " ".join(
                f"{_suggestion(each, values[each.name], commands)}Set `{each.name}` to {each.expected}."
                for each in invalid
            ),
        )


def _check_options(options: Mapping[str, Any], mode: str) -> None:
    """Raise DeployError if an option has no effect in the mode or command."""
    for name, users in OPTION_USERS.items():
        if options[name] and mode not in users:
            raise DeployError(
                "invalid-config",
                f"`--{name}` is for {', '.join(f'`{user}`' for user in users)}, not for `{mode}`.",
                f"Run `dictionary-deploy {users[0]}` with it, or remove the option.",
            )


def _allow_shrink(value: str, github: GithubContext | None) -> bool:
    """Return True if the input is set. A workflow may set it for a manual run only."""
    if value == "true" and github and github.event_name != MANUAL_EVENT:
        event = github.event_name or "unknown"
        raise DeployError(
            "invalid-config",
            f"The input `allow-shrink` is only for {MANUAL_EVENT}. The event is {event}.",
            "Remove it. In a pull request, add the `shrink-to` line that the plan prints.",
        )
    return value == "true"


def _suggestion(each: Input, value: str, commands: Sequence[str]) -> str:
    choices = (*each.choices, *commands) if each.name == "mode" else each.choices
    similar = difflib.get_close_matches(value.lower(), choices, 1)
    return f"Did you mean `{similar[0]}`? " if similar else ""


def _search_login(environ: Mapping[str, str]) -> tuple[str, str] | None:
    login = environ.get("OPENSEARCH_USERNAME", ""), environ.get("OPENSEARCH_PASSWORD", "")
    return login if all(login) else None


def _workspace(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("GITHUB_WORKSPACE") or Path.cwd())


def _github_api(environ: Mapping[str, str]) -> dict[str, str]:
    api_url = (environ.get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
    server_url = (environ.get("GITHUB_SERVER_URL") or "https://github.com").rstrip("/")
    if not _has_host(server_url):
        raise DeployError(
            "invalid-config",
            f"{server_url!r} is not the URL of a GitHub server.",
            "Fix GITHUB_SERVER_URL.",
        )
    return {
        "api_url": api_url,
        "graphql_url": environ.get("GITHUB_GRAPHQL_URL", "").rstrip("/") or _graphql_url(api_url),
        "server_url": server_url,
        "repository": environ.get("GITHUB_REPOSITORY", ""),
    }


def _github_context(environ: Mapping[str, str]) -> GithubContext:
    return GithubContext(
        **_github_api(environ),
        repository_id=environ.get("GITHUB_REPOSITORY_ID", ""),
        event_name=environ.get("GITHUB_EVENT_NAME", ""),
        event_path=environ.get("GITHUB_EVENT_PATH", ""),
        sha=environ.get("GITHUB_SHA", ""),
        ref=environ.get("GITHUB_REF", ""),
        run_id=environ.get("GITHUB_RUN_ID", ""),
    )


def _ci_context(environ: Mapping[str, str]) -> CiContext:
    """Return the context in GitLab's variables; Buildkite and Woodpecker have a default branch, too."""
    branches = (environ.get(name) for name in DEFAULT_BRANCH_VARIABLES)
    number = environ.get("CI_PROJECT_ID", "")
    return CiContext(
        default_branch=next(filter(None, branches), ""),
        repository=environ.get("CI_PROJECT_PATH", ""),
        repository_id=f"{environ.get('CI_SERVER_HOST', 'gitlab')}/{number}" if number else "",
    )


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:  # not a URL
        return False


def _graphql_url(api_url: str) -> str:
    """Return the GraphQL URL. GitHub Enterprise Server has it at `/api/graphql`, not below `/api/v3`."""
    return f"{api_url.removesuffix('/v3')}/graphql" if api_url.endswith("/api/v3") else f"{api_url}/graphql"
