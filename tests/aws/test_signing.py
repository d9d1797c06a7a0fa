"""Signatures of requests to the endpoints of domains."""

from __future__ import annotations

import pytest

from dictionary_deploy.aws.signing import Signer
from dictionary_deploy.errors import AwsError
from tests.aws.conftest import Connect
from tests.aws.served import Aws

URL = "https://search-prod.eu-west-1.es.amazonaws.com/shop-*/_settings?expand_wildcards=all"


def test_request_is_signed_for_the_service_and_region(aws: Aws, connect: Connect) -> None:
    masked: list[str] = []
    session = connect(aws.url).session

    headers = Signer(session, "eu-west-1", masked.append)("GET", URL, b"")

    assert "/eu-west-1/es/aws4_request" in headers["Authorization"]
    assert "X-Amz-Date" in headers
    assert ["AKIAIOSFODNN7EXAMPLE", "secret"] == masked


def test_body_is_part_of_the_signature(aws: Aws, connect: Connect) -> None:
    sign = Signer(connect(aws.url).session, "eu-west-1", lambda _: None)

    one, other = (sign("POST", URL, body)["Authorization"] for body in (b"a", b"b"))

    assert one != other


def test_missing_credentials_are_reported(
    aws: Aws, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    sign = Signer(connect(aws.url).session, "eu-west-1", lambda _: None)

    with pytest.raises(AwsError):
        sign("GET", URL, b"")
