"""The time from a fresh container to the first request to AWS, compared with boto3's own clients."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.scene import ROOT

IMAGE = "localhost/dictionary-deploy:bench"
CLIENTS = (
    "import sys; sys.path.insert(0, '/action/src'); import boto3; boto3.client('es'); boto3.client('s3')"
)
CONFIG = """\
bucket: acme-search-dictionaries
domains: none
branch: main
dictionaries:
  - {file: synonyms.txt, package: product-synonyms, kind: synonyms}
"""
TIMES = 9


def measure() -> Iterator[str]:
    """Return one line, even without a container engine."""
    engine = _engine()
    if engine is None:
        yield "start: neither docker nor podman answers"
        return
    subprocess.run([engine, "build", "--quiet", "--tag", IMAGE, ROOT], check=True, capture_output=True)  # noqa: S603
    with TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as aws:
        workspace = Path(name)
        (workspace / "dictionaries.yml").write_text(CONFIG)
        (workspace / "synonyms.txt").write_text("tv, television\n")
        subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", name], check=True)  # noqa: S603, S607
        who = ["-c", "user.name=octo", "-c", "user.email=octo@example.com"]
        commit = ["git", *who, "-C", name, "commit", "--quiet", "--allow-empty", "--message", "Begin"]
        subprocess.run(commit, check=True)  # noqa: S603
        run = [engine, "run", "--rm", "--network", "host", "--volume", f"{name}:/github/workspace"]
        run += ["--workdir", "/github/workspace", "--env", "AWS_REGION=eu-west-1"]
        run += ["--env", "AWS_DEFAULT_REGION=eu-west-1", "--env", "AWS_ACCESS_KEY_ID=any"]
        run += ["--env", "AWS_SECRET_ACCESS_KEY=any", "--env", "GITHUB_WORKSPACE=/github/workspace"]
        run += ["--env", f"AWS_ENDPOINT_URL=http://127.0.0.1:{aws.getsockname()[1]}"]
        # A plan calls git or GitHub before AWS.
        status = [*run, IMAGE, "status", "--config", "dictionaries.yml"]
        clients = [*run, "--entrypoint", "/usr/local/bin/python", IMAGE, "-c", CLIENTS]
        pairs = [(_until_asked(status, aws), _until_over(clients)) for _ in range(TIMES + 1)][1:]
    ours, theirs = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    yield "a fresh container until its first request to AWS, against two clients of boto3 (at most 1.3)"
    yield f"{ours:6.2f} s  {theirs:6.2f} s  {ours / theirs:5.2f} x"


def _engine() -> str | None:
    """Return docker or podman, the one that responds."""
    for name in ("docker", "podman"):
        program = shutil.which(name)
        if program and not subprocess.run([program, "info"], capture_output=True, check=False).returncode:  # noqa: S603
            return program
    return None


def _until_asked(command: list[str], aws: socket.socket) -> float:
    began = time.monotonic()
    aws.settimeout(60)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        connection, _ = aws.accept()
        connection.recv(1)
        seconds = time.monotonic() - began
        connection.close()
        process.terminate()
        aws.settimeout(0.2)
        while process.poll() is None:  # what it tries again is turned away
            try:
                aws.accept()[0].close()
            except TimeoutError:
                continue
    return seconds


def _until_over(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return time.monotonic() - began
