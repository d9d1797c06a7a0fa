"""The image, built once and run as GitHub's runner runs it."""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest

from release.image import OPERATIONS, REMOVED_LIBRARIES
from sandbox.repository import Repository
from sandbox.runner import ROOT

from .runner import Engine, run_action
from .workspace import CONFIG, make_workspace, serve

pytestmark = pytest.mark.container

MAX_IMAGE_BYTES = 20_000_000  # as a registry stores them: each layer compressed by gzip -6
PYTHON = ("run", "--rm", "--network", "none", "--entrypoint", "/usr/local/bin/python")


@pytest.fixture
def workspace(tmp_path: Path) -> Repository:
    return make_workspace(tmp_path / "workspace")


def test_image_sets_neither_user_nor_working_directory(engine: Engine, image: str) -> None:
    config = engine.inspect(image)["Config"]

    assert ("", "") == (config.get("User", ""), config.get("WorkingDir", "").rstrip("/"))


def test_entrypoint_is_absolute_and_isolated(engine: Engine, image: str) -> None:
    program, *flags, script = engine.inspect(image)["Config"]["Entrypoint"]

    assert ("/usr/local/bin/python", "/action/entrypoint.py") == (program, script)
    assert "-I" in flags


def test_build_and_test_tools_do_not_ship(engine: Engine, image: str) -> None:
    find = (
        "import importlib.util as u, sys; sys.path.insert(0, '/action/src');"
        "print([n for n in sys.argv[1:] if u.find_spec(n)])"
    )

    found = engine(
        *(*PYTHON, image, "-c", find),
        *(
            "pip",
            "ensurepip",
            "setuptools",
            "pytest",
            "moto",
            "sandbox",
            "release",
            "sqlite3",
            "cryptography",
        ),
        *("boto3", "dictionary_deploy", "github"),
    )

    assert "['boto3', 'dictionary_deploy', 'github']" == found.strip()


def test_only_python_is_executable_and_nothing_is_setuid(files: Mapping[str, tarfile.TarInfo]) -> None:
    programs = {name for name in files if re.match(r"(usr/(local/)?)?s?bin/.", name)}
    setuid = [name for name, file in files.items() if file.isreg() and file.mode & 0o6000]

    assert {f"usr/local/bin/{name}" for name in ("python", "python3", "python3.13")} == programs
    assert [] == setuid


def test_temporary_folder_is_writable(files: Mapping[str, tarfile.TarInfo]) -> None:
    assert 0o1777 == files["tmp"].mode & 0o7777


