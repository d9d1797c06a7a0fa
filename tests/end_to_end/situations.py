"""Dictionaries in every situation that is promised something, and what each kind of run makes of them.

Three commits of the branch, A, B and C, the last one its tip. A situation is the content of its file at each
of the three, a letter each, and the versions of its package, oldest first:

`.` made by hand before the first deploy; `h` made by hand; `A`, `B`, `C` made from that commit; `F` made from
a commit of another repository; `-B` whose object is lost; `#C` whose object has other bytes than the file;
`<A` made by a rollback, from what B says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dictionary_deploy.aws.record import FORM
from tests.end_to_end.scene import BUCKET, REPOSITORY_ID, Scene

FOREIGN = "f" * 40
LONG = 60.0
"""Seconds that no test waits: the scene's clock skips them."""
DOMAIN = "search-prod"
CONTENTS = {
    "x": "x\n",
    "y": "y\nthe\n",
    "z": "z\nan\n",
    "e": "",
    "s": "short\n",
    "L": "".join(f"long{number}\n" for number in range(30)),
    "M": "".join(f"more{number}\n" for number in range(30)),
}


@dataclass(frozen=True)
class Situation:
    """A dictionary, and what comes of each run: an outcome, a reason of `failed`, or `adopted`."""

    told: str
    files: str
    versions: str
    deploy: str
    """Of C, the branch's tip."""
    late: str
    """A deploy of B, begun late or rerun."""
    back: str
    """A rollback to A."""
    after: str
    """A deploy of C after that rollback, as by an unrelated merge or a rerun."""
    again: str
    """A rollback to C itself: deploy it, whatever somebody did."""
    options: Mapping[str, Any] = field(default_factory=dict)
    is_behind: bool = False
    """Whether a domain has the first version in force, and none of those since."""

    def __str__(self) -> str:
        return self.told


TAKE_OVER, CREATE, ALLOW_EMPTY = {"take-over": True}, {"create": True}, {"allow-empty": True}
OWNED, MISMATCH, MISSING = "owned-elsewhere", "content-mismatch", "package-not-found"

