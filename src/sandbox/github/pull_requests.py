"""Pull requests, derived from their merges in git.

A merge commit `Merge pull request #7 from owner/branch` and a squash commit `… (#7)` on a branch are
merged pull requests into that branch. A ref `refs/pull/7/head`, which GitHub keeps for every pull request,
without either of them is an open one into the default branch.

A ref `refs/forks/<owner>/<name>/<branch>` is a branch of a fork. Merges on it that this repository's branches
do not have as their own are pull requests of the fork, with numbers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.github.checkout import Checkout, Commit
from sandbox.github.refs import Refs

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
    fork: str = ""
    """`owner/name` of the fork that it belongs to; empty for this repository."""


class PullRequests:
    """The pull requests of a checkout, read again if its branches have changed."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._read: tuple[Refs | None, dict[int, PullRequest], list[PullRequest]] = (None, {}, [])

    def all(self) -> dict[int, PullRequest]:
        """Return the pull requests by number, in ascending order."""
        return self._current()[1]

    def of_forks(self) -> list[PullRequest]:
        """Return the pull requests of forks, which GitHub also lists for a commit."""
        return self._current()[2]

    def _current(self) -> tuple[Refs | None, dict[int, PullRequest], list[PullRequest]]:
        refs = self._checkout.refs()
        if self._read[0] != refs:
            self._read = (refs, _read(self._checkout, refs), _read_forks(self._checkout, refs))
        return self._read


def _read(checkout: Checkout, refs: Refs) -> dict[int, PullRequest]:
    found: dict[int, PullRequest] = {}
    branches, default = refs.branches, refs.default_branch
    commits = {commit.sha: commit for commit in checkout.every_commit()}
    # Merges that a branch shares with the default branch belong to the default branch.
    for branch in sorted(branches, key=lambda name: (name != default, name)):
        # The newest commit with a pull request's number is its merge.
        for commit, brought in reversed(_first_parents(commits, branches[branch])):
            if merged := _merged(commit, brought, branch):
                found.setdefault(merged.number, merged)
    for name, oid in refs.below("refs/pull/").items():
        if (head := _HEAD.fullmatch(name)) and default in branches:
            opened = _opened(commits, branches, int(head[1]), oid, default)
            found.setdefault(opened.number, opened)
    return dict(sorted(found.items()))


def _read_forks(checkout: Checkout, refs: Refs) -> list[PullRequest]:
    commits = {commit.sha: commit for commit in checkout.every_commit()}
    ours = {commit.sha for tip in refs.branches.values() for commit, _ in _first_parents(commits, tip)}
    found = []
    for name, oid in refs.below("refs/forks/").items():
        owner, repository, branch = name.split("/", 2)
        for commit, brought in _first_parents(commits, oid):
            if commit.sha not in ours and (merged := _merged(commit, brought, branch)):
                found.append(replace(merged, fork=f"{owner}/{repository}"))
    return found


def _first_parents(commits: Mapping[str, Commit], tip: str) -> list[tuple[Commit, frozenset[str]]]:
    """Yield a branch's own commits, oldest first, each with the commits that it merged."""
    chain = [tip]
    while (parents := commits[chain[-1]].parents) and parents[0] in commits:
        chain.append(parents[0])
    seen: set[str] = set()
    return [(commits[oid], frozenset(_reach(commits, oid, seen))) for oid in reversed(chain)]


def _reach(commits: Mapping[str, Commit], oid: str, seen: set[str]) -> set[str]:
    """Return the commit and its ancestors except those in `seen`, and add them to it."""
    found, pending = set(), [oid]
    while pending:
        if (each := pending.pop()) in commits and each not in seen:
            seen.add(each)
            found.add(each)
            pending += commits[each].parents
    return found


def _merged(commit: Commit, brought: frozenset[str], branch: str) -> PullRequest | None:
    if (merge := _MERGE.match(commit.subject)) and len(commit.parents) == 2:
        number, head_ref, head_sha = int(merge[1]), merge[3], commit.parents[1]
        title = commit.message.partition("\n")[2].strip().partition("\n")[0] or head_ref
    elif squash := _SQUASH.match(commit.subject):
        # Git has no trace of squashed commits: this commit is also the head.
        number, head_ref, head_sha = int(squash[2]), f"pull-request-{squash[2]}", commit.sha
        title, brought = squash[1], frozenset({commit.sha})
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
        commits=brought,
        merge_commit_sha=commit.sha,
        merged_at=commit.committer.date,
    )


def _opened(
    commits: Mapping[str, Commit], branches: Mapping[str, str], number: int, head_sha: str, base_ref: str
) -> PullRequest:
    head_ref = next((name for name, oid in branches.items() if oid == head_sha), f"pull-request-{number}")
    head, on_base = commits[head_sha], set[str]()
    _reach(commits, branches[base_ref], on_base)
    return PullRequest(
        number=number,
        title=head.subject,
        base_ref=base_ref,
        base_sha=branches[base_ref],
        head_ref=head_ref,
        head_sha=head_sha,
        created_at=head.author.date,
        commits=frozenset(_reach(commits, head_sha, on_base)),
    )
