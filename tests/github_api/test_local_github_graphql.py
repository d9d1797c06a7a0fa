"""The local GitHub's GraphQL API, over plain HTTP."""

from __future__ import annotations

import pytest
from local_github import History, LocalGithub


def test_repository_has_branch_and_comparison(local_github: LocalGithub, history: History) -> None:
    answer = local_github.query(
        f"""
        nameWithOwner name defaultBranchRef {{ name prefix }}
        ref(qualifiedName: "refs/heads/main") {{
          name
          target {{ oid }}
          older: compare(headRef: "{history.merge}") {{ status aheadBy behindBy }}
          aside: compare(headRef: "{history.open_head}") {{ status aheadBy behindBy }}
          unknown: compare(headRef: "{"0" * 40}") {{ status }}
        }}
        """
    )

    assert answer == {
        "data": {
            "viewer": {"login": "github-actions[bot]"},
            "repository": {
                "nameWithOwner": "acme/search",
                "name": "search",
                "defaultBranchRef": {"name": "main", "prefix": "refs/heads/"},
                "ref": {
                    "name": "main",
                    "target": {"oid": history.tip},
                    "older": {"status": "BEHIND", "aheadBy": 0, "behindBy": 2},
                    "aside": {"status": "DIVERGED", "aheadBy": 1, "behindBy": 1},
                    "unknown": None,
                },
            },
        }
    }


def test_history_is_limited_to_the_requested_time(local_github: LocalGithub, history: History) -> None:
    def found(*limits: str) -> list[str]:
        asked = ", ".join(("first: 9", *limits))
        commits = f"... on Commit {{ history({asked}) {{ nodes {{ oid }} }} }}"
        answer = local_github.query(f'tip: object(oid: "{history.tip}") {{ {commits} }}')
        return [node["oid"] for node in answer["data"]["repository"]["tip"]["history"]["nodes"]]

    dates = 'since: "{}", until: "{}"'

    assert [history.tip, history.squash] == found()[:2]
    assert [history.first] == found()[-1:]
    assert found()[2:] == found('until: "2026-03-02T10:11:14Z"')
    assert found()[:-1] == found('since: "2026-03-02T11:11:14+01:00"')
    assert [history.first] == found(dates.format("2026-03-02T10:11:13", "2026-03-02T10:11:13"))


def test_repository_id_is_that_of_rest(local_github: LocalGithub) -> None:
    answer = local_github.query("databaseId url")

    assert answer["data"]["repository"]["databaseId"] == local_github.get("")["id"]


def test_objects_are_found_by_expression_and_by_oid(local_github: LocalGithub, history: History) -> None:
    (history.repository.path / "binary.bin").write_bytes(b"\0\1")
    history.repository.commit({}, "Add a binary file")
    history.repository.git("tag", "-a", "v1", "-m", "One")
    tag = history.repository.git("rev-parse", "v1")

    answer = local_github.query(
        f"""
        file: object(expression: "{history.merge}:search/synonyms.txt") {{
          __typename ... on Blob {{ byteSize isBinary isTruncated text }}
        }}
        binary: object(expression: "HEAD:binary.bin") {{ ... on Blob {{ isBinary text }} }}
        folder: object(expression: "main:search") {{ __typename }}
        commit: object(oid: "{history.squash}") {{ oid ... on Commit {{ message committedDate }} }}
        tag: object(oid: "{tag}") {{ __typename oid }}
        tagged: ref(qualifiedName: "refs/tags/v1") {{ name target {{ __typename }} }}
        nothing: object(expression: "main:nothing.txt") {{ oid }}
        noBranch: ref(qualifiedName: "refs/heads/nothing") {{ name }}
        """
    )

    assert answer["data"]["repository"] == {
        "file": {
            "__typename": "Blob",
            "byteSize": 8,
            "isBinary": False,
            "isTruncated": False,
            "text": "a, b, c\n",
        },
        "binary": {"isBinary": True, "text": None},
        "folder": {"__typename": "Tree"},
        "commit": {
            "oid": history.squash,
            "message": "Add d (#8)",
            "committedDate": "2026-03-02T10:11:15Z",
        },
        "tag": {"__typename": "Tag", "oid": tag},
        "tagged": {"name": "v1", "target": {"__typename": "Tag"}},
        "nothing": None,
        "noBranch": None,
    }


