from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.errors import REASONS, DeployError, EventError
from dictionary_deploy.events.decide import AUTO, decide, default_branch
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.model import MODES, Mode
from dictionary_deploy.settings import GithubContext

EVENTS = Path(__file__).parents[1] / "data" / "events"

# The commits of the payloads.
AFTER = "405906c9d5be6ae5393ca65fb0e7c38e0d585ecb"
MERGE = "14091a9f2461267ee7e02525b4f1f2923f1c9849"
HEAD = "1a954628a960aaef81d7b2d4521929579f3541e6"
BASE = "1405df66cbe219b0bf6355bc3d60361a8376b6b4"
TEST_MERGE = "7e57" * 10

REPOSITORY_ID = "1296269"


def payload_of(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def context(
    event_name: str, *, ref: str = "refs/heads/main", sha: str = AFTER, repository_id: str = REPOSITORY_ID
) -> GithubContext:
    return GithubContext(
        api_url="https://api.github.com",
        graphql_url="https://api.github.com/graphql",
        server_url="https://github.com",
        repository="octo/search",
        repository_id=repository_id,
        event_name=event_name,
        event_path="",
        sha=sha,
        ref=ref,
        run_id="1",
    )


def proposal(event_name: str = "pull_request") -> GithubContext:
    """Return the context of an open pull request, whose ref is not a branch."""
    return context(event_name, ref="refs/pull/7/merge", sha=TEST_MERGE)


def refusal(mode: Mode, github: GithubContext, payload: Any, branch: str = "main") -> EventError:
    with pytest.raises(EventError) as caught:
        decide(mode, github, payload, branch)
    return caught.value


def sha_trigger(mode: Mode, *, by_order: bool = False) -> Trigger:
    return Trigger(
        mode=mode,
        branch="main",
        commit=AFTER,
        heads=(AFTER,),
        ref="${{ github.sha }}",
        repository_id=REPOSITORY_ID,
        by_order=by_order,
    )


# ---------------------------------------------------------------- auto: pushes


@pytest.mark.parametrize("name", ["push", "push_first", "push_forced"])
def test_push_to_the_branch_is_deployed(name: str) -> None:
    assert sha_trigger("deploy") == decide("auto", context("push"), payload_of(name), "main")


@pytest.mark.parametrize(
    ("name", "ref"), [("push_other_branch", "refs/heads/laptop"), ("push_tag", "refs/tags/v1.2.0")]
)
def test_push_to_another_branch_or_a_tag_has_nothing_to_do(name: str, ref: str) -> None:
    trigger = decide("auto", context("push", ref=ref), payload_of(name), "main")

    assert trigger.nothing == f"The push is to {ref}. Deploys come from main."


@pytest.mark.parametrize("mode", ["auto", "deploy", "plan"])
def test_deleted_branch_has_nothing_to_do(mode: Mode) -> None:
    trigger = decide(mode, context("push"), payload_of("push_deleted"), "main")

    assert trigger.nothing == "refs/heads/laptop was deleted."


def test_push_to_a_deployed_branch_other_than_the_default_is_deployed() -> None:
    trigger = decide(
        "auto", context("push", ref="refs/heads/laptop"), payload_of("push_other_branch"), "laptop"
    )

    assert (trigger.mode, trigger.branch, trigger.commit, trigger.nothing) == ("deploy", "laptop", AFTER, "")


def test_push_to_the_branch_needs_no_event_file() -> None:
    assert sha_trigger("deploy") == decide("auto", context("push"), {}, "main")


@pytest.mark.parametrize(
    ("payload", "branch"),
    [({"repository": {"default_branch": "trunk"}}, "trunk"), ({"repository": {}}, ""), ({}, "")],
)
def test_default_branch_is_the_payloads_or_unknown(payload: Any, branch: str) -> None:
    assert branch == default_branch(payload)


def test_missing_event_name_is_named() -> None:
    error = refusal("auto", context(""), {}, "main")

    assert error.message == "GITHUB_EVENT_NAME is empty, so mode `auto` has no event."
    assert "set `mode`" in error.remedy


def test_deployment_of_a_commit_without_a_ref_is_refused() -> None:
    error = refusal("deploy", context("deployment", ref=""), {}, "main")

    assert error.message == "This deployment has no branch or tag: GITHUB_REF is empty."
    assert "Create the deployment for the branch main" in error.remedy


def test_named_mode_and_branch_need_no_event() -> None:
    assert sha_trigger("deploy") == decide("deploy", context(""), {}, "main")


def test_missing_repository_id_is_read_from_the_payload() -> None:
    trigger = decide("auto", context("push", repository_id=""), payload_of("push"), "main")

    assert sha_trigger("deploy") == trigger


def test_invalid_sha_is_rejected() -> None:
    error = refusal("auto", context("push", sha="main"), payload_of("push"))

    assert error.message == "GITHUB_SHA is 'main', not a commit."


# ---------------------------------------------------------------- auto: pull requests and merge groups


@pytest.mark.parametrize(
    "name",
    ["pull_request_opened", "pull_request_synchronize", "pull_request_edited", "pull_request_labeled"],
)
def test_open_pull_request_is_planned_at_head_or_test_merge(name: str) -> None:
    expected = Trigger(
        mode="plan",
        branch="main",
        commit=TEST_MERGE,
        heads=(TEST_MERGE, HEAD),
        ref="${{ github.sha }}",
        base=BASE,
        pull_request=7,
        repository_id=REPOSITORY_ID,
    )

    assert expected == decide("auto", proposal(), payload_of(name), "main")


@pytest.mark.parametrize(
    "action", ["reopened", "ready_for_review", "converted_to_draft", "auto_merge_enabled", "unheard_of"]
)
def test_every_action_except_closed_is_planned(action: str) -> None:
    payload = payload_of("pull_request_opened") | {"action": action}

    assert decide("auto", proposal(), payload, "main").mode == "plan"


@pytest.mark.parametrize("name", ["pull_request_fork", "pull_request_fork_deleted"])
def test_pull_request_from_a_deleted_fork_is_detected(name: str) -> None:
    assert decide("auto", proposal(), payload_of(name), "main").is_fork is True


@pytest.mark.parametrize("event_name", ["pull_request", "pull_request_target"])
@pytest.mark.parametrize("name", ["pull_request_merged", "pull_request_merged_fork"])
def test_merged_pull_request_deploys_the_merge_commit(event_name: str, name: str) -> None:
    expected = Trigger(
        mode="deploy",
        branch="main",
        commit=MERGE,
        heads=(MERGE,),
        ref="${{ github.event.pull_request.merge_commit_sha }}",
        pull_request=7,
        is_fork=name == "pull_request_merged_fork",
        repository_id=REPOSITORY_ID,
    )

    assert expected == decide("auto", context(event_name, sha=TEST_MERGE), payload_of(name), "main")


@pytest.mark.parametrize("mode", ["auto", "deploy", "plan"])
def test_pull_request_closed_without_merge_has_nothing_to_do(mode: Mode) -> None:
    trigger = decide(mode, proposal(), payload_of("pull_request_closed"), "main")

    assert trigger.nothing == "The pull request was closed without a merge."


@pytest.mark.parametrize("mode", ["auto", "deploy", "plan"])
def test_pull_request_to_another_branch_has_nothing_to_do(mode: Mode) -> None:
    trigger = decide(mode, proposal(), payload_of("pull_request_other_base"), "main")

    assert trigger.nothing == "The pull request targets next, not main."
    assert not trigger.has_left_branch


@pytest.mark.parametrize("previous", ["main", "other"])
def test_retargeted_pull_request_has_left_its_previous_branch(previous: str) -> None:
    payload = payload_of("pull_request_other_base")
    payload |= {"action": "edited", "changes": {"base": {"ref": {"from": previous}}}}

    trigger = decide("auto", proposal(), payload, "main")

    assert trigger.nothing == "The pull request targets next, not main."
    assert trigger.has_left_branch == (previous == "main")


def test_pull_request_retargeted_to_the_branch_is_planned() -> None:
    payload = payload_of("pull_request_edited")
    payload |= {"changes": {"base": {"ref": {"from": "next"}}}}

    trigger = decide("auto", proposal(), payload, "main")

    assert ("plan", "", False) == (trigger.mode, trigger.nothing, trigger.has_left_branch)


def test_missing_merge_commit_is_rejected() -> None:
    payload = payload_of("pull_request_merged")
    payload["pull_request"]["merge_commit_sha"] = None

    error = refusal("auto", proposal(), payload)

    assert error.message == "The event's payload has no pull_request.merge_commit_sha."


def test_pull_request_target_is_rejected_in_mode_auto() -> None:
    error = refusal("auto", proposal("pull_request_target"), payload_of("pull_request_fork"))

    assert error.reason == "invalid-config"
    assert error.remedy == "Use the event `pull_request` for plans, or set `mode`."


def test_merge_group_is_planned() -> None:
    expected = Trigger(
        mode="plan",
        branch="main",
        commit=HEAD,
        heads=(HEAD,),
        ref="${{ github.event.merge_group.head_sha }}",
        base=BASE,
        repository_id=REPOSITORY_ID,
    )

    assert expected == decide("auto", context("merge_group", sha=HEAD), payload_of("merge_group"), "main")


@pytest.mark.parametrize(
    ("name", "branch", "nothing"),
    [
        ("merge_group_destroyed", "main", "The merge group was destroyed."),
        ("merge_group", "next", "The merge group targets main, not next."),
    ],
)
def test_other_merge_group_has_nothing_to_do(name: str, branch: str, nothing: str) -> None:
    assert decide("auto", context("merge_group"), payload_of(name), branch).nothing == nothing


# ---------------------------------------------------------------- auto: the others


@pytest.mark.parametrize("event_name", ["workflow_dispatch", "repository_dispatch"])
def test_dispatch_on_the_branch_is_deployed(event_name: str) -> None:
    assert sha_trigger("deploy") == decide("auto", context(event_name), payload_of(event_name), "main")


@pytest.mark.parametrize("ref", ["refs/heads/laptop", "refs/tags/v1.2.0"])
def test_dispatch_on_another_branch_or_a_tag_is_rejected(ref: str) -> None:
    error = refusal("auto", context("workflow_dispatch", ref=ref), payload_of("workflow_dispatch"))

    assert error.reason == "wrong-branch"
    assert error.remedy == "Run it on main, or set `mode` to `plan` or `rollback`."


def test_successful_workflow_run_of_a_push_is_deployed() -> None:
    expected = Trigger(
        mode="deploy",
        branch="main",
        commit=AFTER,
        heads=(AFTER,),
        ref="${{ github.event.workflow_run.head_sha }}",
        repository_id=REPOSITORY_ID,
    )

    assert expected == decide("auto", context("workflow_run", sha=BASE), payload_of("workflow_run"), "main")


@pytest.mark.parametrize("mode", ["auto", "deploy"])
@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        ("workflow_run_failed", "The workflow run did not succeed (conclusion: failure)."),
        ("workflow_run_requested", "The workflow run did not succeed (conclusion: None)."),
        (
            "workflow_run_fork",
            "The workflow run was triggered by pull_request. Only runs of a push are deployed.",
        ),
        (
            "workflow_run_dispatched",
            "The workflow run was triggered by workflow_dispatch. Only runs of a push are deployed.",
        ),
        ("workflow_run_push_in_fork", "The workflow run is for code from another repository."),
        ("workflow_run_other_branch", "The workflow run is for the branch laptop. Deploys come from main."),
    ],
)
def test_other_workflow_run_has_nothing_to_do(mode: Mode, name: str, nothing: str) -> None:
    assert decide(mode, context("workflow_run"), payload_of(name), "main").nothing == nothing


