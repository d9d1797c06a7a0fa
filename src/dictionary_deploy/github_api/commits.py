"""Where a commit and its files stand on a branch, and what a file says, as GitHub answers."""

from __future__ import annotations

import base64
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.response import understanding
from dictionary_deploy.model import Place, Standing, Succession

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.github_api.client import GithubClient

MAX_FIELDS = 100
"""Comparisons, files and pasts asked for in one query, so that GitHub has time to answer it."""
LAST_COMMITS = 20
"""Of a past so many are asked for: a commit is most often deployed before twenty others are made."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One thing to ask: how a commit compares with the branch, a file here or at its tip, a commit's past."""

    within: Literal["ref", "here", "tip", "past"]
    """The member of the query's `repository` that has the answer; each past is a member of its own."""
    of: str
    until: str = ""
    """Of a past: its end, in GitHub's form."""


class Commits:
    """The commits of the client's repository."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    @understanding("the branch")
    def standing(
        self,
        branch: str,
        commit: str,
        files: Sequence[str],
        others: Sequence[str],
        successions: Sequence[Succession] = (),
    ) -> Standing:
        """Where `commit`, its `files` and the commits `others` stand on `branch`, in one query.

        A file that is a link counts as untracked: what git has of it stays the same when the file it
        leads to changes. A succession is known by the commits of the later one's past that were there when
        the earlier one was deployed, the last of which are asked for. More than a hundred things to ask
        take a query per hundred, all about the same tip. Raises GithubError when there is no such branch or
        repository, or no answer.
        """
        pasts = {each: _Field("past", each.later, _timestamp(each.deployed_at)) for each in successions}
        fields = [_Field("ref", sha) for sha in dict.fromkeys([commit, *others])]
        fields += [_Field(within, file) for file in files for within in ("here", "tip")]
        fields += pasts.values()
        tip = ""
        found: dict[_Field, Any] = {}
        for start in range(0, len(fields), MAX_FIELDS):
            asked = fields[start : start + MAX_FIELDS]
            tip, answers = self._ask(branch, commit, tip, asked)
            found |= answers
        if found[_Field("ref", commit)] is None:
            found[_Field("ref", commit)] = self._compare(tip, commit)
        distances = {field.of: _distance(found[field]) for field in fields if field.within == "ref"}
        comparison = found[_Field("ref", commit)]
        places = {file: _place(comparison, found, file) for file in files}
        if commit == tip:
            places = dict.fromkeys(files, "tip")
        known = (each for each, past in pasts.items() if _has(found[past], each.earlier))
        return Standing(tip, places, distances, frozenset((each.earlier, each.later) for each in known))

    @understanding("the order of commits")
    def has(self, older: str, newer: str) -> bool:
        """Whether `newer` has `older` in its past. Raises GithubError when GitHub does not know both."""
        found = self._compare(older, newer)
        if found is None:
            raise GithubError(
                f"GitHub cannot compare {older} with {newer}.",
                "Rerun; when it happens again, see that both commits are on the branch.",
                status=HTTPStatus.NOT_FOUND,
            )
        return found["behindBy"] == 0

    @understanding("a file")
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

    def _ask(
        self, branch: str, commit: str, tip: str, fields: Sequence[_Field]
    ) -> tuple[str, dict[_Field, Any]]:
        """The branch's tip (the one given, once it is known) and the answer to each field.

        The files of a commit that GitHub does not know are left out of the answers.
        """
        ref = f"refs/heads/{branch}"
        variables = {"ref": ref, "here": commit, "tip": tip or ref}
        variables |= {f"f{index}": field.of for index, field in enumerate(fields)}
        variables |= {f"u{index}": field.until for index, field in enumerate(fields) if field.until}
        repository = self._client.query(_query(fields), variables)["repository"]
        found = repository["ref"]
        if found is None:
            raise GithubError(
                f"The repository has no branch {branch!r}.",
                "Correct `branch` in the configuration.",
                status=HTTPStatus.NOT_FOUND,
            )
        members = ((repository if field.within == "past" else repository[field.within]) for field in fields)
        answers = {
            field: member[f"f{index}"]
            for index, (field, member) in enumerate(zip(fields, members, strict=True))
            if member
        }
        return tip or found["target"]["oid"], answers

    def _compare(self, base: str, head: str) -> dict[str, int] | None:
        """Return REST's comparison in the words of GraphQL; None if GitHub lacks a commit."""

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
    """The text that asks for the fields, the variable `$f0` being the value of the first."""
    names = ["owner", "name", "ref", "here", "tip", *(f"f{index}" for index in range(len(fields)))]
    types = dict.fromkeys(names, "String!")
    asked: dict[str, list[str]] = {"ref": [], "here": [], "tip": [], "past": []}
    for index, field in enumerate(fields):
        if field.within == "ref":
            question = f"compare(headRef: $f{index}) {{ aheadBy behindBy }}"
        elif field.within == "past":
            end = f", until: $u{index}" if field.until else ""
            history = f"history(first: {LAST_COMMITS}{end}) {{ nodes {{ oid }} }}"
            question = f"object(expression: $f{index}) {{ ... on Commit {{ {history} }} }}"
        else:
            question = f"file(path: $f{index}) {{ oid mode }}"
        if field.until:
            types[f"u{index}"] = "GitTimestamp!"
        asked[field.within].append(f"f{index}: {question}")
    declared = ", ".join(f"${name}: {kind}" for name, kind in types.items())
    return f"""
        query Standing({declared}) {{
          repository(owner: $owner, name: $name) {{
            ref(qualifiedName: $ref) {{ target {{ oid }} {" ".join(asked["ref"])} }}
            here: object(expression: $here) {{ ... on Commit {{ oid {" ".join(asked["here"])} }} }}
            tip: object(expression: $tip) {{ ... on Commit {{ oid {" ".join(asked["tip"])} }} }}
            {" ".join(asked["past"])}
          }}
        }}"""


def _timestamp(moment: str) -> str:
    """As GitHub's GitTimestamp has it, in whole seconds; empty where none is known."""
    return f"{moment[:19]}Z" if moment else ""


def _has(past: Mapping[str, Any] | None, commit: str) -> bool:
    """Whether the commit is among those of a past; without an answer that is not known."""
    return any(node["oid"] == commit for node in past["history"]["nodes"]) if past else False


def _distance(comparison: dict[str, int] | None) -> int | None:
    """How many of the branch's commits the other side lacks; None when it is not on the branch."""
    if comparison is None or comparison["aheadBy"] > 0:
        return None
    return comparison["behindBy"]


def _place(comparison: dict[str, int] | None, found: Mapping[_Field, Any], file: str) -> Place:
    if comparison is None:
        return "unknown"
    if comparison["aheadBy"] > 0:
        return "off-branch"
    here, at_tip = _Field("here", file), _Field("tip", file)
    if not {here, at_tip} <= found.keys():
        return "unknown"
    blob = _blob(found[here])
    if blob is None:
        return "untracked"
    return "same" if blob == _blob(found[at_tip]) else "moved"


def _blob(entry: Mapping[str, Any] | None) -> str | None:
    """The object ID of a file; None for a link, a folder, a submodule, and where there is nothing."""
    return str(entry["oid"]) if entry and stat.S_ISREG(entry["mode"]) else None
