"""Convert an issue of the form "Validation is wrong" to a test case: `make case ISSUE=12`.

It reads the issue's text from standard input; the argument is the name of the case. It writes the files that
tests/unit/test_dictionaries_rules.py reads. Anyone can write an issue, so it only writes to the folder of an
existing rule.
"""

from __future__ import annotations

import base64
import binascii
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dictionary_deploy.dictionaries import KINDS

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/data/rules"
FORM: dict[str, Any] = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/dictionary.yml").read_text("utf-8"))
LABELS = {field["id"]: field["attributes"]["label"] for field in FORM["body"] if "id" in field}
RULES = {rule.id for kind in KINDS.values() for rule in kind.rules}


class IssueError(Exception):
    """The issue cannot be converted. The message has the fix."""


def answers(issue: str) -> dict[str, str]:
    """Return the answers by the IDs of the form's fields; empty for fields without an answer.

    Raises IssueError.

    It searches for the headings from the last to the first, because a dictionary can have similar lines.
    """
    text, found = issue.replace("\r\n", "\n"), {}
    for identifier, label in reversed(LABELS.items()):
        text, heading, answer = text.rpartition(f"### {label}\n")
        if not heading:
            raise IssueError(f'The issue has no heading `### {label}`. Use the form "Validation is wrong".')
        found[identifier] = _without_fence(answer.strip("\n"))
    return found


def _without_fence(answer: str) -> str:
    """Return the answer without the code block that GitHub adds for fields with `render`."""
    if answer.strip() == "_No response_":
        return ""
    fenced = re.fullmatch(r"(`{3,})[a-z]+\n(?P<typed>.*)\n\1", answer, re.DOTALL)
    return fenced["typed"] if fenced else answer.strip()


def files(answered: Mapping[str, str], case: str) -> dict[str, bytes]:
    """Return the files of the case by their paths below `DATA`. Raises IssueError."""
    rule, kind = answered["rule"].strip("` "), answered["kind"]
    if rule not in RULES:
        raise IssueError(f"Unknown rule {rule!r}. Write it first (CONTRIBUTING.md), or fix the issue.")
    if kind not in KINDS:
        raise IssueError(f"Unknown kind {kind!r}. Fix the issue.")
    name = f"{rule}/{case}.{kind}"
    made = {name: _bytes(answered)}
    if expected := answered["expected"].strip():
        made[f"{name}.expected"] = f"{expected}\n".encode()
    if options := answered["options"].strip():
        made[f"{name}.options"] = f"{options}\n".encode()
    return made


def _bytes(answered: Mapping[str, str]) -> bytes:
    if answered["form"] != "base64":
        return f"{answered['file']}\n".encode()
    try:
        return base64.b64decode("".join(answered["file"].split()), validate=True)
    except binascii.Error as error:
        raise IssueError(f"The dictionary is not base64: {error}. Fix the issue.") from error


def main(case: str, issue: str, folder: Path = DATA) -> int:
    """Write the files of the case; return 0, or 1 if the issue cannot be converted."""
    try:
        made = files(answers(issue), case)
    except IssueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, content in made.items():
        (folder / name).write_bytes(content)
        sys.stdout.write(f"{folder / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.stdin.read()))
