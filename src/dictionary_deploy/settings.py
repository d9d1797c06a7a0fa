"""The inputs: one table of them, and what the command line and the environment say about each.

action.yml, the options of the command and the README's table all follow from `INPUTS`.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal, NoReturn, cast, get_args

from dictionary_deploy import __version__
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import MODES, Mode

CommentPolicy = Literal["changes", "always", "never"]
COMMENT_POLICIES: tuple[CommentPolicy, ...] = get_args(CommentPolicy)


def _is_positive_number(value: str) -> bool:
    try:
        return 0 < float(value) * 60 < math.inf
    except ValueError:
        return False


def _is_pull_request(value: str) -> bool:
    return value == "" or re.fullmatch(r"[1-9][0-9]{0,9}", value) is not None


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the action, which is an option of the command by the same name (`mode`: its argument)."""

    name: str
    default: str
    description: str
    accepts: Callable[[str], bool] = lambda _: True
    expected: str = ""
    """What `accepts` wants, in words that follow "Set it to"."""
    expression: str = ""
    """The default in action.yml when GitHub has to work it out; the command knows only `default`."""

    @property
    def action_default(self) -> str:
        return self.expression or self.default

    @property
    def variables(self) -> tuple[str, ...]:
        """GitHub's runner keeps the hyphens of a name; tools that go through a shell cannot."""
        kept = f"INPUT_{self.name.upper()}"
        return (kept, kept.replace("-", "_"))


INPUTS: tuple[Input, ...] = (
    Input("config", ".github/dictionaries.yml", "Path of the configuration in the repository."),
    Input(
        "mode",
        "auto",
        "What to do: auto (what fits the event), validate, plan, deploy, check or rollback.",
        accepts=MODES.__contains__,
        expected=f"one of {', '.join(MODES)}",
    ),
    Input(
        "environment",
        "",
        "The entry of environments to lay over the configuration. "
        "Required for everything but validate when the configuration has environments.",
    ),
    Input(
        "comment",
        "changes",
        "When to comment on the pull request: changes (when this commit changed, failed or would change "
        "something), always or never. A comment that exists is always brought up to date.",
        accepts=COMMENT_POLICIES.__contains__,
        expected=f"one of {', '.join(COMMENT_POLICIES)}",
    ),
    Input(
        "pull-request",
        "",
        "Number of the pull request to comment on, for any event. Overrides the look-up.",
        accepts=_is_pull_request,
        expected="the number of a pull request, such as 7",
    ),
    Input(
        "timeout-minutes",
        "20",
        "How long to wait, in all, for the lock, for packages and for domains.",
        accepts=_is_positive_number,
        expected="a positive number of minutes, such as 20 or 0.5",
    ),
    Input(
        "github-token",
        "",
        "For reading the branch and pull requests, and commenting.",
        expression="${{ github.token }}",
    ),
)


@dataclass(frozen=True, slots=True)
class GithubContext:
    """What GitHub's runner says about the run; what it does not say is empty. URLs end without a slash."""

    api_url: str
    graphql_url: str
    server_url: str
    repository: str
    """`owner/name`."""
    repository_id: str
    event_name: str
    event_path: str
    """Of the file with the event's payload, which may be missing."""
    sha: str
    ref: str
    """In full: `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/merge`."""
    run_id: str
    run_attempt: str
    output_path: str
    summary_path: str

    @property
    def run_url(self) -> str:
        """The page of the run, empty when there is no telling which."""
        if not (self.repository and self.run_id):
            return ""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What this run was asked to do and where; all of it checked."""

    config: str
    mode: Mode
    environment: str
    comment: CommentPolicy
    pull_request: int | None
    timeout_seconds: float
    github_token: str = field(repr=False)
    as_json: bool
    workspace: Path
    github: GithubContext | None
    """None outside GitHub's runner."""
    region: str | None
    debug: bool


