"""Runs in the image: import every module that may be imported, and call every operation whose model ships.

Arguments: the operations by service as JSON, and where AWS answers. Prints how many it imported and called.
"""

# ruff: noqa: E402, T201 - the libraries are found only after the first statements; the answer is printed
import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

LIBRARIES = Path("/action/src")
sys.path.insert(0, str(LIBRARIES))

import boto3
from botocore.exceptions import ClientError
from botocore.model import Shape

TEXT = 4 * "dictionary"  # longer than the minimum of every parameter


def import_modules() -> int:
    """Import the program, PyGithub and every extension module; return their number."""
    names = [each.name for name in ("dictionary_deploy", "github") for each in _modules(name)]
    for path in LIBRARIES.rglob("*.so"):
        folder = path.parent.relative_to(LIBRARIES)
        names.append(".".join([*folder.parts, path.name.partition(".")[0]]))
    for name in names:
        if name != "dictionary_deploy.console.progress":  # need rich
            importlib.import_module(name)
    return len(names)


def _modules(package: str) -> list[pkgutil.ModuleInfo]:
    return list(pkgutil.walk_packages([str(LIBRARIES / package)], f"{package}."))


def call_operations(operations: dict[str, list[str]], endpoint: str) -> int:
    """Call each operation with its required parameters; return their number. Errors of AWS do not matter."""
    for service, names in operations.items():
        session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name="eu-west-1")
        client = session.client(service, endpoint_url=endpoint)
        for name in names:
            method = next(method for method, of in client.meta.method_to_api_mapping.items() if of == name)
            shape = client.meta.service_model.operation_model(name).input_shape
            try:
                getattr(client, method)(**(example(shape) if shape else {}))
            except ClientError:
                continue
    return sum(map(len, operations.values()))


def example(shape: Shape) -> Any:
    """Return a value of the shape with only its required members."""
    if shape.type_name == "structure":
        return {name: example(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [example(shape.member)]
    return 1 if shape.type_name in {"integer", "long"} else TEXT


print(import_modules(), call_operations(json.loads(sys.argv[1]), sys.argv[2]))
