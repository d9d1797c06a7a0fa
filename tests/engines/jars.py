"""Fetch the jars of a node with Maven, and pin them: `python -m tests.engines.jars [VERSION...]`.

`versions.toml` has the coordinates and the SHA-256 of every jar. Maven resolves `roots` only to pin them; a
node runs with exactly the pinned jars.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which

HERE = Path(__file__).parent
PINS = HERE / "versions.toml"
BUILD = HERE.parents[1] / ".venv/engines"
_HEADER = """\
# The nodes that can run here, with the SHA-256 of every jar.
# To pin other roots or releases, edit `roots` and run: .venv/bin/python -m tests.engines.jars VERSION
"""


class EngineUnavailable(Exception):  # noqa: N818 its message is the reason of a skipped test
    """The node cannot run here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The pinned jars of one version."""

    roots: tuple[str, ...]
    """Coordinates such as `org.opensearch:opensearch:3.9.0`, whose dependencies are pinned, too."""
    jars: Mapping[str, str]
    """SHA-256 by coordinates."""
    java: tuple[int, ...]
    """Majors of Java that run it, the preferred one first."""


def pins() -> dict[str, Pin]:
    """Return the pins of all versions."""
    return {
        version: Pin(tuple(values["roots"]), dict(values.get("jars", {})), tuple(values["java"]))
        for version, values in tomllib.loads(PINS.read_text("utf-8")).items()
    }


def installed(version: str) -> Path:
    """Return the folder with the jars of a version; fetch missing ones."""
    pin = pins()[version]
    folder = BUILD / version / "lib"
    wanted = {_file_name(jar): checksum for jar, checksum in pin.jars.items()}
    if not _is_complete(folder, wanted):
        for each in folder.glob("*"):
            each.unlink()
        _copy(pin.jars, folder, is_transitive=False)
        if not _is_complete(folder, wanted):
            raise EngineUnavailable(
                f"Jars of {version} differ from those that {PINS.name} pins. Delete {folder} and rerun."
            )
    return folder


def _is_complete(folder: Path, wanted: Mapping[str, str]) -> bool:
    found = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.glob("*.jar")}
    return found == wanted


def _copy(coordinates: Iterable[str], folder: Path, *, is_transitive: bool) -> None:
    if which("mvn") is None:
        raise EngineUnavailable("Maven is missing. Install it, for example: sudo apt-get install maven")
    with tempfile.TemporaryDirectory() as temporary:
        pom = Path(temporary, "pom.xml")
        pom.write_text(_pom(coordinates, is_transitive=is_transitive))
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(pom), "dependency:copy-dependencies"]
        options = [f"-DoutputDirectory={folder}", f"-Dmdep.useRepositoryLayout={str(is_transitive).lower()}"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise EngineUnavailable(f"Maven did not fetch the jars:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")


def _pom(coordinates: Iterable[str], *, is_transitive: bool) -> str:
    exclusion = "<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>"
    exclusions = "" if is_transitive else f"<exclusions>{exclusion}</exclusions>"
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version>{exclusions}</dependency>"
        for group, artifact, version in (each.split(":") for each in coordinates)
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>engines</groupId><artifactId>engines</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def _file_name(coordinates: str) -> str:
    _, artifact, version = coordinates.split(":")
    return f"{artifact}-{version}.jar"


def _resolved(roots: Sequence[str]) -> dict[str, str]:
    """Return the checksums of the roots and their dependencies, without native libraries."""
    with tempfile.TemporaryDirectory() as temporary:
        _copy(roots, Path(temporary), is_transitive=True)
        jars = {}
        for path in Path(temporary).rglob("*.jar"):
            *group, artifact, version, name = path.relative_to(temporary).parts
            if name == f"{artifact}-{version}.jar":
                checksum = hashlib.sha256(path.read_bytes()).hexdigest()
                jars[f"{'.'.join(group)}:{artifact}:{version}"] = checksum
    return dict(sorted(jars.items()))


def main(versions: Sequence[str]) -> None:
    """Pin the jars of the versions, by default of all."""
    known = pins()
    for version in versions or known:
        pin = known[version]
        known[version] = Pin(pin.roots, _resolved(pin.roots), pin.java)
    PINS.write_text(_HEADER + "".join(_toml(version, pin) for version, pin in known.items()), "utf-8")


def _toml(version: str, pin: Pin) -> str:
    roots = "".join(f'  "{each}",\n' for each in pin.roots)
    jars = "".join(f'"{jar}" = "{checksum}"\n' for jar, checksum in pin.jars.items())
    return f'\n["{version}"]\njava = {[*pin.java]}\nroots = [\n{roots}]\n["{version}".jars]\n{jars}'


if __name__ == "__main__":
    main(sys.argv[1:])
