"""Tests of finding indices in settings and mappings, and of their states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.decide.indices import (
    MAX_SENTENCES,
    Chain,
    broken_expectation,
    closed_in,
    effect_of,
    failed_by_indices,
    file_chains,
    find_uses,
    is_telling,
    may_refresh,
    may_reopen,
    refresh_failure,
    state_by_probes,
    state_by_settings,
    tokens_of,
)
from dictionary_deploy.decide.searches import Token
from dictionary_deploy.model import Expectation, IndexUse, Probe, Result
from tests.unit.situation import DICTIONARY

PATH = "analyzers/F1"
SYNONYMS = {"type": "synonym_graph", "synonyms_path": PATH, "updateable": "true"}
SEARCHING = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "words"]}
ANALYSIS = {"filter": {"words": SYNONYMS}, "analyzer": {"searching": SEARCHING}}
TITLE = {"title": {"analyzer": "standard", "search_analyzer": "searching"}}
USE = IndexUse("search-prod", "shop")
SEARCHED = replace(USE, search_analyzers=("searching",))
RESULT = Result(DICTIONARY, "updated", "Updated.")
NOTHING = "the refresh of shop reloaded no analyzer."


def uses(analysis: object, properties: object = TITLE, **own: Any) -> list[IndexUse]:
    """Return the uses in an index with these settings and mappings."""
    settings = {"shop": {"settings": {"index": {"analysis": analysis, **own}}}}
    found = find_uses("search-prod", "F1", settings, {"shop": {"mappings": {"properties": properties}}})
    return [each.use for each in found]


def test_search_analyzer_of_a_field_uses_the_file() -> None:
    [use] = uses(ANALYSIS)

    assert use == IndexUse(
        "search-prod", "shop", search_analyzers=("searching",), fields=("title",), is_updateable=True
    )


def test_other_files_and_indices_without_analyzers_are_no_uses() -> None:
    other = {"filter": {"words": {**SYNONYMS, "synonyms_path": "analyzers/F12"}}}

    assert [] == uses({**ANALYSIS, **other})
    assert [] == uses({"filter": {"words": SYNONYMS}})


def test_analyzer_of_a_field_is_used_for_documents() -> None:
    fields = {"name": {"fields": {"exact": {"analyzer": "searching"}}}, **TITLE}

    [use] = uses(ANALYSIS, fields)

    assert ((), ("searching",)) == (use.search_analyzers, use.index_analyzers)
    assert ("name.exact", "title") == use.fields


def test_normalizer_is_used_for_documents() -> None:
    analysis = {
        "char_filter": {"map": {"type": "mapping", "mappings_path": PATH}},
        "normalizer": {"codes": {"type": "custom", "char_filter": "map"}},
    }

    [use] = uses(analysis, {"code": {"normalizer": "codes"}})

    assert (("codes",), ("code",)) == (use.index_analyzers, use.fields)


def test_default_analyzer_needs_no_field() -> None:
    [use] = uses({"filter": {"words": SYNONYMS}, "analyzer": {"default": SEARCHING}}, {})
    assert ("default",) == use.index_analyzers

    [use] = uses({"filter": {"words": SYNONYMS}, "analyzer": {"default_search": SEARCHING}}, {})
    assert ("default_search",) == use.search_analyzers


@pytest.mark.parametrize("key", ["filter", "filters"])
def test_filter_may_use_the_file_by_way_of_another(key: str) -> None:
    outer = {"type": "multiplexer", key: ["words"]}
    analyzer = {"tokenizer": "standard", "filter": ["outer"]}

    [use] = uses({"filter": {"outer": outer, "words": SYNONYMS}, "analyzer": {"searching": analyzer}})

    assert ("searching",) == use.search_analyzers


def test_analyzer_of_a_built_in_type_has_no_chain() -> None:
    analysis = {"analyzer": {"searching": {"type": "english", "stopwords_path": PATH}}}
    settings = {"shop": {"settings": {"index": {"analysis": analysis}}}}

    [found] = find_uses("search-prod", "F1", settings, {})

    assert {} == found.chains
    assert ("searching",) == found.use.search_analyzers


@pytest.mark.parametrize(
    "words",
    [
        {**SYNONYMS, "updateable": "false"},
        {"type": "keyword_marker", "keywords_path": PATH, "updateable": "true"},
    ],
)
def test_filter_that_is_not_reloaded_is_not_updateable(words: object) -> None:
    [use] = uses({**ANALYSIS, "filter": {"words": words}})

    assert not use.is_updateable


def test_updateable_filter_reloads_the_whole_analyzer() -> None:
    stop = {"type": "stop", "stopwords_path": PATH}
    other = {**SYNONYMS, "synonyms_path": "analyzers/F2"}
    analyzer = {"tokenizer": "standard", "filter": "stop, words"}

    [use] = uses({"filter": {"stop": stop, "words": other}, "analyzer": {"searching": analyzer}})

    assert use.is_updateable


def test_closed_index_is_reported() -> None:
    [use] = uses(ANALYSIS, verified_before_close="true")

    assert use.is_closed


@pytest.mark.parametrize("malformed", [None, [], "x", {"shop": None}, {"shop": {"settings": []}}])
def test_malformed_responses_have_no_uses(malformed: object) -> None:
    assert () == find_uses("search-prod", "F1", malformed, malformed)


def test_chain_is_sent_by_name() -> None:
    settings = {"shop": {"settings": {"index": {"analysis": ANALYSIS}}}}
    [found] = find_uses("search-prod", "F1", settings, {})

    chain = found.chains["searching"]

    assert chain == Chain("standard", ("lowercase", "words"), ())
    assert {"tokenizer": "standard", "filter": ["lowercase", "words"], "char_filter": [], "text": ["tv"]} == (
        chain.request(["tv"])
    )
    assert chain.without(found.parts) == Chain("standard", ("lowercase",), ())


# ---------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("use", "probed", "state"),
    [
        (SEARCHED, {"searching": [True, True]}, "in effect"),
        (SEARCHED, {"searching": [True, False]}, "reopen"),
        (replace(SEARCHED, is_updateable=True), {"searching": [False]}, "refresh"),
        (SEARCHED, {}, "unknown"),
        (replace(SEARCHED, search_analyzers=("other", "searching")), {"searching": [True]}, "unknown"),
        (replace(SEARCHED, search_analyzers=("other", "searching")), {"searching": [False]}, "reopen"),
        (replace(SEARCHED, is_closed=True), {}, "unknown"),
        (replace(SEARCHED, refusal="Failed to build synonyms"), {"searching": [True]}, "unknown"),
        (replace(SEARCHED, index_analyzers=("default",)), {"searching": [True]}, "reindex"),
    ],
)
def test_state_follows_from_the_responses_of_the_index(
    use: IndexUse, probed: dict[str, list[bool]], state: str
) -> None:
    assert state == state_by_probes(use, probed).state


def test_planned_state_follows_from_the_settings() -> None:
    assert "refresh" == state_by_settings(replace(USE, is_updateable=True)).state
    assert "reopen" == state_by_settings(USE).state
    assert "reindex" == state_by_settings(replace(USE, index_analyzers=("default",))).state


def test_probe_is_telling_only_if_its_texts_have_other_tokens() -> None:
    tokens = (("tv", 0, 1),)

    assert is_telling(tokens, (*tokens, ("telly", 0, 1)))
    assert is_telling(tokens, ())
    assert not is_telling(tokens, (("tv", 1, 1),))


def test_proof_names_the_found_texts_or_the_lost_ones() -> None:
    assert "tv now also finds telly (shop)" == effect_of(Probe("tv", ("tv",), ("telly", "tv")), USE)
    assert "tv no longer finds telly (shop)" == effect_of(Probe("tv", ("telly", "tv"), ("tv",)), USE)


def test_tokens_are_compared_in_an_order_of_their_own() -> None:
    tokens = [{"token": "tv", "position": 0}, {"token": "telly", "position": 0, "positionLength": 2}]

    assert (("telly", 0, 2), ("tv", 0, 1)) == tokens_of({"tokens": tokens})
    assert (("tv", 0, 1),) == tokens_of({"tokens": [{"token": "tv", "position": "0"}, None]})
    assert () == tokens_of({"tokens": None})


# ---------------------------------------------------------------- refresh


def test_refresh_may_help_only_open_updateable_search_analyzers() -> None:
    use = replace(USE, search_analyzers=("searching",), is_updateable=True)

    assert may_refresh(use, is_new=True)
    assert may_refresh(replace(use, state="refresh"), is_new=False)
    assert not may_refresh(use, is_new=False)
    assert not may_refresh(replace(use, search_analyzers=()), is_new=True)
    assert not may_refresh(replace(use, is_updateable=False), is_new=True)
    assert not may_refresh(replace(use, is_closed=True), is_new=True)
    assert not may_refresh(replace(use, state="in effect"), is_new=True)


@pytest.mark.parametrize(
    ("shards", "details", "failure"),
    [
        ({"failed": 0}, [{"index": "shop", "refreshed_analyzers": ["searching"]}], ""),
        ({"failed": 1}, [], "the refresh of shop failed on 1 shard."),
        ({"failed": 2}, [], "the refresh of shop failed on 2 shards."),
        ({"failed": 0}, [{"index": "shop", "refreshed_analyzers": []}], NOTHING),
        ({"failed": 0}, [{"index": "other", "refreshed_analyzers": ["searching"]}, "x"], NOTHING),
        (None, None, NOTHING),
    ],
)
def test_refresh_may_fail_with_status_200(shards: object, details: object, failure: str) -> None:
    response = {"_shards": shards, "successful_refresh_details": details}

    assert failure == refresh_failure("shop", response)


def test_failure_of_a_refresh_fails_the_dictionary() -> None:
    failed = failed_by_indices(RESULT, ["search-prod: it failed."], [], is_plan=False)

    assert ("failed", "apply-failed") == (failed.outcome, failed.reason)
    assert "Updated. search-prod: it failed." == failed.message


def test_refused_file_fails_the_dictionary_in_the_words_of_the_engine() -> None:
    refused = replace(RESULT, indices=(replace(USE, refusal="Failed to build synonyms."),))

    failed = failed_by_indices(refused, ["It failed."], ["A search."], is_plan=False)

    assert ("failed", "engine-refused") == (failed.outcome, failed.reason)
    message = "Updated. shop on search-prod: the engine cannot load it. Failed to build synonyms. It failed."
    assert message == failed.message


def test_other_failures_and_plans_keep_their_result() -> None:
    failed = replace(RESULT, outcome="failed", reason="association-failed")

    kept = failed_by_indices(failed, ["It failed."], ["A search."], is_plan=False)
    assert replace(failed, warnings=("It failed.",)) == kept
    assert RESULT == failed_by_indices(RESULT, ["It failed."], ["A search."], is_plan=True)
    assert RESULT == failed_by_indices(RESULT, [], [], is_plan=False)


# ---------------------------------------------------------------- reopening


def test_reopening_may_help_only_search_analyzers_that_are_not_refreshed() -> None:
    use = replace(SEARCHED, state="reopen")
    unknown = replace(SEARCHED, state="unknown")

    assert may_reopen(use, is_new=False)
    assert may_reopen(unknown, is_new=True)
    assert not may_reopen(unknown, is_new=False)
    assert not may_reopen(replace(use, state="in effect"), is_new=True)
    assert not may_reopen(replace(unknown, index_analyzers=("default",)), is_new=True)
    assert not may_reopen(replace(unknown, is_updateable=True), is_new=True)
    assert not may_reopen(replace(unknown, is_closed=True), is_new=True)
    assert not may_reopen(replace(unknown, refusal="Failed"), is_new=True)


def test_reopening_loads_the_files_of_all_packages() -> None:
    analysis = {
        "filter": {
            "words": SYNONYMS,
            "others": {"type": "synonym", "synonyms_path": "analyzers/F2"},
            "many": {"type": "multiplexer", "filters": ["others, lowercase"]},
            "plain": {"type": "synonym", "synonyms": ["a, b"]},
            "unused": {"type": "stop", "stopwords_path": "analyzers/F5"},
        },
        "char_filter": {"signs": {"type": "mapping", "mappings_path": "analyzers/F3"}},
        "tokenizer": {"unused": {"type": "kuromoji_tokenizer", "user_dictionary": "analyzers/F6"}},
        "analyzer": {
            "searching": SEARCHING,
            "again": SEARCHING,
            "all": {"tokenizer": "standard", "filter": ["many"]},
            "stops": {"type": "stop", "stopwords_path": "analyzers/F4"},
            "plain": {"tokenizer": "standard", "filter": ["plain"]},
        },
        "normalizer": {"folded": {"char_filter": ["signs"]}},
    }

    assert {
        "analyzer `searching`": Chain("standard", ("lowercase", "words"), ()),
        "analyzer `again`": Chain("standard", ("lowercase", "words"), ()),
        "analyzer `all`": Chain("standard", ("many",), ()),
        "analyzer `stops`": None,
        "normalizer `folded`": Chain("keyword", (), ("signs",)),
        "tokenizer `unused`": Chain("unused", (), ()),
        "filter `others`": Chain("keyword", ("others",), ()),
        "filter `unused`": Chain("keyword", ("unused",), ()),
    } == file_chains({"shop": {"settings": {"index": {"analysis": analysis}}}}, "shop")
    assert {} == file_chains({}, "shop")


def test_closed_index_is_recognized_by_its_settings() -> None:
    settings = {"shop": {"settings": {"index": {"verified_before_close": "true"}}}, "help": {"settings": {}}}

    assert [True, False, False] == [closed_in(settings, index) for index in ("shop", "help", "other")]


# ---------------------------------------------------------------- expectations

LAPTOP = Expectation("laptop", ("notebook",), ("tablet",))


def word(text: str) -> tuple[Token, ...]:
    return ((text, 0, 1),)


def test_fields_are_listed_with_their_search_analyzers() -> None:
    settings = {"shop": {"settings": {"index": {"analysis": ANALYSIS}}}}
    fields = {
        **TITLE,
        "name": {"analyzer": "searching"},
        "sku": {"analyzer": "searching", "search_analyzer": "x"},
    }

    [found] = find_uses("search-prod", "F1", settings, {"shop": {"mappings": {"properties": fields}}})

    assert (("title", "searching"), ("name", "searching")) == found.searched


def test_broken_expectations_name_query_text_and_field() -> None:
    texts = {"notebook": word("notebook"), "tablet": word("tablet")}

    sentences = broken_expectation(LAPTOP, word("tablet"), texts, USE, "title")

    assert sentences == [
        "A search for `laptop` in title of shop on search-prod does not find `notebook`.",
        "A search for `laptop` in title of shop on search-prod finds `tablet`.",
    ]
    assert [] == broken_expectation(LAPTOP, word("notebook"), texts, USE, "title")


def test_broken_expectation_fails_the_dictionary() -> None:
    failed = failed_by_indices(RESULT, [], ["A search."] * (MAX_SENTENCES + 2), is_plan=False)

    assert ("failed", "expectation-failed") == (failed.outcome, failed.reason)
    assert f"Updated. {'A search. ' * MAX_SENTENCES}(2 more)" == failed.message
    [one] = [failed_by_indices(RESULT, [], ["A search."], is_plan=False)]
    assert "Updated. A search." == one.message


def test_proof_has_the_first_texts() -> None:
    texts = tuple(f"t{number}" for number in range(MAX_SENTENCES + 2))

    assert "tv now also finds t0, t1, t2, t3, t4 and 2 more (shop)" == effect_of(Probe("tv", (), texts), USE)
