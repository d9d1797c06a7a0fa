"""Collect and prune the files of the image. Run with the base image's Python, while the image is built.

    python image.py prune FOLDER    remove from installed libraries what the action cannot use
    python image.py collect ROOT    copy what the action needs of the base image

This file needs the standard library alone, and is no part of the image.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

OPERATIONS: Mapping[str, Collection[str]] = {
    "es": {
        "AssociatePackage",
        "CreatePackage",
        "DescribeElasticsearchDomains",
        "DescribePackages",
        "GetPackageVersionHistory",
        "ListDomainNames",
        "ListDomainsForPackage",
        "UpdatePackage",
    },
    "opensearch": {
        "AssociatePackage",
        "CreatePackage",
        "DescribeDomains",
        "DescribePackages",
        "GetPackageVersionHistory",
        "ListDomainNames",
        "ListDomainsForPackage",
        "UpdatePackage",
    },
    # boto3 itself calls HeadBucket to find a bucket's Region, and CreateSession for directory buckets.
    "s3": {"CreateSession", "DeleteObject", "GetObject", "HeadBucket", "HeadObject", "PutObject"},
    # The other three are those of boto3's credential chain.
    "sts": {"AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"},
    "sso": {"GetRoleCredentials"},
    "sso-oidc": {"CreateToken"},
    "signin": {"CreateOAuth2Token"},
}
"""The operations whose models ship, by boto3's name of the service."""

REMOVED_LIBRARIES = ("cffi", "cryptography", "pycparser", "pynacl")
"""PyGithub signs in as a GitHub App with the first three, and encrypts Actions secrets with the last."""

NACL = '''"""Takes the place of PyNaCl, with which PyGithub encrypts secrets. The action writes no secrets."""

encoding = public = None
'''

UNUSED_FILES = (
    "bin",
    "boto3/data",  # for boto3.resource
    "boto3/examples",
    "botocore/cacert.pem",  # certifi has the same certificates
    "dateutil/zoneinfo/*.tar.gz",
    "jsonschema/benchmarks",
    "jsonschema/tests",
    "**/*.pyi",
    "**/*.pyx",
)
"""Glob patterns within the folder of the libraries."""

UNUSED_STDLIB = (
    *("__phello__", "_pyrepl", "asyncio", "config-*", "ctypes", "curses", "dbm", "ensurepip", "idlelib"),
    *("lib2to3", "pydoc_data", "site-packages", "sqlite3", "test", "tkinter", "turtledemo", "unittest"),
    *("venv", "wsgiref", "xmlrpc"),
    *("__hello__.py", "_aix_support.py", "_android_support.py", "_ios_support.py", "_osx_support.py"),
    *("_pydatetime.py", "_pydecimal.py", "_pyio.py", "_sysconfigdata*", "antigravity.py", "bdb.py", "bz2.py"),
    *("cProfile.py", "cmd.py", "code.py", "codeop.py", "doctest.py", "ftplib.py", "imaplib.py", "lzma.py"),
    *("mailbox.py", "modulefinder.py", "optparse.py", "pdb.py", "pickletools.py", "poplib.py", "profile.py"),
    *("pstats.py", "pty.py", "pyclbr.py", "pydoc.py", "rlcompleter.py", "sched.py", "smtplib.py"),
    *("symtable.py", "tabnanny.py", "this.py", "timeit.py", "trace.py", "turtle.py", "wave.py"),
    *("webbrowser.py", "zipapp.py"),
    *("lib-dynload/_asyncio.*", "lib-dynload/_bz2.*", "lib-dynload/_codecs_*", "lib-dynload/_ctypes*"),
    *("lib-dynload/_curses*", "lib-dynload/_dbm.*", "lib-dynload/_gdbm.*", "lib-dynload/_interp*"),
    *("lib-dynload/_lsprof.*", "lib-dynload/_lzma.*", "lib-dynload/_multibytecodec.*"),
    *("lib-dynload/_sqlite3.*", "lib-dynload/_test*", "lib-dynload/_tkinter.*", "lib-dynload/_uuid.*"),
    *("lib-dynload/_xx*", "lib-dynload/readline.*", "lib-dynload/syslog.*", "lib-dynload/xx*"),
    # Every encoding but those of Unicode, ASCII and Latin-1.
    *("encodings/big5*", "encodings/cp*", "encodings/euc_*", "encodings/gb*", "encodings/hp_*"),
    *("encodings/hz*", "encodings/iso2022_*", "encodings/iso8859_1[0-6]*", "encodings/iso8859_[2-9]*"),
    *("encodings/johab*", "encodings/koi8*", "encodings/kz*", "encodings/mac_*", "encodings/palmos*"),
    *("encodings/ptcp*", "encodings/shift_jis*", "encodings/tis*"),
)
"""Glob patterns within the folder of the standard library."""

