from random import SystemRandom

from .round import Round

MENU = """
1) Easy - ten guesses
2) Medium - five guesses
3) Hard - three guesses
4) Leave
"""


def main():
    print("*** The Number Game ***")
    print("Find the number I picked, from 1 up to 100.")
    sizes = {"1": 10, "2": 5, "3": 3}
    while True:
        print(MENU)
        try:
            choice = input("? ")
            if choice == "4":
                return
            if choice in sizes:
                Round(sizes[choice], SystemRandom().randint(1, 100)).play()
            else:
                print("1, 2, 3 or 4, please")
        except (EOFError, KeyboardInterrupt):
            return


if __name__ == "__main__":
    main()
