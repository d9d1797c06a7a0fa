"""A line of the Solr format, read as Lucene's SolrSynonymParser reads it (8.8 and 9.9 do so alike).

The line is cut at every `=>`, and its sides at every comma, that no backslash stands before. Empty pieces
vanish; a piece of one space stays, and is a term without a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dictionary_deploy.dictionaries.lines import JAVA_TRIMMED

# Possessive: what could be gone back to would be many times the size of a long line.
_SIDES = re.compile(r"=>|((?:\\.?|[^\\=]++|(?!=>)=)++)", re.DOTALL)
_TERMS = re.compile(r",|((?:\\.?|[^\\,]++)++)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """An explicit mapping, or equivalent synonyms: then the outputs are the inputs.

    Terms are as written, with white space and escapes.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    is_explicit: bool
    arrows: int
    """How many arrows have something on both sides; the engine refuses more than one."""

    @property
    def terms(self) -> Iterator[str]:
        """All terms, as written."""
        yield from self.inputs
        if self.is_explicit:
            yield from self.outputs


def is_rule(line: str) -> bool:
    """Whether the engine reads the line at all: one of white space alone is read, and refused."""
    return bool(line) and not line.startswith("#")


def parse_rule(line: str) -> SynonymRule:
    """The rule of a line that is one."""
    sides = _pieces(_SIDES, line, "=>")
    if len(sides) > 1:
        return SynonymRule(_terms(sides[0]), _terms(sides[1]), is_explicit=True, arrows=len(sides) - 1)
    terms = _terms(line)
    return SynonymRule(terms, terms, is_explicit=False, arrows=0)


def plain(term: str) -> str:
    """The term without its escapes and the white space around it."""
    unescaped = _ESCAPED.sub(r"\1", term) if "\\" in term else term
    return unescaped.strip(JAVA_TRIMMED)


def _terms(side: str) -> tuple[str, ...]:
    return tuple(_pieces(_TERMS, side, ","))


def _pieces(pattern: re.Pattern[str], text: str, separator: str) -> list[str]:
    pieces = pattern.findall(text) if "\\" in text else text.split(separator)
    return [piece for piece in pieces if piece]