def test_commit_has_the_object_at_a_path(local_github: LocalGithub, history: History) -> None:
    git, root = history.repository.git, history.repository.path
    (root / "link.txt").symlink_to("search/synonyms.txt")
    (root / "run.sh").write_text("true\n")
    (root / "run.sh").chmod(0o755)
    history.repository.commit({}, "Add a link and a program")
    git("update-index", "--add", "--cacheinfo", f"160000,{history.first},module")
    git("commit", "--quiet", "-m", "Add a submodule")

    answer = local_github.query(
        """
        object(expression: "main") {
          ... on Commit {
            file: file(path: "search/synonyms.txt") { name path type mode oid }
            program: file(path: "run.sh") { type mode }
            link: file(path: "link.txt") { type mode }
            folder: file(path: "search") { name type mode }
            module: file(path: "module") { type mode oid }
          }
        }
        """
    )

    assert answer["data"]["repository"]["object"] == {
        "file": {
            "name": "synonyms.txt",
            "path": "search/synonyms.txt",
            "type": "blob",
            "mode": 0o100644,
            "oid": git("rev-parse", "HEAD:search/synonyms.txt"),
        },
        "program": {"type": "blob", "mode": 0o100755},
        "link": {"type": "blob", "mode": 0o120000},
        "folder": {"name": "search", "type": "tree", "mode": 0o40000},
        "module": {"type": "commit", "mode": 0o160000, "oid": history.first},
    }


@pytest.mark.parametrize("path", ["nothing.txt", "link/synonyms.txt", "search/", "../x", ""])
def test_missing_path_is_an_error_beside_the_data(
    local_github: LocalGithub, history: History, path: str
) -> None:
    (history.repository.path / "link").symlink_to("search")
    history.repository.commit({}, "Link a folder")

    answer = local_github.query(
        f'object(expression: "main") {{ ... on Commit {{ file(path: "{path}") {{ oid }} }} }}'
    )

    (error,) = answer["errors"]
    assert answer["data"]["repository"]["object"] == {"file": None}
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository", "object", "file"])
    assert error["message"] == f"Could not resolve file for path '{path}'."


def test_commit_has_its_pull_requests(local_github: LocalGithub, history: History) -> None:
    answer = local_github.query(
        f"""
        object(oid: "{history.on_branch}") {{
          ... on Commit {{
            associatedPullRequests(first: 5, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
              totalCount
              nodes {{
                number title url merged mergedAt closed baseRefName headRefName mergeCommit {{ oid }}
              }}
            }}
          }}
        }}
        """
    )

    assert answer["data"]["repository"]["object"]["associatedPullRequests"] == {
        "totalCount": 1,
        "nodes": [
            {
                "number": 7,
                "title": "More synonyms",
                "url": f"{local_github.url}/acme/search/pull/7",
                "merged": True,
                "mergedAt": "2026-03-02T10:11:14Z",
                "closed": True,
                "baseRefName": "main",
                "headRefName": "more-synonyms",
                "mergeCommit": {"oid": history.merge},
            }
        ],
    }


def test_open_pull_request_has_no_merge_commit(local_github: LocalGithub) -> None:
    answer = local_github.query("pullRequest(number: 9) { merged closed mergedAt mergeCommit { oid } }")

    assert answer["data"]["repository"]["pullRequest"] == {
        "merged": False,
        "closed": False,
        "mergedAt": None,
        "mergeCommit": None,
    }


