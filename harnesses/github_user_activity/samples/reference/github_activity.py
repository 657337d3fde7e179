"""Say what somebody has been doing on GitHub: python github_activity.py NAME"""

import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

API = "https://api.github.com/users/{}/events"
TIMEOUT = 2


class Problem(Exception):
    pass


def fetch(name):
    request = urllib.request.Request(
        API.format(urllib.parse.quote(name)),
        headers={"User-Agent": "github-activity", "Accept": "application/vnd.github+json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            raise Problem(f"There is no user called {name}.")
        if error.code in (403, 429):
            raise Problem("GitHub has been asked too often; try again in an hour.")
        raise Problem(f"GitHub does not feel well: status {error.code}.")
    except (OSError, http.client.HTTPException) as error:
        raise Problem(f"GitHub cannot be reached: {error}")
    try:
        return json.loads(body)
    except ValueError:
        raise Problem("GitHub's answer makes no sense.")


def count_of(payload):
    if "size" in payload:
        return payload["size"]
    if "commits" in payload:
        return len(payload["commits"])
    return None


def describe(event):
    repo = event["repo"]["name"]
    payload = event["payload"]
    kind = event["type"]
    if kind == "PushEvent":
        count = count_of(payload)
        if count is None:
            return f"Pushed to {repo}"
        return f"Pushed {count} commit{'' if count == 1 else 's'} to {repo}"
    if kind == "IssuesEvent":
        if payload["action"] == "opened":
            return f"Opened a new issue in {repo}"
        return f"{payload['action'].capitalize()} an issue in {repo}"
    if kind == "WatchEvent":
        return f"Starred {repo}"
    if kind == "ForkEvent":
        return f"Forked {repo}"
    if kind == "CreateEvent":
        return f"Created a {payload['ref_type']} in {repo}"
    if kind == "PullRequestEvent":
        return f"{payload['action'].capitalize()} a pull request in {repo}"
    return f"{kind.removesuffix('Event')} in {repo}"


def main():
    if len(sys.argv) != 2:
        print("usage: github_activity.py NAME")
        return 2
    try:
        events = fetch(sys.argv[1])
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    if not events:
        print("Nothing happened lately.")
    for event in events:
        print("-", describe(event))
    return 0


if __name__ == "__main__":
    sys.exit(main())
