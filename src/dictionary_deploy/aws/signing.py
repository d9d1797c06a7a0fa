"""Sign requests to the endpoints of domains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from dictionary_deploy.aws.errors import Call, translate_errors

SERVICE = "es"
"""The service in the signature, for OpenSearch and Elasticsearch."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the credentials of a run. May raise AwsError."""

    session: Any
    region: str
    mask: Callable[[str], None]

    def __call__(self, method: str, url: str, body: bytes) -> Mapping[str, str]:
        """Return the headers of the signature."""
        call = Call("Signing", "*", "the request to the domain", "no-credentials")
        with translate_errors(call):
            credentials = self.session.get_credentials().get_frozen_credentials()
        # They may have been renewed since the last call to AWS.
        for secret in (credentials.access_key, credentials.secret_key, credentials.token):
            if secret:
                self.mask(secret)
        request = AWSRequest(method, url, data=body)
        SigV4Auth(credentials, SERVICE, self.region).add_auth(request)
        return dict(request.headers)
