"""A rule about keys that several lines have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options, Severity, excerpt
from dictionary_deploy.dictionaries.text import Text


def repeated_keys(
    rule: str,
    severity: Severity,
    keys_of: Callable[[str, Options], Iterable[str]],
    message: Callable[[str, int], str],
    *,
    at_key: bool = False,
    last_counts: bool = False,
    is_once: bool = False,
) -> FileRule:
    """Return a rule that flags each line with a key of an earlier line.

    `message` gets an excerpt of the key and the number of the first line, or of the one before if
    `last_counts`. Its docstring is the rule's. The column is 1, or the key's if `at_key`.
    """

    def find(text: Text, options: Options) -> Iterator[Finding]:
        lines: dict[str, int] = {}
        for line in text.numbered_lines():
            at = end = 0
            for key in keys_of(line.text, options):
                if at_key:
                    at = line.text.find(key, end)
                    end = at + len(key)
                if key in lines:
                    yield Finding(line.number, at + 1, message(excerpt(key), lines[key]))
                if last_counts or key not in lines:
                    lines[key] = line.number

    find.__doc__ = message.__doc__
    return FileRule(rule, severity, find, is_once)
