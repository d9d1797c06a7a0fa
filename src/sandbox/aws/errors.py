"""The errors that the local AWS returns, with their codes and HTTP statuses."""

from __future__ import annotations

# The service models of `es` and `opensearch` give the statuses of the first eight; S3's are in its
# API reference, "Error responses".
STATUSES = {
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "InternalException": 500,
    "InvalidTypeException": 409,
    "LimitExceededException": 409,
    "ResourceAlreadyExistsException": 409,
    "ResourceNotFoundException": 409,
    "ThrottlingException": 429,
    "AccessDenied": 403,
    "ConditionalRequestConflict": 409,
    "InternalError": 500,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NotImplemented": 501,
    "PreconditionFailed": 412,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
}

IN_CHANGE = "A change/update is in progress. Please wait for it to complete before requesting another change."


class ServiceError(Exception):
    """An error response. The default `status` is AWS's for the code, or 400."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status or STATUSES.get(code, 400)


def validation(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message)
