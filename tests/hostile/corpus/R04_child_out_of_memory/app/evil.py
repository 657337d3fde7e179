import subprocess
import sys

ended = subprocess.run([sys.executable, "-c", "x = bytearray(b'x') * (1 << 30)"])
print("the child ended with", ended.returncode)
