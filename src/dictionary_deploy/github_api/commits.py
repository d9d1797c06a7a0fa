"""Find where a commit and its files are on a branch, and read files, with GitHub's API."""

from __future__ import annotations

import base64
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from dictionary_deploy.clock import GITHUB_LAG_PAUSES_SECONDS
from dictionary_deploy.errors import DeployError, GithubError
from dictionary_deploy.github_api.response import TOO_LARGE, translate_malformed
from dictionary_deploy.model import Place, Standing

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.github_api.client import GithubClient

MAX_FIELDS = 100
"""Comparisons and files in one query, so that GitHub does not time out."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the query: a comparison with the branch, or a file at the commit or at the tip."""

    within: Literal["ref", "here", "tip"]
    """The member of `repository` with the result."""
    of: str


class Commits:
    """The commits of the client's repository."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    def settled_standing(
        self, branch: str, commit: str, files: Sequence[str], others: Sequence[str], *, is_pushed: bool
    ) -> Standing:
        """Same as `standing`, queried again for up to 30 seconds while GitHub's replicas seem to lag.

        They do while the commit is unknown, or, if it `is_pushed` to the branch, while the tip is older.
        """
        for seconds in GITHUB_LAG_PAUSES_SECONDS:
            standing = self.standing(branch, commit, files, others)
            is_known = "unknown" not in standing.files.values()
            if is_known and not (is_pushed and standing.is_behind):
                return standing
            self._client.wait(seconds)
        return self.standing(branch, commit, files, others)

    @translate_malformed("the branch")
    def standing(self, branch: str, commit: str, files: Sequence[str], others: Sequence[str]) -> Standing:
        """Return where `commit`, its `files` and the commits `others` are on `branch`, in one query.

        A link counts as untracked: its object in git stays the same when its target changes. So does a file
        that is missing in a response with its commit. Each hundred fields take one query, all about the same
        tip. Raises DeployError if the branch or repository does not exist, or GitHub does not respond.
        """
        fields = [_Field("ref", sha) for sha in dict.fromkeys([commit, *others])]
        fields += [_Field(within, file) for file in files for within in ("here", "tip")]
        tip = ""
        found: dict[_Field, Any] = {}
        for start in range(0, len(fields), MAX_FIELDS):
            tip, results = self._ask_in_parts(branch, commit, tip, fields[start : start + MAX_FIELDS])
            found |= results
        if found[_Field("ref", commit)] is None:
            found[_Field("ref", commit)] = self._compare(tip, commit)
        distances = {field.of: _distance(found[field]) for field in fields if field.within == "ref"}
        comparison = found[_Field("ref", commit)]
        return Standing(
            tip,
            {file: _place(comparison, found, file, is_tip=commit == tip) for file in files},
            distances,
            _blobs(found, "tip"),
            _blobs(found, "here"),
            is_behind=bool(comparison and comparison["aheadBy"] and not comparison["behindBy"]),
        )

    @translate_malformed("the branch")
    def tip(self, branch: str) -> str:
        """Return the tip of `branch`. Raises DeployError if the branch or repository does not exist."""
        return self._ask(branch, f"refs/heads/{branch}", "", ())[0]

    @translate_malformed("the branch")
    def reach(self, branch: str, commit: str, *, is_pushed: bool = False) -> str:
        """Return the tip of `branch`, in one query. Raises DeployError unless it is `commit` or after it.

        The reason is `wrong-branch` if the commit is not on the branch. A commit that was just pushed to the
        branch may be missing for some seconds, because GitHub's replicas lag: then the query is repeated.
        """
        compared = _Field("ref", commit)
        for pause in (*GITHUB_LAG_PAUSES_SECONDS, None):
            tip, found = self._ask(branch, commit, "", [compared])
            comparison = found[compared] or self._compare(tip, commit)
            if _distance(comparison) is not None:
                return tip
            may_lag = is_pushed and (comparison is None or comparison["behindBy"] == 0)
            if pause is None or not may_lag:
                break
            self._client.wait(pause)
        raise DeployError(
            "wrong-branch",
            f"Commit {commit} is not on the branch {branch}, whose tip is {tip}. Nothing was written.",
            "Merge it first. If another branch is to be deployed, set the input `branch`.",
        )

    @translate_malformed("the order of commits")
    def has(self, older: str, newer: str) -> bool:
        """Return True if `older` is an ancestor of `newer`. Raises GithubError if GitHub lacks one."""
        found = self._compare(older, newer)
        if found is None:
            raise GithubError(
                f"GitHub cannot compare commit {older} with commit {newer}.",
                "Rerun. If it fails again, check that both commits are on the branch.",
                status=HTTPStatus.NOT_FOUND,
            )
        return found["behindBy"] == 0

    @translate_malformed("a commit")
    def committed_at(self, commit: str) -> float:
        """Return the commit's committer date in seconds since 1970."""

        def read(repository: Repository) -> float:
            return repository.get_git_commit(commit).committer.date.timestamp()

        return self._client.request(f"GET git/commits/{commit}", read)

    @translate_malformed("the base of the pull request")
    def merge_base(self, branch: str, commit: str) -> str:
        """Return the newest commit that the branch and the commit have in common."""
        tip = self.tip(branch)

        def read(repository: Repository) -> str:
            return repository.compare(tip, commit, comparison_commits_per_page=1).merge_base_commit.sha

        return self._client.request(f"GET compare/{tip}...{commit}", read)

    @translate_malformed("a file")
    def content(self, commit: str, file: str) -> bytes | None:
        """Return the bytes of a file at a commit, at most 100 MB; None if there is no such file or commit."""

        def read(repository: Repository) -> tuple[str, str, str] | None:
            found = repository.get_contents(file, ref=commit)
            if isinstance(found, list) or found.type != "file":
                return None
            return found.encoding, found.content, found.sha

        try:
            if (found := self._client.request(f"GET contents/{file}", read)) is None:
                return None
            encoding, encoded, blob = found
            if encoding != "base64":
                # GitHub serves files over 1 MB as blobs alone.
                encoded = self._client.request(
                    f"GET git/blobs/{blob}", lambda repository: repository.get_git_blob(blob).content
                )
        except GithubError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return base64.b64decode(encoded)

    def _ask_in_parts(
        self, branch: str, commit: str, tip: str, fields: Sequence[_Field]
    ) -> tuple[str, dict[_Field, Any]]:
        """Same as `_ask`; split a query that exceeds GitHub's limits."""
        try:
            return self._ask(branch, commit, tip, fields)
        except GithubError as error:
            half = len(fields) // 2
            if error.status != TOO_LARGE or not half:
                raise
        tip, first = self._ask_in_parts(branch, commit, tip, fields[:half])
        tip, second = self._ask_in_parts(branch, commit, tip, fields[half:])
        return tip, first | second

    def _ask(
        self, branch: str, commit: str, tip: str, fields: Sequence[_Field]
    ) -> tuple[str, dict[_Field, Any]]:
        """Return the branch's tip (the given one, if known) and the result of each field.

        Files of a commit that GitHub does not have are missing in the results.
        """
        ref = f"refs/heads/{branch}"
        variables = {"ref": ref, "here": commit, "tip": tip or ref}
        variables |= {f"f{index}": field.of for index, field in enumerate(fields)}
        repository = self._client.query(_query(fields), variables)["repository"]
        found = repository["ref"]
        if found is None:
            raise DeployError("wrong-branch", f"Branch {branch!r} not found.", "Fix the input `branch`.")
        results = {
            field: member[f"f{index}"]
            for index, field in enumerate(fields)
            if (member := repository[field.within])
        }
        return tip or found["target"]["oid"], results

    def _compare(self, base: str, head: str) -> dict[str, int] | None:
        """Return REST's comparison with GraphQL's names; None if GitHub lacks a commit."""

        def compare(repository: Repository) -> dict[str, int]:
            found = repository.compare(base, head, comparison_commits_per_page=1)
            return {"aheadBy": int(found.ahead_by), "behindBy": int(found.behind_by)}

        try:
            return self._client.request(f"GET compare/{base}...{head}", compare)
        except GithubError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise


