from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.config import EXPECT_KINDS
from dictionary_deploy.dictionaries import Options, Text
from dictionary_deploy.dictionaries.expectations import READERS, broken_expectations, unchecked_warning
from dictionary_deploy.model import Analyzer, Expectation, Problem

OPTIONS = Options(analyzer=Analyzer("whitespace"))
CONFIG = ".github/dictionaries.yml"


def found(
    rules: str, query: str, *texts: str, options: Options = OPTIONS, kind: str = "synonyms"
) -> list[str]:
    """Return the texts that the search finds."""
    expected = Expectation(query, excludes=texts)
    problems = broken_expectations(kind, [expected], Text.of(rules.encode()), options)
    return [text for text in texts if any(f" finds `{text}`" in each.message for each in problems)]


def test_configuration_and_model_have_the_same_kinds() -> None:
    assert EXPECT_KINDS == READERS.keys()


@pytest.mark.parametrize("query", ["laptop", "notebook"])
def test_equivalent_synonyms_find_each_other(query: str) -> None:
    assert ["laptop", "notebook"] == found("laptop, notebook", query, "laptop", "notebook", "tablet")


def test_replaced_term_finds_only_its_replacement() -> None:
    assert ["i-pod"] == found("ipod => i-pod", "ipod", "ipod", "i-pod")


def test_search_finds_texts_with_all_its_words() -> None:
    assert ["notebook red"] == found("laptop, notebook", "red laptop", "notebook red", "notebook", "red")


def test_several_words_of_a_synonym_are_a_phrase() -> None:
    texts = ("big new york", "york new", "new big york")

    assert ["big new york"] == found("ny, new york", "ny", *texts)


def test_words_of_the_only_replacement_are_no_phrase() -> None:
    assert ["york new"] == found("ny => new york", "ny", "york new", "new")


def test_longest_term_is_replaced() -> None:
    rules = "new york, ny\nyork, jorvik"

    assert ["ny", "new york"] == found(rules, "new york", "ny", "new york", "new jorvik")


def test_term_that_expands_to_itself_hides_its_words() -> None:
    options = replace(OPTIONS, expand=False)

    assert ["new york"] == found(
        "new york, ny\nyork => jorvik", "new york", "new york", "new jorvik", options=options
    )


def test_analyzer_applies_to_queries_and_texts() -> None:
    analyzer = Analyzer("standard", lowercase=True, stopwords=frozenset({"the"}))
    options = Options(analyzer=analyzer)

    assert ["A Notebook!"] == found("laptop, notebook", "The Laptop", "A Notebook!", "the", options=options)


def test_stopword_separates_the_words_of_a_phrase() -> None:
    options = Options(analyzer=Analyzer(stopwords=frozenset({"the"})))

    assert [] == found("ny, new york", "ny", "new the york", options=options)


def test_query_of_stopwords_finds_nothing() -> None:
    options = Options(analyzer=Analyzer(stopwords=frozenset({"the"})))

    assert [] == found("laptop, notebook", "the the", "laptop", "the", options=options)


def test_sets_of_wordnet_are_equivalent_synonyms() -> None:
    lines = "s(100000001,1,'woods',n,1,0).\ns(100000001,2,'forest',n,1,0).\n"

    assert ["woods", "forest"] == found(lines, "woods", "woods", "forest", "tree", kind="wordnet-synonyms")


def test_broken_expectation_is_an_error_at_its_place() -> None:
    expected = [
        Expectation("tv", ("telly",), (), CONFIG, 7, 9),
        Expectation("laptop", ("notebook", "tablet"), ("laptop", "desk"), CONFIG, 8, 9),
    ]

    problems = broken_expectations("synonyms", expected, Text.of(b"laptop, notebook\ntv, telly"), OPTIONS)

    fix = "Fix the file or the expectation."
    assert problems == (
        Problem("expect", "error", CONFIG, 8, f"A search for `laptop` does not find `tablet`. {fix}", 9),
        Problem(
            "expect",
            "error",
            CONFIG,
            8,
            f"A search for `laptop` finds `laptop`, which `not` excludes. {fix}",
            9,
        ),
    )


@pytest.mark.parametrize(
    ("analyzer", "obstacle"),
    [
        (Analyzer("kuromoji_tokenizer"), "the tokenizer `kuromoji_tokenizer` is not supported"),
        (Analyzer(stopwords=frozenset({"_german_"})), "the words of the list `_german_` are unknown"),
    ],
)
def test_analyzer_that_is_not_modelled_is_a_warning(analyzer: Analyzer, obstacle: str) -> None:
    expected = [Expectation("tv", ("radio",), (), CONFIG, 7, 9), Expectation("tv", ("telly",))]

    problems = broken_expectations("synonyms", expected, Text.of(b"tv, telly"), Options(analyzer=analyzer))

    message = f"`expect` is not checked before the deploy: {obstacle}."
    assert (Problem("expect", "warning", CONFIG, 7, message, 9),) == problems


def test_without_expectations_nothing_is_reported() -> None:
    assert () == broken_expectations("stopwords", (), Text.of(b"the"), OPTIONS)
    assert () == unchecked_warning((), "the file is too large")
