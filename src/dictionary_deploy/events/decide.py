"""What an event asks for: which mode, which commit of which branch, which pull request.

    auto             the mode that `AUTO` has for the event
    pull requests    planned while open, deployed once merged
    merge groups     planned; they are on no branch yet
    workflow runs    deployed when they succeeded on a push to the branch
    everything else  GITHUB_SHA; deployed when GITHUB_REF is the branch, or a tag in mode `deploy`

Payloads are written by GitHub about what anybody may have sent: no member's type is taken on trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dictionary_deploy.errors import EventError
from dictionary_deploy.events.payload import Payload
from dictionary_deploy.events.trigger import NAMED_MODES, Trigger, no_branch
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
"""The mode that `auto` stands for, by event; a pull request's `closed` is an event of its own here."""

PULL_REQUESTS = ("pull_request", "pull_request_target")
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

    @property
    def name(self) -> str:
        return self.github.event_name

    @property
    def trigger(self) -> Trigger:
        return Trigger(self.mode, self.branch, repository_id=self.repository_id, is_fork=_is_of_fork(self))

    @property
    def sha(self) -> str:
        """GITHUB_SHA. Raises EventError when there is none."""
        if not SHA.fullmatch(self.github.sha):
            raise EventError("github-failed", f"GITHUB_SHA is {self.github.sha!r}, which is no commit.")
        return self.github.sha


