"""Rules about a single term of Solr's format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dictionary_deploy.dictionaries.kind import Finding, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import Analyzer

# Without characters that join letters, and without the ideographic space, which separates words.
_INVISIBLE_CHARACTERS = "\u0085\u00a0\u00ad\u200b\u200e\u200f\u2028\u2029\u2060\ufeff"
_INVISIBLE = re.compile(f"[{_INVISIBLE_CHARACTERS}]")
_QUOTED = re.compile('"[^"]+"')
# Any character except ASCII letters, digits, control characters, space, comma, and `=` and `>` of an arrow.
# Negated, since ranges up to U+10FFFF take 3 ms to compile.
_SYMBOL = re.compile(r"[^\x00- ,0-9=>A-Za-z\x7f]")
_STANDARD = Analyzer(tokenizer="standard")


def _quoted_term(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a term of synonyms, or both sides of a mapping, in quotation marks.

    The marks are part of the term, except with the tokenizer `standard`, which drops them. A term may have
    spaces. Solr's mapping files have quotation marks; the engine's do not.

    - "new york", ny
    + new york, ny
    """
    if not is_rule(line.text) or options.analyzer.tokenizer == "standard":
        return
    quoted = next((term for term in parse_rule(line.text).terms if _QUOTED.fullmatch(plain(term))), None)
    if quoted is not None:
        yield Finding(
            line.number,
            line.text.find(quoted) + 1 + quoted.find('"'),
            f"The quotation marks are part of the term {excerpt(plain(quoted))}, so it matches no text"
            " without them. Remove them; a term may have spaces.",
        )


def _lines_with_invisible(text: Text) -> Iterator[Line]:
    return text.numbered_lines(lambda block: not block.isascii() and _INVISIBLE.search(block) is not None)


def _invisible(line: Line, _: Options) -> Iterator[Finding]:
    if not is_rule(line.text):
        return
    # A byte order mark has its own rule.
    found = _INVISIBLE.search(line.text, 1 if line.number == 1 and line.text.startswith("\ufeff") else 0)
    if found:
        yield Finding(
            line.number,
            found.start() + 1,
            f"The invisible character U+{ord(found.group()):04X} is part of a term, so the term never"
            " matches. Remove it, or write a space.",
        )


def _no_escape(line: Line, _: Options) -> Iterator[Finding]:
    r"""Flag a backslash as in `\u00e9`, `\t` or `\n`. In this format, `\t` is the letter t.

    - caf\u00e9, coffee
    + café, coffee
    """
    found = re.search(r"\\(?:u[0-9A-Fa-f]{4}|[tnrbf])", line.text)
    if found and is_rule(line.text):
        yield Finding(
            line.number,
            found.start() + 1,
            f"{excerpt(found.group())} is not an escape here: the engine reads it as"
            f" {excerpt(found.group()[1:])}. Write the character itself.",
        )


def _long_term(line: Line, _: Options) -> Iterator[Finding]:
    if is_rule(line.text) and any(len(plain(term)) > MAX_TOKEN_UNITS for term in parse_rule(line.text).terms):
        yield Finding(
            line.number,
            1,
            f"A term is longer than {MAX_TOKEN_UNITS} characters, so it matches no token of the standard or"
            " whitespace tokenizer. Add missing commas, or remove the term.",
        )


def _symbols_alone(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a term without letters and digits, such as `&`, if the configuration has no `analyzer`.

    It is fine with the whitespace tokenizer. With the standard tokenizer, the engine rejects the file.

    Engine: with the standard tokenizer `Invalid synonym rule at line 1`, caused by `term: & was completely
    eliminated by analyzer`.

    Fix: set `analyzer` to the part before the synonym filter, such as `analyzer: {tokenizer: whitespace}`.
    Then `eliminated-term` flags the terms that this analyzer rejects.

    - &, and
    + and, n
    """
    if not options.analyzer.is_assumed or not is_rule(line.text):
        return
    terms = (term for term in parse_rule(line.text).terms if _has_only_symbols(plain(term), options))
    found = next(terms, None)
    if found is not None:
        yield Finding(
            line.number,
            line.text.find(found.strip()) + 1,
            f"{excerpt(plain(found))} has no letters or digits, so the engine rejects the file if the"
            " tokenizer is `standard`. Set `analyzer` to the part before the synonym filter, such as"
            " `analyzer: {tokenizer: whitespace}`.",
        )


def _has_only_symbols(term: str, options: Options) -> bool:
    return (
        _SYMBOL.search(term) is not None
        and not any(map(str.isalnum, term))
        and not analyze(term, replace(options, analyzer=_STANDARD)).tokens
    )


TERM_RULES = (
    LineRule("quoted-term", "warning", '"', _quoted_term, is_once=True),
    LineRule("invisible-character", "warning", _lines_with_invisible, _invisible),
    LineRule("no-escape", "warning", r"\\[utnrbf]", _no_escape, is_once=True),
    LineRule(
        "long-term",
        "warning",
        rf"(?:^|[,>])[^,\n]{{{MAX_TOKEN_UNITS + 1}}}|\\,",  # an escaped comma divides no terms
        _long_term,
        min_characters=MAX_TOKEN_UNITS + 1,
    ),
    LineRule(
        "symbols-alone",
        "warning",
        rf"{_SYMBOL.pattern}(?<![^\W_])(?<![^\s,>=].)",
        _symbols_alone,
        is_once=True,
    ),
)
