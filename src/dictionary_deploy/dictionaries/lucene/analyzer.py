"""Analyze a term as the analyzer before a synonym filter does.

Lucene's `SynonymMap.Parser.analyze` rejects a term without tokens, and one with a gap between its tokens.
Unknown filters and tokenizers do not change a term here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from dictionary_deploy.dictionaries.engines import Unicode
from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED, JAVA_WHITESPACE, LAST_OF_ONE_UNIT
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS, words
from dictionary_deploy.dictionaries.lucene.stop_lists import resolve_stopwords
from dictionary_deploy.model import Analyzer

_WHITESPACE = re.compile(f"[{JAVA_WHITESPACE}]+")

MODELLED = frozenset({"keyword", "letter", "lowercase", "standard", "whitespace"})
"""Tokenizers that validation supports."""

ELIMINATED = "was completely eliminated by analyzer"


@dataclass(frozen=True, slots=True)
class Analysis:
    """The tokens of a term, or the engine's refusal: its words after `term: X `."""

    tokens: tuple[str, ...]
    refusal: str = ""

    @property
    def key(self) -> str:
        """The tokens as one text, equal for terms with equal tokens.

        Lucene separates words by U+0000, so a term with U+0000 is several words.
        """
        return " ".join(self.tokens).replace("\0", " ")


def analyze(term: str, options: Options) -> Analysis:
    """Return the analysis of an unescaped term, trimmed as by Solr's parser."""
    return analyze_untrimmed(term.strip(JAVA_TRIMMED), options)


def analyze_untrimmed(term: str, options: Options) -> Analysis:
    """Return the analysis of a term without trimming it."""
    return _analyze(term, options.analyzer, options.engine.unicode)


@lru_cache(maxsize=4096)
def _analyze(term: str, analyzer: Analyzer, unicode: Unicode) -> Analysis:
    return _without_stopwords(
        _lowercased_tokens(term, analyzer, unicode), resolve_stopwords(analyzer.stopwords)
    )


def tokenize(text: str, options: Options) -> list[str | None]:
    """Return the tokens of a query or a document; None for a stopword, which leaves a gap."""
    stopwords = resolve_stopwords(options.analyzer.stopwords)
    tokens = _lowercased_tokens(text, options.analyzer, options.engine.unicode)
    return [None if token in stopwords else token for token in tokens]


def _lowercased_tokens(text: str, analyzer: Analyzer, unicode: Unicode) -> Sequence[str]:
    tokens = _tokens(text, analyzer.tokenizer, unicode)
    if analyzer.lowercase or analyzer.tokenizer == "lowercase":
        return [to_lowercase(token) for token in tokens]
    return tokens


def _tokens(term: str, tokenizer: str, unicode: Unicode) -> Sequence[str]:
    if tokenizer == "standard":
        return words(term, unicode)
    if tokenizer == "whitespace":
        return [piece for token in _WHITESPACE.split(term) if token for piece in _cut(token)]
    if tokenizer in {"letter", "lowercase"}:
        runs = ("".join(run) for is_letters, run in groupby(term, str.isalpha) if is_letters)
        return [piece for run in runs for piece in _cut(run)]
    return [term] if term else []


def _cut(token: str) -> Iterator[str]:
    """Yield pieces of a token, each up to MAX_TOKEN_UNITS and of whole characters."""
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
    """Return the token as by Java's Character.toLowerCase, which maps single characters without context."""
    return token.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def _without_stopwords(tokens: Sequence[str], stopwords: AbstractSet[str]) -> Analysis:
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
