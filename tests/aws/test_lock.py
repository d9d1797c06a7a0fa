"""The lock between runs: exclusive, taken over from killed runs, never from active ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.clock import LEASE_SECONDS
from dictionary_deploy.errors import AwsError, LockError, UnclearError
from tests.aws.conftest import Connect
from tests.aws.served import ACCOUNT, BUCKET, PREFIX, Aws, answer, serve_answers

KEY = f"{PREFIX}/.lock"
FIRST, SECOND = "https://example.com/runs/1", "https://example.com/runs/2"


def taken(aws: Aws, run: str = FIRST) -> Lock:
    lock = aws.lock(run)
    assert "" == lock.take()
    return lock


def body(aws: Aws) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(aws.body(KEY))
    return read


def test_free_lock_is_acquired_and_names_its_run(aws: Aws) -> None:
    lock = aws.lock(FIRST)
    assert "" == lock.take()
    assert (KEY, FIRST, LEASE_SECONDS) == (lock.key, body(aws)["run"], body(aws)["lease_seconds"])


def test_lock_object_is_encrypted(aws: Aws) -> None:
    taken(aws)
    head = aws.clients.s3.head_object(Bucket=BUCKET, Key=KEY)
    assert "AES256" == head["ServerSideEncryption"]


def test_held_lock_is_refused_with_its_holder(aws: Aws) -> None:
    taken(aws, FIRST)
    second = aws.lock(SECOND)
    assert FIRST == second.take()
    assert FIRST == body(aws)["run"]


def test_another_prefix_has_its_own_lock(aws: Aws) -> None:
    taken(aws)
    assert "" == Lock(aws.clients.s3, BUCKET, "other", SECOND).take()


def test_released_lock_is_free_without_a_delete(aws: Aws) -> None:
    first = taken(aws, FIRST)
    first.release()
    assert "" == aws.lock(SECOND).take()
    assert (SECOND, 0) == (body(aws)["run"], aws.count("s3:DeleteObject"))


def test_released_lock_can_be_acquired_again(aws: Aws) -> None:
    lock = taken(aws)
    lock.release()
    assert "" == lock.take()


def test_lock_that_is_not_held_is_not_released(aws: Aws) -> None:
    taken(aws, FIRST)
    aws.lock(SECOND).release()
    assert (FIRST, 1) == (body(aws)["run"], aws.count("s3:PutObject"))


@pytest.mark.parametrize("seconds", [0, LEASE_SECONDS - 2])
def test_active_lease_is_respected(aws: Aws, seconds: float) -> None:
    taken(aws, FIRST)
    aws.gateway.seconds_ahead = seconds
    assert FIRST == aws.lock(SECOND).take()


def test_expired_lease_by_the_clock_of_s3_is_taken_over(aws: Aws) -> None:
    first = taken(aws, FIRST)
    aws.gateway.seconds_ahead = LEASE_SECONDS + 2
    second = taken(aws, SECOND)
    second.renew()
    assert SECOND == body(aws)["run"]
    with pytest.raises(LockError, match="Another run took over the lock") as caught:
        first.renew()
    assert "locked" == caught.value.reason


def test_holder_is_read_without_a_write(aws: Aws) -> None:
    reader = aws.lock(SECOND)
    before = reader.holder()
    first = taken(aws)
    while_held = reader.holder()
    first.release()

    assert ("", FIRST, "") == (before, while_held, reader.holder())
    assert 2 == aws.count("s3:PutObject")


def test_previous_holder_does_not_release_a_lock_taken_over(aws: Aws) -> None:
    first = taken(aws, FIRST)
    aws.gateway.seconds_ahead = LEASE_SECONDS + 2
    second = taken(aws, SECOND)
    assert not first.release()
    second.renew()
    assert SECOND == body(aws)["run"]


def test_only_one_of_several_runs_takes_an_expired_lease_over(aws: Aws) -> None:
    taken(aws, FIRST)
    aws.gateway.seconds_ahead = LEASE_SECONDS + 2
    third = aws.lock("third")
    aws.gateway.after["GET"] = third.take
    assert "another run, which was quicker" == aws.lock(SECOND).take()
    assert "third" == body(aws)["run"]


def test_lease_renewed_after_a_stale_read_is_not_taken_over(aws: Aws) -> None:
    first = taken(aws, FIRST)
    aws.gateway.seconds_ahead = LEASE_SECONDS + 2
    aws.gateway.after["GET"] = first.renew
    second = aws.lock(SECOND)
    assert "another run, which was quicker" == second.take()
    first.renew()
    assert FIRST == body(aws)["run"]


def test_lock_deleted_during_the_read_is_acquired_next_time(aws: Aws) -> None:
    def delete() -> None:
        aws.clients.s3.delete_object(Bucket=BUCKET, Key=KEY)

    def take_and_delete_after_the_next_write() -> None:
        taken(aws, FIRST)
        aws.gateway.after["PUT"] = delete

    aws.gateway.after["GET"] = take_and_delete_after_the_next_write
    second = aws.lock(SECOND)
    assert ("another run, which is taking it", "") == (second.take(), second.take())


def test_deleted_lock_cannot_be_renewed(aws: Aws) -> None:
    first = taken(aws)
    aws.clients.s3.delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(LockError):
        first.renew()


def test_acquire_retried_by_boto3_after_success_succeeds(aws: Aws) -> None:
    aws.gateway.lost_answers["PUT"] = 1
    lock = taken(aws)
    lock.renew()
    assert FIRST == aws.lock(SECOND).take()


def test_renewal_retried_by_boto3_after_success_succeeds(aws: Aws) -> None:
    lock = taken(aws)
    aws.gateway.lost_answers["PUT"] = 1
    lock.renew()
    lock.renew()
    assert FIRST == aws.lock(SECOND).take()


def test_renewal_after_a_lost_response_extends_the_lease(aws: Aws) -> None:
    lock = taken(aws)
    aws.gateway.lost_answers["PUT"] = 4
    with pytest.raises(UnclearError):
        lock.renew()
    unheard = body(aws)["write"]
    lock.renew()
    assert FIRST == body(aws)["run"]
    assert unheard != body(aws)["write"]


def test_release_retried_by_boto3_after_success_succeeds(aws: Aws) -> None:
    lock = taken(aws, FIRST)
    aws.gateway.lost_answers["PUT"] = 1
    assert lock.release()
    assert "" == aws.lock(SECOND).take()


def test_release_after_a_lost_renewal_response_succeeds(aws: Aws) -> None:
    lock = taken(aws, FIRST)
    aws.gateway.lost_answers["PUT"] = 4
    with pytest.raises(UnclearError):
        lock.renew()
    lock.release()
    assert "" == aws.lock(SECOND).take()


def test_every_write_has_its_own_etag(aws: Aws) -> None:
    lock = taken(aws)
    first = aws.clients.s3.head_object(Bucket=BUCKET, Key=KEY)["ETag"]
    lock.renew()
    assert first != aws.clients.s3.head_object(Bucket=BUCKET, Key=KEY)["ETag"]


OTHER_BODIES = [
    b"",
    b"locked by hand",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"{}",
    b'{"run": "1", "token": "2", "lease_seconds": "long"}',
    b"[" * 10_000,
    b"x" * 20_000,
]


@pytest.mark.parametrize("other", OTHER_BODIES, ids=lambda other: other[:20])
def test_unknown_lock_body_expires_after_one_lease(aws: Aws, other: bytes) -> None:
    """A body that is not ours counts as that of a killed run once it is older than a lease."""
    aws.put(KEY, other)
    lock = aws.lock()
    assert "another program (unknown content)" == lock.take()
    aws.gateway.seconds_ahead = LEASE_SECONDS + 2
    assert "" == lock.take()


@pytest.mark.parametrize("lease", ["NaN", "Infinity", "-Infinity", "1e12", "-1", "0", "3601"])
def test_lease_outside_its_limits_counts_as_the_default(aws: Aws, lease: str) -> None:
    aws.put(KEY, f'{{"run": "1", "token": "2", "lease_seconds": {lease}}}'.encode())
    lock = aws.lock()
    assert "1" == lock.take()
    aws.gateway.seconds_ahead = LEASE_SECONDS + 2
    assert "" == lock.take()


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 21 Oct 2015 07:28:00 -0000"])
def test_response_without_a_date_takes_nothing_over(connect: Connect, date: str) -> None:
    held = json.dumps({"run": FIRST, "token": "t", "lease_seconds": 1}).encode()
    found = answer(200, held, ETag='"1"', Last_Modified="Wed, 21 Oct 2015 07:28:00 GMT", Date=date)
    with serve_answers(found) as told:
        assert FIRST == Lock(connect(told.url).s3, BUCKET, PREFIX, SECOND).take()


def test_bucket_without_conditional_writes_cannot_lock(aws: Aws) -> None:
    aws.switch(conditional_writes=False)
    with pytest.raises(LockError, match=f"{BUCKET} does not support conditional writes") as caught:
        aws.lock().take()
    assert "locked" == caught.value.reason
    assert "Set `bucket` to a bucket of Amazon S3 itself" in caught.value.remedy


def test_bucket_that_rejects_aes256_is_an_error_about_its_policy(aws: Aws) -> None:
    aws.switch(aes256=False)
    with pytest.raises(AwsError) as caught:
        aws.lock().take()
    assert "access-denied" == caught.value.reason
    assert f"Grant s3:PutObject on arn:aws:s3:::{BUCKET}/{PREFIX}/* to the role." in caught.value.remedy
    assert "allow AES256" in caught.value.remedy


def test_missing_bucket_is_reported(aws: Aws) -> None:
    with pytest.raises(AwsError, match="NoSuchBucket") as caught:
        Lock(aws.clients.s3, "nowhere", PREFIX, FIRST).take()
    assert "upload-failed" == caught.value.reason
    assert "Create the bucket" in caught.value.remedy


def test_lock_takes_two_calls_new_or_released(aws: Aws) -> None:
    first = taken(aws)
    assert (1, 1) == (aws.count("s3:GetObject"), aws.count("s3:PutObject"))
    first.release()
    taken(aws, SECOND)
    assert (2, 3) == (aws.count("s3:GetObject"), aws.count("s3:PutObject"))


def test_slower_of_two_runs_gets_the_holder(aws: Aws) -> None:
    aws.gateway.after["GET"] = lambda: taken(aws, FIRST)
    second = aws.lock(SECOND)
    assert FIRST == second.take()


def test_new_lock_is_acquired_without_permission_to_list(aws: Aws) -> None:
    aws.switch(list_bucket=False)
    taken(aws)
    assert FIRST == body(aws)["run"]


def test_lock_without_permission_to_read_is_an_error(aws: Aws) -> None:
    taken(aws)
    aws.local.failures.deny_read(BUCKET)
    with pytest.raises(AwsError) as caught:
        aws.lock(SECOND).take()
    assert "access-denied" == caught.value.reason
    assert "Grant s3:GetObject" in caught.value.remedy


def test_expected_owner_is_sent_with_every_call(aws: Aws) -> None:
    before = len(aws.gateway.headers)
    lock = aws.lock(expected_owner=ACCOUNT)
    lock.take()
    lock.renew()
    aws.lock(SECOND, expected_owner=ACCOUNT).take()
    lock.release()
    sent = aws.gateway.headers[before:]
    assert [ACCOUNT] * 5 == [headers.get("x-amz-expected-bucket-owner") for headers in sent]


def test_acquire_with_a_portal_response_is_an_error(connect: Connect) -> None:
    with serve_answers(answer(200)) as told:
        lock = Lock(connect(told.url).s3, BUCKET, PREFIX, FIRST)
        with pytest.raises(UnclearError, match="malformed response"):
            lock.take()


def test_one_of_two_concurrent_runs_acquires_the_lock(aws: Aws) -> None:
    """Both have read that there is no lock before one of them writes it."""
    second = aws.lock(SECOND)
    aws.gateway.after["GET"] = second.take

    assert SECOND == aws.lock(FIRST).take()
    assert SECOND == body(aws)["run"]
