"""The stand-in of the request that loads changed dictionaries responds as the plugin of the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.engines.judge import Judge
from tests.engines.node import has_refresh

pytestmark = pytest.mark.engines

PACKAGE = "F123456789"
REFRESH = "/_plugins/_refresh_search_analyzers"


def send(judge: Judge, method: str, path: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(judge.node.url + path, data, {"Content-Type": "application/json"}, method=method)
    with urlopen(request, timeout=60) as response:
        return dict(json.loads(response.read()))


def index(*, is_updateable: bool) -> dict[str, Any]:
    words = {"type": "synonym_graph", "synonyms_path": f"analyzers/{PACKAGE}", "updateable": is_updateable}
    analyzer = {"tokenizer": "whitespace", "filter": ["words"]}
    field = {"type": "text", "analyzer": "whitespace", "search_analyzer": "with_words"}
    return {
        "settings": {
            "number_of_shards": 2,
            "number_of_replicas": 0,
            "analysis": {"filter": {"words": words}, "analyzer": {"with_words": analyzer}},
        },
        "mappings": {"properties": {"text": field}},
    }


@pytest.fixture
def shop(judge: Judge) -> Iterator[Judge]:
    """Yield a node with an index that can reload its synonyms, and one that cannot."""
    if not has_refresh(judge.node.version):
        pytest.skip(f"the stand-in does not run in {judge.node.version}")
    words = judge.node.analyzers / PACKAGE
    words.write_text("laptop, notebook\n")
    send(judge, "PUT", "/shop", index(is_updateable=True))
    send(judge, "PUT", "/static", index(is_updateable=False))
    send(judge, "PUT", "/shop/_doc/1?refresh=true", {"text": "tv"})
    yield judge
    send(judge, "DELETE", "/shop,static")


def hits(judge: Judge, text: str) -> int:
    found = send(judge, "POST", "/shop/_search", {"query": {"match": {"text": text}}})
    return int(found["hits"]["total"]["value"])


def test_changed_dictionary_is_used_only_after_the_request(shop: Judge) -> None:
    (shop.node.analyzers / PACKAGE).write_text("television, tv\n")
    before = hits(shop, "television")
    response = send(shop, "POST", f"{REFRESH}/shop")

    assert (0, 1) == (before, hits(shop, "television"))
    assert {
        "_shards": {"total": 2, "successful": 2, "failed": 0},
        "successful_refresh_details": [{"index": "shop", "refreshed_analyzers": ["with_words"]}],
    } == response


def test_rejected_dictionary_is_a_failed_shard_and_keeps_the_old_one(shop: Judge) -> None:
    (shop.node.analyzers / PACKAGE).write_text("television, tv\n")
    send(shop, "POST", f"{REFRESH}/shop")
    (shop.node.analyzers / PACKAGE).write_text("a => b => c\n")
    response = send(shop, "POST", f"{REFRESH}/shop")
    (shop.node.analyzers / PACKAGE).write_text("laptop, notebook\n")

    assert (2, 0, 2) == tuple(response["_shards"][each] for each in ("total", "successful", "failed"))
    assert [] == response["successful_refresh_details"]
    assert hits(shop, "television") == 1


def test_analyzer_that_is_not_updateable_is_not_named(shop: Judge) -> None:
    response = send(shop, "POST", f"{REFRESH}/static")

    assert [{"index": "static", "refreshed_analyzers": []}] == response["successful_refresh_details"]


def test_wildcards_skip_closed_indices_and_names_reject_them(shop: Judge) -> None:
    send(shop, "POST", "/static/_close")
    response = send(shop, "POST", f"{REFRESH}/s*")

    names = {each["index"] for each in response["successful_refresh_details"]}
    assert "shop" in names
    assert "static" not in names
    with pytest.raises(HTTPError, match="400"):
        send(shop, "POST", f"{REFRESH}/static")
