"""Rules about a single term of a line in the Solr format."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import Finding, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import LONGEST
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import Analyzer

# Not those that join letters, nor the ideographic space, which separates words.
_NOT_SEEN = "\u0085\u00a0\u00ad\u200b\u200e\u200f\u2028\u2029\u2060\ufeff"
_INVISIBLE = re.compile(f"[{_NOT_SEEN}]")
_QUOTED = re.compile('"[^"]+"')
# Any character but ASCII letters, digits, control characters, space, comma, and `=` and `>` of an arrow.
# Negated, since ranges up to U+10FFFF take 3 ms to compile.
_SYMBOL = re.compile(r"[^\x00- ,0-9=>A-Za-z\x7f]")
_STANDARD = Analyzer(tokenizer="standard")


def _quoted_term(line: Line, options: Options) -> Iterator[Finding]:
    if not is_rule(line.text) or options.analyzer.tokenizer == "standard":
        return
    quoted = next((term for term in parse_rule(line.text).terms if _QUOTED.fullmatch(plain(term))), None)
    if quoted is not None:
        yield Finding(
            line.number,
            line.text.find(quoted) + 1 + quoted.find('"'),
            f"The quotation marks of {excerpt(plain(quoted))} are part of the term to all tokenizers that do"
            " not drop them, so that it matches no text without them. Delete them; a term may have spaces.",
        )


def _lines_with_invisible(text: Text) -> Iterator[Line]:
    return text.numbered(lambda block: not block.isascii() and _INVISIBLE.search(block) is not None)


def _invisible(line: Line, _: Options) -> Iterator[Finding]:
    if not is_rule(line.text):
        return
    # A byte order mark has a rule of its own.
    found = _INVISIBLE.search(line.text, 1 if line.number == 1 and line.text.startswith("\ufeff") else 0)
    if found:
        yield Finding(
            line.number,
            found.start() + 1,
            f"An invisible character, U+{ord(found.group()):04X}, is part of a term, which matches no text"
            " without it. Delete it, or write a space.",
        )


def _no_escape(line: Line, _: Options) -> Iterator[Finding]:
    found = re.search(r"\\(?:u[0-9A-Fa-f]{4}|[tnrbf])", line.text)
    if found and is_rule(line.text):
        yield Finding(
            line.number,
            found.start() + 1,
            f"{excerpt(found.group())} is no escape here: a backslash gives the next character as it is,"
            f" and this is {excerpt(found.group()[1:])}. Write the character itself.",
        )


def _long_term(line: Line, _: Options) -> Iterator[Finding]:
    if is_rule(line.text) and any(len(plain(term)) > LONGEST for term in parse_rule(line.text).terms):
        yield Finding(
            line.number,
            1,
            f"A term is longer than {LONGEST} characters, where the standard and the whitespace tokenizer cut"
            " a token. Is a comma missing?",
        )


def _symbols_alone(line: Line, options: Options) -> Iterator[Finding]:
    if not options.analyzer.is_assumed or not is_rule(line.text):
        return
    terms = (term for term in parse_rule(line.text).terms if _has_no_sign(plain(term)))
    found = next(terms, None)
    if found is not None:
        yield Finding(
            line.number,
            line.text.find(found.strip()) + 1,
            f"{excerpt(plain(found))} has neither letter nor digit: a standard tokenizer leaves nothing of"
            " it, and the engine then refuses the file. Say in `analyzer` what stands before the synonym"
            " filter; with `tokenizer: whitespace` such terms are fine.",
        )


def _has_no_sign(term: str) -> bool:
    return (
        _SYMBOL.search(term) is not None
        and not any(map(str.isalnum, term))
        and not analyze(term, _STANDARD).tokens
    )


TERM_RULES = (
    LineRule("quoted-term", "warning", '"', _quoted_term),
    LineRule("invisible-character", "warning", _lines_with_invisible, _invisible),
    LineRule("no-escape", "warning", r"\\[utnrbf]", _no_escape),
    LineRule(
        "long-term",
        "warning",
        rf"(?:^|[,>])[^,\n]{{{LONGEST + 1}}}|\\,",  # an escaped comma divides no terms
        _long_term,
        least=LONGEST + 1,
    ),
    LineRule("symbols-alone", "warning", rf"{_SYMBOL.pattern}(?<![^\W_])(?<![^\s,>=].)", _symbols_alone),
)
