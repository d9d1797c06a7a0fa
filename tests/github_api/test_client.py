"""Our client of GitHub's API, over HTTP."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from github.IssueComment import IssueComment
from local_github import Clock, ConnectClient, History, LocalGithub

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.client import GithubClient

QUERY = """
query Name($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { nameWithOwner }
}"""
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
"""1,700,000,000 seconds after 1970."""
NAME = {"repository": {"nameWithOwner": "acme/search"}}
COMMENTS = "issues/7/comments"


def tip(client: GithubClient) -> str:
    return client.request("GET branches/main", lambda repository: repository.get_branch("main").commit.sha)


def post(client: GithubClient) -> IssueComment:
    return client.request(
        f"POST {COMMENTS}",
        lambda repository: repository.get_issue(7).create_comment("Hello"),
        repeatable=False,
    )


def test_query_names_the_repository_of_the_client(client: GithubClient) -> None:
    assert client.query(QUERY, {}) == NAME


def test_request_names_the_repository_of_the_client(client: GithubClient, history: History) -> None:
    assert tip(client) == history.tip


def test_empty_response_returns_none(client: GithubClient) -> None:
    comment = post(client)

    assert client.request("DELETE a comment", lambda _: comment.delete()) is None


def test_enterprise_server_urls_are_used(connect: ConnectClient, local_github: LocalGithub) -> None:
    url = local_github.url
    client = connect(api_url=f"{url}/api/v3", graphql_url=f"{url}/api/graphql")

    assert client.query(QUERY, {}) == NAME
    tip(client)

    paths = [seen["path"] for seen in local_github.request("GET", "/_sandbox/requests").json()]
    assert paths == ["/api/graphql", "/api/v3/repos/acme/search/branches/main"]


@pytest.mark.parametrize("status", [202, 500, 502, 503])
def test_reads_are_retried_three_times_after_server_errors(
    client: GithubClient, local_github: LocalGithub, history: History, clock: Clock, status: int
) -> None:
    local_github.plan("GET", "branches", status, times=3)

    assert tip(client) == history.tip
    assert clock.pauses == [1.0, 2.0, 4.0]


def test_reads_fail_after_the_fourth_error(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("GET", "branches", 502, body="<html>Bad gateway</html>", times=4)

    with pytest.raises(GithubError) as raised:
        tip(client)

    assert raised.value.status == 502
    assert raised.value.message == "GitHub responded with 502 to GET branches/main."
    assert clock.pauses == [1.0, 2.0, 4.0]


def test_sign_in_page_of_a_proxy_is_named_after_the_retries(
    client: GithubClient, local_github: LocalGithub
) -> None:
    local_github.plan("GET", "branches", 200, body="<html>Sign in</html>", times=4)

    with pytest.raises(GithubError, match="the server responded without JSON") as raised:
        tip(client)

    assert "HTTPS_PROXY" in raised.value.remedy


def test_queries_are_retried_despite_post(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("POST", "/graphql", 502)
    local_github.plan("POST", "/graphql", 200, body="{cut off")
    timeout = {"message": "Something went wrong while executing your query."}
    local_github.plan("POST", "/graphql", 200, body={"data": None, "errors": [timeout]})

    assert client.query(QUERY, {}) == NAME
    assert clock.pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_patch_and_delete_are_retried(
    client: GithubClient, local_github: LocalGithub, clock: Clock, verb: str
) -> None:
    comment = post(client)
    local_github.plan(verb, "comments", 500)

    client.request(verb, lambda _: comment.edit("Goodbye") if verb == "PATCH" else comment.delete())

    assert clock.pauses == [1.0]
    assert local_github.bodies(7) == (["Goodbye"] if verb == "PATCH" else [])


def test_post_is_not_retried_after_an_unclear_response(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("POST", COMMENTS, 502, after=True)

    with pytest.raises(GithubError) as raised:
        post(client)

    assert raised.value.status == 502
    assert local_github.bodies(7) == ["Hello"]
    assert clock.pauses == []


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (429, {"retry-after": "3"}, 3.0),
        (403, {"retry-after": "5"}, 5.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030", "date": DATE}, 30.0),
        (429, {}, 60.0),
    ],
)
def test_post_waits_for_a_rate_limit(
    client: GithubClient,
    local_github: LocalGithub,
    clock: Clock,
    status: int,
    headers: dict[str, str],
    pause: float,
) -> None:
    local_github.plan("POST", COMMENTS, status, headers=headers)

    post(client)

    assert clock.pauses == [pause]
    assert local_github.bodies(7) == ["Hello"]


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_query_with_a_rate_limit_in_its_body_is_retried(
    client: GithubClient, local_github: LocalGithub, clock: Clock, kind: str
) -> None:
    limited = {"errors": [{"type": kind, "message": "API rate limit exceeded"}]}
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000010", "date": DATE}
    local_github.plan("POST", "/graphql", 200, body=limited, headers=headers)

    assert client.query(QUERY, {}) == NAME
    assert clock.pauses == [10.0]


def test_secondary_limit_with_status_200_is_waited_for(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    limited = {"message": "You have exceeded a secondary rate limit.", "documentation_url": "https://x"}
    local_github.plan("POST", "/graphql", 200, body=limited, headers={"retry-after": "7"})

    assert client.query(QUERY, {}) == NAME
    assert clock.pauses == [7.0]


def test_rate_limit_ends_by_githubs_clock_and_not_the_machines(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    clock.seconds += 3600
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030", "date": DATE}
    local_github.plan("GET", "branches", 403, headers=headers)

    tip(client)

    assert clock.pauses == [30.0]


def test_rate_limit_that_does_not_end_costs_few_requests(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("GET", "branches", 429, headers={"retry-after": "1"}, times=99)

    with pytest.raises(GithubError) as raised:
        tip(client)

    assert clock.pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
    assert raised.value.retry_after == 128.0


def test_wait_of_an_hour_is_not_started(
    client: GithubClient, local_github: LocalGithub, clock: Clock
) -> None:
    local_github.plan("GET", "branches", 403, headers={"retry-after": "3600"}, body={"message": "Slow down"})

    with pytest.raises(
        GithubError, match=r"responded with 403 .*: Slow down\. Rerun the job later\."
    ) as raised:
        tip(client)

    assert clock.pauses == []
    assert raised.value.retry_after == 3600.0


@pytest.mark.parametrize("kind", ["TIMEOUT", "SERVICE_UNAVAILABLE", "INTERNAL"])
def test_query_that_failed_at_github_is_repeated(
    client: GithubClient, local_github: LocalGithub, clock: Clock, kind: str
) -> None:
    failed = {"data": {"repository": None}, "errors": [{"type": kind, "message": "Try again"}]}
    local_github.plan("POST", "/graphql", 200, body=failed)

    assert client.query(QUERY, {}) == NAME
    assert clock.pauses == [1.0]


def test_invalid_token_is_401(connect: ConnectClient) -> None:
    with pytest.raises(GithubError, match="Bad credentials") as raised:
        connect("expired").query(QUERY, {})

    assert raised.value.status == 401


def test_write_without_permission_is_403_and_names_it(connect: ConnectClient) -> None:
    with pytest.raises(GithubError, match="Resource not accessible by integration") as raised:
        post(connect("read-only"))

    assert raised.value.status == 403
    assert "pull-requests: write" in raised.value.remedy


def test_query_without_permission_is_403(client: GithubClient, local_github: LocalGithub) -> None:
    error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
    local_github.plan("POST", "/graphql", 200, body={"data": {"repository": {}}, "errors": [error]})

    with pytest.raises(GithubError, match="Resource not accessible by integration") as raised:
        client.query(QUERY, {})

    assert raised.value.status == 403


def test_hidden_repository_is_404(client: GithubClient, local_github: LocalGithub) -> None:
    error = {"type": "NOT_FOUND", "message": "Could not resolve to a Repository with the name 'acme/search'."}
    local_github.plan("POST", "/graphql", 200, body={"data": {"repository": None}, "errors": [error]})

    with pytest.raises(GithubError, match="Could not resolve to a Repository") as raised:
        client.query(QUERY, {})

    assert raised.value.status == 404
    assert "contents: read" in raised.value.remedy


def test_overlong_comment_is_422(client: GithubClient) -> None:
    with pytest.raises(GithubError, match="Body is too long") as raised:
        client.request(COMMENTS, lambda repository: repository.get_issue(7).create_comment("x" * 65_537))

    assert raised.value.status == 422


def test_unreachable_server_is_a_missing_response(connect: ConnectClient, clock: Clock) -> None:
    client = connect(api_url="http://127.0.0.1:1")

    with pytest.raises(GithubError, match="No response from GitHub to GET branches/main") as raised:
        tip(client)

    assert raised.value.status == 0
    assert "127.0.0.1:1 refused the connection" in raised.value.message
    assert "GITHUB_API_URL" in raised.value.remedy
    assert clock.pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://ghe.example .com", "https://ghe.example.com\n", "ghe:1"]
)
def test_invalid_address_is_reported_before_a_request(connect: ConnectClient, url: str) -> None:
    with pytest.raises(GithubError, match="is not a URL of GitHub's API") as raised:
        tip(connect(api_url=url))

    assert "Fix GITHUB_API_URL." == raised.value.remedy


@pytest.mark.parametrize("setting", ["api_url", "graphql_url"])
def test_unknown_host_is_named_at_once(connect: ConnectClient, clock: Clock, setting: str) -> None:
    client = connect(**{setting: "https://github.invalid/api"})

    with pytest.raises(GithubError, match=r"the name github\.invalid was not found in DNS") as raised:
        tip(client) if setting == "api_url" else client.query(QUERY, {})

    assert f"GITHUB_{setting.upper()}" in raised.value.remedy
    assert clock.pauses == []


@pytest.mark.parametrize(
    ("proxy", "problem"),
    [
        ("http://ada:secret@127.0.0.1:1", "the proxy 127.0.0.1:1 (HTTP_PROXY) cannot be reached"),
        ("http://[::1", "HTTP_PROXY is not the URL of a proxy"),
        ("http://host:port", "HTTP_PROXY is not the URL of a proxy"),
        ("http://127.0.0.1:1\n", "HTTP_PROXY is not the URL of a proxy"),
        ("socks5://127.0.0.1:1", "HTTP_PROXY is not the URL of a proxy"),
    ],
)
def test_broken_proxy_is_named_at_once_without_its_password(
    connect: ConnectClient, clock: Clock, monkeypatch: pytest.MonkeyPatch, proxy: str, problem: str
) -> None:
    for name in ("http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", proxy)
    client = connect(api_url="http://github.example.com/api")

    with pytest.raises(GithubError) as raised:
        tip(client)

    assert problem in raised.value.message
    assert "HTTP_PROXY" in raised.value.remedy
    assert "NO_PROXY" in raised.value.remedy
    assert "secret" not in str(raised.value)
    assert clock.pauses == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_error_and_not_followed(
    client: GithubClient, local_github: LocalGithub, status: int
) -> None:
    local_github.plan("POST", COMMENTS, status, headers={"location": f"{local_github.url}/elsewhere"})

    with pytest.raises(GithubError) as raised:
        post(client)

    assert raised.value.status == status
    assert len(local_github.operations) == 1


@pytest.mark.parametrize(("status", "fix"), [(301, "GITHUB_API_URL"), (307, "renamed")])
def test_redirect_of_a_renamed_repository_names_the_fix(
    client: GithubClient, local_github: LocalGithub, status: int, fix: str
) -> None:
    local_github.plan("GET", "branches", status, headers={"location": "/elsewhere"})

    with pytest.raises(GithubError, match=fix):
        tip(client)


def test_netrc_credentials_do_not_replace_the_token(
    client: GithubClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    assert client.query(QUERY, {}) == NAME


def test_token_is_in_no_error(connect: ConnectClient, local_github: LocalGithub) -> None:
    local_github.plan("GET", "branches", 403, body={"message": "The token ghs_secret may not"})

    with pytest.raises(GithubError, match=r"The token \*\*\* may not") as raised:
        tip(connect("ghs_secret"))

    assert raised.value.__context__ is None


@pytest.mark.parametrize("token", ["", "two words", "ghs_\n", "ghs_é"])
def test_malformed_token_is_refused_and_not_shown(connect: ConnectClient, token: str) -> None:
    with pytest.raises(GithubError, match="The GitHub token is empty") as raised:
        connect(token)

    assert token == "" or token not in str(raised.value)


@pytest.mark.parametrize("repository", ["", "acme", "acme/", "/search", "acme/search/x"])
def test_malformed_repository_is_refused(connect: ConnectClient, repository: str) -> None:
    with pytest.raises(GithubError, match="GITHUB_REPOSITORY"):
        connect(repository=repository)


@pytest.mark.parametrize("setting", ["api_url", "graphql_url"])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "ftp://api.github.com",
        "https://",
        "http://[::1",
        "http://host:port",
        "http://h:99999",
    ],
)
def test_malformed_url_is_refused(connect: ConnectClient, setting: str, url: str) -> None:
    with pytest.raises(GithubError, match=f"Fix GITHUB_{setting.upper()}"):
        connect(**{setting: url})


def test_graphql_url_is_derived_from_the_api_url(connect: ConnectClient, local_github: LocalGithub) -> None:
    client = connect(api_url="http://127.0.0.1:1", graphql_url=f"{local_github.url}/graphql")

    assert client.query(QUERY, {}) == NAME


def test_commits_and_comments_do_not_import_pygithub() -> None:
    program = """
import sys
import dictionary_deploy.github_api.comments, dictionary_deploy.github_api.commits
print({"github", "requests"} & sys.modules.keys())
"""
    assert run_python(program) == "set()\n"


def test_pygithub_output_goes_through_the_console() -> None:
    program = """
import dictionary_deploy.github_api.client, logging
logging.getLogger().addHandler(logging.NullHandler())
logging.getLogger("github.Requester").warning("ghs_secret")
"""
    assert run_python(program) == ""


def run_python(program: str) -> str:
    """Return what a new interpreter prints on both streams."""
    environ = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, "-c", program]
    return subprocess.check_output(command, env=environ, text=True, stderr=subprocess.STDOUT)
