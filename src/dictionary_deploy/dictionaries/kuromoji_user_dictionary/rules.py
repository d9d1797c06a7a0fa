"""Rules of kuromoji's user dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dictionary_deploy.dictionaries.kind import Finding, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.kuromoji_user_dictionary.entry import (
    COLUMNS,
    columns_of,
    parse_entry,
    without_spaces,
)
from dictionary_deploy.dictionaries.lucene.segments import utf16_length
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.text import Line
from dictionary_deploy.dictionaries.word_lists import INVISIBLE_CHARACTER

FORM = "`surface,segments,readings,part of speech`, as in `東京都庁,東京 都庁,トウキョウ トチョウ,名詞`"
_ANY_LINE = r"^(?!$)"
_TAB = re.compile(r"[\t\v\f]")
"""Whitespace that Lucene ignores when it compares the segments with the surface, but not between them."""
_KATAKANA = re.compile(r"(?:[\u30a1-\u30ff]|[\W_])*")
"""The reading of punctuation is itself."""


def _too_few_columns(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a kuromoji line with fewer than four columns.

    Fullwidth commas do not separate. Engines before OpenSearch 2 drop everything from a `#` on.

    Engine: `java.lang.ArrayIndexOutOfBoundsException: Index 2 out of bounds for length 2`, without a line.

    - 東京都庁,東京 都庁
    + 東京都庁,東京 都庁,トウキョウ トチョウ,カスタム名詞
    """
    columns = columns_of(line.text, options)
    if columns is not None and 0 < len(columns) < COLUMNS:
        wide = " Replace fullwidth commas by ASCII commas." if "\uff0c" in line.text else ""
        yield Finding(
            line.number,
            1,
            f"{excerpt(line.text)} has {len(columns)} of {COLUMNS} columns, so the engine rejects the"
            f" file.{wide} Write {FORM}.",
        )


