"""The command as a user runs it at a terminal or in another CI system."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tests.end_to_end.fork_server import run_entrypoint
from tests.end_to_end.scene import REPOSITORY, Scene


@dataclass
class Said:
    """The output and exit status of the command."""

    status: int
    out: str
    err: str

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs with `--json`: stdout is one JSON object."""
        outputs: dict[str, Any] = json.loads(self.out)
        return outputs

    @property
    def outcomes(self) -> list[str]:
        return [each["outcome"] for each in self.outputs["dictionaries"]]


def environment(scene: Scene, **environ: str) -> dict[str, str]:
    """The environment of a terminal, without GitHub's variables. The scene's checkout has no origin."""
    scene.scratch.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(scene.scratch),
        "AWS_ENDPOINT_URL": scene.aws_url,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_REGION": "eu-west-1",
        "CI_DEFAULT_BRANCH": "main",
        "CI_PROJECT_PATH": REPOSITORY,
        **environ,
    }


def command(scene: Scene, *arguments: str, folder: Path | None = None, **environ: str) -> Said:
    """Run the command in the scene's checkout, or in `folder`."""
    with TemporaryFile("w+", encoding="utf-8") as out, TemporaryFile("w+", encoding="utf-8") as err:
        status = run_entrypoint(
            arguments, environment(scene, **environ), folder or scene.repository, out, err
        )
        out.seek(0)
        err.seek(0)
        said = Said(status, out.read(), err.read())
    assert "Traceback" not in said.err, said.err
    return said
