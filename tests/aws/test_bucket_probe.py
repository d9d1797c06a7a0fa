"""The probe of a bucket's features with one scratch object."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.aws.bucket_probe import BucketProbe
from dictionary_deploy.aws.errors import NO_BUCKET
from dictionary_deploy.aws.identity import Identity, who_am_i
from dictionary_deploy.errors import AwsError
from tests.aws.conftest import Connect
from tests.aws.served import ACCOUNT, BUCKET, PREFIX, REGION, Aws, answer, serve_answers

KEY = f"{PREFIX}/.doctor"


def probe(aws: Aws, **more: str) -> BucketProbe:
    return BucketProbe(aws.clients.s3, BUCKET, PREFIX, **more)


def keys(aws: Aws) -> list[str]:
    return [each["Key"] for each in aws.clients.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_bucket_with_all_features_passes_and_stays_empty(aws: Aws) -> None:
    tried = probe(aws)

    etag = tried.write()

    assert ([KEY], "kept", "AES256", REGION) == (
        keys(aws),
        tried.conditions(etag),
        tried.encryption(),
        tried.region(),
    )
    tried.remove()
    assert [] == keys(aws)
    assert tried.read_missing()


def test_object_of_an_earlier_probe_is_overwritten(aws: Aws) -> None:
    probe(aws).write()

    assert "kept" == probe(aws).conditions(probe(aws).write())
    assert [KEY] == keys(aws)


def test_bucket_without_conditional_writes_is_reported(aws: Aws) -> None:
    aws.switch(conditional_writes=False)
    tried = probe(aws)

    assert "refused" == tried.conditions(tried.write())


def test_ignored_condition_is_detected(aws: Aws) -> None:
    tried = probe(aws)
    tried.write()
    tried.remove()  # so that If-None-Match holds, as it seems to where it is ignored

    assert "ignored" == tried.conditions("any")


def test_concurrent_write_is_an_etag_mismatch_not_a_bucket_error(aws: Aws) -> None:
    tried = probe(aws)
    etag = tried.write()
    tried.write()

    assert "refused" == tried.conditions(etag)


@pytest.mark.parametrize("operation", ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:HeadBucket"])
def test_missing_permission_names_the_action_to_grant(aws: Aws, operation: str) -> None:
    tried = probe(aws)
    tried.write()
    aws.fail(operation, "AccessDenied", times=9)
    call = {
        "s3:PutObject": tried.write,
        "s3:GetObject": tried.encryption,
        "s3:DeleteObject": tried.remove,
        "s3:HeadBucket": tried.region,
    }[operation]

    with pytest.raises(AwsError) as caught:
        call()

    action = "s3:ListBucket" if operation == "s3:HeadBucket" else operation
    assert ("access-denied", True) == (caught.value.reason, f"Grant {action} on " in caught.value.remedy)


def test_bucket_of_another_owner_is_refused(aws: Aws) -> None:
    with pytest.raises(AwsError):
        probe(aws, expected_owner="999999999999").region()


def test_missing_bucket_is_named_with_the_fix(aws: Aws) -> None:
    elsewhere = replace(probe(aws), bucket="no-such-bucket-here")

    with pytest.raises(AwsError) as caught:
        elsewhere.region()

    assert ("Bucket no-such-bucket-here not found.", NO_BUCKET) == (
        caught.value.message,
        caught.value.remedy,
    )


def test_caller_identity_comes_from_sts(aws: Aws, connect: Connect) -> None:
    connect(aws.url)

    assert ACCOUNT == who_am_i(REGION, str).account
    assert "aws" == who_am_i(REGION, str).partition


def test_partition_comes_from_the_arn() -> None:
    assert "aws-cn" == Identity("1", "arn:aws-cn:iam::1:user/ada").partition


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>"])
def test_response_without_an_identity_is_malformed(connect: Connect, body: bytes) -> None:
    with serve_answers(answer(200, body)) as served:
        connect(served.url)

        with pytest.raises(AwsError, match="sts:GetCallerIdentity"):
            who_am_i(REGION, str)
