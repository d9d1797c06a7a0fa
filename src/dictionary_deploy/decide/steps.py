"""The steps. `Look` reads, `Wait` pauses, `Done` and `Refuse` end; the others write to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import Outcome


@dataclass(frozen=True, slots=True)
class Look:
    """Read something first."""

    at: Literal["standing", "domains", "review", "object", "order"]
    commit: str = ""
    """The commit whose object, place on the branch or ancestors to read; may be empty with `standing`."""
    others: tuple[str, ...] = ()
    """With `order`: the possible ancestors of `commit`; with `standing`: further commits to locate."""


@dataclass(frozen=True, slots=True)
class Upload:
    """PutObject under this commit's key; `may_replace` other bytes while no version carries the commit."""

    may_replace: bool


@dataclass(frozen=True, slots=True)
class Create:
    """CreatePackage from this commit's object."""


@dataclass(frozen=True, slots=True)
class Update:
    """UpdatePackage with this commit's object."""


@dataclass(frozen=True, slots=True)
class Associate:
    """AssociatePackage for each of these domains."""

    domains: tuple[str, ...]
    left: Done | None = None
    """The dictionary's end apart from its domains, if its file is not deployed."""


@dataclass(frozen=True, slots=True)
class Wait:
    """AWS is not done; read again later."""

    why: str
    left: Done | None = None
    """Same as in `Associate`."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do; `message` is plain text."""

    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class Refuse(Explanation):
    """The dictionary cannot be deployed."""


Write = Upload | Create | Update | Associate
Step = Look | Write | Wait | Done | Refuse
