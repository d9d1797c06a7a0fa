"""Decide mode, commit, branch and pull request from an event.

    auto             the mode that `AUTO` has for the event
    pull requests    planned while open, deployed once merged
    merge groups     planned; they are on no branch yet
    workflow runs    deployed if they succeeded on a push to the branch
    default branch   events that always carry it deploy and check the checked-out commit of another branch
    everything else  GITHUB_SHA; deployed if GITHUB_REF is the branch, or a tag in mode `deploy`

Payloads contain values that anyone may have sent. The type of every member is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dictionary_deploy.errors import EventError
from dictionary_deploy.events.payload import Payload
from dictionary_deploy.events.trigger import NAMED_MODES, Trigger
from dictionary_deploy.model import SHA, Mode
from dictionary_deploy.settings import GithubContext

AUTO: Mapping[str, Mode] = {
    "push": "deploy",
    "pull_request": "plan",
    "pull_request closed": "deploy",
    "pull_request_target closed": "deploy",
    "merge_group": "plan",
    "workflow_dispatch": "deploy",
    "repository_dispatch": "deploy",
    "workflow_run": "deploy",
    "schedule": "check",
}
"""The mode of `auto` by event. The action `closed` of a pull request is a separate event here."""

PULL_REQUESTS = ("pull_request", "pull_request_target")
DEFAULT_BRANCH_EVENTS = ("schedule", "repository_dispatch")
"""Events whose ref is always the default branch, even if another branch is deployed."""
PROPOSALS = (*PULL_REQUESTS, "pull_request_review", "pull_request_review_comment", "merge_group")

THIS_SHA = "${{ github.sha }}"
HEAD_SHA = "${{ github.event.pull_request.head.sha }}"
MERGED_SHA = "${{ github.event.pull_request.merge_commit_sha }}"
GROUP_SHA = "${{ github.event.merge_group.head_sha }}"
RUN_SHA = "${{ github.event.workflow_run.head_sha }}"


@dataclass(frozen=True, slots=True)
class _Event:
    mode: Mode
    is_auto: bool
    github: GithubContext
    payload: Payload
    branch: str
    repository_id: str
    comments_on: int | None
    """The input `pull-request`."""

    @property
    def name(self) -> str:
        return self.github.event_name

    @property
    def trigger(self) -> Trigger:
        return Trigger(self.mode, self.branch, repository_id=self.repository_id, is_fork=_is_from_fork(self))

    @property
    def sha(self) -> str:
        """GITHUB_SHA. Raises EventError if it is not a commit SHA."""
        if not SHA.fullmatch(self.github.sha):
            raise EventError(
                "github-failed", f"GITHUB_SHA is {self.github.sha!r}, not a commit.", "Rerun the workflow."
            )
        return self.github.sha


def decide(
    mode: Mode, github: GithubContext, payload: Any, branch: str, comments_on: int | None = None
) -> Trigger:
    """Return the trigger of a run in GitHub's runner.

    `payload` is the JSON of the event file, `{}` without one. `branch` is the deployed branch: it comes from
    the workflow, never from the commit. `comments_on` is the input `pull-request`. Raises EventError if the
    mode does not support the event.
    """
    read = Payload(payload)
    event = _Event(
        mode=_auto_mode(github.event_name, read) if mode == "auto" else mode,
        is_auto=mode == "auto",
        github=github,
        payload=read,
        branch=branch,
        repository_id=github.repository_id or str(read.find("repository.id", int) or ""),
        comments_on=comments_on,
    )
    if event.mode == "check":
        return _check(event)
    if event.mode == "rollback":
        return _rollback(event)
    if event.name in PULL_REQUESTS:
        return _of_pull_request(event)
    if event.name == "merge_group":
        return _of_merge_group(event)
    if event.name == "workflow_run":
        return _of_workflow_run(event)
    return _of_ref(event)


def _auto_mode(name: str, payload: Payload) -> Mode:
    is_closed = name in PULL_REQUESTS and payload.find("action", str) == "closed"
    mode = AUTO.get(f"{name} closed" if is_closed else name)
    if mode:
        return mode
    if not name:
        raise EventError(
            "invalid-config",
            "GITHUB_EVENT_NAME is empty, so mode `auto` has no event.",
            f"Pass GITHUB_EVENT_NAME to the container, or set `mode` to one of {NAMED_MODES}.",
        )
    if name == "pull_request_target":
        raise EventError(
            "invalid-config",
            "Mode `auto` does not plan on the event `pull_request_target`: code from a fork would run with"
            " this repository's credentials.",
            "Use the event `pull_request` for plans, or set `mode`.",
        )
    raise EventError(
        "invalid-config",
        f"Mode `auto` does not support the event {name}.",
        f"Set `mode` to one of {NAMED_MODES}.",
    )


def default_branch(payload: Any) -> str:
    """Return the repository's default branch; empty if the event's payload lacks it."""
    return Payload(payload).find("repository.default_branch", str) or ""


def _check(event: _Event) -> Trigger:
    # On `pull_request_target` the ref is the base, even with a checkout of the head.
    if event.trigger.is_fork:
        raise EventError(
            "wrong-branch",
            f"Mode `check` compares AWS with {event.branch}, but this {event.name} event is for code"
            " from another repository.",
            "Run it on `schedule` or `workflow_dispatch`.",
        )
    # Any commit may be checked out: the files are compared with those of the branch's tip.
    is_branch = event.github.ref == f"refs/heads/{event.branch}"
    return replace(event.trigger, commit=event.sha if is_branch else "", ref=event.branch)


def _rollback(event: _Event) -> Trigger:
    is_own_ref = event.github.ref.startswith(("refs/heads/", "refs/tags/")) and event.name not in PROPOSALS
    if not is_own_ref or event.trigger.is_fork:
        raise EventError(
            "wrong-branch",
            f"Mode `rollback` does not support this {event.name} event.",
            "Check out the commit to roll back to, and run it on `workflow_dispatch`.",
        )
    return event.trigger


def _of_pull_request(event: _Event) -> Trigger:
    payload = event.payload
    base = payload.need("pull_request.base.ref", str)
    trigger = replace(event.trigger, pull_request=payload.need("pull_request.number", int))
    if base != event.branch:
        return replace(
            trigger,
            nothing=f"The pull request targets {base}, not {event.branch}.",
            has_left_branch=payload.find("changes.base.ref.from", str) == event.branch,
        )
    if payload.need("action", str) != "closed":
        return _of_open_pull_request(event, trigger)
    if not payload.find("pull_request.merged", bool):
        return replace(trigger, nothing="The pull request was closed without a merge.")
    # GITHUB_SHA is not the merge commit.
    commit = payload.need_sha("pull_request.merge_commit_sha")
    return replace(trigger, commit=commit, heads=(commit,), ref=MERGED_SHA)


def _of_open_pull_request(event: _Event, trigger: Trigger) -> Trigger:
    if event.mode == "deploy":
        raise _not_merged_error(event)
    base = event.payload.need_sha("pull_request.base.sha")
    head = event.payload.need_sha("pull_request.head.sha")
    if event.name == "pull_request_target":
        return replace(trigger, commit=head, heads=(head,), ref=HEAD_SHA, base=base)
    # GITHUB_SHA is GitHub's test merge, which actions/checkout checks out by default.
    return replace(trigger, commit=event.sha, heads=(event.sha, head), ref=THIS_SHA, base=base)


def _of_merge_group(event: _Event) -> Trigger:
    payload = event.payload
    base = payload.need("merge_group.base_ref", str).removeprefix("refs/heads/")
    if base != event.branch:
        return replace(event.trigger, nothing=f"The merge group targets {base}, not {event.branch}.")
    if payload.find("action", str) == "destroyed":
        return replace(event.trigger, nothing="The merge group was destroyed.")
    if event.mode == "deploy":
        raise _not_merged_error(event)
    commit = payload.need_sha("merge_group.head_sha")
    base_sha = payload.need_sha("merge_group.base_sha")
    return replace(event.trigger, commit=commit, heads=(commit,), ref=GROUP_SHA, base=base_sha)


def _not_merged_error(event: _Event) -> EventError:
    return EventError(
        "wrong-branch",
        f"The code of this {event.name} event is not on the branch {event.branch}, so it cannot be deployed.",
        "Set `mode` to `plan` or `auto`.",
    )


def _is_from_fork(event: _Event) -> bool:
    """Return True if the event is for code from another repository, including a deleted one."""
    find = event.payload.find
    if event.name == "workflow_run":
        return str(find("workflow_run.head_repository.id", int)) != event.repository_id
    if event.name not in PROPOSALS or event.name == "merge_group":
        return False
    source = find("pull_request.head.repo.id", int)  # the repository is null once the fork is deleted
    return source is None or source != find("pull_request.base.repo.id", int)


def _of_workflow_run(event: _Event) -> Trigger:
    payload, commit = event.payload, event.payload.need_sha("workflow_run.head_sha")
    trigger = replace(event.trigger, commit=commit, heads=(commit,), ref=RUN_SHA)
    if event.mode == "plan":
        # With a pull request to comment on, the run is about its code, which may come from anyone.
        return replace(trigger, is_fork=trigger.is_fork or event.comments_on is not None)
    cause, branch = payload.find("workflow_run.event", str), payload.find("workflow_run.head_branch", str)
    if (conclusion := payload.find("workflow_run.conclusion", str)) != "success":
        nothing = f"The workflow run did not succeed (conclusion: {conclusion})."
    elif cause != "push":
        nothing = f"The workflow run was triggered by {cause}. Only runs of a push are deployed."
    elif trigger.is_fork:
        nothing = "The workflow run is for code from another repository."
    elif branch != event.branch:
        nothing = f"The workflow run is for the branch {branch}. Deploys come from {event.branch}."
    else:
        nothing = ""
    return replace(trigger, nothing=nothing)


def _of_ref(event: _Event) -> Trigger:
    is_push = event.name == "push"
    ref = event.github.ref
    if is_push:
        # If a push deletes a branch, GITHUB_REF is the default branch, and the payload has the deleted one.
        ref = event.payload.find("ref", str) or ref
        if event.payload.find("deleted", bool):
            return replace(event.trigger, nothing=f"{ref} was deleted.")
    if event.name in DEFAULT_BRANCH_EVENTS and ref != f"refs/heads/{event.branch}":
        return replace(event.trigger, ref=event.branch)
    trigger = replace(event.trigger, commit=event.sha, heads=(event.sha,), ref=THIS_SHA)
    is_tag_deploy = not event.is_auto and ref.startswith("refs/tags/")
    is_branch = ref == f"refs/heads/{event.branch}"
    if event.mode == "plan" or is_branch or is_tag_deploy:
        is_on_branch = event.mode == "plan" and is_branch
        return replace(trigger, by_order=is_tag_deploy, is_on_branch=is_on_branch)
    if not ref:
        raise EventError(
            "wrong-branch",
            f"This {event.name or 'run'} has no branch or tag: GITHUB_REF is empty.",
            f"Create the deployment for the branch {event.branch} instead of a commit, or set `mode` to"
            " `plan`.",
        )
    if event.is_auto and is_push:
        return replace(trigger, nothing=f"The push is to {ref}. Deploys come from {event.branch}.")
    raise EventError(
        "wrong-branch",
        f"This run is for {ref}, but deploys come from the branch {event.branch}.",
        f"Run it on {event.branch}, or set `mode` to `plan` or `rollback`.",
    )
