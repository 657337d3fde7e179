import os
import sys

handler = sys.modules["__main__"].Handler
parse = handler.parse_request
served = 0


def parse_request(self):
    global served
    served += 1
    if served > 40:
        os._exit(0)
    return parse(self)


handler.parse_request = parse_request
