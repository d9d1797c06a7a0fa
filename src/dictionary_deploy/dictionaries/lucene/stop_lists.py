"""The named lists of stopwords that a stop filter can have, such as `_english_`."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

NAMED_LIST_OF_ENGINE = re.compile(
    "_(?:arabic|armenian|basque|bengali|brazilian|bulgarian|catalan|cjk|czech|danish|dutch|english|estonian"
    "|finnish|french|galician|german|greek|hindi|hungarian|indonesian|irish|italian|latvian|lithuanian"
    "|norwegian|persian|portuguese|romanian|russian|sorani|spanish|swedish|thai|turkish)_"
)
"""Entries that the engine replaces by its own list, in stopwords and common words."""

ENGLISH = "_english_"
_ENGLISH_TEXT = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these"
    " they this to was will with"
)
_ENGLISH_WORDS = frozenset(_ENGLISH_TEXT.split())


@lru_cache(maxsize=8)
def resolve_stopwords(stopwords: frozenset[str]) -> frozenset[str]:
    """Return the words, with those of the English list in place of its name."""
    return (stopwords - {ENGLISH}) | _ENGLISH_WORDS if ENGLISH in stopwords else stopwords


def unknown_lists(stopwords: AbstractSet[str]) -> list[str]:
    """Return the names of lists with unknown words."""
    return sorted(word for word in stopwords - {ENGLISH} if NAMED_LIST_OF_ENGINE.fullmatch(word))
