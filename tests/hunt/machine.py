"""The hunter: hypothesis makes up what happens, and every guarantee is looked at after each step."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.hunt.actions import Actions
from tests.hunt.scenario import line_of

SWITCHES = {
    "copy_seconds": ["0", "3", "40"],
    "associate_seconds": ["0", "5", "40"],
    "validating": ["false", "true"],
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
CONTENTS = ["a", "b", "c", "a", "b", "many", "empty"]
SECONDS = ["1", "10", "40", "70", "300"]
FATES = ["ok", "ok", "ok", "ok", "dropped", "unanswered", "repeated", "throttled"]
DICTIONARIES = st.sampled_from(["synonyms", "stopwords"])
MODES_OF_RUNS = {"deploy", "rollback", "tag"}
MODES = st.sampled_from(["deploy", "deploy", "deploy", "rollback", "rollback", "tag"])
DOMAINS = st.sampled_from(["eu", "us"])
FAULTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(FATES)), max_size=25)
ANY = st.integers(0, 20)

tried: Counter[str] = Counter()


def told() -> str:
    """What was tried, in a line or two."""
    calls = sum(number for what, number in tried.items() if ":" in what)
    writes = sum(tried[what] for what in tried if what.startswith(("es:Create", "es:Update", "es:Associate")))
    faults = sum(number for what, number in tried.items() if ":" in what and not what.endswith(" ok"))
    ends = {what: number for what, number in sorted(tried.items()) if what.split()[0] in MODES_OF_RUNS}
    return (
        f"Tried {tried['worlds']} worlds, {tried['steps']} steps, {tried['runs']} runs, {calls} calls,"
        f" {writes} of them writes, {faults} with a fault, {tried['kills']} kills,"
        f" {tried['interruptions']} interruptions, {tried['stalls']} stalls,"
        f" {tried['versions by hand']} versions by hand, {tried['lost objects']} lost objects;"
        f" {len(ends)} different ends: {', '.join(f'{number} {what}' for what, number in ends.items())}."
    )


class Machine(RuleBasedStateMachine):
    """One world per example. What happened is kept as a scenario, and told with the failure."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.world = Actions()

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
        untracked=st.sampled_from(["", "", "stopwords"]),
        timeout=st.sampled_from(["600", "90"]),
        stopwords=st.sampled_from(["no", "by-hand"]),
    )
    def begin(self, switches: dict[str, str], untracked: str, timeout: str, stopwords: str) -> None:
        random.seed(0)  # the jitter of pauses
        if switches.get("identical_content") == "same-version":
            timeout = "600"  # each rerun tries anew to make a version of its own, which takes all of a copy
        values = {**switches, "untracked": untracked, "timeout_seconds": timeout}
        self.lines.append(line_of("world", values))
        self.world = Actions(**values)
        self.act("begin", stopwords=stopwords)

    # ------------------------------------------------------------ git and the runs it starts

    @rule(
        synonyms=st.sampled_from([*CONTENTS, ""]),
        stopwords=st.sampled_from(["", "", *CONTENTS]),
        config=st.sampled_from(["", "", "", "", "", "named", "associated", "other", "take-over"]),
        how=st.sampled_from(["start", "start", "ends", "dropped"]),
        faults=FAULTS,
    )
    def merge(self, how: str, faults: list[tuple[int, str]], **files: str) -> None:
        self.act("merge", **{name: word for name, word in files.items() if word})
        self._start(how, faults)

    @rule(to=ANY, how=st.sampled_from(["start", "ends", "dropped"]), faults=FAULTS)
    def force(self, to: int, how: str, faults: list[tuple[int, str]]) -> None:
        self.act("force", to=self._commit(to))
        self._start(how, faults)

    @rule(commit=ANY, mode=MODES, how=st.sampled_from(["start", "ends"]), faults=FAULTS)
    def rerun(self, commit: int, mode: str, how: str, faults: list[tuple[int, str]]) -> None:
        self._start(how, faults, commit=self._commit(commit), mode=mode)

    def _start(self, how: str, faults: list[tuple[int, str]], **values: str) -> None:
        if how != "dropped":
            self.act("start", **values)
            self._go(self.world.runs[-1].name, faults)
        if how == "ends":
            self.act("ends", run=self.world.runs[-1].name)

    def _commit(self, number: int) -> str:
        """A commit, more often a late one."""
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
        """Some steps without faults, as they come."""
        run = self._living(number)
        for _ in range(steps):
            if any(each.name == run for each in self.world.living):
                self.act("go", run=run)

    @precondition(has_living)
    @rule(number=ANY)
    def ends(self, number: int) -> None:
        self.act("ends", run=self._living(number))

    @precondition(has_living)
    @rule(number=ANY, lands=st.sampled_from(["no", "yes"]))
    def dies(self, number: int, lands: str) -> None:
        self.act("dies", run=self._living(number), lands=lands)

    @precondition(has_living)
    @rule(number=ANY)
    def interrupt(self, number: int) -> None:
        self.act("interrupt", run=self._living(number))

    @precondition(has_living)
    @rule(number=ANY, seconds=st.sampled_from(SECONDS))
    def stall(self, number: int, seconds: str) -> None:
        self.act("stall", run=self._living(number), seconds=seconds)

    @rule(seconds=st.sampled_from(SECONDS))
    def wait(self, seconds: str) -> None:
        self.act("wait", seconds=seconds)

    # ------------------------------------------------------------ other people, and AWS

    @rule(package=DICTIONARIES, message=st.sampled_from(["", "by-hand"]), word=st.sampled_from(["z", "b"]))
    def edit(self, **values: str) -> None:
        self.act("edit", **values)

    @rule(package=DICTIONARIES, luck=st.integers(0, 5))
    def deploy_elsewhere(self, package: str, luck: int) -> None:
        if luck == 5:
            self.act("deploy_elsewhere", package=package)

    @rule(package=DICTIONARIES, domain=DOMAINS, how=st.sampled_from(["associate", "dissociate"]))
    def associate(self, **values: str) -> None:
        self.act("associate", **values)

    @rule(package=DICTIONARIES, commit=ANY)
    def lose(self, package: str, commit: int) -> None:
        self.act("lose", package=package, commit=self._commit(commit))

    @rule(package=DICTIONARIES, status=st.sampled_from(["COPY_FAILED", "VALIDATION_FAILED"]))
    def fail_copy(self, **values: str) -> None:
        self.act("fail_copy", **values)

    @rule(domain=DOMAINS)
    def fail_association(self, domain: str) -> None:
        self.act("fail_association", domain=domain)

    @rule(domain=DOMAINS, seconds=st.sampled_from(SECONDS))
    def change_domain(self, **values: str) -> None:
        self.act("change_domain", **values)

    @rule(living=st.sampled_from(["die", "end"]))
    def converge(self, living: str) -> None:
        self.act("converge", living=living)

    def teardown(self) -> None:
        try:
            if self.world.repository.tips:
                self.act("converge")
        finally:
            self.world.close()
            tried["worlds"] += 1
            tried["steps"] += len(self.lines)
            tried.update(self.world.tried)
