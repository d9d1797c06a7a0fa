"""The steps. `Look` reads, `Wait` pauses, `Done` and `Refuse` end; the others write to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import Outcome, Rollback


@dataclass(frozen=True, slots=True)
class Look:
    """Read something first."""

    at: Literal["holds", "standing", "domains", "review", "object", "copied", "order"]
    commit: str = ""
    """The commit whose object or place on the branch to read, which may be empty with `standing`.

    With `copied`: the object that the available version was made from."""
    older: str = ""
    """With `order`: the possible ancestor of `commit`."""


@dataclass(frozen=True, slots=True)
class Record:
    """Write the package's record in `.holds`; None removes it."""

    rollback: Rollback | None


@dataclass(frozen=True, slots=True)
class Upload:
    """PutObject under this commit's key; `may_replace` other bytes while no version carries the commit."""

    may_replace: bool
    relabel: bool = False
    """True to replace an object with the same bytes, too: another repository wrote it."""


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
    file_result: Done | None = None
    """The dictionary's end apart from its domains, if its file is not deployed."""


@dataclass(frozen=True, slots=True)
class Wait:
    """AWS is not done; read again later."""

    why: str
    file_result: Done | None = None
    """Same as in `Associate`."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do; `message` is plain text."""

    outcome: Outcome
    message: str
    remedy: str = ""
    """The remedy, if it is not that of the outcome."""


@dataclass(frozen=True, slots=True)
class Refuse(Explanation):
    """The dictionary cannot be deployed."""


Write = Upload | Create | Update | Associate
Step = Look | Record | Write | Wait | Done | Refuse
