"""Files of formats that no engine reads as dictionaries: to it each of their lines is an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options
from dictionary_deploy.dictionaries.text import Text

_JSON = re.compile(r"\s*(?:[{\[]\s*$|\{\s*\"|\[\s*[\"{\[])")
_XML = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b|!--|[a-zA-Z][\w:.-]*(?: [^,<>]*)?>\s*(?:<|$))")
_YAML = re.compile(r"---\s*\n\s*(?:- |[\w-]+:(?:\s|$))", re.MULTILINE)
_LINE_WITH_TEXT = re.compile(r"^.*\S.*$", re.MULTILINE)
WORDNET = re.compile(r"s\(\d{9},")


def format_of(text: Text) -> tuple[str, int]:
    """The other format, and the line at which it begins; an empty name for none."""
    beginning = [*islice(_LINE_WITH_TEXT.finditer(text.content), 2)]
    if not beginning:
        return "", 1
    first, together = beginning[0].group(), "\n".join(match.group() for match in beginning)
    formats = (("JSON", _JSON, first), ("XML", _XML, first), ("YAML", _YAML, together))
    name = next((name for name, pattern, part in formats if pattern.match(part)), "")
    return name, text.content.count("\n", 0, beginning[0].start()) + 1


def _find(text: Text, _: Options) -> Iterator[Finding]:
    name, line = format_of(text)
    if name:
        yield Finding(
            line,
            1,
            f"This is {name}, and not a list of words: the engine would take each line for an entry, with its"
            " brackets, quotes and dashes. Write a word a line.",
        )


LIST_IN_OTHER_FORMAT = FileRule("other-format", "error", _find)
"""Of word lists, which an engine accepts whatever is in them."""
