"""Our tokens of a text equal those of Lucene's tokenizers."""

from __future__ import annotations

import os
import re
from random import Random

import pytest

from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS
from dictionary_deploy.model import Analyzer
from tests.lucene.ask import Lucene
from tests.lucene.generate import ODD, WORDS

pytestmark = pytest.mark.lucene

SEED = os.environ.get("SEED", "1")
TEXTS = int(os.environ.get("FILES", "3000"))

PIECES = (
    *(
        *ODD,
        *WORDS,
        *"\"'._:;,·‿אבגカナｶﾞ々〆゛ーกคา๑กາລາမြန်អ한국①Ⓐ㌀#*190",
        "🇩🇪",
        "🇫",
        "\u0307",
        "\u20e3",
        "\ufe0f",
    ),
    *("👍🏽", "🏽", "❤", "👩", "♀", "🚀"),
)
# Known approximations: emoji that accept a skin tone, and other marks after emoji and flags.
_EMOJI = "❤♀🚀😀🏽👩👧👍\U0001f1e6-\U0001f1ff"
APPROXIMATE = re.compile(
    f"[❤♀🚀😀🏽]🏽|[{_EMOJI}\ufe0f]\ufe0f*[\u200d\u20e3\u0300-\u036f\u102b-\u103e]|\u200d[{_EMOJI}👨]"
)


@pytest.mark.parametrize("tokenizer", ["whitespace", "keyword", "standard"])
def test_tokens_match_those_of_lucene(lucene: Lucene, tokenizer: str) -> None:
    chance = Random(f"{SEED} {tokenizer}")
    for _ in range(TEXTS):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 8)))
        analyzer = Analyzer(tokenizer, lowercase=chance.random() < 0.5)
        if text.strip(JAVA_TRIMMED) and not APPROXIMATE.search(text):
            expected = [token for token, _ in lucene.tokens(text.strip(JAVA_TRIMMED), analyzer)]

            assert expected == [*analyze(text, analyzer).tokens], f"{text!r} SEED={SEED} FILES={TEXTS}"


@pytest.mark.parametrize("tokenizer", ["whitespace", "keyword", "standard"])
def test_long_tokens_are_split_as_by_lucene(lucene: Lucene, tokenizer: str) -> None:
    chance = Random(f"{SEED} {tokenizer}")
    analyzer = Analyzer(tokenizer)
    for _ in range(TEXTS // 10):
        runs = (
            chance.choice(("a", "𐐀", "東", "ก", "1", "_")) * chance.randint(1, MAX_TOKEN_UNITS)
            for _ in range(3)
        )
        text = chance.choice(("", "'", ".", "\u0301", "b")).join(runs)
        expected = [token for token, _ in lucene.tokens(text, analyzer)]

        assert expected == [*analyze(text, analyzer).tokens], f"{text!r} SEED={SEED} FILES={TEXTS}"
