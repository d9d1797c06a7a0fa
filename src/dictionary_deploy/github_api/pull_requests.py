"""Query the merged pull requests with a commit's changes, and read the response. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MAX_PULL_REQUESTS = 10

MAX_COMMITS = 50
"""Commits of each file to query, newest first."""

Node = Mapping[str, Any]

_PULL_REQUEST = "number url merged mergedAt baseRefName baseRepository { databaseId }"


def merged_query(files: int, comments: str) -> str:
    """Return the query for the pull requests of `$commit`, and of the commits of so many files.

    `$file0` is the path of the first file, `$since0` its previously deployed commit. `comments` selects
    comments on the pull requests of `$commit`. Those on all others would be too many for one response.
    """
    numbered = [f"{name}{index}" for index in range(files) for name in ("file", "since")]
    declared = ", ".join(f"${name}: String!" for name in ("owner", "name", "commit", *numbered))
    touching = " ".join(
        f"""file{index}: history(first: {MAX_COMMITS}, path: $file{index}) {{
              nodes {{ oid associatedPullRequests(first: 5) {{ nodes {{ {_PULL_REQUEST} }} }} }}
            }}"""
        for index in range(files)
    )
    before = " ".join(
        f"""since{index}: object(expression: $since{index}) {{
              ... on Commit {{ history(first: {MAX_COMMITS}, path: $file{index}) {{ nodes {{ oid }} }} }}
            }}"""
        for index in range(files)
    )
    return f"""
        query PullRequestsOfCommit({declared}{", $after: String" if comments else ""}) {{
          viewer {{ login }}
          repository(owner: $owner, name: $name) {{
            databaseId
            commit: object(expression: $commit) {{
              ... on Commit {{
                associatedPullRequests(first: {MAX_PULL_REQUESTS}) {{
                  nodes {{ {_PULL_REQUEST} {comments} }}
                }}
                {touching}
              }}
            }}
            {before}
          }}
        }}"""


def merged_variables(commit: str, since: Mapping[str, str]) -> dict[str, str]:
    """Return the query's variables. `since` has the previously deployed commit of each file."""
    variables = {"commit": commit}
    for index, (file, earlier) in enumerate(since.items()):
        variables |= {f"file{index}": file, f"since{index}": earlier}
    return variables


def read_merged(repository: Node, files: int, branch: str, *, with_own: bool = True) -> tuple[Node, ...]:
    """Return the pull requests merged into `branch`: the commit's, then the files', newest first.

    Each is returned once, at most ten in total. Only the commit's have comments, and only `with_own` are they
    returned. GitHub also lists pull requests of forks, whose numbers are those of other pull requests here.
    """

    def is_ours(node: Node) -> bool:
        base = node["baseRepository"] or {}
        is_here = base.get("databaseId") == repository["databaseId"]
        return is_here and bool(node["merged"]) and node["baseRefName"] == branch

    # An unknown object is null, and an object that is no commit has no member of the fragment.
    commit = repository["commit"] or {}
    later = [
        pull_request
        for index in range(files)
        for pull_request in _of_file(commit.get(f"file{index}"), repository[f"since{index}"])
        if is_ours(pull_request)
    ]
    later.sort(key=lambda node: str(node["mergedAt"]), reverse=True)
    own = filter(is_ours, _nodes(commit.get("associatedPullRequests") if with_own else None))
    found: dict[int, Node] = {}
    for node in (*own, *later):
        found.setdefault(node["number"], node)
    return tuple(found.values())[:MAX_PULL_REQUESTS]


def _of_file(history: Node | None, since: Node | None) -> Iterator[Node]:
    """Yield the pull requests of the commits in a file's history that its history at `since` lacks.

    Yields none if `since` is not a commit of the repository: the later commits are unknown.
    """
    if not since:
        return
    before = {commit["oid"] for commit in _nodes(since["history"])}
    for commit in _nodes(history):
        if commit["oid"] not in before:
            yield from _nodes(commit["associatedPullRequests"])


def _nodes(connection: Node | None) -> Iterator[Node]:
    """Return the nodes of a connection without null, which is a node that the token may not see."""
    return (node for node in (connection or {"nodes": []})["nodes"] if node)
