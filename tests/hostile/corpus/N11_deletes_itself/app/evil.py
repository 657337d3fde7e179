import os

for name in ("server.py", "evil.py"):
    os.remove(name)
