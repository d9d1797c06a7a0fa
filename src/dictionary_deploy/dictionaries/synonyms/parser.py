"""Parse a line of Solr's format like Lucene's SolrSynonymParser (equal in 8.8 and 9.9).

The parser splits the line at every unescaped `=>`, and each side at every unescaped comma. It drops empty
pieces; a piece of one space is a term without tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED

# Possessive: backtracking would take many times the memory of a long line.
_SIDES = re.compile(r"=>|((?:\\.?|[^\\=]++|(?!=>)=)++)", re.DOTALL)
_TERMS = re.compile(r",|((?:\\.?|[^\\,]++)++)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """An explicit mapping, or equivalent synonyms, whose outputs are the inputs.

    Terms are as written, with whitespace and escapes.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    is_explicit: bool
    arrows: int
    """Arrows with text on both sides; the engine rejects more than one."""

    @property
    def terms(self) -> Iterator[str]:
        """All terms, as written."""
        yield from self.inputs
        if self.is_explicit:
            yield from self.outputs


def locate_terms(line: str, rule: SynonymRule) -> Iterator[tuple[str, int]]:
    """Yield each term of a line's rule, as written, and its column, from 1."""
    at = 0
    for term in rule.terms:
        at = line.find(term, at)
        yield term, at + len(term) - len(term.lstrip(JAVA_TRIMMED)) + 1
        at += len(term)


def is_rule(line: str) -> bool:
    """Return True if the engine parses the line. It parses and rejects a line of whitespace."""
    return bool(line) and not line.startswith("#")


def parse_rule(line: str) -> SynonymRule:
    """Return the rule of a line, for which `is_rule` returned True."""
    sides = _pieces(_SIDES, line, "=>")
    if len(sides) > 1:
        return SynonymRule(_terms(sides[0]), _terms(sides[1]), is_explicit=True, arrows=len(sides) - 1)
    terms = _terms(line)
    return SynonymRule(terms, terms, is_explicit=False, arrows=0)


def plain(term: str) -> str:
    """Return the term without escapes and surrounding whitespace."""
    unescaped = _ESCAPED.sub(r"\1", term) if "\\" in term else term
    return unescaped.strip(JAVA_TRIMMED)


def _terms(side: str) -> tuple[str, ...]:
    return tuple(_pieces(_TERMS, side, ","))


def _pieces(pattern: re.Pattern[str], text: str, separator: str) -> list[str]:
    pieces = pattern.findall(text) if "\\" in text else text.split(separator)
    return [piece for piece in pieces if piece]


def keys_of_rule(line: str, options: Options) -> tuple[Sequence[str], Sequence[str] | None] | None:
    """Return the analyzed inputs and outputs of a line, each once; no outputs for equivalent synonyms.

    None for a line without effect, such as one of a single term. A term that is listed twice, or alone
    without `expand`, is kept even if other rules replace it. A rule with a rejected term is rejected, or
    loses the term if `lenient`.
    """
    if not is_rule(line):
        return None
    rule = parse_rule(line)
    sides = (rule.inputs, rule.outputs) if rule.is_explicit else (rule.inputs,)
    keys = [[analyze(plain(term), options).key for term in side] for side in sides]
    inputs, *outputs = ([*filter(None, dict.fromkeys(side))] for side in keys)
    is_refused = not options.lenient and any("" in side for side in keys)
    # Without `expand`, all terms become the first one, or nothing if it is rejected.
    has_lost_first = not rule.is_explicit and not options.expand and keys[0][:1] == [""]
    if rule.arrows > 1 or is_refused or has_lost_first or not inputs or not all(outputs):
        return None
    if outputs or len(inputs) > 1:
        return inputs, outputs[0] if outputs else None
    is_kept = not options.expand or sum(map(bool, keys[0])) > 1
    return (inputs, inputs) if is_kept else None
