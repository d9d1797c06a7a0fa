"""What the analyzer in front of a synonym filter makes of a term.

Lucene's `SynonymMap.Parser.analyze` refuses a term of which no token is left, and one whose tokens do
not follow each other directly. Filters and tokenizers that are not known here leave a term as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED, JAVA_WHITE_SPACE, LAST_OF_ONE_UNIT
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS, words
from dictionary_deploy.model import Analyzer

_WHITE_SPACE = re.compile(f"[{JAVA_WHITE_SPACE}]+")

ELIMINATED = "was completely eliminated by analyzer"


@dataclass(frozen=True, slots=True)
class Analysis:
    """The tokens of a term, or why the engine refuses it: its own words behind `term: X `."""

    tokens: tuple[str, ...]
    refusal: str = ""

    @property
    def key(self) -> str:
        """The tokens as one text, by which two terms that become the same are the same.

        Lucene itself divides words by U+0000: a term that has one is several words to it.
        """
        return " ".join(self.tokens).replace("\0", " ")


def analyze(term: str, analyzer: Analyzer) -> Analysis:
    """What the analyzer makes of a term that has no escapes any more, trimmed as Solr's parser does it."""
    return analyze_untrimmed(term.strip(JAVA_TRIMMED), analyzer)


@lru_cache(maxsize=4096)
def analyze_untrimmed(term: str, analyzer: Analyzer) -> Analysis:
    """What the analyzer makes of a term as it is."""
    tokens = _tokens(term, analyzer.tokenizer)
    if analyzer.lowercase:
        tokens = [to_lowercase(token) for token in tokens]
    return _without_stopwords(tokens, analyzer.stopwords)


def _tokens(term: str, tokenizer: str) -> Sequence[str]:
    if tokenizer == "standard":
        return words(term)
    if tokenizer == "whitespace":
        return [piece for token in _WHITE_SPACE.split(term) if token for piece in _cut(token)]
    return [term] if term else []


def _cut(token: str) -> Iterator[str]:
    """The token in pieces that are as long as a token may be, and never end within a character."""
    start = units = 0
    if len(token) <= MAX_TOKEN_UNITS // 2:
        yield token
        return
    for place, character in enumerate(token):
        if units >= MAX_TOKEN_UNITS:
            yield token[start:place]
            start, units = place, 0
        units += 1 + (character > LAST_OF_ONE_UNIT)
    yield token[start:]


def to_lowercase(token: str) -> str:
    """As Java's Character.toLowerCase has it, which makes one character of one, whatever stands beside it."""
    return token.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def _without_stopwords(tokens: Sequence[str], stopwords: Sequence[str]) -> Analysis:
    if tokens and not stopwords:
        return Analysis(tuple(tokens))
    kept = [place for place, token in enumerate(tokens, start=1) if token not in stopwords]
    if not kept:
        return Analysis((), ELIMINATED)
    for before, place in zip([0, *kept], kept, strict=False):
        if place - before > 1:
            token = tokens[place - 1]
            return Analysis(
                (), f"analyzed to a token ({token}) with position increment != 1 (got: {place - before})"
            )
    return Analysis(tuple(tokens[place - 1] for place in kept))
