"""The scene of every end-to-end test: empty services, a repository with one commit, a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.github.app import create_app
from sandbox.server import serve
from tests.end_to_end.scene import BUCKET, Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    repository = tmp_path / "repository"
    repository.mkdir()
    aws = LocalAws(Switches(copy_seconds=0.2, associate_seconds=0.2))
    with serve(aws) as aws_url, serve(create_app(repository)) as github_url:
        scene = Scene(repository, aws, aws_url, github_url, tmp_path / "scratch")
        scene.git("init", "--quiet", "--initial-branch", "main")
        scene.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield scene
