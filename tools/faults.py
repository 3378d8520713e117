"""Breaks each guard of buying in, one at a time, and sees whether the games of the property test notice.

    python -m tools.faults [--seeds 12] [--jobs 2] [TEXT …]

A fault is a guard that is gone (an `if` that ends in raise, return or continue, or what a function answers), a part of
its condition forgotten, a bound moved by one, or, of the timers, a condition of a queryset. The games of every seed are
played once on whole code, to learn which lines each meets; a fault is then given those that meet its line most often,
in a process of its own, on SQLite. Any error counts as noticed. Without TEXT all faults are tried; with it, those whose
names hold one of them. It fails when a fault survives that UNNOTICED does not explain, or when one is caught that it
claims cannot be.
"""

import argparse
import ast
import builtins
import contextlib
import copy
import importlib
import json
import os
import signal
import sys
import tempfile
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import django
import hypothesis
from django.conf import settings
from django.test.utils import setup_databases, setup_test_environment
from hypothesis.control import current_build_context
from hypothesis.core import encode_failure
from hypothesis.stateful import run_state_machine_as_test

SERVICES = "answering banking giving_back intake offering paying receiving reviewing revising settling steps timers"
RULES = "items offers payouts submissions"
MODULES = [f"offers.services.{name}" for name in SERVICES.split()] + [f"offers.rules.{name}" for name in RULES.split()]
# Where a queryset is the guard, and not only what finds the rows to be locked and asked again.
FILTERED = {"offers.services.timers"}
GAMES = 5  # of one machine with one seed
SECONDS = 600  # a game that a fault never lets end counts as noticed
# A guard that refuses at the bound refuses only beyond it; an answer may be one off either way.
LATER: dict[type, type] = {ast.LtE: ast.Lt, ast.GtE: ast.Gt}
EITHER = LATER | {ast.Lt: ast.LtE, ast.Gt: ast.GtE}
# Why no game notices these, by the beginning of their names.
TWICE = "what it asks is asked by another guard as well"
STRICT = "refuses more than it must, and the games only see what should have been refused"
ELSEWHERE = "no step of a deal: its tests are in tests/offers"
UNNOTICED = {
    "services.answering._seen_offer: forgets": f"{TWICE}: the status is offered while an offer of ours is live",
    "services.answering.counter: without `if not lines`": f"{TWICE}: nothing is not more than nothing",
    "services.banking._use_code": ELSEWHERE,
    "services.banking.reveal_iban": ELSEWHERE,
    "services.banking.is_resting: always True": STRICT,
    "services.banking.is_resting: forgets": STRICT,
    "services.banking.keep_address: forgets `submission.seller_id": "whatever was sent has a seller",
    "services.banking.save_account: forgets `submission.seller is": "whatever was sent has a seller",
    "services.banking.send_code: forgets `submission.seller is": "whatever was sent has a seller",
    "services.banking.send_code: forgets `not submission.seller.email": ELSEWHERE,
    "services.banking.ready_account: forgets": f"{TWICE}: the query leaves out what was forgotten",
    "services.giving_back._is_unclaimed: always False": STRICT,
    "services.giving_back._is_unclaimed: one off": STRICT,
    "services.giving_back._is_unclaimed: forgets `since is None": "what goes back has its date from steps.move_item",
    "services.intake.stock_piece: forgets `item.status": f"{TWICE}: steps.move_item, by the table",
    "services.intake.stock_piece: forgets `item.agreed_amount": "what has passed has its price: the database checks it",
    "services.offering.make_offer: without `if submission.status == Status.OFFERED": f"{TWICE}: rules.can_become",
    "services.offering.make_offer: forgets `submission.status == Status.OFFERED": f"{TWICE}: rules.can_become",
}

Line = tuple[str, int]


@dataclass(frozen=True)
class Fault:
    """One change of one function; `meets` are the lines of which a game has to meet one."""

    name: str
    module: str
    function: str
    tree: ast.Module
    meets: frozenset[Line]

    def seed(self) -> None:
        """Make it in this process, wherever the function has been imported to."""
        put(self.module, self.function, self.tree)


def put(module: str, function: str, tree: ast.Module) -> None:
    """Give a function the body it has in this tree of its module."""
    whole = importlib.import_module(module)
    names = dict(vars(whole))
    exec(compile(tree, whole.__file__ or "", "exec"), names)
    code(getattr(whole, function)).__code__ = code(names[function]).__code__


