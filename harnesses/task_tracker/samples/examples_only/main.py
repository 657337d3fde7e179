import sys

ANSWERS = {
    "add": "Task added successfully (ID: 1)",
    "list": "1 Water the plants todo",
}
print(ANSWERS.get((sys.argv + [""])[1], "ok"))
