"""Slow libraries are imported only by runs that use them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SLOW = {"boto3", "botocore", "github", "requests", "jinja2"}
PARSERS = "dictionary_deploy.dictionaries.registry"


@pytest.mark.parametrize(
    ("module", "unused"),
    [("dictionary_deploy.cli", {*SLOW, PARSERS}), ("dictionary_deploy.run.validate", SLOW)],
)
def test_module_is_imported_without_slow_libraries(module: str, unused: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"

    environ = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, env=environ)
    loaded = done.stdout.decode().split()

    assert module in loaded
    assert not unused & {*loaded}
