import random
import time

LEVELS = {"1": ("Easy", 10), "2": ("Medium", 5), "3": ("Hard", 3)}


def welcome():
    print("Welcome to the Number Guessing Game!")
    print("I am thinking of a number between 1 and 100.")
    print("You have a limited number of chances to guess it.")


def choose():
    print()
    print("Please select the difficulty level:")
    for key, (name, chances) in LEVELS.items():
        print(f"{key}. {name} ({chances} chances)")
    while True:
        choice = input("\nEnter your choice: ").strip()
        if choice in LEVELS:
            break
        print("Please enter 1, 2 or 3.")
    name, chances = LEVELS[choice]
    print(f"\nGreat! You have selected the {name} difficulty level.")
    print("Let's start the game!")
    return chances


def ask():
    while True:
        text = input("\nEnter your guess: ").strip()
        try:
            guess = int(text)
        except ValueError:
            print("That is no number.")
            continue
        if 1 <= guess <= 100:
            return guess
        print("Please stay between 1 and 100.")


def play(chances):
    number = random.randint(1, 100)
    begun = time.monotonic()
    for attempt in range(1, chances + 1):
        guess = ask()
        if guess == number:
            attempts = "1 attempt" if attempt == 1 else f"{attempt} attempts"
            print(f"Congratulations! You guessed the correct number in {attempts}.")
            print(f"It took you {time.monotonic() - begun:.0f} seconds.")
            return
        if number > guess:
            print(f"Incorrect! The number is greater than {guess}.")
        else:
            print(f"Incorrect! The number is less than {guess}.")
    print(f"Game over! You have run out of chances. The number was {number}.")


def main():
    welcome()
    while True:
        play(choose())
        if input("\nDo you want to play again? (yes/no): ").strip().lower() not in ("yes", "y"):
            print("Goodbye!")
            break


if __name__ == "__main__":
    try:
        main()
    except EOFError:
        print()
