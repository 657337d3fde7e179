import argparse
import sys

from activity.api import ApiError, events

BOLD, PLAIN = "\033[1m", "\033[0m"


def words(event):
    payload = event["payload"]
    match event["type"]:
        case "PushEvent":
            commits = payload.get("commits", [])
            return f"{payload.get('distinct_size', len(commits))} commits pushed"
        case "IssuesEvent":
            return f"issue {payload['action']}"
        case "WatchEvent":
            return "starred \N{WHITE MEDIUM STAR}"
        case "ForkEvent":
            return "forked"
        case "CreateEvent":
            return "created " + " ".join(filter(None, (payload["ref_type"], payload["ref"])))
        case "PullRequestEvent":
            return f"pull request #{payload['number']} {payload['action']}"
    return event["type"]


def main():
    parser = argparse.ArgumentParser(description="What has somebody been doing?")
    parser.add_argument("name")
    name = parser.parse_args().name
    try:
        found = events(name)
    except ApiError as error:
        sys.exit(f"{BOLD}error{PLAIN}: {error}")
    for event in found:
        when = event["created_at"].replace("T", " ").rstrip("Z")
        print(f"{when}  {BOLD}{event['repo']['name']:40}{PLAIN}  {words(event)}")
    print(f"{len(found)} events")
