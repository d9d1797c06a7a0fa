"""The table of causes in docs/operations.md: each message and fix comes from the code that reports it."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import ClientError, ProfileNotFound

from dictionary_deploy.aws.errors import CA_VARIABLES as AWS_CA_VARIABLES
from dictionary_deploy.aws.errors import LOOKUP, Call, translate_errors, unusable_setting
from dictionary_deploy.connection_errors import Endpoint, explain_connection
from dictionary_deploy.decide import Wanted
from dictionary_deploy.decide.ownership import refuse_other_source
from dictionary_deploy.errors import DeployError, EventError
from dictionary_deploy.events.decide import decide
from dictionary_deploy.git.head import below_workspace, read_head
from dictionary_deploy.github_api.client import check_url
from dictionary_deploy.github_api.response import NO_RESPONSE, Response
from dictionary_deploy.host.runner import without_event_file
from dictionary_deploy.model import Content, Dictionary, StoredObject
from dictionary_deploy.settings import GithubContext

WORKSPACE = "/github/workspace"
GITHUB = Endpoint(
    "https://github.example.com/api/v3", ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "GITHUB_API_URL"
)
AWS = Endpoint("https://es.eu-west-1.amazonaws.com", AWS_CA_VARIABLES, "the Region or AWS_ENDPOINT_URL")
READ = Call("es:DescribePackages", "*", "all packages", LOOKUP)

REFUSALS = {
    "The pull request is locked": "Unable to create comment because issue is locked.",
    "The organization enforces SAML": "Resource protected by organization SAML enforcement.",
    "The organization has an IP allow list": "The `acme` organization has an IP allow list enabled.",
    "The repository is archived": "Repository was archived so is read-only.",
}
"""GitHub's messages with status 403 that no permission fixes."""

Row = tuple[str, str, str]
"""A cause, its message and its fix."""


class ProxyError(Exception):
    """Named as the errors of requests and urllib3 for a proxy."""


def rows() -> Iterator[Row]:
    """Yield the rows of the table."""
    untrusted = ssl.SSLCertVerificationError(1, "certificate verify failed")
    untrusted.verify_code, untrusted.verify_message = 20, "unable to get local issuer certificate"
    missing = FileNotFoundError(errno.ENOENT, "No such file or directory")
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    proxy = {"HTTPS_PROXY": "http://proxy.example.com:3128"}
    yield _github("GitHub's certificate is from a private authority", untrusted)
    yield _github(
        "The file of authorities is not in the container", missing, {"REQUESTS_CA_BUNDLE": "/ca.pem"}
    )
    yield _github("The name of the server is unknown", unknown)
    yield _github("A firewall blocks GitHub, or the server is down", ConnectionRefusedError())
    yield _github("The proxy is down", ProxyError(), proxy)
    yield _github(
        "The proxy requires a password", ProxyError(OSError("Tunnel connection failed: 407")), proxy
    )
    broken = ValueError("Invalid IPv6 URL")
    yield _github("The proxy's variable is broken", broken, {"HTTPS_PROXY": "http://[::1"})
    yield _of("The address of GitHub is invalid", _raised(lambda: check_url("http://[::1", "GITHUB_API_URL")))
    yield _aws_connection("AWS's certificate is from a private authority", untrusted)
    yield _github_response(
        "The rate limit of GitHub lasts longer than the run", 429, "API rate limit exceeded"
    )
    for cause, message in REFUSALS.items():
        yield _github_response(cause, 403, message)
    yield _of("The machine's clock is wrong", _raised(_skewed))
    yield _of("AWS_PROFILE is set in a workflow", unusable_setting(ProfileNotFound(profile="admin")))
    yield _of("actions/checkout has `path:`", below_workspace("shop"))
    yield _of("The clone has reftable", _raised(_read_reftable))
    yield _of("The runner does not pass the event's name", _raised(lambda: _decide("", "refs/heads/main")))
    yield _of("The runner does not mount the event's file", _raised(_decide_without_event_file))
    yield _of("A deployment of a commit", _raised(lambda: _decide("deployment", "")))
    yield _of_two_files("Two files are deployed as one package", "")
    yield _of_two_files("Two environments deploy one package", "staging")


def _github(cause: str, error: Exception, environ: Mapping[str, str] | None = None) -> Row:
    failure = explain_connection(error, GITHUB, environ or {})
    return _of(cause, Response(NO_RESPONSE, {}, None, failure).error("a query"))


def _aws_connection(cause: str, error: Exception) -> Row:
    failure = explain_connection(error, AWS, {})
    return (cause, f"{failure.problem}.", failure.remedy) if failure else (cause, "", "")


def _github_response(cause: str, status: int, message: str) -> Row:
    return _of(cause, Response(status, {}, {"message": message}).error("POST issues/7/comments"))


def _of(cause: str, error: DeployError) -> Row:
    return cause, error.message, error.remedy


def _raised(call: Callable[[], object]) -> DeployError:
    try:
        call()
    except DeployError as error:
        return error
    raise AssertionError("The cause has no error any more.")


def _skewed() -> None:
    with translate_errors(READ):
        raise ClientError(
            {"Error": {"Code": "RequestTimeTooSkewed", "Message": "The difference is too large."}},
            "DescribePackages",
        )


def _read_reftable() -> None:
    with TemporaryDirectory() as folder:
        git = Path(folder) / ".git"
        (git / "reftable").mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/.invalid\n")
        try:
            read_head(Path(folder))
        except DeployError as error:
            message = error.message.replace(folder, WORKSPACE)
            raise DeployError(error.reason, message, error.remedy) from error


def _decide_without_event_file() -> None:
    try:
        _decide("pull_request", "")
    except EventError as error:
        raise without_event_file(error, "/github/workflow/event.json") from error


def _of_two_files(cause: str, environment: str) -> Row:
    file = "search/synonyms.txt"
    wanted = Wanted(
        Dictionary(file, "product-synonyms", "synonyms", "associated"),
        "a" * 40,
        Content("", 0),
        environment=environment and "production",
    )
    other = file if environment else "search/old-synonyms.txt"
    refused = refuse_other_source(wanted, StoredObject("", "", file=other, environment=environment))
    return (cause, refused.message, refused.remedy) if refused else (cause, "", "")


def _decide(event: str, ref: str) -> None:
    urls = ("https://api.github.com", "https://api.github.com/graphql", "https://github.com", "acme/shop")
    github = GithubContext(*urls, "1", event, "", "a" * 40, ref, "1")
    decide("deploy" if event else "auto", github, {}, "main")
