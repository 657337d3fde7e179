"""What a game says, in the words that learners choose."""

from __future__ import annotations

import pytest

from harnesses.number_guessing_game.words import (
    Said,
    asks_again,
    choice_for,
    meaning_of,
    numbers_in,
)

ANSWERS = {
    "Incorrect! The number is less than 50.": Said.LESS,
    "Incorrect! The number is greater than 25.": Said.GREATER,
    "Too low! Try again.\nEnter your guess: ": Said.GREATER,
    "⬇ Too high!": Said.LESS,
    "Your guess is lower than the number.": Said.GREATER,
    "Your guess is higher than the number": Said.LESS,
    "Your guess was too small": Said.GREATER,
    "Wrong, the secret number is bigger": Said.GREATER,
    "The number you have to guess is smaller than 40": Said.LESS,
    "Higher!": Said.GREATER,
    "Go lower": Said.LESS,
    "Nope. It's more than 10": Said.GREATER,
    "Incorrect. 4 chances left. The number is larger.": Said.GREATER,
    "Congratulations! You guessed the correct number in 4 attempts.": Said.WON,
    "Well done! It took you 1 attempt.": Said.WON,
    "Correct! Number of attempts: 3": Said.WON,
    "You got it! 7 tries.": Said.WON,
    "Game over! You have run out of chances. The number was 12.": Said.OVER,
    "The number is less than 50.\nYou've run out of chances.": Said.OVER,
    "Sorry, you lost. The correct number was 8": Said.OVER,
    "Out of guesses, the secret number was 9": Said.OVER,
    "Please enter a number.": None,
    "Enter your guess: ": None,
}


@pytest.mark.parametrize("text", ANSWERS)
def test_answers_are_understood(text: str) -> None:
    assert meaning_of(text) is ANSWERS[text]


def test_hints_are_not_directions() -> None:
    text = "Hint: the number is greater than 2\nIncorrect! The number is less than 50."
    assert meaning_of(text) is Said.LESS


@pytest.mark.parametrize(
    ("menu", "level", "choice"),
    [
        ("1. Easy (10 chances)\n2. Medium (5 chances)\n3. Hard (3 chances)", "medium", "2"),
        ("[1] easy [2] medium [3] hard > ", "hard", "3"),
        ("1) Hard - three\n2) Medium\n3) Easy - ten", "easy", "3"),
        ("easy, medium or hard?", "hard", "hard"),
    ],
)
def test_level_is_chosen_as_the_menu_says(menu: str, level: str, choice: str) -> None:
    assert choice_for(menu, level) == choice


def test_another_round_is_a_question() -> None:
    assert asks_again("Do you want to play again? (yes/no): ")
    assert asks_again("Another round? [y/N] ")
    assert not asks_again("Too low! Try again.")


def test_numbers_are_whole() -> None:
    assert numbers_in("1 to 100, 3.5 s, 4 attempts.") == [1, 100, 4]
