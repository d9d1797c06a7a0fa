"""The operations of `es` and `opensearch`, read from the service models that botocore ships.

The models give paths, members, lengths, patterns and enumerations of each API, which differ: a
package name has up to 28 characters in one and 256 in the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape, StructureShape
from werkzeug.wrappers import Request

from sandbox.aws.errors import ServiceError, validation


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one API; `path` matches the paths of its requests."""

    name: str
    method: str
    path: re.Pattern[str]
    model: OperationModel

    def parameters(self, request: Request) -> dict[str, Any]:
        """Return the request's parameters from path, query and body, validated by the model.

        Raises ServiceError with AWS's message.
        """
        match = self.path.fullmatch(request.path)
        parameters = {**_body(request), **(match.groupdict() if match else {})}
        for name, shape in _members(self.model.input_shape).items():
            query_name = shape.serialization.get("name", "")
            if shape.serialization.get("location") == "querystring" and query_name in request.args:
                value = request.args[query_name]
                is_number = shape.type_name == "integer" and value.lstrip("-").isdigit()
                parameters[name] = int(value) if is_number else value
        faults = list(_faults("", parameters, self.model.input_shape))
        if faults:
            count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
            raise validation(count + "; ".join(faults))
        return parameters

    def answer(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result without members that this API lacks."""
        answer: dict[str, Any] = _declared_members(result, self.model.output_shape)
        return answer


def find_operation(method: str, path: str) -> Operation | None:
    """Return the operation of a request to either API; None for other paths."""
    for operation in _operations():
        if operation.method == method and operation.path.fullmatch(path):
            return operation
    return None


@cache
def _operations() -> tuple[Operation, ...]:
    session = botocore.session.Session()
    models = [
        service.operation_model(name)
        for service in map(session.get_service_model, ("es", "opensearch"))
        for name in service.operation_names
    ]
    # `/packages/update` also looks like a package's path, so paths without variables come first.
    models.sort(key=lambda model: model.http["requestUri"].count("{"))
    return tuple(
        Operation(
            model.name,
            model.http["method"],
            re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", model.http["requestUri"])),
            model,
        )
        for model in models
    )


def _body(request: Request) -> dict[str, Any]:
    data = request.get_data()
    try:
        body = json.loads(data) if data else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ServiceError("SerializationException", "The body is not a JSON object")
    return body


def _members(shape: Shape | None) -> Mapping[str, Shape]:
    return shape.members if isinstance(shape, StructureShape) else {}


_TYPES: Mapping[str, Any] = {"string": str, "integer": int, "boolean": bool, "structure": dict, "list": list}


def _faults(path: str, value: Any, shape: Any) -> Iterator[str]:
    """Yield the violations of the shape, each with AWS's message."""
    kind: Any = _TYPES[shape.type_name]
    if not isinstance(value, kind):
        raise ServiceError("SerializationException", f"{path} cannot be {json.dumps(value)}")
    if shape.type_name == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield _fault(_join(path, name), None, "not be null")
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _faults(_join(path, name), value[name], member)
        return
    yield from (_fault(path, value, rule) for rule in _broken_rules(value, shape))
    if shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from _faults(f"{path}.{number}.member", item, shape.member)


def _broken_rules(value: Any, shape: Any) -> Iterator[str]:
    rules = shape.metadata
    size, what = (value, "value") if isinstance(value, int) else (len(value), "length")
    if size > rules.get("max", size):
        yield f"have {what} less than or equal to {rules['max']}"
    if size < rules.get("min", size):
        yield f"have {what} greater than or equal to {rules['min']}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        yield f"satisfy regular expression pattern: {rules['pattern']}"
    if "enum" in rules and value not in rules["enum"]:
        yield f"satisfy enum value set: [{', '.join(rules['enum'])}]"


def _fault(path: str, value: Any, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: Member must {rule}"


def _join(path: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{path}.{member}" if path else member


def _declared_members(value: Any, shape: Any) -> Any:
    if shape.type_name == "structure":
        return {
            name: _declared_members(value[name], member)
            for name, member in shape.members.items()
            if name in value
        }
    if shape.type_name == "list":
        return [_declared_members(item, shape.member) for item in value]
    return value
