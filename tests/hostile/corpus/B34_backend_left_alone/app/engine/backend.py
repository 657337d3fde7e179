"""A build backend that never builds."""

import time

time.sleep(10_000)