SYSTEM_FILES = (
    "/etc/debian_version",
    "/etc/group",
    "/etc/ld.so.conf",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/ssl/certs/ca-certificates.crt",
)
"""Files for the action, the C library and scanners, besides the interpreter and shared libraries."""

GENERATORS = frozenset({"base-passwd", "ca-certificates"})
"""Packages that generate one of these files when they are installed, so that dpkg lists it nowhere."""

DPKG = Path("/var/lib/dpkg")


def prune(folder: Path) -> None:
    """Remove from the libraries installed in `folder` what the action cannot use."""
    for library in REMOVED_LIBRARIES:
        _uninstall(folder, library)
    (folder / "nacl.py").write_text(NACL, encoding="utf-8")
    _remove(folder, UNUSED_FILES)
    prune_models(folder / "botocore" / "data")
    for path in folder.rglob("*.so"):
        data = path.read_bytes()
        if b".debug_info" in data:
            path.write_bytes(strip(data))
    for record in folder.glob("*.dist-info/RECORD"):
        record.write_text("".join(_record_lines(record)), encoding="utf-8")


def _uninstall(folder: Path, library: str) -> None:
    (metadata,) = folder.glob(f"{library}-*.dist-info")
    for name in _recorded_files(metadata / "RECORD"):
        (folder / name).unlink(missing_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _recorded_files(record: Path) -> list[str]:
    """Return the files of a library that are below its folder, as its RECORD lists them."""
    names = [line.rsplit(",", 2)[0] for line in record.read_text(encoding="utf-8").splitlines()]
    return [name for name in names if not name.startswith("..")]


def _record_lines(record: Path) -> Iterator[str]:
    """Yield the lines of a RECORD for the files that exist, with their hashes and sizes after pruning."""
    for name in _recorded_files(record):
        path = record.parents[1] / name
        if path == record:
            yield f"{name},,\n"
        elif path.exists():
            data = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            yield f"{name},sha256={digest},{len(data)}\n"


def _remove(folder: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for path in list(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def prune_models(data: Path) -> None:
    """Reduce botocore's folder `data` to OPERATIONS, and its endpoints to their services.

    Endpoints keep every partition and Region. The models are written as plain JSON, which loads faster.
    """
    prefixes = set()
    for folder in [path for path in data.iterdir() if path.is_dir()]:
        if folder.name not in OPERATIONS:
            shutil.rmtree(folder)
            continue
        _remove(folder, ("*/examples-1.json", "*/waiters-2.json"))
        for packed in folder.glob("*/*.json.gz"):
            content = json.loads(gzip.decompress(packed.read_bytes()))
            if packed.name.startswith("service-2."):
                content = cut_model(content, OPERATIONS[folder.name])
                prefixes.add(content["metadata"]["endpointPrefix"])
            packed.unlink()
            _write_json(packed.with_suffix(""), content)
    path = data / "endpoints.json"
    endpoints = json.loads(path.read_text(encoding="utf-8"))
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in prefixes}
    _write_json(path, endpoints)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def cut_model(model: dict[str, Any], operations: Collection[str]) -> dict[str, Any]:
    """Return a service model with these operations, and the shapes that they refer to.

    Raises KeyError for an operation that the model does not have.
    """
    kept = {name: model["operations"][name] for name in sorted(operations)}
    shapes: dict[str, Any] = {}
    missing = set(_references(kept))
    while missing:
        shapes |= {name: model["shapes"][name] for name in missing}
        missing = set(_references(shapes)) - shapes.keys()
    cut = {"operations": kept, "shapes": dict(sorted(shapes.items()))}
    return model | {name: _strip_documentation(part) for name, part in cut.items()}


def _strip_documentation(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _strip_documentation(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    return [_strip_documentation(child) for child in node] if isinstance(node, list) else node


def _references(node: Any) -> Iterator[str]:
    """Yield the name of each shape that is referred to anywhere below `node`."""
    if isinstance(node, dict):
        if isinstance(node.get("shape"), str):
            yield node["shape"]
        node = node.values()
    elif not isinstance(node, list):
        return
    for child in node:
        yield from _references(child)


def strip(elf: bytes) -> bytes:
    """Return a 64-bit little-endian ELF file without its section headers and what they alone refer to.

    The loader reads segments, so nothing that runs is lost: debug information and symbol tables are.
    """
    start, size, count = struct.unpack_from("<Q", elf, 32)[0], *struct.unpack_from("<HH", elf, 54)
    segments = [struct.unpack_from("<QQQQ", elf, start + number * size + 8) for number in range(count)]
    end = max(offset + length for offset, _, _, length in segments)
    header = bytearray(elf[:64])
    struct.pack_into("<Q", header, 40, 0)  # offset, then size, number and index of section headers
    struct.pack_into("<HHH", header, 58, 0, 0, 0)
    return bytes(header) + elf[64:end]


def collect(root: Path) -> None:
    """Copy to `root` what the action needs of this machine, shared libraries of what is there included."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    copy(Path(sys.executable).with_name("python"), root)
    shutil.copytree(stdlib, _below(root, stdlib), symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    _remove(_below(root, stdlib), UNUSED_STDLIB)
    for path in [*map(Path, SYSTEM_FILES), *Path("/etc/ld.so.conf.d").iterdir()]:
        copy(path, root)
    for path in _shared_libraries(root):
        copy(path, root)
    _copy_package_records(root)
    subprocess.run(["/sbin/ldconfig", "-r", root], check=True)  # noqa: S603 - no value is from outside
    shutil.rmtree(root / "var/cache/ldconfig", ignore_errors=True)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def copy(path: Path, root: Path) -> None:
    """Copy a file to the same path below `root`, with every symbolic link on the way to it."""
    for step in [*reversed(path.parents), path]:
        if step.is_symlink():
            target = step.readlink()
            if not _below(root, step).is_symlink():
                _below(root, step).parent.mkdir(parents=True, exist_ok=True)
                _below(root, step).symlink_to(target)
            copy(Path(os.path.normpath(step.parent / target)) / path.relative_to(step), root)
            return
    _below(root, path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, _below(root, path))


def _below(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _shared_libraries(root: Path) -> set[Path]:
    """Return the shared libraries that the files below `root` are linked with, the loader included."""
    binaries = [path for path in root.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
    command: list[str | Path] = ["/usr/bin/ldd", *binaries]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - as above
    if missing := re.findall(r"\S+ => not found", output):
        raise FileNotFoundError(", ".join(missing))
    return {Path(name) for name in re.findall(r"(/\S+) \(0x", output)}


def _copy_package_records(root: Path) -> None:
    """Copy dpkg's records and the licences of the Debian packages that the files below `root` come from."""
    text = (DPKG / "status").read_text(encoding="utf-8")
    entries = {entry.partition("\n")[0].removeprefix("Package: "): entry for entry in text.split("\n\n")}
    for package in _packages(root):
        licence = _licence(package.partition(":")[0], entries)
        copy(licence, root)
        for name in set(re.findall(r"/usr/share/common-licenses/[\w.-]*\w", licence.read_text("utf-8"))):
            copy(Path(name), root)
    packages = _packages(root)  # once more: some licences belong to other packages
    for package in packages:
        for suffix in ("list", "md5sums"):
            if (record := DPKG / "info" / f"{package}.{suffix}").exists():
                copy(record, root)
    names = sorted({package.partition(":")[0] for package in packages})
    _below(root, DPKG / "status").write_text(
        "\n\n".join(entries[name].rstrip() for name in names) + "\n", "utf-8"
    )


def _licence(package: str, entries: Mapping[str, str]) -> Path:
    """Return the copyright file of a package; if it has none, that of a package of the same source."""
    source = _source(package, entries[package])
    siblings = [name for name, entry in entries.items() if entry and _source(name, entry) == source]
    paths = [Path("/usr/share/doc", name, "copyright") for name in (package, *siblings)]
    return next(path for path in paths if path.exists())


def _source(package: str, entry: str) -> str:
    found = re.search(r"^Source: (\S+)", entry, re.MULTILINE)
    return found[1] if found else package


def _packages(root: Path) -> set[str]:
    """Return the Debian packages of the files below `root`, as dpkg names their records."""
    return {
        record.stem
        for record in (DPKG / "info").glob("*.list")
        if record.stem in GENERATORS
        or any((root / line[1:]).is_file() for line in record.read_text(encoding="utf-8").splitlines())
    }


def main(step: str, folder: str) -> None:
    """Take one of the two steps that the docstring of this file lists."""
    {"prune": prune, "collect": collect}[step](Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
