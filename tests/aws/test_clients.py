"""boto3's clients as a run configures them: Region, credentials, retries."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from dictionary_deploy import __version__
from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.errors import CREDENTIALS_REMEDY
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.clock import LEASE_SECONDS, MAX_LEASE_AGE_SECONDS
from dictionary_deploy.errors import AwsError, UnclearError
from dictionary_deploy.model import Service
from tests.aws.conftest import Connect
from tests.aws.served import BUCKET, COMMIT, Aws, answer, serve_answers

NO_PACKAGES = answer(200, b'{"PackageDetailsList": []}')


def list_packages(url: str, connect: Connect) -> AwsError:
    """Return the error of the first call."""
    clients = connect(url)
    with pytest.raises(AwsError) as caught:
        AwsPackages(clients.reads, clients.writes).all()
    return caught.value


@pytest.mark.parametrize("region", [None, ""])
def test_missing_region_error_names_the_setting(region: str | None) -> None:
    with pytest.raises(AwsError, match="No AWS Region is set") as caught:
        make_clients("es", region)
    assert "no-credentials" == caught.value.reason
    assert "`region`" in caught.value.remedy
    assert "AWS_REGION" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AWS_SECRET_ACCESS_KEY", "", "missing: AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_invalid_credentials_are_a_deploy_error(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(AwsError) as caught:
        make_clients("es", "eu-west-1")
    assert says in caught.value.message
    assert ("no-credentials", CREDENTIALS_REMEDY) == (caught.value.reason, caught.value.remedy)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "nonsense"),
        ("AWS_ENDPOINT_URL_S3", "http://[::1"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "sometimes"),
    ],
)
def test_invalid_boto3_setting_is_named_in_the_error(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(AwsError) as caught:
        make_clients("es", "eu-west-1")
    assert f"Fix {name}." == caught.value.remedy


def test_endpoint_that_only_a_call_rejects_is_named_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://ada:p/w@127.0.0.1:1")
    objects = AwsObjects(make_clients("es", "eu-west-1").s3, "acme", "dictionaries")

    with pytest.raises(AwsError) as caught:
        objects.head("dictionaries/synonyms/c.txt")

    assert "Fix AWS_ENDPOINT_URL_S3." == caught.value.remedy


def test_profile_without_a_file_of_profiles_names_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    with pytest.raises(AwsError, match="The config profile \\(nowhere\\) could not be found") as caught:
        make_clients("es", "eu-west-1")
    assert "no-credentials" == caught.value.reason
    assert "remove AWS_PROFILE from `env`: the container has no ~/.aws" in caught.value.remedy


def test_invalid_region_is_a_deploy_error() -> None:
    with pytest.raises(AwsError, match="eu west 1"):
        make_clients("es", "eu west 1")


def test_missing_credentials_fail_at_the_first_call(
    monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    error = list_packages("http://127.0.0.1:1", connect)
    assert "No usable AWS credentials: Unable to locate credentials." == error.message
    assert ("no-credentials", CREDENTIALS_REMEDY) == (error.reason, error.remedy)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
def test_credentials_with_a_line_feed_are_not_in_the_error(
    monkeypatch: pytest.MonkeyPatch, connect: Connect, name: str
) -> None:
    monkeypatch.setenv(name, "pasted\n")
    with serve_answers(NO_PACKAGES) as told:
        error = list_packages(told.url, connect)
    assert ("no-credentials", []) == (error.reason, told.requests)
    assert "pasted" not in "".join(traceback.format_exception(error))


@pytest.fixture
def web_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Credentials by AssumeRoleWithWebIdentity, whose token is the file's content."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/deploy")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    return tmp_path / "token"


def test_missing_token_file_is_a_credentials_error(web_identity: Path, connect: Connect) -> None:
    error = list_packages("http://127.0.0.1:1", connect)
    assert str(web_identity) in error.message
    assert ("no-credentials", CREDENTIALS_REMEDY) == (error.reason, error.remedy)


def test_denied_assume_role_is_not_a_permission_of_the_call(web_identity: Path, connect: Connect) -> None:
    web_identity.write_text("token")
    denied = b"<Error><Code>AccessDenied</Code><Message>Not authorized to perform sts:X</Message></Error>"
    with serve_answers(answer(403, b"<ErrorResponse>%s</ErrorResponse>" % denied)) as told:
        error = list_packages(told.url, connect)
    assert "Not authorized to perform sts:X" in error.message
    assert ("no-credentials", CREDENTIALS_REMEDY) == (error.reason, error.remedy)


@pytest.mark.parametrize(("service", "api"), [("es", "2015-01-01"), ("opensearch", "2021-01-01")])
def test_calls_are_signed_for_the_region_and_name_the_program(
    connect: Connect, service: Service, api: str
) -> None:
    with serve_answers(NO_PACKAGES) as told:
        clients = connect(told.url, service)
        AwsPackages(clients.reads, clients.writes).all()
    ((method, path, headers),) = told.requests
    assert ("POST", f"/{api}/packages/describe") == (method, path)
    assert "/eu-west-1/es/aws4_request" in headers["authorization"]
    assert f"dictionary-deploy/{__version__}" in headers["user-agent"]


def test_reads_are_retried_after_server_errors(aws: Aws) -> None:
    package = aws.create()
    aws.fail("es:DescribePackages", "InternalException", times=3)
    before = aws.count("es:DescribePackages")
    assert (package,) == aws.packages.all()
    assert 4 == aws.count("es:DescribePackages") - before


def test_reads_stop_after_the_configured_attempts(connect: Connect) -> None:
    with serve_answers(answer(503)) as told:
        clients = connect(told.url, attempts=2)
        with pytest.raises(UnclearError):
            AwsPackages(clients.reads, clients.writes).all()
    assert 2 == len(told.requests)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_writes_are_sent_once_despite_retry_variables(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, connect: Connect, mode: str
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", mode)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    package, clients = aws.create(), connect(aws.url)
    aws.fail("es:UpdatePackage", "InternalException", times=5)
    with pytest.raises(UnclearError):
        AwsPackages(clients.reads, clients.writes).update(package, BUCKET, "by-hand.txt", COMMIT, None)
    assert 1 == aws.count("es:UpdatePackage")


def test_write_timeout_is_within_the_trusted_lease(connect: Connect) -> None:
    """A write that starts while the lease is trusted ends before the lease expires."""
    config = connect("http://127.0.0.1:1").writes.meta.config

    assert MAX_LEASE_AGE_SECONDS + config.connect_timeout + config.read_timeout <= LEASE_SECONDS
