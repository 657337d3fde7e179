"""Fills the disk with files that are deleted while they are open."""

import tempfile

kept = []
for _ in range(100):
    kept.append(tempfile.TemporaryFile(dir="/"))
    for _ in range(100):
        kept[-1].write(b"x" * 1_000_000)
