"""What is said of a guess."""

from __future__ import annotations

import re

from harnesses.kit import check, expect
from harnesses.number_guessing_game.game import CHANCES, Game
from harnesses.number_guessing_game.words import Said, is_won, numbers_in

NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")


@check("guess.direction")
def test_direction_is_right(cli):
    game = Game(cli)
    game.choose("easy")
    said = game.guess(50)
    if said not in (Said.GREATER, Said.LESS):
        return  # right by chance
    # What is known to be wrong from the first answer must be answered the same way.
    for number in (1, 2) if said is Said.GREATER else (100, 99):
        again = game.guess(number)
        if again is not said:
            raise game.fail(
                f"said that the number is {said} than 50, and of {number} something else",
                f"that the number is {said}",
                game.last.strip()[-200:],
            )
    other = Game(cli)
    other.choose("easy")
    other.find()


@check("guess.win")
def test_right_guess_wins(cli):
    game = Game(cli)
    game.choose("easy")
    number = game.find()
    if number is None or not is_won(game.last):
        raise game.fail(
            f"was not won within {CHANCES['easy']} guesses",
            "congratulations when the number is guessed; halving finds it with 7 guesses",
        )


@check("guess.attempts")
def test_attempts_are_counted(cli):
    game = Game(cli)
    game.choose("easy")
    number = game.find()
    while number is not None and game.guesses == number:
        # The number of attempts and the number itself could not be told apart.
        game = Game(cli)
        game.choose("easy")
        number = game.find()
    said = re.sub(rf"\b{number}\b", "", game.last)
    word = NUMBER_WORDS[game.guesses] if game.guesses < len(NUMBER_WORDS) else ""
    if game.guesses not in numbers_in(said) and not (word and word in said.lower().split()):
        raise game.fail("counted the attempts wrong", f"that {game.guesses} attempts were needed")


def _survives(cli, *texts):
    game = Game(cli)
    game.choose("easy")
    for text in texts:
        if not game.session.ended:
            game.session.send(text)
            game.session.read()
    run = game.run
    expect(run).does_not_crash()
    expect(run).holds(
        not game.session.ended,
        f"ended when “{texts[-1]}” was typed",
        "it says what it expects and asks again",
    )
    game.guess(50)


@check("input.invalid", points=2)
def test_letters_are_no_guess(cli):
    _survives(cli, "fifty")


@check("input.invalid", points=2)
def test_an_empty_line_is_no_guess(cli):
    _survives(cli, "")


@check("input.invalid", points=2)
def test_numbers_out_of_range(cli):
    _survives(cli, "0", "101")
