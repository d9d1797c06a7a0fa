"""act, which runs a workflow file the way GitHub does, with local stand-ins for what would be fetched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.account import Account
from sandbox.repository import Repository
from sandbox.runner import ROOT, TOKEN

from .workspace import Services

JOB_IMAGE = "python:3.13-slim"  # has the bash that steps need, and is there for the build anyway
SIGN_IN = """\
name: Stands for configure-aws-credentials
description: Knows the roles that the test has signed in with.
inputs:
  aws-region: {description: The Region., required: true}
  role-to-assume: {description: The ARN of the role., required: true}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        ROLE: ${{ inputs.role-to-assume }}
        REGION: ${{ inputs.aws-region }}
      run: |
        case $ROLE in
        %s
        *) echo "No such role: $ROLE"; exit 1 ;;
        esac
        {
          echo "AWS_ACCESS_KEY_ID=$1"
          echo "AWS_SECRET_ACCESS_KEY=$2"
          echo "AWS_SESSION_TOKEN=$3"
          echo "AWS_REGION=$REGION"
        } >> "$GITHUB_ENV"
"""


CHECKOUT = """\
name: Stands for actions/checkout
description: The test has checked out a commit or a branch; this action verifies that it is the requested one.
inputs:
  ref: {description: The commit or the branch., required: true}
  persist-credentials: {description: Nothing is persisted here.}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        REF: ${{ inputs.ref }}
      run: |
        grep -qxF -e "$REF" -e "ref: refs/heads/$REF" .git/HEAD
"""


@dataclass(frozen=True)
class Act:
    """The executable, its engine, and a folder for the files of a run."""

    program: Path
    socket: str
    folder: Path

    def run(
        self,
        event: str,
        payload: Mapping[str, Any],
        workspace: Repository,
        services: Services,
        workflow: str,
        roles: Mapping[str, Account],
        options: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run the workflow for the event on the workspace's checkout; `roles` are the existing ones."""
        workspace.git("remote", "add", "origin", "https://github.com/octo/search.git")
        path = self.folder / "event.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        return subprocess.run(
            [
                *(str(self.program), event, "--eventpath", str(path), "--pull=false"),
                *("--platform", f"ubuntu-latest={JOB_IMAGE}", "--container-daemon-socket", "-"),
                *self._local_actions(workflow, roles),
                *job_environ(services),
                *options,
            ],
            cwd=workspace.path,
            env={**os.environ, "DOCKER_HOST": self.socket, "HOME": str(self.folder / "home")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )

    def _local_actions(self, workflow: str, roles: Mapping[str, Account]) -> list[str]:
        """Return the options that replace the workflow's actions by this checkout and the stand-ins."""
        local = {
            "actions/checkout": self._action("checkout", CHECKOUT),
            "aws-actions/configure-aws-credentials": self._action("sign-in", sign_in_action(roles)),
            "dictionary-deploy/deploy-search-dictionaries": self._this_action(),
        }
        uses = dict.fromkeys(re.findall(r"^\s*(?:- )?uses:\s*(\S+)", workflow, re.MULTILINE))
        pairs = [f"{each}={local[each.partition('@')[0]]}" for each in uses]
        return [option for pair in pairs for option in ("--local-repository", pair)]

    def _action(self, name: str, text: str) -> Path:
        """Create a folder with this action.yml."""
        action = self.folder / name
        action.mkdir()
        (action / "action.yml").write_text(text, encoding="utf-8")
        return action

    def _this_action(self) -> Path:
        action = self.folder / "action"
        shutil.copytree(ROOT / "src" / "dictionary_deploy", action / "src" / "dictionary_deploy")
        (action / "src" / "release").mkdir()
        for name in (
            ".dockerignore",
            "Dockerfile",
            "LICENSE",
            "action.yml",
            "entrypoint.py",
            "requirements.txt",
            "src/release/image.py",
        ):
            shutil.copy(ROOT / name, action / name)
        return action


def sign_in_action(roles: Mapping[str, Account]) -> str:
    """Return the stand-in's action.yml: a role has its account's keys; no other role can be assumed."""
    cases = [
        f"{role}) set -- '{key}' '{secret}' '{token or ''}' ;;"
        for role, (key, secret, token) in ((role, account.keys) for role, account in roles.items())
    ]
    return SIGN_IN % "\n        ".join(cases)


def job_environ(services: Services) -> list[str]:
    """Return act's options for the job's environment; the token is a secret, as in a real job."""
    pairs = [f"{name}={value}" for name, value in services.endpoints().items()]
    return [option for pair in pairs for option in ("--env", pair)] + ["--secret", f"GITHUB_TOKEN={TOKEN}"]
