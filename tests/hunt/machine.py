"""The hunter: hypothesis invents the events, and every guarantee is checked after each step."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.hunt.actions import Actions
from tests.hunt.scenario import line_of
from tests.hunt.world import STOPWORDS, SYNONYMS
from tests.hunt.writes import LOCK

SWITCHES = {
    "copy_seconds": ["0", "3", "40"],
    "associate_seconds": ["0", "5", "40"],
    "validating": ["false", "true"],
    "version_while_copying": ["old", "old", "new"],
    "update_while_copying": ["refuse", "queue"],
    "history_entry": ["copied", "call"],
    "history_seconds": ["0", "4", "20"],
    "history_order": ["newest", "oldest"],
    "failed_copy_in_history": ["false", "true"],
    "identical_content": ["new-version", "new-version", "same-version"],
    "unknown_package": ["validation", "not-found", "empty"],
    "simultaneous_associations": ["allowed", "one-per-domain", "one-per-package"],
    "change_is_conflict": ["false", "true"],
    "associate_while_copying": ["old-version", "refuse"],
    "page_size": ["100", "2"],
    "list_bucket": ["true", "true", "true", "false"],
}
CONTENTS = ["a", "b", "a", "b", "a", "b", "c", "c", "many", "many", "empty", "broken", "wrong"]
SECONDS = ["1", "10", "40", "70", "300"]
FATES = [
    *("ok", "ok", "ok"),
    *("dropped", "unanswered", "late", "slow", "tardy", "repeated", "throttled", "vague"),
]
FATES_OF_WRITES = [
    *("dropped", "unanswered", "late", "late", "repeated"),
    *("killed", "lands", "signal", "late-signal"),
]
FATES_OF_READS = ["dropped", "slow", "tardy", "throttled", "killed"]
WRITES = [
    *("es:UpdatePackage", "es:UpdatePackage", "es:CreatePackage", "es:AssociatePackage"),
    *("s3:PutObject", "holds:PutObject"),
]
READS = [
    "es:DescribePackages",
    "es:GetPackageVersionHistory",
    "es:ListDomainsForPackage",
    "s3:HeadObject",
    "s3:GetObject",
    "github:standing",
    "holds:GetObject",
    "lock:PutObject",
    "lock:GetObject",
]
DICTIONARIES = st.sampled_from(["synonyms", "synonyms", "stopwords"])
MODES_OF_RUNS = {"deploy", "rollback", "tag", "plan", "check"}
MODES = st.sampled_from(["deploy", "deploy", "rollback", "rollback", "tag", "plan", "check"])
DOMAINS = st.sampled_from(["eu", "us"])
FAULTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(FATES)), max_size=25)
DENIED = st.sampled_from(["", "", "", "", "", "", *READS])
ANY = st.integers(0, 20)

tried: Counter[str] = Counter()


def told() -> str:
    """Return a summary of what was tried, one or two lines."""
    calls = sum(number for what, number in tried.items() if ":" in what)
    writes = sum(tried[what] for what in tried if what.startswith(("es:Create", "es:Update", "es:Associate")))
    faults = sum(number for what, number in tried.items() if ":" in what and not what.endswith(" ok"))
    ends = {what: number for what, number in sorted(tried.items()) if what.split()[0] in MODES_OF_RUNS}
    return (
        f"Tried {tried['worlds']} worlds, {tried['steps']} steps, {tried['runs']} runs, {calls} calls,"
        f" {writes} of them writes, {faults} with a fault, {tried['kills']} kills,"
        f" {tried['interruptions']} interruptions, {tried['stalls']} stalls,"
        f" {tried['pauses']} pauses, {tried['freezes']} freezes,"
        f" {tried['versions by hand']} versions by hand, {tried['lost objects']} lost objects;"
        f" {len(ends)} different ends: {', '.join(f'{number} {what}' for what, number in ends.items())}."
    )


class Machine(RuleBasedStateMachine):
    """One world per example. Its events are recorded as a scenario and printed with a failure."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.world = Actions()
        self.is_simplest = True  # until it has started

    def act(self, action: str, **values: str) -> None:
        self.lines.append(line_of(action, values))
        try:
            getattr(self.world, action)(**values)
        except Exception as error:
            error.add_note("\n".join(["The scenario:", *self.lines]))
            raise

    @initialize(
        switches=st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(SWITCHES[name]) for name in SWITCHES}
        ),
        untracked=st.sampled_from(["", "", "synonyms", "stopwords"]),
        timeout=st.sampled_from(["600", "90"]),
        stopwords=st.sampled_from(["no", "by-hand"]),
        first_run=st.sampled_from(["none", "ends", "ends", *FATES_OF_WRITES]),
        number=st.integers(0, 1000),
    )
    def begin(
        self,
        switches: dict[str, str],
        untracked: str,
        timeout: str,
        stopwords: str,
        number: int,
        first_run: str,
    ) -> None:
        random.seed(0)  # the jitter of pauses
        # hypothesis starts with the simplest example: the first rule, forty times.
        self.is_simplest = number == 0
        if switches.get("identical_content") == "same-version":
            timeout = "600"  # each rerun tries again to create its own version, which takes a whole copy
        values = {**switches, "untracked": untracked, "timeout_seconds": timeout}
        self.lines.append(line_of("world", values))
        self.world = Actions(**values)
        self.act("begin", stopwords=stopwords)
        if first_run == "none" or self.is_simplest:
            return
        self.act("start")
        if first_run != "ends" and stopwords == "no":
            self.act("meets", run="run1", call="es:CreatePackage", fate=first_run)
        self._end("run1")

    # ------------------------------------------------------------ git and the runs it starts

    @rule(
        synonyms=st.sampled_from([*CONTENTS, ""]),
        stopwords=st.sampled_from(["", "", *CONTENTS]),
        config=st.sampled_from(["", "", "", "", "", "named", "associated", "other", "take-over"]),
        how=st.sampled_from(["start", "ends", "ends", "dropped"]),
        faults=FAULTS,
    )
    def merge(self, how: str, faults: list[tuple[int, str]], **files: str) -> None:
        self.act("merge", **{name: word for name, word in files.items() if word})
        self._start(how, faults)

    @rule(to=ANY, how=st.sampled_from(["start", "ends", "dropped"]), faults=FAULTS)
    def force(self, to: int, how: str, faults: list[tuple[int, str]]) -> None:
        self.act("force", to=self._commit(to))
        self._start(how, faults)

    @rule(
        parent=st.integers(0, 3),
        length=st.integers(1, 3),
        word=st.sampled_from(["", "a", "b", "c"]),
        meanwhile=st.sampled_from(["", "a", "b", "c"]),
        merged=st.sampled_from(["", "", "a", "b"]),
        how=st.sampled_from(["start", "ends", "ends", "dropped", "dropped"]),
        then=st.sampled_from(["", "rollback", "rollback", "tag", "deploy"]),
    )
    def merge_side(
        self, parent: int, length: int, word: str, meanwhile: str, merged: str, how: str, then: str
    ) -> None:
        """Merge a side branch after another merge: on the branch, in no order with that merge."""
        side = self._commit(parent)
        for _ in range(length):
            self.act("branch_off", parent=side, **({"synonyms": word} if word else {}))
            side = self._commit(0)
        if meanwhile:
            self.act("merge", synonyms=meanwhile)
            self._start("ends")
        self.act("merge_side", side=side, **({"synonyms": merged} if merged else {}))
        self._start(how)
        if then:
            self._start("ends", commit=side, mode=then)
            self.act("merge")
            self._start("ends")

    @rule(
        commit=ANY,
        mode=MODES,
        how=st.sampled_from(["start", "ends", "ends"]),
        faults=FAULTS,
        denied=DENIED,
        silent=DENIED,
    )
    def rerun(self, commit: int, how: str, faults: list[tuple[int, str]], **values: str) -> None:
        named = {name: value for name, value in values.items() if value}
        self._start(how, faults, commit=self._commit(commit), **named)

    @rule(
        commits=st.lists(st.integers(0, 5), min_size=1, max_size=2),
        then=st.sampled_from(["", "rerun", "rerun of another", "unrelated", "next day", "same again"]),
        commit=ANY,
        fate=st.sampled_from(["ok", "killed", "dropped"]),
    )
    def roll_back(self, commits: list[int], then: str, commit: int, fate: str) -> None:
        """Roll back once or twice, then run what may or must not undo it."""
        self._start("ends")
        for back_to in [self._commit(number) for number in commits]:
            self.act("start", commit=back_to, mode="rollback")
            run = self.world.runs[-1].name
            self.act("meets", run=run, call="es:AssociatePackage", fate=fate)
            self._end(run)
        match then:
            case "rerun":
                self._start("ends")
            case "rerun of another":
                self._start("ends", commit=self._commit(commit // 2))
            case "unrelated" | "next day":
                self.act("wait", seconds="100000" if then == "next day" else "1")
                self.act("merge")
                self._start("ends")
            case "same again":
                self.act("merge", synonyms=self._word(commit))
                self._start("ends")

    @rule(
        merges=st.lists(
            st.tuples(st.sampled_from(["a", "b", "a", "b", "c", "many"]), st.booleans()),
            min_size=2,
            max_size=4,
        ),
        mode=st.sampled_from(["deploy", "deploy", "tag"]),
        luck=st.randoms(),
    )
    def late_runs(self, merges: list[tuple[str, bool]], mode: str, luck: random.Random) -> None:
        """Merge several times in a row, and run some of the commits late and in any order."""
        late = []
        for word, is_late in merges:
            self.act("merge", synonyms=word)
            if is_late:
                late.append(self._commit(0))
            else:
                self._start("ends")
        luck.shuffle(late)
        for commit in late:
            self._start("ends", commit=commit, mode=mode)

    @rule(words=st.permutations(["a", "b", "c"]), file=DICTIONARIES, mode=st.sampled_from(["deploy", "tag"]))
    def change_and_revert(self, words: list[str], file: str, mode: str) -> None:
        """Change and revert: a run of the commit before comes between, with the content of the tip."""
        self.act("merge", **{file: words[0]})
        before = self._commit(0)
        self.act("merge", **{file: words[1]})
        self._start("ends")
        self.act("merge", **{file: words[0]})
        self._start("ends", commit=before, mode=mode)

    @precondition(lambda self: self.world.repository.untracked)
    @rule(
        builds=st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=3),
        is_replaced=st.booleans(),
        mode=st.sampled_from(["deploy", "rollback"]),
    )
    def rebuild(self, builds: list[str], mode: str, *, is_replaced: bool) -> None:
        """Build a commit differently each time, with or without another deploy between."""
        self.act("merge")
        commit = self._commit(0)
        self._start("ends", build=builds[0])
        if is_replaced:
            self.act("merge", synonyms=builds[-1], stopwords=builds[-1])
            self._start("ends", build=builds[-1])
        self._start("ends", commit=commit, mode=mode, build=builds[1])

    @rule(
        first=st.sampled_from(["a", "b"]),
        second=st.sampled_from(["b", "c"]),
        lock=st.sampled_from(["ok", "tardy"]),
        call=st.sampled_from([*WRITES, "s3:PutObject"]),
        how=st.sampled_from(["naps", "sleeps"]),
        steps=st.integers(0, 30),
    )
    def rivals(self, first: str, second: str, lock: str, call: str, how: str, steps: int) -> None:
        """Suspend a run at a write until its lease has expired; the next run takes its turn."""
        self._end_living()
        self.act("merge", synonyms=first)
        self.act("start")
        slow = self.world.runs[-1].name
        if LOCK in self.world.objects:  # the first attempt finds it there
            self.act("meets", run=slow, call="lock:GetObject", fate="ok")
        self.act("meets", run=slow, call="lock:PutObject", fate=lock)
        self.act("meets", run=slow, call=call, fate=how)
        self.act("merge", synonyms=second)
        self.act("start")
        self._go(self.world.runs[-1].name, [(0, "ok")] * steps)
        self._end_living()

    @rule(
        first=st.sampled_from(["a", "b"]),
        second=st.sampled_from(["b", "c"]),
        call=st.sampled_from(
            ["es:UpdatePackage", "es:UpdatePackage", "es:CreatePackage", "es:AssociatePackage"]
        ),
        is_frozen=st.booleans(),
        steps_before=st.integers(0, 12),
        steps=st.integers(0, 30),
    )
    def paused(
        self, first: str, second: str, call: str, steps_before: int, steps: int, *, is_frozen: bool
    ) -> None:
        """A run is paused for longer than its lease; the next one takes its turn meanwhile."""
        self._end_living()
        self.act("merge", synonyms=first, stopwords=first)
        self.act("start")
        slow = self.world.runs[-1].name
        self._go(slow, [(0, "ok")] * steps_before)
        if is_frozen:
            self.act("freezes", run=slow)
        else:
            self.act("pauses", run=slow, call=call)
        self.act("merge", synonyms=second)
        self.act("start")
        self._go(self.world.runs[-1].name, [(0, "ok")] * steps)
        self._end(self.world.runs[-1].name)
        self._end_living()

    @rule(
        word=st.sampled_from(["a", "b", "c", "many", ""]),
        call=st.sampled_from([*WRITES, *WRITES, *WRITES, *READS, "github:standing"]),
        luck=ANY,
        end=st.sampled_from(["ends", "ends", "lives"]),
        then=st.sampled_from(["", "rerun", "revert", "revert", "other"]),
    )
    def meets(self, word: str, call: str, luck: int, end: str, then: str) -> None:
        """End or suspend a run at a certain call, then start another."""
        if word:
            self.act("merge", synonyms=word, stopwords=word)
        self.act("start")
        run = self.world.runs[-1].name
        fates = FATES_OF_WRITES if call in WRITES else FATES_OF_READS
        fate = "vague" if call == "github:standing" and luck % 2 else fates[luck % len(fates)]
        self.act("meets", run=run, call=call, fate=fate)
        if end == "ends":
            self._end(run)
        if then == "revert":
            self.act("merge", synonyms=self._word(1), stopwords=self._word(1, STOPWORDS))
        elif then == "other":
            self.act("merge", synonyms="c", stopwords="c")
        if then:
            self._start("ends")

    def _start(self, how: str, faults: list[tuple[int, str]] | None = None, **values: str) -> None:
        if how != "dropped":
            self.act("start", **values)
            self._go(self.world.runs[-1].name, faults or [])
        if how == "ends":
            self._end(self.world.runs[-1].name)

    def _end(self, run: str) -> None:
        if any(each.name == run for each in self.world.living):
            self.act("ends", run=run)

    def _end_living(self) -> None:
        for run in self.world.living:
            self._end(run.name)

    def _word(self, number: int, file: str = SYNONYMS) -> str:
        """Return the content of a file at an earlier commit."""
        return self.world.repository.commits[self._commit(number)].files[file]

    def _commit(self, number: int) -> str:
        """Return a commit, more often a late one."""
        commits = list(self.world.repository.commits)
        return commits[-1 - number % len(commits)]

    # ------------------------------------------------------------ runs, call by call

    def has_living(self) -> bool:
        return bool(self.world.living)

    def _living(self, number: int) -> str:
        living = self.world.living
        return living[number % len(living)].name

    @precondition(has_living)
    @rule(
        number=ANY,
        picks=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(FATES)), min_size=1, max_size=12),
    )
    def go(self, number: int, picks: list[tuple[int, str]]) -> None:
        self._go(self._living(number), picks)

    def _go(self, run: str, picks: list[tuple[int, str]]) -> None:
        for pick, fate in picks:
            if any(each.name == run for each in self.world.living):
                self.act("go", run=run, pick=str(pick), fate=fate)

    @precondition(has_living)
    @rule(number=ANY, steps=st.integers(1, 40))
    def go_on(self, number: int, steps: int) -> None:
        """Run some steps without faults, in any order."""
        run = self._living(number)
        for _ in range(steps):
            if any(each.name == run for each in self.world.living):
                self.act("go", run=run)

    @precondition(has_living)
    @rule()
    def ends(self) -> None:
        self._end_living()

    @precondition(has_living)
    @rule(number=ANY, how=st.sampled_from(["killed", "lands", "interrupted"]))
    def is_stopped(self, number: int, how: str) -> None:
        if how == "interrupted":
            self.act("interrupt", run=self._living(number))
        else:
            self.act("dies", run=self._living(number), lands="yes" if how == "lands" else "no")

    @precondition(has_living)
    @rule(number=ANY, seconds=st.sampled_from(SECONDS))
    def stall(self, number: int, seconds: str) -> None:
        self.act("stall", run=self._living(number), seconds=seconds)

    @rule(seconds=st.sampled_from([*SECONDS, "100000"]))
    def wait(self, seconds: str) -> None:
        self.act("wait", seconds=seconds)

    # ------------------------------------------------------------ manual changes, and AWS

    @rule(
        package=DICTIONARIES,
        message=st.sampled_from(["", "by-hand"]),
        word=st.sampled_from(["z", "b"]),
        then=st.sampled_from(["", "rerun"]),
    )
    def edit(self, then: str, **values: str) -> None:
        self.act("edit", **values)
        if then:
            self.act("wait", seconds="100")
            self._start("ends")

    @rule(package=DICTIONARIES, what=st.sampled_from(["deploy_elsewhere", "remove", "make"]), luck=ANY)
    def takes(self, package: str, what: str, luck: int) -> None:
        """Rare, since little can be deployed after it."""
        if luck % 6 == 1 or what == "make":
            self.act(what, package=package)

    @rule(package=DICTIONARIES, domain=DOMAINS, how=st.sampled_from(["associate", "dissociate"]))
    def associate(self, **values: str) -> None:
        self.act("associate", **values)

    @rule(package=DICTIONARIES, commit=ANY)
    def lose(self, package: str, commit: int) -> None:
        self.act("lose", package=package, commit=self._commit(commit))

    @rule(
        package=DICTIONARIES,
        commit=st.integers(0, 3),
        word=st.sampled_from(["a", "b", "c", "z"]),
        then=st.sampled_from(["", "merge", "merge", "rerun", "rollback"]),
    )
    def exchange(self, package: str, commit: int, word: str, then: str) -> None:
        """Somebody writes under a commit's key, perhaps what the next merge brings."""
        self.act("exchange", package=package, commit=self._commit(commit), word=word)
        if then == "merge":
            self.act("merge", **{package: "c" if word == "z" else word})
        if then:
            commit_back = {"commit": self._commit(1), "mode": "rollback"} if then == "rollback" else {}
            self._start("ends", **commit_back)

    @rule(
        package=DICTIONARIES,
        call=st.sampled_from(
            ["es:UpdatePackage", "es:UpdatePackage", "es:CreatePackage", "es:DescribePackages"]
        ),
        steps=st.integers(0, 4),
        word=st.sampled_from(["a", "c", "z"]),
        then=st.sampled_from(["", "rerun", "rollback"]),
    )
    def swap(self, package: str, call: str, steps: int, word: str, then: str) -> None:
        """Somebody exchanges the object between its upload and AWS's copy."""
        self.act("merge", synonyms="b", stopwords="b")
        self.act("start")
        run, commit = self.world.runs[-1].name, self._commit(0)
        self.act("reaches", run=run, call=call)
        self._go(run, [(0, "ok")] * steps)
        self.act("exchange", package=package, commit=commit, word=word)
        self._end(run)
        if then:
            self._start(
                "ends", **({"commit": self._commit(1), "mode": "rollback"} if then == "rollback" else {})
            )

    @rule(then=st.sampled_from(["", "rerun", "merge"]))
    def rewrite(self, then: str) -> None:
        self.act("rewrite")
        if then == "merge":
            self.act("merge")
        if then:
            self._start("ends")

    @rule(
        package=DICTIONARIES,
        word=st.sampled_from(["a", "b", "c"]),
        then=st.sampled_from(["", "rerun", "rerun", "merge"]),
    )
    def forge(self, package: str, word: str, then: str) -> None:
        """Somebody makes a version in the name of a merge whose run is still to come."""
        self.act("merge", **{package: word})
        self.act("forge", package=package, commit=self._commit(0))
        self.act("wait", seconds="100")
        if then == "merge":
            self.act("merge", synonyms="c", stopwords="c")
        if then:
            self._start("ends")

    @rule(package=DICTIONARIES, status=st.sampled_from(["COPY_FAILED", "VALIDATION_FAILED"]))
    def fail_copy(self, **values: str) -> None:
        self.act("fail_copy", **values)

    @rule(
        domain=DOMAINS,
        what=st.sampled_from(["fail_association", "change_domain"]),
        seconds=st.sampled_from(SECONDS),
    )
    def disturb(self, domain: str, what: str, seconds: str) -> None:
        more = {"seconds": seconds} if what == "change_domain" else {}
        self.act(what, domain=domain, **more)

    @rule(living=st.sampled_from(["die", "end"]), luck=ANY)
    def converge(self, living: str, luck: int) -> None:
        if luck % 3 == 1:
            self.act("converge", living=living)

    def teardown(self) -> None:
        try:
            if not self.is_simplest:
                self.act("converge")
        finally:
            self.world.close()
            tried["worlds"] += not self.is_simplest
            tried["steps"] += len(self.lines)
            tried.update(self.world.tried)
