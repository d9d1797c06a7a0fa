"""What the analyzer in front of a synonym filter makes of a term.

Lucene's `SynonymMap.Parser.analyze` refuses a term of which no token is left, and one whose tokens do
not follow each other directly. Filters and tokenizers that are not known here leave a term as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dictionary_deploy.dictionaries.lines import JAVA_TRIMMED
from dictionary_deploy.model import Analyzer

# What Java's Character.isWhitespace takes for white space: no no-break spaces, but the separators 1C to 1F.
_WHITE_SPACE = re.compile("[\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")

# An approximation of the word breaks of Unicode (UAX #29), as the standard tokenizer has them: letters and
# digits make a token, also around an apostrophe or a full stop; an ideograph or hiragana is one of its own.
_IDEOGRAPHS = "\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_STANDARD = re.compile(
    rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}](?:[^\W{_IDEOGRAPHS}]|['\u2019.:\u00b7](?=[^\W_{_IDEOGRAPHS}]))*"
)

ELIMINATED = "was completely eliminated by analyzer"


@dataclass(frozen=True, slots=True)
class Analysis:
    """The tokens of a term, or why the engine refuses it: its own words behind `term: X `."""

    tokens: tuple[str, ...]
    refusal: str = ""

    @property
    def key(self) -> str:
        """The tokens as one text, by which two terms that become the same are the same."""
        return " ".join(self.tokens)


@lru_cache(maxsize=4096)
def analyze(term: str, analyzer: Analyzer) -> Analysis:
    """What the analyzer makes of a term that has no escapes any more."""
    tokens = _tokens(term.strip(JAVA_TRIMMED), analyzer.tokenizer)
    if analyzer.lowercase:
        tokens = [token.lower() for token in tokens]
    return _without_stopwords(tokens, analyzer.stopwords)


def _tokens(term: str, tokenizer: str) -> Sequence[str]:
    if tokenizer == "whitespace":
        return [token for token in _WHITE_SPACE.split(term) if token]
    if tokenizer == "standard":
        return _STANDARD.findall(term)
    return [term] if term else []


def _without_stopwords(tokens: Sequence[str], stopwords: Sequence[str]) -> Analysis:
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
