"""By which merged pull requests a commit's changes came: what to ask GitHub, what its answer says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_PULL_REQUESTS = 10

MOST_COMMITS = 50
"""Of each file, newest first: how many are asked for. A pull request has one at least, mostly more."""

Node = Mapping[str, Any]

_PULL_REQUEST = "number url merged mergedAt baseRefName"


def merged_query(files: int, comments: str) -> str:
    """The text that asks for the pull requests of `$commit`, and for those of so many files' commits.

    Of the first file, `$file0` is the path and `$since0` the commit that it was deployed from before.
    `comments` selects what is wanted of the comments on the pull requests of `$commit`: of the other
    ones' it would be too much for one answer.
    """
    numbered = [f"{name}{index}" for index in range(files) for name in ("file", "since")]
    declared = ", ".join(f"${name}: String!" for name in ("owner", "name", "commit", *numbered))
    touching = " ".join(
        f"""file{index}: history(first: {MOST_COMMITS}, path: $file{index}) {{
              nodes {{ oid associatedPullRequests(first: 5) {{ nodes {{ {_PULL_REQUEST} }} }} }}
            }}"""
        for index in range(files)
    )
    before = " ".join(
        f"""since{index}: object(expression: $since{index}) {{
              ... on Commit {{ history(first: {MOST_COMMITS}, path: $file{index}) {{ nodes {{ oid }} }} }}
            }}"""
        for index in range(files)
    )
    return f"""
        query PullRequestsOfCommit({declared}, $after: String) {{
          viewer {{ login }}
          repository(owner: $owner, name: $name) {{
            commit: object(expression: $commit) {{
              ... on Commit {{
                associatedPullRequests(first: {MOST_PULL_REQUESTS}) {{
                  nodes {{ {_PULL_REQUEST} {comments} }}
                }}
                {touching}
              }}
            }}
            {before}
          }}
        }}"""


def merged_variables(commit: str, since: Mapping[str, str]) -> dict[str, str]:
    """The query's variables; `since` has the earlier commit of each file."""
    variables = {"commit": commit}
    for index, (file, earlier) in enumerate(since.items()):
        variables |= {f"file{index}": file, f"since{index}": earlier}
    return variables


def read_merged(repository: Node, files: int, branch: str) -> tuple[Node, ...]:
    """The pull requests merged into `branch`: the commit's, then those of the files, newest first.

    Each once, ten at most; only the commit's own have comments.
    """
    # What GitHub does not know is null, and what is no commit has no member of the fragment.
    commit = repository["commit"] or {}
    later = [
        pull_request
        for index in range(files)
        for pull_request in _of_file(commit.get(f"file{index}"), repository[f"since{index}"])
        if _is_merged_into(pull_request, branch)
    ]
    later.sort(key=lambda node: str(node["mergedAt"]), reverse=True)
    own = (node for node in _nodes(commit.get("associatedPullRequests")) if _is_merged_into(node, branch))
    found: dict[int, Node] = {}
    for node in (*own, *later):
        found.setdefault(node["number"], node)
    return tuple(found.values())[:MOST_PULL_REQUESTS]


def _of_file(history: Node | None, since: Node | None) -> Iterator[Node]:
    """The pull requests of the commits in a file's history that its history at `since` does not have.

    None when `since` is no commit, or none that GitHub knows: nobody can say which came later.
    """
    if not since:
        return
    before = {commit["oid"] for commit in _nodes(since["history"])}
    for commit in _nodes(history):
        if commit["oid"] not in before:
            yield from _nodes(commit["associatedPullRequests"])


def _nodes(connection: Node | None) -> Iterator[Node]:
    """Those of a connection that are there: what the token may not see is null."""
    return (node for node in (connection or {"nodes": []})["nodes"] if node)


def _is_merged_into(pull_request: Node, branch: str) -> bool:
    return bool(pull_request["merged"]) and pull_request["baseRefName"] == branch
