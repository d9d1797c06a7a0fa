"""GitHub's error responses: status and JSON body."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

DOCUMENTATION = "https://docs.github.com/rest"


class ApiError(Exception):
    """An error response with GitHub's `message`; `errors` lists the problems of a body."""

    def __init__(self, status: int, message: str, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def response(self) -> Response:
        body: dict[str, Any] = {"message": self.message}
        if self.errors:
            body["errors"] = self.errors
        response = jsonify(body | {"documentation_url": DOCUMENTATION, "status": str(self.status)})
        response.status_code = self.status
        return response


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def no_commit(revision: str) -> ApiError:
    """Return the error of the commit endpoints, where others return 404."""
    return ApiError(422, f"No commit found for SHA: {revision}")


def forbidden() -> ApiError:
    """Return the error for a GitHub Actions token without the permission."""
    return ApiError(403, "Resource not accessible by integration")


def invalid(**error: str) -> ApiError:
    return ApiError(422, "Validation Failed", [error])
