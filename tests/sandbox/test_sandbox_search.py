"""The local search engine, and the local AWS that puts files on its disk."""

from __future__ import annotations

from pathlib import Path

import requests

from sandbox.aws.endpoint import Endpoint
from sandbox.search import LocalSearch
from sandbox.server import serve


def test_file_is_put_once_per_version(tmp_path: Path) -> None:
    endpoint, reads = Endpoint("http://127.0.0.1:9200", tmp_path), list[str]()

    def read() -> bytes:
        reads.append("read")
        return b"tv, telly\n"

    for version in ("v1", "v1", "v2"):
        endpoint.put("F1", version, read)

    assert b"tv, telly\n" == (tmp_path / "analyzers" / "F1").read_bytes()
    assert 2 == len(reads)


def test_unknown_index_and_request_are_refused_like_the_engine(tmp_path: Path) -> None:
    with serve(LocalSearch(tmp_path)) as url:
        missing = requests.post(f"{url}/shop/_analyze", json={"text": "tv"}, timeout=10)
        unknown = requests.post(f"{url}/shop/_search", json={}, timeout=10)

    assert (404, "index_not_found_exception") == (missing.status_code, missing.json()["error"]["type"])
    assert 400 == unknown.status_code
