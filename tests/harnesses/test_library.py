"""Libraries: the driver in a real process, and learners' code that does what it likes there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import strategies as st

from grader.domain.evidence import CommandRun
from harnesses.kit.failures import CheckFailed
from harnesses.kit.library import case as case_module
from harnesses.kit.library.case import Case
from harnesses.kit.library.counting import TooManyAsked
from harnesses.kit.library.explore import Machine, explore, step
from harnesses.kit.library.library import DRIVER, Known, Library
from harnesses.kit.library.shape import Interface
from harnesses.kit.library.wire import Door
from tests.support.local_line import LocalLine

BAG = Interface(
    name="Bag", others=("Sack",), methods={"put": ("add",), "take": ("get",)},
    needed=("put", "take"), variable="bag",
)  # fmt: skip
GOOD = """
    class Bag:
        def __init__(self):
            self.items = []

        def put(self, item):
            self.items.append(item)

        def take(self):
            return self.items.pop(0)

        def __len__(self):
            return len(self.items)

        def __iter__(self):
            return iter(self.items)
"""
Opened = Callable[..., Library]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Writes files and opens the library that they are."""
    door, line = Door(), LocalLine(tmp_path)
    libraries: list[Library] = []

    def write(files: dict[str, str] | str) -> Library:
        named = {"bag.py": files} if isinstance(files, str) else files
        for name, text in named.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        libraries.append(Library(line, door, Known(), lambda _: None))
        return libraries[0]

    yield write
    for library in libraries:
        library.close()
    line.close()
    door.close()


def use(library: Library) -> object:
    """Put something in a bag and take it out."""
    with library.case(BAG) as case:
        bag = case.new()
        for item in ("a", "b"):
            outcome = bag.call("put", item)
            assert outcome.error is None, outcome.error
        return bag.call("take", shows=True).value


def lost(library: Library) -> CheckFailed:
    """How using it fails."""
    with pytest.raises(CheckFailed) as failed:
        use(library)
    return failed.value


def test_the_driver_runs_on_old_pythons() -> None:
    ast.parse(DRIVER, feature_version=(3, 8))


@pytest.mark.parametrize(
    "files",
    [
        {"bag.py": GOOD},
        {"my-bag.py": GOOD},
        {"queue.py": GOOD},
        {"src/sacks/__init__.py": "", "src/sacks/base.py": GOOD.replace("Bag", "Base"),
         "src/sacks/sack.py": "from .base import Base\n\n\nclass Sack(Base):\n    pass\n"},
        {"holdall.py": GOOD.replace("Bag", "Holdall").replace("take", "get")},
        {"bag.py": GOOD, "tests/test_bag.py": GOOD},
        {"bag.py": GOOD, "broken.py": "def (:\n"},
    ],
    ids=["file", "hyphen", "name of a module of Python's", "src", "other names", "tests", "broken"],
)  # fmt: skip
def test_the_class_is_found(opened: Opened, files: dict[str, str]) -> None:
    assert use(opened(files)) == "a"


def test_values_come_as_they_are(opened: Opened) -> None:
    values = [None, True, 7, -(10**40), 1.5, "é\n", (1, ("a", None)), [1, [2]]]
    with opened(GOOD).case(BAG) as case:
        bag = case.new()
        for value in values:
            bag.call("put", value)
        assert bag.values().value == values
        assert bag.length().value == len(values)


def test_nothing_is_left_of_the_case_before(opened: Opened) -> None:
    shared = GOOD.replace("class Bag:", "class Bag:\n        items = []")
    library = opened(shared.replace("self.items = []", "pass"))
    assert [use(library), use(library)] == ["a", "a"]


def test_an_exception_tells_what_it_is(opened: Opened) -> None:
    with opened(GOOD).case(BAG) as case:
        error = case.new().call("take").error
    assert error is not None
    assert (error.kind, error.accident) == ("IndexError", False)
    assert 'bag.py", line 10, in take' in error.trace
    assert "<string>" not in error.trace


# -- code that attacks ----------------------------------------------------------------------------


def test_what_it_prints_is_no_answer(opened: Opened) -> None:
    forged = 'print(\'{"value": ["str", "z"]}\', flush=True)'
    text = GOOD.replace("return self.items.pop(0)", f"{forged}; return self.items.pop()")
    assert use(opened(text)) == "b"


def test_replacing_the_driver_is_only_another_way_to_answer(opened: Opened) -> None:
    text = GOOD + "\n    import __main__\n    __main__.plain = lambda value: ['str', 'z']\n"
    assert use(opened(text)) == "z"


