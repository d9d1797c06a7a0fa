"""Mask the credentials that sign calls, from any source of boto3.

Credentials in variables are easy to find. Only boto3 has those that it fetches and refreshes by itself, by
assuming a role with a web identity, from a container or by single sign-on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3.session import Session


def mask_credentials(session: Session, clients: Iterable[Any], mask: Callable[[str], None]) -> None:
    """Call `mask` with each credential of the session's `clients` before the first call that it signs.

    Calls `mask` in one thread at a time, once for each credential.
    """
    masked: set[str | None] = {None}
    mask_lock = Lock()

    def before_send(**_: object) -> None:
        # Not earlier: without credentials, each search for them takes seconds.
        credentials = session.get_credentials()
        if credentials is None:
            return
        frozen = credentials.get_frozen_credentials()
        with mask_lock:
            for secret in {frozen.access_key, frozen.secret_key, frozen.token} - masked:
                mask(str(secret))
                masked.add(secret)

    for client in clients:
        client.meta.events.register_first("before-send", before_send)
