"""Translate the errors of the YAML parser into faults with a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dictionary_deploy.errors import Fault

_TAB = ("There is a tab here.", "Indent with spaces: YAML does not allow tabs.")

# Errors of PyYAML's compiled parser, with message and remedy. Other errors are shown unchanged.
_AT_THE_START: Mapping[str | None, tuple[str, str]] = {
    "found unexpected end of stream": ("The quote that begins here is not closed.", "Close it."),
    "found unexpected document indicator": ("The quote that begins here is not closed.", "Close it."),
    "did not find expected ',' or ']'": (
        "The list that begins here lacks a comma or its ].",
        "Write [first, second], and quote items with brackets, commas or colons.",
    ),
    "did not find expected ',' or '}'": (
        "The mapping that begins here lacks a comma or its }.",
        "Write {first: 1, second: 2}, and quote values with brackets, commas or colons.",
    ),
    "could not find expected ':'": ("This key has no colon.", "Add a colon and a space after it."),
}
_AT_THE_END: Mapping[str | None, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "A key and its value cannot begin here.",
        "Quote a value that contains a colon and a space, or fix the indentation.",
    ),
    "block sequence entries are not allowed in this context": (
        "A list cannot begin here.",
        "Begin it on the next line, or quote a value that contains a hyphen and a space.",
    ),
    "did not find expected key": (
        "A key was expected here.",
        "Fix the indentation, or quote all of a value that contains quotes or brackets.",
    ),
    "did not find expected '-' indicator": (
        "A list item was expected here.",
        "Fix the indentation, and begin each item with a hyphen and a space.",
    ),
    "did not find expected node content": ("A value was expected here.", "Add or quote it."),
    "found unknown escape character": (
        "This is not a valid escape in double quotes.",
        "Use single quotes, or double the backslash.",
    ),
    "found a tab character that violates indentation": _TAB,
}


def syntax_fault(error: Any, text: str, file: str) -> Fault:
    """Return the fault for a `yaml.MarkedYAMLError` that the parser raised on `text`.

    Its place is the start of an unclosed value, otherwise where the parser stopped.
    """
    mark, problem = error.problem_mark, error.problem
    if problem in _AT_THE_START:
        mark = error.context_mark
        message, remedy = _AT_THE_START[problem]
    elif problem in _AT_THE_END:
        message, remedy = _AT_THE_END[problem]
    elif problem == "found character that cannot start any token" and text[mark.index] == "\t":
        message, remedy = _TAB
    elif problem == "found character that cannot start any token":
        message, remedy = f"A value cannot begin with {text[mark.index]} in YAML.", "Quote the value."
    else:
        message, remedy = f"The YAML parser stopped here: {problem}.", ""
    # At the end of the file the parser is one line below it, which does not exist.
    line = min(mark.line, len(text.splitlines()) - 1)
    return Fault(file, line + 1, message, remedy, mark.column + 1)
