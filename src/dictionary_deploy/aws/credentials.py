"""The credentials that calls are signed with, hidden wherever boto3 has them from.

Those of variables can be read there. What boto3 fetches by itself (from a role that a web identity may
assume, a container, single sign-on) nobody else knows, nor what it fetches when that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3.session import Session


def mask_credentials(session: Session, clients: Iterable[Any], mask: Callable[[str], None]) -> None:
    """Have `mask` called with each credential of the session's `clients` before a call that it signs is sent.

    One thread at a time calls it, and with each credential once.
    """
    masked: set[str | None] = {None}
    one_at_a_time = Lock()

    def before_send(**_: object) -> None:
        # Only now: where there are none, each search for them takes seconds, and nothing is ever sent.
        credentials = session.get_credentials()
        if credentials is None:
            return
        frozen = credentials.get_frozen_credentials()
        with one_at_a_time:
            for secret in {frozen.access_key, frozen.secret_key, frozen.token} - masked:
                mask(str(secret))
                masked.add(secret)

    for client in clients:
        client.meta.events.register_first("before-send", before_send)
