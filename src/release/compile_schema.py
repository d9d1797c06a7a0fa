"""Compile the configuration's JSON Schema to Python, for `python -m docs.generate`.

jsonschema reports every fault, but takes a sixth of a short run to import. The compiled code only tells valid
files from invalid ones, in about a millisecond.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import fastjsonschema

PACKAGE = Path(__file__).parents[1] / "dictionary_deploy"
TARGET = PACKAGE / "config" / "compiled_schema.py"
HEADER = '''\
# Generated from dictionaries.schema.json by `python -m docs.generate`. Do not edit.
"""Tell valid configurations from invalid ones. jsonschema then finds every fault of an invalid one."""

import re


class JsonSchemaValueException(Exception):
    pass

'''

EDITS = (
    # The image does not have fastjsonschema.
    (r"^(VERSION = |import re$|from decimal |from fastjsonschema ).*\n", ""),
    (r"\(JsonSchemaValueException, JsonSchemaValuesException\)", "JsonSchemaValueException"),
    (r"\(int, float, Decimal\)", "(int, float)"),
    # Here an integer is an int, and never a float such as 5.0.
    (r"not \(isinstance\(\w+, float\) and \w+\.is_integer\(\)\)", "True"),
    # No caller reads the message.
    (r"raise JsonSchemaValueException\(.*\)$", "raise JsonSchemaValueException"),
)
"""Regular expressions and what replaces their matches in the compiled code."""


def compiled_schema() -> str:
    """Return the module's text."""
    schema = json.loads((PACKAGE / "dictionaries.schema.json").read_text(encoding="utf-8"))
    code = fastjsonschema.compile_to_code(
        schema, use_default=False, use_formats=False, detailed_exceptions=False
    )
    for pattern, replacement in EDITS:
        code = re.sub(pattern, replacement, code, flags=re.MULTILINE)
    return HEADER + code
