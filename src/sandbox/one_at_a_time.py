"""Making web applications in one thread at a time.

werkzeug compiles each route from a syntax tree, and Python 3.11 counts the depth of all trees that are
being made in one place: two threads at it now and then end in `SystemError: AST constructor recursion
depth mismatch`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_BUILDING = RLock()


def one_at_a_time(create: Callable[P, T]) -> Callable[P, T]:
    """`create`, which makes an application, never at the same time as another one that makes some."""

    @wraps(create)
    def wrapped(*arguments: P.args, **named: P.kwargs) -> T:
        with _BUILDING:
            return create(*arguments, **named)

    return wrapped
