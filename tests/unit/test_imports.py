"""The directions between the modules, and their sizes; docs/decisions.md has the reasons."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "dictionary_deploy"
VOCABULARY = PACKAGE / "model.py"  # types and what they mean: longer, but one place to look
LINES_OF_A_MODULE = 250
LINES_OF_A_FUNCTION = 40

# The one library that each of these pure modules is about.
LIBRARIES_OF_PURE_MODULES = {
    "located_yaml": {"yaml"},
    "yaml_syntax": {"yaml"},
    "config": {"jsonschema"},
    "config_schema": {"jsonschema"},
    "report": {"jinja2", "markupsafe"},
}


def modules(folder: Path = PACKAGE) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"no modules in {folder}"
    return found


def room(path: Path) -> str:
    """The module or package directly in `dictionary_deploy` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def pure_rooms() -> set[str]:
    """What the Makefile holds to full branch coverage."""
    line = re.search(r"^PURE := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    return set(line[1].split())


def imports(source: str) -> Iterator[str]:
    """Every module that a source imports anywhere, dotted; for `from a import b` both `a` and `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide the direction"
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_roots(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imports(path.read_text(encoding="utf-8"))}


def imported_rooms(path: Path) -> set[str]:
    """The rooms of our own, other than its own, that a file imports."""
    names = (name.split(".") for name in imports(path.read_text(encoding="utf-8")))
    rooms = {parts[1] for parts in names if parts[0] == PACKAGE.name and len(parts) > 1}
    return {name for name in rooms if not name.startswith("__")} - {room(path)}


def importers_of(*packages: str) -> set[str]:
    return {room(path) for path in modules() if imported_roots(path) & set(packages)}


def importers_of_room(name: str) -> set[str]:
    return {room(path) for path in modules() if name in imported_rooms(path)}


def test_an_import_inside_a_function_counts() -> None:
    source = "def f():\n    import a.b\n    from c import d\n"

    assert ["a.b", "c", "c.d"] == list(imports(source))


def test_boto3_is_imported_in_aws_alone() -> None:
    assert {"aws"} == importers_of("boto3", "botocore", "s3transfer")


def test_requests_is_imported_in_github_api_alone() -> None:
    assert {"github_api"} == importers_of("requests")


def test_rich_which_is_an_extra_is_imported_by_the_live_terminal_alone() -> None:
    assert {"live_terminal"} == importers_of("rich")
    assert {"cli"} == importers_of_room("live_terminal")


def test_aws_and_github_api_do_not_know_each_other() -> None:
    assert "github_api" not in importers_of_room("aws")
    assert "aws" not in importers_of_room("github_api")


def test_the_program_does_not_know_the_sandbox() -> None:
    assert set() == importers_of("sandbox")


def test_errors_import_nothing_of_ours_and_the_model_only_errors() -> None:
    assert set() == imported_rooms(PACKAGE / "errors.py")
    assert {"errors"} == imported_rooms(PACKAGE / "model.py")


def test_only_the_command_starts_a_run_and_nothing_imports_the_command() -> None:
    assert {"cli"} == importers_of_room("run")
    assert importers_of_room("cli") <= {"__main__"}


def test_every_pure_module_that_the_coverage_gate_names_exists() -> None:
    assert set() == pure_rooms() - {room(path) for path in modules()}


def test_pure_modules_import_only_pure_modules_the_standard_library_and_their_own_library() -> None:
    pure = pure_rooms()
    strays = []
    for path in modules():
        if room(path) in pure:
            foreign = imported_roots(path) - sys.stdlib_module_names - {PACKAGE.name}
            foreign -= LIBRARIES_OF_PURE_MODULES.get(room(path), set())
            strays += [
                f"{path.relative_to(ROOT)} imports {name}" for name in foreign | (imported_rooms(path) - pure)
            ]

    assert [] == strays


def test_no_module_is_so_long_that_two_things_live_in_it() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(ROOT / "src")}

    too_long = [
        f"{path.relative_to(ROOT)} has {length} lines, more than {LINES_OF_A_MODULE}: split it"
        for path, length in lengths.items()
        if length > LINES_OF_A_MODULE and path != VOCABULARY
    ]

    assert [] == too_long


def test_no_function_is_so_long_that_two_things_live_in_it() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {length} lines,"
        f" more than {LINES_OF_A_FUNCTION}: split it"
        for path in modules(ROOT / "src")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_OF_A_FUNCTION
    ]

    assert [] == too_long
