"""The image, built once and run as GitHub's runner runs it."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from .runner import ROOT, Engine, run_action
from .workspace import CONFIG, Workspace, make_workspace

pytestmark = pytest.mark.container

OUR_LAYERS_AT_MOST = 10_000_000  # bytes, as a registry keeps them: compressed by gzip -6


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


def test_our_layers_stay_small(
    engine: Engine, image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arg = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("ARG"))
    base = saved_layers(engine, arg.removeprefix("ARG PYTHON_IMAGE="), tmp_path / "base.tar")

    ours = {
        name: size
        for name, size in saved_layers(engine, image, tmp_path / "image.tar").items()
        if name not in base
    }
    size = sum(ours.values())
    with capsys.disabled():
        sys.stdout.write(f"\nour layers: {size / 1e6:.1f} MB compressed\n")

    assert base, "the image is not made on its base"
    assert size <= OUR_LAYERS_AT_MOST


def saved_layers(engine: Engine, image: str, path: Path) -> dict[str, int]:
    """The size of each layer of an image, compressed, by the digest of its content."""
    engine("save", "--output", str(path), image)
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json") or BytesIO())
        layers = [(archive.extractfile(name) or BytesIO()).read() for name in manifest[0]["Layers"]]
    return {hashlib.sha256(layer).hexdigest(): len(gzip.compress(layer, 6)) for layer in layers}


def test_scanners_see_every_library_of_the_lock_and_its_licence(engine: Engine, image: str) -> None:
    lock = (ROOT / "requirements.txt").read_text()
    locked = re.findall(
        r"^([\w.-]+)(?:\[.+\])?==[^;\n]+$", lock, re.MULTILINE
    )  # those for some Pythons left out
    find = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({d.name: [f.name for f in d.files if f.locate().exists()]"
        " for d in m.distributions(path=['/action/src'])}))"
    )

    found = json.loads(engine("run", "--rm", "--entrypoint", "/usr/local/bin/python", image, "-c", find))

    assert {canonical(name) for name in locked} == {canonical(name) for name in found}
    assert [] == [name for name, files in found.items() if not any(map(is_licence, files))]


def canonical(name: str) -> str:
    return name.lower().replace("_", "-")


def is_licence(name: str) -> bool:
    return name.upper().startswith(("LICEN", "COPYING"))


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
