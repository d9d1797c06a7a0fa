"""Which domains get the available version, and when that is given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide import (
    Associate,
    Attempt,
    Done,
    Look,
    Observed,
    Refuse,
    Step,
    Upload,
    Wait,
    Wanted,
    dissociation_note,
)
from dictionary_deploy.errors import Explanation, Reason
from dictionary_deploy.model import DomainPackage, Domains, Place, Standing
from tests.unit.situation import (
    BEGAN,
    BY_ORDER,
    DICTIONARY,
    FRESH,
    ROLLBACK,
    UPLOADED,
    WANTED,
    A,
    B,
    C,
    E,
    associated,
    branch,
    decide,
    domain,
    outcome,
)

SOON = SETTLE_SECONDS - 1
NAMES = ("search-eu", "search-us")
DENIED = Explanation("access-denied", "denied")
NO_SUCH_DOMAIN = Explanation("domain-not-found", "no such domain")


def step(
    *domains: DomainPackage,
    attempt: Attempt = FRESH,
    wanted: Domains = NAMES,
    status: str = "AVAILABLE",
    after: float = SETTLE_SECONDS,
) -> Step:
    """The next step once v2 carries the commit."""
    return decide(
        "v1:",
        f"v2:{C}",
        wanted=replace(WANTED, dictionary=replace(DICTIONARY, domains=wanted)),
        contents={C: "new"},
        domains=domains,
        attempt=attempt,
        status=status,
        after=after,
    )


def is_done(step: Step) -> bool:
    return isinstance(step, Done) and step.outcome == "updated"


def test_run_ends_when_every_wanted_domain_has_the_version() -> None:
    assert is_done(step(domain("search-eu", "v2"), domain("search-us", "v2")))


def test_wanted_domains_without_the_version_get_it_at_once() -> None:
    assert Associate(NAMES) == step(domain("search-eu", "v1"))


def test_unwanted_domains_are_kept() -> None:
    assert is_done(step(domain("other", "v1"), domain("search-eu", "v2"), wanted=("search-eu",)))


def test_associated_means_every_domain_that_has_the_package() -> None:
    behind = step(domain("search-eu", "v1"), domain("search-us", "v2"), wanted="associated")

    assert Associate(("search-eu",)) == behind
    assert is_done(step(wanted="associated"))


def test_associated_skips_the_domains_of_other_environments() -> None:
    left_out = (("search-us", "prod"),)
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains="associated", left_out=left_out))
    behind = [domain("search-eu", "v1"), domain("search-us", "v1")]
    updated = [domain("search-eu", "v2"), domain("search-us", "v1")]

    assert Associate(("search-eu",)) == decide(
        "v1:", f"v2:{C}", wanted=wanted, contents={C: "new"}, domains=behind
    )
    assert is_done(decide("v1:", f"v2:{C}", wanted=wanted, contents={C: "new"}, domains=updated))


def test_none_reads_no_domain() -> None:
    assert is_done(step(domain("search-eu", "v1"), wanted="none"))


def test_domains_are_read_only_once_the_version_is_available() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=NAMES))

    assert Look("domains") == decide("v1:", f"v2:{C}", wanted=wanted, contents={C: "new"})
    assert Upload(may_replace=True) == decide("v1:", f"v2:{A}", wanted=wanted, contents={A: "old"})


@pytest.mark.parametrize(
    "before",
    [
        domain("search-eu", "v1"),
        domain("search-eu", "v1", "ASSOCIATION_FAILED"),
        domain("search-eu", "v2", "ASSOCIATION_FAILED"),
        domain("search-eu", "v1", "SOMETHING_NEW"),
    ],
    ids=lambda each: f"{each.status} {each.version}",
)
def test_domain_without_the_active_version_gets_it(before: DomainPackage) -> None:
    assert Associate(("search-eu",)) == step(before, wanted=("search-eu",))


@pytest.mark.parametrize("status", ["ASSOCIATING", "DISSOCIATING"])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_domain_that_is_associating_is_awaited(status: str, version: str) -> None:
    moving = domain("search-eu", version, status)

    assert Wait("v2 is being associated with search-eu") == step(moving, wanted=("search-eu",))


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_association_is_not_requested_twice(version: str) -> None:
    under_way = domain("search-eu", version, "ASSOCIATING" if version == "v2" else "ACTIVE")
    waiting = step(under_way, attempt=associated("search-eu"), wanted=("search-eu",))

    assert Wait("v2 is being associated with search-eu") == waiting


@pytest.mark.parametrize("wanted", [("search-eu",), "associated"])
def test_association_that_is_not_visible_yet_is_awaited(wanted: Domains) -> None:
    waiting = step(attempt=associated("search-eu"), wanted=wanted, after=SOON)

    assert Wait("v2 is being associated with search-eu") == waiting


def test_dissociated_named_domain_is_associated_once_more() -> None:
    sent, again = associated("search-eu"), associated("search-eu", again=["search-eu"])

    assert Associate(("search-eu",)) == step(attempt=sent, wanted=("search-eu",))
    assert isinstance(step(attempt=again, wanted=("search-eu",), after=SOON), Wait)


def test_named_domain_dissociated_twice_is_reported() -> None:
    again = associated("search-eu", again=["search-eu"])

    refused = step(attempt=again, wanted=("search-eu",))

    assert isinstance(refused, Refuse)
    assert "association-failed" == refused.reason
    assert refused.message.endswith("search-eu: someone dissociated it twice during the run.")


def test_dissociated_associated_domain_is_no_longer_wanted() -> None:
    assert is_done(step(attempt=associated("search-eu"), wanted="associated"))
    assert is_done(step(domain("search-us", "v2"), attempt=associated(*NAMES), wanted="associated"))


def test_domain_that_is_being_dissociated_is_waited_for() -> None:
    leaving = domain("search-eu", "v1", "DISSOCIATING")

    for wanted in ("search-eu",), "associated":
        assert isinstance(step(leaving, attempt=associated("search-eu"), wanted=wanted), Wait)


@pytest.mark.parametrize(
    ("wanted", "attempt", "domains", "note"),
    [
        ("associated", associated(*NAMES), ["search-us"], "Someone dissociated search-eu during the run."),
        ("associated", associated(*NAMES), NAMES, ""),
        ("associated", associated(*NAMES), None, ""),
        (NAMES, associated(*NAMES), NAMES, ""),
        (
            NAMES,
            associated(*NAMES, again=NAMES),
            NAMES,
            "Someone dissociated search-eu, search-us during the run; associated again.",
        ),
    ],
)
def test_dissociated_domains_are_reported(
    wanted: Domains, attempt: Attempt, domains: Sequence[str] | None, note: str
) -> None:
    known = None if domains is None else tuple(domain(name, "v2") for name in domains)
    observed = Observed(BEGAN + SETTLE_SECONDS, None, domains=known)
    configured = replace(WANTED, dictionary=replace(DICTIONARY, domains=wanted))

    assert note == dissociation_note(configured, observed, attempt)


def test_domains_wait_until_aws_is_done_with_the_package() -> None:
    assert Wait("the package is COPYING") == step(domain("search-eu", "v1"), status="COPYING")


def test_same_content_waits_for_another_version_in_flight() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=NAMES))
    waiting = decide(
        f"v1:{A}", wanted=wanted, contents={A: "new"}, domains=[], attempt=UPLOADED, status="COPYING"
    )

    assert Wait("the package is COPYING") == waiting


def test_failed_copy_does_not_keep_the_version_from_domains() -> None:
    assert Associate(NAMES) == step(status="COPY_FAILED")


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({}, "ASSOCIATION_FAILED"),
        ({"ErrorDetails": {"ErrorType": "Busy", "ErrorMessage": "in change"}}, "Busy: in change"),
    ],
)
def test_failed_domain_has_its_reason(details: dict[str, object], why: str) -> None:
    failed = domain("search-eu", "v1", "ASSOCIATION_FAILED", **details)
    refused = step(failed, attempt=associated("search-eu"), wanted=("search-eu",))

    assert isinstance(refused, Refuse)
    assert "association-failed" == refused.reason
    assert f"v2 is available, but not active on all domains. search-eu: {why}" == refused.message


def test_domain_failure_is_ours_by_its_time_or_by_elapsed_time() -> None:
    attempt = associated("search-eu", updated_at="10:00")

    def after(seconds: float, last_updated: str) -> Step:
        failed = domain("search-eu", "v1", "ASSOCIATION_FAILED", LastUpdated=last_updated)
        return step(failed, attempt=attempt, wanted=("search-eu",), after=seconds)

    assert "association-failed" == outcome(after(SOON, "10:05"))
    assert "association-failed" == outcome(after(SETTLE_SECONDS, "10:00"))
    assert Wait("v2 is being associated with search-eu") == after(SOON, "10:00")


def test_refused_association_is_not_requested_again() -> None:
    refused = step(attempt=associated(lost={"search-eu": NO_SUCH_DOMAIN}), wanted=("search-eu",))

    assert isinstance(refused, Refuse)
    assert "search-eu: no such domain" in refused.message


@pytest.mark.parametrize(
    ("domains", "attempt", "expected"),
    [
        ([], associated(lost={"search-eu": DENIED}), Associate(("search-us",))),
        (
            [domain("search-us", "v1", "ASSOCIATING")],
            associated("search-us", lost={"search-eu": DENIED}),
            Wait("v2 is being associated with search-us"),
        ),
    ],
    ids=["not asked for yet", "under way"],
)
def test_failed_domain_does_not_stop_the_others(
    domains: Sequence[DomainPackage], attempt: Attempt, expected: Step
) -> None:
    assert expected == step(*domains, attempt=attempt)


def test_every_failed_domain_is_reported_at_the_end() -> None:
    refused = step(attempt=associated(lost={"search-eu": NO_SUCH_DOMAIN, "search-us": DENIED}))

    assert isinstance(refused, Refuse)
    assert refused.message.endswith("search-eu: no such domain; search-us: denied")


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ({"search-eu": NO_SUCH_DOMAIN}, "domain-not-found"),
        ({"search-eu": NO_SUCH_DOMAIN, "search-us": NO_SUCH_DOMAIN}, "domain-not-found"),
        ({"search-eu": DENIED, "search-us": DENIED}, "access-denied"),
        ({"search-eu": NO_SUCH_DOMAIN, "search-us": DENIED}, "association-failed"),
    ],
    ids=["one", "two for one reason", "two for another", "two for two"],
)
def test_shared_reason_of_failed_domains_is_the_reason(lost: dict[str, Explanation], reason: Reason) -> None:
    refused = step(*(domain(name, "v2") for name in NAMES if name not in lost), attempt=associated(lost=lost))

    assert reason == outcome(refused)


def test_failed_and_missing_domains_have_different_reasons() -> None:
    failed = domain("search-us", "v1", "ASSOCIATION_FAILED")
    refused = step(failed, attempt=associated("search-us", lost={"search-eu": NO_SUCH_DOMAIN}))

    assert isinstance(refused, Refuse)
    assert "association-failed" == refused.reason
    assert refused.message.endswith("search-eu: no such domain; search-us: ASSOCIATION_FAILED")


def test_domains_get_the_same_content_from_another_commit() -> None:
    unchanged = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search-eu",)))

    def next_for(version: str) -> Step:
        known = [domain("search-eu", version)]
        return decide("v1:", f"v2:{A}", wanted=unchanged, contents={A: "new"}, domains=known)

    assert Associate(("search-eu",)) == next_for("v1")
    assert isinstance(next_for("v2"), Done)


def test_domains_are_kept_under_a_manual_version() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search-eu",)))
    left = decide(
        f"v1:{A}", "v2:by hand", wanted=wanted, contents={A: "new"}, domains=[domain("search-eu", "v1")]
    )

    assert isinstance(left, Done)
    assert "drifted" == left.outcome


# ---------------------------------------------------------------- whose configuration chooses them


def unchanged_at(
    standing: Standing | None, wanted: Wanted = WANTED, attempt: Attempt = FRESH, version: str = "v1"
) -> Step:
    """The next step when v2 has this very content, of another commit, and a domain has `version`."""
    return decide(
        "v1:",
        f"v2:{A}",
        wanted=replace(wanted, dictionary=replace(DICTIONARY, domains=("search-eu",))),
        contents={A: "new"},
        domains=[domain("search-eu", version)],
        standing=standing,
        attempt=attempt,
    )


@pytest.mark.parametrize("place", ["tip", "same", "untracked"])
def test_configuration_of_the_tip_selects_the_domains(place: Place) -> None:
    assert Associate(("search-eu",)) == unchanged_at(branch(config=place))


def test_branch_is_queried_for_the_configuration_before_domains() -> None:
    assert Look("standing") == unchanged_at(None)


def test_branch_is_not_queried_when_no_domain_needs_a_write() -> None:
    assert "unchanged" == outcome(unchanged_at(None, version="v2"))
    assert isinstance(unchanged_at(None, attempt=associated("search-eu")), Wait)


def test_path_of_the_dictionary_selects_no_domains() -> None:
    assert Associate(("search-eu",)) == unchanged_at(branch("moved", tip=E))


@pytest.mark.parametrize(("place", "reason"), [("off-branch", "wrong-branch"), ("unknown", "github-failed")])
@pytest.mark.parametrize("wanted", [WANTED, ROLLBACK, BY_ORDER], ids=["deploy", "rollback", "tag"])
def test_commit_of_unknown_branch_selects_no_domains(wanted: Wanted, place: Place, reason: str) -> None:
    assert reason == outcome(unchanged_at(branch(config=place), wanted))


def test_unknown_configuration_selects_no_domains() -> None:
    assert "github-failed" == outcome(unchanged_at(replace(branch(), files={})))


def test_changed_configuration_leaves_domains_to_the_tip() -> None:
    assert "unchanged" == outcome(unchanged_at(branch("same", tip=E, config="moved")))


def test_rollback_uses_the_domains_of_its_own_configuration() -> None:
    standing = branch("same", tip=E, config="moved")

    assert Associate(("search-eu",)) == unchanged_at(standing, ROLLBACK)


def test_tag_uses_its_domains_despite_a_changed_configuration() -> None:
    # No run of the tip would do it: tags and releases go by the order of commits alone.
    standing = branch("moved", tip=E, config="moved")

    assert Associate(("search-eu",)) == unchanged_at(standing, BY_ORDER)


def test_version_with_the_commit_counts_as_updated() -> None:
    left_to_the_tip = decide(
        f"v1:{B}",
        f"v2:{C}",
        wanted=replace(WANTED, dictionary=replace(DICTIONARY, domains=("search-eu",))),
        contents={C: "new"},
        domains=[domain("search-eu", "v1")],
        standing=branch("same", tip=E, config="moved"),
    )

    assert "updated" == outcome(left_to_the_tip)
