"""docs/command.md, "Without AWS": from an empty repository to a rollback, with the page's own commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from sandbox.runner import ROOT, start_services

FAST = ("--copy-seconds", "0", "--associate-seconds", "0")


def blocks() -> list[list[str]]:
    """Return the commands of the section, by code block."""
    section = (ROOT / "docs/command.md").read_text("utf-8").partition("## Without AWS")[2]
    found = re.findall(r"^```console\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    return [[line.removeprefix("$ ") for line in block.splitlines()] for block in found]


def install(folder: Path) -> None:
    """Install the command and Python, and a program in place of the AWS CLI, which does nothing."""
    folder.mkdir()
    python = f'export PYTHONPATH="{ROOT}/src"; exec "{sys.executable}"'
    programs = {"dictionary-deploy": f'{python} "{ROOT}/entrypoint.py" "$@"', "python": f'{python} "$@"'}
    for name, text in {**programs, "aws": ":"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)


@pytest.mark.slow
def test_commands_of_the_page_lead_to_a_rollback(tmp_path: Path) -> None:
    services, *steps = blocks()
    install(tmp_path / "bin")
    author = {
        f"GIT_{role}_{name}": "octo@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for name in ("NAME", "EMAIL")
    }
    environ = {"HOME": str(tmp_path), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", **author}
    subprocess.run(["sh", "-ec", services[0]], env=environ, check=True, capture_output=True)
    with start_services(tmp_path / "shop", *FAST) as variables:
        create_bucket_and_domain(variables["AWS_ENDPOINT_URL"])
        said = [run(block, tmp_path / "shop", {**environ, **variables}) for block in steps]

    assert "Nothing would stop a deploy." in said[0]
    assert "synonyms: created. Version v2 was made from this commit" in said[0]
    plan, deploy = said[1].split("Push of ")
    for report, result in (plan, "1 dictionary would be deployed"), (deploy, "1 dictionary deployed"):
        comment = report.partition("── Comment on pull request 1 ─")[2].partition("── Step summary ─")[0]
        assert result in comment, said[1]
        assert "+ sofa, couch" in comment
    assert ["updated", "held", "unchanged"] == re.findall(r"-> synonyms: (\w+)\.", said[2])


def test_commands_of_the_page_ignore_addresses_of_an_earlier_start(tmp_path: Path) -> None:
    start = [line.replace("/tmp/", f"{tmp_path}/") for line in blocks()[0][-3:]]
    (tmp_path / "sandbox.env").write_text("ADDRESS=old\n")
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho ADDRESS=new\n")
    program.chmod(0o755)

    said = run([*start, "echo $ADDRESS"], tmp_path, {"PATH": f"{tmp_path}:{os.environ['PATH']}"})

    assert "new\n" == said


def create_bucket_and_domain(url: str) -> None:
    """Create what the page creates with the AWS CLI."""
    session = boto3.Session("any", "any-will-do", region_name="eu-west-1")
    session.client("s3", endpoint_url=url).create_bucket(
        Bucket="acme-search-dictionaries",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    session.client("es", endpoint_url=url).create_elasticsearch_domain(DomainName="search-prod")


def run(commands: list[str], folder: Path, environ: dict[str, str]) -> str:
    """Run a block in a shell that stops at the first failed command; return what it printed."""
    script = "\n".join(["set -e", *commands])
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    return done.stdout
