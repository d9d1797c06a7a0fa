"""What the YAML parser complains of, in words that help the writer of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary_deploy.errors import Fault

_TAB = ("A tab stands here.", "Indent with spaces: YAML allows no tabs.")

# What PyYAML's compiled parser says, and what it means to the writer of a configuration: message and
# remedy. A text that is missing here is shown as it is.
_WHERE_IT_BEGINS: Mapping[str | None, tuple[str, str]] = {
    "found unexpected end of stream": ("The quote that begins here is not closed.", "Close it."),
    "found unexpected document indicator": ("The quote that begins here is not closed.", "Close it."),
    "did not find expected ',' or ']'": (
        "In the list that begins here a comma is missing, or its ].",
        "Write [first, second], and quote items that have brackets, commas or colons.",
    ),
    "did not find expected ',' or '}'": (
        "In the mapping that begins here a comma is missing, or its }.",
        "Write {first: 1, second: 2}, and quote values that have brackets, commas or colons.",
    ),
    "could not find expected ':'": ("This key has no colon.", "Write a colon and a space after it."),
}
_WHERE_IT_STOPS: Mapping[str | None, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "A key and its value cannot begin here.",
        "Quote a value that has a colon and a space in it, or mend the indentation.",
    ),
    "block sequence entries are not allowed in this context": (
        "A list cannot begin here.",
        "Begin it on the next line, or quote a value that has a hyphen and a space in it.",
    ),
    "did not find expected key": (
        "A key was expected here.",
        "Mend the indentation, or quote the whole of a value that has quotes or brackets in it.",
    ),
    "did not find expected '-' indicator": (
        "An item of the list was expected here.",
        "Mend the indentation, and begin each item with a hyphen and a space.",
    ),
    "did not find expected node content": ("A value was expected here.", "Write it, or quote it."),
    "found unknown escape character": (
        "A backslash in double quotes begins an escape, and this is none.",
        "Use single quotes, or double the backslash.",
    ),
    "found a tab character that violates indentation": _TAB,
}


def syntax_fault(error: Any, text: str, file: str) -> Fault:
    """The fault for a `yaml.MarkedYAMLError` that the parser raised on `text`.

    It points at the beginning of what is not closed, and otherwise at where the parser stopped.
    """
    mark, problem = error.problem_mark, error.problem
    if problem in _WHERE_IT_BEGINS:
        mark = error.context_mark
        message, remedy = _WHERE_IT_BEGINS[problem]
    elif problem in _WHERE_IT_STOPS:
        message, remedy = _WHERE_IT_STOPS[problem]
    elif problem == "found character that cannot start any token" and text[mark.index] == "\t":
        message, remedy = _TAB
    elif problem == "found character that cannot start any token":
        message, remedy = f"A value cannot begin with {text[mark.index]} in YAML.", "Quote the value."
    else:
        message, remedy = f"The YAML parser stopped here: {problem}.", ""
    # At the end of the file the parser stands one line below it, where nothing can be shown.
    line = min(mark.line, len(text.splitlines()) - 1)
    return Fault(file, line + 1, message, remedy, mark.column + 1)
