"""The inputs of the action, which are the options of the command: one table of them.

action.yml, the options of the command and the README's table all follow from `INPUTS`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from dictionary_deploy.model import MODES

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
    metavar: str = "NAME"
    """What stands for the value in the command's help."""

    @property
    def action_default(self) -> str:
        return self.expression or self.default

    @property
    def variables(self) -> tuple[str, ...]:
        """GitHub's runner keeps the hyphens of a name; tools that go through a shell cannot."""
        kept = f"INPUT_{self.name.upper()}"
        return (kept, kept.replace("-", "_"))


INPUTS: tuple[Input, ...] = (
    Input(
        "config", ".github/dictionaries.yml", "Path of the configuration in the repository.", metavar="PATH"
    ),
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
        metavar="WHEN",
        expected=f"one of {', '.join(COMMENT_POLICIES)}",
    ),
    Input(
        "pull-request",
        "",
        "Number of the pull request to comment on, for any event. Overrides the look-up.",
        accepts=_is_pull_request,
        metavar="NUMBER",
        expected="the number of a pull request, such as 7",
    ),
    Input(
        "timeout-minutes",
        "20",
        "How long to wait, in all, for the lock, for packages and for domains.",
        accepts=_is_positive_number,
        metavar="NUMBER",
        expected="a positive number of minutes, such as 20 or 0.5",
    ),
    Input(
        "github-token",
        "",
        "For reading the branch and pull requests, and commenting.",
        expression="${{ github.token }}",
        metavar="TOKEN",
    ),
)