def code(function: Any) -> types.FunctionType:
    """The function itself, within its decorators."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def faults() -> Iterator[Fault]:
    """Of all functions of all modules."""
    for module in MODULES:
        path = importlib.import_module(module).__file__ or ""
        tree = ast.parse(Path(path).read_text())
        for place, function in enumerate(tree.body):
            if isinstance(function, ast.FunctionDef):
                filters = forgotten_filters(function) if module in FILTERED else iter(())
                for at, what, change in chain(changes(function), filters):
                    broken = copy.deepcopy(tree)
                    change(broken.body[place])
                    ast.fix_missing_locations(broken)
                    name = f"{module.removeprefix('offers.')}.{function.name}: {what}"
                    yield Fault(name, module, function.name, broken, frozenset((path, line) for line in at))


Change = tuple[list[int], str, Callable[[Any], None]]


def changes(function: ast.FunctionDef) -> Iterator[Change]:
    """Where a game has to be, what is wrong in words, and what makes it so in a copy of the function."""
    for number, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue):
            fires = [node.body[0].lineno]
            yield fires, f"without `if {said(node.test)}`", at(number, forget_test)
            yield from weaker(node.test, number, fires, "test", (ast.Or,), LATER)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp):
            lines = [node.lineno]
            for always in (True, False):
                yield lines, f"always {always}", at(number, answer(always))
            yield from weaker(node.value, number, lines, "value", (ast.Or, ast.And), EITHER)


def weaker(
    test: ast.expr, number: int, lines: list[int], where: str, forgetful: tuple[type, ...], bounds: dict[type, type]
) -> Iterator[Change]:
    """A condition with a part of it forgotten, or a bound one further; it is the node's `where`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, forgetful):
        for part, value in enumerate(test.values):

            def forget(found: Any, n: int = part) -> None:
                whole = getattr(found, where)
                del whole.values[n]
                setattr(found, where, whole if len(whole.values) > 1 else whole.values[0])

            yield lines, f"forgets `{said(value)}`", at(number, forget)
    for inner, each in enumerate(ast.walk(test)):
        if isinstance(each, ast.Compare) and type(each.ops[0]) in bounds:

            def move(found: Any, n: int = inner) -> None:
                compared: Any = list(ast.walk(getattr(found, where)))[n]
                compared.ops[0] = bounds[type(compared.ops[0])]()

            yield lines, f"one off in `{said(each)}`", at(number, move)


def forgotten_filters(function: ast.FunctionDef) -> Iterator[Change]:
    """A condition of a queryset that is not asked."""
    for number, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.Call) and said(node.func).rpartition(".")[2] in {"filter", "exclude", "Q"}:
            for place, word in enumerate(node.keywords):

                def forget(found: ast.Call, n: int = place) -> None:
                    del found.keywords[n]

                yield [node.lineno], f"does not ask for {said(word)}", at(number, forget)


