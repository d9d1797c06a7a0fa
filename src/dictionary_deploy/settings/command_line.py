"""Parse the command line, and print its help."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from typing import Any, Literal, NoReturn, get_args

from dictionary_deploy import __version__
from dictionary_deploy.errors import DeployError
from dictionary_deploy.settings.inputs import DEFAULT_LIMIT, INPUTS, Input

PURPOSE = "Makes git the source of truth for the dictionaries of Amazon OpenSearch Service."
Command = Literal["init", "doctor", "status"]
COMMANDS: tuple[Command, ...] = get_args(Command)
"""Commands in place of a mode. The action has no such modes."""
DEFAULT_VERSIONS = 5

MODE_LINES = {
    "validate": "Check the configuration and every dictionary. No network, no credentials.",
    "plan": "Show what a deploy of this commit would do. Writes nothing.",
    "deploy": "Upload changed dictionaries, create package versions, update the domains, wait until live.",
    "check": "Fail if AWS differs from the branch. Writes nothing.",
    "rollback": "Deploy the checked-out commit, even if it is older.",
    "auto": "Select the mode by GitHub's event. Only in the action, where it is the default.",
    "init": "Write the configuration and the workflow, from what the account and the repository have.",
    "doctor": "Check whether a deploy would work here, and print the IAM policies that it needs.",
    "status": "Show what is live where, for how long and from which commit. Writes nothing.",
}
EXAMPLES = {
    "dictionary-deploy validate": "before a commit",
    "dictionary-deploy plan --environment production": "before a merge",
    "dictionary-deploy deploy --json > outputs.json": "in any other CI system",
    "git checkout 1a2b3c4 && dictionary-deploy rollback": "roll back to an older commit",
    "GITHUB_TOKEN=… dictionary-deploy plan --pull-request 7": "with a comment on pull request 7",
    "dictionary-deploy status --markdown": "what is live where",
    "AWS_PROFILE=admin dictionary-deploy doctor": "before the first deploy, and after a failed one",
}
EXIT_STATUSES = {
    "0": "Success, or nothing to do.",
    "1": "A dictionary is invalid or failed, the run could not start, check found a difference, doctor found"
    " a problem that would stop a deploy, or status could not read everything. Also if standard output or"
    " standard error is closed or full.",
    "130": "Stopped by a second Ctrl-C, without a report. The first Ctrl-C ends the run with a report and"
    " exit status 1.",
}
VARIABLES = {
    "AWS_PROFILE, AWS_ACCESS_KEY_ID, …": "Credentials, as for the AWS CLI.",
    "AWS_REGION, AWS_DEFAULT_REGION": "The Region if the configuration has none.",
    "AWS_ENDPOINT_URL": "The URL of AWS, for tests.",
    "GITHUB_TOKEN": "The token for comments. Unlike --github-token, it is not visible in the process list.",
    "GITHUB_REPOSITORY": "owner/name of the repository to comment in. Default: the remote origin.",
    "GITHUB_SERVER_URL, GITHUB_API_URL": "The URLs of GitHub Enterprise Server.",
    "INPUT_CONFIG, INPUT_MODE, …": "Each option by its name, as set by GitHub's runner.",
}
MAX_LIMIT = 1_000_000
"""Maximum of `--limit` and `--versions`; a larger value counts as this one."""
COMMAND_OPTIONS = {
    "policies": ("FOLDER", "doctor, init: write the IAM, trust and bucket policies as files to this folder."),
    "bucket": ("NAME", "init: the bucket. Default: a name with account and Region."),
    "role": ("ARN", "init: the role for deploys. Default: dictionaries-deploy of the account."),
    "plan-role": ("ARN", "init: the read-only role for plans. Default: dictionaries-plan of the account."),
}
"""The placeholder of the value and the help, by option that only some commands have."""
OPTION_USERS = {
    "only": ("plan", "deploy", "check", "rollback", "auto", "status"),
    "fix": ("validate",),
    "markdown": ("status",),
    "policies": ("doctor", "init"),
    "bucket": ("init",),
    "role": ("init",),
    "plan-role": ("init",),
}
"""The modes and commands in which an option has an effect, by option that others refuse."""
INDENT = " " * 2
WIDTH = 100


def parse_command_line(argv: Sequence[str]) -> dict[str, Any]:
    """Return the options in `argv` by the names of the inputs and `json`; None for missing ones.

    Raises DeployError (`invalid-config`). `--help` and `--version` print and raise SystemExit.
    """
    options = vars(_parser().parse_args(argv))
    lists = {each.name: options[each.name] for each in INPUTS if each.is_list}
    return options | {name: "\n".join(values) if values else None for name, values in lists.items()}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise DeployError(
            "invalid-config",
            f"Invalid command line: {message}.",
            f"Run `{self.prog} --help` for the options.",
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="dictionary-deploy",
        usage="%(prog)s MODE [options]",
        description=f"{PURPOSE}\n\nmodes:\n{_definition_list(MODE_LINES)}",
        epilog=_epilog(),
        formatter_class=_Layout,
        allow_abbrev=False,
    )
    for each in INPUTS:
        if each.name == "mode":
            parser.add_argument("mode", nargs="?", metavar="MODE", help="One of the modes above.")
        else:
            parser.add_argument(
                f"--{each.name}",
                dest=each.name,
                action="append" if each.is_list else "store",
                metavar=each.metavar,
                help=_help(each),
            )
    parser.add_argument(
        "--json",
        action="store_true",
        help="Print the outputs as JSON, and everything else to standard error.",
    )
    parser.add_argument(
        "--limit",
        type=_number,
        default=DEFAULT_LIMIT,
        metavar="NUMBER",
        help="Lines with changed entries of each dictionary to print, also in the JSON. "
        f"Default: {DEFAULT_LIMIT}.",
    )
    parser.add_argument(
        "--versions",
        type=_number,
        default=DEFAULT_VERSIONS,
        metavar="NUMBER",
        help=f"status: the last versions of each package to show. Default: {DEFAULT_VERSIONS}.",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="validate: fix what changes no entry, or only the reported one, and print the diff.",
    )
    parser.add_argument("--markdown", action="store_true", help="status: print Markdown.")
    for name, (metavar, meaning) in COMMAND_OPTIONS.items():
        parser.add_argument(f"--{name}", dest=name, default="", metavar=metavar, help=meaning)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal()):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number")
    return min(int(value), MAX_LIMIT)


class _Layout(argparse.RawDescriptionHelpFormatter):
    """Keep the line ends of descriptions, and limit the width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=WIDTH)


def _help(each: Input) -> str:
    repeated = " Can be repeated." if each.is_list else ""
    default = f" Default: {each.default}." if each.default else ""
    return f"{each.description}{default}{repeated}"


def _epilog() -> str:
    parts = {
        "examples": _definition_list(EXAMPLES),
        "exit status": _definition_list(EXIT_STATUSES),
        "environment": _definition_list(VARIABLES),
    }
    sections = "\n\n".join(f"{title}:\n{text}" for title, text in parts.items())
    return f"{sections}\n\nDocumentation: https://github.com/dictionary-deploy/deploy-search-dictionaries"


def _definition_list(meanings: dict[str, str]) -> str:
    """Return a line for each term, with its meaning beside it."""
    width = max(len(term) for term in meanings)
    column = len(INDENT) + width + 2
    return "\n".join(
        textwrap.fill(
            meaning,
            WIDTH,
            initial_indent=f"{INDENT}{term:<{width}}  ",
            subsequent_indent=" " * column,
        )
        for term, meaning in meanings.items()
    )
