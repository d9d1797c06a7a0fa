from __future__ import annotations

from collections.abc import Iterator

import pytest
from served_aws import Clock, World

from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.server import serve


@pytest.fixture
def world() -> Iterator[World]:
    clock = Clock()
    aws = LocalAws(Switches(), clock)
    with serve(aws) as url:
        world = World(aws, clock, url)
        world.client("s3").create_bucket(
            Bucket="acme", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield world
