"""Errors of AWS and of proxies in front of it: each has a reason and a remedy, none is botocore's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dictionary_deploy.aws.clients import Clients
from dictionary_deploy.aws.errors import CLOCK_REMEDY, CREDENTIALS_REMEDY
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.errors import AwsError, UnclearError
from dictionary_deploy.model import Package
from tests.aws.conftest import Connect, connecting
from tests.aws.served import BUCKET, COMMIT, CUT, PREFIX, SILENCE, Aws, Told, answer, serve_answers

PACKAGE = Package("F100000001", "synonyms", "AVAILABLE", "v1")
KEY = f"{PREFIX}/synonyms/{COMMIT}.txt"
UPDATE = "es:UpdatePackage for the package synonyms (F100000001)"
DETAILS = b'{"PackageDetails": {"PackageID": "F100000001"}}'
PAGE = b"<!DOCTYPE html>\n<title>Out of order</title>\n" + b"<p>Sorry.\n" * 1000


def refusal(aws: Aws, code: str, message: str = "Asked for.", status: int | None = None) -> AwsError:
    """Return the error of UpdatePackage after this refusal; it is sent once."""
    aws.fail("es:UpdatePackage", code, message=message, status=status)
    with pytest.raises(AwsError) as caught:
        aws.packages.update(PACKAGE, BUCKET, KEY, COMMIT, None)
    assert 1 == aws.count("es:UpdatePackage")
    return caught.value


@dataclass
class Answering:
    """Return clients of a server whose responses each test sets first."""

    told: Told
    clients: Clients

    def update(self, *answers: bytes | None) -> AwsError:
        """Return the error of UpdatePackage after these responses; it is sent once."""
        self.told.tell(*answers)
        with pytest.raises(AwsError) as caught:
            AwsPackages(self.clients.reads, self.clients.writes).update(PACKAGE, BUCKET, KEY, COMMIT, None)
        assert 1 == len(self.told.requests)
        return caught.value

    def read(self, *answers: bytes | None) -> AwsError:
        """Return the error of GetObject after these responses."""
        self.told.tell(*answers)
        with pytest.raises(AwsError) as caught:
            AwsObjects(self.clients.s3, BUCKET, PREFIX).read(KEY, 10)
        return caught.value


@pytest.fixture(scope="module")
def answering() -> Iterator[Answering]:
    with serve_answers(CUT) as told, connecting() as connect:
        yield Answering(told, connect(told.url, read_timeout=1, attempts=1))


@pytest.mark.parametrize(
    ("code", "status", "kind", "reason", "remedy"),
    [
        ("BaseException", 400, AwsError, "update-failed", "Fix what AWS reports"),
        ("BaseException", 500, UnclearError, "update-failed", "Rerun"),
        ("InternalException", 500, UnclearError, "update-failed", "Rerun"),
        ("LimitExceededException", 409, AwsError, "limit-exceeded", "Request an increase of the quota"),
        ("ResourceNotFoundException", 409, AwsError, "package-not-found", "Check the name"),
        ("AccessDeniedException", 403, AwsError, "access-denied", "Grant es:UpdatePackage on * to the role."),
        ("ValidationException", 400, AwsError, "update-failed", "Fix what AWS reports"),
    ],
)
def test_declared_update_errors_have_reason_and_remedy(
    aws: Aws, code: str, status: int, kind: type[AwsError], reason: str, remedy: str
) -> None:
    error = refusal(aws, code, "Said so", status)
    assert (kind, reason, code) == (type(error), error.reason, error.code)
    assert f"{UPDATE}: {code}: Said so." == error.message
    assert remedy in error.remedy


def test_backticks_of_aws_are_no_code_in_messages(aws: Aws) -> None:
    error = refusal(aws, "ValidationException", "Set `@all` or `b.", 400)

    assert f"{UPDATE}: ValidationException: Set '@all' or 'b." == error.message


def test_package_limit_error_names_the_region_quota(aws: Aws) -> None:
    aws.fail("es:CreatePackage", "LimitExceededException", status=409)
    with pytest.raises(AwsError) as caught:
        aws.packages.create("synonyms", BUCKET, KEY, None)
    assert "limit-exceeded" == caught.value.reason
    assert "25 packages per account and Region" in caught.value.remedy


@pytest.mark.parametrize("code", ["LimitExceededException", "ValidationException"])
def test_package_limit_error_names_the_domain_quota(aws: Aws, code: str) -> None:
    aws.fail("es:AssociatePackage", code, message="You have reached the limit.")
    with pytest.raises(AwsError) as caught:
        aws.packages.associate(PACKAGE, "search-prod")
    assert "limit-exceeded" == caught.value.reason
    assert "20 packages per domain" in caught.value.remedy
    assert "search-prod" in caught.value.remedy


def test_validation_exception_can_mean_a_missing_package(aws: Aws) -> None:
    with pytest.raises(AwsError) as caught:
        aws.packages.update(PACKAGE, BUCKET, KEY, COMMIT, None)
    assert ("package-not-found", "ValidationException") == (caught.value.reason, caught.value.code)


def test_denied_update_names_the_permission_for_the_object(aws: Aws) -> None:
    error = refusal(aws, "AccessDeniedException", "Access to the S3 bucket is denied")
    assert f"s3:GetObject on arn:aws:s3:::{BUCKET}/{KEY}" in error.remedy


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 429),
        ("Throttling", 400),
        ("TooManyRequestsException", 429),
        ("RequestLimitExceeded", 503),
        ("SomethingNew", 429),
    ],
)
def test_throttling_is_recognized_by_code_and_status(aws: Aws, code: str, status: int) -> None:
    error = refusal(aws, code, "Rate exceeded", status)
    assert (AwsError, "update-failed", "Throttling") == (type(error), error.reason, error.code)
    assert "AWS is throttling. Rerun later." == error.remedy


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ExpiredTokenException", 403),
        ("UnrecognizedClientException", 403),
        ("InvalidSignatureException", 403),
        ("MissingAuthenticationTokenException", 403),
    ],
)
def test_rejected_credentials_are_not_a_missing_permission(aws: Aws, code: str, status: int) -> None:
    error = refusal(aws, code, "The security token included in the request is expired", status)
    assert ("no-credentials", CREDENTIALS_REMEDY, code) == (error.reason, error.remedy, error.code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z",
        ),
        ("InvalidSignatureException", "Signature not yet current: 20260101T003000Z is still later than ..."),
    ],
)
def test_wrong_clock_of_the_machine_is_named(aws: Aws, code: str, message: str) -> None:
    error = refusal(aws, code, message, 403)
    assert ("no-credentials", CLOCK_REMEDY) == (error.reason, error.remedy)
    assert error.message.startswith("The machine's clock is wrong.")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(answer(500), id="500 without a body"),
        pytest.param(answer(503, PAGE), id="503 with a proxy's page"),
        pytest.param(answer(502, b"<html>Bad Gateway</html>"), id="502 with a gateway's page"),
        pytest.param(answer(504, b"{}"), id="504 with no code"),
        pytest.param(answer(500, b"[]"), id="500 with JSON of another shape"),
        pytest.param(answer(400, b"[]"), id="400 with JSON of another shape"),
        pytest.param(answer(200), id="no body"),
        pytest.param(answer(200, b"{}"), id="an empty object"),
        pytest.param(answer(200, b"[1]"), id="a list"),
        pytest.param(answer(200, b'"yes"'), id="a string"),
        pytest.param(answer(200, b"null"), id="null"),
        pytest.param(answer(200, PAGE), id="a page"),
        pytest.param(answer(200, b"\xff\xfe"), id="no UTF-8"),
        pytest.param(answer(200, b'{"PackageDetails": null}'), id="no details"),
        pytest.param(answer(200, b'{"PackageDetails": [1]}'), id="details that are a list"),
        pytest.param(answer(200, b'{"PackageDetails": {"CreatedAt": "soon"}}'), id="a malformed time"),
        pytest.param(
            answer(200, DETAILS[:20], Content_Length=str(len(DETAILS))), id="a body that is cut off"
        ),
        pytest.param(
            answer(200, b"28\r\n" + DETAILS[:9], Transfer_Encoding="chunked"), id="a chunk that is cut off"
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="no HTTP"),
        pytest.param(CUT, id="no answer"),
        pytest.param(SILENCE, id="silence"),
    ],
)
def test_unclear_write_response_is_reported_and_not_retried(answering: Answering, told: bytes | None) -> None:
    error = answering.update(told)
    assert (UnclearError, "update-failed") == (type(error), error.reason)
    assert error.message.startswith(UPDATE)


def test_long_error_message_is_shortened_to_one_line(answering: Answering) -> None:
    error = answering.update(answer(404, PAGE))
    assert error.message.startswith(
        f"{UPDATE}: 404: <!DOCTYPE html> <title>Out of order</title> <p>Sorry. <p>Sorry."
    )
    assert len(error.message) < 600


def test_refused_connection_names_the_endpoint(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    clients = connect(f"http://{host}")
    with pytest.raises(UnclearError, match=f"could not reach AWS: {host} refused the connection") as caught:
        AwsPackages(clients.reads, clients.writes).update(PACKAGE, BUCKET, KEY, COMMIT, None)
    assert "Fix the Region or AWS_ENDPOINT_URL, or the network." in caught.value.remedy


def test_unreachable_aws_fails_a_read_as_a_lookup(connect: Connect) -> None:
    clients = connect("http://127.0.0.1:1", attempts=1)
    with pytest.raises(UnclearError) as caught:
        AwsPackages(clients.reads, clients.writes).all()
    assert "package-lookup-failed" == caught.value.reason


def test_unreachable_proxy_is_named(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = f"127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy}")
    clients = connect("http://es.example.com")
    with pytest.raises(AwsError, match=rf"the proxy {proxy} \(HTTP_PROXY\) cannot be reached") as caught:
        AwsPackages(clients.reads, clients.writes).update(PACKAGE, BUCKET, KEY, COMMIT, None)
    assert AwsError is type(caught.value)  # nothing was sent


def test_request_rejected_by_botocore_is_reported(aws: Aws) -> None:
    with pytest.raises(AwsError, match=f"{UPDATE[:16]} .* was not sent: .*S3BucketName") as caught:
        aws.packages.update(PACKAGE, "", KEY, COMMIT, None)
    assert (AwsError, "Fix the parameter.") == (type(caught.value), caught.value.remedy)
    assert 0 == aws.count("es:UpdatePackage")


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (404, "NoSuchBucket", "Create the bucket in the Region of the packages"),
        (301, "PermanentRedirect", "The bucket is in another Region. Set `region`"),
        (400, "AuthorizationHeaderMalformed", "The bucket is in another Region. Set `region`"),
        (400, "IllegalLocationConstraintException", "The bucket is in another Region. Set `region`"),
        (400, "BadDigest", "The file changed during the upload"),
        (400, "InvalidRequest", "Fix what AWS reports"),
        (403, "AllAccessDisabled", f"Grant s3:GetObject on arn:aws:s3:::{BUCKET}/{PREFIX}/* to the role."),
    ],
)
def test_s3_errors_have_a_remedy(answering: Answering, status: int, code: str, remedy: str) -> None:
    body = f"<Error><Code>{code}</Code><Message>Said so.</Message></Error>".encode()
    # boto3 goes where this header points, once; with an endpoint of its own that is the same server.
    error = answering.read(answer(status, body, x_amz_bucket_region="us-east-1"))
    assert (AwsError, code) == (type(error), error.code)
    assert f"s3:GetObject for s3://{BUCKET}/{KEY}: {code}: Said so." == error.message
    assert error.remedy.startswith(remedy)


@pytest.mark.parametrize(("status", "code"), [(400, "RequestTimeout"), (500, "InternalError")])
def test_s3_request_timeout_is_unclear(answering: Answering, status: int, code: str) -> None:
    error = answering.read(answer(status, f"<Error><Code>{code}</Code></Error>".encode()))
    assert (UnclearError, code) == (type(error), error.code)


def test_missing_domain_and_missing_package_are_distinguished(aws: Aws) -> None:
    package, missing = aws.create(), Package("F1", "missing", "AVAILABLE", "v1")
    with pytest.raises(AwsError) as caught:
        aws.packages.associate(package, "nowhere")
    assert "domain-not-found" == caught.value.reason
    aws.add_domain()
    with pytest.raises(AwsError) as caught:
        aws.packages.associate(missing, "search-prod")
    assert "package-not-found" == caught.value.reason


@pytest.mark.parametrize(
    "body",
    [b'{"Message": "Please log in"}', b'{"PackageDetailsList": [null]}', b'{"PackageDetailsList": ["x"]}'],
)
def test_list_of_something_else_is_a_malformed_response(answering: Answering, body: bytes) -> None:
    answering.told.tell(answer(200, body))
    with pytest.raises(UnclearError, match="malformed response"):
        AwsPackages(answering.clients.reads, answering.clients.writes).all()