def _unmatched_quote(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a kuromoji line with an odd number of quotation marks.

    Engine: since OpenSearch 2.4 `Line [2]: Malformed csv in user dictionary.`, before
    `ArrayIndexOutOfBoundsException: Index 0 out of bounds for length 0`.

    Fix: close the quotation mark, or write `""` for one inside quotes.

    - 東京都庁,"東京 都庁,トウキョウ トチョウ,名詞
    + 東京都庁,"東京 都庁",トウキョウ トチョウ,名詞
    """
    if columns_of(line.text, options) == []:
        yield Finding(
            line.number,
            line.text.find('"') + 1,
            "A quotation mark is not closed, so the engine rejects the file."
            ' Close it, or write `""` for one inside quotes.',
        )


def _uneven_readings(line: Line, options: Options) -> Iterator[Finding]:
    """Flag different numbers of segments and readings. Only ASCII spaces separate, not tabs or U+3000.

    Engine: `Illegal user dictionary entry 東京都庁 - the number of segmentations (2) does not the match
    number of readings (1)`.

    - 東京都庁,東京 都庁,トウキョウトチョウ,カスタム名詞
    + 東京都庁,東京 都庁,トウキョウ トチョウ,カスタム名詞
    """
    entry = parse_entry(line.text, options)
    if entry and len(entry.segments) != len(entry.readings):
        wide = re.search("[\u3000\t]", line.text)
        hint = " Separate them by ASCII spaces, not by U+3000 or tabs." if wide else ""
        segments, readings = _count(entry.segments, "segment"), _count(entry.readings, "reading")
        yield Finding(
            line.number,
            1,
            f"{excerpt(entry.surface)} has {segments} and {readings}, so the engine rejects the file. Give"
            f" each segment one reading.{hint}",
        )


def _count(values: Sequence[str], noun: str) -> str:
    return f"{len(values)} {noun}{'' if len(values) == 1 else 's'}"


def _other_segments(line: Line, options: Options) -> Iterator[Finding]:
    """Flag segments that do not join to the surface.

    The surface is split by its segments. MeCab's CSV, with numbers in these columns, is another format. If
    `engine` is older than OpenSearch 2 (Lucene 8), only longer segments are an error and others are a
    warning; up to Elasticsearch 7.4, all are a warning.

    Engine: `Illegal user dictionary entry 東京都庁 - the concatenated segmentation (東京都) does not match
    the surface form (東京都庁)`; with Lucene 8 `the concatenated segmentation (東京都庁) is longer than the
    surface form (東京)`.

    - 東京都庁,東京 都,トウキョウ ト,カスタム名詞
    + 東京都庁,東京 都庁,トウキョウ トチョウ,カスタム名詞
    """
    entry = parse_entry(line.text, options)
    if entry is None or entry.joins or len(entry.segments) != len(entry.readings):
        return
    joined, surface = without_spaces("".join(entry.segments)), without_spaces(entry.surface)
    engine = options.engine
    is_longer = utf16_length(joined) > utf16_length(surface)
    is_rejected = engine.compares_segments or (engine.compares_lengths and is_longer)
    effect = "so the engine rejects the file" if is_rejected else "so it is split at the wrong places"
    is_mecab = all(re.fullmatch(r"-?\d+", value) for value in columns_of(line.text, options) or [] if value)
    hint = " The line looks like MeCab's format." if is_mecab or re.fullmatch(r"-?\d+", joined) else ""
    yield Finding(
        line.number,
        1,
        f"The segments of {excerpt(entry.surface)} join to {excerpt(joined)}, {effect}.{hint} Write {FORM}.",
        None if is_rejected else "warning",
    )


def _surfaces(line: str, options: Options) -> list[str]:
    """Return the surface of a line, which Lucene compares before it counts the columns."""
    return (columns_of(line, options) or [])[:1]


def _duplicate_surface(surface: str, first: int) -> str:
    """Flag a surface that an earlier line has.

    Kuromoji's loader rejects the file, nori's ignores the later line.

    Engine: since OpenSearch 2.4 `Line [2]: Found duplicate term [東京都庁] in user dictionary.`, before
    `Found duplicate term [東京都庁] in user dictionary at line [1]`, counted from 0.

    - 세종시
      세종시 세종 시
    """
    return f"{surface} is already in line {first}, so the engine rejects the file. Remove one of the two."


def _no_part_of_speech(line: Line, options: Options) -> Iterator[Finding]:
    """Flag an empty fourth column.

    The file loads, but indexing and searching fail with a part of speech filter.

    Engine: `java.lang.ArrayIndexOutOfBoundsException` when it analyzes a text with the word.

    - 東京都庁,東京 都庁,トウキョウ トチョウ,
    + 東京都庁,東京 都庁,トウキョウ トチョウ,カスタム名詞
    """
    entry = parse_entry(line.text, options)
    if entry and not entry.part_of_speech:
        yield Finding(
            line.number,
            len(line.text) + 1,
            f"{excerpt(entry.surface)} has no part of speech, so indexing and searching can fail. Write one,"
            " such as `カスタム名詞`.",
        )


def _empty_segment(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a space at the start of segments and readings. The empty first segment becomes an empty token.

    OpenSearch 2 loads the file, but then rejects each document and search with the word. OpenSearch 3 ignores
    the token. For other engines, it is a warning.

    Engine: in OpenSearch 2 `Position length must be 1 or greater: got 0`.

    - 東京都庁, 東京都庁, トウキョウトチョウ,名詞
    + 東京都庁,東京都庁,トウキョウトチョウ,名詞
    """
    entry = parse_entry(line.text, options)
    if entry and entry.surface and "" in entry.segments and len(entry.segments) == len(entry.readings):
        is_rejected = options.engine.rejects_empty_tokens
        effect = " The engine rejects each document and search with the word." if is_rejected else ""
        yield Finding(
            line.number,
            line.text.find(",") + 2,
            f"{excerpt(entry.surface)} has an empty segment, which becomes an empty token.{effect}"
            " Remove the space after the comma.",
            None if is_rejected else "warning",
        )


def _tab_in_segment(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a tab in the segments. Only spaces separate them, so the tab counts as a character of the word.

    The file loads, but then the engine rejects each document and search with the word.

    Engine: `array_index_out_of_bounds_exception` when it analyzes a text with the word.

    Fix: separate the segments with spaces.
    """
    entry = parse_entry(line.text, options)
    if entry and entry.joins and any(_TAB.search(segment) for segment in entry.segments):
        yield Finding(
            line.number,
            line.text.find(",") + 2,
            f"The segments of {excerpt(entry.surface)} have a tab, so the engine rejects each document and"
            " search with the word. Separate segments with spaces.",
        )


def _too_many_columns(line: Line, options: Options) -> Iterator[Finding]:
    """Flag more than four columns. The engine ignores the others: probably a comma belongs to a column.

    Fix: remove them, or put a column with commas in quotation marks.

    - 東京都庁,東京 都庁,トウキョウ トチョウ,名詞,固有名詞
    + 東京都庁,東京 都庁,トウキョウ トチョウ,固有名詞
    """
    columns = columns_of(line.text, options) or []
    if len(columns) > COLUMNS:
        yield Finding(
            line.number,
            1,
            f"{excerpt(line.text)} has {len(columns)} columns, but the engine ignores all after the fourth."
            " Remove them, or put a column with commas in quotation marks.",
        )


def _space_in_surface(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a surface with a space. It matches only text with that space, and is split at the wrong places.

    - 東京 都庁,東京 都庁,トウキョウ トチョウ,名詞
    + 東京都庁,東京 都庁,トウキョウ トチョウ,名詞
    """
    entry = parse_entry(line.text, options)
    if entry and " " in entry.surface.strip():
        yield Finding(
            line.number,
            1,
            f"{excerpt(entry.surface)} has a space, so it matches only text with that space and is split at"
            " the wrong places. Write the surface without spaces.",
        )


def _odd_reading(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a reading that is not katakana. A reading form filter outputs it as it is.

    - 東京都庁,東京 都庁,とうきょう とちょう,名詞
    + 東京都庁,東京 都庁,トウキョウ トチョウ,名詞
    """
    entry = parse_entry(line.text, options)
    odd = (
        next((reading for reading in entry.readings if not _KATAKANA.fullmatch(reading)), "") if entry else ""
    )
    if odd:
        yield Finding(
            line.number,
            line.text.find(odd) + 1,
            f"The reading {excerpt(odd)} is not katakana, unlike the readings of other words. Write it in"
            " katakana.",
        )


RULES = (
    *TEXT_RULES,
    LineRule("unmatched-quote", "error", '"', _unmatched_quote),
    LineRule("too-few-columns", "error", _ANY_LINE, _too_few_columns),
    LineRule("uneven-readings", "error", _ANY_LINE, _uneven_readings),
    LineRule("other-segments", "error", _ANY_LINE, _other_segments),
    repeated_keys("duplicate-surface", "error", _surfaces, _duplicate_surface),
    LineRule("no-part-of-speech", "error", r",(?=$|,|[\s#])", _no_part_of_speech),
    LineRule("empty-segment", "error", "[, ] |,,", _empty_segment),
    LineRule("tab-in-segment", "error", _TAB.pattern, _tab_in_segment),
    LineRule("space-in-surface", "warning", r"^(?=[^\n]*,)[^\n]*[^\n,] ", _space_in_surface),
    LineRule("too-many-columns", "warning", r"(?:,[^\n,]*){4}", _too_many_columns),
    LineRule("odd-reading", "warning", r"^(?!$)", _odd_reading),
    INVISIBLE_CHARACTER,
)
