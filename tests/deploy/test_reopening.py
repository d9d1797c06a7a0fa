"""Reopening indices over HTTP on the local search engine, with S3 in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dictionary_deploy.clock import (
    LEASE_SECONDS,
    MAX_INDICES_SECONDS,
    MAX_OPEN_SECONDS,
    MIN_REOPEN_SECONDS,
    Interruption,
)
from dictionary_deploy.deploy.reopening import Key
from dictionary_deploy.model import (
    Diff,
    DomainPackage,
    EntryCounts,
    Mode,
    Package,
    Probe,
    Result,
)
from sandbox.search import LocalSearch
from sandbox.server import serve
from tests.deploy.index_stage import NEW, RECORD, Hooked, IndexScene
from tests.deploy.simulated import BUCKET, Clock
from tests.hunt.clients import client_error
from tests.unit.situation import DICTIONARY

DOMAIN = "search-prod"
BAD = "tv, , telly\n"
TV = Probe("tv", ("television", "tv"), ("television", "telly", "tv"))
UPDATED = Result(
    replace(DICTIONARY, domains="associated", indices=("shop*",), apply="reopen"),
    "updated",
    "",
    changed=True,
    is_deployed=True,
    package=Package("F1", "product-synonyms", "AVAILABLE", "v2"),
    domains=(DomainPackage(DOMAIN, "ACTIVE", "v2"),),
    diff=Diff(EntryCounts(0, 0, 1, 1), probes=(TV,)),
)
UNCHANGED = replace(UPDATED, outcome="unchanged", changed=False, is_deployed=False, diff=None)
MODES: tuple[Mode, ...] = ("deploy", "check")
SHOP: Key = (DOMAIN, "shop")


@dataclass
class Scene(IndexScene):
    """A domain whose indices have loaded the old file while the new one is on its disk."""

    def run(self, *results: Result, mode: Mode = "deploy", run: str = "this run") -> Result:
        """Return the first of the results, by default of a deploy that changed the dictionary."""
        return self.stage.run(results or [UPDATED], lambda _: {DOMAIN: self.url}, mode, run)[0]

    @property
    def writes(self) -> list[str]:
        """The writes to the engine and to S3 in order, without those of the lock."""
        return [
            request["path"]
            for request in self.stage.requests
            if request["method"] in {"POST", "PUT"} and not request["path"].endswith(("_analyze", "/.lock"))
        ]


@dataclass
class TickingClock(Clock):
    """A clock that advances with each call once the run is interrupted."""

    interruption: Interruption = field(default_factory=Interruption)

    def now(self) -> float:
        self.seconds += bool(self.interruption)
        return self.seconds


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(LocalSearch(tmp_path), updateable=False)
    scene.stage.requests = scene.engine.requests
    with serve(Hooked(scene.engine, scene.after)) as scene.url:
        scene.put(NEW)
        scene.add("shop")
        yield scene


def test_index_is_on_record_while_it_is_closed(scene: Scene) -> None:
    recorded: list[object] = []
    scene.after["_close"] = lambda: recorded.extend(scene.stage.record)

    found = scene.run()

    assert [("in effect", "done")] == [(use.state, use.reopening) for use in found.indices]
    assert ("updated", ("tv now also finds telly (shop)",)) == (found.outcome, found.effects)
    assert [RECORD, "/shop/_open", "/shop/_close", "/shop/_open", RECORD] == scene.writes
    assert [(DOMAIN, "shop", "this run")] == recorded
    assert [] == scene.stage.record


def test_lock_is_held_while_an_index_is_closed(scene: Scene) -> None:
    holders: list[str] = []
    scene.after["_close"] = lambda: holders.append(scene.stage.lock("another run").take())

    scene.run()

    assert ["this run"] == holders
    assert "" == scene.stage.lock("another run").take()


def test_run_waits_for_the_lock_before_it_closes_an_index(scene: Scene) -> None:
    scene.stage.lock("a dead run").take()
    began = scene.stage.clock.now()

    assert "updated" == scene.run().outcome
    assert scene.stage.clock.now() - began >= LEASE_SECONDS


@pytest.mark.parametrize("apply", ["none", "refresh"])
def test_only_apply_reopen_closes_an_index(scene: Scene, apply: Any) -> None:
    found = scene.run(replace(UPDATED, dictionary=replace(UPDATED.dictionary, apply=apply)))

    assert ["reopen"] == [use.state for use in found.indices]
    assert [] == scene.writes


def test_index_that_can_be_refreshed_is_not_closed(scene: Scene) -> None:
    scene.add("shop", updateable=True)

    assert ["in effect"] == [use.state for use in scene.run().indices]
    assert ["/_plugins/_refresh_search_analyzers/shop", "/shop/_cache/clear"] == scene.writes


def test_index_that_must_be_reindexed_is_not_closed(scene: Scene) -> None:
    scene.add("shop").mappings = {"properties": {"title": {"analyzer": "searching"}}}

    assert ["reindex"] == [use.state for use in scene.run().indices]
    assert [] == scene.writes


def test_new_version_is_loaded_although_no_entry_shows_it(scene: Scene) -> None:
    found = scene.run(replace(UPDATED, diff=None))

    assert "updated" == found.outcome
    assert [("unknown", "done")] == [(use.state, use.reopening) for use in found.indices]
    assert [*NEW.splitlines()] == scene.engine.indices["shop"].rules["words"]


@pytest.mark.parametrize("mode", ["plan", "check"])
def test_only_deploys_close_an_index(scene: Scene, mode: Mode) -> None:
    scene.run(replace(UPDATED, planned=mode == "plan"), mode=mode)

    assert [] == scene.writes


def test_index_of_two_dictionaries_is_closed_once(scene: Scene) -> None:
    other = replace(UPDATED, dictionary=replace(UPDATED.dictionary, file="search/other.txt"))

    assert "updated" == scene.run(UPDATED, other).outcome
    assert 1 == scene.writes.count("/shop/_close")


# ---------------------------------------------------------------- an index that would not open again


def test_index_with_a_bad_file_of_another_package_is_not_closed(scene: Scene) -> None:
    index = scene.add("shop")
    index.analysis["filter"]["other"] = {"type": "synonym", "synonyms_path": "analyzers/F2"}
    index.analysis["analyzer"]["others"] = {"tokenizer": "whitespace", "filter": ["other"]}
    scene.put(BAD, "F2")

    found = scene.run()

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "shop on search-prod: It was not closed." in found.message
    assert "cannot build its analyzer `others`" in found.message
    assert "Failed to build synonyms" in found.message
    assert [] == scene.writes


def test_index_with_a_file_that_cannot_be_checked_is_not_closed(scene: Scene) -> None:
    index = scene.add("shop")
    index.analysis["analyzer"]["stops"] = {"type": "stop", "stopwords_path": "analyzers/F2"}

    assert "Its analyzer `stops` has a built-in type" in scene.run().message
    assert [] == scene.writes


def test_index_with_a_bad_file_that_no_analyzer_uses_is_not_closed(scene: Scene) -> None:
    scene.add("shop").analysis["filter"]["other"] = {"type": "synonym", "synonyms_path": "analyzers/F2"}
    scene.put(BAD, "F2")

    assert "The engine cannot build its filter `other`, so it would not open again." in scene.run().message
    assert [] == scene.writes


def test_index_that_the_role_may_not_open_is_not_closed(scene: Scene) -> None:
    scene.engine.refusals["_open"] = 403

    found = scene.run()

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "`indices:admin/open`" in found.message
    assert [RECORD, "/shop/_open", RECORD] == scene.writes
    assert [] == scene.stage.record


def test_nothing_is_closed_without_a_record(scene: Scene) -> None:
    def deny(key: str) -> None:
        if key == RECORD:
            raise client_error("AccessDenied", "PutObject", 403)

    scene.stage.before_write = deny

    found = scene.run()

    assert "apply-failed" == found.reason
    assert "Grant s3:PutObject" in found.message
    assert [] == scene.writes


def test_nothing_is_closed_in_the_last_two_minutes(scene: Scene) -> None:
    scene.stage.timeout_seconds = MIN_REOPEN_SECONDS - 1

    found = scene.run()

    assert "Less than 2 min 0 s of `timeout-minutes` is left." in found.message
    assert ("apply-failed", []) == (found.reason, scene.writes)


def test_nothing_is_closed_after_the_lock_is_lost(scene: Scene) -> None:
    def lose() -> None:
        scene.stage.clock.sleep(LEASE_SECONDS + 1)
        assert "" == scene.stage.lock("another run").take()

    scene.after["_open"] = lose

    found = scene.run()

    assert "apply-failed" == found.reason
    assert "/shop/_close" not in scene.writes


@pytest.mark.parametrize("action", ["_settings", "_open"])
def test_nothing_is_closed_after_a_signal(scene: Scene, action: str) -> None:
    def stop() -> None:
        scene.stage.interruption.set("SIGTERM")

    # The second request for settings is right before closing.
    scene.after["_analyze"] = lambda: scene.after.update({action: stop})

    found = scene.run()

    assert "It was not closed. The run was stopped by SIGTERM." in found.message
    assert "/shop/_close" not in scene.writes
    assert [] == scene.stage.record


def test_nothing_is_closed_if_slow_checks_leave_too_little_time(scene: Scene) -> None:
    scene.stage.timeout_seconds = MIN_REOPEN_SECONDS + 10
    scene.after["_open"] = lambda: scene.stage.clock.sleep(20)

    found = scene.run()

    assert "Less than 2 min 0 s of `timeout-minutes` is left." in found.message
    assert ("/shop/_close" in scene.writes, scene.stage.record) == (False, [])


def test_nothing_is_closed_by_a_call_that_is_not_awaited(scene: Scene) -> None:
    """S3 responds to the renewal of the lock only once the run has removed the index from the record."""
    scene.stage.clock = TickingClock(interruption=scene.stage.interruption)
    is_forgotten = Event()

    def write(key: str) -> None:
        if key == RECORD and scene.stage.record:
            is_forgotten.set()
        if key.endswith("/.lock") and scene.stage.record and not is_forgotten.is_set():
            scene.stage.interruption.set("SIGTERM")
            is_forgotten.wait(60)

    scene.stage.before_write = write

    found = scene.run()

    assert "Stopped by SIGTERM before a response arrived." in found.message
    assert "/shop/_close" not in scene.writes


@pytest.mark.parametrize("change", ["deleted", "closed"])
def test_index_that_someone_else_changes_is_left_alone(scene: Scene, change: str) -> None:
    scene.add("shop-2")

    def happen() -> None:
        if change == "deleted":
            del scene.engine.indices["shop-2"]
        else:
            scene.engine.indices["shop-2"].is_closed = True

    scene.after["_close"] = happen

    found = scene.run()

    assert ("updated", []) == (found.outcome, [path for path in scene.writes if "shop-2" in path])
    assert all(index.is_closed for name, index in scene.engine.indices.items() if name == "shop-2")


def test_red_index_does_not_keep_others_from_being_reopened(scene: Scene) -> None:
    scene.add("shop-red").is_red = True

    found = scene.run()

    assert ["in effect", "unknown"] == [use.state for use in found.indices]
    assert "shop-red on search-prod: It was not closed. search-prod responded" in found.message
    assert "/shop-red/_close" not in scene.writes


def test_index_that_is_deleted_while_it_is_closed_is_no_failure(scene: Scene) -> None:
    scene.add("shop-2")
    scene.after["_close"] = lambda: scene.engine.indices.pop("shop")

    assert "updated" == scene.run().outcome
    assert [] == scene.stage.record


def test_index_that_the_engine_refuses_to_close_is_a_failure(scene: Scene) -> None:
    scene.engine.refusals["_close"] = 400

    found = scene.run()

    assert ("apply-failed", [""]) == (found.reason, [use.reopening for use in found.indices])
    assert "shop on search-prod: It was not closed." in found.message
    assert [] == scene.stage.record


# ---------------------------------------------------------------- an index that is closed


def test_signal_does_not_stop_the_opening(scene: Scene) -> None:
    scene.after["_close"] = lambda: scene.stage.interruption.set("SIGTERM")

    scene.run()

    assert not scene.engine.indices["shop"].is_closed
    assert [] == scene.stage.record


def test_index_that_was_not_read_again_counts_as_reopened(scene: Scene) -> None:
    scene.after["_close"] = lambda: scene.stage.interruption.set("SIGTERM")

    found = scene.run()

    assert ("updated", [("unknown", "done")]) == (
        found.outcome,
        [(use.state, use.reopening) for use in found.indices],
    )


def test_closed_index_is_reported_although_no_index_can_be_read(scene: Scene) -> None:
    scene.after["_close"] = lambda: scene.engine.refusals.update(_open=503, _settings=503)

    found = scene.run()

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "shop on search-prod: This run closed it, and it is not open" in found.message
    assert [(True, "failed")] == [(use.is_closed, use.reopening) for use in found.indices]


def test_index_closed_without_a_response_is_opened_and_stays_on_record(scene: Scene) -> None:
    def lose_response() -> None:
        raise ConnectionResetError

    scene.after["_close"] = lose_response

    found = scene.run(replace(UPDATED, diff=None))

    assert "It is open, and it is unknown whether it was closed before." in found.message
    assert not scene.engine.indices["shop"].is_closed
    assert [(DOMAIN, "shop", "this run")] == scene.stage.record
    assert ("updated", []) == (scene.run().outcome, scene.stage.record)


def test_index_of_another_dictionary_is_read_again_too(scene: Scene) -> None:
    other = replace(UPDATED.dictionary, file="search/other.txt", apply="none")

    found = scene.run(replace(UPDATED, dictionary=other), UPDATED)

    assert [("in effect", "done")] == [(use.state, use.reopening) for use in found.indices]


def test_signal_stops_before_the_next_index_is_closed(scene: Scene) -> None:
    scene.add("shop-2")
    scene.after["_close"] = lambda: scene.stage.interruption.set("SIGTERM")

    found = scene.run()

    assert 1 == sum(path.endswith("_close") for path in scene.writes)
    assert "shop-2 on search-prod: It was not closed. The run was stopped by SIGTERM." in found.message


def test_opening_is_repeated(scene: Scene) -> None:
    def fail() -> None:
        scene.engine.refusals["_open"] = 503
        scene.stage.clock.after(MAX_OPEN_SECONDS / 2, scene.engine.refusals.clear)

    scene.after["_close"] = fail

    assert "updated" == scene.run().outcome
    assert not scene.engine.indices["shop"].is_closed


def test_opening_is_tried_once_more_after_a_signal(scene: Scene) -> None:
    def fail_and_stop() -> None:
        scene.engine.refusals["_open"] = 503
        scene.stage.interruption.set("SIGTERM")
        scene.stage.clock.after(0.5, scene.engine.refusals.clear)

    scene.after["_close"] = fail_and_stop

    scene.run()

    assert not scene.engine.indices["shop"].is_closed
    assert [] == scene.stage.record


def test_index_that_does_not_open_is_recorded_and_no_other_closed(scene: Scene) -> None:
    scene.add("shop-2")
    scene.after["_close"] = lambda: scene.put(BAD)

    found = scene.run()

    assert "failed" == found.outcome
    assert "shop on search-prod: This run closed it, and it is not open" in found.message
    assert "shop-2 on search-prod: It was not closed. Another index did not open." in found.message
    assert [(DOMAIN, "shop", "this run")] == scene.stage.record
    assert "/shop-2/_close" not in scene.writes


def kill_after_closing(scene: Scene) -> None:
    """Leave the index closed and on record."""
    scene.after["_close"] = lambda: scene.engine.refusals.update(_open=503)
    scene.run(run="a killed run")
    scene.engine.refusals.clear()
    scene.stage.requests.clear()
    assert scene.engine.indices["shop"].is_closed


@pytest.mark.parametrize("result", [UPDATED, UNCHANGED], ids=["a rerun", "another commit"])
def test_next_run_opens_what_a_killed_run_left_closed(scene: Scene, result: Result) -> None:
    kill_after_closing(scene)
    scene.add("shop-by-hand").is_closed = True

    assert result.outcome == scene.run(result).outcome
    assert ["/shop/_open", RECORD] == scene.writes[:2]
    assert [False, True] == [index.is_closed for index in scene.engine.indices.values()]
    assert [] == scene.stage.record


def test_index_that_was_deleted_is_removed_from_the_record(scene: Scene) -> None:
    kill_after_closing(scene)
    del scene.engine.indices["shop"]

    assert "unchanged" == scene.run(UNCHANGED).outcome
    assert [] == scene.stage.record


def test_index_that_stays_closed_fails_the_next_run_too(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.put(BAD)

    found = scene.run(UNCHANGED)

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "shop on search-prod: The run a killed run closed it, and it was not opened" in found.message
    assert "Failed to build synonyms. Fix the file" in found.message
    assert [(True, "failed")] == [(use.is_closed, use.reopening) for use in found.indices]
    assert [(DOMAIN, "shop", "a killed run")] == scene.stage.record


def test_check_fails_while_an_index_is_left_closed(scene: Scene) -> None:
    kill_after_closing(scene)

    found = scene.run(UNCHANGED, mode="check")

    assert ("apply-failed", ["failed"]) == (found.reason, [use.reopening for use in found.indices])
    assert "searches on it fail. Run mode `deploy` to open it." in found.message
    assert [] == scene.writes


@pytest.mark.parametrize("mode", MODES)
def test_index_that_another_run_opens_is_left_alone(scene: Scene, mode: Mode) -> None:
    kill_after_closing(scene)
    scene.stage.lock("a killed run").take()

    assert "" == scene.run(UNCHANGED, mode=mode).reason
    assert [] == scene.writes


def test_run_that_holds_the_lock_does_not_hide_a_closed_index(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.stage.lock("a run of another configuration").take()

    assert "apply-failed" == scene.run(UNCHANGED, mode="check").reason
    assert "" == scene.run(UNCHANGED).reason
    assert not scene.engine.indices["shop"].is_closed


def test_indices_are_read_after_a_long_wait_to_open_one(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.after["_open"] = lambda: scene.stage.clock.sleep(MAX_INDICES_SECONDS + 1)

    found = scene.run()

    assert ((), ["in effect"]) == (found.warnings, [use.state for use in found.indices])


def test_check_passes_once_the_index_was_opened_by_hand(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.engine.indices["shop"].is_closed = False

    assert "" == scene.run(UNCHANGED, mode="check").reason


def test_check_does_not_assume_that_an_index_is_closed(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.engine.refusals["_settings"] = 403

    found = scene.run(UNCHANGED, mode="check")

    assert "The run a killed run closed it. It is unknown whether it is open." in found.message


def test_recorded_index_of_a_deleted_domain_has_a_remedy(scene: Scene) -> None:
    kill_after_closing(scene)
    body = scene.stage.objects[RECORD].body.replace(b"search-prod", b"search-old")
    scene.stage.objects[RECORD] = replace(scene.stage.objects[RECORD], body=body)

    for mode in MODES:
        message = scene.run(UNCHANGED, mode=mode).message
        assert "shop on search-old: The run a killed run closed it, and the endpoint" in message
        assert f"remove the index from s3://{BUCKET}/{RECORD}." in message


def test_closed_index_is_reported_without_a_dictionary_with_indices(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.put(BAD)
    other = replace(UNCHANGED, dictionary=replace(UNCHANGED.dictionary, indices=()))

    found = scene.run(other)

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "searches on it fail" in found.message


def test_no_index_is_closed_while_another_one_does_not_open(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.put(BAD, "F2")
    index = scene.engine.indices["shop"]
    index.analysis["filter"]["other"] = {"type": "synonym", "synonyms_path": "analyzers/F2"}
    scene.add("shop-2")

    found = scene.run()

    assert "shop-2 on search-prod: It was not closed. Another index did not open." in found.message
    assert "/shop-2/_close" not in scene.writes


def test_record_of_an_unknown_format_is_a_warning_and_closes_nothing(scene: Scene) -> None:
    kill_after_closing(scene)
    scene.engine.indices["shop"].is_closed = False
    scene.stage.objects[RECORD] = replace(scene.stage.objects[RECORD], body=b'{"form": 2}')

    found = scene.run()

    assert "It is unknown whether a run left an index closed." in found.warnings[0]
    assert ("apply-failed", []) == (found.reason, scene.writes)
