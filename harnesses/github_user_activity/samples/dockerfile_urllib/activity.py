import json
import sys
from urllib.request import urlopen

if len(sys.argv) < 2:
    print("Give me a name")
    sys.exit(1)
try:
    with urlopen("https://api.github.com/users/" + sys.argv[1] + "/events", timeout=5) as reply:
        events = json.load(reply)
except Exception as error:
    print("Failed:", error)
    sys.exit(1)
for event in events:
    print("Event:", event["type"])
    print("Repository:", event["repo"]["name"])
    if event["type"] == "PushEvent":
        print("Commits:", event["payload"].get("size", "unknown"))
    if "action" in event["payload"]:
        print("Action:", event["payload"]["action"])
    print()
