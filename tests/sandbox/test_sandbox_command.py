"""`python -m sandbox`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import requests
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", *arguments]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Start the process; return the two lines it prints as a mapping."""
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


def test_command_serves_on_the_given_ports(repository: Path) -> None:
    with running("--repository", str(repository)) as (_, free):
        pass
    ports = [url.rpartition(":")[2] for url in free.values()]
    options = ["--aws-port", ports[0], "--github-port", ports[1]]
    with running("--repository", str(repository), *options) as (_, endpoints):
        assert free == endpoints


@pytest.mark.parametrize("switch", ["speed=1", "validating"])
def test_unknown_switch_is_a_usage_error(repository: Path, switch: str) -> None:
    done = subprocess.run(
        command("--repository", str(repository), "--switch", switch),
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert 2 == done.returncode
    assert "--switch: " in done.stderr
