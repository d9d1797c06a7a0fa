"""The steps there are. `Look` reads, `Wait` pauses, `Done` and `Refuse` end; the others write to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import Outcome


@dataclass(frozen=True, slots=True)
class Look:
    """Something has to be known first."""

    at: Literal["standing", "domains", "review", "object", "order"]
    commit: str = ""
    """Whose object, place on the branch (with `standing` it may be empty), or past (with `order`)."""
    others: tuple[str, ...] = ()
    """With `order`: the commits of which to know whether `commit` has them in its past; with `standing`:
    further ones whose place is to be known."""


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
    """What the dictionary is besides, when its file is left alone."""


@dataclass(frozen=True, slots=True)
class Wait:
    """AWS is not done; look again later."""

    why: str
    left: Done | None = None
    """As in `Associate`."""


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing left to do; `message` is one plain sentence."""

    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class Refuse(Explanation):
    """The dictionary cannot be deployed."""


Write = Upload | Create | Update | Associate
Step = Look | Write | Wait | Done | Refuse
