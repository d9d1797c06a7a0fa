"""AWS's errors in our words: why, and which permission or setting mends it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from dictionary_deploy.errors import AwsError, Reason, UnclearError

NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
    ProfileNotFound,
)
# boto3 makes these by itself at the first call, and their errors come out of that call.
CREDENTIALS_OPERATIONS = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "GetRoleCredentials"})

BAD_CREDENTIALS = frozenset({
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
})  # fmt: skip
DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden"})
WRONG_REGION = frozenset(
    {"301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}
)
# `es` models no throttling shape, so the code decides, not the class.
THROTTLED = frozenset({
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
})  # fmt: skip
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
NOT_IMPLEMENTED = 501
TIMED_OUT = frozenset({"RequestTimeout", "RequestTimeoutException"})

# AWS quotes the headers of the request after it, the session token being one of them.
SIGNED = re.compile(r"The Canonical String for this request|x-amz-security-token", re.IGNORECASE)
QUOTA = re.compile(r"\b(limit|quota|at most|too many)\b", re.IGNORECASE)
NO_BUCKET = "Create the bucket in the Region of the packages, or mend `bucket` in the configuration."
LONGEST_MESSAGE = 500
"""Of an answer that is no JSON botocore makes the message: a proxy's whole page."""

CREDENTIALS_REMEDY = (
    "In a workflow run aws-actions/configure-aws-credentials before this step, in the same job, with"
    " `permissions: id-token: write`; an expired session needs a longer `role-duration-seconds`."
    " Elsewhere sign in as for the AWS CLI, such as with `aws sso login` and AWS_PROFILE."
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call to AWS, as its errors tell it."""

    action: str
    """The IAM action, which is also the operation's name: `es:UpdatePackage`, `s3:PutObject`."""
    resource: str
    """What the policy must name: an ARN or `*`."""
    subject: str
    """What it is about, for people: `the package product-synonyms`."""
    reason: Reason
    """The reason when AWS's code gives none of its own."""
    missing: Reason | None = None
    """The reason when what it is about does not exist."""
    if_denied: str = ""
    """What else may be behind a denial, in whole sentences."""
    if_too_many: str = ""
    """The quota that AWS may say is used up, and what to do then."""


@contextmanager
def translate_errors(call: Call) -> Iterator[None]:
    """Turn whatever boto3 raises inside into an AwsError, or UnclearError when it may have been done."""
    try:
        yield
    except ClientError as error:
        raise _from_code(call, error) from error
    except NO_CREDENTIALS as error:
        raise AwsError(
            "no-credentials", f"There are no usable AWS credentials: {error}.", CREDENTIALS_REMEDY
        ) from error
    except ParamValidationError as error:
        told = f"{call.action} for {call.subject} was not sent: {_one_line(error)}."
        raise AwsError(call.reason, told, "Mend what it names.") from error
    except EndpointConnectionError as error:
        raise UnclearError(
            call.reason,
            f"{call.action} for {call.subject}: AWS cannot be reached ({error}).",
            "Check the Region and the runner's network.",
        ) from error
    except BotoCoreError as error:
        if _has_line_end(error):
            raise AwsError(
                "no-credentials",
                "The AWS credentials have a line end in them.",
                "Mend the variable or secret that they come from.",
            ) from None  # the cause quotes them
        raise UnclearError(
            call.reason,
            f"{call.action} for {call.subject} got no clear answer: {_one_line(error)}.",
            "Rerun.",
        ) from error
    except OSError as error:
        # boto3 opens the file of AWS_WEB_IDENTITY_TOKEN_FILE at the first call.
        raise AwsError(
            "no-credentials", f"There are no usable AWS credentials: {error}.", CREDENTIALS_REMEDY
        ) from error
    except Exception as error:
        # An answer of another shape than the API's: botocore's parsers raise ResponseParserError, which
        # is no BotoCoreError, or what Python makes of it (AttributeError, TypeError, ValueError).
        raise malformed_response(call) from error


def malformed_response(call: Call) -> UnclearError:
    """The error for an answer without what the API promises: botocore passes on a body that is no JSON."""
    return UnclearError(
        call.reason, f"{call.action} for {call.subject} got an answer that makes no sense.", "Rerun."
    )


def _from_code(call: Call, error: ClientError) -> AwsError:
    details = error.response.get("Error", {})
    code, said = str(details.get("Code", "")), _one_line(details.get("Message") or "")
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    told = f"{call.action} for {call.subject}: {code}{f': {said}' if said else ''}."
    if code in BAD_CREDENTIALS or error.operation_name in CREDENTIALS_OPERATIONS:
        return AwsError(
            "no-credentials", f"AWS does not accept the credentials. {told}", CREDENTIALS_REMEDY, code=code
        )
    if code in THROTTLED or status == TOO_MANY_REQUESTS:
        return AwsError(call.reason, told, "AWS is throttling: rerun later.", code="Throttling")
    if code in TIMED_OUT or (status >= SERVER_ERROR and status != NOT_IMPLEMENTED):
        return UnclearError(
            call.reason, told, "Rerun; look at AWS's health dashboard when it happens again.", code=code
        )
    # AssociatePackage declares no LimitExceededException: there a quota is told in words, if at all.
    is_quota = call.if_too_many and code == "ValidationException" and QUOTA.search(said)
    if code == "LimitExceededException" or is_quota:
        remedy = call.if_too_many or "AWS names the quota: see whether it can be raised, then rerun."
        return AwsError("limit-exceeded", told, remedy, code=code)
    if code in DENIED:
        remedy = f"Grant {call.action} on {call.resource} to the role. {call.if_denied}".rstrip()
        return AwsError("access-denied", told, remedy, code=code)
    if call.missing and (code == "ResourceNotFoundException" or "not found" in said.lower()):
        is_package = "package not found" in said.lower()
        missing: Reason = "package-not-found" if is_package else call.missing
        return AwsError(missing, told, "Check the name, the account and the Region.", code=code)
    # The lock is the first to meet a missing bucket, but nobody holds it.
    reason = "upload-failed" if code == "NoSuchBucket" else call.reason
    return AwsError(reason, told, _remedy(code), code=code)


def unusable_setting(error: Exception) -> AwsError:
    """For what boto3 minds of the environment before it calls anybody."""
    is_about_credentials = isinstance(error, NO_CREDENTIALS)
    remedy = CREDENTIALS_REMEDY if is_about_credentials else "Mend the AWS_… variable that it is about."
    return AwsError("no-credentials", f"boto3 cannot be set up: {_one_line(error)}.", remedy)


def _remedy(code: str) -> str:
    if code in WRONG_REGION:
        return (
            "The bucket is in another Region: set `region` in the configuration to the Region of the"
            " packages, and use a bucket there."
        )
    if code == "NoSuchBucket":
        return NO_BUCKET
    if code == "BadDigest":
        return "The file changed while it was sent: let the step that writes it end before this one."
    return "Mend what AWS names, then rerun."


def _has_line_end(error: BotoCoreError) -> bool:
    """Whether a header could not be sent: of them all, only those made of credentials can be so wrong."""
    return isinstance(error, HTTPClientError) and isinstance(error.kwargs.get("error"), ValueError)


def _one_line(said: object) -> str:
    """Without line ends, a full stop and what a bad signature was made of, and not too long to read."""
    readable = SIGNED.split(str(said))[0]
    return textwrap.shorten(readable, LONGEST_MESSAGE, placeholder=" …").rstrip(".")
