import time
import traceback

try:
    int("eight thousand")
except ValueError:
    traceback.print_exc()
time.sleep(3600)
