"""Pull requests: those that were opened here, and those that git shows.

One that was opened here is merged once the base branch contains the tip of its branch, and stays merged. A
squash or rebase does not show this: pass its commit to `merge`.

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
from threading import RLock

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
        self._lock = RLock()
        self._opened: dict[int, PullRequest] = {}
        self._read: tuple[Refs | None, dict[int, PullRequest], list[PullRequest]] = (None, {}, [])

    def all(self) -> dict[int, PullRequest]:
        """Return the pull requests by number, in ascending order."""
        return self._current()[1]

    def of_forks(self) -> list[PullRequest]:
        """Return the pull requests of forks, which GitHub also lists for a commit."""
        return self._current()[2]

    def open(self, title: str, head_ref: str, base_ref: str) -> PullRequest:
        """Open a pull request from one branch into another, which both exist; return it."""
        with self._lock:
            number = max(self.all(), default=0) + 1
            branches, commits = self._checkout.refs().branches, _every_commit(self._checkout)
            opened = _open_pull_request(commits, branches, number, branches[head_ref], base_ref, head_ref)
            self._set(replace(opened, title=title))
            return self.all()[number]

    def merge(self, number: int, commit: Commit) -> None:
        """Record the commit as the merge of a pull request."""
        with self._lock:
            self._set(_merged_as(self.all()[number], commit))

    def _set(self, pull_request: PullRequest) -> None:
        self._opened[pull_request.number] = pull_request
        self._read = (None, {}, [])

    def _current(self) -> tuple[Refs | None, dict[int, PullRequest], list[PullRequest]]:
        refs = self._checkout.refs()
        with self._lock:
            if self._read[0] != refs:
                commits = _every_commit(self._checkout)
                found = _read(commits, refs)
                self._opened = {
                    number: _follow(commits, refs.branches, pull, found.get(number))
                    for number, pull in self._opened.items()
                }
                found = dict(sorted((found | self._opened).items()))
                self._read = (refs, found, _read_forks(commits, refs))
            return self._read


def _every_commit(checkout: Checkout) -> dict[str, Commit]:
    return {commit.sha: commit for commit in checkout.every_commit()}


def _follow(
    commits: Mapping[str, Commit], branches: Mapping[str, str], pull: PullRequest, named: PullRequest | None
) -> PullRequest:
    """Return a pull request that was opened here, updated to the current branches.

    `named` is the pull request with the same number that git shows, by the message of its merge.
    """
    head, base = branches.get(pull.head_ref, pull.head_sha), branches.get(pull.base_ref)
    if pull.merged_at or head not in commits or not base:
        return pull
    if named and named.merged_at:
        return replace(named, head_ref=pull.head_ref)  # a squash does not show the branch
    on_base = set[str]()
    _reach(commits, pull.base_sha, on_base)
    if head in on_base:  # the branch was reset: it has nothing to merge
        return pull
    for commit, brought in _first_parents(commits, base):
        if head in brought:
            own = brought if commit.sha != head else frozenset(_reach(commits, head, on_base))
            return _merged_as(replace(pull, head_sha=head, commits=own), commit)
    opened = _open_pull_request(commits, branches, pull.number, head, pull.base_ref, pull.head_ref)
    return replace(opened, title=pull.title, created_at=pull.created_at)


def _merged_as(pull: PullRequest, commit: Commit) -> PullRequest:
    return replace(
        pull,
        commits=pull.commits | {commit.sha},
        merge_commit_sha=commit.sha,
        merged_at=commit.committer.date,
    )


def _read(commits: Mapping[str, Commit], refs: Refs) -> dict[int, PullRequest]:
    found: dict[int, PullRequest] = {}
    branches, default = refs.branches, refs.default_branch
    # Merges that a branch shares with the default branch belong to the default branch.
    for branch in sorted(branches, key=lambda name: (name != default, name)):
        # The newest commit with a pull request's number is its merge.
        for commit, brought in reversed(_first_parents(commits, branches[branch])):
            if merged := _merged_pull_request(commit, brought, branch):
                found.setdefault(merged.number, merged)
    for name, oid in refs.below("refs/pull/").items():
        if (head := _HEAD.fullmatch(name)) and default in branches:
            number = int(head[1])
            head_ref = next((each for each, tip in branches.items() if tip == oid), f"pull-request-{number}")
            found.setdefault(number, _open_pull_request(commits, branches, number, oid, default, head_ref))
    return found


def _read_forks(commits: Mapping[str, Commit], refs: Refs) -> list[PullRequest]:
    ours = {commit.sha for tip in refs.branches.values() for commit, _ in _first_parents(commits, tip)}
    found = []
    for name, oid in refs.below("refs/forks/").items():
        owner, repository, branch = name.split("/", 2)
        for commit, brought in _first_parents(commits, oid):
            if commit.sha not in ours and (merged := _merged_pull_request(commit, brought, branch)):
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


def _merged_pull_request(commit: Commit, brought: frozenset[str], branch: str) -> PullRequest | None:
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


def _open_pull_request(
    commits: Mapping[str, Commit],
    branches: Mapping[str, str],
    number: int,
    head_sha: str,
    base_ref: str,
    head_ref: str,
) -> PullRequest:
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