@pytest.fixture(scope="module")
def layers(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    path = tmp_path_factory.mktemp("saved") / "image.tar"
    engine("save", "--output", str(path), image)
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json") or BytesIO())
        return [(archive.extractfile(name) or BytesIO()).read() for name in manifest[0]["Layers"]]


@pytest.fixture(scope="module")
def files(layers: Sequence[bytes]) -> dict[str, tarfile.TarInfo]:
    """Return every file of the image, by path without the first slash."""
    return {
        member.name.removeprefix("./"): member
        for layer in layers
        for member in tarfile.open(fileobj=BytesIO(layer))
    }


def test_image_stays_small(layers: Sequence[bytes], capsys: pytest.CaptureFixture[str]) -> None:
    size = sum(len(gzip.compress(layer, 6)) for layer in layers)
    with capsys.disabled():
        sys.stdout.write(f"\nthe whole image: {size / 1e6:.1f} MB compressed\n")

    assert size <= MAX_IMAGE_BYTES


def test_every_module_loads_and_every_operation_can_be_called(
    engine: Engine, image: str, workspace: Repository
) -> None:
    script = Path(__file__).with_name("in_image.py").read_text(encoding="utf-8")
    operations = {service: sorted(names) for service, names in OPERATIONS.items()}

    with serve(workspace) as services:
        command = ["run", "--rm", "--network", "host", "--entrypoint", "/usr/local/bin/python", image, "-c"]
        output = engine(*command, script, json.dumps(operations), services.account.url)

    assert output.split()[1] == str(sum(map(len, operations.values())))


def test_scanners_see_every_library_and_its_licence(engine: Engine, image: str) -> None:
    lock = (ROOT / "requirements.txt").read_text()
    locked = re.findall(r"^([\w.-]+)(?:\[.+\])?==", lock, re.MULTILINE)
    find = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({d.name: [f.name for f in d.files if f.locate().exists()]"
        " for d in m.distributions(path=['/action/src'])}))"
    )

    found = json.loads(engine(*PYTHON, image, "-c", find))

    assert {canonical(name) for name in locked} - {*REMOVED_LIBRARIES} == {canonical(name) for name in found}
    assert [] == [name for name, files in found.items() if not any(map(is_licence, files))]
    assert {"COPYING", "COPYING.LESSER"} <= set(found["PyGithub"])


def test_scanners_see_the_package_of_every_shared_library(
    layers: Sequence[bytes], files: Mapping[str, tarfile.TarInfo]
) -> None:
    with tarfile.open(fileobj=BytesIO(layers[0])) as archive:
        records = {
            name.removeprefix("var/lib/dpkg/"): (archive.extractfile(file) or BytesIO()).read().decode()
            for name, file in files.items()
            if name.startswith("var/lib/dpkg/") and file.isreg()
        }
    packages = re.findall(r"^Package: (\S+)$", records["status"], re.MULTILINE)
    listed = {line.removeprefix("/usr") for text in records.values() for line in text.splitlines()}
    libraries = [f"/{name.removeprefix('usr/')}" for name in files if re.match(r"usr/lib.*\.so", name)]

    assert {"libc6", "ca-certificates"} <= set(packages)
    assert len(packages) == len([name for name in records if name.endswith(".list")])
    assert [] == [name for name in libraries if name not in listed]
    assert "usr/share/doc/libc6/copyright" in files


def canonical(name: str) -> str:
    return name.lower().replace("_", "-")


def is_licence(name: str) -> bool:
    return name.upper().startswith(("LICEN", "COPYING"))


def test_help_needs_no_network_and_nothing_writable(engine: Engine, image: str) -> None:
    text = engine("run", "--rm", "--read-only", "--network", "none", image, "--help")

    assert "dictionary-deploy" in text
    assert "rollback" in text


def test_workspace_modules_and_python_variables_have_no_effect(
    engine: Engine, image: str, tmp_path: Path, workspace: Repository
) -> None:
    for name in ("argparse", "boto3", "dictionary_deploy", "sitecustomize", "yaml"):
        (workspace.path / f"{name}.py").write_text("raise SystemExit('planted')\n", encoding="utf-8")

    run = run_action(
        engine,
        image,
        tmp_path / "runner",
        workspace=workspace,
        inputs={"mode": "validate"},
        environ={
            "PYTHONPATH": "/github/workspace",
            "PYTHONSTARTUP": "/github/workspace/boto3.py",
        },
        options=["--read-only"],
    )

    assert 0 == run.status, run.log
    assert "planted" not in run.log


def test_invalid_configuration_fails_with_an_annotation(
    engine: Engine, image: str, tmp_path: Path, workspace: Repository
) -> None:
    (workspace.path / ".github" / "dictionaries.yml").write_text(
        CONFIG.replace("bucket:", "buckets:"), encoding="utf-8"
    )

    run = run_action(
        engine,
        image,
        tmp_path / "runner",
        workspace=workspace,
        inputs={"mode": "validate"},
        environ={},
        network="none",
    )

    assert 1 == run.status, run.log
    assert re.search(r"^::error .*file=\.github/dictionaries\.yml,line=1,", run.log, re.MULTILINE)
    assert ("failed", "invalid-config") == (run.outputs["result"], run.outputs["failure-reason"])
