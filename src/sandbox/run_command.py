"""`python -m sandbox run`: run the action as GitHub's runner does, on the repository of the local GitHub.

The local GitHub has the branches, the pull requests and their comments. The runner here checks out the
commit in a temporary folder, so the user's working tree stays as it is.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import requests

from sandbox.account import Account
from sandbox.display import LOG_HEADING, print_heading, print_now, print_report
from sandbox.repository import Repository
from sandbox.runner import TOKEN, OpenPullRequest, Runner, Step, input_defaults

PROGRAM = "python -m sandbox run"
SECONDS = 60
"""Timeout of a request to the local services."""
START = (
    "Run `python -m sandbox --repository DIR > /tmp/sandbox.env &` and, once it has printed its addresses,"
    " `set -a; . /tmp/sandbox.env; set +a`."
)


class RunError(Exception):
    """The action cannot run; the message has the fix."""


def main(arguments: Sequence[str]) -> int:
    """Run the action and print its log and report; return its exit status, or 2 if it could not run."""
    options = _parse(arguments)
    # A handler of this process alone: Ctrl-C stops the action, and its report is printed.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        services = connect(os.environ)
        with TemporaryDirectory(prefix="dictionary-run-") as scratch:
            return Job(services, Path(scratch), options.inputs).run(options)
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
    except BrokenPipeError:
        # The reader of the output has ended. The flush at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip()
        print(f"error: `{' '.join(error.cmd)}` failed: {said}. Fix this in the repository.", file=sys.stderr)
    return 2


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Run the action on the repository that the local services serve.",
        epilog="Commits count as pushed. Uncommitted changes are not included. The exit status is the"
        " action's, or 2 if it could not run.",
    )
    parser.add_argument(
        "--pull-request",
        metavar="BRANCH",
        help="open a pull request from the branch, if none is open, and run as on its update; with --push:"
        " count the push as its merge, after a squash or rebase",
    )
    parser.add_argument("--push", action="store_true", help="run as on a push to the default branch")
    parser.add_argument(
        "--rollback", metavar="COMMIT", help="run as the rollback workflow, with this older commit"
    )
    parser.add_argument(
        "--input",
        dest="inputs",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an input of the action, such as environment=production; may be repeated",
    )
    options = parser.parse_args(arguments)
    if not (options.pull_request or options.push or options.rollback):
        parser.error("Set --pull-request BRANCH, --push or --rollback COMMIT.")
    if options.rollback and (options.push or options.pull_request):
        parser.error("Set --rollback without --push and --pull-request.")
    options.inputs = dict(each.partition("=")[::2] for each in options.inputs)
    known = input_defaults()
    for name in options.inputs:
        if name not in known:
            parser.error(f"--input: There is no input {name}. There are: {', '.join(known)}.")
    return options


@dataclass(frozen=True)
class Services:
    """The running local services and the repository that they serve."""

    aws_url: str
    github_url: str
    repository: str
    """`owner/name`."""
    region: Mapping[str, str]
    """The variable of the Region, if it is set."""
    session: requests.Session

    def check(self) -> None:
        """Raise RunError if one of them does not respond or is not local."""
        for url in (f"{self.aws_url}/_sandbox/switches", f"{self.github_url}/_sandbox/repository"):
            if not self._request("GET", url).ok:
                raise RunError(f"{url} is not a local service. {START}")

    @property
    def folder(self) -> Path:
        """The repository's working tree."""
        return Path(self._request("GET", f"{self.github_url}/_sandbox/repository").json()["path"])

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a job whose steps use these services."""
        github = {"GITHUB_API_URL": self.github_url, "GITHUB_GRAPHQL_URL": f"{self.github_url}/graphql"}
        return {**Account(self.aws_url).environ, **self.region, **github}

    def find(self, path: str) -> Any:
        """Return GitHub's response about the repository; None if the resource does not exist."""
        url = f"{self.github_url}/repos/{self.repository}{path}"
        response = self._request("GET", url)
        if response.status_code >= 500:
            raise RunError(
                f"{url} failed with status {response.status_code}. See the output of the services."
            )
        return response.json() if response.ok else None

    def post(self, path: str, sent: Mapping[str, Any]) -> requests.Response:
        """Send a POST request to the local GitHub."""
        return self._request("POST", f"{self.github_url}{path}", sent)

    def _request(self, method: str, url: str, sent: Any = None) -> requests.Response:
        try:
            return self.session.request(method, url, json=sent, timeout=SECONDS)
        except requests.RequestException:
            raise RunError(f"{url} does not respond. {START}") from None


