"""Read the caller's identity from STS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError

from dictionary_deploy.aws.credentials import mask_credentials
from dictionary_deploy.aws.errors import Call, malformed_response, translate_errors, unusable_setting
from dictionary_deploy.clock import AWS_CONNECT_SECONDS, AWS_READ_SECONDS


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller's account, and the ARN of the user or of the role session."""

    account: str
    arn: str

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]


def who_am_i(region: str, mask: Callable[[str], None]) -> Identity:
    """Return the caller's identity, which needs no permission. `mask` receives the credentials.

    Raises AwsError.
    """
    call = Call("sts:GetCallerIdentity", "*", "the credentials", "no-credentials")
    config = ClientConfig(
        connect_timeout=AWS_CONNECT_SECONDS, read_timeout=AWS_READ_SECONDS, retries={"mode": "standard"}
    )
    try:
        session = boto3.session.Session(region_name=region)
        client = session.client("sts", config=config)
    except (BotoCoreError, ValueError, OSError) as error:
        raise unusable_setting(error) from error
    mask_credentials(session, (client,), mask)
    with translate_errors(call):
        response = client.get_caller_identity()
    identity = Identity(str(response.get("Account", "")), str(response.get("Arn", "")))
    if not (identity.account and identity.arn.startswith("arn:")):
        raise malformed_response(call)
    return identity
