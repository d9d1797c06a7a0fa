"""Makes a test of an issue of the form "Validation is wrong": `make case ISSUE=12`.

The issue's text comes on standard input, the name of the case is the argument. What it says becomes the files
that tests/unit/test_dictionaries_rules.py reads. Anybody may have written the issue: nothing of it leads
anywhere but to the folder of a rule that exists.
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
    """Why the issue makes no test; the message says what to mend in it."""


def answers(issue: str) -> dict[str, str]:
    """What was filled in, by the IDs of the form's fields; empty for what was not.

    The headings are looked for in the form's order, since a dictionary may have lines that look like them.
    """
    text, found = issue.replace("\r\n", "\n"), {}
    for identifier, label in reversed(LABELS.items()):
        text, heading, answer = text.rpartition(f"### {label}\n")
        if not heading:
            raise IssueError(f"The issue has no heading `### {label}`: is it of this form?")
        found[identifier] = _without_fence(answer.strip("\n"))
    return found


def _without_fence(answer: str) -> str:
    """The answer as it was typed: GitHub puts it in a code block where the form says `render`."""
    if answer.strip() == "_No response_":
        return ""
    fenced = re.fullmatch(r"(`{3,})[a-z]+\n(?P<typed>.*)\n\1", answer, re.DOTALL)
    return fenced["typed"] if fenced else answer.strip()


def files(answered: Mapping[str, str], case: str) -> dict[str, bytes]:
    """The files of the case, by their paths below `DATA`. IssueError when the answers make none."""
    rule, kind = answered["rule"].strip("` "), answered["kind"]
    if rule not in RULES:
        raise IssueError(f"There is no rule {rule!r}. Write it first (CONTRIBUTING.md), or mend the issue.")
    if kind not in KINDS:
        raise IssueError(f"There is no kind {kind!r}.")
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
        raise IssueError(f"The dictionary is said to be base64 and is not: {error}.") from error


def main(case: str, issue: str, folder: Path = DATA) -> int:
    """Write the files of the case; 0, or 1 when the issue makes no test."""
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