def test_schedule_checks_any_checkout_and_names_the_branch() -> None:
    """The run compares the checkout with the branch's tip, which may be newer than the event."""
    expected = Trigger("check", "main", commit=AFTER, ref="main", repository_id=REPOSITORY_ID)

    assert expected == decide("auto", context("schedule"), payload_of("schedule"), "main")


def test_schedule_checks_the_checkout_of_another_branch() -> None:
    expected = Trigger("check", "next", ref="next", repository_id=REPOSITORY_ID)

    assert expected == decide("auto", context("schedule"), payload_of("schedule"), "next")


@pytest.mark.parametrize("mode", ["auto", "deploy"])
def test_repository_dispatch_deploys_the_checkout_of_another_branch(mode: Mode) -> None:
    expected = Trigger("deploy", "next", ref="next", repository_id=REPOSITORY_ID)
    payload = payload_of("repository_dispatch")

    assert expected == decide(mode, context("repository_dispatch"), payload, "next")


@pytest.mark.parametrize(
    ("event_name", "name"),
    [
        ("release", "release"),
        ("create", "create_tag"),
        ("delete", "delete_branch"),
        ("issue_comment", "issue_comment"),
        ("unheard_of", "push"),
    ],
)
def test_unsupported_event_is_rejected_in_mode_auto(event_name: str, name: str) -> None:
    error = refusal("auto", context(event_name), payload_of(name))

    assert error.reason == "invalid-config"
    assert error.message == f"Mode `auto` does not support the event {event_name}."
    assert error.remedy == "Set `mode` to one of validate, plan, deploy, check, rollback."


