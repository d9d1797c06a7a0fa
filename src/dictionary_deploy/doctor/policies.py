"""Write the policies as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from dictionary_deploy.doctor.iam import Policy
from dictionary_deploy.errors import DeployError

NAMES = ("deploy", "deploy-trust", "plan", "plan-trust", "bucket")


def check_absent(folder: Path, environments: Sequence[str]) -> None:
    """Raise DeployError if one of the files exists: no file is overwritten."""
    names = [_file(environment, name) for environment in environments for name in NAMES]
    if existing := [name for name in names if (folder / name).exists()]:
        raise DeployError(
            "invalid-config",
            f"{folder} has {', '.join(existing)}. No policy was written: files are never overwritten.",
            "Set `--policies` to another folder, or remove the files.",
        )


def write_policies(folder: Path, environment: str, policies: Mapping[str, Policy]) -> list[str]:
    """Write one file for each policy; return their paths. Raises DeployError."""
    written = []
    for name, policy in policies.items():
        path = folder / _file(environment, name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(f"{json.dumps(policy, indent=2)}\n")
        except OSError as error:
            raise DeployError(
                "invalid-config",
                f"{path} cannot be written: {error.strerror}.",
                "Set `--policies` to another folder.",
            ) from error
        written.append(str(path))
    return written


def _file(environment: str, name: str) -> str:
    return f"{environment}-{name}.json" if environment else f"{name}.json"
