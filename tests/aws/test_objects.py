"""The objects in S3, including objects of others under the same keys."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.errors import AwsError, UnclearError
from dictionary_deploy.model import Content, StoredObject
from tests.aws.conftest import Connect
from tests.aws.served import ACCOUNT, BUCKET, COMMIT, CUT, PREFIX, Aws, answer, serve_answers

BODY = b"quick, fast\nsea => ocean\n"
KEY = f"{PREFIX}/synonyms/{COMMIT}.txt"
URL = f"s3://{BUCKET}/{KEY}"
SOURCES = str(Path(__file__).parents[2] / "src")
METADATA = {
    "file": "search/synonyms.txt",
    "repository": "acme/search",
    "repository-id": "4711",
    "commit": COMMIT,
}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def upload(
    objects: AwsObjects, body: bytes = BODY, metadata: dict[str, str] = METADATA, *, may_replace: bool = False
) -> StoredObject:
    content = Content(sha256(body), len(body))
    return objects.upload(KEY, BytesIO(body), content, metadata, may_replace=may_replace)


def test_key_and_url_have_prefix_package_and_commit(aws: Aws) -> None:
    key = aws.objects.key("synonyms", COMMIT)
    assert (KEY, URL) == (key, aws.objects.url(key))


def test_upload_is_encrypted_with_checksum_and_metadata(aws: Aws) -> None:
    stored = upload(aws.objects)
    found = aws.clients.s3.head_object(Bucket=BUCKET, Key=KEY, ChecksumMode="ENABLED")
    assert BODY == aws.body(KEY)
    assert ("AES256", base64.b64encode(hashlib.sha256(BODY).digest()).decode()) == (
        found["ServerSideEncryption"],
        found["ChecksumSHA256"],
    )
    assert "text/plain; charset=utf-8" == found["ContentType"]
    expected = StoredObject(KEY, sha256(BODY), found["ETag"], "search/synonyms.txt", "acme/search", "4711")
    assert expected == stored
    assert expected == aws.objects.head(KEY)


def test_upload_is_one_conditional_put(aws: Aws) -> None:
    upload(aws.objects)
    assert 1 == aws.count("s3:PutObject")
    assert "*" == aws.gateway.headers[-1]["if-none-match"]


def test_empty_file_is_uploaded(aws: Aws) -> None:
    upload(aws.objects, b"")
    assert (b"", b"") == (aws.body(KEY), aws.objects.read(KEY, 0))


def test_upload_starts_at_the_beginning_of_the_file(aws: Aws) -> None:
    source = BytesIO(BODY)
    source.read()
    aws.objects.upload(KEY, source, Content(sha256(BODY), len(BODY)), METADATA, may_replace=False)
    assert BODY == aws.body(KEY)


@pytest.mark.parametrize("may_replace", [False, True])
def test_identical_object_counts_as_uploaded(aws: Aws, *, may_replace: bool) -> None:
    first = upload(aws.objects)
    assert first == upload(aws.objects, may_replace=may_replace)
    assert 2 == aws.count("s3:PutObject")  # the second was refused


def test_identical_object_of_another_repository_is_relabeled(aws: Aws) -> None:
    upload(aws.objects, metadata={**METADATA, "repository": "fork/search", "repository-id": "99"})
    content = Content(sha256(BODY), len(BODY))

    stored = aws.objects.upload(KEY, BytesIO(BODY), content, METADATA, may_replace=False, relabel=True)

    assert ("acme/search", "4711") == (stored.repository, stored.repository_id)
    assert (stored, BODY) == (aws.objects.head(KEY), aws.body(KEY))


def test_upload_with_a_lost_response_is_retried_and_succeeds(aws: Aws) -> None:
    aws.gateway.lost_answers["PUT"] = 1
    stored = upload(aws.objects)
    assert (2, aws.objects.head(KEY)) == (aws.count("s3:PutObject"), stored)


@pytest.mark.parametrize("code", ["InternalError", "ServiceUnavailable"])
def test_failed_upload_is_retried_with_all_bytes(aws: Aws, code: str) -> None:
    aws.fail("s3:PutObject", code, times=2)
    upload(aws.objects)
    assert (3, BODY) == (aws.count("s3:PutObject"), aws.body(KEY))


def test_different_bytes_of_a_deployed_commit_are_a_mismatch(aws: Aws) -> None:
    upload(aws.objects, b"other\n")
    with pytest.raises(AwsError, match="differs from the file") as caught:
        upload(aws.objects)
    assert "content-mismatch" == caught.value.reason
    assert "reproducible" in caught.value.remedy
    assert b"other\n" == aws.body(KEY)


def test_different_bytes_of_an_undeployed_commit_are_replaced(aws: Aws) -> None:
    first = upload(aws.objects, b"other\n")
    upload(aws.objects, may_replace=True)
    assert (BODY, first.etag) == (aws.body(KEY), aws.gateway.headers[-2]["if-match"])


@pytest.mark.parametrize("name", ["file", "environment"])
def test_object_of_another_file_or_environment_is_not_replaced(aws: Aws, name: str) -> None:
    upload(aws.objects, b"other\n", {**METADATA, name: "another/ß"})
    for may_replace in (True, False):
        with pytest.raises(AwsError, match="another/ß") as caught:
            upload(aws.objects, metadata={**METADATA, "environment": "production"}, may_replace=may_replace)
        assert f"This run deploys {METADATA['file']} in environment production as the same package." in str(
            caught.value
        )
        assert "reproducible" not in caught.value.remedy
    assert "content-mismatch" == caught.value.reason
    assert "`prefix`" in caught.value.remedy
    assert b"other\n" == aws.body(KEY)


def test_truncated_names_match_the_same_file_and_environment(aws: Aws) -> None:
    metadata = {**METADATA, "file": "語" * 512, "environment": "🙂" * 255}
    upload(aws.objects, b"other\n", metadata)
    upload(aws.objects, metadata=metadata, may_replace=True)
    assert BODY == aws.body(KEY)


def test_object_without_file_metadata_is_replaced_when_undeployed(aws: Aws) -> None:
    aws.put(KEY, b"by hand\n")
    upload(aws.objects, metadata={**METADATA, "environment": "production"}, may_replace=True)
    assert BODY == aws.body(KEY)


def test_concurrently_written_object_is_read_again(aws: Aws) -> None:
    upload(aws.objects, b"first\n")
    aws.gateway.after["HEAD"] = lambda: aws.put(KEY, BODY)
    assert sha256(BODY) == upload(aws.objects, may_replace=True).sha256
    assert BODY == aws.body(KEY)


def test_concurrently_deleted_object_is_uploaded_again(aws: Aws) -> None:
    upload(aws.objects, b"first\n")
    aws.gateway.after["HEAD"] = lambda: aws.clients.s3.delete_object(Bucket=BUCKET, Key=KEY)
    upload(aws.objects, may_replace=True)
    assert BODY == aws.body(KEY)


def test_upload_with_endless_conflicts_fails(aws: Aws) -> None:
    aws.fail("s3:PutObject", "ConditionalRequestConflict", times=9)
    with pytest.raises(AwsError, match="Another run is writing") as caught:
        upload(aws.objects)
    assert ("upload-failed", 3) == (caught.value.reason, aws.count("s3:PutObject"))


def test_content_that_changes_after_hashing_is_rejected(aws: Aws) -> None:
    content = Content(sha256(BODY), len(BODY))
    with pytest.raises(AwsError, match="BadDigest") as caught:
        aws.objects.upload(KEY, BytesIO(BODY[::-1]), content, METADATA, may_replace=False)
    assert "upload-failed" == caught.value.reason
    assert "The file changed during the upload" in caught.value.remedy
    assert aws.objects.head(KEY) is None


@pytest.mark.parametrize(
    "file",
    ["search/my words.txt", "Wörterbücher/größe.txt", "辞書/同義語.txt", "a%20b+c=d;e\n.txt", "🙂" * 3],
)
def test_non_ascii_metadata_is_read_back_unchanged(aws: Aws, file: str) -> None:
    metadata = {"file": file, "repository": f"acme/{file}", "environment": f"{file}?"}
    upload(aws.objects, metadata={**METADATA, **metadata})
    found = aws.objects.head(KEY)
    assert found is not None
    assert (file, f"acme/{file}", f"{file}?") == (found.file, found.repository, found.environment)


def test_name_that_is_not_unicode_is_uploaded(aws: Aws) -> None:
    assert BODY == aws.body(upload(aws.objects, metadata={**METADATA, "file": "w\udcf6rter.txt"}).key)


@pytest.mark.parametrize("letter", ["a", "ö", "語", "🙂"])
def test_2_kb_name_is_truncated_between_characters(aws: Aws, letter: str) -> None:
    names = dict.fromkeys(("file", "repository", "environment", "config"), letter * 2048)
    upload(aws.objects, metadata={**METADATA, **names})
    metadata = aws.clients.s3.head_object(Bucket=BUCKET, Key=KEY)["Metadata"]
    assert sum(len(name) + len(value) for name, value in metadata.items()) < 2048
    found = aws.objects.head(KEY)
    assert found is not None
    assert {letter} == {*found.file, *found.repository, *found.environment, *found.config}
    assert len(found.file) * len(letter.encode()) > 120


def test_expected_owner_is_sent_with_every_call(aws: Aws) -> None:
    objects = AwsObjects(aws.clients.s3, BUCKET, PREFIX, ACCOUNT)
    before = len(aws.gateway.headers)
    upload(objects)
    objects.head(KEY)
    objects.read(KEY, 100)
    sent = aws.gateway.headers[before:]
    assert [ACCOUNT] * 3 == [headers.get("x-amz-expected-bucket-owner") for headers in sent]


def test_bucket_of_another_account_error_names_the_setting(aws: Aws) -> None:
    objects = AwsObjects(aws.clients.s3, BUCKET, PREFIX, "111111111111")
    for call in (lambda: upload(objects), lambda: objects.head(KEY), lambda: objects.read(KEY, 100)):
        with pytest.raises(AwsError) as caught:
            call()
        assert "access-denied" == caught.value.reason
        assert "belongs to the account 111111111111, as set by `expected-bucket-owner`" in caught.value.remedy


def test_denial_without_expected_owner_does_not_mention_it(aws: Aws) -> None:
    aws.fail("s3:PutObject", "AccessDenied")
    with pytest.raises(AwsError) as caught:
        upload(aws.objects)
    assert "expected-bucket-owner" not in caught.value.remedy


def test_bucket_that_rejects_aes256_is_an_error_about_its_policy(aws: Aws) -> None:
    aws.switch(aes256=False)
    with pytest.raises(AwsError) as caught:
        upload(aws.objects)
    assert "access-denied" == caught.value.reason
    assert caught.value.remedy.startswith(
        f"Grant s3:PutObject on arn:aws:s3:::{BUCKET}/{PREFIX}/* to the role. "
        "If a bucket policy requires aws:kms, allow AES256 for this prefix"
    )


def test_bucket_without_conditional_writes_is_an_error(aws: Aws) -> None:
    aws.switch(conditional_writes=False)
    with pytest.raises(AwsError, match="NotImplemented") as caught:
        upload(aws.objects)
    assert (AwsError, "upload-failed", 1) == (
        type(caught.value),
        caught.value.reason,
        aws.count("s3:PutObject"),
    )


def test_missing_key_returns_none(aws: Aws) -> None:
    assert (None, None) == (aws.objects.head(KEY), aws.objects.read(KEY, 100))


def test_missing_bucket_is_not_a_missing_key(aws: Aws) -> None:
    objects = AwsObjects(aws.clients.s3, "nowhere", PREFIX)
    calls = {
        "upload-failed": lambda: upload(objects),
        "package-lookup-failed": lambda: (objects.head(KEY), objects.read(KEY, 100)),
    }
    for reason, call in calls.items():
        with pytest.raises(AwsError, match="NoSuchBucket") as caught:
            call()
        assert reason == caught.value.reason
        assert "fix `bucket` in the configuration" in caught.value.remedy


def test_missing_key_with_403_names_both_permissions(aws: Aws) -> None:
    aws.switch(list_bucket=False)
    for call in (lambda: aws.objects.head(KEY), lambda: aws.objects.read(KEY, 100)):
        with pytest.raises(AwsError) as caught:
            call()
        assert "access-denied" == caught.value.reason
        assert f"Grant s3:GetObject on arn:aws:s3:::{BUCKET}/{PREFIX}/* to the role." in caught.value.remedy
        assert f"Also grant s3:ListBucket on arn:aws:s3:::{BUCKET}" in caught.value.remedy


def test_expired_credentials_are_a_credentials_error(connect: Connect) -> None:
    expired = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    answers = [answer(400), answer(400), answer(400, expired)]  # to HEAD, HEAD of the bucket, and GET
    with serve_answers(*answers) as told:
        objects = AwsObjects(connect(told.url).s3, BUCKET, PREFIX)
        with pytest.raises(AwsError, match="ExpiredToken: The provided token has expired") as caught:
            objects.head(KEY)
    assert "no-credentials" == caught.value.reason


def test_bucket_in_another_region_is_reported(connect: Connect) -> None:
    with serve_answers(answer(301, x_amz_bucket_region="us-east-1")) as told:
        objects = AwsObjects(connect(told.url).s3, BUCKET, PREFIX)
        with pytest.raises(AwsError, match="301") as caught:
            objects.head(KEY)
    assert "The bucket is in another Region" in caught.value.remedy


def test_object_created_between_two_reads_is_found(aws: Aws) -> None:
    aws.gateway.after["HEAD"] = lambda: aws.put(KEY, BODY)
    found = aws.objects.head(KEY)
    assert found is not None
    assert sha256(BODY) == found.sha256


def test_object_deleted_between_two_reads_is_read_again(aws: Aws) -> None:
    aws.put(KEY)
    aws.gateway.after["HEAD"] = lambda: aws.clients.s3.delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(UnclearError):
        aws.objects.head(KEY)
    assert aws.objects.head(KEY) is None


def test_object_without_sha256_is_downloaded_and_hashed(aws: Aws) -> None:
    aws.put(KEY, BODY * 100_000)
    found = aws.objects.head(KEY)
    assert found is not None
    assert (sha256(BODY * 100_000), "", "") == (found.sha256, found.file, found.repository_id)


def test_multipart_checksum_is_not_used_as_the_content_hash(connect: Connect) -> None:
    head = answer(200, x_amz_checksum_sha256="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=-2", ETag='"1-2"')
    with serve_answers(head, answer(200, BODY)) as told:
        found = AwsObjects(connect(told.url).s3, BUCKET, PREFIX).head(KEY)
    assert StoredObject(KEY, sha256(BODY), '"1-2"') == found


def test_read_above_the_limit_returns_nothing(aws: Aws) -> None:
    upload(aws.objects)
    assert BODY == aws.objects.read(KEY, len(BODY))
    assert aws.objects.read(KEY, len(BODY) - 1) is None


CUT_OFF = answer(200, BODY[:5], Content_Length=str(len(BODY)))


def test_truncated_body_is_an_error(connect: Connect) -> None:
    with serve_answers(CUT_OFF) as told, pytest.raises(UnclearError):
        AwsObjects(connect(told.url).s3, BUCKET, PREFIX).read(KEY, 100)


def test_truncated_body_is_not_hashed(connect: Connect) -> None:
    with serve_answers(answer(200), CUT_OFF) as told, pytest.raises(UnclearError):
        AwsObjects(connect(told.url).s3, BUCKET, PREFIX).head(KEY)


def test_upload_without_a_response_is_unclear(connect: Connect) -> None:
    with serve_answers(CUT) as told, pytest.raises(UnclearError) as caught:
        upload(AwsObjects(connect(told.url, attempts=2).s3, BUCKET, PREFIX))
    assert ("upload-failed", 2) == (caught.value.reason, len(told.requests))


def test_upload_with_a_portal_response_is_an_error(connect: Connect) -> None:
    with serve_answers(answer(200, b"<html>Please log in</html>")) as told:
        objects = AwsObjects(connect(told.url).s3, BUCKET, PREFIX)
        with pytest.raises(UnclearError, match="malformed response"):
            upload(objects)


class Discarding(BaseHTTPRequestHandler):
    """Accept any upload and keep only its size."""

    protocol_version = "HTTP/1.1"
    sizes: list[int] = []  # noqa: RUF012  # of the only server

    def do_PUT(self) -> None:
        left = size = int(self.headers["Content-Length"])
        block = memoryview(bytearray(1 << 20))
        while left:
            left -= self.rfile.readinto(block[: min(left, len(block))])
        self.sizes.append(size)
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


UPLOAD = """
import sys
from resource import RUSAGE_SELF, getrusage
from pathlib import Path
from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.model import Content
path = Path(sys.argv[1])
with path.open("rb") as source:
    objects = AwsObjects(make_clients("es", "eu-west-1").s3, "acme", "dictionaries")
    before = getrusage(RUSAGE_SELF).ru_maxrss
    objects.upload("key", source, Content("00" * 32, path.stat().st_size), {}, may_replace=False)