def connect(environ: Mapping[str, str]) -> Services:
    """Return the services that the variables name. Raises RunError if they do not respond."""
    aws_url, github_url = (
        environ.get(name, "").rstrip("/") for name in ("AWS_ENDPOINT_URL", "GITHUB_API_URL")
    )
    if not aws_url or not github_url:
        raise RunError(f"AWS_ENDPOINT_URL or GITHUB_API_URL is not set. {START}")
    session = requests.Session()
    session.trust_env = False  # a proxy does not reach this machine's loopback
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    region = {"AWS_REGION": value} if (value := environ.get("AWS_REGION")) else {}
    repository = environ.get("GITHUB_REPOSITORY") or "local/repository"
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise RunError(f"GITHUB_REPOSITORY is {repository!r}. Set it to `owner/name`.")
    services = Services(aws_url, github_url, repository, region, session)
    services.check()
    return services


class Job:
    """A run of the action. Its files are in the folder `scratch`."""

    def __init__(self, services: Services, scratch: Path, inputs: Mapping[str, str]) -> None:
        self._services = services
        self._folder = services.folder
        self._branch = str(services.find("")["default_branch"])
        self._checkout = Repository(scratch / "workspace")
        self._runner = Runner(
            self._checkout.path,
            scratch / "runner",
            services.repository,
            services.environ,
            inputs,
            self._branch,
        )

    def run(self, options: argparse.Namespace) -> int:
        """Run the action as the options say; return its exit status."""
        if options.rollback:
            return self._roll_back(options.rollback)
        if options.push:
            return self._push(options.pull_request)
        return self._plan(options.pull_request)

    def _plan(self, branch: str) -> int:
        pull = self._open(branch)
        number, head, base = pull["number"], pull["head"]["sha"], pull["base"]["sha"]
        self._check_out(base)
        try:
            message = f"Merge {head} into {base}"
            self._checkout.git("merge", "--quiet", "--no-ff", "--message", message, head)
        except subprocess.CalledProcessError as error:
            raise RunError(
                f"{branch} cannot be merged into {self._branch}, so GitHub would start no run. Merge"
                f" {self._branch} into {branch} and fix the conflicts. Git reports:"
                f" {' '.join((error.stdout + error.stderr).split())}"
            ) from None
        # Like GitHub's own test merge, it is in the repository, but on no branch.
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head")
        Repository(self._folder).git(*fetch, str(self._checkout.path), "HEAD")
        print_now(f"Pull request {number}, {branch} into {self._branch}: {pull['title']}")
        self._warn_if_uncommitted()
        proposed = OpenPullRequest(number, head, base, branch, self._checkout.head)
        return self._show(lambda: self._runner.pull_request(proposed, print_now), {number})

    def _push(self, branch: str | None) -> int:
        tip = self._tip()
        self._check_out(tip["sha"])
        if branch:
            self._mark_merged(branch, tip["sha"])
        print_now(f"Push of {tip['sha']} to {self._branch}: {_subject(tip)}")
        self._warn_if_uncommitted()
        merged = self._services.find(f"/commits/{tip['sha']}/pulls")
        if not merged:
            self._list_open_pull_requests()
        before = next((parent["sha"] for parent in tip["parents"]), "0" * 40)
        return self._show(
            lambda: self._runner.push(before, tip["sha"], print_now), {pull["number"] for pull in merged}
        )

    def _roll_back(self, name: str) -> int:
        tip = self._tip()["sha"]
        parse = ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
        try:
            commit = Repository(self._folder).git(*parse)
        except subprocess.CalledProcessError:
            raise RunError(
                f"{self._folder} has no commit {name}. Run `git -C {self._folder} log {self._branch}` to list"
                " the commits."
            ) from None
        self._check_out(commit)
        print_now(f"Rollback to {commit}: {self._checkout.git('log', '-1', '--format=%s')}")
        return self._show(lambda: self._runner.rollback(commit, tip, print_now), set())

    def _show(self, run: Callable[[], Step], numbers: Collection[int]) -> int:
        """Run the step; print its log and summary, its comments and those on the pull requests."""
        before = self._comments()
        print_heading(LOG_HEADING)
        step = run()
        shown: dict[str, list[str]] = {}
        for comment in self._comments():
            number = int(comment["issue_url"].rpartition("/")[2])
            if number in numbers or comment not in before:
                shown.setdefault(f"Comment on pull request {number}", []).append(comment["body"].rstrip())
        print_report(shown, step)
        return step.status

    def _comments(self) -> list[Any]:
        return list(self._services.find("/issues/comments?per_page=100"))

    def _check_out(self, commit: str) -> None:
        self._checkout.path.mkdir()
        self._checkout.git("clone", "--quiet", "--shared", "--no-checkout", str(self._folder), ".")
        self._checkout.git("checkout", "--quiet", "--detach", commit)

    def _tip(self) -> Any:
        """Return the commit at the tip of the default branch."""
        found = self._services.find(f"/branches/{quote(self._branch)}")
        if not found:
            raise RunError(f"{self._branch} in {self._folder} has no commit yet. Commit the files first.")
        return found["commit"]

    def _open(self, branch: str) -> Any:
        """Return the open pull request of the branch; open it first if needed."""
        self._tip()
        if branch == self._branch:
            raise RunError(f"{branch} is the default branch. Run `{PROGRAM} --push` to deploy it.")
        found = self._services.find(f"/branches/{quote(branch)}")
        if not found:
            raise RunError(
                f"{self._folder} has no branch {branch}. Run `git -C {self._folder} branch` to list the"
                f" branches, or `git switch --create {branch}` to create it."
            )
        if opened := self._pull_requests(branch, "open"):
            return opened[0]
        sent = {"title": _subject(found["commit"]), "head": branch, "base": self._branch}
        response = self._services.post(f"/repos/{self._services.repository}/pulls", sent)
        if not response.ok:
            raise RunError(
                f"{branch} has no commit that {self._branch} lacks, so there is nothing to merge. Commit a"
                f" change on {branch}. If it is merged already, run `{PROGRAM} --push`."
            )
        return response.json()

    def _mark_merged(self, branch: str, tip: str) -> None:
        """Record the checked-out tip as the merge of the branch's pull request, unless it has one."""
        found = self._pull_requests(branch, "all")
        if not found:
            raise RunError(
                f"{branch} has no pull request. Leave out --pull-request, or run"
                f" `{PROGRAM} --pull-request {branch}` before you merge it."
            )
        if found[0]["merged_at"]:
            return
        if missing := self._changes_of(found[0]["head"]["sha"]):
            raise RunError(
                f"{self._branch} lacks changes of {branch}: {', '.join(missing)}. Merge it first:"
                f" `git switch {self._branch} && git merge {branch}`."
            )
        self._services.post("/_sandbox/merges", {"number": found[0]["number"], "commit": tip})

    def _changes_of(self, head: str) -> list[str]:
        """Return the files that a merge of the commit would still change; empty if it conflicts."""
        try:
            self._checkout.git("merge", "--quiet", "--squash", head)
            return self._checkout.git("diff", "--cached", "--name-only").splitlines()
        except subprocess.CalledProcessError:
            return []  # the branch has changed since: only the user can decide
        finally:
            self._checkout.git("reset", "--quiet", "--hard")

    def _pull_requests(self, branch: str, state: str) -> list[Any]:
        """Return the pull requests of the branch, newest first."""
        owner = self._services.repository.partition("/")[0]
        head = quote(f"{owner}:{branch}")
        return list(self._services.find(f"/pulls?state={state}&head={head}&base={quote(self._branch)}"))

    def _list_open_pull_requests(self) -> None:
        for pull in self._services.find("/pulls"):
            branch = pull["head"]["ref"]
            print_now(
                f"Pull request {pull['number']} stays open: {self._branch} does not contain {branch}. After a"
                f" squash merge, add --pull-request {branch}."
            )

    def _warn_if_uncommitted(self) -> None:
        changed = Repository(self._folder).git("status", "--porcelain", "--untracked-files=no")
        if changed:
            print_now("The uncommitted changes of the working tree are not included.")


def _subject(commit: Any) -> str:
    return str(commit["commit"]["message"]).partition("\n")[0]