@pytest.mark.parametrize("how", ["raise SystemExit(0)", "import os; os._exit(0)"])
def test_an_import_that_ends_the_program(opened: Opened, how: str) -> None:
    failure = lost(opened(f"class Bag:\n    put = take = None\n\n{how}\n"))
    assert "bag.py" in failure.message
    assert "0" in failure.actual


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("import os; os._exit(0)", "`bag.take()` ended the program"),
        ("import os; os.kill(os.getpid(), 9)", "`bag.take()` ended the program"),
        ("import time; time.sleep(60)", "`bag.take()` did not end"),
        ("import os; os.write(3, b'x\\n'), os.write(5, b'x\\n')", "`bag.take()` was not what"),
        ("import __main__; __main__.Counted.line.send({'value': ['str']})", "`bag.take()` was"),
        ("import __main__; __main__.Counted.line.send({'value': ['key', 3]})", "`bag.take()` was"),
        ("import __main__; __main__.Counted.line.send({'ask': ['lt', 1]})", "`bag.take()` was"),
        ("import __main__; __main__.Counted.line.socket.sendall(b'[' * 9999 + b'\\n')", "`bag."),
        ("import __main__; __main__.Counted.line.socket.sendall(b'x' * 2**21)", "`bag.take()` was"),
    ],
)
def test_a_step_that_ends_or_answers_for_itself(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, how: str, message: str
) -> None:
    monkeypatch.setattr(case_module, "TIMEOUT_S", 0.5)
    failure = lost(opened(GOOD.replace("return self.items.pop(0)", how)))
    assert failure.message.startswith(message)
    assert isinstance(failure.exchange, CommandRun)
    assert "print(bag.take())" in failure.exchange.command


def test_killing_the_driver_is_seen(opened: Opened) -> None:
    text = GOOD.replace("return self", "import os; os.kill(os.getppid(), 9); return self")
    assert "ended the program" in lost(opened(text)).message


def test_keys_have_no_value_there(opened: Opened) -> None:
    told = "f'{int(item)} {float(item)} {item!r} {item.__dict__}'"
    library = opened(GOOD.replace("append(item)", f"append({told})"))
    with library.case(BAG) as case:
        bag = case.new()
        bag.call("put", case.oracle.key(5))
        bag.call("put", case.oracle.key(99))
        first, second = bag.values().value
    assert (first, second) == ("1 1.0 <key 0> {'number': 0}", "1 1.0 <key 1> {'number': 1}")


def test_a_hash_tells_equality_and_no_value(opened: Opened) -> None:
    library = opened(GOOD.replace("append(item)", "append(hash(item))"))
    seen = []
    for _ in range(2):
        with library.case(BAG) as case:
            bag = case.new()
            for value in (7, 7, 8):
                bag.call("put", case.oracle.key(value))
            seen.append(bag.values().value)
    (first, same, other), again = seen
    assert first == same != other
    assert first not in again


def test_comparisons_are_counted_and_may_be_too_many(opened: Opened) -> None:
    library = opened(
        GOOD.replace("self.items.append(item)", "self.items = sorted([*self.items, item])")
    )
    with library.case(BAG) as case:
        bag = case.new()
        for value in (3, 1, 2):
            bag.call("put", case.oracle.key(value))
        assert [key.value for key in bag.values().value] == [1, 2, 3]
        assert 3 <= case.oracle.asked <= 6
        case.oracle.most = case.oracle.asked
        with pytest.raises(TooManyAsked):
            bag.call("put", case.oracle.key(0))


def test_memory_has_a_limit(opened: Opened) -> None:
    with opened(GOOD).case(BAG, spare_mb=64) as case:
        bag = case.new()
        errors = [bag.call("put", case.oracle.load(8 << 20)).error for _ in range(12)]
    assert errors[0] is None
    assert errors[-1] is not None
    assert errors[-1].kind == "MemoryError"


# -- random sequences -----------------------------------------------------------------------------


class Bags(Machine):
    """A bag gives what was put in first."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.bag, self.model = case.new(), list[int]()

    @step(number=st.integers(0, 9))
    def put(self, number: int) -> None:
        self.bag.call("put", number)
        self.model.append(number)

    @step()
    def take(self) -> None:
        if self.model and self.bag.call("take", shows=True).value != self.model.pop(0):
            self.case.fail("wrong", "", "")


def _shortest(library: Library, seed: int) -> str:
    with pytest.raises(CheckFailed) as failed:
        explore(Bags, lambda: library.case(BAG), seed)
    assert isinstance(failed.value.exchange, CommandRun)
    return failed.value.exchange.command


def test_the_shortest_sequence_is_shown_and_can_be_repeated(opened: Opened) -> None:
    library = opened(GOOD.replace("pop(0)", "pop(0 if len(self.items) < 3 else 1)"))
    shown = _shortest(library, 7)
    assert shown == dedent("""\
        python - <<'END'
        from bag import Bag

        bag = Bag()
        bag.put(0)
        bag.put(0)
        bag.put(1)
        print(bag.take())
        END""").replace("bag.put(0)\nbag.put(0)\nbag.put(1)", "bag.put(0)\nbag.put(1)\nbag.put(0)")
    assert _shortest(library, 7) == shown


def test_nothing_is_found_in_what_is_right(opened: Opened) -> None:
    library = opened(GOOD)
    explore(Bags, lambda: library.case(BAG), 7, examples=40)
