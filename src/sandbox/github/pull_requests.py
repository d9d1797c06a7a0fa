"""Pull requests, read from what merging them leaves in git.

A merge commit `Merge pull request #7 from owner/branch` and a squash commit `… (#7)` on a branch are
merged pull requests into that branch. A ref `refs/pull/7/head`, which GitHub keeps for every pull request,
without either of them is an open one into the default branch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.github.checkout import Checkout, Commit

_MERGE = re.compile(r"Merge pull request #(\d+) from ([^/\s]+)/(\S+)")
_SQUASH = re.compile(r"(.*) \(#(\d+)\)$")
_HEAD = re.compile(r"(\d+)/head")


@dataclass(frozen=True, slots=True)
class PullRequest:
    number: int
    title: str
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    created_at: str
    commits: frozenset[str]
    """Its own commits and the one that merged it."""
    merge_commit_sha: str | None = None
    merged_at: str | None = None


class PullRequests:
    """The pull requests of a checkout, read anew when its branches have changed."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._read: tuple[str, dict[int, PullRequest]] = ("", {})

    def all(self) -> dict[int, PullRequest]:
        """By number, in the order of their numbers."""
        state = self._checkout.state()
        if self._read[0] != state:
            self._read = (state, _read(self._checkout))
        return self._read[1]


def _read(checkout: Checkout) -> dict[int, PullRequest]:
    found: dict[int, PullRequest] = {}
    branches, default = checkout.branches(), checkout.default_branch
    # A branch that was cut from the default branch shares its merges, which are the default branch's.
    for branch in sorted(branches, key=lambda name: (name != default, name)):
        for commit in checkout.commits(branches[branch], "--first-parent"):
            if merged := _merged(checkout, commit, branch):
                found.setdefault(merged.number, merged)
    for name, oid in checkout.refs("refs/pull/").items():
        if (head := _HEAD.fullmatch(name)) and default in branches:
            opened = _opened(checkout, int(head[1]), oid, default)
            found.setdefault(opened.number, opened)
    return dict(sorted(found.items()))


def _merged(checkout: Checkout, commit: Commit, branch: str) -> PullRequest | None:
    if (merge := _MERGE.match(commit.subject)) and len(commit.parents) == 2:
        number, head_ref, head_sha = int(merge[1]), merge[3], commit.parents[1]
        title = commit.message.partition("\n")[2].strip().partition("\n")[0] or head_ref
        commits = frozenset({commit.sha, *checkout.between(*commit.parents)})
    elif squash := _SQUASH.match(commit.subject):
        # Git has no trace of what was squashed: the commit stands for its head.
        number, head_ref, head_sha = int(squash[2]), f"pull-request-{squash[2]}", commit.sha
        title, commits = squash[1], frozenset({commit.sha})
    else:
        return None
    return PullRequest(
        number=number,
        title=title,
        base_ref=branch,
        base_sha=commit.parents[0] if commit.parents else commit.sha,
        head_ref=head_ref,
        head_sha=head_sha,
        created_at=commit.author.date,
        commits=commits,
        merge_commit_sha=commit.sha,
        merged_at=commit.committer.date,
    )


def _opened(checkout: Checkout, number: int, head_sha: str, base_ref: str) -> PullRequest:
    branches = checkout.branches()
    head_ref = next((name for name, oid in branches.items() if oid == head_sha), f"pull-request-{number}")
    head = next(checkout.commits(head_sha, "--no-walk"))
    return PullRequest(
        number=number,
        title=head.subject,
        base_ref=base_ref,
        base_sha=branches[base_ref],
        head_ref=head_ref,
        head_sha=head_sha,
        created_at=head.author.date,
        commits=frozenset(checkout.between(branches[base_ref], head_sha)),
    )
