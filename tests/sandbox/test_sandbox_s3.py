"""S3 as the local AWS serves it, through boto3."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from served_aws import World, refusal

FAILED_CONDITION = "At least one of the pre-conditions you specified did not hold"


def checksum(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_object_returns_its_sha256_on_request(world: World) -> None:
    body = b"a, b\n" * 100_000
    world.put("words", body, ChecksumSHA256=checksum(body))
    s3 = world.client("s3")
    head = s3.head_object(Bucket="acme", Key="words", ChecksumMode="ENABLED")
    found = s3.get_object(Bucket="acme", Key="words", ChecksumMode="ENABLED")
    assert [checksum(body)] * 2 == [head["ChecksumSHA256"], found["ChecksumSHA256"]]
    assert body == found["Body"].read()
    assert "ChecksumSHA256" not in s3.head_object(Bucket="acme", Key="words")


def test_chunked_unsigned_upload_is_stored(world: World) -> None:
    answer = requests.put(f"{world.url}/acme/words", data=iter([b"a, ", b"b"]), timeout=10)
    assert 200 == answer.status_code
    assert b"a, b" == world.client("s3").get_object(Bucket="acme", Key="words")["Body"].read()


@pytest.mark.parametrize("stated", ["nonsense", "!", checksum(b"x")[:-4]])
def test_malformed_checksum_is_refused(world: World, stated: str) -> None:
    expected = ("InvalidRequest", 400, "Value for x-amz-checksum-sha256 header is invalid.")
    assert expected == refusal(world.put, "words", b"x", ChecksumSHA256=stated)


def test_content_with_a_wrong_checksum_is_refused_and_not_stored(world: World) -> None:
    message = "The SHA256 you specified did not match the calculated checksum."
    expected = ("BadDigest", 400, message)
    assert expected == refusal(world.put, "words", b"x", ChecksumSHA256=checksum(b"y"))
    missing = refusal(world.client("s3").get_object, Bucket="acme", Key="words")
    assert ("NoSuchKey", 404, "The specified key does not exist.") == missing


def test_bucket_of_another_owner_is_refused(world: World) -> None:
    world.put("words", ExpectedBucketOwner="123456789012")
    expected = ("AccessDenied", 403, "Access Denied")
    assert expected == refusal(world.put, "words", ExpectedBucketOwner="111111111111")
    head = world.client("s3").head_object
    expected = ("403", 403, "Forbidden")
    assert expected == refusal(head, Bucket="acme", Key="words", ExpectedBucketOwner="111111111111")


def test_bucket_owner_is_the_account_that_created_it(world: World) -> None:
    role = world.client("sts").assume_role(
        RoleArn="arn:aws:iam::999999999999:role/other", RoleSessionName="other"
    )["Credentials"]
    other = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    put = world.client("s3", session=other).put_object
    assert ("AccessDenied", 403, "Access Denied") == refusal(
        put, Bucket="acme", Key="words", Body=b"x", ExpectedBucketOwner="999999999999"
    )
    put(Bucket="acme", Key="words", Body=b"x", ExpectedBucketOwner="123456789012")


def test_if_none_match_keeps_an_existing_object(world: World) -> None:
    world.put("words", b"first", IfNoneMatch="*")
    expected = ("PreconditionFailed", 412, FAILED_CONDITION)
    assert expected == refusal(world.put, "words", b"second", IfNoneMatch="*")
    found = world.client("s3").get_object(Bucket="acme", Key="words")
    assert b"first" == found["Body"].read()


def test_if_match_replaces_only_the_named_object(world: World) -> None:
    s3 = world.client("s3")
    first = s3.put_object(Bucket="acme", Key="words", Body=b"first")["ETag"]
    second = s3.put_object(Bucket="acme", Key="words", Body=b"second", IfMatch=first)["ETag"]
    expected = ("PreconditionFailed", 412, FAILED_CONDITION)
    assert expected == refusal(world.put, "words", b"third", IfMatch=first)
    s3.delete_object(Bucket="acme", Key="words", IfMatch=second)
    expected = ("NoSuchKey", 404, "The specified key does not exist.")
    assert expected == refusal(s3.put_object, Bucket="acme", Key="words", Body=b"fourth", IfMatch=second)


def test_one_of_many_concurrent_conditional_writes_succeeds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto writes larger bodies to disk between its check and its write, where others can interfere.
    monkeypatch.setenv("MOTO_S3_DEFAULT_KEY_BUFFER_SIZE", "1")
    s3, writers = world.client("s3"), 8
    together = Barrier(writers)

    def write(number: int) -> int:
        together.wait()
        try:
            answer = s3.put_object(
                Bucket="acme", Key="lock", Body=b"%d" % number * 1_000_000, IfNoneMatch="*"
            )
        except ClientError as error:
            answer = error.response
        return int(answer["ResponseMetadata"]["HTTPStatusCode"])

    for _ in range(5):
        with ThreadPoolExecutor(writers) as pool:
            assert [200] + [412] * (writers - 1) == sorted(pool.map(write, range(writers)))
        s3.delete_object(Bucket="acme", Key="lock")


def test_every_response_has_a_date(world: World) -> None:
    head = world.client("s3").head_bucket(Bucket="acme")
    assert head["ResponseMetadata"]["HTTPHeaders"]["date"].endswith("GMT")


def test_bucket_can_refuse_conditional_writes(world: World) -> None:
    world.switch(conditional_writes=False)
    message = "A header you provided implies functionality that is not implemented"
    expected = ("NotImplemented", 501, message)
    assert expected == refusal(world.put, "lock", IfNoneMatch="*")
    assert expected == refusal(world.put, "lock", IfMatch="etag")
    world.put("lock")


def test_missing_key_without_list_permission_is_forbidden(world: World) -> None:
    world.switch(list_bucket=False)
    s3 = world.client("s3")
    denied = ("AccessDenied", 403, "Access Denied")
    assert denied == refusal(s3.get_object, Bucket="acme", Key="missing")
    assert ("403", 403, "Forbidden") == refusal(s3.head_object, Bucket="acme", Key="missing")
    missing = ("NoSuchBucket", 404, "The specified bucket does not exist")
    assert missing == refusal(s3.get_object, Bucket="nowhere", Key="missing")


def test_unreadable_bucket_can_be_written(world: World) -> None:
    world.aws.failures.deny_read("acme")
    world.put("words")
    denied = ("AccessDenied", 403, "Access Denied")
    assert denied == refusal(world.client("s3").get_object, Bucket="acme", Key="words")


def test_bucket_policy_can_refuse_aes256(world: World) -> None:
    world.switch(aes256=False)
    denied = ("AccessDenied", 403, "Access Denied")
    assert denied == refusal(world.put, "words", ServerSideEncryption="AES256")
    world.put("words")


def test_object_encryption_overrides_the_bucket_default(world: World) -> None:
    s3 = world.client("s3")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket="acme", ServerSideEncryptionConfiguration={"Rules": [rule]})
    world.put("default")
    world.put("own", ServerSideEncryption="AES256")
    found = [s3.head_object(Bucket="acme", Key=key)["ServerSideEncryption"] for key in ("default", "own")]
    assert ["aws:kms", "AES256"] == found
