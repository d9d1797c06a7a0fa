"""The ARNs in remedies belong to the partition of the Region."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import boto3
import pytest

from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.errors import AwsError
from dictionary_deploy.model import Content, Package
from tests.aws.served import BUCKET, PREFIX, Aws

KEY = f"{PREFIX}/synonyms/{'c' * 40}.txt"


@contextmanager
def remedy_has(part: str) -> Iterator[None]:
    with pytest.raises(AwsError) as caught:
        yield
    assert part in caught.value.remedy


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_remedy_names_the_arn_in_the_partition_of_the_region(aws: Aws, region: str, partition: str) -> None:
    session = boto3.session.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name=region)
    es, s3 = (session.client(name, endpoint_url=aws.url) for name in ("es", "s3"))
    packages, package = AwsPackages(es, es), Package("F1", "synonyms", "AVAILABLE", "v1")
    for operation in ("AssociatePackage", "UpdatePackage", "DescribeElasticsearchDomains"):
        aws.fail(f"es:{operation}", "AccessDeniedException")
    aws.switch(aes256=False)

    with remedy_has(f"arn:{partition}:es:*:*:domain/search-prod "):
        packages.associate(package, "search-prod")
    with remedy_has(f"arn:{partition}:s3:::{BUCKET}/{KEY}."):
        packages.update(package, BUCKET, KEY, "c" * 40, None)
    with remedy_has(f"arn:{partition}:es:*:*:domain/* "):
        AwsDomains(es, "es").engines(["search-prod"])
    with remedy_has(f"arn:{partition}:s3:::{BUCKET}/{PREFIX}/* "):
        upload(AwsObjects(s3, BUCKET, PREFIX))


def upload(objects: AwsObjects) -> Any:
    return objects.upload(KEY, BytesIO(b"a, b"), Content("0" * 64, 4), {}, may_replace=False)