# ---------------------------------------------------------------- explicit modes


@pytest.mark.parametrize(
    ("event_name", "name"),
    [
        ("pull_request", "pull_request_opened"),
        ("pull_request", "pull_request_fork"),
        ("pull_request_target", "pull_request_fork"),
        ("merge_group", "merge_group"),
    ],
)
def test_unmerged_code_is_never_deployed(event_name: str, name: str) -> None:
    error = refusal("deploy", proposal(event_name), payload_of(name))

    assert error.reason == "wrong-branch"
    assert error.message == (
        f"The code of this {event_name} event is not on the branch main, so it cannot be deployed."
    )


def test_reviewed_pull_request_is_not_deployed() -> None:
    error = refusal("deploy", proposal("pull_request_review"), payload_of("pull_request_opened"))

    assert error.reason == "wrong-branch"


@pytest.mark.parametrize(
    ("event_name", "name"),
    [
        ("push", "push_tag"),
        ("release", "release"),
        ("create", "create_tag"),
        ("workflow_dispatch", "schedule"),
    ],
)
def test_deploy_of_a_tag_uses_the_order_of_commits(event_name: str, name: str) -> None:
    github = context(event_name, ref="refs/tags/v1.2.0")

    assert sha_trigger("deploy", by_order=True) == decide("deploy", github, payload_of(name), "main")


