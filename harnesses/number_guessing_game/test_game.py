"""How a round begins, how it ends, and that each has a number of its own."""

from __future__ import annotations

from harnesses.kit import check, expect
from harnesses.number_guessing_game.game import CHANCES, Game, lost_game
from harnesses.number_guessing_game.words import numbers_in

GAMES = 4


@check("game.welcome")
def test_rules_are_explained(cli):
    game = Game(cli)
    if not {1, 100} <= set(numbers_in(game.opening)):
        game.choose("easy")
    expect(game.run).holds(
        {1, 100} <= set(numbers_in(game.run.text)),
        "does not explain the rules",
        "that the number is between 1 and 100, before the first guess",
    )


def _chooses(cli, level):
    game = Game(cli)
    expect(game.run).does_not_crash()
    if level not in game.opening.lower():
        raise game.fail(
            f"does not offer the {level} level", f"a menu with “{level}” in it", game.opening[-300:]
        )
    game.choose(level)


@check("game.difficulty", points=4)
def test_easy_can_be_chosen(cli):
    _chooses(cli, "easy")


@check("game.difficulty", points=4)
def test_medium_can_be_chosen(cli):
    _chooses(cli, "medium")


@check("game.difficulty", points=4)
def test_hard_can_be_chosen(cli):
    _chooses(cli, "hard")


@check("game.random")
def test_numbers_differ(cli):
    found = []
    for _ in range(GAMES):
        game = Game(cli)
        game.choose("easy")
        found.append(game.find())
    if len(set(found)) == 1:
        raise game.fail(
            f"thought of the same number {GAMES} times",
            "another number each time",
            ", ".join(str(number) for number in found),
        )


def _gives(cli, level):
    chances = CHANCES[level]
    game = lost_game(cli, level, chances + 2)
    taken = game.guesses
    if taken != chances:
        over = "or more" if taken == chances + 2 else "guesses and then it was over"
        raise game.fail(
            f"gave another number of chances at the {level} level",
            f"{chances} guesses, and then it is over",
            f"{taken} {over}",
        )


@check("chances.number", points=6)
def test_hard_gives_three_chances(cli):
    _gives(cli, "hard")


@check("chances.number", points=6)
def test_medium_gives_five_chances(cli):
    _gives(cli, "medium")


@check("chances.number", points=6)
def test_easy_gives_ten_chances(cli):
    _gives(cli, "easy")


@check("chances.over")
def test_end_is_told(cli):
    game = lost_game(cli, "hard", CHANCES["hard"])
    if not game.tells_the_end():
        raise game.fail("ended without a word", "that the chances have run out")


@check("game.ends", points=2)
def test_no_other_round(cli):
    game = Game(cli)
    game.choose("easy")
    game.find()
    run = game.leave()
    expect(run).holds(
        not run.error,
        "did not end after the round",
        "it ends when the player wants no other round",
        run.error,
    )


@check("game.ends", points=2)
def test_end_of_input(cli):
    run = cli.run(timeout=5)
    expect(run).holds(
        "still ran" not in run.error and "printed more" not in run.error,
        "went on although there was no more input",
        "it ends",
        run.error,
    )