SITUATIONS = [
    # ------------------------------------------------------------ nothing unusual
    Situation("a file that changed", "xyz", ". A B", "updated", "updated", "updated", "held", "updated"),
    Situation(
        "a file that did not change", "xyy", ". A B", "unchanged", "updated", "updated", "held", "unchanged"
    ),
    Situation(
        "a domain that is behind",
        *("xyy", ". A B", "applied", "updated", "updated", "held", "applied"),
        is_behind=True,
    ),
    Situation(
        "a package that is not there yet",
        *("xyz", "", "created", "superseded", MISSING, "created", MISSING),
        options=CREATE,
    ),
    # ------------------------------------------------------------ a version by hand
    Situation("drift", "xyy", ". A B h", "drifted", "drifted", "updated", "held", "updated"),
    Situation(
        "drift with a domain that is behind",
        *("xyy", ". A B h", "drifted", "drifted", "updated", "held", "updated"),
        is_behind=True,
    ),
    Situation(
        "drift of a file that changed",
        "xyz",
        ". A B h",
        "updated",
        "drifted",
        "updated",
        "held",
        "updated",
    ),
    Situation("a package never deployed", "xyz", ".", "adopted", "superseded", "adopted", "held", "adopted"),
    Situation(
        "a package never deployed for a file that stays",
        *("xxx", ". h", "adopted", "adopted", "adopted", "unchanged", "adopted"),
    ),
    # ------------------------------------------------------------ another repository's
    Situation("another repository's package", "xyz", ". F", OWNED, OWNED, OWNED, OWNED, OWNED),
    Situation(
        "another repository's package with this content", "xxx", ". F", OWNED, OWNED, OWNED, OWNED, OWNED
    ),
    Situation(
        "another repository's package, changed by hand", "xyz", ". F h", OWNED, OWNED, OWNED, OWNED, OWNED
    ),
    Situation(
        "another repository's package with a domain that is behind",
        *("xxx", ". F", OWNED, OWNED, OWNED, OWNED, OWNED),
        is_behind=True,
    ),
    Situation(
        "a package taken over",
        *("yyz", ". F", "updated", "superseded", "updated", "held", "updated"),
        options=TAKE_OVER,
    ),
    Situation(
        "a package taken over with this content",
        *("xxx", ". F", "updated", "updated", "updated", "unchanged", "updated"),
        options=TAKE_OVER,
    ),
    Situation(
        "a package taken over with this content, changed by hand",
        *("xxx", ". F h", "updated", "updated", "updated", "unchanged", "updated"),
        options=TAKE_OVER,
    ),
    # ------------------------------------------------------------ a lost object
    Situation("a lost object", "xyy", ". A -B", "updated", "updated", "updated", "held", "updated"),
    Situation(
        "a lost object under a version by hand",
        *("xyy", ". A -B h", "updated", "drifted", "updated", "held", "updated"),
    ),
    Situation(
        "a lost object of another repository",
        *("xyz", ". -F", "updated", "superseded", "updated", "held", "updated"),
    ),
    # ------------------------------------------------------------ a file that shrank, or is empty
    Situation("a file that shrank", "LLs", ". A B", "invalid", "updated", "unchanged", "held", "updated"),
    Situation(
        "a file that shrank under drift",
        *("LLs", ". A B h", "invalid", "drifted", "updated", "held", "updated"),
    ),
    Situation(
        "a file that shrank since a lost object",
        *("LLs", ". A -B", "updated", "superseded", "updated", "held", "updated"),
    ),
    Situation(
        "a file that was smaller in the past",
        *("sLL", ". A B", "unchanged", "updated", "updated", "held", "unchanged"),
    ),
    Situation("an empty file", "xye", ". A B", "invalid", "updated", "updated", "held", "updated"),
    Situation(
        "an empty file that may be so",
        *("xye", ". A B", "updated", "updated", "updated", "held", "updated"),
        options=ALLOW_EMPTY,
    ),
    Situation(
        "an empty file under drift", "xye", ". A B h", "invalid", "drifted", "updated", "held", "updated"
    ),
    Situation(
        "a file that was empty in the past",
        *("exy", ". B", "updated", "updated", "updated", "held", "updated"),
    ),
    # ------------------------------------------------------------ a commit deployed with other bytes
    Situation("a rebuilt file", "xyz", ". B #C", MISMATCH, "superseded", "updated", "held", MISMATCH),
    Situation(
        "a rebuilt file under drift",
        *("xyz", ". B #C h", "drifted", "superseded", "updated", "held", MISMATCH),
    ),
    # ------------------------------------------------------------ rolled back
    Situation("a rollback", "xyy", ". A B <A", "held", "held", "updated", "held", "updated"),
    Situation(
        "a rollback with a domain that is behind",
        *("xyy", ". A B <A", "held", "held", "updated", "held", "updated"),
        is_behind=True,
    ),
    Situation(
        "a rollback of a file that changed since",
        *("xyz", ". A B <A", "updated", "superseded", "updated", "held", "updated"),
    ),
    Situation(
        "a rollback under a version by hand",
        "xyy",
        ". A B <A h",
        "held",
        "held",
        "updated",
        "held",
        "updated",
    ),
    Situation(
        "a rollback from a lost object", "xyy", ". A -B <A", "held", "held", "updated", "held", "updated"
    ),
    Situation(
        "a rollback to a lost object", "xyy", ". -A B <A", "held", "held", "updated", "held", "updated"
    ),
    Situation(
        "a rollback of a file that shrank since",
        *("LMs", ". A B <A", "invalid", "superseded", "updated", "held", "updated"),
    ),
    Situation(
        "a rollback of a file that is empty since",
        *("xye", ". A B <A", "invalid", "superseded", "updated", "held", "updated"),
    ),
]