def test_deploy_of_another_branch_is_rejected() -> None:
    error = refusal("deploy", context("push", ref="refs/heads/laptop"), payload_of("push_other_branch"))

    assert error.message == "This run is for refs/heads/laptop, but deploys come from the branch main."


@pytest.mark.parametrize("event_name", ["schedule", "issue_comment", "unheard_of"])
def test_deploy_of_the_branch_works_on_any_event(event_name: str) -> None:
    assert sha_trigger("deploy") == decide("deploy", context(event_name), payload_of("schedule"), "main")


@pytest.mark.parametrize(("ref", "is_on_branch"), [("refs/heads/main", True), ("refs/heads/laptop", False)])
def test_plan_of_any_branch_works(ref: str, *, is_on_branch: bool) -> None:
    expected = replace(sha_trigger("plan"), is_on_branch=is_on_branch)

    assert expected == decide("plan", context("workflow_dispatch", ref=ref), {}, "main")


def test_plan_of_a_tag_uses_the_order_of_commits() -> None:
    github = context("workflow_dispatch", ref="refs/tags/v1.2.0")

    assert sha_trigger("plan", by_order=True) == decide("plan", github, {}, "main")


def test_plan_on_pull_request_target_uses_the_head() -> None:
    expected = Trigger(
        mode="plan",
        branch="main",
        commit=HEAD,
        heads=(HEAD,),
        ref="${{ github.event.pull_request.head.sha }}",
        base=BASE,
        pull_request=7,
        is_fork=True,
        repository_id=REPOSITORY_ID,
    )

    github = context("pull_request_target", sha=BASE)
    assert expected == decide("plan", github, payload_of("pull_request_fork"), "main")


def test_plan_of_a_workflow_run_uses_its_commit() -> None:
    trigger = decide("plan", context("workflow_run"), payload_of("workflow_run_fork"), "main")

    assert (trigger.commit, trigger.is_fork, trigger.nothing) == (HEAD, True, "")


@pytest.mark.parametrize(("comments_on", "is_fork"), [(None, False), (7, True)])
def test_plan_of_a_workflow_run_for_a_pull_request_is_a_forks(
    comments_on: int | None, *, is_fork: bool
) -> None:
    trigger = decide("plan", context("workflow_run"), payload_of("workflow_run"), "main", comments_on)

    assert is_fork is trigger.is_fork


def test_check_on_another_ref_uses_the_checkout() -> None:
    expected = Trigger("check", "main", ref="main", repository_id=REPOSITORY_ID)

    assert expected == decide("check", proposal(), payload_of("pull_request_opened"), "main")


