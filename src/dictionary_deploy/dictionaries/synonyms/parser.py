"""A line of the Solr format, read as Lucene's SolrSynonymParser reads it (8.8 and 9.9 do so alike).

The line is cut at every `=>`, and its sides at every comma, that no backslash stands before. Empty pieces
vanish; a piece of one space stays, and is a term without a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED

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


def keys_of_rule(line: str, options: Options) -> tuple[Sequence[str], Sequence[str] | None] | None:
    """Inputs and outputs as the analyzer leaves them, each once; no outputs are those of equivalents.

    None for a line that says nothing, such as one with one term alone. The same term twice keeps it beside
    what other rules make of it, and so does one alone without `expand`. A rule with a term that is refused is
    refused as a whole, or loses that term when `lenient`.
    """
    if not is_rule(line):
        return None
    rule = parse_rule(line)
    sides = (rule.inputs, rule.outputs) if rule.is_explicit else (rule.inputs,)
    keys = [[analyze(plain(term), options.analyzer).key for term in side] for side in sides]
    inputs, *outputs = ([*filter(None, dict.fromkeys(side))] for side in keys)
    is_refused = not options.lenient and any("" in side for side in keys)
    # Without `expand` all become the first term, and nothing when that one is left out.
    has_lost_first = not rule.is_explicit and not options.expand and keys[0][:1] == [""]
    if rule.arrows > 1 or is_refused or has_lost_first or not inputs or not all(outputs):
        return None
    if outputs or len(inputs) > 1:
        return inputs, outputs[0] if outputs else None
    is_kept = not options.expand or sum(map(bool, keys[0])) > 1
    return (inputs, inputs) if is_kept else None
