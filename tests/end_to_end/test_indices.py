"""Tests of reading indices and their states from the endpoints of domains."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
import requests

from dictionary_deploy.clock import MAX_QUIET_STOP_SECONDS
from sandbox.aws.endpoint import Endpoint
from sandbox.search import LocalSearch
from sandbox.server import serve
from tests.deploy.index_stage import Hooked
from tests.end_to_end.scene import BUCKET, Later, Ran, Scene

DOMAIN = "search-prod"
SYNONYMS = {
    "file": "search/synonyms.txt",
    "package": "product-synonyms",
    "kind": "synonyms",
    "indices": ["shop*"],
}
OLD, NEW = b"tv, television\n", b"tv, television, telly\n"


@pytest.fixture
def after() -> dict[str, Callable[[], object]]:
    """Callbacks by the last part of a path. Each is called once, after the engine has responded."""
    return {}


@pytest.fixture
def search(scene: Scene, tmp_path: Path, after: dict[str, Callable[[], object]]) -> Iterator[LocalSearch]:
    """The search engine of the only domain, whose indices use the deployed version."""
    engine = LocalSearch(tmp_path / "engine")
    with serve(Hooked(engine, after)) as url:
        scene.aws.endpoints[DOMAIN] = Endpoint(url, engine.folder)
        scene.aws.switches = scene.aws.switches.override({"copy_seconds": 0, "associate_seconds": 0})
        scene.client("es").create_elasticsearch_domain(DomainName=DOMAIN)
        package_id = scene.make_package("product-synonyms", OLD)
        scene.client("es").associate_package(PackageID=package_id, DomainName=DOMAIN)
        scene.client("es").describe_packages()
        create_index(url, "shop-1", package_id, updateable=True)
        create_index(url, "shop-2", package_id, updateable=False)
        create_index(url, "other", package_id, updateable=True)
        scene.configure(SYNONYMS, domains="associated")
        scene.commit({"search/synonyms.txt": OLD})
        scene.run()
        scene.merge({"search/synonyms.txt": NEW}, 7)
        engine.requests.clear()
        yield engine


def create_index(url: str, name: str, package_id: str, *, updateable: bool) -> None:
    synonyms = {
        "type": "synonym_graph",
        "synonyms_path": f"analyzers/{package_id}",
        "updateable": updateable,
    }
    searching = {"type": "custom", "tokenizer": "whitespace", "filter": ["lowercase", "words"]}
    body = {
        "settings": {"analysis": {"filter": {"words": synonyms}, "analyzer": {"searching": searching}}},
        "mappings": {
            "properties": {"title": {"type": "text", "analyzer": "standard", "search_analyzer": "searching"}}
        },
    }
    requests.put(f"{url}/{name}", json=body, timeout=10).raise_for_status()


def test_comment_shows_which_indices_use_the_new_version(scene: Scene, search: LocalSearch) -> None:
    search.reloads_itself = True

    ran = scene.run()

    [comment] = scene.comments(7)
    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert "tv now also finds telly (shop-1)" in comment
    [two, one] = [line for line in comment.splitlines() if " index `search-prod/" in line]
    assert ("`search-prod/shop-1`" in one, one[2:3], one.endswith("| in effect |")) == (True, "✅", True)
    assert ("`search-prod/shop-2`" in two, two.endswith("| not in effect: must be reopened |")) == (
        True,
        True,
    )
    assert "Reopen shop-2 on search-prod." in comment
    assert "other" not in comment


def test_endpoint_out_of_reach_is_a_warning(scene: Scene, search: LocalSearch) -> None:
    search.refusals["_settings"] = 403

    ran = scene.run()

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert "::warning" in ran.log
    [comment] = scene.comments(7)
    assert "The indices on search-prod were not read" in comment
    assert "Grant `es:ESHttpGet`" in comment


def test_indices_to_refresh_that_cannot_be_read_fail_the_deploy(scene: Scene, search: LocalSearch) -> None:
    scene.configure({**SYNONYMS, "apply": "refresh"}, domains="associated")
    scene.commit({})
    search.refusals["_settings"] = 403

    ran = scene.run()

    assert (1, "apply-failed") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "The version was not applied on search-prod because its indices were not read." in ran.log
    search.refusals.clear()
    assert 0 == scene.run().status
    assert ["tv, television, telly"] == search.indices["shop-1"].rules["words"]


@pytest.mark.slow  # the service gets ten seconds to refresh by itself
def test_later_commit_applies_what_an_earlier_one_failed_to(scene: Scene, search: LocalSearch) -> None:
    scene.configure({**SYNONYMS, "apply": "refresh"}, domains="associated")
    scene.commit({})
    search.fails_to_refresh = True
    failed = scene.run()
    scene.commit({"README.md": "Another change."})
    checked = scene.run("schedule", {}, {"mode": "check"})
    search.fails_to_refresh = False

    ran = scene.run()

    assert (1, ["failed"]) == (failed.status, failed.outcomes)
    assert (1, "apply-failed") == (checked.status, checked.outputs["failure-reason"]), checked.log
    assert "shop-1 on search-prod does not use the version." in checked.summary
    assert (0, ["unchanged"]) == (ran.status, ran.outcomes), ran.log
    assert ["tv, television, telly"] == search.indices["shop-1"].rules["words"]
    assert 0 == scene.run("schedule", {}, {"mode": "check"}).status


def run_with_signal(scene: Scene, after: dict[str, Callable[[], object]], number: signal.Signals) -> Ran:
    """Deploy with `apply: reopen`; the run gets the signal once its first index is closed."""
    scene.configure({**SYNONYMS, "apply": "reopen"}, domains="associated")
    scene.commit({})
    environment = scene.environment("push", scene.push_payload(), {"timeout-minutes": "5"})
    process = scene.start(environment)
    after["_close"] = lambda: process.send_signal(number)
    return scene.finish(process, environment)


def test_index_that_a_killed_run_closed_is_opened_by_the_next_one(
    scene: Scene, search: LocalSearch, after: dict[str, Callable[[], object]]
) -> None:
    search.reloads_itself = True

    killed = run_with_signal(scene, after, signal.SIGKILL)
    was_closed = search.indices["shop-2"].is_closed
    with serve(Later(scene.aws, 61)) as url:
        ran = scene.run(AWS_ENDPOINT_URL=url)

    assert (-signal.SIGKILL, True) == (killed.status, was_closed), killed.log
    assert (0, ["updated"], False) == (ran.status, ran.outcomes, search.indices["shop-2"].is_closed), ran.log
    assert "Opening shop-2 on search-prod, which " in ran.log
    assert "tv now also finds telly (shop-2)" in ran.summary


def test_signal_does_not_leave_an_index_closed(
    scene: Scene, search: LocalSearch, after: dict[str, Callable[[], object]]
) -> None:
    search.reloads_itself = True

    ran = run_with_signal(scene, after, signal.SIGTERM)

    assert not search.indices["shop-2"].is_closed
    assert ran.outputs["result"], ran.log
    assert "shop-2 on search-prod is open again" in ran.log


@pytest.mark.slow
def test_index_that_is_closed_when_a_stopped_run_ends_is_reported(
    scene: Scene, search: LocalSearch, after: dict[str, Callable[[], object]]
) -> None:
    """The engine does not respond to `_open` before the run has to end."""
    has_ended = Event()

    def stop() -> None:
        after["_open"] = lambda: has_ended.wait(60)
        process.send_signal(signal.SIGTERM)
        stopped_at.append(time.monotonic())

    scene.configure({**SYNONYMS, "apply": "reopen"}, domains="associated")
    scene.commit({})
    search.reloads_itself = True
    environment = scene.environment("push", scene.push_payload(), {"timeout-minutes": "5"})
    stopped_at: list[float] = []
    after["_close"] = stop
    process = scene.start(environment)
    ran = scene.finish(process, environment)
    seconds = time.monotonic() - stopped_at[0]
    has_ended.set()

    assert seconds < MAX_QUIET_STOP_SECONDS
    assert ["failed"] == ran.outcomes, ran.log
    assert "shop-2 on search-prod: This run closed it, and it is not open" in ran.summary
    record = scene.client("s3").get_object(Bucket=BUCKET, Key="dictionaries/.reopening")["Body"].read()
    assert b'"index": "shop-2"' in record


def test_requests_are_signed_or_have_a_redacted_password(scene: Scene, search: LocalSearch) -> None:
    search.reloads_itself = True
    scene.run()
    signed = {request["credentials"].partition(" ")[0] for request in search.requests}
    search.requests.clear()

    ran = scene.run(OPENSEARCH_USERNAME="deploy", OPENSEARCH_PASSWORD="top-secret-1234")

    assert ({"AWS4-HMAC-SHA256"}, {"Basic"}) == (
        signed,
        {request["credentials"].partition(" ")[0] for request in search.requests},
    )
    assert "top-secret-1234" not in ran.log.replace("::add-mask::top-secret-1234", "")


def test_without_indices_no_endpoint_is_called(scene: Scene, search: LocalSearch) -> None:
    scene.configure({**SYNONYMS, "indices": []}, domains="associated")
    scene.commit({"search/synonyms.txt": NEW})

    ran = scene.run()

    assert 0 == ran.status, ran.log
    assert [] == search.requests
