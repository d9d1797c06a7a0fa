"""A deploy and its rerun, for every behaviour of AWS that its documentation leaves open.

Every scene has its own local AWS with its own switches; they share moto's buckets and domains. They run in
parallel, since most of their time is waiting.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import pytest

from sandbox.aws.switches import Switches
from tests.end_to_end.scene import BUCKET, Ran, Scene, SideBySide

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}
PACKAGES = ("product-synonyms", "stopwords")
BY_HAND = "old => older\n"
DOMAINS = ("search-old", "search-prod", "search-test")
QUICK = Switches(copy_seconds=0.1, associate_seconds=0.1)

OTHER_VALUES: Mapping[str, tuple[Any, ...]] = {
    "copy_seconds": (0.0, 0.7),
    "associate_seconds": (0.0, 0.7),
    "validating": (True,),
    "version_while_copying": ("new",),
    "update_while_copying": ("queue",),
    "history_entry": ("call",),
    "history_seconds": (0.8,),
    "history_order": ("oldest",),
    "failed_copy_in_history": (True,),
    "identical_content": ("same-version",),
    "unknown_package": ("not-found", "empty"),
    "simultaneous_associations": ("one-per-domain", "one-per-package"),
    "change_is_conflict": (True,),
    "domain_quota": ("limit-exceeded",),
    "associate_while_copying": ("refuse",),
    "missing_read_right": ("call",),
    "wildcard_filters": (False,),
    "page_size": (1, 3),
    "supplied_packages": (0, 11),
    "list_bucket": (False,),
}
IMPOSSIBLE = {"conditional_writes", "aes256"}
"""Without these nothing can be deployed; `tests/aws` tests their messages."""

SINGLE = [{name: value} for name, values in OTHER_VALUES.items() for value in values]
SEEDS = range(20261, 20269)
"""The switches whose combinations are tried; a test checks that each value occurs."""


def combined(seed: int) -> dict[str, Any]:
    """Return some random switches, equal for equal seeds."""
    chance = random.Random(seed)
    chosen = chance.sample(sorted(OTHER_VALUES), k=chance.randint(2, len(OTHER_VALUES)))
    return {name: chance.choice(OTHER_VALUES[name]) for name in chosen}


@dataclass(frozen=True)
class Ended:
    """The results of a deploy and its rerun, and the state of AWS afterwards."""

    first: Ran
    again: Ran
    head: str
    messages: dict[str, list[str]]


@contextmanager
def furnished(side_by_side: SideBySide, number: int, switches: Switches) -> Iterator[Scene]:
    """Two packages on three domains, and a configuration of both."""
    with side_by_side.scene(number) as scene:
        for name in PACKAGES:
            package_id = scene.make_package(name, BY_HAND.encode())
            scene.clock.skip(60)
            for domain in DOMAINS:
                scene.client("es").associate_package(PackageID=package_id, DomainName=domain)
            scene.clock.skip(60)
        if not switches.list_bucket:  # else the first read of a missing object is denied
            key, body = f"scene-{number}/.holds", b'{"form": 1, "rollbacks": {}}'
            scene.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        scene.aws.switches = switches
        scene.configure(SYNONYMS, STOPWORDS, domains="associated", prefix=f"scene-{number}")
        yield scene


def deploy_twice(side_by_side: SideBySide, number: int, switches: Switches) -> Ended:
    with furnished(side_by_side, number, switches) as scene:
        head = scene.commit({"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"})
        first, again = (scene.run(inputs={"comment": "never"}) for _ in range(2))
        return Ended(first, again, head, {name: scene.messages(name) for name in PACKAGES})


def deploy_after_an_unclear_answer(side_by_side: SideBySide, number: int) -> Ended:
    """The first UpdatePackage of a package is answered with 500 and has no effect."""
    with furnished(side_by_side, number, QUICK) as scene:
        scene.aws.failures.fail_operation("es:UpdatePackage", "InternalException")
        head = scene.commit({"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"})
        first, again = (scene.run(inputs={"timeout-minutes": "2"}) for _ in range(2))
        return Ended(first, again, head, {name: scene.messages(name) for name in PACKAGES})


def adopt_the_same_content(side_by_side: SideBySide, number: int) -> Ended:
    """The synonyms equal the manual upload, and AWS creates no version of identical content.

    Without a rerun, which would take as long again.
    """
    with furnished(side_by_side, number, QUICK.override({"identical_content": "same-version"})) as scene:
        head = scene.commit({"search/synonyms.txt": BY_HAND, "search/stopwords.txt": "the\na\n"})
        first = scene.run(inputs={"timeout-minutes": "2"})
        return Ended(first, first, head, {name: scene.messages(name) for name in PACKAGES})


Case = str
COMBINED = [f"seed {seed}" for seed in SEEDS]
CASES: dict[Case, Switches] = {
    **{f"{name}={value}": QUICK.override({name: value}) for each in SINGLE for name, value in each.items()},
    **{f"seed {seed}": QUICK.override(combined(seed)) for seed in SEEDS},
}
WORKS = {
    "unclear answer": deploy_after_an_unclear_answer,
    "same content": adopt_the_same_content,
    **{case: partial(deploy_twice, switches=switches) for case, switches in CASES.items()},
}


@pytest.fixture(scope="module")
def ends(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Case, Future[Ended]]]:
    """The results of each case in this session, or their futures."""
    selected = {
        item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")
    }
    cases = [case for case in WORKS if case in selected]
    side_by_side = SideBySide.of(tmp_path_factory.mktemp("scenes"), len(cases), DOMAINS, QUICK)
    with ThreadPoolExecutor(max_workers=6) as pool:
        yield {case: pool.submit(WORKS[case], side_by_side, number) for number, case in enumerate(cases)}
        pool.shutdown(cancel_futures=True)


def test_every_switch_that_allows_deploys_is_tried() -> None:
    assert {switch.name for switch in fields(Switches)} == OTHER_VALUES.keys() | IMPOSSIBLE


def test_combinations_have_every_value_of_every_switch() -> None:
    found = {value for seed in SEEDS for value in combined(seed).items()}

    assert {*found} == {value for each in SINGLE for value in each.items()}


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if case == COMBINED[0] else pytest.mark.slow) for case in CASES]
)
def test_deploy_creates_one_version_each_and_a_rerun_agrees(
    ends: dict[Case, Future[Ended]], case: Case
) -> None:
    ended = ends[case].result()

    assert (0, ["updated", "updated"]) == (ended.first.status, ended.first.outcomes), told(case, ended.first)
    assert (0, ended.first.dictionaries) == (ended.again.status, ended.again.dictionaries), told(
        case, ended.again
    )
    assert {name: ["", ended.head] for name in PACKAGES} == ended.messages, told(case, ended.first)
    assert [[(domain, "ACTIVE", "v2") for domain in DOMAINS]] * 2 == in_force(ended.first), told(
        case, ended.first
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", ["unclear answer"])
def test_update_after_a_500_without_effect_creates_one_version(
    ends: dict[Case, Future[Ended]], case: Case
) -> None:
    ended = ends[case].result()

    assert (0, ["updated", "updated"]) == (ended.first.status, ended.first.outcomes), ended.first.log
    assert ended.first.dictionaries == ended.again.dictionaries
    assert {name: ["", ended.head] for name in PACKAGES} == ended.messages


@pytest.mark.slow
@pytest.mark.parametrize("case", ["same content"])
def test_adopted_package_with_this_content_needs_no_version(
    ends: dict[Case, Future[Ended]], case: Case
) -> None:
    ended = ends[case].result()

    assert (0, ["unchanged", "updated"]) == (ended.first.status, ended.first.outcomes), ended.first.log
    assert {"product-synonyms": [""], "stopwords": ["", ended.head]} == ended.messages


def in_force(ran: Ran) -> list[list[tuple[str, str, str]]]:
    return [
        [
            (each["DomainName"], each["DomainPackageStatus"], each["PackageVersion"])
            for each in found["domains"]
        ]
        for found in ran.dictionaries
    ]


def told(case: Case, ran: Ran) -> str:
    return f"{case}: {CASES[case]}\n{ran.log}"
