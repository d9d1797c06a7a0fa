"""Tokens of Lucene; `make lucene` compares many more with Lucene itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import KINDS, Options, Text, engine_of
from dictionary_deploy.dictionaries.engines import Unicode
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import words
from dictionary_deploy.dictionaries.synonyms.file_rules import FILE_ERRORS
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
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
    assert expected == words(text) == words(text, "9.0.0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("א'א' א\"א' א.א' א.אא'", ["א'א'", 'א"א', "א.א", "א.אא'"]),
        ('א"א.א', ['א"א', "א"]),
        ("\u4dc0 𗀀 𛅰 ❤\ufe0e ຯ", ["❤", "ຯ"]),  # a hexagram, Tangut and Nushu are no words
        ("Ⓜ\u200d👍 Ⓜ\u200da Ⓜ\u200dⓂ \u200dⓂ", ["Ⓜ\u200d👍", "Ⓜ\u200da", "Ⓜ\u200dⓂ", "\u200dⓂ"]),
        ("👍🏽\u200d❤\ufe0f\u200d🏽 👩\ufe0f\u200d", ["👍🏽\u200d❤\ufe0f\u200d🏽", "👩\ufe0f"]),
        ("🏴\ufe0f\U000e0067\U000e007f\U000e0067", ["🏴\ufe0f\U000e0067\U000e007f"]),
    ],
)
def test_words_equal_those_of_all_lucenes(text: str, expected: list[str]) -> None:
    assert expected == words(text) == words(text, "9.0.0")


@pytest.mark.parametrize(
    ("text", "with_lucene_8", "with_lucene_9"),
    [
        ("Ა 𛀂", [], ["Ა", "𛀂"]),
        ("a🏽", ["a", "🏽"], ["a🏽"]),
        ("❤🏽", ["❤", "🏽"], ["❤🏽"]),
    ],
)
def test_words_depend_on_the_version_of_lucene(
    text: str, with_lucene_8: list[str], with_lucene_9: list[str]
) -> None:
    def tokens(engine: str) -> list[str]:
        return [*analyze(text, Options(engine_of(engine), Analyzer("standard"))).tokens]

    assert with_lucene_8 == tokens("opensearch-1.3") == tokens("elasticsearch-7.10")
    assert with_lucene_9 == tokens("opensearch-2.x") == tokens("opensearch-3.1")


LINES = (
    "laptop, note book, pc",
    "wi-fi, wlan => internet",
    "it's, a.b, 1.5",
    "größe, maße",
    "東京, tokyo",
    "한국, korea",
    "Ω, e\u0301, ｶﾅ, שלום",
    "# wi-fi",
    "a" * 130 + ", b",
    "𗀀, x",
    "no_de, node",
    "c++, cpp",
)


@pytest.mark.parametrize("engine", ["opensearch-1.3", "opensearch-2.x"])
@pytest.mark.parametrize("lowercase", [False, True])
def test_rules_of_a_file_have_the_tokens_of_their_terms(engine: str, *, lowercase: bool) -> None:
    options = Options(engine_of(engine), Analyzer("standard", lowercase=lowercase))
    kind, text = KINDS["synonyms"], Text("\n".join(LINES))
    assert kind.read is not None
    assert kind.count is not None
    assert kind.compare is not None
    entries = kind.read(text, options, None)

    assert len(entries) == kind.count(text, options)
    found = kind.compare(Text(""), text, options)
    assert len(entries) == found.numbers.added
    assert {key: entries[key] for key in found.has} == dict(found.has)


@given(st.text(st.sampled_from("ab1_-.:,;' #*\"\\/\t"), max_size=30), st.sampled_from(["9.0.0", "12.1.0"]))
def test_ascii_text_has_the_same_words_alone_and_before_others(text: str, unicode: Unicode) -> None:
    assert words(text, unicode) == words(f"{text} 東", unicode)[:-1]


@given(st.text(st.sampled_from("ab1_-., =>\\あ東アé한ไ²\u0301😀#"), max_size=12))
def test_every_term_without_a_token_is_found(line: str) -> None:
    options = Options(analyzer=Analyzer("standard"))
    terms = [*parse_rule(line).terms] if is_rule(line) else []
    refused = [term for term in map(plain, terms) if term and analyze(term, options).refusal]
    [rule] = [rule for rule in FILE_ERRORS if rule.id == "eliminated-term"]

    assert len(refused) == len([*rule.find(Text(f"{line}\n"), options)])


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
    assert lengths == list(map(len, analyze(text, Options(analyzer=Analyzer())).tokens))


def test_keyword_tokenizer_splits_nothing() -> None:
    assert ("a" * 300,) == analyze("a" * 300, Options(analyzer=Analyzer("keyword"))).tokens


@pytest.mark.parametrize(
    ("text", "expected"), [("\u0391\u03a3", "\u03b1\u03c3"), ("İ", "i"), ("ẞ", "ß"), ("É", "é")]
)
def test_lowercase_ignores_neighboring_characters(text: str, expected: str) -> None:
    assert (expected,) == analyze(text, Options(analyzer=Analyzer(lowercase=True))).tokens


def test_zero_character_separates_words() -> None:
    assert "new york" == analyze("new\0york", Options()).key
