"""User dictionaries of the nori tokenizer: a noun, or a compound and its parts, separated by whitespace.

The engine's `NoriTokenizerFactory` passes the lines to Lucene's `ko.dict.UserDictionary`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Entries, FileRule, Finding, Kind, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.lucene.segments import cut_surface, utf16_length, without_comment
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import INVISIBLE_CHARACTER, entry_text

_WHITESPACE = re.compile("[ \t\x0b\f]+")


def pieces_of(line: str, options: Options) -> list[str]:
    """Return the surface and its parts; none for a line that is skipped. Lucene drops all from a `#` on."""
    text = without_comment(entry_text(line, options) or "")
    return [piece for piece in _WHITESPACE.split(text) if piece]


def read_entries(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return the parts of each surface, none for a noun. The first line of a surface counts."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.lines:
        surface, *parts = pieces_of(line, options) or [""]
        if surface and (only is None or surface in only):
            entries.setdefault(surface, cut_surface(surface, parts))
    return entries


def entry_keys(line: str, options: Options) -> Iterator[str]:
    """Yield the surface of a line."""
    yield from pieces_of(line, options)[:1]


def show_entry(surface: str, parts: tuple[str, ...]) -> str:
    """Return an entry such as `세종시: 세종 시`."""
    return f"{surface}: {' '.join(parts)}" if parts else surface


def show_other_entry(surface: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Return a compound with its old and new parts."""
    old, new = (" ".join(parts) or "one noun" for parts in (before, after))
    return f"{surface}: {old} → {new}"


def _parts_too_long(text: Text, options: Options) -> Iterator[Finding]:
    """Flag parts of a nori compound that are longer than it.

    Notes after `>>` count as parts, too.

    Engine: `Illegal user dictionary entry 세종시 세종 시 시 - the segmentation is bigger than the surface
    form (세종시)`.

    - 세종시 세종 시 시
    + 세종시 세종 시
    """
    for line, surface, parts in _first_lines(text, options):
        if sum(map(utf16_length, parts)) > utf16_length(surface):
            hint = " The engine reads notes after `>>` as parts." if ">>" in parts else ""
            yield Finding(
                line.number,
                1,
                f"The parts of {excerpt(surface)} are longer than the word, so the engine rejects the"
                f" file.{hint} Write a compound and its parts, such as `세종시 세종 시`.",
            )


def _first_lines(text: Text, options: Options) -> Iterator[tuple[Line, str, list[str]]]:
    """Yield the line that counts for each surface, with surface and parts."""
    seen: set[str] = set()
    for line in text.numbered_lines():
        surface, *parts = pieces_of(line.text, options) or [""]
        if surface and surface not in seen:
            seen.add(surface)
            yield line, surface, parts


def _other_parts(line: Line, options: Options) -> Iterator[Finding]:
    """Flag parts that do not join to the nori compound.

    Only their lengths count: the compound is split by them.

    - 대한민국 한국 대한
    + 대한민국 대한 민국
    """
    surface, *parts = pieces_of(line.text, options) or [""]
    joined = "".join(parts)
    if parts and "," not in surface and joined != surface and utf16_length(joined) <= utf16_length(surface):
        yield Finding(
            line.number,
            1,
            f"The parts of {excerpt(surface)} join to {excerpt(joined)}, but only their lengths count: it is"
            f" split into {excerpt(' '.join(cut_surface(surface, parts)))}. Write parts that join to the"
            " word.",
        )


def _cut_by_hash(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a `#` within a word of nori.

    Lucene drops everything from the `#` on, so `c#` becomes the noun `c`.

    Fix: remove the word, which this dictionary cannot have. Write a space before a comment.

    - c#
    + c
    """
    text = entry_text(line.text, options) or ""
    before = without_comment(text)
    if before and before != text and not before[-1].isspace():
        yield Finding(
            line.number,
            line.text.find("#") + 1,
            f"The engine drops everything from `#` on, so the entry is {excerpt(before)}. Remove words with"
            " `#`, and write a space before a comment.",
        )


def _commas_in_entry(line: Line, options: Options) -> Iterator[Finding]:
    """Flag commas or U+3000 in a line of nori. Only spaces and tabs separate, so the line is one odd noun.

    - 세종시,세종,시
    + 세종시 세종 시
    """
    surface, *_ = pieces_of(line.text, options) or [""]
    if re.search("[,\u3000]", surface):
        yield Finding(
            line.number,
            1,
            f"{excerpt(surface)} is one noun, because commas and U+3000 do not separate. Write spaces"
            " between a compound and its parts.",
        )


def _duplicate_surface(surface: str, first: int) -> str:
    return f"{surface} is already in line {first}, and the first line counts. Remove one of the two."


NORI = Kind(
    "nori-user-dictionary",
    (
        *TEXT_RULES,
        FileRule("parts-too-long", "error", _parts_too_long),
        repeated_keys("duplicate-surface", "warning", entry_keys, _duplicate_surface, is_once=True),
        LineRule("cut-by-hash", "warning", "#", _cut_by_hash),
        LineRule("commas-in-entry", "warning", "[,\u3000]", _commas_in_entry),
        LineRule("other-parts", "warning", "[ \t\x0b\f]", _other_parts),
        INVISIBLE_CHARACTER,
    ),
    read_entries,
    entry_keys,
    one_line_counts=True,
    show=show_entry,
    show_change=show_other_entry,
    setting="user_dictionary",
    description="nouns and compounds, for `nori_tokenizer`",
    entries_are="nouns, and compounds with their parts",
)