def furnish(scene: Scene, situations: Sequence[Situation]) -> dict[str, str]:
    """Commits and packages of these situations; the SHAs by their letters. C is checked out."""
    scene.client("es").create_elasticsearch_domain(DomainName=DOMAIN)
    scene.configure(
        *(
            {
                "file": file(number),
                "package": package(number),
                "kind": "stopwords",
                "domains": [DOMAIN] if each.is_behind else "none",
                **each.options,
            }
            for number, each in enumerate(situations)
        )
    )
    commits = {"F": FOREIGN}
    for place, letter in enumerate("ABC"):
        commits[letter] = scene.commit(
            {file(number): CONTENTS[each.files[place]] for number, each in enumerate(situations)}
        )
    for number, each in enumerate(situations):
        _put_objects(scene, package(number), each, commits)
    for step in range(max(len(each.versions.split()) for each in situations)):
        for number, each in enumerate(situations):
            if step < len(each.versions.split()):
                _make_version(scene, package(number), each, each.versions.split()[step], commits)
        scene.clock.skip(LONG)
    for number, each in enumerate(situations):
        for token in each.versions.split():
            if token.startswith("-"):
                scene.client("s3").delete_object(Bucket=BUCKET, Key=_key(package(number), commits[token[-1]]))
    _put_rollbacks(scene, situations, commits)
    return commits


def package(number: int) -> str:
    return f"words-{number}"


def versions(scene: Scene, name: str, commits: Mapping[str, str]) -> str:
    """The versions of a package, a letter each, as in the situations."""
    letters = {"": ".", "from the console": "h", **{commit: letter for letter, commit in commits.items()}}
    return "".join(letters[message] for message in scene.messages(name))


def in_force(scene: Scene, name: str) -> str:
    """The version that the domain has of a package."""
    listed = scene.client("es").list_packages_for_domain(DomainName=DOMAIN)["DomainPackageDetailsList"]
    [found] = [each for each in listed if each["PackageName"] == name]
    return str(found["PackageVersion"])


def file(number: int) -> str:
    return f"words/{number}.txt"


def _key(name: str, commit: str) -> str:
    return f"dictionaries/{name}/{commit}.txt"


def _put_objects(scene: Scene, name: str, each: Situation, commits: Mapping[str, str]) -> None:
    for token in each.versions.split():
        letter = token[-1]
        if letter not in commits:
            continue
        is_foreign = letter == "F"
        content = CONTENTS[each.files["ABC".find(letter)]] if not is_foreign else CONTENTS["x"]
        scene.client("s3").put_object(
            Bucket=BUCKET,
            Key=_key(name, commits[letter]),
            Body=b"rebuilt\n" if token.startswith("#") else content.encode(),
            ChecksumAlgorithm="SHA256",
            Metadata={
                "commit": commits[letter],
                "repository": "octo/other" if is_foreign else "octo/shop",
                "repository-id": "999" if is_foreign else str(REPOSITORY_ID),
            },
        )


def _put_rollbacks(scene: Scene, situations: Sequence[Situation], commits: Mapping[str, str]) -> None:
    """Put each rollback from B to A on record."""
    records = {
        _package_id(scene, package(number)): {
            "file_at_tip": scene.git("rev-parse", f"{commits['B']}:{file(number)}"),
            "from_sha256": hashlib.sha256(CONTENTS[each.files[1]].encode()).hexdigest(),
            "from_commit": commits["B"],
            "to_commit": commits["A"],
            "run": "https://github.com/octo/shop/actions/runs/7",
            "at": "2026-01-02T00:00:00.000Z",
        }
        for number, each in enumerate(situations)
        if "<A" in each.versions
    }
    body = json.dumps({"form": FORM, "rollbacks": records})
    scene.client("s3").put_object(Bucket=BUCKET, Key="dictionaries/.holds", Body=body)


def _package_id(scene: Scene, name: str) -> str:
    [found] = {version["package_id"] for version in scene.aws.versions() if version["package"] == name}
    return str(found)


def _make_version(scene: Scene, name: str, each: Situation, token: str, commits: Mapping[str, str]) -> None:
    if token == ".":
        package_id = scene.make_package(name)
        if each.is_behind:
            scene.clock.skip(LONG)
            scene.client("es").associate_package(PackageID=package_id, DomainName=DOMAIN)
        return
    package_id = _package_id(scene, name)
    if token == "h":
        scene.update_by_hand(package_id, name)
        return
    commit = commits[token[-1]]
    scene.client("es").update_package(
        PackageID=package_id,
        PackageSource={"S3BucketName": BUCKET, "S3Key": _key(name, commit)},
        CommitMessage=commit,
    )
