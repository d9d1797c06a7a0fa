"""The image, built once and run as GitHub's runner runs it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from .runner import ROOT, Engine, run_action
from .workspace import CONFIG, Workspace, make_workspace

pytestmark = pytest.mark.container

OUR_LAYERS_AT_MOST = 45_000_000  # bytes, uncompressed; about a third of that is pulled


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "workspace")


def test_the_image_leaves_user_and_working_directory_to_the_runner(engine: Engine, image: str) -> None:
    config = engine.inspect(image)["Config"]

    assert ("", "") == (config.get("User", ""), config.get("WorkingDir", "").rstrip("/"))


def test_the_entrypoint_is_absolute_and_isolated_from_the_workspace(engine: Engine, image: str) -> None:
    program, *flags, script = engine.inspect(image)["Config"]["Entrypoint"]

    assert ("/usr/local/bin/python", "/action/entrypoint.py") == (program, script)
    assert "-I" in flags


def test_what_installs_builds_or_tests_does_not_ship(engine: Engine, image: str) -> None:
    find = (
        "import importlib.util as u, sys; sys.path.insert(0, '/action/src');"
        "print([n for n in sys.argv[1:] if u.find_spec(n)])"
    )

    found = engine(
        *("run", "--rm", "--entrypoint", "/usr/local/bin/python", image, "-c", find),
        *("pip", "ensurepip", "setuptools", "pytest", "moto", "sandbox", "boto3", "dictionary_deploy"),
    )

    assert "['boto3', 'dictionary_deploy']" == found.strip()


def test_our_layers_stay_small(engine: Engine, image: str, capsys: pytest.CaptureFixture[str]) -> None:
    base = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("ARG"))
    ours = engine.inspect(image)["Size"] - engine.inspect(base.removeprefix("ARG PYTHON_IMAGE="))["Size"]
    with capsys.disabled():
        sys.stdout.write(f"\nour layers: {ours / 1e6:.1f} MB uncompressed\n")

    assert ours <= OUR_LAYERS_AT_MOST


def test_help_needs_no_network_and_nothing_writable(engine: Engine, image: str) -> None:
    text = engine("run", "--rm", "--read-only", "--network", "none", image, "--help")

    assert "dictionary-deploy" in text
    assert "rollback" in text


def test_modules_in_the_workspace_and_python_variables_of_the_job_have_no_effect(
    engine: Engine, image: str, tmp_path: Path, workspace: Workspace
) -> None:
    for name in ("argparse", "boto3", "dictionary_deploy", "sitecustomize", "yaml"):
        (workspace.path / f"{name}.py").write_text("raise SystemExit('planted')\n", encoding="utf-8")

    run = run_action(
        engine,
        image,
        tmp_path / "runner",
        workspace=workspace.path,
        inputs={"mode": "validate"},
        environ={
            "GITHUB_SHA": workspace.commit,
            "PYTHONPATH": "/github/workspace",
            "PYTHONSTARTUP": "/github/workspace/boto3.py",
        },
        event=workspace.push_event(),
        options=["--read-only"],
    )

    assert 0 == run.status, run.log
    assert "planted" not in run.log


def test_an_invalid_configuration_fails_the_step_with_an_annotation_on_its_line(
    engine: Engine, image: str, tmp_path: Path, workspace: Workspace
) -> None:
    (workspace.path / ".github" / "dictionaries.yml").write_text(
        CONFIG.replace("bucket:", "buckets:"), encoding="utf-8"
    )

    run = run_action(
        engine,
        image,
        tmp_path / "runner",
        workspace=workspace.path,
        inputs={"mode": "validate"},
        environ={"GITHUB_SHA": workspace.commit},
        event=workspace.push_event(),
        network="none",
    )

    assert 1 == run.status, run.log
    assert re.search(r"^::error .*file=\.github/dictionaries\.yml,line=1,", run.log, re.MULTILINE)
    assert ("failed", "invalid-config") == (run.outputs["result"], run.outputs["failure-reason"])
