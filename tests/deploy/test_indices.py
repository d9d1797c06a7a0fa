"""Reading the indices of domains: over HTTP from the local search engine, on a simulated clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dictionary_deploy.clock import MAX_INDICES_SECONDS, SERVICE_REFRESH_SECONDS
from dictionary_deploy.deploy.index_requests import MAX_PROBED_INDICES
from dictionary_deploy.deploy.indices import domains_to_read
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import (
    Diff,
    DomainPackage,
    EntryCounts,
    Expectation,
    Mode,
    Outcome,
    Package,
    Probe,
    Result,
)
from sandbox.search import LocalSearch
from sandbox.server import serve
from tests.deploy.index_stage import NEW, Hooked, IndexScene
from tests.deploy.simulated import Clock
from tests.unit.situation import DICTIONARY

ACTIVE = DomainPackage("search-prod", "ACTIVE", "v2")
TV = Probe("tv", ("television", "tv"), ("television", "telly", "tv"))
UPDATED = Result(
    replace(DICTIONARY, domains="associated", indices=("shop*",)),
    "updated",
    "",
    changed=True,
    is_deployed=True,
    package=Package("F1", "product-synonyms", "AVAILABLE", "v2"),
    domains=(ACTIVE,),
    diff=Diff(EntryCounts(0, 0, 1, 1), probes=(TV,)),
)


@dataclass
class Scene(IndexScene):
    """A search engine that has loaded the old file while the new one is on its disk."""

    @property
    def clock(self) -> Clock:
        return self.stage.clock

    @property
    def logged(self) -> list[str]:
        return self.stage.logged

    def stop(self) -> None:
        """Interrupt the run."""
        self.stage.interruption.signal = "SIGTERM"

    def read(self, result: Result = UPDATED, mode: Mode = "deploy", **urls: str) -> Result:
        [found] = self.stage.run([result], lambda _: urls or {"search-prod": self.url}, mode)
        return found

    def states(self, result: Result = UPDATED, mode: Mode = "deploy") -> dict[str, str]:
        return {use.index: use.state for use in self.read(result, mode).indices}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    engine = LocalSearch(tmp_path)
    scene = Scene(engine, updateable=True)
    with serve(Hooked(engine, scene.after)) as scene.url:
        scene.stage.requests = engine.requests
        scene.put(NEW)
        yield scene


def test_index_that_answers_with_the_new_file_uses_it(scene: Scene) -> None:
    scene.add("shop")
    scene.engine.reload()

    found = scene.read()

    assert ["in effect"] == [use.state for use in found.indices]
    assert ("tv now also finds telly (shop)",) == found.effects
    assert () == found.warnings
    assert [f"{DICTIONARY.file}: tv now also finds telly (shop)"] == scene.logged


def test_run_waits_until_the_service_has_refreshed_an_index(scene: Scene) -> None:
    scene.add("shop")
    scene.clock.after(20, scene.engine.reload)

    assert {"shop": "in effect"} == scene.states()
    assert ["Waiting until the indices on search-prod use the new version"] == scene.logged[:1]


def test_run_does_not_wait_for_ever(scene: Scene) -> None:
    scene.add("shop")
    began = scene.clock.now()

    assert {"shop": "refresh"} == scene.states()
    assert scene.clock.now() - began == pytest.approx(MAX_INDICES_SECONDS)


def test_other_indices_are_not_waited_for(scene: Scene) -> None:
    scene.add("shop", updateable=False)
    began = scene.clock.now()

    assert {"shop": "reopen"} == scene.states()
    assert began == scene.clock.now()


def test_check_does_not_wait(scene: Scene) -> None:
    scene.add("shop")
    began = scene.clock.now()

    assert {"shop": "refresh"} == scene.states(replace(UPDATED, outcome="unchanged"), "check")
    assert began == scene.clock.now()


def test_plan_only_reads_settings_and_mappings(scene: Scene) -> None:
    scene.add("shop")

    assert {"shop": "refresh"} == scene.states(replace(UPDATED, planned=True), "plan")
    assert {"GET"} == {request["method"] for request in scene.engine.requests}


@pytest.mark.parametrize(
    "probes",
    [(), (Probe("tv", ("tv", "television"), ("television", "tv")),)],
    ids=["no changed entry", "a change without effect"],
)
def test_effect_is_unknown_without_a_telling_change(scene: Scene, probes: tuple[Probe, ...]) -> None:
    scene.add("shop")
    scene.engine.reload()

    diff = Diff(EntryCounts(0, 0, 1, 1), probes=probes)
    assert {"shop": "unknown"} == scene.states(replace(UPDATED, diff=diff))


def test_changes_of_another_commit_tell_nothing(scene: Scene) -> None:
    scene.add("shop")
    scene.engine.reload()

    assert {"shop": "unknown"} == scene.states(replace(UPDATED, is_deployed=False))


def test_removed_stopword_is_shown_by_its_tokens(scene: Scene) -> None:
    scene.add("shop")
    scene.put("tv => telly\n")
    scene.engine.reload()
    result = replace(UPDATED, diff=Diff(EntryCounts(0, 0, 1, 1), probes=(Probe("tv", (), ("tv",)),)))

    assert {"shop": "in effect"} == scene.states(result)


def test_closed_index_is_not_asked(scene: Scene) -> None:
    scene.add("shop").is_closed = True

    [use] = scene.read().indices

    assert (use.is_closed, use.state) == (True, "unknown")


def test_file_that_the_engine_cannot_load_is_reported_in_its_words(scene: Scene) -> None:
    scene.add("shop")
    scene.put("tv, , telly\n")

    [use] = scene.read().indices

    message = "search-prod responded to /shop/_analyze with 400: Failed to build synonyms."
    assert ("unknown", message) == (use.state, use.refusal)


@pytest.mark.parametrize("action", ["_settings", "_mapping", "_analyze"])
def test_missing_permission_is_a_warning(scene: Scene, action: str) -> None:
    scene.add("shop")
    scene.engine.refusals[action] = 403

    found = scene.read()

    assert ((), "updated") == (found.indices, found.outcome)
    [warning] = found.warnings
    assert warning.startswith("The indices on search-prod were not read: search-prod responded to /")
    assert "Grant `es:ESHttpGet` and `es:ESHttpPost`" in warning


def test_domain_without_a_matching_index_is_a_warning(scene: Scene) -> None:
    scene.add("other")

    message = "No index on search-prod that matches shop* uses analyzers/F1. Check `indices`."
    assert (message,) == scene.read().warnings


def test_domain_without_an_endpoint_is_a_warning(scene: Scene) -> None:
    found = scene.read(**{"search-test": scene.url})

    assert ("The indices on search-prod were not read. It has no endpoint.",) == found.warnings


def test_run_without_time_does_not_report_a_missing_endpoint(scene: Scene) -> None:
    scene.stage.timeout_seconds = 0

    message = "The indices on search-prod were not read. AWS did not return its endpoint in time."
    assert (message,) == scene.read().warnings


def test_unreadable_endpoints_are_a_warning(scene: Scene) -> None:
    def refuse(_: Sequence[str]) -> Mapping[str, str]:
        raise AwsError("access-denied", "es:DescribeDomains was denied.", "Grant it.")

    [found] = scene.stage.run([UPDATED], refuse)

    message = "The indices on search-prod were not read. es:DescribeDomains was denied. Grant it."
    assert (message,) == found.warnings


def test_interrupted_run_reads_no_index(scene: Scene) -> None:
    scene.stop()

    warning = f"The indices on {UPDATED.domains[0].domain} were not read. The run was stopped."
    assert scene.read() == replace(UPDATED, warnings=(warning,))
    assert [] == scene.engine.requests


def test_many_indices_are_listed_and_the_first_are_asked(scene: Scene) -> None:
    names = [f"shop-{number:02}" for number in range(MAX_PROBED_INDICES + 1)]
    for name in names:
        scene.add(name)
    scene.engine.reload()

    states = scene.states()

    assert names == [*states]
    assert ["in effect"] * MAX_PROBED_INDICES + ["unknown"] == [*states.values()]


# ---------------------------------------------------------------- which domains


def test_only_domains_with_the_version_are_read() -> None:
    domains = (
        ACTIVE,
        DomainPackage("search-old", "ACTIVE", "v1"),
        DomainPackage("search-new", "ASSOCIATING", "v2"),
    )
    result = replace(UPDATED, domains=domains)

    assert ("search-prod",) == domains_to_read(result, "deploy")
    planned = replace(result, planned=True)
    assert ("search-prod", "search-old", "search-new") == domains_to_read(planned, "plan")


@pytest.mark.parametrize("outcome", ["unchanged", "failed", "held", "superseded"])
def test_deploy_without_a_change_reads_nothing(outcome: Outcome) -> None:
    assert () == domains_to_read(replace(UPDATED, outcome=outcome), "deploy")


def test_only_updated_domains_are_read() -> None:
    named = replace(UPDATED.dictionary, domains=("search-test",))
    others = replace(UPDATED.dictionary, left_out=(("search-prod", "production"),))
    without = replace(UPDATED.dictionary, domains="none")
    plain = replace(UPDATED.dictionary, indices=())

    for dictionary in (named, others, without, plain):
        assert () == domains_to_read(replace(UPDATED, dictionary=dictionary), "deploy")


# ---------------------------------------------------------------- apply: refresh

APPLYING = replace(UPDATED, dictionary=replace(UPDATED.dictionary, apply="refresh"))
REFRESH = "/_plugins/_refresh_search_analyzers/shop"


def writes(scene: Scene) -> list[str]:
    """Return the paths of the requests that change something, in order."""
    posts = [request["path"] for request in scene.engine.requests if request["method"] == "POST"]
    return [path for path in posts if not path.endswith("_analyze")]


def test_index_that_the_service_does_not_refresh_is_refreshed(scene: Scene) -> None:
    scene.add("shop")

    found = scene.read(APPLYING)

    assert ["in effect"] == [use.state for use in found.indices]
    assert [REFRESH, "/shop/_cache/clear"] == writes(scene)
    assert ("updated", "") == (found.outcome, found.reason)


def test_index_that_the_service_refreshes_gets_no_request(scene: Scene) -> None:
    scene.add("shop")
    scene.clock.after(SERVICE_REFRESH_SECONDS / 2, scene.engine.reload)

    assert {"shop": "in effect"} == scene.states(APPLYING)
    assert [] == writes(scene)


def test_rerun_finishes_a_refresh_at_once(scene: Scene) -> None:
    scene.add("shop")
    began = scene.clock.now()

    assert {"shop": "in effect"} == scene.states(replace(APPLYING, changed=False))
    assert began == scene.clock.now()


def test_index_whose_state_is_unknown_is_refreshed(scene: Scene) -> None:
    scene.add("shop")

    scene.read(replace(APPLYING, diff=None))

    assert [REFRESH, "/shop/_cache/clear"] == writes(scene)


@pytest.mark.parametrize("mode", ["plan", "check"])
def test_only_deploys_refresh(scene: Scene, mode: Mode) -> None:
    scene.add("shop")

    scene.read(replace(APPLYING, planned=mode == "plan"), mode)

    assert [] == writes(scene)


def test_without_apply_nothing_is_refreshed(scene: Scene) -> None:
    scene.add("shop")

    assert {"shop": "refresh"} == scene.states()
    assert [] == writes(scene)


def test_file_that_the_engine_refuses_fails_and_is_not_refreshed(scene: Scene) -> None:
    scene.add("shop")
    scene.add("shop-2", filters=("words",))
    scene.put("tv, , telly\n")

    found = scene.read(APPLYING)

    assert ("failed", "engine-refused") == (found.outcome, found.reason)
    assert "Failed to build synonyms" in found.message
    assert [] == writes(scene)


def test_chain_that_cannot_be_analyzed_is_no_refusal(scene: Scene) -> None:
    scene.add("shop", filters=("broken", "words"))

    found = scene.read(APPLYING)

    assert ("updated", "unknown") == (found.outcome, found.indices[0].state)


def test_signal_stops_before_a_refresh(scene: Scene) -> None:
    scene.add("shop")

    scene.clock.after(SERVICE_REFRESH_SECONDS / 2, scene.stop)
    scene.read(APPLYING)

    assert [] == writes(scene)


@pytest.mark.parametrize("seconds", [SERVICE_REFRESH_SECONDS / 2, None], ids=["signal", "no time"])
def test_refresh_that_is_not_sent_fails_the_dictionary(scene: Scene, seconds: float | None) -> None:
    scene.add("shop")
    if seconds:
        scene.clock.after(seconds, scene.stop)
    else:
        scene.stage.timeout_seconds = SERVICE_REFRESH_SECONDS / 2

    found = scene.read(APPLYING)

    assert ("failed", "apply-failed", []) == (found.outcome, found.reason, writes(scene))
    assert "search-prod: the refresh was not completed." in found.message


def test_read_that_fails_while_the_run_waits_is_repeated(scene: Scene) -> None:
    scene.add("shop")
    scene.clock.after(SERVICE_REFRESH_SECONDS / 3, lambda: scene.engine.refusals.update(_settings=503))
    scene.clock.after(SERVICE_REFRESH_SECONDS / 2, scene.engine.refusals.clear)

    found = scene.read(APPLYING)

    assert ("updated", ["in effect"], ()) == (
        found.outcome,
        [use.state for use in found.indices],
        found.warnings,
    )


@pytest.mark.parametrize("fails", [False, True], ids=["refreshed", "not refreshed"])
def test_refresh_that_cannot_be_verified_fails_the_dictionary(scene: Scene, *, fails: bool) -> None:
    scene.add("shop")
    scene.engine.fails_to_refresh = fails
    scene.after["shop" if fails else "clear"] = lambda: scene.engine.refusals.update(_settings=503)

    found = scene.read(APPLYING)

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "The indices on search-prod were not read after the refresh" in found.message
    assert fails == ("failed on 1 shard" in found.message)


def test_red_index_does_not_keep_others_from_being_refreshed(scene: Scene) -> None:
    scene.add("shop").mappings = MAPPINGS
    scene.add("shop-red").is_red = True
    scene.engine.indices["shop-red"].mappings = MAPPINGS
    expect = (Expectation("tv", ("radio",)),)

    found = scene.read(replace(APPLYING, dictionary=replace(APPLYING.dictionary, expect=expect)))

    assert {"shop": "in effect", "shop-red": "unknown"} == {use.index: use.state for use in found.indices}
    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "the refresh of shop-red failed on 1 shard." in found.message
    [warning] = found.warnings
    assert warning.startswith("shop-red on search-prod was not read: search-prod responded")


def test_index_that_is_deleted_while_it_is_read_is_left_out(scene: Scene) -> None:
    scene.add("shop")
    scene.add("shop-2")
    scene.engine.reload()
    scene.after["_mapping"] = lambda: scene.engine.indices.pop("shop-2")

    assert {"shop": "in effect"} == scene.states(APPLYING)


def test_older_domain_is_refreshed_at_its_own_path(scene: Scene) -> None:
    scene.add("shop")
    scene.engine.prefix = "_opendistro"

    assert {"shop": "in effect"} == scene.states(APPLYING)
    assert "/_opendistro/_refresh_search_analyzers/shop" in writes(scene)


def test_refused_request_fails_the_dictionary_with_the_permission(scene: Scene) -> None:
    scene.add("shop")
    scene.engine.refusals["_refresh_search_analyzers/shop"] = 403

    found = scene.read(APPLYING)

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "Grant `es:ESHttpGet` and `es:ESHttpPost`" in found.message


def test_refresh_that_fails_on_a_shard_fails_the_dictionary(scene: Scene) -> None:
    scene.add("shop")
    scene.engine.fails_to_refresh = True
    began = scene.clock.now()

    found = scene.read(APPLYING)

    assert ("failed", "apply-failed") == (found.outcome, found.reason)
    assert "search-prod: the refresh of shop failed on 1 shard." in found.message
    assert scene.clock.now() - began == pytest.approx(SERVICE_REFRESH_SECONDS)
    assert ["refresh"] == [use.state for use in found.indices]


def test_refresh_without_effect_fails_the_dictionary(scene: Scene) -> None:
    index = scene.add("shop")
    index.is_stuck = True

    found = scene.read(APPLYING)

    assert "shop on search-prod does not use the new version after the refresh." in found.message
    assert ("failed", "apply-failed") == (found.outcome, found.reason)


# ---------------------------------------------------------------- expectations

EXPECTING = replace(
    UPDATED,
    dictionary=replace(UPDATED.dictionary, expect=(Expectation("tv", ("telly",), ("radio",)),)),
)
MAPPINGS = {"properties": {"title": {"analyzer": "standard", "search_analyzer": "searching"}}}


def test_expectation_that_an_index_meets_passes(scene: Scene) -> None:
    scene.add("shop").mappings = MAPPINGS
    scene.engine.reload()

    found = scene.read(EXPECTING)

    assert ("updated", "") == (found.outcome, found.reason)
    assert "Telly" not in found.message


def test_expectation_that_an_index_breaks_fails_the_dictionary(scene: Scene) -> None:
    scene.put("tv, television, radio\n")
    scene.add("shop").mappings = MAPPINGS
    scene.engine.reload()

    found = scene.read(replace(EXPECTING, diff=None))

    assert ("failed", "expectation-failed") == (found.outcome, found.reason)
    assert "A search for `tv` in title of shop on search-prod does not find `telly`." in found.message
    assert "A search for `tv` in title of shop on search-prod finds `radio`." in found.message


def test_index_that_does_not_use_the_version_is_no_broken_expectation(scene: Scene) -> None:
    scene.add("shop", updateable=False).mappings = MAPPINGS

    found = scene.read(EXPECTING)

    assert ("updated", ["reopen"]) == (found.outcome, [use.state for use in found.indices])


def test_expectations_that_cannot_be_checked_are_a_warning(scene: Scene) -> None:
    scene.add("shop").mappings = {"properties": {"title": {"search_analyzer": "searching"}}}
    scene.engine.reload()

    found = scene.read(EXPECTING)

    assert "updated" == found.outcome
    [warning] = found.warnings
    assert warning.startswith("The expectations were not checked on search-prod: ")


def test_expectations_without_time_are_a_warning(scene: Scene) -> None:
    scene.add("shop").mappings = MAPPINGS

    found = scene.read(EXPECTING)  # waits for the service until it times out

    assert ("The expectations were not checked on search-prod: no time was left.",) == found.warnings


def test_stopped_run_does_not_blame_the_endpoint(scene: Scene) -> None:
    both = replace(UPDATED, domains=(ACTIVE, DomainPackage("search-test", "ACTIVE", "v2")))
    scene.add("shop")

    scene.clock.after(5, scene.stop)
    found = scene.read(both)

    assert [] == [warning for warning in found.warnings if "did not respond" in warning]
