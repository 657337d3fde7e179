class Round:
    def __init__(self, chances, secret):
        self.chances = chances
        self.secret = secret
        self.used = 0

    def play(self):
        while self.used < self.chances:
            text = input("guess: ")
            self.used += 1
            try:
                guess = int(text)
            except ValueError:
                print("not a number, and a chance gone")
                continue
            if guess == self.secret:
                print("Correct! Number of attempts:", self.used)
                return
            word = "bigger" if self.secret > guess else "smaller"
            print("Wrong, the secret number is", word)
        print("Out of guesses, the secret number was", self.secret)
