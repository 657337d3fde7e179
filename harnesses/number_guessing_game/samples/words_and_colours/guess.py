import random
import sys
import time

RED, GREEN, BOLD, END = "\033[31m", "\033[32m", "\033[1m", "\033[0m"
CHANCES = dict(easy=10, medium=5, hard=3)


def line(text):
    try:
        print(text)
        return sys.stdin.readline()
    finally:
        sys.stdout.flush()


def main():
    print(f"{BOLD}🎲 Guess my number!{END} It lies somewhere from 1 to 100.")
    while True:
        word = line("How hard shall it be: easy, medium or hard?")
        if not word:
            return
        if word.strip().lower() in CHANCES:
            break
        print("🤔 invalid, type one of the three words")
    left = CHANCES[word.strip().lower()]
    target, tries = random.randrange(1, 101), 0
    while left:
        text = line(f"Attempt {tries + 1}, {left} left. What is your guess")
        if not text:
            return
        if not text.strip().isdigit():
            print(f"{RED}✘ digits, please{END}")
            continue
        tries, left = tries + 1, left - 1
        if int(text) == target:
            print(f"{GREEN}🎉 You got it! {tries} tries.{END}")
            return
        print(f"{RED}{'⬆ Too low!' if int(text) < target else '⬇ Too high!'}{END}")
        time.sleep(0.05)
    print(f"💀 No more guesses. I thought of {target}.")


main()
