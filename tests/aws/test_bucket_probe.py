"""What a bucket lets one do, tried on one scratch object."""

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


def test_a_bucket_that_does_everything_is_said_to_and_keeps_nothing(aws: Aws) -> None:
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


def test_what_an_earlier_trial_left_is_written_over(aws: Aws) -> None:
    probe(aws).write()

    assert "kept" == probe(aws).conditions(probe(aws).write())
    assert [KEY] == keys(aws)


def test_a_bucket_without_conditional_writes_refuses_them(aws: Aws) -> None:
    aws.switch(conditional_writes=False)
    tried = probe(aws)

    assert "refused" == tried.conditions(tried.write())


def test_a_condition_that_is_not_kept_is_noticed(aws: Aws) -> None:
    tried = probe(aws)
    tried.write()
    tried.remove()  # so that If-None-Match holds, as it seems to where it is ignored

    assert "ignored" == tried.conditions("any")


def test_a_write_by_another_in_between_is_no_fault_of_the_bucket_but_of_the_etag(aws: Aws) -> None:
    tried = probe(aws)
    etag = tried.write()
    tried.write()

    assert "refused" == tried.conditions(etag)


@pytest.mark.parametrize("operation", ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:HeadBucket"])
def test_a_missing_right_is_told_with_the_action_to_grant(aws: Aws, operation: str) -> None:
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


def test_a_bucket_of_another_owner_is_not_used(aws: Aws) -> None:
    with pytest.raises(AwsError):
        probe(aws, expected_owner="999999999999").region()


def test_a_bucket_that_is_not_there_is_named_with_what_to_do(aws: Aws) -> None:
    elsewhere = replace(probe(aws), bucket="no-such-bucket-here")

    with pytest.raises(AwsError) as caught:
        elsewhere.region()

    assert ("Bucket no-such-bucket-here not found.", NO_BUCKET) == (
        caught.value.message,
        caught.value.remedy,
    )


def test_the_caller_is_who_sts_says(aws: Aws, connect: Connect) -> None:
    connect(aws.url)

    assert ACCOUNT == who_am_i(REGION, str).account
    assert "aws" == who_am_i(REGION, str).partition


def test_an_arn_tells_the_partition() -> None:
    assert "aws-cn" == Identity("1", "arn:aws-cn:iam::1:user/ada").partition


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>"])
def test_an_answer_without_an_identity_is_no_identity(connect: Connect, body: bytes) -> None:
    with serve_answers(answer(200, body)) as served:
        connect(served.url)

        with pytest.raises(AwsError, match="sts:GetCallerIdentity"):
            who_am_i(REGION, str)
