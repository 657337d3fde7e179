import time

print("waiting for the worker queue")
time.sleep(3600)
