"""Responses in the three formats of AWS's protocols: JSON, S3's XML, and the XML of the query protocol."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from sandbox.aws.errors import ServiceError


def json_answer(value: Any, status: int = 200) -> Response:
    return Response(
        json.dumps(value),
        status,
        content_type="application/json",
        headers={"x-amzn-RequestId": str(uuid4())},
    )


def error_answer(service: str, error: ServiceError) -> Response:
    """Return the error in the format of the service."""
    if service == "s3":
        return s3_error(error)
    if service in {"sts", "iam"}:
        return _xml(f"<ErrorResponse>{_error(error)}<RequestId>{uuid4()}</RequestId></ErrorResponse>", error)
    answer = json_answer({"message": error.message}, error.status)
    answer.headers["x-amzn-ErrorType"] = f"{error.code}:"
    return answer


def s3_error(error: ServiceError) -> Response:
    return _xml(_error(error), error)


def _error(error: ServiceError) -> str:
    return f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"


def _xml(text: str, error: ServiceError) -> Response:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return Response(declaration + text, error.status, content_type="application/xml")
