"""The learner's game as the checks play it: at a terminal, one turn at a time."""

from __future__ import annotations

from harnesses.kit import CheckFailed, Cli, Run, Session, expect
from harnesses.number_guessing_game.words import (
    Said,
    asks_again,
    choice_for,
    is_over,
    meaning_of,
)

CHANCES = {"easy": 10, "medium": 5, "hard": 3}
LOWEST, HIGHEST = 1, 100
ENDINGS = ("no", "n", "exit", "quit", "4")
ANSWER_S = 6.0
# Each time one first guess in a hundred is right.
TRIES = 5


class Game:
    """One run of the program.

    Attributes:
        opening: What it said before anything was typed.
        guesses: How many guesses were typed.
        last: What it said last.
    """

    def __init__(self, cli: Cli) -> None:
        self.session: Session = cli.start(terminal=True)
        self.opening = self.session.read()
        if self.session.ended and self._wants_pipes():
            self.session = cli.start()
            self.opening = self.session.read()
        self.guesses = 0
        self.last = self.opening

    def _wants_pipes(self) -> bool:
        return not self.opening.strip() or bool(self.session.run.crashed)

    @property
    def run(self) -> Run:
        """The conversation so far."""
        return self.session.run

    def fail(self, wrong: str, wanted: str, actual: str = "") -> CheckFailed:
        """The failure that this conversation shows."""
        shown = actual or self.last.strip()[-300:] or "nothing"
        return CheckFailed(
            f"The game {wrong}", expected=wanted, actual=shown, exchange=self.run.evidence
        )

    def choose(self, level: str) -> None:
        """Choose a difficulty; what asks for a name or a key first is answered with one."""
        if "easy" not in self.opening.lower() and not self.session.ended:
            self.opening += self._type("1" if "1" in self.opening else "Ana")
        if level not in self.opening.lower() and not self.session.ended:
            # A busy machine can part a menu from its beginning.
            self.opening += self.session.read()
        choice = choice_for(self.opening, level)
        answer = self._type(choice)
        if "invalid" in answer.lower() and choice != level:
            self._type(level)
        if self.session.ended:
            expect(self.run).does_not_crash()
            raise self.fail(
                f"ended when “{choice}” was chosen", f"it asks for a guess at the {level} level"
            )

    def guess(self, number: int, *, to_the_end: bool = True) -> Said:
        """Type a guess and find out what the answer means.

        Args:
            number: What to type.
            to_the_end: Hear all that is said; otherwise only until it is clear.
        """
        self.guesses += 1
        self.session.send(str(number))
        answer = self.session.read(None if to_the_end else _is_clear)
        said = meaning_of(answer)
        while said is None and not self.session.ended:
            more = self.session.read(timeout=ANSWER_S)
            if not more:
                break
            answer += more
            said = meaning_of(answer)
        self.last = answer
        if said is None and asks_again(answer):
            said = Said.OVER
        if said is None:
            expect(self.run).does_not_crash()
            raise self.fail(
                f"did not say how the guess {number} was",
                "that the number is greater, that it is less, or that the guess is right",
            )
        return said

    def find(self) -> int | None:
        """Guess by halves until the number is found; None when the chances ran out before.

        Raises:
            CheckFailed: The answers contradict each other.
        """
        low, high = LOWEST, HIGHEST
        while low <= high:
            middle = (low + high) // 2
            said = self.guess(middle, to_the_end=False)
            if said is Said.WON:
                return middle
            if said is Said.OVER or self.session.ended:
                return None
            low, high = (middle + 1, high) if said is Said.GREATER else (low, middle - 1)
        raise self.fail(
            "gave answers that contradict each other",
            f"a number from {LOWEST} to {HIGHEST} that fits everything it said",
            "no number fits",
        )

    def miss(self, most: int) -> int:
        """Guess wrong until the chances have run out; returns how many guesses that took.

        Args:
            most: As many guesses are tried.

        Returns:
            0 if the round was over with the very first guess: most likely it was right by chance.
        """
        said = self.guess((LOWEST + HIGHEST) // 2)
        if said in (Said.WON, Said.OVER):
            return 0
        wrong = range(LOWEST, HIGHEST) if said is Said.GREATER else range(HIGHEST, LOWEST, -1)
        for number in wrong:
            if self.session.ended or self.tells_the_end() or self.guesses == most:
                break
            self.guess(number)
        return self.guesses

    def tells_the_end(self) -> bool:
        """Whether the last answer says that it is over, in words of its own or by the number."""
        return is_over(self.last) or asks_again(self.last)

    def leave(self) -> Run:
        """Say no to another round, in whichever way it wants to hear it."""
        for word in ENDINGS:
            if not self.session.ended:
                self._type(word)
        return self.session.wait(1)

    def _type(self, text: str) -> str:
        self.session.send(text)
        self.last = self.session.read()
        return self.last


def lost_game(cli: Cli, level: str, most: int) -> Game:
    """A game in which every guess was wrong until it was over, or ``most`` of them.

    Raises:
        CheckFailed: It is over with the first guess again and again, which is no chance.
    """
    for _ in range(TRIES):
        game = Game(cli)
        game.choose(level)
        if game.miss(most):
            return game
    raise game.fail(
        f"is over with the first guess at the {level} level",
        f"{CHANCES[level]} guesses, and then it is over",
    )


def _is_clear(answer: str) -> bool:
    return meaning_of(answer) is not None