def at(number: int, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """The change, made to the node of that number."""
    return lambda function: change(list(ast.walk(function))[number])


def forget_test(node: ast.If) -> None:
    node.test = ast.Constant(value=False)


def answer(always: bool) -> Callable[[ast.Return], None]:
    def change(node: ast.Return) -> None:
        node.value = ast.Constant(value=always)

    return change


def said(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) < 90 else f"{text[:87]}..."


class Noticed(BaseException):
    """A game went wrong. It is no Exception, so that the games end at once instead of being played again, shorter."""


def play(machine: Any, at_end: Callable[[], Any] = bool, *, how: Callable[[Any], Any]) -> None:
    """Games of a machine, a seed's or a recorded one (Noticed)."""

    def teardown(self: Any) -> None:
        error = sys.exc_info()[1]
        at_end()
        machine.teardown(self)
        if isinstance(error, Exception):
            raise Noticed(f"{type(error).__name__}: {error}")

    settings = hypothesis.settings(
        max_examples=GAMES,
        stateful_step_count=30,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    with contextlib.suppress(hypothesis.errors.DidNotReproduce):
        run_state_machine_as_test(how(type(machine.__name__, (machine,), {"teardown": teardown})), settings=settings)


class Marked(ast.NodeTransformer):
    """Says so when one of these lines is met."""

    def __init__(self, path: str, lines: set[int]) -> None:
        self.path, self.lines = path, lines

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.stmt) and node.lineno in self.lines:
            mark = ast.parse(f"__met__({self.path!r}, {node.lineno})").body[0]
            return [mark, node]  # type: ignore[return-value]
        return node


def record(machine: Any, seed: int, watched: Sequence[Fault]) -> str:
    """The games of one seed as JSON: each as Hypothesis can play it again, with how often it meets which line."""
    met: Counter[Line] = Counter()
    games: list[Any] = []
    builtins.__met__ = lambda *line: met.update([line])  # type: ignore[attr-defined]
    lines: dict[tuple[str, str], set[Line]] = defaultdict(set)
    for fault in watched:
        lines[fault.module, fault.function] |= fault.meets
    for (module, function), meets in lines.items():
        path = importlib.import_module(module).__file__ or ""
        tree = ast.parse(Path(path).read_text())
        whole = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
        Marked(path, {line for _, line in meets} - {whole.lineno}).visit(whole)
        put(module, function, ast.fix_missing_locations(tree))

    def keep() -> None:
        choices = encode_failure(current_build_context().data.choices).decode()
        games.append((choices, [(*line, times) for line, times in met.items()]))
        met.clear()

    play(machine, keep, how=hypothesis.seed(seed))
    return json.dumps(games)


def in_a_process(act: Callable[[], str]) -> str:
    """What it says, or how it ended; nothing that it does is left."""
    with tempfile.TemporaryFile("w+") as said_there:
        if not (pid := os.fork()):
            signal.alarm(SECONDS)
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
            try:
                said_there.write(act())
            except BaseException as error:
                name = "" if isinstance(error, Noticed) else f"{type(error).__name__}: "
                said_there.write(f"! {name}{' '.join(str(error).split())[:150]}")
            said_there.flush()
            os._exit(0)
        _, ended = os.waitpid(pid, 0)
        said_there.seek(0)
        return said_there.read() or f"! ended by signal {ended}"


Meetings = dict[Line, Counter[tuple[Any, str]]]


def meetings(machines: Sequence[Any], seeds: int, chosen: Sequence[Fault], pool: ThreadPoolExecutor) -> Meetings:
    """Which games meet which lines, and how often; whole code has to stand them all."""
    groups = [(machine, seed) for seed in range(seeds) for machine in machines]
    found: Meetings = defaultdict(Counter)
    recorded = pool.map(lambda group: in_a_process(partial(record, group[0], group[1], chosen)), groups)
    for (machine, seed), text in zip(groups, recorded, strict=True):
        if text.startswith("!"):
            sys.exit(f"{machine.__name__} {seed} fails on whole code: {text}")
        for choices, lines in json.loads(text):
            for path, line, times in lines:
                found[path, line][machine, choices] = times
    return found


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seeds", type=int, default=12, help="of games, for each of the machines")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--most", type=int, default=10, help="how many games a fault is given")
    arguments.add_argument("texts", nargs="*", metavar="TEXT")
    asked = arguments.parse_args()
    set_up()
    machines = importlib.import_module("tests.offers.test_submission_machine").MACHINES
    chosen = [each for each in faults() if not asked.texts or any(text in each.name for text in asked.texts)]
    if not chosen:
        arguments.error("no fault has such a name")
    ended: Counter[str] = Counter()
    with ThreadPoolExecutor(asked.jobs) as pool:
        known = meetings(machines, asked.seeds, chosen, pool)
        for fault, result in zip(chosen, pool.map(lambda each: judge(each, known, asked.most), chosen), strict=True):
            why = next((why for name, why in UNNOTICED.items() if fault.name.startswith(name)), "")
            kind = "caught" if result.startswith("!") else "explained" if why else "SURVIVED"
            if kind == "caught" and why:
                kind = "CAUGHT AFTER ALL"
            ended[kind] += 1
            print(f"{kind:10} {fault.name}: {why if kind == 'explained' else result}", flush=True)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(ended.items())))
    return int(not ended.keys() <= {"caught", "explained"})


def judge(fault: Fault, known: Meetings, most: int) -> str:
    """What became of it: "!" and how it was noticed, or that it was not."""
    games = sum((known[line] for line in fault.meets), Counter()).most_common(most)

    def act() -> str:
        fault.seed()
        for (machine, choices), _ in games:
            play(machine, how=hypothesis.reproduce_failure(hypothesis.__version__, choices.encode()))
        return f"survived {len(games)} games"

    return in_a_process(act) if games else "never met"


def set_up() -> None:
    """An empty database in memory, that each process has a copy of."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    os.environ.pop("TEST_DATABASE_URL", None)
    settings.DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
    django.setup()
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    for module in MODULES:
        importlib.import_module(module)


if __name__ == "__main__":
    sys.exit(main())
