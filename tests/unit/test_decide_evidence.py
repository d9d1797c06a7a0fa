"""Evidence for the content of a version, and the steps without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide import Look, Observed, Refuse, Step, Update, Upload, Wait, next_step
from dictionary_deploy.decide.evidence import evidence_of, warnings_of
from dictionary_deploy.decide.version_history import read_history
from dictionary_deploy.model import Holds, StoredObject, Version
from tests.unit.situation import (
    BEGAN,
    BY_ORDER,
    FINE,
    FRESH,
    ROLLBACK,
    THEIRS,
    UPLOADED,
    WANTED,
    A,
    B,
    C,
    E,
    branch,
    decide,
    history,
    objects,
    on_record,
    outcome,
    package,
    rolled_back,
    stored,
    updated,
)

NOON, LATER, MUCH_LATER = "2026-01-01T12:00:00.000Z", "2026-01-01T12:00:05.000Z", "2026-01-01T12:00:06.000Z"
BEFORE = "2026-01-01T11:00:00.000Z"
AFTER_C = ("v1:", f"v2:{A}", f"v3:{C}")


def at(commit: str, content: str, modified_at: str) -> StoredObject:
    return replace(stored(commit, content), modified_at=modified_at)


# ---------------------------------------------------------------- is the object evidence?


@pytest.mark.parametrize(
    ("modified_at", "times", "is_evidence"),
    [
        (BEFORE, (BEFORE, NOON), True),
        (LATER, (BEFORE, NOON), True),
        (MUCH_LATER, (BEFORE, NOON), False),
        (MUCH_LATER, (NOON, NOON), True),
        (MUCH_LATER, (LATER, NOON), True),
        (MUCH_LATER, ("", NOON), True),
        (MUCH_LATER, (BEFORE, "noon"), True),
        ("", (BEFORE, NOON), True),
    ],
    ids=["older", "tolerated", "younger", "equal times", "falling", "a missing one", "malformed", "no age"],
)
def test_object_is_evidence_unless_it_is_younger_than_the_version(
    modified_at: str, times: tuple[str, str], *, is_evidence: bool
) -> None:
    versions = (Version("v1", "", times[0]), Version("v2", A, times[1]))
    found = {A: at(A, "old", modified_at)}
    observed = Observed(BEGAN, package("v2"), versions, found)

    assert (found[A] if is_evidence else None) == evidence_of(observed, versions[1])


def test_without_an_object_or_a_version_there_is_no_evidence() -> None:
    version = Version("v1", A, NOON)

    assert None is evidence_of(Observed(BEGAN, package("v1"), (version,), {A: None}), version)
    assert None is evidence_of(Observed(BEGAN, package("v1"), (version,)), version)
    assert None is evidence_of(Observed(BEGAN, package("v1"), ()), None)


# ---------------------------------------------------------------- without evidence


def younger(*messages: str, content: Mapping[str, str], **more: object) -> Observed:
    """Versions a minute apart whose objects were all written after them."""
    versions = tuple(
        Version(f"v{number}", message, f"2026-01-01T12:0{number}:00.000Z")
        for number, message in enumerate(messages, start=1)
    )
    found = {commit: at(commit, word, "2026-01-02T00:00:00.000Z") for commit, word in content.items()}
    known = {"standing": branch(), "review": FINE, "holds": Holds(), "objects": found, **more}
    return replace(Observed(BEGAN, package(versions[-1].name), versions), **known)  # type: ignore[arg-type]


def test_next_content_under_the_deployed_commits_key_is_not_unchanged() -> None:
    """Someone wrote the next merge's content under the deployed commit's key: the merge must be deployed."""
    observed = younger("", A, content={A: "new"})

    assert Upload(may_replace=True) == next_step(WANTED, observed, FRESH)


def test_commit_message_without_an_object_is_no_evidence() -> None:
    """Someone made a version with this commit as its message; no run ever uploaded the content."""
    assert Upload(may_replace=False) == decide(*AFTER_C, contents={C: None})
    assert Update() == decide(*AFTER_C, attempt=replace(UPLOADED, uploaded_over=3))


def test_version_of_an_earlier_run_visible_after_the_upload_suffices() -> None:
    """Its UpdatePackage landed late; the object was there by then."""
    assert "updated" == outcome(decide(*AFTER_C, attempt=replace(UPLOADED, uploaded_over=2)))


def test_deployed_commit_with_a_younger_object_is_deployed_once_more() -> None:
    """The bucket was encrypted anew in place, or renamed."""
    observed = younger("", C, content={C: "new"})

    assert Upload(may_replace=False) == next_step(WANTED, observed, FRESH)
    assert Update() == next_step(WANTED, observed, UPLOADED)


def test_deployed_commit_without_evidence_with_other_bytes_is_a_mismatch() -> None:
    observed = younger("", C, content={C: "otherwise"})

    assert "content-mismatch" == outcome(next_step(WANTED, observed, FRESH))


def test_tag_without_evidence_is_deployed_once_more() -> None:
    step = decide(*AFTER_C, wanted=BY_ORDER, contents={C: None}, standing=branch("moved", tip=E))

    assert Upload(may_replace=False) == step


def test_version_of_the_repeated_update_is_waited_for() -> None:
    attempt = updated(seen=3)

    assert Wait("the new version is not available yet") == decide(*AFTER_C, attempt=attempt)
    assert "updated" == outcome(decide(*AFTER_C, f"v4:{C}", attempt=attempt))


def test_rolled_back_file_is_held_without_evidence() -> None:
    assert "held" == outcome(decide(*AFTER_C, contents={C: None}, holds=on_record(rolled_back())))
    observed = younger("", A, content={A: "old"}, holds=on_record(rolled_back()))
    assert "held" == outcome(next_step(WANTED, observed, FRESH))


def test_manual_version_over_content_without_evidence_is_replaced() -> None:
    observed = younger("", A, "by hand", content={A: "new"})

    assert Upload(may_replace=True) == next_step(WANTED, observed, FRESH)


# ---------------------------------------------------------------- right before and after the copy


def test_object_is_read_again_if_the_update_is_late() -> None:
    late = replace(UPLOADED, looked_at=BEGAN - 100)

    assert Look("object", C) == decide("v1:", attempt=late)


def test_object_that_was_exchanged_before_the_copy_is_not_sent() -> None:
    step = decide("v1:", attempt=UPLOADED, contents={C: "evil"})

    assert isinstance(step, Refuse)
    assert "content-mismatch" == step.reason
    assert "exchanged after its upload. No version was made from it." in step.message


def test_object_is_read_again_before_an_unclear_update_is_repeated() -> None:
    unclear = replace(updated(seen=1, answered=False), looked_at=BEGAN)

    assert Look("object", C) == decide("v1:", attempt=unclear, after=SETTLE_SECONDS)


def test_object_that_another_repository_uploaded_is_not_sent() -> None:
    """The upload keeps an object with the same bytes, and a fork has the same commits."""
    ours = replace(WANTED, repository="octo/fork", repository_id=THEIRS)
    step = decide("v1:", wanted=ours, attempt=UPLOADED)

    assert isinstance(step, Refuse)
    assert "owned-elsewhere" == step.reason


def test_object_that_was_removed_before_the_copy_is_uploaded_again() -> None:
    assert Upload(may_replace=True) == decide("v1:", attempt=UPLOADED, contents={C: None})


def copied(after: StoredObject | None, created_at: str = "", **before: str) -> Step:
    """The step once the new version is available, if its object was like this before the copy."""
    source = replace(stored(C, "new"), **{"etag": "1", "version_id": "1", "modified_at": NOON, **before})
    attempt = updated(seen=2)
    assert attempt.updated is not None
    sent = replace(attempt.updated, source=source)
    versions = (Version("v1", "", BEFORE), Version("v3", C, created_at))
    observed = Observed(
        BEGAN,
        package("v3"),
        versions,
        {C: source},
        standing=branch(),
        holds=Holds(),
        copied={"v3": after},
    )
    return next_step(WANTED, observed, replace(attempt, updated=sent))


SAME = replace(stored(C, "new"), etag="1", version_id="1", modified_at=NOON)


def test_object_is_read_again_when_the_version_is_available() -> None:
    step = decide(*AFTER_C[:2], f"v3:{C}", attempt=updated(seen=2), copied={})

    assert Look("copied", C) == step


def test_unchanged_object_is_evidence_for_the_version() -> None:
    assert "updated" == outcome(copied(SAME))
    assert "updated" == outcome(copied(replace(SAME, version_id=""), etag=""))
    assert "updated" == outcome(copied(SAME, modified_at=LATER))
    assert "updated" == outcome(copied(SAME, modified_at=""))


@pytest.mark.parametrize(
    "after",
    [
        replace(SAME, sha256="evil", etag="1"),
        replace(SAME, etag="2"),
        replace(SAME, version_id="2"),
        replace(SAME, modified_at=LATER),
        None,
    ],
    ids=["hash", "etag", "version", "age", "removed"],
)
def test_object_that_was_exchanged_while_aws_copied_it_is_a_failure(after: StoredObject | None) -> None:
    step = copied(after)

    assert isinstance(step, Refuse)
    assert "content-mismatch" == step.reason
    assert "while AWS copied it: version v3 may have other content." in step.message


def test_object_younger_than_the_version_is_a_failure() -> None:
    assert "content-mismatch" == outcome(copied(replace(SAME, modified_at=MUCH_LATER), NOON, modified_at=""))


def test_object_exchanged_for_the_available_content_is_a_failure() -> None:
    """AWS makes no new version of it: the update must not count as a copy of this run's content."""
    attempt = updated(seen=1)
    assert attempt.updated is not None
    sent = replace(attempt, updated=replace(attempt.updated, source=SAME))

    def step(after: StoredObject | None) -> Step:
        return decide("v1:", attempt=sent, copied={"v1": after}, after=SETTLE_SECONDS)

    assert Look("copied", C) == decide("v1:", attempt=sent, copied={}, after=SETTLE_SECONDS)
    assert "content-mismatch" == outcome(step(replace(SAME, sha256="old", etag="2")))
    assert "unchanged" == outcome(step(SAME))


