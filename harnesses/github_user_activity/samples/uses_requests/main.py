import sys

import requests


def main():
    if len(sys.argv) < 2:
        print("Who? Usage: main.py NAME")
        return
    name = sys.argv[1]
    try:
        answer = requests.get(
            f"https://api.github.com/users/{name}/events",
            headers={"User-Agent": "my-activity"},
            timeout=4,
        )
        answer.raise_for_status()
        events = answer.json()
    except requests.HTTPError as error:
        if error.response.status_code == 404:
            print(f"No user {name}")
        else:
            print(f"GitHub said {error.response.status_code}")
        return
    except requests.RequestException as error:
        print("Could not ask GitHub:", type(error).__name__)
        return
    for event in events:
        repo, payload = event["repo"]["name"], event["payload"]
        if event["type"] == "PushEvent":
            number = payload.get("size")
            print(f"* {number} commits pushed to {repo}" if number else f"* Push to {repo}")
        elif event["type"] == "IssuesEvent":
            print(f"* {payload['action']} an issue in {repo}")
        else:
            print(f"* {event['type']} {repo}")


main()
