"""Entries of user dictionaries and WordNet's synonyms, and their texts in a diff."""

from __future__ import annotations

from typing import Any

import pytest

from dictionary_deploy.dictionaries import KINDS, Entries, Options, Text
from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.model import Analyzer

KUROMOJI = "東京都庁,東京 都庁,トウキョウ トチョウ,名詞\n"
NORI = "세종시 세종 시\n한국\n"
WORDNET = "s(100000001,1,'woods',n,1,0).\ns(100000001,2,'wood',n,1,0).\ns(100000002,1,'king',n,1,0).\n"


def entries(kind: str, content: str, only: set[str] | None = None, **options: Any) -> Entries:
    read = KINDS[kind].read
    assert read
    return read(Text(content), Options(**options), Keys.of(only) if only else None)


def changes(kind: str, before: str, after: str) -> list[str]:
    found = diff_texts(KINDS[kind], Text(before), Text(after), Options()).changes
    return [f"{change.sign} {change.text}" for change in found]


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        (
            "kuromoji-user-dictionary",
            f"# a comment\n{KUROMOJI},,,\n東京都庁,東京都 庁,ト チ,名詞\n",
            {"東京都庁": ("東京 都庁", "トウキョウ トチョウ", "名詞")},
        ),
        (
            "kuromoji-user-dictionary",
            '"a,b","a, b",エー ビー,名詞,more\n',
            {"a,b": ("a, b", "エー ビー", "名詞")},
        ),
        ("kuromoji-user-dictionary", "ab,a  b ,エー  ビー ,名詞\n", {"ab": ("a b", "エー ビー", "名詞")}),
        (
            "nori-user-dictionary",
            f"{NORI}세종시\t세 종시 # later\n대한민국 한국 대한\n",
            {"세종시": ("세종", "시"), "한국": (), "대한민국": ("대한", "민국")},
        ),
        ("wordnet-synonyms", WORDNET, {"woods": ("wood", "woods"), "wood": ("wood", "woods")}),
        ("wordnet-synonyms", "s(100000001,1,'a',n,1,0).\n" * 2, {}),
    ],
)
def test_entries_equal_those_of_the_engine(kind: str, content: str, expected: Entries) -> None:
    assert expected == entries(kind, content)


def test_without_expand_every_word_of_a_set_becomes_the_first() -> None:
    assert {"wood": ("woods",)} == entries("wordnet-synonyms", WORDNET, expand=False)


@pytest.mark.parametrize(
    ("words", "expand", "expected"),
    [
        (("&", "a", "b"), False, {}),
        (("a", "&", "b"), False, {"b": ("a",)}),
        (("&", "a", "b"), True, {"a": ("a", "b"), "b": ("a", "b")}),
        (("&", "a"), True, {}),
    ],
)
def test_rejected_word_of_a_lenient_set_becomes_nothing(
    words: tuple[str, ...],
    expand: bool,  # noqa: FBT001 a parameter of the test
    expected: Entries,
) -> None:
    file = "".join(f"s(100000001,{number},'{word}',n,1,0).\n" for number, word in enumerate(words))
    analyzer = Analyzer(tokenizer="standard")
    assert expected == entries("wordnet-synonyms", file, expand=expand, lenient=True, analyzer=analyzer)


@pytest.mark.parametrize(
    ("kind", "content", "wanted"),
    [
        ("kuromoji-user-dictionary", KUROMOJI, "東京都庁"),
        ("nori-user-dictionary", NORI, "세종시"),
        ("wordnet-synonyms", WORDNET, "woods"),
        ("stemmer-override", "running, runs => run\n", "runs"),
    ],
)
def test_only_requested_entries_are_read(kind: str, content: str, wanted: str) -> None:
    assert [wanted] == [*entries(kind, content, {wanted, "other"})]
    assert {} == entries(kind, content, {"other"})


def test_kuromoji_entry_is_shown_with_its_changed_values() -> None:
    after = "東京都庁,東京都 庁,トウキョウト チョウ,名詞\n関西,関西,カンサイ,地名\n"

    assert [
        "~ 東京都庁: 東京 都庁 → 東京都 庁; reading トウキョウ トチョウ → トウキョウト チョウ",
        "+ 関西: 関西 (カンサイ, 地名)",
    ] == changes("kuromoji-user-dictionary", KUROMOJI, after)


def test_nori_entry_is_shown_with_its_parts() -> None:
    assert ["~ 세종시: 세종 시 → one noun", "- 한국", "+ 대한민국: 대한 민국"] == changes(
        "nori-user-dictionary", NORI, "세종시\n대한민국 대한 민국\n"
    )


def test_wordnet_synonyms_are_shown_like_solr_synonyms() -> None:
    after = f"{WORDNET}s(100000002,2,'royal',n,1,0).\n".replace("'wood'", "'forest'")

    assert [
        "~ woods: +forest \N{MINUS SIGN}wood",
        "- wood: woods",
        "+ king, royal",
        "+ forest: woods",
    ] == changes("wordnet-synonyms", WORDNET, after)


def test_layout_of_hyphenation_patterns_is_not_a_change() -> None:
    before = b"<hyphenation-info><patterns>a1b 2c3</patterns></hyphenation-info>"
    after = b'<?xml version="1.0"?>\n<hyphenation-info>\n<patterns>\n2c3\na1b\n</patterns></hyphenation-info>'
    kind = KINDS["hyphenation-patterns"]

    assert () == diff_texts(kind, kind.decode(before), kind.decode(after), Options()).changes


def test_nested_entities_are_not_expanded() -> None:
    declarations = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{declarations}]><x><patterns>&l11;</patterns></x>'

    text = KINDS["hyphenation-patterns"].decode(bomb.encode())

    assert sum(map(len, text.lines)) < 1000


def test_change_of_a_large_wordnet_set_is_one_of_all_its_words() -> None:
    lines = [f"s(100000001,{number},'word {number}',n,1,0).\n" for number in range(151)]
    before, after = Text("".join(lines[:-1])), Text("".join(lines))
    found = diff_texts(KINDS["wordnet-synonyms"], before, after, Options())

    numbers = found.entries
    assert (1, 0, 150, 151) == (numbers.added, numbers.removed, numbers.changed, numbers.total)
    assert () == diff_texts(KINDS["wordnet-synonyms"], after, after, Options()).changes
