"""Tokens of Lucene; `make lucene` compares many more with Lucene itself."""

from __future__ import annotations

import pytest

from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import words
from dictionary_deploy.model import Analyzer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wi-fi don't 3.14 1,000 a.b", ["wi", "fi", "don't", "3.14", "1,000", "a.b"]),
        ("a' 'b 1. a,b 1:2", ["a", "b", "1", "a", "b", "1", "2"]),
        ("_ a_b __1 c++ &", ["a_b", "__1", "c"]),
        ("東京 ひら カタカナ カナa", ["東", "京", "ひ", "ら", "カタカナ", "カナ", "a"]),
        ("한국 ไทย กa ก๑", ["한국", "ไทย", "ก", "a", "ก", "๑"]),
        ('אב"ג אב" א\'', ['אב"ג', "אב", "א'"]),
        ("e\u0301 \u0301e a\u00adb a\u200bb", ["e\u0301", "e", "a\u00adb", "a", "b"]),
        ("😀 ❤\ufe0f 👍🏽 👨\u200d👩\u200d👧 🏽", ["😀", "❤\ufe0f", "👍🏽", "👨\u200d👩\u200d👧", "🏽"]),
        ("🇩🇪🇫 #\ufe0f\u20e3 1\u20e3 # *", ["🇩🇪", "#\ufe0f\u20e3", "1\u20e3"]),
    ],
)
def test_words_equal_those_of_the_standard_tokenizer(text: str, expected: list[str]) -> None:
    assert expected == words(text)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 256, [255, 1]),
        ("a " * 200, [1] * 200),
        ("a" * 254 + "'b", [254, 1]),
        ("a" * 255 + "\u0301\u0301", [255]),
        ("𐐀" * 128, [127, 1]),
        ("a" * 254 + "𐐀b", [254, 2]),
        ("_" * 256 + "a", [255]),
        ("_" * 2_000_000 + "a", [255]),
        ("#" * 200, []),
        ("!" * 300, []),
    ],
)
def test_standard_tokenizer_splits_after_255_units(text: str, lengths: list[int]) -> None:
    assert lengths == list(map(len, words(text)))


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 255, [255]),
        ("a" * 256 + " b", [255, 1, 1]),
        ("a" * 511, [255, 255, 1]),
        ("𐐀" * 129, [128, 1]),
        ("a" * 255 + "𐐀", [255, 1]),
    ],
)
def test_whitespace_tokenizer_splits_between_characters(text: str, lengths: list[int]) -> None:
    assert lengths == list(map(len, analyze(text, Analyzer()).tokens))


def test_keyword_tokenizer_splits_nothing() -> None:
    assert ("a" * 300,) == analyze("a" * 300, Analyzer("keyword")).tokens


@pytest.mark.parametrize(
    ("text", "expected"), [("\u0391\u03a3", "\u03b1\u03c3"), ("İ", "i"), ("ẞ", "ß"), ("É", "é")]
)
def test_lowercase_ignores_neighboring_characters(text: str, expected: str) -> None:
    assert (expected,) == analyze(text, Analyzer(lowercase=True)).tokens


def test_zero_character_separates_words() -> None:
    assert "new york" == analyze("new\0york", Analyzer()).key
