"""`python -m sandbox`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import boto3
import pytest
import requests
from botocore.config import Config

from sandbox.aws.switches import Switches
from sandbox.runner import start_services

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", *arguments]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Start the process; return the first two lines it prints as a mapping."""
    with subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().strip() for _ in range(2)]
            yield process, dict(line.split("=", 1) for line in lines)
        finally:
            process.kill()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_prints_endpoints_and_exits_with_0_when_stopped(
    repository: Path, number: signal.Signals
) -> None:
    with running("--repository", str(repository)) as (process, endpoints):
        assert ["AWS_ENDPOINT_URL", "GITHUB_API_URL"] == list(endpoints)
        assert all(url.startswith("http://127.0.0.1:") for url in endpoints.values())
        process.send_signal(number)
        assert 0 == process.wait(timeout=60)


@pytest.mark.slow
def test_command_serves_aws_with_its_options(repository: Path) -> None:
    options = ["--copy-seconds", "0", "--associate-seconds", "0.5", "--switch", "history_order=oldest"]
    with running("--repository", str(repository), *options, "--latency-ms", "1") as (_, endpoints):
        url = endpoints["AWS_ENDPOINT_URL"]
        session = boto3.Session("any", "any", region_name="eu-west-1")
        client = session.client("es", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
        source = {"S3BucketName": "acme", "S3Key": "missing"}
        client.create_package(PackageName="words", PackageType="TXT-DICTIONARY", PackageSource=source)
        listed = client.describe_packages(Filters=[{"Name": "PackageName", "Value": ["words"]}])
        switches = requests.get(f"{url}/_sandbox/switches", timeout=10).json()
    assert "COPY_FAILED" == listed["PackageDetailsList"][0]["PackageStatus"]
    assert (0.0, 0.5, "oldest") == (
        switches["copy_seconds"],
        switches["associate_seconds"],
        switches["history_order"],
    )


@pytest.mark.slow
def test_command_serves_on_the_given_ports(repository: Path) -> None:
    with running("--repository", str(repository)) as (_, free):
        pass
    ports = [url.rpartition(":")[2] for url in free.values()]
    options = ["--aws-port", ports[0], "--github-port", ports[1]]
    with running("--repository", str(repository), *options) as (_, endpoints):
        assert free == endpoints


def refused(*arguments: str) -> str:
    """Return the message of a usage error."""
    done = subprocess.run(
        command(*arguments), env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (2, "") == (done.returncode, done.stdout)
    return done.stderr


@pytest.mark.parametrize(
    ("switch", "message"),
    [
        ("speed=1", "There is no switch speed. There are: copy-seconds, associate-seconds, validating, "),
        ("validating", "validating cannot be ''. Set it to true or false."),
    ],
)
def test_unknown_switch_or_value_lists_the_known_ones(repository: Path, switch: str, message: str) -> None:
    assert f"--switch: {message}" in refused("--repository", str(repository), "--switch", switch)


def test_folder_that_is_no_checkout_is_a_usage_error(tmp_path: Path) -> None:
    assert f"run `git init {tmp_path}`" in refused("--repository", str(tmp_path))


def test_help_lists_every_switch_with_its_values_and_meaning() -> None:
    shown = subprocess.run(
        command("--help"), env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout

    entries = re.findall(r"^  ([a-z0-9-]+)=(\S+)\n      ([A-Z].+)", shown, re.MULTILINE)
    assert [each.name.replace("_", "-") for each in fields(Switches)] == [name for name, _, _ in entries]
    assert ("validating", "false|true") in [entry[:2] for entry in entries]


@pytest.mark.parametrize(
    ("origin", "name"),
    [("git@github.com:acme/search.git", "acme/search"), ("", "local/my-shop")],
)
def test_repository_is_named_after_its_origin_or_folder(tmp_path: Path, origin: str, name: str) -> None:
    folder = tmp_path / "my shop"
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    if origin:
        subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", origin], check=True)

    with start_services(folder) as variables:
        assert name == variables["GITHUB_REPOSITORY"]