def _query(fields: Sequence[_Field]) -> str:
    """Return the query for the fields. The variable `$f0` is the value of the first."""
    names = ["owner", "name", "ref", "here", "tip", *(f"f{index}" for index in range(len(fields)))]
    selections: dict[str, list[str]] = {"ref": [], "here": [], "tip": []}
    for index, field in enumerate(fields):
        is_file = field.within != "ref"
        selection = (
            "file(path: $f{}) {{ oid mode }}" if is_file else "compare(headRef: $f{}) {{ aheadBy behindBy }}"
        )
        selections[field.within].append(f"f{index}: {selection.format(index)}")
    declared = ", ".join(f"${name}: String!" for name in names)
    return f"""
        query Standing({declared}) {{
          repository(owner: $owner, name: $name) {{
            ref(qualifiedName: $ref) {{ target {{ oid }} {" ".join(selections["ref"])} }}
            here: object(expression: $here) {{ ... on Commit {{ oid {" ".join(selections["here"])} }} }}
            tip: object(expression: $tip) {{ ... on Commit {{ oid {" ".join(selections["tip"])} }} }}
          }}
        }}"""


def _distance(comparison: dict[str, int] | None) -> int | None:
    """Return how many of the branch's commits the other side lacks; None if it is not on the branch."""
    if comparison is None or comparison["aheadBy"] > 0:
        return None
    return comparison["behindBy"]


def _place(
    comparison: dict[str, int] | None, found: Mapping[_Field, Any], file: str, *, is_tip: bool
) -> Place:
    here, at_tip = _Field("here", file), _Field("tip", file)
    if comparison and comparison["aheadBy"] > 0:
        return "off-branch"
    if comparison is None or not {here, at_tip} <= found.keys():
        return "unknown"
    if is_tip:
        return "tip"
    blob = _blob(found[here])
    if not blob:
        return "untracked"
    return "same" if blob == _blob(found[at_tip]) else "moved"


def _blobs(found: Mapping[_Field, Any], within: Literal["here", "tip"]) -> dict[str, str]:
    return {field.of: _blob(entry) for field, entry in found.items() if field.within == within}


def _blob(entry: Mapping[str, Any] | None) -> str:
    """Return the object ID of a regular file; empty for everything else."""
    return str(entry["oid"]) if entry and stat.S_ISREG(entry["mode"]) else ""
