"""Tests of reading and refreshing indices, on the engine itself.

The local search engine of the other tests must answer the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from dictionary_deploy.decide.indices import tokens_of
from dictionary_deploy.decide.searches import document_of, finds, query_of
from dictionary_deploy.dictionaries import Options, Text
from dictionary_deploy.dictionaries.expectations import broken_expectations
from dictionary_deploy.errors import SearchError
from dictionary_deploy.model import (
    Analyzer,
    Diff,
    DomainPackage,
    EntryCounts,
    Expectation,
    Package,
    Probe,
    Result,
)
from dictionary_deploy.search.client import SearchClient, basic
from sandbox.search import LocalSearch
from sandbox.server import serve
from tests.deploy.index_stage import Stage
from tests.engines.judge import Judge
from tests.engines.node import has_refresh
from tests.unit.situation import DICTIONARY

pytestmark = pytest.mark.engines

PACKAGE = "F123456789"
OLD, NEW, BAD = "tv, television\n", "tv, television, telly\n", "tv, , telly\n"
TV = Probe("tv", ("television", "tv"), ("television", "telly", "tv"))
UPDATED = Result(
    replace(DICTIONARY, domains="associated", indices=("shop*",)),
    "updated",
    "",
    is_deployed=True,
    package=Package(PACKAGE, "product-synonyms", "AVAILABLE", "v2"),
    domains=(DomainPackage("search-prod", "ACTIVE", "v2"),),
    diff=Diff(EntryCounts(0, 0, 1, 1), probes=(TV,)),
)
REOPENING = replace(UPDATED, dictionary=replace(UPDATED.dictionary, apply="reopen"))
APPLYING = replace(UPDATED, dictionary=replace(UPDATED.dictionary, apply="refresh"))


@dataclass(frozen=True)
class Engine:
    """A search engine, and the folder with its packages."""

    url: str
    analyzers: Path

    def put(self, text: str, package: str = PACKAGE) -> None:
        self.analyzers.mkdir(parents=True, exist_ok=True)
        (self.analyzers / package).write_text(text)

    def create(
        self,
        name: str,
        *,
        updateable: bool,
        at_index_time: bool = False,
        packages: Sequence[str] = (PACKAGE,),
        unused: str = "",
    ) -> None:
        """Create an index; the field `title` is searched with the first package, a filter has the last."""
        filters: dict[str, Any] = {}
        analyzers: dict[str, Any] = {}
        for package in packages:
            words = {"type": "synonym_graph", "synonyms_path": f"analyzers/{package}"}
            filters[package] = {**words, "updateable": True} if updateable else words
            chain = ["lowercase", package]
            searching = "searching" if package == PACKAGE else package
            analyzers[searching] = {"type": "custom", "tokenizer": "whitespace", "filter": chain}
        if unused:
            filters["unused"] = {"type": "stop", "stopwords_path": f"analyzers/{unused}"}
        field = {"type": "text", "analyzer": "whitespace", "search_analyzer": "searching"}
        body = {
            "settings": {"analysis": {"filter": filters, "analyzer": analyzers}},
            "mappings": {"properties": {"title": field}},
        }
        if at_index_time:
            field["analyzer"] = "searching"
        requests.put(f"{self.url}/{name}", json=body, timeout=60).raise_for_status()

    def found(self, result: Result) -> Result:
        [found] = Stage().run([result], lambda _: {"search-prod": self.url})
        return found

    def read(self, result: Result = UPDATED) -> list[tuple[str, str, bool, Sequence[str]]]:
        """Return each index, its state, if the engine refuses the file, and the fields."""
        found = self.found(result)
        assert () == found.warnings
        return [(use.index, use.state, bool(use.refusal), use.fields) for use in found.indices]


@pytest.fixture(params=["engine", "local"])
def engine(request: pytest.FixtureRequest, judge: Judge, tmp_path: Path) -> Iterator[Engine]:
    """Yield the engine, then the local one, each with an index of every state and the new file."""
    local = LocalSearch(tmp_path)
    with serve(local) as url:
        is_local = request.param == "local"
        engine = (
            Engine(url, tmp_path / "analyzers") if is_local else Engine(judge.node.url, judge.node.analyzers)
        )
        engine.put(OLD)
        engine.create("shop-1", updateable=True)
        engine.create("shop-2", updateable=False)
        engine.create("shop-3", updateable=False, at_index_time=True)
        engine.create("other", updateable=True)
        engine.put(NEW)
        yield engine
        if not is_local:
            for name in ("shop-1", "shop-2", "shop-3", "shop-4", "other"):
                requests.delete(f"{engine.url}/{name}", timeout=60)


def states(result: Result) -> dict[str, str]:
    return {use.index: use.state for use in result.indices}


def test_states_of_indices_are_read(engine: Engine) -> None:
    assert [
        ("shop-1", "refresh", False, ("title",)),
        ("shop-2", "reopen", False, ("title",)),
        ("shop-3", "reindex", False, ("title",)),
    ] == engine.read()


def test_file_that_the_engine_cannot_load_is_refused(engine: Engine) -> None:
    engine.put(BAD)

    found = engine.found(APPLYING)

    assert ["unknown"] * 3 == [use.state for use in found.indices]
    assert ("failed", "engine-refused") == (found.outcome, found.reason)
    assert "uild synonyms" in found.message


def test_refreshed_index_uses_the_new_file(engine: Engine, judge: Judge) -> None:
    if not has_refresh(judge.node.version):
        pytest.skip(f"the stand-in does not run in {judge.node.version}")

    found = engine.found(APPLYING)

    assert ["in effect", "reopen", "reindex"] == [use.state for use in found.indices]
    assert ("tv now also finds telly (shop-1)",) == found.effects
    assert "" == found.reason


def test_reopened_index_uses_the_new_file(engine: Engine) -> None:
    found = engine.found(REOPENING)

    assert {"shop-2": "in effect", "shop-3": "reindex"}.items() <= states(found).items()
    assert "tv now also finds telly (shop-2)" in found.effects


def test_index_with_a_bad_file_of_another_package_stays_open(engine: Engine) -> None:
    engine.put(OLD)
    engine.put(OLD, "F2")
    engine.create("shop-4", updateable=False, packages=(PACKAGE, "F2"))
    engine.put(NEW)
    engine.put(BAD, "F2")

    found = engine.found(REOPENING)

    assert "shop-4 on search-prod: It was not closed. The engine cannot build its analyzer" in found.message
    assert {"shop-2": "in effect", "shop-4": "reopen"}.items() <= states(found).items()


def test_index_with_an_unused_filter_without_its_file_stays_open(engine: Engine) -> None:
    engine.put(OLD)
    engine.put("the\n", "F2")
    engine.create("shop-4", updateable=False, unused="F2")
    engine.put(NEW)
    (engine.analyzers / "F2").unlink()

    found = engine.found(REOPENING)

    assert "shop-4 on search-prod: It was not closed. The engine cannot build its filter" in found.message
    assert {"shop-2": "in effect", "shop-4": "reopen"}.items() <= states(found).items()
    client = SearchClient("search-prod", engine.url, basic("user", "password"))
    client.close("shop-4")
    with pytest.raises(SearchError, match="_open with 500"):
        client.open("shop-4")


def test_closed_index_with_a_bad_file_does_not_open(engine: Engine) -> None:
    client = SearchClient("search-prod", engine.url, basic("user", "password"))
    client.close("shop-2")
    engine.put(BAD)

    with pytest.raises(SearchError) as raised:
        client.open("shop-2")

    assert 500 == raised.value.status
    assert "ailed to build" in raised.value.message
    engine.put(NEW)
    client.open("shop-2")


# ---------------------------------------------------------------- expectations

WORDS = [*"abcdxy", "the"]


def test_expectations_agree_with_searches(judge: Judge) -> None:
    """Random rules, queries and texts; `match` with the operator AND."""
    chance = random.Random(7)
    compared = sum(_compare(judge.node.url, chance) for _ in range(12))

    assert compared > 50


def _compare(url: str, chance: random.Random) -> int:
    """Compare the searches of one index; return their number, 0 if the engine rejects the rules."""
    stopwords = frozenset({"the"}) if chance.random() < 0.4 else frozenset[str]()
    analyzer = Analyzer(chance.choice(["whitespace", "standard"]), chance.random() < 0.5, stopwords)
    options = Options(analyzer=analyzer, expand=chance.random() < 0.7)
    rules = [_rule(chance) for _ in range(chance.randint(1, 4))]
    before = ["lowercase"] * analyzer.lowercase + ["stop"] * bool(stopwords)
    analysis = {
        "filter": {
            "stop": {"type": "stop", "stopwords": ["the"]},
            "words": {"type": "synonym_graph", "synonyms": rules, "expand": options.expand},
        },
        "analyzer": {
            "documents": {"type": "custom", "tokenizer": analyzer.tokenizer, "filter": before},
            "searches": {"type": "custom", "tokenizer": analyzer.tokenizer, "filter": [*before, "words"]},
        },
    }
    field = {"type": "text", "analyzer": "documents", "search_analyzer": "searches"}
    body = {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0, "analysis": analysis},
        "mappings": {"properties": {"title": field}},
    }
    if requests.put(f"{url}/expected", json=body, timeout=60).status_code != 200:
        return 0
    texts = [*dict.fromkeys(" ".join(chance.choices(WORDS, k=chance.randint(1, 5))) for _ in range(30))]
    lines = [line for text in texts for line in ({"index": {}}, {"title": text})]
    bulk = "".join(f"{json.dumps(line)}\n" for line in lines)
    kind = {"Content-Type": "application/x-ndjson"}
    requests.post(
        f"{url}/expected/_bulk?refresh=true", data=bulk, headers=kind, timeout=60
    ).raise_for_status()
    try:
        queries = [" ".join(chance.choices(WORDS, k=chance.randint(1, 4))) for _ in range(8)]
        for query in queries:
            match = {"query": {"match": {"title": {"query": query, "operator": "and"}}}, "size": 100}
            hits = requests.post(f"{url}/expected/_search", json=match, timeout=60).json()["hits"]["hits"]
            found = {hit["_source"]["title"] for hit in hits}
            expected = [Expectation(query, matches=(text,)) for text in texts]
            problems = broken_expectations("synonyms", expected, Text.of("\n".join(rules).encode()), options)
            missing = {text for text in texts if any(f"find `{text}`." in each.message for each in problems)}
            assert found == set(texts) - missing, (rules, options, query)
            # After the deploy, the engine's own tokens decide.
            client = SearchClient("search-prod", url, basic("user", "password"))
            asked = query_of(tokens_of(client.analyze("expected", {"analyzer": "searches", "text": [query]})))
            own = {
                text: tokens_of(client.analyze("expected", {"field": "title", "text": [text]}))
                for text in texts
            }
            assert found == {text for text in texts if finds(asked, document_of(own[text]))}, (rules, query)
        return len(queries)
    finally:
        requests.delete(f"{url}/expected", timeout=60)


def _rule(chance: random.Random) -> str:
    """Return a rule of different terms."""
    terms = list(
        dict.fromkeys(" ".join(chance.choices(WORDS, k=chance.choice([1, 1, 2, 3]))) for _ in range(4))
    )
    return ", ".join(terms[:3]) if chance.random() < 0.5 else f"{terms[0]} => {', '.join(terms[1:]) or 'x'}"
