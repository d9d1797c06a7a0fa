"""The pull requests that go live with a commit, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from local_github import Clock, History, LocalGithub

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.client import GithubClient
from dictionary_deploy.github_api.comments import Comments, PullRequest

MARKER = "<!-- dictionary-deploy: x -->"
SYNONYMS = "search/synonyms.txt"
STOPWORDS = "search/stopwords.txt"


@pytest.fixture
def comments(client: GithubClient) -> Comments:
    return Comments(client)


def numbers(found: tuple[PullRequest, ...]) -> list[int]:
    return [pull_request.number for pull_request in found]


def squashed(history: History, number: int, file: str) -> str:
    """Squash pull request `number`, which changes the file, into the branch that is checked out."""
    return history.repository.commit({file: f"word-{number}\n"}, f"Change (#{number})")


def test_own_pull_request_is_first_then_the_newest_by_file(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    commit = squashed(history, 20, "README.md")

    found = comments.merged_by(commit, "main", {SYNONYMS: history.first})

    assert numbers(found) == [20, 8, 7]
    assert found[1] == PullRequest(8, f"{local_github.url}/acme/search/pull/8", merged=True)


def test_pull_request_with_several_commits_is_found_once(comments: Comments, history: History) -> None:
    both = {SYNONYMS: "x, y\n", STOPWORDS: "an\n"}
    commit = history.repository.commit(both, "Change both (#20)")

    found = comments.merged_by(commit, "main", {SYNONYMS: history.first, STOPWORDS: history.first})

    assert numbers(found) == [20, 8, 7]


def test_newest_pull_requests_are_first_across_files(comments: Comments, history: History) -> None:
    squashed(history, 30, STOPWORDS)
    squashed(history, 20, SYNONYMS)
    squashed(history, 25, STOPWORDS)
    tip = history.repository.commit({"README.md": "More\n"}, "Document")

    found = comments.merged_by(tip, "main", {STOPWORDS: history.merge, SYNONYMS: history.merge})

    assert numbers(found) == [25, 20, 30, 8]


@pytest.mark.parametrize("since", ["squash", "tip", "open_head"])
def test_pull_requests_in_the_earlier_commit_are_skipped(
    comments: Comments, history: History, since: str
) -> None:
    assert comments.merged_by(history.tip, "main", {SYNONYMS: getattr(history, since)}) == ()
    assert numbers(comments.merged_by(history.tip, "main", {SYNONYMS: history.merge})) == [8]


def test_pull_requests_of_other_files_are_skipped(comments: Comments, history: History) -> None:
    squashed(history, 20, STOPWORDS)
    tip = history.repository.commit({"README.md": "More\n"}, "Document")

    assert numbers(comments.merged_by(tip, "main", {SYNONYMS: history.first})) == [8, 7]


def test_later_merges_and_other_branches_are_skipped(comments: Comments, history: History) -> None:
    assert comments.merged_by(history.first, "main", {SYNONYMS: history.first}) == ()
    assert numbers(comments.merged_by(history.merge, "main", {SYNONYMS: history.first})) == [7]
    assert comments.merged_by(history.tip, "release", {SYNONYMS: history.first}) == ()


def test_pull_request_with_old_commits_merged_later_is_found(comments: Comments, history: History) -> None:
    git = history.repository.git
    git("switch", "--quiet", "--create", "slow")
    history.repository.commit({SYNONYMS: "x, y\na, b, c, d\n"}, "Add x at the top")
    git("switch", "--quiet", "main")
    earlier = squashed(history, 20, STOPWORDS)
    history.repository.merge_branch("slow", 21, "Slow")
    tip = history.repository.commit({"README.md": "More\n"}, "Document")

    assert numbers(comments.merged_by(tip, "main", {SYNONYMS: earlier})) == [21]


def test_earlier_commit_off_the_branch_skips_shared_commits(comments: Comments, history: History) -> None:
    commit = squashed(history, 20, SYNONYMS)
    tip = history.repository.commit({"README.md": "More\n"}, "Document")

    assert numbers(comments.merged_by(tip, "main", {SYNONYMS: history.open_head})) == [20]
    assert numbers(comments.merged_by(commit, "main", {SYNONYMS: history.open_head})) == [20]


def test_new_file_finds_all_of_its_pull_requests(comments: Comments, history: History) -> None:
    squashed(history, 20, "search/words.txt")
    squashed(history, 21, "search/words.txt")
    tip = history.repository.commit({"README.md": "More\n"}, "Document")

    assert numbers(comments.merged_by(tip, "main", {"search/words.txt": history.tip})) == [21, 20]


@pytest.mark.parametrize("since", ["0" * 40, "0" * 64, "main:search"])
def test_file_without_an_earlier_commit_has_no_pull_requests(
    comments: Comments, history: History, since: str
) -> None:
    squashed(history, 20, STOPWORDS)
    commit = squashed(history, 21, SYNONYMS)

    found = comments.merged_by(commit, "main", {SYNONYMS: since, STOPWORDS: history.first})

    assert numbers(found) == [21, 20]


@pytest.mark.parametrize("commit", ["0" * 40, "main:search"])
def test_unknown_commit_has_no_pull_requests(comments: Comments, history: History, commit: str) -> None:
    assert comments.merged_by(commit, "main", {SYNONYMS: history.first}) == ()


def test_at_most_ten_are_returned_own_and_newest(comments: Comments, history: History) -> None:
    for number in range(20, 30):
        squashed(history, number, STOPWORDS)
        squashed(history, number + 20, SYNONYMS)
    commit = squashed(history, 19, "README.md")

    found = comments.merged_by(commit, "main", {STOPWORDS: history.first, SYNONYMS: history.first})

    assert numbers(found) == [19, 49, 29, 48, 28, 47, 27, 46, 26, 45]


def test_many_files_take_one_request(comments: Comments, history: History, local_github: LocalGithub) -> None:
    since = {f"search/{number}.txt": history.first for number in range(30)}

    found = comments.merged_by(history.merge, "main", {SYNONYMS: history.first, **since})

    assert numbers(found) == [7]
    assert local_github.operations == ["PullRequestsOfCommit"]


def test_pull_requests_since_a_commit_leave_out_those_of_other_files(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    squashed(history, 20, "README.md")

    assert numbers(comments.merged_since("main", {SYNONYMS: history.first})) == [8, 7]
    assert numbers(comments.merged_since("main", {SYNONYMS: history.merge})) == [8]
    assert comments.merged_since("main", {SYNONYMS: history.squash}) == ()
    assert local_github.operations == ["PullRequestsOfCommit"] * 3


def test_comments_are_returned_only_for_the_own_pull_request(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    for number in (7, 8):
        local_github.comment(number, f"{MARKER}\n{number}")
    local_github.forget()

    found = comments.merged_by(history.squash, "main", {SYNONYMS: history.first})
    bodies = [comment.body for each in found for comment in comments.find(each.number, MARKER)]

    assert bodies == [f"{MARKER}\n8", f"{MARKER}\n7"]
    assert local_github.operations == ["PullRequestsOfCommit", "PullRequest"]


def test_pull_requests_hidden_from_the_token_are_skipped(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    page = {"nodes": [None], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    pull = {
        "number": 7,
        "url": "x",
        "merged": True,
        "mergedAt": "2026-01-01T00:00:00Z",
        "baseRefName": "main",
        "baseRepository": {"databaseId": 1},
    }
    hidden = {**pull, "number": 9, "baseRepository": None}
    touching: list[Any] = [None, {"oid": "1", "associatedPullRequests": None}]
    touching.append({"oid": "2", "associatedPullRequests": {"nodes": [None, hidden, {**pull, "number": 8}]}})
    commit = {"associatedPullRequests": {"nodes": [None, {**pull, "comments": page}]}}
    repository = {
        "databaseId": 1,
        "commit": {**commit, "file0": {"nodes": touching}},
        "since0": {"history": {"nodes": [None]}},
    }
    data = {"viewer": {"login": "github-actions[bot]"}, "repository": repository}
    local_github.plan("POST", "/graphql", 200, body={"data": data})

    found = comments.merged_by(history.tip, "main", {SYNONYMS: history.first})

    assert numbers(found) == [7, 8]
    assert comments.find(7, MARKER) == ()


def test_own_pull_request_is_found_when_the_file_query_fails(
    comments: Comments, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    too_long = {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}
    local_github.plan("POST", "/graphql", 200, body=too_long, times=4)

    found = comments.merged_by(history.squash, "main", {SYNONYMS: history.first})

    assert numbers(found) == [8]
    assert clock.pauses == [1.0, 2.0, 4.0]


def test_missing_response_is_an_error(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    local_github.plan("POST", "/graphql", 502, times=8)

    with pytest.raises(GithubError, match="responded with 502"):
        comments.merged_by(history.squash, "main", {SYNONYMS: history.first})


def test_pull_requests_of_forks_are_ignored(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    """A fork merged its own pull request 7 into a branch of the same name, and ours merged that branch."""
    git = history.repository.git
    git("switch", "--quiet", "--create", "idea", history.first)
    history.repository.commit({STOPWORDS: "x\n"}, "Add x")
    git("switch", "--quiet", "--create", "main-of-fork", history.first)
    theirs = history.repository.merge_branch("idea", 7, "Add x")
    git("update-ref", "refs/forks/mallory/search/main", theirs)
    git("switch", "--quiet", "main")
    ours = history.repository.merge_branch("main-of-fork", 20, "Add x")
    git("branch", "--quiet", "-D", "main-of-fork", "idea")
    nodes = "associatedPullRequests(first: 9) { nodes { number baseRepository { nameWithOwner } } }"
    listed = local_github.query(f'object(expression: "{theirs}") {{ ... on Commit {{ {nodes} }} }}')
    pulls = listed["data"]["repository"]["object"]["associatedPullRequests"]["nodes"]

    by_rest = local_github.get(f"/commits/{theirs}/pulls")

    found = comments.merged_by(ours, "main", {STOPWORDS: history.first})

    assert [(7, "mallory/search"), (20, "acme/search")] == sorted(
        (pull["number"], pull["base"]["repo"]["full_name"]) for pull in by_rest
    )
    assert [(7, "mallory/search"), (20, "acme/search")] == [
        (node["number"], node["baseRepository"]["nameWithOwner"])
        for node in sorted(pulls, key=lambda node: node["number"])
    ]
    assert numbers(found) == [20]
    assert () == comments.merged_by(theirs, "release", {})
    assert numbers(comments.merged_by(theirs, "main", {})) == [20]
