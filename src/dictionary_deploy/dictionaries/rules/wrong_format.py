"""Detect files of another format, in which the engine would read each line as an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options
from dictionary_deploy.dictionaries.text import Line, Text

_JSON = re.compile(r"\s*(?:[{\[]\s*$|\{\s*\"|\[\s*[\"{\[])")
_XML = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b|!--|[a-zA-Z][\w:.-]*(?: [^,<>]*)?>\s*(?:<|$))")
_YAML = re.compile(r"---\s*\n\s*(?:- |[\w-]+:(?:\s|$))", re.MULTILINE)
_SEPARATED = re.compile("=>|\\w, *\\w")
MIN_LINES = 10
"""Lines that must look alike; in shorter files, each line has its own finding."""
WORDNET = re.compile(r"s\(\d{9},")


def format_of(text: Text) -> tuple[str, Line]:
    """Return the name of another format, or an empty one, and the line at which it starts."""
    beginning = [*islice((line for line in text.numbered_lines() if line.text.strip()), 2)]
    if not beginning:
        return "", Line("", 1)
    first, together = beginning[0].text, "\n".join(line.text for line in beginning)
    formats = (("JSON", _JSON, first), ("XML", _XML, first), ("YAML", _YAML, together))
    name = next((name for name, pattern, part in formats if pattern.match(part)), "")
    return name, beginning[0]


def _other_format(text: Text, _: Options) -> Iterator[Finding]:
    """Flag a file that starts like JSON, XML or YAML, or whose ten or more lines have another kind's format.

    For example, a word list that consists of synonyms, or synonyms that are single words or WordNet's. The
    engine accepts the file and reads each line as an entry, so the dictionary does nothing.

    Fix: set the `kind` of the file. Otherwise write one word or one rule per line.

    - ["the", "a"]
    + the
    + a
    """
    name, first = format_of(text)
    if name:
        yield Finding(
            first.number,
            1,
            f"This file is {name}, not a word list: each line would be an entry. Write one word per line.",
        )
    elif number := _first_of_rules(text):
        yield Finding(
            number,
            1,
            "These lines are synonyms in Solr's format, not words: each line would be one entry. Set"
            " `kind: synonyms`, or write one word per line.",
        )


def _first_of_rules(text: Text) -> int:
    """Return the first line if all lines separate terms and there are several; 0 otherwise."""
    first = count = 0
    for number, line in enumerate(text.lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            if not _SEPARATED.search(line):
                return 0
            first = first or number
            count += 1
    return first if count >= MIN_LINES else 0


LIST_IN_OTHER_FORMAT = FileRule("other-format", "error", _other_format)
"""A rule for word lists, of which an engine accepts every content."""
