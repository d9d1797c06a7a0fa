"""The command line: what may be written there, and the help that teaches it."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn

from dictionary_deploy import __version__
from dictionary_deploy.errors import DeployError
from dictionary_deploy.settings.inputs import INPUTS, Input

PURPOSE = "Makes git the source of truth for the dictionaries of Amazon OpenSearch Service."
DOCTOR = "doctor"
"""What stands in the place of a mode and is none: the action has no such mode."""

MODE_LINES = {
    "validate": "Read the configuration and every dictionary. No network, no credentials.",
    "plan": "Say what a deploy of this commit would do. Writes nothing.",
    "deploy": "Upload what changed, make new versions, bring them to the domains, wait until live.",
    "check": "Fail when AWS is not what the branch says. Writes nothing.",
    "rollback": "Deploy the commit that is checked out, though it is older.",
    "auto": "The mode that fits GitHub's event. For the action alone; it is the default there.",
    DOCTOR: "Find out whether a deploy would work here, and print the IAM policies it needs.",
}
EXAMPLES = {
    "dictionary-deploy validate": "before a commit",
    "dictionary-deploy plan --environment production": "before a merge",
    "dictionary-deploy deploy --json > outputs.json": "in any other CI system",
    "git checkout 1a2b3c4 && dictionary-deploy rollback": "back to an older commit",
    "GITHUB_TOKEN=… dictionary-deploy plan --pull-request 7": "with a comment on pull request 7",
    "AWS_PROFILE=admin dictionary-deploy doctor": "before the first deploy, and when one failed",
}
EXIT_STATUSES = {
    "0": "All is well: done, or nothing to do.",
    "1": "A dictionary is invalid or failed, the run could not begin, check found a difference, or"
    " doctor found what would stop a deploy.",
    "130": "Stopped by a second Ctrl-C, with nothing reported. After the first it says what is known, and"
    " ends with 1.",
}
VARIABLES = {
    "AWS_PROFILE, AWS_ACCESS_KEY_ID, …": "Credentials, found as boto3 and the AWS CLI find them.",
    "AWS_REGION, AWS_DEFAULT_REGION": "The Region, where the configuration has none.",
    "AWS_ENDPOINT_URL": "Where AWS is, for tests.",
    "GITHUB_TOKEN": "The token for comments: in place of --github-token, which everybody on the machine"
    " sees in ps.",
    "GITHUB_REPOSITORY": "owner/name of the repository to comment in. Default: the remote origin.",
    "GITHUB_SERVER_URL, GITHUB_API_URL": "Where GitHub is, for GitHub Enterprise Server.",
    "INPUT_CONFIG, INPUT_MODE, …": "Each option by its name, as GitHub's runner sets them.",
}
INDENT = " " * 2
WIDTH = 100


def parse_command_line(argv: Sequence[str]) -> dict[str, Any]:
    """What `argv` says, by the names of the inputs and `json`; None for what it does not say.

    Raises DeployError (`invalid-config`). `--help` and `--version` print and raise SystemExit.
    """
    return vars(_parser().parse_args(argv))


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
        usage="%(prog)s MODE [options]",
        description=f"{PURPOSE}\n\nmodes:\n{_listed(MODE_LINES)}",
        epilog=_epilog(),
        formatter_class=_Layout,
        allow_abbrev=False,
    )
    for each in INPUTS:
        if each.name == "mode":
            parser.add_argument("mode", nargs="?", metavar="MODE", help="One of those above.")
        else:
            parser.add_argument(f"--{each.name}", dest=each.name, metavar=each.metavar, help=_help(each))
    parser.add_argument(
        "--json", action="store_true", help="Print the outputs as JSON, and all else on standard error."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


class _Layout(argparse.RawDescriptionHelpFormatter):
    """Descriptions as they are written here, and lines no longer than a page that is read with ease."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=WIDTH)


def _help(each: Input) -> str:
    return f"{each.description} Default: {each.default}." if each.default else each.description


def _epilog() -> str:
    parts = {
        "examples": _listed(EXAMPLES),
        "exit status": _listed(EXIT_STATUSES),
        "environment": _listed(VARIABLES),
    }
    told = "\n\n".join(f"{title}:\n{text}" for title, text in parts.items())
    return f"{told}\n\nThe configuration and all else: https://github.com/dictionary-deploy/deploy-search-dictionaries"


def _listed(meanings: dict[str, str]) -> str:
    """Each term with its meaning beside it, or below when the term is long."""
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