def test_accepted_update_without_any_version_is_a_failure() -> None:
    assert "update-failed" == outcome(
        decide("v1:", available="", attempt=updated(seen=1), after=SETTLE_SECONDS)
    )


# ---------------------------------------------------------------- warnings


def warnings(*entries: str, contents: Mapping[str, StoredObject | None]) -> tuple[str, ...]:
    versions = tuple(Version(*entry.split(":", 1)) for entry in entries)
    observed = Observed(BEGAN, package(versions[-1].name), versions, contents)
    assert observed.package is not None
    return warnings_of(WANTED, observed, read_history(observed.package, versions, C))


def test_content_without_evidence_is_a_warning() -> None:
    [before] = warnings("v1:", f"v2:{A}", contents={A: None})
    [after] = warnings("v1:", f"v2:{A}", f"v3:{C}", contents={A: None, C: stored(C, "new")})

    assert before == after
    assert before == (
        f"The content of v2 (commit {A[:12]}) cannot be verified: its object is missing, or younger than the"
        " version. It was compared with nothing."
    )


def test_content_with_evidence_or_unread_is_no_warning() -> None:
    assert () == warnings("v1:", f"v2:{A}", contents=objects({A: "old"}))
    assert () == warnings("v1:", f"v2:{A}", contents={})
    assert () == warnings("v1:", contents={})


