"""Tests of the texts that a graph of tokens finds."""

from __future__ import annotations

from dictionary_deploy.decide.searches import MAX_PATHS, Token, document_of, finds, query_of

NEW_YORK: tuple[Token, ...] = (("ny", 0, 2), ("new", 0, 1), ("york", 1, 1), ("hotel", 2, 1))


def line(text: str) -> tuple[Token, ...]:
    return tuple((word, place, 1) for place, word in enumerate(text.split()))


def test_words_of_a_line_may_be_anywhere() -> None:
    assert ((("new",),), (("york",),)) == query_of(line("new york"))
    assert finds(query_of(line("new york")), document_of(line("york is new")))


def test_side_path_of_several_words_is_a_phrase() -> None:
    query = query_of(NEW_YORK)

    assert ((("ny",), ("new", "york")), (("hotel",),)) == query
    assert finds(query, document_of(line("hotel in new york")))
    assert not finds(query, document_of(line("new hotel york")))


def test_tokens_at_one_position_are_alternatives() -> None:
    assert ((("tv",), ("telly",)),) == query_of((("tv", 0, 1), ("telly", 0, 1)))


def test_gap_separates_a_phrase() -> None:
    gap: tuple[Token, ...] = (("new", 0, 1), ("york", 2, 1), ("hotel", 3, 1))

    assert [{"new"}, set(), {"york"}, {"hotel"}] == document_of(gap)
    assert not finds(query_of(NEW_YORK), document_of(gap))
    assert ((("new",),), (("york",),)) == query_of(gap[:2])


def test_gap_in_a_side_path_is_any_word() -> None:
    query = query_of((("usa", 0, 4), ("states", 0, 1), ("america", 2, 1), ("now", 3, 1)))

    assert ((("usa",), ("states", "", "america", "now")),) == query
    assert finds(query, document_of(line("states of america now")))


def test_empty_query_finds_nothing() -> None:
    assert () == query_of(())
    assert not finds((), document_of(line("tv")))


def test_alternatives_are_limited() -> None:
    wide = [(f"{place}-{number}", place, 1) for place in range(4) for number in range(10)]

    [part] = query_of((("all", 0, 4), *wide))

    assert MAX_PATHS == len(part)
