"""What holds for every combination of facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from dictionary_deploy.decide import (
    Associate,
    Attempt,
    Create,
    Done,
    Look,
    Observed,
    Record,
    Refuse,
    Review,
    Sent,
    Step,
    Update,
    Upload,
    Wait,
    Wanted,
    next_step,
    read_history,
)
from dictionary_deploy.decide.holds import MAX_AGE_SECONDS
from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import DomainPackage, Holds, Package, Place, Standing, StoredObject, Version
from tests.unit.situation import (
    BEGAN,
    BLOB,
    BRANCH,
    CONFIG,
    DICTIONARY,
    EARLIER_BLOB,
    FILE,
    FINE,
    OURS,
    THEIRS,
    VETOED,
    WANTED,
    C,
    domain,
    history,
    on_record,
    rolled_back,
    stored,
)

V = TypeVar("V")

DOMAINS = ("search-eu", "search-us")
NAMES = ("v1", "v2", "v3", "v4", "v5")
PAIRS = [(first, second) for first in BRANCH for second in BRANCH if first != second]
PLACES: tuple[Place, ...] = ("tip", "same", "moved", "untracked", "off-branch", "unknown")
STATUSES = ("AVAILABLE", "COPYING", "VALIDATING", "COPY_FAILED", "VALIDATION_FAILED", "DELETING", "NEW")
DOMAIN_STATUSES = ("ACTIVE", "ASSOCIATING", "DISSOCIATING", "ASSOCIATION_FAILED", "DISSOCIATION_FAILED")


@dataclass(frozen=True)
class Facts:
    """All that a step is decided from."""

    wanted: Wanted
    observed: Observed
    attempt: Attempt

    @property
    def step(self) -> Step:
        return next_step(self.wanted, self.observed, self.attempt)

    @property
    def writes_content(self) -> bool:
        return isinstance(self.step, Upload | Create | Update)

    @property
    def versions_of_the_commit(self) -> list[Version]:
        return [version for version in self.observed.versions if version.commit == C]

    @property
    def available(self) -> str:
        return self.observed.package.available if self.observed.package else ""


def maybe(strategy: st.SearchStrategy[V]) -> st.SearchStrategy[V | None]:
    return strategy | st.none()


commits = st.sampled_from(BRANCH)
seconds = st.sampled_from([0.0, 1.0, 29.0, 30.0, 31.0, 600.0]).map(lambda after: BEGAN + after)
dictionaries = st.builds(
    replace,
    st.just(DICTIONARY),
    domains=st.sampled_from(("none", "associated", (), DOMAINS[:1], DOMAINS)),
    create=st.booleans(),
    take_over=st.booleans(),
)
wanteds = st.builds(
    replace,
    st.just(WANTED),
    dictionary=dictionaries,
    repository_id=st.sampled_from(["", OURS]),
    is_rollback=st.booleans(),
    by_order=st.booleans(),
)
reviews = st.sampled_from([FINE, VETOED])
standings = st.builds(
    Standing,
    st.just(C),
    st.fixed_dictionaries({FILE: st.sampled_from(PLACES), CONFIG: st.sampled_from(PLACES)}),
    st.fixed_dictionaries({}, optional={commit: maybe(st.integers(0, 5)) for commit in BRANCH}),
    st.fixed_dictionaries({FILE: st.sampled_from(["", BLOB])}),
)
rollbacks = st.builds(
    rolled_back, st.sampled_from(["", BLOB, EARLIER_BLOB]), st.sampled_from(["", "new", "old"])
)
holds = st.builds(on_record, st.none() | rollbacks, st.sampled_from([0.0, 2 * MAX_AGE_SECONDS]))
histories = st.lists(st.sampled_from(["", "by hand", *BRANCH]), max_size=5).map(
    lambda messages: history(*(f"{name}:{text}" for name, text in zip(NAMES, messages, strict=False)))
)
packages = st.builds(
    Package,
    st.just("F1"),
    st.just("product-synonyms"),
    st.sampled_from(STATUSES),
    st.sampled_from(("", *NAMES)),
    st.sampled_from([{}, {"LastUpdatedAt": "10:00"}, {"ErrorDetails": {"ErrorMessage": "No."}}]),
)
stored_objects = st.builds(
    stored, commits, st.sampled_from(["new", "old"]), st.sampled_from(["", OURS, THEIRS])
)
domains = st.lists(
    st.builds(domain, st.sampled_from(DOMAINS), st.sampled_from(NAMES), st.sampled_from(DOMAIN_STATUSES)),
    unique_by=lambda each: each.domain,
).map(tuple)
observations = st.builds(
    Observed,
    now=seconds,
    package=maybe(packages),
    versions=histories,
    objects=st.dictionaries(commits, maybe(stored_objects)),
    domains=maybe(domains),
    standing=maybe(standings),
    holds=maybe(holds),
    order=st.fixed_dictionaries({}, optional=dict.fromkeys(PAIRS, st.booleans())),
    review=maybe(reviews),
)


@st.composite
def promising_observations(draw: st.DrawFn) -> Observed:
    """Everything was looked at, and little stands against a write: chance alone seldom gets that far."""
    messages = draw(st.lists(st.sampled_from(["by hand", C, *BRANCH]), min_size=1, max_size=4))
    versions = history(*(f"{name}:{text}" for name, text in zip(NAMES, messages, strict=False)))
    places: st.SearchStrategy[Place] = st.sampled_from(["tip", "same", "untracked", *PLACES])
    return Observed(
        now=draw(seconds),
        package=Package(
            "F1",
            "product-synonyms",
            draw(st.sampled_from(["AVAILABLE", "AVAILABLE", "COPY_FAILED", "COPYING"])),
            draw(st.sampled_from(versions)).name,
        ),
        versions=versions,
        objects={commit: stored(commit, draw(st.sampled_from(["old", "new"]))) for commit in BRANCH},
        domains=draw(domains),
        standing=Standing(
            C,
            {FILE: draw(places), CONFIG: draw(places)},
            {commit: draw(st.integers(0, 5)) for commit in BRANCH},
            {FILE: draw(st.sampled_from(["", BLOB]))},
        ),
        holds=draw(st.just(Holds()) | holds),
        order={pair: draw(st.booleans()) for pair in PAIRS},
        review=draw(st.sampled_from([FINE, FINE, FINE, VETOED])),
    )


sent = st.builds(Sent, seconds, st.booleans(), st.integers(0, 5), st.sampled_from(["", "10:00"]))
losses = st.sampled_from(
    [Explanation("access-denied", "Denied."), Explanation("domain-not-found", "No such domain.")]
)
attempts = st.builds(
    Attempt,
    began=st.just(BEGAN),
    uploaded=st.booleans(),
    uploaded_over=st.integers(0, 5),
    looked_at=st.sampled_from([BEGAN + 600, BEGAN + 600, BEGAN]),
    created=maybe(sent),
    creates=st.integers(0, 4),
    associated=st.dictionaries(st.sampled_from(DOMAINS), sent),
    lost_domains=st.dictionaries(st.sampled_from(DOMAINS), losses),
)
after_update = st.builds(
    replace,
    attempts,
    uploaded=st.sampled_from([True]),
    updated=sent,
    updates=st.integers(1, 4),
)
any_facts = st.builds(Facts, wanteds, observations | promising_observations(), attempts | after_update)
writable = st.builds(Facts, wanteds, promising_observations(), attempts)
"""This process has sent no UpdatePackage. Later it goes by what it knew when it sent it."""
unsent = st.builds(Facts, wanteds, observations | promising_observations(), attempts)
resent = st.builds(Facts, wanteds, promising_observations(), after_update)
creatable = writable.map(lambda facts: replace(facts, observed=replace(facts.observed, package=None)))


@pytest.mark.parametrize("kind", [Wait, Done, Refuse, Record, Upload, Update, Create, Associate])
def test_every_step_is_taken_for_some_facts(kind: type[Step]) -> None:
    first_found = settings(max_examples=20_000, phases=[Phase.generate])
    found = find(writable | creatable, lambda facts: isinstance(facts.step, kind), settings=first_found)

    assert isinstance(found.step, kind)


def reversed_order(mapping: Mapping[str, V]) -> dict[str, V]:
    return dict(reversed(list(mapping.items())))


@given(any_facts)
def test_order_of_facts_does_not_matter(facts: Facts) -> None:
    observed, standing = facts.observed, facts.observed.standing
    otherwise = next_step(
        facts.wanted,
        replace(
            observed,
            objects=reversed_order(observed.objects),
            standing=standing and replace(standing, distances=reversed_order(standing.distances)),
        ),
        replace(facts.attempt, lost_domains=reversed_order(facts.attempt.lost_domains)),
    )

    assert facts.step == otherwise


@given(any_facts)
def test_only_unknown_facts_are_read(facts: Facts) -> None:
    step, observed = facts.step, facts.observed
    unknown = {
        "standing": observed.standing is None
        or (isinstance(step, Look) and step.commit not in observed.standing.distances),
        "domains": observed.domains is None,
        "review": observed.review is None,
        "object": isinstance(step, Look) and step.commit not in observed.objects,
        "order": isinstance(step, Look) and (step.older, step.commit) not in observed.order,
        "holds": observed.holds is None,
    }

    assert not isinstance(step, Look) or unknown[step.at]


@given(unsent, standings, domains, reviews, stored_objects)
def test_further_reads_do_not_change_an_end(
    facts: Facts, standing: Standing, seen: tuple[DomainPackage, ...], review: Review, other: StoredObject
) -> None:
    step, observed = facts.step, facts.observed
    more = replace(
        observed,
        objects={**dict.fromkeys(BRANCH, other), **observed.objects},
        domains=seen if observed.domains is None else observed.domains,
        standing=observed.standing or standing,
        holds=observed.holds or Holds(),
        order={**dict.fromkeys(PAIRS, True), **observed.order},
        review=observed.review or review,
    )

    assert not isinstance(step, Done | Refuse) or step == next_step(facts.wanted, more, facts.attempt)


@given(writable | creatable)
def test_content_is_written_only_after_a_review_without_a_veto(facts: Facts) -> None:
    assert not facts.writes_content or facts.observed.review is FINE


@given(writable | creatable)
def test_content_is_written_only_if_the_branch_has_it(facts: Facts) -> None:
    if not facts.writes_content:
        return
    wanted, standing = facts.wanted, facts.observed.standing
    assert standing is not None
    place, own = standing.files[FILE], standing.distances.get(C)

    assert place not in {"off-branch", "unknown"}
    assert own is not None or not (wanted.is_rollback or wanted.by_order)
    assert wanted.is_rollback or wanted.by_order or place != "moved"


@given(writable)
def test_commit_older_than_the_deployed_one_is_not_written(facts: Facts) -> None:
    package, standing = facts.observed.package, facts.observed.standing
    if facts.wanted.is_rollback or not facts.writes_content or package is None:
        return
    assert standing is not None
    deployed = standing.distances.get(read_history(package, facts.observed.versions, C).base)
    own = standing.distances.get(C)

    assert deployed is None or own is None or deployed >= own or standing.files[FILE] == "tip"


@given(writable)
def test_deploy_makes_no_version_while_a_rollback_is_on_record(facts: Facts) -> None:
    holds = facts.observed.holds

    assert facts.wanted.is_rollback or not facts.writes_content or not (holds and holds.rollbacks)


@given(writable)
def test_rollback_makes_a_version_only_once_it_is_on_record(facts: Facts) -> None:
    standing, holds = facts.observed.standing, facts.observed.holds
    if not facts.wanted.is_rollback or facts.step != Update():
        return
    assert standing is not None
    assert holds is not None
    recorded = holds.rollbacks.get("F1")

    assert (recorded is None) == (standing.files[FILE] in {"tip", "same"})
    assert recorded is None or (recorded.commit, recorded.blob) == (C, standing.blobs[FILE])


@given(writable | resent)
def test_package_is_updated_only_when_idle_and_uploaded(facts: Facts) -> None:
    package = facts.observed.package

    assert facts.step != Update() or (package and package.is_settled and facts.attempt.uploaded)


@given(creatable | any_facts)
def test_package_is_created_only_if_missing_and_with_create(facts: Facts) -> None:
    may_be = facts.wanted.dictionary.create and facts.attempt.uploaded

    assert facts.step != Create() or (may_be and facts.observed.package is None)


@given(writable | resent)
def test_available_commit_is_written_again_only_without_evidence(facts: Facts) -> None:
    is_deployed = facts.available in {version.name for version in facts.versions_of_the_commit}
    has_evidence = not facts.attempt.uploaded and facts.observed.objects.get(C) is not None

    assert not (is_deployed and has_evidence and facts.writes_content)


@given(any_facts)
def test_incomplete_history_neither_writes_nor_ends(facts: Facts) -> None:
    is_late = facts.available not in {"", *(version.name for version in facts.observed.versions)}

    assert not is_late or isinstance(facts.step, Wait | Refuse)


@given(writable)
def test_object_is_replaced_only_if_no_version_has_its_commit(facts: Facts) -> None:
    is_made = facts.observed.package is not None and facts.versions_of_the_commit

    assert not (is_made and facts.step == Upload(may_replace=True))


@given(writable)
def test_domains_get_only_versions_that_were_made_from_a_commit(facts: Facts) -> None:
    made = {version.name for version in facts.observed.versions if version.commit}

    assert not isinstance(facts.step, Associate) or facts.available in made


@given(writable | resent)
def test_domains_need_the_configuration_of_the_branch(
    facts: Facts,
) -> None:
    standing = facts.observed.standing

    assert not isinstance(facts.step, Associate) or (
        standing and standing.files[CONFIG] not in {"off-branch", "unknown"}
    )


@given(unsent)
def test_version_in_flight_neither_writes_nor_ends(facts: Facts) -> None:
    package, step = facts.observed.package, facts.step
    if package is None or package.is_settled or facts.attempt.uploaded:
        return

    assert isinstance(step, Wait | Look | Record | Refuse) or (
        isinstance(step, Done) and step.outcome == "superseded"
    )


@given(writable)
def test_only_wanted_domains_that_are_behind_are_associated_once(facts: Facts) -> None:
    step, known = facts.step, {each.domain: each for each in facts.observed.domains or ()}
    if not isinstance(step, Associate):
        return
    wanted = facts.wanted.dictionary.domains
    up_to_date = {
        name for name, each in known.items() if (each.status, each.version) == ("ACTIVE", facts.available)
    }

    assert step.domains
    assert set(step.domains) <= set(known if wanted == "associated" else wanted) - up_to_date
    assert not set(step.domains) & {*facts.attempt.associated, *facts.attempt.lost_domains}
