"""Translate AWS's errors into reasons, with the permission or setting that fixes them."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointProviderError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from dictionary_deploy.connection_errors import ConnectionFailure, Endpoint, explain_connection
from dictionary_deploy.errors import AwsError, DeployError, Reason, UnclearError, plain_text

NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
    ProfileNotFound,
)
# boto3 calls these by itself at the first call, which then raises their errors.
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
# `es` has no exception class for throttling, so the code decides.
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

# After this AWS quotes the headers of the request, including the session token.
SIGNED = re.compile(r"The Canonical String for this request|x-amz-security-token", re.IGNORECASE)
QUOTA = re.compile(r"\b(limit|quota|at most|too many)\b", re.IGNORECASE)
NO_BUCKET = "Create the bucket in the Region of the packages, or fix `bucket` in the configuration."
LOOKUP: Reason = "package-lookup-failed"
"""Reason of a failed read if the AWS code has no reason."""

CA_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
"""In the order in which boto3 reads them."""

MAX_MESSAGE_CHARACTERS = 500
"""botocore uses a response that is not JSON as the message, such as a proxy's whole page."""

CREDENTIALS_REMEDY = (
    "In a workflow, run aws-actions/configure-aws-credentials before this step in the same job, with"
    " `permissions: id-token: write`. For an expired session, set a longer `role-duration-seconds`."
    " Elsewhere, sign in as for the AWS CLI, for example with `aws sso login` and `AWS_PROFILE`."
)


PROFILE_REMEDY = (
    "In a workflow, remove AWS_PROFILE from `env`: the container has no ~/.aws. Run"
    " aws-actions/configure-aws-credentials before this step. Elsewhere, set AWS_PROFILE to a profile of"
    " `aws configure list-profiles`."
)

CLOCK_REMEDY = "Set the machine's clock: AWS accepts a difference of at most 5 minutes. Then rerun."
SKEWED = re.compile(r"RequestTimeTooSkewed|Signature (expired|not yet current)")
"""S3's code, or the message of any other service."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to AWS, as described in its errors."""

    action: str
    """The IAM action, which contains the operation's name: `es:UpdatePackage`, `s3:PutObject`."""
    resource: str
    """The resource in the policy: an ARN or `*`."""
    subject: str
    """The subject in messages: `the package product-synonyms`."""
    reason: Reason
    """The reason for AWS codes without a reason of their own."""
    missing: Reason | None = None
    """The reason if the subject does not exist."""
    if_denied: str = ""
    """Other possible causes of a denial, in sentences."""
    if_too_many: str = ""
    """The quota that the call may exceed, and the fix, in sentences."""


@contextmanager
def translate_errors(call: Call) -> Iterator[None]:
    """Translate boto3's exceptions into AwsError, or UnclearError if the call may have succeeded."""
    try:
        yield
    except DeployError:
        raise  # raised by a handler of boto3's events before the request was sent
    except ClientError as error:
        raise _from_code(call, error) from error
    except NO_CREDENTIALS as error:
        raise AwsError(
            "no-credentials", f"No usable AWS credentials: {error}.", CREDENTIALS_REMEDY
        ) from error
    except ParamValidationError as error:
        message = f"{call.action} for {call.subject} was not sent: {_one_line(error)}."
        raise AwsError(call.reason, message, "Fix the parameter.") from error
    except EndpointProviderError as error:
        raise unusable_setting(error) from error
    except BotoCoreError as error:
        if _has_line_end(error):
            raise AwsError(
                "no-credentials",
                "The AWS credentials contain a line break.",
                "Remove it from the variable or secret that contains them.",
            ) from None  # the cause quotes them
        raise _unreachable(call, error) from error
    except OSError as error:
        # boto3 opens the file of AWS_WEB_IDENTITY_TOKEN_FILE at the first call.
        raise AwsError(
            "no-credentials", f"No usable AWS credentials: {error}.", CREDENTIALS_REMEDY
        ) from error
    except Exception as error:
        # A malformed response: botocore's parsers raise ResponseParserError, which is no BotoCoreError, or
        # one of Python's exceptions (AttributeError, TypeError, ValueError).
        raise malformed_response(call) from error


def connection_failure(error: Exception) -> ConnectionFailure | None:
    """Return why AWS could not be reached; None for other errors."""
    url = str(getattr(error, "kwargs", {}).get("endpoint_url") or "AWS")
    endpoint = Endpoint(url, CA_VARIABLES, "the Region or AWS_ENDPOINT_URL")
    return explain_connection(error, endpoint, os.environ)