def test_version_that_repeats_the_commit_before_it_is_a_warning() -> None:
    [warning] = warnings("v1:", f"v2:{C}", f"v3:{C}", contents=objects({C: "new"}))

    assert f"v2 and v3 carry the same commit {C[:12]}." in warning
    assert () == warnings("v1:", f"v2:{B}", f"v3:{C}", contents=objects({C: "new"}))
    assert () == warnings("v1:", "v2:", contents={})


def rollback_warnings(
    *entries: str,
    contents: Mapping[str, str | None],
    made_at: str = "2026-01-02T00:00:01.000Z",
    holds: Holds = on_record(rolled_back(to=C)),  # noqa: B008 frozen
) -> tuple[str, ...]:
    """The warnings of a rollback to C that was recorded on January 2; its version was made at `made_at`."""
    *earlier, last = history(*entries)
    versions = (*earlier, replace(last, created_at=made_at))
    found = package(last.name)
    observed = Observed(BEGAN, found, versions, objects({C: "new", **contents}), holds=holds)
    return warnings_of(ROLLBACK, observed, read_history(found, versions, C))


def test_rollback_to_content_of_no_earlier_version_is_a_warning() -> None:
    [warning] = rollback_warnings("v1:", f"v2:{B}", f"v3:{C}", contents={B: "bad"})

    assert warning == (
        "No version before this rollback is known to have this content: search/synonyms.txt at commit"
        f" {C[:12]} may never have been live. Check that it is the file to roll back to."
    )
    assert (warning,) == rollback_warnings("v1:", f"v2:{C}", contents={})


def test_rollback_to_content_of_an_earlier_version_is_no_warning() -> None:
    """It was deployed from another commit, or from this one before the rollback."""
    assert () == rollback_warnings(f"v1:{A}", f"v2:{B}", f"v3:{C}", contents={A: "new", B: "bad"})
    earlier = f"v1:{C}", f"v2:{B}", f"v3:{C}"
    assert () == rollback_warnings(*earlier, contents={B: "bad"})
    assert () == rollback_warnings(f"v1:{B}", f"v2:{C}", contents={B: "bad"}, made_at=BEFORE)


def test_rollback_makes_no_statement_about_objects_that_were_not_read() -> None:
    assert () == rollback_warnings(f"v1:{A}", f"v2:{B}", f"v3:{C}", contents={B: "bad"})


def test_rollback_without_a_record_is_no_warning() -> None:
    """It is to the tip's own file, or to another commit."""
    for holds in (on_record(), on_record(rolled_back(to=A))):
        assert () == rollback_warnings(f"v1:{B}", f"v2:{C}", contents={B: "bad"}, holds=holds)


def test_expiry_rule_is_a_warning() -> None:
    expiring = replace(stored(C, "new"), expiration='expiry-date="Fri, 01 Jan 2027", rule-id="old"')

    [warning] = warnings("v1:", f"v2:{C}", contents={C: expiring})

    assert "removes dictionaries/product-synonyms/cccc" in warning
    assert 'rule-id="old"' in warning
