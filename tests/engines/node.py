"""Run one node of a search engine: `with running_node("2.19.6") as node: ... node.url`."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from threading import Timer
from urllib.request import urlopen

from tests.engines.jars import BUILD, HERE, EngineUnavailable, installed, pins

MAX_START_SECONDS = 120
OLDEST_WITH_REFRESH = (2, 11)
"""OpenSearch from which `RefreshSearchAnalyzers.java` compiles."""
FIRST_OF_ELASTICSEARCH = (5, 0)
CLIENT_BEFORE_3 = ("org.opensearch.transport.client.node", "org.opensearch.client.node")
_LOGGING = """\
status = error
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1.} %m%n
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A running node."""

    version: str
    url: str
    analyzers: Path
    """The folder in which a domain stores packages: `analyzers/F1` in a setting is its file `F1`."""
    log: Path
    """Warnings and errors; the reason of `Failed to build synonyms` is only here."""


@contextmanager
def running_node(version: str) -> Iterator[Node]:
    """Run a node on a free port of 127.0.0.1, with its home in a temporary directory.

    The node ends with the context, and with this process. Raises EngineUnavailable if Java, Maven or a jar is
    missing.
    """
    known = pins()
    if version not in known:
        raise ValueError(f"{version} is not a version of versions.toml: {', '.join(known)}")
    java = find_java(known[version].java)
    jars = f"{installed(version)}/*"
    classes = _compiled(version, java, jars)
    with tempfile.TemporaryDirectory(prefix=f"engine-{version}-") as temporary:
        home = Path(temporary)
        analyzers, log = home / "config/analyzers", home / "log"
        analyzers.mkdir(parents=True)
        logging = home / "config/log4j2.properties"
        logging.write_text(_LOGGING)
        command = [
            *(java / "bin/java", "-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            *(f"-Dlog4j2.configurationFile={logging}", "-cp", f"{classes}:{jars}", "Engine", home),
        ]
        with (
            log.open("wb") as stderr,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
            ) as process,
        ):
            try:
                url = f"http://127.0.0.1:{_port(process, log)}"
                with urlopen(f"{url}/_cluster/health?wait_for_status=green&timeout={MAX_START_SECONDS}s"):
                    yield Node(version, url, analyzers, log)
            finally:
                process.kill()


def _port(process: subprocess.Popen[str], log: Path) -> str:
    """Return the port that the node prints once it responds."""
    assert process.stdout is not None
    limit = Timer(MAX_START_SECONDS, process.kill)
    limit.start()
    try:
        for line in process.stdout:
            if line.startswith("port "):
                return line.split()[1]
    finally:
        limit.cancel()
    raise RuntimeError(f"The node did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def _compiled(version: str, java: Path, jars: str) -> Path:
    """Return the folder with the classes of the launcher and, if the version can have it, the stand-in."""
    sources = {"Engine.java": (HERE / "Engine.java").read_text("utf-8")}
    if has_refresh(version):
        text = (HERE / "RefreshSearchAnalyzers.java").read_text("utf-8")
        moved = text if _numbers(version) >= (3, 0) else text.replace(*CLIENT_BEFORE_3)
        sources["RefreshSearchAnalyzers.java"] = moved
    build = BUILD / version
    classes = build / f"classes-{hashlib.sha256(str(sources).encode()).hexdigest()[:16]}"
    if not classes.exists():
        with tempfile.TemporaryDirectory(dir=build) as temporary:
            for name, text in sources.items():
                Path(temporary, name).write_text(text, "utf-8")
            files = [Path(temporary, name) for name in sources]
            compiled = Path(temporary, "classes")
            options = ["-nowarn", "-proc:none", "-Xlint:none", "-cp", jars, "-d", compiled]
            subprocess.run([java / "bin/javac", *options, *files], check=True)
            compiled.rename(classes)
    return classes


def has_refresh(version: str) -> bool:
    """Return True if the node has the stand-in of `POST /_plugins/_refresh_search_analyzers/{index}`."""
    return OLDEST_WITH_REFRESH <= _numbers(version) < FIRST_OF_ELASTICSEARCH


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def find_java(majors: Iterable[int]) -> Path:
    """Return the home of a JDK with the first of these versions that is installed.

    It looks at JAVA_HOME, at the variables of GitHub's runners such as JAVA_HOME_21_X64, at /usr/lib/jvm and
    at the PATH.
    """
    homes = {major: home for home in reversed([*_java_homes()]) if (major := _major(home))}
    wanted = [*majors]
    found = next((homes[major] for major in wanted if major in homes), None)
    if found is None:
        names = " or ".join(map(str, wanted))
        raise EngineUnavailable(
            f"A JDK of Java {names} is missing. Install one, or set JAVA_HOME_{wanted[0]} to its folder."
        )
    return found


def _java_homes() -> Iterator[Path]:
    names = sorted(name for name in os.environ if re.fullmatch(r"JAVA_HOME(_\d+)?(_X64|_ARM64)?", name))
    yield from (Path(os.environ[name]) for name in names if os.environ[name])
    yield from sorted(Path("/usr/lib/jvm").glob("*"))
    javac = which("javac")
    if javac:
        yield Path(javac).resolve().parents[1]


def _major(home: Path) -> int:
    """Return the version of a JDK; 0 for another folder."""
    release = home / "release"
    if not (home / "bin/javac").exists() or not release.exists():
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', release.read_text("utf-8"), re.MULTILINE)
    return int(found[1]) if found else 0
