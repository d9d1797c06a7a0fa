"""The classification of GitHub's responses."""

from __future__ import annotations

from typing import Any

import pytest

from dictionary_deploy.github_api.response import NO_RESPONSE, Response, graphql_response

NOW = 1_700_000_000.0


def answer(status: int, body: Any = None, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    "limited",
    [
        answer(429),
        answer(403, retry_after="5"),
        answer(403, x_ratelimit_remaining="0"),
        answer(403, {"message": "You have exceeded a secondary rate limit."}),
    ],
)
def test_refusal_for_too_many_requests_is_a_rate_limit(limited: Response) -> None:
    error = limited.error("GET user")

    assert limited.is_rate_limited
    assert error.remedy == "Rerun the job later."


@pytest.mark.parametrize(
    "other", [answer(403, {"message": "Resource not accessible by integration"}), answer(500), answer(200)]
)
def test_other_responses_are_not_a_rate_limit(other: Response) -> None:
    assert not other.is_rate_limited


@pytest.mark.parametrize(
    ("limited", "seconds"),
    [
        (answer(429, retry_after="7"), 7.0),
        (answer(429, retry_after="7", x_ratelimit_remaining="0", x_ratelimit_reset="1700000030"), 7.0),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="1700000030"), 30.0),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="soon"), 60.0),
        (answer(403, x_ratelimit_remaining="12", x_ratelimit_reset="1700000030"), 60.0),
        (answer(429), 60.0),
        (answer(429, retry_after="0"), 1.0),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="1600000000"), 1.0),
    ],
)
def test_wait_is_that_of_github_or_one_minute(limited: Response, seconds: float) -> None:
    assert limited.wait(NOW) == seconds


@pytest.mark.parametrize(
    ("status", "unclear"),
    [(NO_RESPONSE, True), (202, True), (502, True), (500, True), (422, False), (200, False)],
)
def test_server_or_connection_error_is_unclear(status: int, unclear: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert answer(status).is_unclear == unclear


@pytest.mark.parametrize("status", [403, 404])
def test_refusal_has_a_permissions_block_to_copy(status: int) -> None:
    error = answer(status, {"message": "Resource not accessible by integration"}).error(
        "POST issues/7/comments"
    )

    assert error.status == status
    assert error.message == (
        f"GitHub responded with {status} to POST issues/7/comments: Resource not accessible by integration."
    )
    assert "`contents: read`" in error.remedy
    assert "`pull-requests: write`" in error.remedy
    assert "`permissions: {contents: read, id-token: write, pull-requests: write}`" in error.remedy


def test_invalid_token_error_names_the_input() -> None:
    assert "`github-token`" in answer(401, {"message": "Bad credentials"}).error("GET user").remedy


def test_missing_response_is_reported() -> None:
    error = answer(NO_RESPONSE).error("a query")

    assert (error.status, error.message) == (0, "No response from GitHub to a query.")
    assert error.remedy == "Rerun the job; a rerun is safe."


def test_server_error_recommends_a_rerun() -> None:
    assert answer(502, None).error("a query").remedy == "Rerun the job; a rerun is safe."


def test_message_has_the_text_and_errors_of_github() -> None:
    body = {"message": "Validation Failed", "errors": [{"message": "Body is too long"}, {"code": "x"}, "y"]}

    assert answer(422, body).message == "Validation Failed: Body is too long"
    assert answer(422, body).error("a").remedy == ""
    assert answer(422, ["x"]).message == ""
    assert answer(422, {"message": "x" * 900}).message == "x" * 500


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"type": "NOT_FOUND"}, 200),
        ({"type": "RATE_LIMITED"}, 429),
        ({"type": "RATE_LIMIT"}, 429),
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}, 413),
        ({"message": "Timeout on validation of query"}, 413),
        ({"type": "TIMEOUT"}, 504),
        ({"type": "SERVICE_UNAVAILABLE"}, 503),
        ({"type": "INTERNAL"}, 500),
        ({"type": "FORBIDDEN"}, 403),
        ({"message": "Something went wrong while executing your query."}, 502),
        ({"message": "Field 'x' doesn't exist on type 'Repository'"}, 400),
    ],
)
def test_query_error_in_the_body_determines_the_status(error: dict[str, str], status: int) -> None:
    given = answer(200, {"data": None, "errors": [{"type": "NOT_FOUND"}, error]})

    assert graphql_response(given).status == status


def test_response_without_errors_keeps_its_status() -> None:
    assert graphql_response(answer(200, {"data": {}})) == answer(200, {"data": {}})


@pytest.mark.parametrize(
    "body",
    [
        {"message": "You have exceeded a secondary rate limit."},
        {"data": None, "errors": [{"message": "You have exceeded a secondary rate limit."}]},
        None,
    ],
)
def test_secondary_limit_with_status_200_is_a_rate_limit(body: Any) -> None:
    assert graphql_response(answer(200, body, retry_after="7")).is_rate_limited


def test_data_with_retry_after_is_a_success() -> None:
    assert graphql_response(answer(200, {"data": {"repository": {}}}, retry_after="7")).is_success


SAML = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to"
    " this organization."
)
IP_ALLOW_LIST = (
    "Although you appear to have the correct authorization credentials, the `acme` organization has an IP"
    " allow list enabled, and your IP address is not permitted to access this resource."
)


@pytest.mark.parametrize(
    ("message", "fix"),
    [
        ("Unable to create comment because issue is locked.", "Unlock the conversation"),
        (SAML, "single sign-on"),
        (IP_ALLOW_LIST, "Add the runner's IP address"),
        ("Repository was archived so is read-only.", "Unarchive the repository"),
    ],
)
def test_refusal_that_no_permission_fixes_names_its_own_fix(message: str, fix: str) -> None:
    error = answer(403, {"message": message}).error("POST issues/7/comments")

    assert error.message.endswith(f"{message}")
    assert fix in error.remedy
    assert "permissions:" not in error.remedy


@pytest.mark.parametrize("body", [None, [], {}, "text"])
def test_success_without_query_data_counts_as_missing(body: Any) -> None:
    assert graphql_response(answer(200, body)).status == NO_RESPONSE