def parse_settings(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Settings from `argv` (without the program's name) and `environ`.

    An option beats the input's variable, which beats the default; empty ones count as absent.
    Raises DeployError (`invalid-config`) that names every wrong input. `--help` and `--version`
    print and raise SystemExit, as they do everywhere.
    """
    options = vars(_parser().parse_args(argv))
    values = {each.name: _value(each, options, environ) for each in INPUTS}
    _check(values)
    in_runner = environ.get("GITHUB_ACTIONS") == "true"
    if not in_runner:
        values["github-token"] = values["github-token"] or environ.get("GITHUB_TOKEN", "")
    return Settings(
        config=str(PurePosixPath(values["config"])),
        mode=cast("Mode", values["mode"]),
        environment=values["environment"],
        comment=cast("CommentPolicy", values["comment"]),
        pull_request=int(values["pull-request"]) if values["pull-request"] else None,
        timeout_seconds=float(values["timeout-minutes"]) * 60,
        github_token=values["github-token"],
        as_json=options["json"],
        workspace=_workspace(environ) if in_runner else Path.cwd(),
        github=_github_context(environ) if in_runner else None,
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
        debug=environ.get("RUNNER_DEBUG") == "1",
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise DeployError(
            "invalid-config",
            f"The command line cannot be understood: {message}.",
            f"`{self.prog} --help` lists the options.",
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="dictionary-deploy",
        description="Makes a git repository the truth for the dictionaries of Amazon OpenSearch Service.",
        allow_abbrev=False,
    )
    for each in INPUTS:
        text = f"{each.description} Default: {each.default}" if each.default else each.description
        if each.name == "mode":
            parser.add_argument("mode", nargs="?", metavar="MODE", help=text)
        else:
            parser.add_argument(f"--{each.name}", dest=each.name, metavar="VALUE", help=text)
    parser.add_argument("--json", action="store_true", help="Print the outputs as JSON.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _value(each: Input, options: Mapping[str, str | None], environ: Mapping[str, str]) -> str:
    candidates = (options[each.name], *map(environ.get, each.variables))
    given = (candidate.strip() for candidate in candidates if candidate)
    return next(filter(None, given), each.default)


def _check(values: Mapping[str, str]) -> None:
    wrong = [each for each in INPUTS if not each.accepts(values[each.name])]
    if wrong:
        raise DeployError(
            "invalid-config",
            " ".join(f"The input {each.name} is {values[each.name]!r}." for each in wrong),
            " ".join(f"Set {each.name} to {each.expected}." for each in wrong),
        )


def _workspace(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("GITHUB_WORKSPACE") or Path.cwd())


def _github_context(environ: Mapping[str, str]) -> GithubContext:
    api_url = (environ.get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
    return GithubContext(
        api_url=api_url,
        graphql_url=environ.get("GITHUB_GRAPHQL_URL", "").rstrip("/") or _graphql_url(api_url),
        server_url=(environ.get("GITHUB_SERVER_URL") or "https://github.com").rstrip("/"),
        repository=environ.get("GITHUB_REPOSITORY", ""),
        repository_id=environ.get("GITHUB_REPOSITORY_ID", ""),
        event_name=environ.get("GITHUB_EVENT_NAME", ""),
        event_path=environ.get("GITHUB_EVENT_PATH", ""),
        sha=environ.get("GITHUB_SHA", ""),
        ref=environ.get("GITHUB_REF", ""),
        run_id=environ.get("GITHUB_RUN_ID", ""),
        run_attempt=environ.get("GITHUB_RUN_ATTEMPT", ""),
        output_path=environ.get("GITHUB_OUTPUT", ""),
        summary_path=environ.get("GITHUB_STEP_SUMMARY", ""),
    )


def _graphql_url(api_url: str) -> str:
    """GitHub Enterprise Server has GraphQL beside its REST API, at `/api/graphql`, not below `/api/v3`."""
    return f"{api_url.removesuffix('/v3')}/graphql" if api_url.endswith("/api/v3") else f"{api_url}/graphql"
