"""GraphQL: queries resolved with schema.graphql and the objects of `graphql_types`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from sandbox.github.comments import Author
from sandbox.github.graphql_types import Repository, Source

_SCHEMA = build_schema(Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Query:
    source: Source

    @property
    def viewer(self) -> Author:
        # Only the viewer has the login `github-actions[bot]` and the type User.
        return Author(self.source.viewer.rest_login, "User")

    def repository(self, owner: str, name: str) -> Repository:
        return Repository(self.source, self.source.place(f"{owner}/{name}"))


def answer(source: Source, sent: dict[str, Any]) -> dict[str, Any]:
    """Return the response to `{"query": …, "variables": …, "operationName": …}`, errors in GitHub's form."""
    document, errors = _parse_and_validate(str(sent.get("query", "")))
    if document is None or errors:
        return {"data": None, "errors": [_error(error) for error in errors]}
    result = execute_sync(
        _SCHEMA,
        document,
        root_value=Query(source),
        variable_values=sent.get("variables"),
        operation_name=sent.get("operationName"),
        field_resolver=_resolve,
        type_resolver=_type_name,
    )
    response: dict[str, Any] = {"data": result.data}
    if result.errors:
        response["errors"] = [_error(error) for error in result.errors]
    return response


@lru_cache(maxsize=64)
def _parse_and_validate(query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """Return the parsed query, None if it is invalid, and its errors. Clients repeat their queries."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        return None, [error]
    return document, validate(_SCHEMA, document)


def operation_name(sent: dict[str, Any]) -> str:
    """Return the request's operationName, else the name in the query; empty for an unnamed query."""
    if sent.get("operationName"):
        return str(sent["operationName"])
    document, _ = _parse_and_validate(str(sent.get("query", "")))
    definitions = document.definitions if document else ()
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    return operations[0].name.value if operations and operations[0].name else ""


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    value = getattr(source, _snake_case(info.field_name))
    if not callable(value):
        return value
    return value(**{_snake_case(name): argument for name, argument in arguments.items()})


def _type_name(value: Any, _info: GraphQLResolveInfo[Any], _type: GraphQLAbstractType) -> str:
    return value.type if isinstance(value, Author) else type(value).__name__


def _snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _error(error: GraphQLError) -> dict[str, Any]:
    formatted: dict[str, Any] = {**error.formatted}
    extensions: dict[str, Any] = formatted.pop("extensions", {})
    return {**extensions, **formatted}
