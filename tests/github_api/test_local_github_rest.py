"""The local GitHub's REST API, over plain HTTP."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from local_github import History, LocalGithub

from sandbox.github.app import create_app
from sandbox.repository import Repository
from sandbox.server import serve

REPOSITORY = "/repos/acme/search"


def test_repository_has_name_id_and_default_branch(local_github: LocalGithub) -> None:
    found = local_github.get("")

    assert (found["full_name"], found["default_branch"]) == ("acme/search", "main")
    assert found["id"] == local_github.get("")["id"]


def test_default_branch_is_the_head_of_origin(history: History, tmp_path: Path) -> None:
    history.repository.git("branch", "stable", history.first)
    history.repository.git("switch", "--quiet", "stable")
    history.repository.git("clone", "--quiet", str(history.repository.path), str(tmp_path / "clone"))

    with serve(create_app(tmp_path / "clone")) as url:
        assert LocalGithub(url).get("")["default_branch"] == "stable"


def test_branch_of_origin_alone_is_a_branch(history: History, tmp_path: Path) -> None:
    history.repository.git("clone", "--quiet", str(history.repository.path), str(tmp_path / "clone"))

    with serve(create_app(tmp_path / "clone")) as url:
        github = LocalGithub(url)

        assert github.get("/branches/proposal")["commit"]["sha"] == history.open_head
        assert github.get("/commits/proposal")["sha"] == history.open_head


def test_default_branch_without_origin_is_the_checked_out_one(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", "--initial-branch=trunk")
    repository.commit({"a.txt": "a\n"}, "Begin")

    with serve(create_app(tmp_path)) as url:
        assert LocalGithub(url).get("")["default_branch"] == "trunk"


def test_branch_has_its_commit(local_github: LocalGithub, history: History) -> None:
    assert local_github.get("/branches/main")["commit"]["sha"] == history.tip
    assert local_github.get("/git/ref/heads/main")["object"] == {
        "type": "commit",
        "sha": history.tip,
        "url": f"{local_github.url}{REPOSITORY}/git/commits/{history.tip}",
    }


def test_branches_are_listed(local_github: LocalGithub) -> None:
    assert [branch["name"] for branch in local_github.get("/branches")] == [
        "main",
        "more-synonyms",
        "proposal",
    ]


def test_moved_branch_shows_at_once(local_github: LocalGithub, history: History) -> None:
    before = local_github.get("/branches/main")["commit"]["sha"]
    moved = history.repository.commit({"README.md": "More\n"}, "Move on")

    assert before == history.tip
    assert local_github.get("/branches/main")["commit"]["sha"] == moved


def test_commit_has_parents_and_date(local_github: LocalGithub, history: History) -> None:
    found = local_github.get(f"/commits/{history.squash}")

    assert found["parents"][0]["sha"] == history.merge
    assert found["commit"]["message"] == "Add d (#8)"
    assert found["commit"]["author"] == {
        "name": "Mona Lisa",
        "email": "monalisa@users.noreply.github.com",
        "date": "2026-03-02T10:11:15Z",
    }
    assert local_github.get(f"/git/commits/{history.squash}")["tree"] == found["commit"]["tree"]


def test_commits_of_a_file_are_newest_first(local_github: LocalGithub, history: History) -> None:
    listed = local_github.get("/commits?path=search/synonyms.txt&sha=main")

    assert [commit["sha"] for commit in listed] == [history.squash, history.on_branch, history.first]


@pytest.mark.parametrize(
    ("base", "head", "status", "ahead_by", "behind_by"),
    [
        ("main", "main", "identical", 0, 0),
        ("main", "more-synonyms", "behind", 0, 3),
        ("more-synonyms", "main", "ahead", 3, 0),
        ("main", "proposal", "diverged", 1, 1),
    ],
)
def test_comparison_depends_on_the_order_of_commits(
    local_github: LocalGithub, base: str, head: str, status: str, ahead_by: int, behind_by: int
) -> None:
    found = local_github.get(f"/compare/{base}...{head}")

    assert (status, ahead_by, behind_by) == (found["status"], found["ahead_by"], found["behind_by"])


def test_comparison_lists_files_changed_since_the_merge_base(
    local_github: LocalGithub, history: History
) -> None:
    history.repository.git("mv", "README.md", "ABOUT.md")
    history.repository.git("rm", "--quiet", "search/stopwords.txt")
    history.repository.commit({"new.txt": "new\n"}, "Tidy")

    found = local_github.get(f"/compare/{history.tip}...main")

    assert found["merge_base_commit"]["sha"] == history.tip
    assert {file["filename"]: file["status"] for file in found["files"]} == {
        "ABOUT.md": "renamed",
        "new.txt": "added",
        "search/stopwords.txt": "removed",
    }
    assert [file["previous_filename"] for file in found["files"] if "previous_filename" in file] == [
        "README.md"
    ]


def test_unrelated_commits_cannot_be_compared(local_github: LocalGithub, history: History) -> None:
    history.repository.git("switch", "--quiet", "--orphan", "other")
    history.repository.commit({"a.txt": "a\n"}, "Begin again")

    answer = local_github.request("GET", f"{REPOSITORY}/compare/main...other")

    assert answer.status_code == 404
    assert answer.json()["message"] == "No common ancestor between main and other."


def test_recursive_tree_lists_all_files(local_github: LocalGithub) -> None:
    flat = local_github.get("/git/trees/main")["tree"]
    deep = local_github.get("/git/trees/main?recursive=1")

    assert [entry["path"] for entry in flat] == ["README.md", "search"]
    assert [entry["path"] for entry in deep["tree"]] == [
        "README.md",
        "search",
        "search/stopwords.txt",
        "search/synonyms.txt",
    ]
    assert deep["truncated"] is False


def test_file_is_read_at_a_ref_and_as_a_blob(local_github: LocalGithub, history: History) -> None:
    file = local_github.get(f"/contents/search/synonyms.txt?ref={history.merge}")
    blob = local_github.get(f"/git/blobs/{file['sha']}")

    assert base64.b64decode(file["content"]) == b"a, b, c\n"
    assert base64.b64decode(blob["content"]) == b"a, b, c\n"


def test_folder_lists_its_files(local_github: LocalGithub) -> None:
    listed = local_github.get("/contents/search")

    assert [(entry["path"], entry["type"]) for entry in listed] == [
        ("search/stopwords.txt", "file"),
        ("search/synonyms.txt", "file"),
    ]


def test_file_above_1_mb_has_no_content(local_github: LocalGithub, history: History) -> None:
    history.repository.commit({"large.txt": "a" * (1024 * 1024 + 1)}, "Grow")

    found = local_github.get("/contents/large.txt")

    assert (found["encoding"], found["content"], found["size"]) == ("none", "", 1024 * 1024 + 1)


def test_merge_commit_is_a_merged_pull_request(local_github: LocalGithub, history: History) -> None:
    found = local_github.get("/pulls/7")

    assert (found["title"], found["merged"], found["state"]) == ("More synonyms", True, "closed")
    assert (found["base"]["ref"], found["head"]["ref"]) == ("main", "more-synonyms")
    assert (found["merge_commit_sha"], found["head"]["sha"]) == (history.merge, history.on_branch)
    assert found["merged_at"] == "2026-03-02T10:11:14Z"


def test_squash_commit_is_a_merged_pull_request(local_github: LocalGithub, history: History) -> None:
    found = local_github.get("/pulls/8")

    assert (found["title"], found["merged"], found["merge_commit_sha"]) == ("Add d", True, history.squash)


def test_pull_request_into_another_branch_has_that_base(local_github: LocalGithub, history: History) -> None:
    history.repository.git("switch", "--quiet", "--create", "release")
    history.repository.commit({"backport.txt": "x\n"}, "Backport (#12)")

    assert local_github.get("/pulls/12")["base"]["ref"] == "release"
    assert local_github.get("/pulls/7")["base"]["ref"] == "main"


def test_pull_requests_are_listed_by_state(local_github: LocalGithub) -> None:
    assert [pull["number"] for pull in local_github.get("/pulls")] == [9]
    assert [pull["number"] for pull in local_github.get("/pulls?state=closed&base=main")] == [8, 7]
    assert [pull["number"] for pull in local_github.get("/pulls?state=all")] == [9, 8, 7]


def test_commits_and_merge_of_a_pull_request_find_it(local_github: LocalGithub, history: History) -> None:
    numbers = {
        commit: [pull["number"] for pull in local_github.get(f"/commits/{commit}/pulls")]
        for commit in (history.first, history.on_branch, history.merge, history.squash, history.open_head)
    }

    assert numbers == {
        history.first: [],
        history.on_branch: [7],
        history.merge: [7],
        history.squash: [8],
        history.open_head: [9],
    }


def test_comment_is_created_read_updated_and_deleted(local_github: LocalGithub) -> None:
    written = local_github.comment(7, "Hello")
    path = f"/issues/comments/{written['id']}"

    assert written["user"]["login"] == "github-actions[bot]"
    assert written["html_url"] == f"{local_github.url}/acme/search/pull/7#issuecomment-{written['id']}"
    changed = local_github.request("PATCH", REPOSITORY + path, {"body": "Goodbye"})
    assert (changed.status_code, local_github.get(path)["body"]) == (200, "Goodbye")
    assert local_github.request("DELETE", REPOSITORY + path).status_code == 204
    assert local_github.bodies(7) == []
    assert local_github.request("DELETE", REPOSITORY + path).status_code == 404


def test_comment_of_a_user_token_has_that_user(local_github: LocalGithub) -> None:
    written = local_github.comment(7, "Hello", token="user:ada")

    assert (written["user"]["login"], written["user"]["type"]) == ("ada", "User")


def test_comments_have_linked_pages(local_github: LocalGithub) -> None:
    for number in range(5):
        local_github.comment(7, f"Comment {number}")
    path = f"{REPOSITORY}/issues/7/comments?per_page=2"

    first = local_github.request("GET", path)
    last = local_github.request("GET", f"{path}&page=3")

    assert [comment["body"] for comment in first.json()] == ["Comment 0", "Comment 1"]
    assert first.links["next"]["url"] == f"{local_github.url}{path}&page=2"
    assert first.links["last"]["url"] == f"{local_github.url}{path}&page=3"
    assert [comment["body"] for comment in last.json()] == ["Comment 4"]
    assert set(last.links) == {"prev", "first"}


def test_concurrent_comments_are_all_stored(local_github: LocalGithub) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda number: local_github.comment(7, f"{number}")["id"], range(24)))

    assert len(set(ids)) == 24
    assert sorted(int(body) for body in local_github.bodies(7)) == list(range(24))


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "Requires authentication"),
        ("Basic eDp5", "Requires authentication"),
        ("token expired", "Bad credentials"),
    ],
)
def test_request_without_a_valid_token_is_401(
    local_github: LocalGithub, authorization: str | None, message: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    for method, path in (("GET", REPOSITORY), ("POST", "/graphql")):
        answer = requests.request(method, local_github.url + path, headers=headers, json={}, timeout=10)

        assert (answer.status_code, answer.json()["message"]) == (401, message)


def test_read_only_token_reads_and_gets_403_on_writes(local_github: LocalGithub) -> None:
    comment = local_github.comment(7, "Hello")
    writes = [
        ("POST", "/issues/7/comments"),
        ("PATCH", f"/issues/comments/{comment['id']}"),
        ("DELETE", f"/issues/comments/{comment['id']}"),
    ]

    answers = [
        local_github.request(method, REPOSITORY + path, {"body": "x"}, "read-only") for method, path in writes
    ]

    assert {(answer.status_code, answer.json()["message"]) for answer in answers} == {
        (403, "Resource not accessible by integration")
    }
    assert local_github.request("GET", f"{REPOSITORY}/issues/7/comments", token="read-only").ok


def test_user_of_a_token_is_returned_except_for_action_tokens(local_github: LocalGithub) -> None:
    refused = local_github.request("GET", "/user", token="ghs_test")

    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
    assert local_github.request("GET", "/user", token="user:ada").json()["login"] == "ada"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        (f"{REPOSITORY}/nothing", 404, "Not Found"),
        (f"{REPOSITORY}/branches/nothing", 404, "Branch not found"),
        (f"{REPOSITORY}/git/ref/heads/nothing", 404, "Not Found"),
        (f"{REPOSITORY}/git/trees/nothing", 404, "Not Found"),
        (f"{REPOSITORY}/git/blobs/nothing", 404, "Not Found"),
        (f"{REPOSITORY}/commits/nothing", 422, "No commit found for SHA: nothing"),
        (f"{REPOSITORY}/commits/nothing/pulls", 422, "No commit found for SHA: nothing"),
        (f"{REPOSITORY}/commits?sha=nothing", 404, "Not Found"),
        (f"{REPOSITORY}/commits/%0A", 422, "No commit found for SHA: \n"),
        (f"{REPOSITORY}/compare/main...nothing", 404, "Not Found"),
        (f"{REPOSITORY}/compare/main", 404, "Not Found"),
        (f"{REPOSITORY}/contents/nothing.txt", 404, "Not Found"),
        (f"{REPOSITORY}/contents/README.md?ref=nothing", 404, "No commit found for the ref nothing"),
        (f"{REPOSITORY}/pulls/99", 404, "Not Found"),
        (f"{REPOSITORY}/issues/99/comments", 404, "Not Found"),
        (f"{REPOSITORY}/issues/comments/1", 404, "Not Found"),
        ("/nothing", 404, "Not Found"),
        ("/graphql", 404, "Not Found"),
    ],
)
def test_missing_resources_have_the_errors_of_github(
    local_github: LocalGithub, path: str, status: int, message: str
) -> None:
    answer = local_github.request("GET", path)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_comment_above_65536_characters_is_422(local_github: LocalGithub) -> None:
    path = f"{REPOSITORY}/issues/7/comments"
    created = local_github.request("POST", path, {"body": "é" * 65_536})
    comment = f"{REPOSITORY}/issues/comments/{created.json()['id']}"

    too_long = {"body": "e" * 65_537}
    refused = [local_github.request("POST", path, too_long), local_github.request("PATCH", comment, too_long)]

    assert created.status_code == 201
    assert [answer.status_code for answer in refused] == [422, 422]
    assert [answer.json()["message"] for answer in refused] == ["Validation Failed"] * 2
    assert [answer.json()["errors"][0]["message"] for answer in refused] == [
        "Body is too long (maximum is 65536 characters)",
        "body is too long (maximum is 65536 characters)",
    ]


@pytest.mark.parametrize("body", [{}, {"body": " "}, {"body": 1}])
def test_comment_without_a_body_is_422(local_github: LocalGithub, body: dict[str, object]) -> None:
    answer = local_github.request("POST", f"{REPOSITORY}/issues/7/comments", body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "missing_field")


def test_body_that_is_not_json_is_400(local_github: LocalGithub) -> None:
    answer = local_github.request("POST", f"{REPOSITORY}/issues/7/comments", ["body"])

    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


def test_api_is_also_at_the_enterprise_server_path(local_github: LocalGithub) -> None:
    found = local_github.request("GET", f"/api/v3{REPOSITORY}").json()
    query = {"query": "{ viewer { login } }"}

    assert found["full_name"] == "acme/search"
    assert local_github.request("POST", "/api/graphql", query).json() == {
        "data": {"viewer": {"login": "github-actions[bot]"}}
    }


def test_rate_limit_is_that_of_an_action(local_github: LocalGithub) -> None:
    assert local_github.request("GET", "/rate_limit").json()["rate"]["limit"] == 1000


def test_requests_are_listed_by_route_until_cleared(local_github: LocalGithub) -> None:
    local_github.get("/issues/7/comments?page=1")
    local_github.query("databaseId")

    assert local_github.request("GET", "/_sandbox/requests").json() == [
        {
            "method": "GET",
            "path": f"{REPOSITORY}/issues/7/comments?page=1",
            "operation": "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        },
        {"method": "POST", "path": "/graphql", "operation": "Test"},
    ]
    local_github.forget()
    assert local_github.operations == []


def test_planned_response_replaces_the_next_matching_requests(local_github: LocalGithub) -> None:
    local_github.plan(
        "GET", r"/pulls/\d+$", 429, headers={"retry-after": "1"}, body={"message": "Slow down"}, times=2
    )

    statuses = [local_github.request("GET", f"{REPOSITORY}/pulls/7") for _ in range(3)]

    assert [answer.status_code for answer in statuses] == [429, 429, 200]
    assert (statuses[0].headers["retry-after"], statuses[0].json()) == ("1", {"message": "Slow down"})


def test_response_can_be_planned_for_one_operation(local_github: LocalGithub) -> None:
    local_github.plan("POST", "/graphql", 502, operation="^Planned$")
    queries = [
        {"query": f"query {name} {{ viewer {{ login }} }}"} for name in ("Other", "Planned", "Planned")
    ]

    answers = [local_github.request("POST", "/graphql", query) for query in queries]

    assert [answer.status_code for answer in answers] == [200, 502, 200]


def test_response_planned_for_after_lets_the_request_take_effect(local_github: LocalGithub) -> None:
    local_github.plan("POST", "comments", 502, body="<html>", after=True)

    answer = local_github.request("POST", f"{REPOSITORY}/issues/7/comments", {"body": "Hello"})

    assert (answer.status_code, answer.text) == (502, "<html>")
    assert local_github.bodies(7) == ["Hello"]


def test_planned_responses_can_be_cleared(local_github: LocalGithub) -> None:
    local_github.plan("GET", "/user", 500)
    local_github.request("DELETE", "/_sandbox/answers")

    assert local_github.request("GET", "/user", token="user:ada").status_code == 200


def test_tag_has_its_commit(local_github: LocalGithub, history: History) -> None:
    history.repository.git("tag", "-a", "v1", history.squash, "-m", "One")

    assert local_github.get("/commits/v1")["sha"] == history.squash
    assert local_github.get("/git/ref/tags/v1")["object"]["type"] == "tag"


def test_tree_is_found_by_its_sha(local_github: LocalGithub) -> None:
    (folder,) = [entry for entry in local_github.get("/git/trees/main")["tree"] if entry["type"] == "tree"]

    listed = local_github.get(f"/git/trees/{folder['sha']}")["tree"]

    assert [entry["path"] for entry in listed] == ["stopwords.txt", "synonyms.txt"]


def test_file_is_sent_raw_when_accepted(local_github: LocalGithub) -> None:
    url = f"{local_github.url}{REPOSITORY}/contents/README.md"
    headers = {"Authorization": "token ghs_test", "Accept": "application/vnd.github.raw+json"}

    assert requests.get(url, headers=headers, timeout=10).content == b"Dictionaries\n"


def test_only_the_head_ref_creates_a_pull_request(local_github: LocalGithub, history: History) -> None:
    history.repository.git("update-ref", "refs/pull/10/merge", history.open_head)

    assert [pull["number"] for pull in local_github.get("/pulls")] == [9]


def test_deleted_comment_cannot_be_updated(local_github: LocalGithub) -> None:
    answer = local_github.request("PATCH", f"{REPOSITORY}/issues/comments/1", {"body": "x"})

    assert answer.status_code == 404