@pytest.mark.parametrize(
    ("event_name", "name"),
    [
        ("pull_request", "pull_request_fork"),
        ("pull_request_review", "pull_request_fork_deleted"),
        ("pull_request_target", "pull_request_fork"),
    ],
)
@pytest.mark.parametrize("ref", ["refs/pull/7/merge", "refs/heads/main"])
def test_check_is_rejected_on_code_of_another_repository(event_name: str, name: str, ref: str) -> None:
    error = refusal("check", context(event_name, ref=ref), payload_of(name))

    assert error.reason == "wrong-branch"
    assert "schedule" in error.remedy


@pytest.mark.parametrize("event_name", ["pull_request_review", "pull_request_review_comment"])
@pytest.mark.parametrize(("name", "is_fork"), [("pull_request_fork", True), ("pull_request_opened", False)])
def test_fork_is_detected_on_every_event_about_a_pull_request(
    event_name: str, name: str, *, is_fork: bool
) -> None:
    assert decide("plan", proposal(event_name), payload_of(name), "main").is_fork is is_fork


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/heads/back", "refs/tags/v1.1.0"])
def test_rollback_uses_the_checkout(ref: str) -> None:
    expected = Trigger("rollback", "main", repository_id=REPOSITORY_ID)

    assert expected == decide("rollback", context("workflow_dispatch", ref=ref), {}, "main")


def test_rollback_after_a_workflow_run_is_allowed() -> None:
    trigger = decide("rollback", context("workflow_run"), payload_of("workflow_run"), "main")

    assert trigger.mode == "rollback"


@pytest.mark.parametrize(
    ("event_name", "ref", "name"),
    [
        ("pull_request", "refs/pull/7/merge", "pull_request_fork"),
        ("pull_request", "refs/heads/main", "pull_request_merged"),
        ("pull_request_target", "refs/heads/main", "pull_request_fork"),
        ("merge_group", "refs/heads/gh-readonly-queue/main/pr-7", "merge_group"),
        ("workflow_run", "refs/heads/main", "workflow_run_fork"),
        ("unheard_of", "refs/pull/7/merge", "push"),
    ],
)
def test_rollback_is_rejected_on_events_about_unmerged_code(event_name: str, ref: str, name: str) -> None:
    error = refusal("rollback", context(event_name, ref=ref), payload_of(name))

    assert error.reason == "wrong-branch"
    assert "workflow_dispatch" in error.remedy


# ---------------------------------------------------------------- any payload

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from([HEAD, "main", "closed", "success"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["action", "id"]), inner),
)
REAL = [payload_of(path.stem) for path in sorted(EVENTS.iterdir())]
DECIDED_MODES: list[Mode] = [mode for mode in MODES if mode != "validate"]
NAMES = ["", "pull_request_target", "release", "unheard_of", *(name.split()[0] for name in AUTO)]


def trigger_or_error(mode: Mode, github: GithubContext, payload: Any, branch: str) -> Trigger | DeployError:
    try:
        default_branch(payload)
        return decide(mode, github, payload, branch)
    except DeployError as error:
        return error


@st.composite
def mutated_payloads(draw: st.DrawFn) -> Any:
    """Draw a real payload with any value in one place."""
    payload = json.loads(json.dumps(draw(st.sampled_from(REAL))))
    holder = payload
    while True:
        name = draw(st.sampled_from(sorted(holder)))
        if not (isinstance(holder[name], dict) and holder[name] and draw(st.booleans())):
            holder[name] = draw(JSON)
            return payload
        holder = holder[name]


@given(
    mode=st.sampled_from(DECIDED_MODES),
    event_name=st.sampled_from(NAMES),
    ref=st.sampled_from(["", "refs/heads/main", "refs/tags/v1", "refs/pull/7/merge"]),
    payload=JSON | mutated_payloads(),
    branch=st.sampled_from(["next", "main"]),
)
def test_any_payload_gives_a_trigger_or_an_error(
    mode: Mode, event_name: str, ref: str, payload: Any, branch: str
) -> None:
    result = trigger_or_error(mode, context(event_name, ref=ref), payload, branch)

    if isinstance(result, Trigger):
        assert result.mode in (({*DECIDED_MODES} - {"auto"}) if mode == "auto" else {mode})
    else:
        assert result.reason in REASONS
