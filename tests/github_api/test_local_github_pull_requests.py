"""Pull requests that are opened at the local GitHub, over plain HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from local_github import History, LocalGithub

PULLS = "/repos/acme/search/pulls"


def open_pull_request(github: LocalGithub, head: str = "proposal", base: str = "main") -> Any:
    """Return the response to the request that opens a pull request."""
    sent = {"title": "Propose f", "head": head, "base": base}
    return github.request("POST", PULLS, sent).json()


def state_of(github: LocalGithub, number: int) -> tuple[str, str | None]:
    """Return the state of the pull request and its merge commit."""
    found = github.get(f"/pulls/{number}")
    return found["state"], found["merge_commit_sha"]


@pytest.fixture
def opened(local_github: LocalGithub, history: History) -> int:
    """Open a pull request from the branch `new`, with two commits; return its number."""
    history.repository.git("switch", "--quiet", "--create", "new", "main")
    history.repository.commit({"search/synonyms.txt": "a, b, c, d, f\n"}, "Add f")
    history.repository.commit({"search/synonyms.txt": "a, b, c, d, f, g\n"}, "Add g")
    history.repository.git("switch", "--quiet", "main")
    return int(open_pull_request(local_github, "new")["number"])


def test_opened_pull_request_follows_its_branch(
    local_github: LocalGithub, history: History, opened: int
) -> None:
    first = local_github.get(f"/pulls/{opened}")
    history.repository.git("switch", "--quiet", "new")
    head = history.repository.commit({"search/synonyms.txt": "a, b, c, d, h\n"}, "Add h")

    assert (10, "open", history.tip, 2) == (
        first["number"],  # after 7, 8 and 9
        first["state"],
        first["base"]["sha"],
        first["commits"],
    )
    assert {"title": "Propose f", "commits": 3}.items() <= local_github.get(f"/pulls/{opened}").items()
    assert head == local_github.get(f"/pulls/{opened}")["head"]["sha"]


@pytest.mark.parametrize(
    ("head", "base", "error"),
    [
        ("new", "main", {"message": "A pull request already exists for acme:new."}),
        ("acme:new", "main", {"message": "A pull request already exists for acme:new."}),
        ("more-synonyms", "main", {"message": "No commits between main and more-synonyms"}),
        ("missing", "main", {"code": "invalid", "field": "head"}),
        ("new", "missing", {"code": "invalid", "field": "base"}),
        ("", "main", {"code": "missing_field", "field": "head"}),
    ],
)
@pytest.mark.usefixtures("opened")
def test_pull_request_that_github_rejects_is_not_opened(
    local_github: LocalGithub, head: str, base: str, error: dict[str, str]
) -> None:
    answer = open_pull_request(local_github, head, base)

    assert "Validation Failed" == answer["message"]
    assert error.items() <= answer["errors"][0].items()


def test_pull_requests_are_found_by_their_branch(local_github: LocalGithub, opened: int) -> None:
    assert [opened] == [each["number"] for each in local_github.get("/pulls?head=acme:new")]
    assert [] == local_github.get("/pulls?head=acme:newer")


def test_merge_commit_without_its_number_merges_it(
    local_github: LocalGithub, history: History, opened: int
) -> None:
    history.repository.commit({"README.md": "More\n"}, "Move on")
    history.repository.git("merge", "--quiet", "--no-ff", "--message", "Merge new", "new")
    merge = history.repository.head
    history.repository.commit({"README.md": "Even more\n"}, "Move on")

    assert ("closed", merge) == state_of(local_github, opened)
    for commit in (merge, f"{merge}^2", f"{merge}^2^"):
        sha = history.repository.git("rev-parse", commit)
        assert [opened] == [each["number"] for each in local_github.get(f"/commits/{sha}/pulls")]
    assert [] == local_github.get(f"/commits/{history.repository.head}/pulls")


def test_fast_forward_merges_it_with_all_its_commits(
    local_github: LocalGithub, history: History, opened: int
) -> None:
    history.repository.git("merge", "--quiet", "--ff-only", "new")

    assert ("closed", history.repository.head) == state_of(local_github, opened)
    first = history.repository.git("rev-parse", "HEAD^")
    assert [opened] == [each["number"] for each in local_github.get(f"/commits/{first}/pulls")]
    assert [] == local_github.get(f"/commits/{history.tip}/pulls")


def test_branch_that_was_reset_to_its_base_is_not_merged(
    local_github: LocalGithub, history: History, opened: int
) -> None:
    history.repository.git("branch", "--force", "new", "main")

    assert ("open", None) == state_of(local_github, opened)


def test_squash_is_a_merge_once_it_is_named(local_github: LocalGithub, history: History, opened: int) -> None:
    squash = history.repository.commit({"search/synonyms.txt": "a, b, c, d, f, g\n"}, "Add f and g")
    before = state_of(local_github, opened)
    sent = {"number": opened, "commit": squash}

    assert 204 == local_github.request("POST", "/_sandbox/merges", sent).status_code

    assert (("open", None), ("closed", squash)) == (before, state_of(local_github, opened))
    assert [opened] == [each["number"] for each in local_github.get(f"/commits/{squash}/pulls")]


def test_squash_message_with_the_number_merges_it(
    local_github: LocalGithub, history: History, opened: int
) -> None:
    squash = history.repository.commit({"a.txt": "a\n"}, f"Add f and g (#{opened})")

    assert ("closed", squash) == state_of(local_github, opened)


def test_merged_pull_request_stays_merged(local_github: LocalGithub, history: History, opened: int) -> None:
    history.repository.git("merge", "--quiet", "--ff-only", "new")
    merged = state_of(local_github, opened)
    history.repository.git("switch", "--quiet", "new")
    history.repository.commit({"search/synonyms.txt": "a, b, c, d, h\n"}, "Add h")

    assert merged == state_of(local_github, opened)
    assert opened + 1 == open_pull_request(local_github, "new")["number"]


@pytest.mark.parametrize("sent", [{"number": 99, "commit": "main"}, {"number": 9, "commit": "missing"}])
def test_merge_of_what_does_not_exist_is_not_found(local_github: LocalGithub, sent: dict[str, Any]) -> None:
    assert 404 == local_github.request("POST", "/_sandbox/merges", sent).status_code


def test_comments_of_all_pull_requests_are_listed(local_github: LocalGithub, opened: int) -> None:
    local_github.comment(7, "first")
    local_github.comment(opened, "second")

    listed = [(each["issue_url"], each["body"]) for each in local_github.get("/issues/comments")]
    issues = f"{local_github.url}/repos/acme/search/issues"
    assert [(f"{issues}/7", "first"), (f"{issues}/{opened}", "second")] == listed
