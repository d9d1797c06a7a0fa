"""Check the configuration by its JSON Schema, and report faults with a place in the file."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from dictionary_deploy.config import compiled_schema
from dictionary_deploy.config.yaml_loader import Located, excerpt
from dictionary_deploy.errors import Fault

if TYPE_CHECKING:
    from jsonschema import ValidationError

SCHEMA: dict[str, Any] = json.loads(
    files("dictionary_deploy").joinpath("dictionaries.schema.json").read_text(encoding="utf-8")
)
TOP_LEVEL: dict[str, Any] = SCHEMA["properties"]
DICTIONARY: dict[str, Any] = SCHEMA["$defs"]["dictionary"]["properties"]
EXPECTATION: dict[str, Any] = DICTIONARY["expect"]["items"]["properties"]

_EXAMPLES: dict[str, Any] = {
    key: definition["examples"][0]
    for key, definition in (
        DICTIONARY["analyzer"]["properties"] | EXPECTATION | DICTIONARY | TOP_LEVEL
    ).items()
}

# A file of 256 KiB can have a hundred thousand.
_MAX_FAULTS = 5000

# Suggestions for each mapping. Each takes a fifth of a millisecond.
_MAX_SUGGESTIONS = 20

# The schema's types as phrases.
_TYPES = {
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
    "array": "a list",
    "object": "a mapping",
}

# Keywords that compare with a number. All minimum lengths in use are 1.
_LIMITS = {
    "minItems": "is empty",
    "maxItems": "has more than {} items",
    "minProperties": "is empty",
    "maxProperties": "has more than {} entries",
    "minLength": "is empty",
    "maxLength": "is longer than {} characters",
    "minimum": "is below {}",
    "maximum": "is above {}",
}


def schema_faults(document: Located, file: str) -> Iterator[Fault]:
    """Yield the schema's faults of `document`, a file or a merged environment.

    A missing key is reported at the mapping that lacks it, perhaps more than once. Other faults are
    reported at their key or item.
    """
    if is_valid(document.plain):
        return
    for error in islice(full_validator().iter_errors(document.plain), _MAX_FAULTS):
        place, path = _locate(document, error)
        if not place.is_readable:
            continue
        if error.validator == "additionalProperties":
            yield from _unknown_keys(place, error.schema["properties"], file)
        elif error.validator == "required":
            yield from _missing_keys(place, error.validator_value, file)
        else:
            yield Fault(file, place.line, *_sentences(error, place, path), place.column)


def _locate(document: Located, error: ValidationError) -> tuple[Located, list[str | int]]:
    """Return the value that the error is about, and the keys and indexes of its path."""
    path = list(error.absolute_path)
    place: Any = document
    for step in path:
        place = place.value[step]
    if "propertyNames" in error.absolute_schema_path:
        place = place.value[error.instance]
    return place, path


def _unknown_keys(mapping: Located, known: dict[str, Any], file: str) -> Iterator[Fault]:
    unknown = ((key, value) for key, value in mapping.entries.items() if key not in known)
    for number, (key, value) in enumerate(unknown):
        remedy = _known_key(key, known) if number < _MAX_SUGGESTIONS else "Remove it."
        yield Fault(file, value.line, f"Unknown key '{excerpt(key)}'.", remedy, value.column)


def _known_key(key: str, known: dict[str, Any]) -> str:
    if key in DICTIONARY:
        return "Move it to an entry of 'dictionaries'."
    if key in TOP_LEVEL:
        return "Move it to the top level of the file."
    return nearest(key, known) or f"The keys here are: {', '.join(known)}."


def _missing_keys(mapping: Located, required: list[str], file: str) -> Iterator[Fault]:
    for key in required:
        if key not in mapping.entries:
            yield Fault(file, mapping.line, f"'{key}' is missing.", _example([key]), mapping.column)


def _sentences(error: ValidationError, place: Located, path: Sequence[str | int]) -> tuple[str, str]:
    """Return message and remedy of an error about a single value."""
    schema: Any = error.schema
    limit: Any = error.validator_value
    # Editors show the errorMessage of a mapping for its unknown keys, too: mappings have a typeMessage.
    remedy = schema.get("errorMessage") or schema.get("typeMessage") or _example(path)
    match error.validator:
        case "type":
            types = [limit] if isinstance(limit, str) else limit
            if types == ["string"] and place.text:
                remedy = f'Quote it: "{excerpt(place.text)}".'
            wanted = " or ".join(_TYPES[type_] for type_ in types)
            return f"{_name(path)} must be {wanted}, not {_describe(place)}.", remedy
        case "enum":
            values = schema.get("errorMessage") or f"The values are: {', '.join(limit)}."
            return (
                f"{_name(path)} cannot be {_describe(place)}.",
                f"{nearest(place.text, limit)} {values}".strip(),
            )
        case "pattern" | "not":
            return f"{_name(path)} cannot be '{excerpt(str(error.instance))}'.", remedy
        case "uniqueItems":
            return f"{_describe(place)} is listed twice in {_name(path[:-1])}.", "Keep one of the two."
    return f"{_name(path)} {_LIMITS[str(error.validator)].format(limit)}.", remedy


def _name(path: Sequence[str | int]) -> str:
    if not path:
        return "The configuration"
    if isinstance(path[-1], int):
        return f"An item of {_name(path[:-1])}"
    return f"'{excerpt(path[-1])}'"


def _describe(place: Located) -> str:
    match place.value:
        case None:
            return "nothing"
        case str():
            return f"'{excerpt(place.value)}'"
        case bool():
            return f"the boolean {place.text}"
        case int() | float():
            return f"the number {place.text}"
        case dt.date():
            return f"the date {place.text}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a question with the known word that is similar to `word`; empty without one."""
    matches = difflib.get_close_matches(excerpt(word), known, 1)
    return f"Did you mean '{excerpt(matches[0])}'?" if matches else ""


def _example(path: Sequence[str | int]) -> str:
    key = next(step for step in reversed(path) if isinstance(step, str))
    return f"For example: {key}: {json.dumps(_EXAMPLES[key])}"


def is_valid(document: object) -> bool:
    """Return True if the schema finds no fault. The compiled schema decides, in a millisecond."""
    try:
        compiled_schema.validate_dictionaries_schema_json(document)  # type: ignore[no-untyped-call] # generated
    except compiled_schema.JsonSchemaValueException:
        return False
    return True


def full_validator() -> Any:
    """Return jsonschema's validator, whose `iter_errors` finds every fault."""
    # Imported for invalid files alone: it takes a sixth of a short run.
    from jsonschema import Draft202012Validator, ValidationError  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    def match_whole(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
        """Implement `pattern` without Python's exception that `$` also matches before a line end."""
        if isinstance(instance, str) and not re.fullmatch(pattern, instance):
            yield ValidationError("")

    def find_repeated(_: Any, __: Any, instance: Any, ___: Any) -> Iterator[ValidationError]:
        """Implement `uniqueItems` for strings: report each repeated item, in linear time."""
        seen = set()
        for index, item in enumerate(instance if isinstance(instance, list) else ()):
            if isinstance(item, str) and item in seen:
                yield ValidationError("", path=(index,))
            elif isinstance(item, str):
                seen.add(item)

    return extend(  # type: ignore[no-untyped-call]  # its stub leaves `version` without a type
        Draft202012Validator,
        {"pattern": match_whole, "uniqueItems": find_repeated},
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
            "integer", lambda _, value: type(value) is int
        ),
    )(SCHEMA)
