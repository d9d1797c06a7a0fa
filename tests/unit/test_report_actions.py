"""The actions that make search use a version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.model import Result
from dictionary_deploy.report.actions import (
    NO_DOMAINS,
    OPT_OUT,
    is_waiting,
    next_action,
    reload_notes_for,
)
from dictionary_deploy.report.reloading import NO_ACTION
from tests.unit.reported import BEHIND, LIVE, result

NEW, OLD = {"search-a": "OpenSearch_2.11"}, {"search-a": "7.4"}


SYNONYMS = "`synonyms_path: analyzers/F1`"
REINDEX = "reindex those with it in an index analyzer."
MERGE = "Merge to deploy it to search-a, search-b."


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(domains=(LIVE,), engines=NEW), NO_ACTION),
        (
            result(domains=(LIVE,), engines=OLD),
            f"Reopen the indices on search-a that use {SYNONYMS}; {REINDEX}",
        ),
        (
            result(domains=(LIVE,)),
            f"Reopen the indices on search-a (engine unknown) that use {SYNONYMS}; {REINDEX}",
        ),
        (
            result("applied", kind="keywords", domains=(LIVE,), engines=NEW),
            "Reindex the indices on search-a that use `keywords_path: analyzers/F1`.",
        ),
        (
            result("created", kind="ik-words", domains=(LIVE,), engines=NEW),
            "Reindex the indices on search-a that use the file `analyzers/F1`.",
        ),
        (
            result(
                kind="nori-user-dictionary",
                domains=tuple(replace(LIVE, domain=name) for name in "abcdefg"),
            ),
            "Reindex the indices on a, b, c, d, e and 2 more that use `user_dictionary: analyzers/F1`.",
        ),
        (
            result(kind="sudachi", domains=(LIVE,), engines=NEW),
            "Wait for a blue/green deployment of search-a, then reindex the indices that use Sudachi.",
        ),
        (result(domains=(LIVE, BEHIND), wanted=("search-b",), engines=OLD), ""),
        (result(domains=(BEHIND,)), ""),
        (result(domains=None), ""),
        (result(domains=()), NO_DOMAINS),
        (result("unchanged", domains=()), NO_DOMAINS),
        (result("unchanged", kind="keywords", domains=(LIVE,), engines=OLD), ""),
        (result("held", kind="keywords", domains=(LIVE,), engines=OLD), ""),
        (result(domains=(), wanted="none"), OPT_OUT),
        (result(domains=(BEHIND,), wanted="none"), OPT_OUT),
        (result(domains=None, wanted="none"), OPT_OUT),
        (result(domains=(LIVE,), wanted="none"), ""),
    ],
)
def test_action_follows_from_kind_engine_and_domains(one: Result, expected: str) -> None:
    assert expected == next_action(one)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (result(domains=(LIVE,), engines=NEW), False),
        (result(domains=(LIVE,), engines=OLD), True),
        (result(kind="stopwords", domains=(LIVE,), engines=NEW), True),
        (result(kind="char-mappings", domains=(LIVE,), engines=NEW), True),
        (result("unchanged", kind="char-mappings", domains=(LIVE,), engines=NEW), False),
        (result(domains=(LIVE, BEHIND), engines=NEW), True),
        (result(domains=(), wanted="none"), True),
        (result(domains=(LIVE,), wanted="none"), False),
        (result("unchanged", domains=None), False),
        (result(domains=None), True),
    ],
)
def test_version_is_waiting_unless_search_uses_it_on_every_domain(one: Result, *, expected: bool) -> None:
    assert expected == is_waiting(one)


# ---------------------------------------------------------------- what a merge would do


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            result(domains=(LIVE, BEHIND), engines=NEW | {"search-b": "7.10"}),
            MERGE,
        ),
        (
            result(domains=(LIVE, BEHIND), engines=NEW | {"search-b": "7.4"}),
            f"{MERGE} Then reopen the indices on search-b that use {SYNONYMS}; {REINDEX}",
        ),
        (
            result(wanted=("z",), kind="ik-words", domains=()),
            "Merge to deploy it to z. Then reindex the indices on z that use the file `analyzers/F1`.",
        ),
        (
            result("applied", domains=(LIVE, BEHIND), engines={"search-b": "7.10"}),
            "Merge to associate it with search-b.",
        ),
        (
            result(wanted="none", domains=(LIVE,)),
            "Merge to deploy it to no domain, because of `domains: none`.",
        ),
        (result("created", package=None, wanted=("a",)), "Merge to deploy it to a."),
        (result("created", package=None), f"Merge to deploy it to no domain. {NO_DOMAINS}"),
        (result(domains=()), f"Merge to deploy it to no domain. {NO_DOMAINS}"),
        (result(package=None), "Merge to deploy it, unless its content is deployed already."),
        (result(domains=None), "Merge to deploy it."),
        (result("unchanged", domains=(LIVE,)), ""),
    ],
)
def test_action_in_a_plan_names_the_domains_of_the_merge(one: Result, expected: str) -> None:
    assert expected == next_action(replace(one, planned=True))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            result(domains=(LIVE, BEHIND), engines=NEW),
            "Run mode `deploy` to deploy it to search-a, search-b.",
        ),
        (result("applied", domains=(BEHIND,)), "Run mode `deploy` to associate it with search-b."),
        (result(domains=None), "Run mode `deploy` to deploy it."),
    ],
)
def test_action_in_a_plan_of_a_merged_commit_is_the_deploy(one: Result, expected: str) -> None:
    assert next_action(replace(one, planned=True, is_on_branch=True)).startswith(expected)


# ---------------------------------------------------------------- when search uses it


def test_deployed_version_has_reload_notes() -> None:
    [note] = reload_notes_for(result(domains=(LIVE,), engines=NEW))

    assert note.startswith("search-a (OpenSearch 2.11) reloads `synonyms_path: analyzers/F1` in search")


def test_unknown_engines_are_explained_last() -> None:
    *_, last = reload_notes_for(
        result(domains=(LIVE,), why_no_engines="Grant es:DescribeElasticsearchDomains.")
    )

    assert "Grant es:DescribeElasticsearchDomains." == last


@pytest.mark.parametrize(
    "one",
    [
        result("unchanged", domains=(LIVE,)),
        result(package=None),
        result(wanted="none", domains=(LIVE,)),
        result(domains=(), why_no_engines="Denied."),
    ],
)
def test_version_on_no_domain_has_no_reload_notes(one: Result) -> None:
    assert () == reload_notes_for(one)


# ---------------------------------------------------------------- domains of other environments


def test_plan_names_no_domain_of_another_environment() -> None:
    dictionary = replace(result().dictionary, left_out=(("search-b", "prod"),))
    found = replace(result(domains=(LIVE, BEHIND), engines=NEW, planned=True), dictionary=dictionary)

    assert "Merge to deploy it to search-a." == next_action(found)


def test_version_only_on_domains_of_another_environment_is_waiting() -> None:
    dictionary = replace(result().dictionary, left_out=(("search-a", "prod"),))

    assert is_waiting(replace(result(domains=(LIVE,), engines=NEW), dictionary=dictionary))
