"""The action's inputs, which are also the command's options.

`INPUTS` is the single source; tests compare it with action.yml and the README's table.
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


DEFAULT_LIMIT = 20
"""Lines with changed entries of each dictionary in the log and the outputs, unless `--limit` is set."""


def _is_positive_number(value: str) -> bool:
    try:
        return 0 < float(value) * 60 < math.inf
    except ValueError:
        return False


def _is_pull_request(value: str) -> bool:
    return value == "" or re.fullmatch(r"[1-9][0-9]{0,9}", value) is not None


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the action and the command's option of the same name (`mode`: its argument)."""

    name: str
    default: str
    description: str
    accepts: Callable[[str], bool] = lambda _: True
    expected: str = ""
    """The values that `accepts` allows; completes the sentence "Set it to …"."""
    choices: tuple[str, ...] = ()
    """All values that `accepts` allows, if they can be listed."""
    expression: str = ""
    """Default in action.yml that GitHub evaluates; the command uses `default`."""
    is_list: bool = False
    """True if the value is a list, one element a line; the command's option can be repeated."""
    metavar: str = "NAME"
    """Placeholder for the value in the command's help."""

    @property
    def action_default(self) -> str:
        return self.expression or self.default

    @property
    def variables(self) -> tuple[str, ...]:
        """GitHub's runner keeps the hyphens of a name; a shell variable cannot have them."""
        kept = f"INPUT_{self.name.upper()}"
        return (kept, kept.replace("-", "_"))


INPUTS: tuple[Input, ...] = (
    Input(
        "config", ".github/dictionaries.yml", "Path of the configuration in the repository.", metavar="PATH"
    ),
    Input(
        "mode",
        "auto",
        "auto (selected by the event), validate, plan, deploy, check or rollback.",
        accepts=MODES.__contains__,
        choices=MODES,
        expected=f"one of {', '.join(MODES)}",
    ),
    Input(
        "environment",
        "",
        "The entry of environments that overrides the configuration. "
        "Required for every mode except validate if the configuration has environments.",
    ),
    Input(
        "branch",
        "",
        "The branch that is deployed, as a literal. Default: the repository's default branch.",
        accepts=lambda value: not value.startswith("refs/"),
        expected="the name of a branch, such as main, without refs/heads/",
    ),
    Input(
        "comment",
        "changes",
        "When to comment on the pull request: changes (if this commit changed, failed or would change "
        "something), always or never. An existing comment is always updated.",
        accepts=COMMENT_POLICIES.__contains__,
        choices=COMMENT_POLICIES,
        metavar="WHEN",
        expected=f"one of {', '.join(COMMENT_POLICIES)}",
    ),
    Input(
        "pull-request",
        "",
        "Number of the pull request to comment on, for any event. Overrides the lookup.",
        accepts=_is_pull_request,
        metavar="NUMBER",
        expected="the number of a pull request, such as 7",
    ),
    Input(
        "timeout-minutes",
        "20",
        "Minutes to wait in total for the lock, packages and domains.",
        accepts=_is_positive_number,
        metavar="NUMBER",
        expected="a positive number of minutes, such as 20 or 0.5",
    ),
    Input(
        "only",
        "",
        "Files to plan, deploy, check or roll back, one a line. Default: all of the configuration.",
        is_list=True,
        metavar="FILE",
    ),
    Input(
        "allow-shrink",
        "false",
        "Deploy although a dictionary loses more than max-shrink: true or false. Only for workflow_dispatch "
        "and outside GitHub. In a pull request, set shrink-to in the configuration.",
        accepts=("true", "false").__contains__,
        choices=("true", "false"),
        metavar="BOOLEAN",
        expected="true or false",
    ),
    Input(
        "github-token",
        "",
        "Token to read the branch and pull requests, and to comment.",
        expression="${{ github.token }}",
        metavar="TOKEN",
    ),
)
