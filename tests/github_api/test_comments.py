"""Our comments on pull requests, over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from local_github import Clock, ConnectClient, History, LocalGithub

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.client import GithubClient
from dictionary_deploy.github_api.comments import Comment, Comments, PullRequest

Render = Callable[[int], str]
MARKER = "<!-- dictionary-deploy: x -->"
POST = "/repos/{owner}/{repo}/issues/{issue_number}/comments"


@pytest.fixture
def comments(client: GithubClient) -> Comments:
    return Comments(client)


def text(report: str) -> str:
    return f"{MARKER}\n{report}"


def always(report: str, limits: list[int] | None = None) -> Render:
    """Renders the report and records the limits."""

    def render(limit: int) -> str:
        if limits is not None:
            limits.append(limit)
        return text(report)

    return render


def test_merged_pull_requests_of_a_commit_are_found(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    url = f"{local_github.url}/acme/search/pull"

    assert comments.merged_by(history.merge, "main", {}) == (PullRequest(7, f"{url}/7", merged=True),)
    assert comments.merged_by(history.on_branch, "main", {}) == (PullRequest(7, f"{url}/7", merged=True),)
    assert comments.merged_by(history.squash, "main", {}) == (PullRequest(8, f"{url}/8", merged=True),)


def test_open_or_other_branch_pull_requests_are_skipped(comments: Comments, history: History) -> None:
    assert comments.merged_by(history.open_head, "main", {}) == ()
    assert comments.merged_by(history.merge, "release", {}) == ()


def test_commit_without_pull_requests_returns_an_empty_list(comments: Comments, history: History) -> None:
    tree = history.repository.git("rev-parse", "main:search")

    assert comments.merged_by(history.first, "main", {}) == ()
    assert comments.merged_by("0" * 40, "main", {}) == ()
    assert comments.merged_by(tree, "main", {}) == ()


def test_run_without_changes_takes_one_request(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    (found,) = comments.merged_by(history.merge, "main", {})

    assert comments.find(found.number, MARKER) == ()
    assert local_github.operations == ["PullRequestsOfCommit"]


def test_pull_request_is_found_by_number_with_comments(comments: Comments, local_github: LocalGithub) -> None:
    local_github.comment(9, text("Plan"))
    local_github.forget()

    found = comments.pull_request(9)

    assert found == PullRequest(9, f"{local_github.url}/acme/search/pull/9", merged=False)
    assert [comment.body for comment in comments.find(9, MARKER)] == [text("Plan")]
    assert local_github.operations == ["PullRequest"]


def test_missing_pull_request_is_an_error_with_a_remedy(comments: Comments) -> None:
    with pytest.raises(GithubError, match="Pull request 99 not found") as raised:
        comments.pull_request(99)

    assert raised.value.status == 404
    assert "`pull-request`" in raised.value.remedy


def test_only_our_comments_that_start_with_the_marker_are_found(
    comments: Comments, local_github: LocalGithub
) -> None:
    ours = local_github.comment(7, text("Ours"))
    local_github.comment(7, f"> {text('Quoted')}")
    local_github.comment(7, "<!-- dictionary-deploy: y -->")
    local_github.comment(8, text("Elsewhere"))
    local_github.comment(7, text("Another user's"), token="user:ada")
    local_github.comment(7, text("A user who is called like us"), token="user:github-actions")

    assert comments.find(7, MARKER) == (Comment(ours["html_url"], text("Ours")),)


def test_user_token_finds_comments_of_that_user(connect: ConnectClient, local_github: LocalGithub) -> None:
    local_github.comment(7, text("The bot's"))
    local_github.comment(7, text("Ada's"), token="user:ada")

    found = Comments(connect("user:ada")).find(7, MARKER)

    assert [comment.body for comment in found] == [text("Ada's")]


def test_comment_of_a_deleted_author_is_not_ours(comments: Comments, local_github: LocalGithub) -> None:
    node = {"url": "https://github.com/acme/search/pull/7#issuecomment-1", "body": text("x"), "author": None}
    page = {"nodes": [node], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    pull = {"number": 7, "url": "x", "merged": True, "comments": page}
    data = {"viewer": {"login": "github-actions[bot]"}, "repository": {"pullRequest": pull}}
    local_github.plan("POST", "/graphql", 200, body={"data": data})

    assert comments.find(7, MARKER) == ()


def test_all_pages_of_comments_are_searched(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    first = local_github.comment(7, text("First"))
    for number in range(200):
        local_github.comment(7, f"Talk {number}")
    last = local_github.comment(7, text("Last"))
    local_github.forget()

    comments.merged_by(history.merge, "main", {})
    found = comments.find(7, MARKER)

    assert [comment.id for comment in found] == [first["id"], last["id"]]
    assert local_github.operations == ["PullRequestsOfCommit", "PullRequest", "PullRequest"]


def test_comment_id_is_the_last_part_of_its_url() -> None:
    comment = Comment("https://github.example/acme/7/pull/12#issuecomment-3123456789", "x")

    assert comment.id == 3_123_456_789


def test_first_report_is_posted(comments: Comments, local_github: LocalGithub) -> None:
    limits: list[int] = []

    url = comments.publish(7, MARKER, always("One", limits))

    assert local_github.bodies(7) == [text("One")]
    assert [url] == [comment["html_url"] for comment in local_github.get("/issues/7/comments")]
    assert limits == [65_536]


def test_later_report_replaces_the_first(comments: Comments, local_github: LocalGithub) -> None:
    local_github.comment(7, text("Another user's"), token="user:ada")

    first = comments.publish(7, MARKER, always("One"))
    second = comments.publish(7, MARKER, always("Two"))

    assert first == second
    assert local_github.bodies(7) == [text("Another user's"), text("Two")]


def test_unchanged_report_is_not_updated(comments: Comments, local_github: LocalGithub) -> None:
    first = comments.publish(7, MARKER, always("One"))
    local_github.forget()

    assert comments.publish(7, MARKER, always("One")) == first
    assert local_github.operations == ["PullRequest"]


def test_comment_is_searched_again_before_posting(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    comments.merged_by(history.merge, "main", {})
    local_github.comment(7, text("Of another run"))

    comments.publish(7, MARKER, always("One"))

    assert local_github.bodies(7) == [text("One")]


def test_comment_deleted_since_the_search_is_posted_again(
    comments: Comments, local_github: LocalGithub
) -> None:
    local_github.comment(7, text("One"))

    def render(_: int) -> str:
        (found,) = local_github.get("/issues/7/comments")
        local_github.request("DELETE", f"/repos/acme/search/issues/comments/{found['id']}")
        return text("Two")

    url = comments.publish(7, MARKER, render)

    assert local_github.bodies(7) == [text("Two")]
    assert [url] == [comment["html_url"] for comment in local_github.get("/issues/7/comments")]


def test_comment_without_update_permission_is_an_error(comments: Comments, local_github: LocalGithub) -> None:
    local_github.comment(7, text("One"))
    local_github.plan("PATCH", "comments", 403, body={"message": "Resource not accessible by integration"})

    with pytest.raises(GithubError, match="responded with 403"):
        comments.publish(7, MARKER, always("Two"))

    assert local_github.bodies(7) == [text("One")]


def test_oldest_comment_is_kept_and_duplicates_are_deleted(
    comments: Comments, local_github: LocalGithub
) -> None:
    oldest = local_github.comment(7, text("One"))
    local_github.comment(7, text("Two"))
    local_github.comment(7, text("Three"))

    url = comments.publish(7, MARKER, always("Four"))

    assert url == oldest["html_url"]
    assert local_github.bodies(7) == [text("Four")]


def test_undeletable_duplicate_is_kept(comments: Comments, local_github: LocalGithub) -> None:
    oldest = local_github.comment(7, text("One"))
    local_github.comment(7, text("Two"))
    local_github.plan("DELETE", "comments", 403, body={"message": "Resource not accessible by integration"})

    assert comments.publish(7, MARKER, always("Three")) == oldest["html_url"]
    assert local_github.bodies(7) == [text("Three"), text("Two")]


@pytest.mark.parametrize("before", [[], ["One"]])
def test_overlong_report_is_rendered_shorter(
    comments: Comments, local_github: LocalGithub, before: list[str]
) -> None:
    for report in before:
        local_github.comment(7, text(report))
    limits: list[int] = []

    def render(limit: int) -> str:
        limits.append(limit)
        return MARKER + "x" * limit

    comments.publish(7, MARKER, render)

    assert limits == [65_536, 32_768]
    assert local_github.bodies(7) == [MARKER + "x" * 32_768]


def test_report_that_stays_overlong_is_an_error(comments: Comments, local_github: LocalGithub) -> None:
    limits: list[int] = []

    with pytest.raises(GithubError, match="Body is too long"):
        comments.publish(7, MARKER, always("x" * 65_536, limits))

    assert limits == [65_536, 32_768, 16_384]
    assert local_github.bodies(7) == []


def test_post_with_a_lost_response_is_not_repeated(comments: Comments, local_github: LocalGithub) -> None:
    local_github.plan("POST", "issues", 502, after=True)

    url = comments.publish(7, MARKER, always("One"))

    assert local_github.bodies(7) == [text("One")]
    assert [url] == [comment["html_url"] for comment in local_github.get("/issues/7/comments")]
    assert local_github.operations[:3] == ["PullRequest", POST, "PullRequest"]


def test_post_without_effect_is_sent_once_more(
    comments: Comments, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("POST", "issues", 502)

    comments.publish(7, MARKER, always("One"))

    assert local_github.bodies(7) == [text("One")]
    assert clock.pauses == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("body", [{"surprise": ["of another shape"]}, ["html_url"]])
def test_malformed_post_response_counts_as_missing(
    comments: Comments, local_github: LocalGithub, body: object, *, after: bool
) -> None:
    local_github.plan("POST", "issues", 201, body=body, after=after)

    url = comments.publish(7, MARKER, always("One"))

    assert local_github.bodies(7) == [text("One")]
    assert [url] == [comment["html_url"] for comment in local_github.get("/issues/7/comments")]


def test_malformed_update_response_is_an_error(comments: Comments, local_github: LocalGithub) -> None:
    comments.publish(7, MARKER, always("One"))
    local_github.plan("PATCH", "issues", 200, body={})

    with pytest.raises(GithubError, match="No response from GitHub to PATCH"):
        comments.publish(7, MARKER, always("Two"))


def test_second_post_without_effect_is_an_error(comments: Comments, local_github: LocalGithub) -> None:
    local_github.plan("POST", "issues", 502, times=2)

    with pytest.raises(GithubError, match="responded with 502"):
        comments.publish(7, MARKER, always("One"))

    assert local_github.bodies(7) == []


def test_token_without_comment_permission_error_names_it(connect: ConnectClient) -> None:
    with pytest.raises(GithubError, match="Resource not accessible by integration") as raised:
        Comments(connect("read-only")).publish(7, MARKER, always("One"))

    assert "pull-requests: write" in raised.value.remedy


# ---------------------------------------------------------------- several runs at once


def test_later_of_two_concurrent_runs_updates_the_comment(
    connect: ConnectClient, history: History, local_github: LocalGithub
) -> None:
    first, second = Comments(connect()), Comments(connect())
    for run in (first, second):
        run.merged_by(history.merge, "main", {})  # neither sees a comment

    urls = {first.publish(7, MARKER, always("One")), second.publish(7, MARKER, always("Two"))}

    assert local_github.bodies(7) == [text("Two")]
    assert urls == {comment["html_url"] for comment in local_github.get("/issues/7/comments")}


def test_run_keeps_its_comment_if_the_older_one_cannot_be_changed(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    comments.merged_by(history.merge, "main", {})
    local_github.comment(7, text("Of another run"))
    local_github.plan("PATCH", "comments", 403, body={"message": "Resource not accessible by integration"})

    url = comments.publish(7, MARKER, always("One"))

    assert local_github.bodies(7) == [text("Of another run"), text("One")]
    assert url == local_github.get("/issues/7/comments")[1]["html_url"]


def test_first_report_of_a_run_takes_two_more_requests(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    comments.merged_by(history.merge, "main", {})

    comments.publish(7, MARKER, always("One"))

    assert local_github.operations == ["PullRequestsOfCommit", POST, "PullRequest"]


def limit_rate(local_github: LocalGithub, method: str) -> None:
    local_github.plan(method, "comments", 403, headers={"retry-after": "60"}, body={"message": "Slow down"})


def test_comment_of_another_run_during_a_rate_limit_is_updated(
    comments: Comments, local_github: LocalGithub, clock: Clock
) -> None:
    limit_rate(local_github, "POST")
    clock.during = lambda: local_github.comment(7, text("Of another run"))

    comments.publish(7, MARKER, always("One"))

    assert local_github.operations.count(POST) == 2  # the rejected one, and that of the other run
    assert local_github.bodies(7) == [text("One")]


def merge_and_report(history: History, local_github: LocalGithub) -> None:
    """Pull request 9 is merged, and its deploy writes its report."""
    history.repository.merge_branch("proposal", 9, "Propose e")
    ours = local_github.get("/issues/9/comments")
    if ours:
        sent = {"body": text("Deployed")}
        local_github.request("PATCH", f"/repos/acme/search/issues/comments/{ours[0]['id']}", sent)
    else:
        local_github.comment(9, text("Deployed"))


@pytest.mark.parametrize("before", [[], ["An earlier plan"]], ids=["POST", "PATCH"])
def test_plan_after_a_rate_limit_keeps_the_report_of_the_deploy(
    comments: Comments, history: History, local_github: LocalGithub, clock: Clock, before: list[str]
) -> None:
    for report in before:
        local_github.comment(9, text(report))
    limit_rate(local_github, "PATCH" if before else "POST")
    clock.during = lambda: merge_and_report(history, local_github)

    url = comments.publish(9, MARKER, always("Plan"), unless_merged=True)

    assert ("", [60.0]) == (url, clock.pauses)
    assert local_github.bodies(9) == [text("Deployed")]


def test_plan_of_a_pull_request_merged_since_its_read_is_not_posted(
    comments: Comments, history: History, local_github: LocalGithub
) -> None:
    comments.pull_request(9)
    merge_and_report(history, local_github)

    assert "" == comments.publish(9, MARKER, always("Plan"), unless_merged=True)
    assert local_github.bodies(9) == [text("Deployed")]


def test_report_that_a_deploy_wrote_into_the_plan_just_posted_is_kept(
    comments: Comments, history: History, local_github: LocalGithub, clock: Clock
) -> None:
    """The plan posts. A rate limit delays its second read of the comments until the deploy has reported."""
    limit = {"headers": {"retry-after": "60"}, "body": {"message": "Slow down"}}
    local_github.plan("POST", "graphql", 403, skip=1, **limit)
    clock.during = lambda: merge_and_report(history, local_github)

    comments.publish(9, MARKER, always("Plan"), unless_merged=True)

    assert [60.0] == clock.pauses
    assert local_github.bodies(9) == [text("Deployed")]
