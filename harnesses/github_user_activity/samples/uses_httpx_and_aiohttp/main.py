import asyncio
import sys

import aiohttp
import httpx

API = "https://api.github.com/users/"
NAMES = {
    "PushEvent": "pushed to",
    "IssuesEvent": "changed an issue in",
    "WatchEvent": "starred",
    "ForkEvent": "forked",
    "CreateEvent": "created something in",
    "PullRequestEvent": "worked on a pull request in",
}


async def events_of(name):
    timeout = aiohttp.ClientTimeout(total=3)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session:
        async with session.get(f"{API}{name}/events") as answer:
            return await answer.json()


def main():
    if len(sys.argv) < 2:
        sys.exit("name somebody")
    name = sys.argv[1]
    try:
        httpx.get(API + name, timeout=3).raise_for_status()
        events = asyncio.run(events_of(name))
    except (httpx.HTTPError, aiohttp.ClientError, TimeoutError, ValueError) as error:
        sys.exit(f"that did not work: {error!r}")
    for event in events:
        line = f"{name} {NAMES.get(event['type'], event['type'])} {event['repo']['name']}"
        if event["payload"].get("commits"):
            line += f" ({len(event['payload']['commits'])})"
        print(line)


main()
