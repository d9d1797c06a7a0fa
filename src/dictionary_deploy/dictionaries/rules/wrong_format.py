"""Files of formats that no engine reads as dictionaries: to it each of their lines is an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options
from dictionary_deploy.dictionaries.text import Line, Text

_JSON = re.compile(r"\s*(?:[{\[]\s*$|\{\s*\"|\[\s*[\"{\[])")
_XML = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b|!--|[a-zA-Z][\w:.-]*(?: [^,<>]*)?>\s*(?:<|$))")
_YAML = re.compile(r"---\s*\n\s*(?:- |[\w-]+:(?:\s|$))", re.MULTILINE)
_DIVIDED = re.compile("=>|\\w, *\\w")
SEVERAL_LINES = 10
"""All of which have to look alike: of fewer each is told alone."""
WORDNET = re.compile(r"s\(\d{9},")


def format_of(text: Text) -> tuple[str, Line]:
    """The other format, and the line at which it begins; an empty name for none."""
    beginning = [*islice((line for line in text.numbered() if line.text.strip()), 2)]
    if not beginning:
        return "", Line("", 1)
    first, together = beginning[0].text, "\n".join(line.text for line in beginning)
    formats = (("JSON", _JSON, first), ("XML", _XML, first), ("YAML", _YAML, together))
    name = next((name for name, pattern, part in formats if pattern.match(part)), "")
    return name, beginning[0]


def _find(text: Text, _: Options) -> Iterator[Finding]:
    name, first = format_of(text)
    if name:
        yield Finding(
            first.number,
            1,
            f"This is {name}, and not a list of words: the engine would take each line for an entry, with its"
            " brackets, quotes and dashes. Write a word a line.",
        )
    elif number := _first_of_rules(text):
        yield Finding(
            number,
            1,
            "This is Solr's format of synonyms, and not a list of words: the engine would take each line for"
            " one entry, with its commas and arrows. Set the kind to synonyms, or write a word a line.",
        )


def _first_of_rules(text: Text) -> int:
    """The first of several lines that all have what divides terms, and is no part of a word; 0 for none."""
    first = count = 0
    for number, line in enumerate(text.lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            if not _DIVIDED.search(line):
                return 0
            first = first or number
            count += 1
    return first if count >= SEVERAL_LINES else 0


LIST_IN_OTHER_FORMAT = FileRule("other-format", "error", _find)
"""Of word lists, which an engine accepts whatever is in them."""
