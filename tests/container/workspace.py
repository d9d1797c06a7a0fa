"""A checkout such as actions/checkout leaves, with a merged pull request, and services to deploy it to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3

from .runner import ROOT

PULL_REQUEST = 7
_REGION = "eu-west-1"
_KEYS = ("AKIAIOSFODNN7EXAMPLE", "secret")
SESSION = boto3.Session(*_KEYS, region_name=_REGION)
BUCKET = "octo-search-dictionaries"
PACKAGE = "product-synonyms"
CONFIG = f"""\
bucket: {BUCKET}
domains: associated
branch: main
region: {_REGION}
dictionaries:
  - file: search/synonyms.txt
    package: {PACKAGE}
    kind: synonyms
"""


@dataclass(frozen=True)
class Workspace:
    """A git checkout of `main`, whose tip `commit` is the merge of pull request 7."""

    path: Path
    commit: str

    def commit_file(self, name: str, text: str) -> str:
        """Commit a file on what is checked out; the commit's SHA."""
        _commit(self.path, "Other words", {name: text})
        return git(self.path, "rev-parse", "HEAD")

    def push_event(self) -> dict[str, Any]:
        """The payload of the push that the merge was."""
        return {
            "ref": "refs/heads/main",
            "after": self.commit,
            "deleted": False,
            "forced": False,
            "repository": {"id": 1, "full_name": "octo/search", "default_branch": "main"},
        }


@dataclass(frozen=True)
class Services:
    """Where the local AWS and the local GitHub answer."""

    aws: str
    github: str

    def comments(self) -> list[dict[str, Any]]:
        """The comments on pull request 7."""
        request = Request(
            f"{self.github}/repos/octo/search/issues/{PULL_REQUEST}/comments",
            headers={"Authorization": "Bearer ghs_token"},
        )
        with urlopen(request, timeout=30) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def endpoints(self) -> dict[str, str]:
        """What a job sets so that the action finds these services."""
        return {
            "AWS_ENDPOINT_URL": self.aws,
            "GITHUB_API_URL": self.github,
            "GITHUB_GRAPHQL_URL": f"{self.github}/graphql",
        }

    def environ(self) -> dict[str, str]:
        """The same, and what configure-aws-credentials sets."""
        return {
            **self.endpoints(),
            "AWS_ACCESS_KEY_ID": _KEYS[0],
            "AWS_SECRET_ACCESS_KEY": _KEYS[1],
            "AWS_REGION": _REGION,
        }


def make_workspace(path: Path, files: dict[str, str] | None = None, config: str = CONFIG) -> Workspace:
    """Make the repository; `files` go into its first commit, `config` into the pull request."""
    path.mkdir()
    git(path, "init", "--quiet", "--initial-branch", "main")
    _commit(path, "First words", {**(files or {}), "search/synonyms.txt": "tv, television\n"})
    git(path, "switch", "--quiet", "--create", "change")
    changed = {".github/dictionaries.yml": config, "search/synonyms.txt": "tv, television\nsofa, couch\n"}
    _commit(path, "More words", changed)
    git(path, "switch", "--quiet", "main")
    message = f"Merge pull request #{PULL_REQUEST} from octo/change"
    git(path, "merge", "--quiet", "--no-ff", "change", "--message", message)
    return Workspace(path, git(path, "rev-parse", "HEAD"))


def git(path: Path, *arguments: str) -> str:
    """Run git as somebody with a name, whatever the machine's own settings are."""
    somebody = {
        f"GIT_{role}_{part}": "octo" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
    }
    environ = {**os.environ, **somebody, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    result = subprocess.run(
        ["git", "-C", str(path), *arguments], env=environ, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def _commit(path: Path, message: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--message", message)


@contextmanager
def serve(workspace: Workspace) -> Iterator[Services]:
    """Run the embedded services until the block ends."""
    command = [sys.executable, "-m", "sandbox", "--repository", str(workspace.path), "--copy-seconds", "1"]
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        # the checkout belongs to the runner's user, and git refuses another one's unless told
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        addresses = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
        try:
            yield Services(addresses["AWS_ENDPOINT_URL"], addresses["GITHUB_API_URL"])
        finally:
            process.terminate()


def sign_in(services: Services, role: str, region: str) -> boto3.Session:
    """A session in the account of the role's ARN."""
    sts = SESSION.client("sts", endpoint_url=services.aws)
    given = sts.assume_role(RoleArn=role, RoleSessionName="deploy")["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return boto3.Session(*keys, region_name=region)


def make_bucket(services: Services, bucket: str, session: boto3.Session = SESSION) -> None:
    """Make a bucket in the session's Region, with something to make a package from."""
    s3 = session.client("s3", endpoint_url=services.aws)
    if session.region_name == "us-east-1":
        s3.create_bucket(Bucket=bucket)
    else:
        where: Any = {"LocationConstraint": session.region_name}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    s3.put_object(Bucket=bucket, Key="first.txt", Body=b"tv, television\n")


def make_package(services: Services, bucket: str, name: str, session: boto3.Session = SESSION) -> str:
    """Make a package as an administrator would, and return its ID."""
    created = session.client("es", endpoint_url=services.aws).create_package(
        PackageName=name,
        PackageType="TXT-DICTIONARY",
        PackageSource={"S3BucketName": bucket, "S3Key": "first.txt"},
    )
    package_id: str = created["PackageDetails"]["PackageID"]
    return package_id


def commit_messages(services: Services, package_id: str, session: boto3.Session = SESSION) -> list[str]:
    """The CommitMessage of each version of the package, empty where there is none."""
    client = session.client("es", endpoint_url=services.aws)
    history = client.get_package_version_history(PackageID=package_id)
    return [version.get("CommitMessage", "") for version in history["PackageVersionHistoryList"]]
