"""Decide if a search finds a text, from the tokens of both. Pure.

It is Lucene's `QueryBuilder` with the operator AND. Filters such as `synonym_graph` make a graph of tokens:
between two positions that no token spans, several words of a path are a phrase.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise

Token = tuple[str, int, int]
"""A token, its position and its length in positions."""

Words = tuple[str, ...]
Query = tuple[tuple[Words, ...], ...]
"""A text matches if it has one of the alternatives of each part. The words of an alternative are a phrase, in
which an empty one stands for any word."""

MAX_PATHS = 1000
"""Alternatives of a part that are compared."""


def query_of(tokens: Sequence[Token]) -> Query:
    """Return the query of a graph of tokens."""
    starts = sorted({start for _, start, _ in tokens})
    shared = [
        place for place in starts if not any(start < place < start + length for _, start, length in tokens)
    ]
    return tuple(
        tuple(dict.fromkeys(_first(_paths([each for each in tokens if place <= each[1] < until], place))))
        for place, until in pairwise([*shared, *(start + 1 for start in starts[-1:])])
    )


def document_of(tokens: Sequence[Token]) -> list[AbstractSet[str]]:
    """Return the tokens at each position of a text; empty for a gap."""
    end = max((start + 1 for _, start, _ in tokens), default=0)
    return [{token for token, start, _ in tokens if start == place} for place in range(end)]


def finds(query: Query, document: Sequence[AbstractSet[str]]) -> bool:
    """Return True if the query finds the document."""
    # Most of the many alternatives have a word that is nowhere in the document.
    there = {"", *chain.from_iterable(document)}
    return bool(query) and all(
        any(there.issuperset(words) and _has(document, words) for words in part) for part in query
    )


def _has(document: Sequence[AbstractSet[str]], words: Words) -> bool:
    return any(
        all(not word or word in document[start + offset] for offset, word in enumerate(words))
        for start in range(len(document) - len(words) + 1)
    )


def _paths(tokens: Sequence[Token], place: int) -> Iterator[Words]:
    """Yield the words of each path from a position to the end; an empty word for a gap, as of a stopword."""
    end = max(start + length for _, start, length in tokens)
    here = [(token, length) for token, start, length in tokens if start == place] or [("", 1)]
    for token, length in here:
        if place + length >= end:
            yield (token,)
        else:
            yield from ((token, *words) for words in _paths(tokens, place + length))


def _first(paths: Iterator[Words]) -> Iterator[Words]:
    return (path for path, _ in zip(paths, range(MAX_PATHS), strict=False))
