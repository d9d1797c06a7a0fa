"""Our tokens of a text equal those of Lucene's tokenizers."""

from __future__ import annotations

import os
from random import Random

import pytest

from dictionary_deploy.dictionaries import Options, engine_of
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
    *("👍🏽", "🏽", "❤", "👩", "♀", "🚀", "ⓜ", "\ufe0e", "\u200d", "\U000e0067\U000e007f"),
)
WITH_LUCENE_8 = engine_of("opensearch-1.3")
IN_CONTEXT = (
    "{}",
    "a{}b",
    "1{}1",
    "א{}א",
    "カ{}",
    "ก{}",
    "👍\u200d{}",
    "{}\u200d😀",
    "😀\ufe0f{}",
    "_{}_",
    "{}🏽",
)
"""Texts around each character of Unicode."""
PIECES_OF_UNICODE = 0x110000 // 0x400


@pytest.mark.parametrize("tokenizer", ["whitespace", "keyword", "standard"])
def test_tokens_match_those_of_lucene(lucene: Lucene, tokenizer: str) -> None:
    chance = Random(f"{SEED} {tokenizer}")
    for _ in range(TEXTS):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 8)))
        analyzer = Analyzer(tokenizer, lowercase=chance.random() < 0.5)
        if text.strip(JAVA_TRIMMED):
            expected = [token for token, _ in lucene.tokens(text.strip(JAVA_TRIMMED), analyzer)]

            assert expected == [*analyze(text, Options(WITH_LUCENE_8, analyzer)).tokens], (
                f"{text!r} SEED={SEED} FILES={TEXTS}"
            )


@pytest.mark.parametrize("context", IN_CONTEXT)
def test_each_character_is_read_as_by_the_standard_tokenizer(lucene: Lucene, context: str) -> None:
    options = Options(WITH_LUCENE_8, Analyzer("standard"))
    for start in range(0, 0x110000, PIECES_OF_UNICODE):
        codes = (code for code in range(start, start + PIECES_OF_UNICODE) if not 0xD800 <= code <= 0xDFFF)
        text = " ".join(context.format(chr(code)) for code in codes)

        assert [*analyze(text, options).tokens] == [
            token for token, _ in lucene.tokens(text, options.analyzer)
        ]


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

        assert expected == [*analyze(text, Options(WITH_LUCENE_8, analyzer)).tokens], (
            f"{text!r} SEED={SEED} FILES={TEXTS}"
        )