def _unreachable(call: Call, error: BotoCoreError) -> AwsError:
    failure = connection_failure(error)
    if failure is None:
        message = f"{call.action} for {call.subject} got no clear response: {_one_line(error)}."
        return UnclearError(call.reason, message, "Rerun.")
    message = f"{call.action} for {call.subject} could not reach AWS: {failure.problem}."
    kind = AwsError if failure.is_permanent else UnclearError
    return kind(call.reason, message, failure.remedy)


def malformed_response(call: Call) -> UnclearError:
    """Return the error for a malformed response. botocore accepts a body that is not JSON."""
    return UnclearError(call.reason, f"{call.action} for {call.subject} got a malformed response.", "Rerun.")


def _from_code(call: Call, error: ClientError) -> AwsError:
    details = error.response.get("Error", {})
    code, text = str(details.get("Code", "")), _one_line(details.get("Message") or "")
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = f"{call.action} for {call.subject}: {code}{f': {text}' if text else ''}."
    if SKEWED.search(message):
        return AwsError("no-credentials", f"The machine's clock is wrong. {message}", CLOCK_REMEDY, code=code)
    if code in BAD_CREDENTIALS or error.operation_name in CREDENTIALS_OPERATIONS:
        return AwsError(
            "no-credentials", f"AWS rejects the credentials. {message}", CREDENTIALS_REMEDY, code=code
        )
    if code in THROTTLED or status == TOO_MANY_REQUESTS:
        return AwsError(call.reason, message, "AWS is throttling. Rerun later.", code="Throttling")
    if code in TIMED_OUT or (status >= SERVER_ERROR and status != NOT_IMPLEMENTED):
        return UnclearError(
            call.reason, message, "Rerun. If it fails again, check the AWS Health Dashboard.", code=code
        )
    # AssociatePackage has no LimitExceededException. Only the message mentions a quota, if at all.
    is_quota = call.if_too_many and code == "ValidationException" and QUOTA.search(text)
    if code == "LimitExceededException" or is_quota:
        remedy = call.if_too_many or "Request an increase of the quota that AWS reports, then rerun."
        return AwsError("limit-exceeded", message, remedy, code=code)
    if code in DENIED:
        remedy = f"Grant {call.action} on {call.resource} to the role. {call.if_denied}".rstrip()
        return AwsError("access-denied", message, remedy, code=code)
    if call.missing and (code == "ResourceNotFoundException" or "not found" in text.lower()):
        is_package = "package not found" in text.lower()
        missing: Reason = "package-not-found" if is_package else call.missing
        return AwsError(missing, message, "Check the name, the account and the Region.", code=code)
    return AwsError(call.reason, message, _remedy(code), code=code)


def unusable_setting(error: Exception) -> AwsError:
    """Return the error for a setting of the environment that boto3 rejects before the first call."""
    if isinstance(error, ProfileNotFound):
        remedy = PROFILE_REMEDY
    elif isinstance(error, NO_CREDENTIALS):
        remedy = CREDENTIALS_REMEDY
    else:
        remedy = f"Fix {_variables_of(str(error))}."
    return AwsError("no-credentials", f"boto3 cannot be configured: {_one_line(error)}.", remedy)


def _variables_of(message: str) -> str:
    """Return the names of boto3's variables that the message quotes."""
    variables = {name: value for name, value in os.environ.items() if name.startswith("AWS_") and value}
    quoted = sorted(name for name, value in variables.items() if value in message)
    # An address that Python cannot parse is not quoted.
    addresses = sorted(name for name in variables if name.startswith("AWS_ENDPOINT_URL"))
    return " or ".join(quoted or addresses) or "the AWS_… environment variable that causes this"


def _remedy(code: str) -> str:
    if code in WRONG_REGION:
        return (
            "The bucket is in another Region. Set `region` in the configuration to the Region of the"
            " packages, and use a bucket there."
        )
    if code == "NoSuchBucket":
        return NO_BUCKET
    if code == "BadDigest":
        return "The file changed during the upload. Run this step after the step that writes the file."
    return "Fix what AWS reports, then rerun."


def _has_line_end(error: BotoCoreError) -> bool:
    """Return True if a header is invalid. Only headers made of credentials can be."""
    cause = error.kwargs.get("error")
    return isinstance(error, HTTPClientError) and str(cause).startswith("Invalid header value")


def _one_line(value: object) -> str:
    """Return the text on one line, shortened, without a full stop and the parts of a rejected signature."""
    readable = SIGNED.split(str(value))[0]
    return plain_text(textwrap.shorten(readable, MAX_MESSAGE_CHARACTERS, placeholder=" …").rstrip("."))