def decide(mode: Mode, github: GithubContext, payload: Any, branch: str | None) -> Trigger:
    """The trigger of a run in GitHub's runner.

    `payload` is the event file's JSON, `{}` when there is no file; `branch` is the configured one.
    Raises EventError when the event cannot be worked on in this mode, saying which mode can.
    """
    if mode == "validate":
        return Trigger("validate", branch or "", repository_id=github.repository_id)
    read = Payload(payload)
    event = _Event(
        mode=_auto_mode(github.event_name, read) if mode == "auto" else mode,
        is_auto=mode == "auto",
        github=github,
        payload=read,
        branch=branch or _default_branch(github, read),
        repository_id=github.repository_id or str(read.find("repository.id", int) or ""),
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
    if name == "pull_request_target":
        raise EventError(
            "invalid-config",
            "On pull_request_target the code of a stranger would meet this repository's credentials.",
            "Use the event pull_request for plans, or set mode.",
        )
    raise EventError(
        "invalid-config",
        f"Mode auto does not know what the event {name} is for.",
        f"Set mode to one of {NAMED_MODES}.",
    )


def _default_branch(github: GithubContext, payload: Payload) -> str:
    branch = payload.find("repository.default_branch", str)
    # A schedule runs on the default branch, and its payload may lack the repository.
    if not branch and github.event_name == "schedule" and github.ref.startswith("refs/heads/"):
        branch = github.ref.removeprefix("refs/heads/")
    if not branch:
        raise no_branch()
    return branch


def _check(event: _Event) -> Trigger:
    if event.github.ref == f"refs/heads/{event.branch}":
        return replace(event.trigger, commit=event.sha, heads=(event.sha,), ref=THIS_SHA)
    if event.trigger.is_fork:
        raise EventError(
            "wrong-branch",
            f"A check is about {event.branch}, and this {event.name} about the code of another repository.",
            "Run it by schedule or workflow_dispatch.",
        )
    # A schedule runs on the default branch, though deploys may come from another.
    return replace(event.trigger, ref=event.branch)


def _rollback(event: _Event) -> Trigger:
    is_own = event.github.ref.startswith(("refs/heads/", "refs/tags/")) and event.name not in PROPOSALS
    if not is_own or event.trigger.is_fork:
        raise EventError(
            "wrong-branch",
            f"A rollback cannot be asked for by the event {event.name}, which is about code to come.",
            "Run it by workflow_dispatch, with the commit to go back to checked out.",
        )
    return event.trigger


def _of_pull_request(event: _Event) -> Trigger:
    payload = event.payload
    base = payload.need("pull_request.base.ref", str)
    trigger = replace(event.trigger, pull_request=payload.need("pull_request.number", int))
    if base != event.branch:
        return replace(trigger, nothing=f"The pull request goes into {base}, not {event.branch}.")
    if payload.need("action", str) != "closed":
        return _of_open_pull_request(event, trigger)
    if not payload.find("pull_request.merged", bool):
        return replace(trigger, nothing="The pull request was closed without being merged.")
    # GITHUB_SHA is not the commit that the merge made.
    commit = payload.need_sha("pull_request.merge_commit_sha")
    return replace(trigger, commit=commit, heads=(commit,), ref=MERGED_SHA)


def _of_open_pull_request(event: _Event, trigger: Trigger) -> Trigger:
    if event.mode == "deploy":
        raise _not_merged(event)
    base = event.payload.need_sha("pull_request.base.sha")
    head = event.payload.need_sha("pull_request.head.sha")
    if event.name == "pull_request_target":
        return replace(trigger, commit=head, heads=(head,), ref=HEAD_SHA, base=base)
    # GITHUB_SHA is the merge GitHub tried, and what actions/checkout checks out when nobody says otherwise.
    return replace(trigger, commit=event.sha, heads=(event.sha, head), ref=THIS_SHA, base=base)


def _of_merge_group(event: _Event) -> Trigger:
    payload = event.payload
    base = payload.need("merge_group.base_ref", str).removeprefix("refs/heads/")
    if base != event.branch:
        return replace(event.trigger, nothing=f"The merge group goes into {base}, not {event.branch}.")
    if payload.find("action", str) == "destroyed":
        return replace(event.trigger, nothing="The merge group is gone.")
    if event.mode == "deploy":
        raise _not_merged(event)
    commit = payload.need_sha("merge_group.head_sha")
    base_sha = payload.need_sha("merge_group.base_sha")
    return replace(event.trigger, commit=commit, heads=(commit,), ref=GROUP_SHA, base=base_sha)


def _not_merged(event: _Event) -> EventError:
    return EventError(
        "wrong-branch",
        f"The code of this {event.name} is not on {event.branch}, and only what is there is deployed.",
        "Set mode to plan, or leave it at auto.",
    )


def _is_of_fork(event: _Event) -> bool:
    """Whether the event is about code of another repository; so is what nobody can tell any more."""
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
        return trigger
    cause, branch = payload.find("workflow_run.event", str), payload.find("workflow_run.head_branch", str)
    if (conclusion := payload.find("workflow_run.conclusion", str)) != "success":
        nothing = f"The workflow run did not succeed: its conclusion is {conclusion}."
    elif cause != "push":
        nothing = f"The workflow run was started by {cause}, and only those of a push are deployed."
    elif trigger.is_fork:
        nothing = "The workflow run is about the code of another repository."
    elif branch != event.branch:
        nothing = f"The workflow run is about {branch}, and deploys come from {event.branch}."
    else:
        nothing = ""
    return replace(trigger, nothing=nothing)


def _of_ref(event: _Event) -> Trigger:
    is_push = event.name == "push"
    ref = event.github.ref
    if is_push:
        # When a push deletes a branch, GITHUB_REF is the default branch; the payload has the one deleted.
        ref = event.payload.find("ref", str) or ref
        if event.payload.find("deleted", bool):
            return replace(event.trigger, nothing=f"{ref} was deleted.")
    trigger = replace(event.trigger, commit=event.sha, heads=(event.sha,), ref=THIS_SHA)
    is_asked_for_tag = not event.is_auto and ref.startswith("refs/tags/")
    if event.mode == "plan" or ref == f"refs/heads/{event.branch}" or is_asked_for_tag:
        return replace(trigger, by_order=is_asked_for_tag)
    if event.is_auto and is_push:
        return replace(trigger, nothing=f"This is a push to {ref}, and deploys come from {event.branch}.")
    raise EventError(
        "wrong-branch",
        f"This run is of {ref}, and deploys come from {event.branch}.",
        f"Run it on {event.branch}, or set mode to plan or rollback.",
    )
