"""Where a commit and its files stand on a branch, and what a file says, as GitHub answers."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from dictionary_deploy.errors import GithubError
from dictionary_deploy.model import Place, Standing

if TYPE_CHECKING:
    from dictionary_deploy.github_api.client import GithubClient

MAX_FIELDS = 100
"""Comparisons and objects asked for in one query, so that GitHub has time to answer it."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One thing to ask: how a commit compares with the branch, or a file here or at the branch's tip."""

    kind: Literal["compare", "here", "tip"]
    of: str


class Commits:
    """The commits of the client's repository."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    def standing(self, branch: str, commit: str, files: Sequence[str], others: Sequence[str]) -> Standing:
        """Where `commit`, its `files` and the commits `others` stand on `branch`, in one query.

        More than a hundred things to ask take a query per hundred, all about the same tip. Raises
        GithubError when there is no such branch or repository, or no answer.
        """
        fields = [_Field("compare", sha) for sha in dict.fromkeys([commit, *others])]
        fields += [_Field(kind, file) for file in files for kind in ("here", "tip")]
        tip = ""
        found: dict[_Field, Any] = {}
        for start in range(0, len(fields), MAX_FIELDS):
            asked = fields[start : start + MAX_FIELDS]
            tip, answers = self._ask(branch, commit, tip, asked)
            found.update(zip(asked, answers, strict=True))
        if found[_Field("compare", commit)] is None:
            found[_Field("compare", commit)] = self._compare(tip, commit)
        distances = {field.of: _distance(found[field]) for field in fields if field.kind == "compare"}
        comparison = found[_Field("compare", commit)]
        places: dict[str, Place] = {
            file: _place(comparison, found[_Field("here", file)], found[_Field("tip", file)])
            for file in files
        }
        if commit == tip:
            places = dict.fromkeys(files, "tip")
        return Standing(tip, places, distances)

    def content(self, commit: str, file: str) -> bytes | None:
        """The bytes of a file at a commit, 100 MB at most; None when there is no such file or commit."""
        try:
            found = self._client.request("GET", f"contents/{quote(file)}?ref={quote(commit)}")
            if not isinstance(found, dict) or found["type"] != "file":
                return None
            if found["encoding"] != "base64":
                # GitHub sends the contents of files beyond 1 MB as blobs alone.
                found = self._client.request("GET", f"git/blobs/{found['sha']}")
        except GithubError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return base64.b64decode(found["content"])

    def _ask(self, branch: str, commit: str, tip: str, fields: Sequence[_Field]) -> tuple[str, list[Any]]:
        """The branch's tip (the one given, once it is known) and the answer to each field."""
        ref = f"refs/heads/{branch}"
        revisions = {"here": f"{commit}:", "tip": f"{tip or ref}:", "compare": ""}
        variables = {f"f{index}": revisions[field.kind] + field.of for index, field in enumerate(fields)}
        repository = self._client.query(_query(fields), {"ref": ref, **variables})["repository"]
        found = repository["ref"]
        if found is None:
            raise GithubError(
                f"The repository has no branch {branch!r}.",
                "Correct `branch` in the configuration.",
                status=HTTPStatus.NOT_FOUND,
            )
        sources = [found if field.kind == "compare" else repository for field in fields]
        return tip or found["target"]["oid"], [source[f"f{index}"] for index, source in enumerate(sources)]

    def _compare(self, base: str, head: str) -> dict[str, int] | None:
        """REST's comparison, in GraphQL's words; None when REST does not know either."""
        try:
            found = self._client.request("GET", f"compare/{base}...{quote(head)}?per_page=1")
        except GithubError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return {"aheadBy": found["ahead_by"], "behindBy": found["behind_by"]}


def _query(fields: Sequence[_Field]) -> str:
    """The text that asks for the fields, the variable `$f0` being the value of the first."""
    names = ["owner", "name", "ref", *(f"f{index}" for index in range(len(fields)))]
    declared = ", ".join(f"${name}: String!" for name in names)
    within_ref, within_repository = [], []
    for index, field in enumerate(fields):
        if field.kind == "compare":
            within_ref.append(f"f{index}: compare(headRef: $f{index}) {{ aheadBy behindBy }}")
        else:
            within_repository.append(f"f{index}: object(expression: $f{index}) {{ oid }}")
    return f"""
        query Standing({declared}) {{
          repository(owner: $owner, name: $name) {{
            ref(qualifiedName: $ref) {{ target {{ oid }} {" ".join(within_ref)} }}
            {" ".join(within_repository)}
          }}
        }}"""


def _distance(comparison: dict[str, int] | None) -> int | None:
    """How many of the branch's commits the other side lacks; None when it is not on the branch."""
    if comparison is None or comparison["aheadBy"] > 0:
        return None
    return comparison["behindBy"]


def _place(
    comparison: dict[str, int] | None,
    here: dict[str, str] | None,
    at_tip: dict[str, str] | None,
) -> Place:
    if comparison is None:
        return "unknown"
    if comparison["aheadBy"] > 0:
        return "off-branch"
    if here is None:
        return "untracked"
    return "same" if here == at_tip else "moved"