def test_history_of_a_file_has_pages(local_github: LocalGithub, history: History) -> None:
    answer = local_github.query(
        """
        object(expression: "main") {
          ... on Commit {
            one: history(first: 2, path: "search") {
              totalCount nodes { oid } pageInfo { hasNextPage endCursor }
            }
            two: history(first: 2, path: "search", after: "2") { nodes { oid } pageInfo { hasNextPage } }
          }
        }
        """
    )

    assert answer["data"]["repository"]["object"] == {
        "one": {
            "totalCount": 3,
            "nodes": [{"oid": history.squash}, {"oid": history.on_branch}],
            "pageInfo": {"hasNextPage": True, "endCursor": "2"},
        },
        "two": {"nodes": [{"oid": history.first}], "pageInfo": {"hasNextPage": False}},
    }


def test_comment_author_is_named_differently_from_the_viewer(
    local_github: LocalGithub,
) -> None:
    ours = local_github.comment(7, "Ours")
    local_github.comment(7, "Theirs", token="user:github-actions")

    answer = local_github.query(
        """
        pullRequest(number: 7) {
          comments(first: 10) {
            nodes { databaseId fullDatabaseId url body viewerDidAuthor author { __typename login } }
          }
        }
        """
    )
    nodes = answer["data"]["repository"]["pullRequest"]["comments"]["nodes"]

    assert answer["data"]["viewer"] == {"login": "github-actions[bot]"}
    assert nodes[0] == {
        "databaseId": ours["id"],
        "fullDatabaseId": str(ours["id"]),
        "url": ours["html_url"],
        "body": "Ours",
        "viewerDidAuthor": True,
        "author": {"__typename": "Bot", "login": "github-actions"},
    }
    assert nodes[1]["author"] == {"__typename": "User", "login": "github-actions"}
    assert nodes[1]["viewerDidAuthor"] is False


def test_comment_has_creation_and_update_times(local_github: LocalGithub) -> None:
    ours = local_github.comment(7, "Ours")

    answer = local_github.query(
        "pullRequest(number: 7) { comments(first: 1) { nodes { createdAt updatedAt } } }"
    )

    assert answer["data"]["repository"]["pullRequest"]["comments"]["nodes"] == [
        {"createdAt": ours["created_at"], "updatedAt": ours["updated_at"]}
    ]


@pytest.mark.parametrize(
    ("selection", "kind", "message"),
    [
        (
            "pullRequest(number: 99) { number }",
            "NOT_FOUND",
            "Could not resolve to a PullRequest with the number of 99.",
        ),
        (
            "pullRequest(number: 7) { comments { totalCount } }",
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the `comments` connection.",
        ),
        (
            "pullRequest(number: 7) { comments(first: 101) { totalCount } }",
            "EXCESSIVE_PAGINATION",
            "Requesting 101 records on `comments` exceeds the `first` limit of 100 records.",
        ),
        ("nothing", None, "Cannot query field 'nothing' on type 'Repository'."),
        ("{", None, "Syntax Error: Expected Name, found '{'."),
    ],
)
def test_error_has_status_200_and_the_type_of_github(
    local_github: LocalGithub, selection: str, kind: str | None, message: str
) -> None:
    (error,) = local_github.query(selection)["errors"]

    assert (error.get("type"), error["message"]) == (kind, message)


def test_operation_name_comes_from_request_or_query(local_github: LocalGithub) -> None:
    local_github.request("POST", "/graphql", {"query": "query A { viewer { login } }"})
    local_github.request("POST", "/graphql", {"query": "{ viewer { login } }"})
    local_github.request("POST", "/graphql", {"query": "query B { viewer { login } }", "operationName": "B"})
    local_github.request("POST", "/graphql", {"query": "fragment F on User { login }"})

    assert local_github.operations == ["A", "", "B", ""]


def test_query_that_is_not_json_is_400(local_github: LocalGithub) -> None:
    answer = local_github.request("POST", "/graphql", ["query"])

    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")
