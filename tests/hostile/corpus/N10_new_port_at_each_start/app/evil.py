import pathlib
import sys

count = pathlib.Path("starts.txt")
starts = int(count.read_text()) + 1 if count.exists() else 0
count.write_text(str(starts))
sys.modules["__main__"].PORT = 8080 + starts
