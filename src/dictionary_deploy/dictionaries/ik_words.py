"""Word lists of the IK plugin, as its `Dictionary.loadDictFile` reads them: one word per line, no comments.

The plugin converts text to lowercase and halfwidth forms, but not its own lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Kind, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.lucene.lines import line_keys, read_lines
from dictionary_deploy.dictionaries.rules.encoding import BYTE_ORDER_MARK, MARK_RULE, NOT_UTF_8
from dictionary_deploy.dictionaries.rules.merge_conflict import MERGE_CONFLICT
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.rules.spelling import capital_letters, fullwidth_characters
from dictionary_deploy.dictionaries.rules.wrong_format import LIST_IN_OTHER_FORMAT
from dictionary_deploy.dictionaries.text import Line
from dictionary_deploy.dictionaries.word_lists import INVISIBLE_CHARACTER, duplicate_entry


def _word(line: str, options: Options) -> str | None:
    return next(line_keys(line, options), None)


def _byte_order_mark(data: bytes, _: Options) -> Iterator[Finding]:
    if data.startswith(BYTE_ORDER_MARK):
        yield Finding(
            1,
            1,
            "The file starts with a byte order mark, which older versions of the plugin read as part of the"
            " first word. Save the file as UTF-8 without a byte order mark.",
        )


def _comment_as_word(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a line of an IK word list that starts with `#`. The plugin's lists have no comments.

    - # names
      中国
    """
    word = _word(line.text, options) or ""
    if word.startswith("#"):
        yield Finding(
            line.number,
            1,
            f"{excerpt(word)} is a word for the plugin, whose lists have no comments. Remove the line.",
        )


IK_WORDS = Kind(
    "ik-words",
    (
        NOT_UTF_8,
        MERGE_CONFLICT,
        LIST_IN_OTHER_FORMAT,
        DataRule(MARK_RULE, "warning", _byte_order_mark),
        LineRule("comment-as-word", "warning", "#", _comment_as_word),
        INVISIBLE_CHARACTER,
        capital_letters(_word, "Write it in lowercase, as the plugin does with text."),
        fullwidth_characters(_word),
        repeated_keys("duplicate-entry", "warning", line_keys, duplicate_entry, is_once=True),
    ),
    read_lines,
    line_keys,
    description="words for the IK analyzer",
    entries_are="lines; no comments",
)
