"""Hostile text: a corpus, and strategies that mix and mutate it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hypothesis import strategies as st

CORPUS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "hostile" / "values.json").read_text(encoding="utf-8")
)
VALUES = [value for values in CORPUS.values() for value in values]

texts = st.one_of(
    st.text(),
    st.text("`|<>@#$:.-_*[]()!~\\&+=/\n\t\r %\x1b\u2028 01aefwGH", max_size=30),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=4).map("".join),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=4).map(" ".join),
)
"""Any text, text rich in syntax of Markdown, GitHub and its runner, and the corpus recombined."""


def workflow_commands(log: str) -> list[str]:
    """The commands that GitHub's runner finds in a log, by name.

    As in actions/runner, ActionCommand.cs: `::` at the start of a line, after whitespace, up to another
    `::`; or `##[` anywhere, up to a `]`.
    """
    lines = re.split(r"\r\n|\r|\n", log)
    found = (re.match(r"::(.*?)::", line.strip()) or re.search(r"##\[(.*?)\]", line) for line in lines)
    return [match[1].split(" ")[0] for match in found if match]