print((getrusage(RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.slow
def test_large_file_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = 512 << 20
    with (tmp_path / "large").open("wb") as file:
        file.truncate(size)
    with ThreadingHTTPServer(("127.0.0.1", 0), Discarding) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        command = [sys.executable, "-c", UPLOAD, str(tmp_path / "large")]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": SOURCES}
        )
        server.shutdown()
    assert "" == done.stderr
    assert [size] == Discarding.sizes
    grown = int(done.stdout)
    assert grown < 32 << 20


def test_version_expiry_and_time_equal_those_of_s3() -> None:
    class Client:
        meta = SimpleNamespace(partition="aws")
        found: dict[str, Any] = {  # noqa: RUF012 never changed
            "ETag": "1",
            "VersionId": "v1",
            "Expiration": 'rule-id="old"',
            "ChecksumSHA256": base64.b64encode(bytes(32)).decode(),
            "LastModified": datetime(2026, 1, 1, tzinfo=UTC),
            "ResponseMetadata": {"HTTPHeaders": {"date": "Thu, 01 Jan 2026 00:00:00 GMT"}},
        }

        def head_object(self, **_: Any) -> Any:
            return self.found

        put_object = head_object

    objects = AwsObjects(Client(), BUCKET, PREFIX)
    uploaded = objects.upload("key", BytesIO(), Content("00" * 32, 0), {}, may_replace=True)

    for stored in (objects.head("key"), uploaded):
        assert stored is not None
        assert ("v1", 'rule-id="old"') == (stored.version_id, stored.expiration)
        assert "2026-01-01T00:00:00.000Z" == stored.modified_at
