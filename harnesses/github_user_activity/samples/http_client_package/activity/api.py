import http.client
import json
import ssl

import certifi


class ApiError(Exception):
    """What GitHub did not want to tell, in words."""


def events(name):
    context = ssl.create_default_context(cafile=certifi.where())
    line = http.client.HTTPSConnection("api.github.com", timeout=4, context=context)
    try:
        line.request("GET", f"/users/{name}/events?per_page=50", headers={"User-Agent": name})
        answer = line.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ApiError(f"no answer ({error})") from error
    finally:
        line.close()
    if answer.status == 404:
        raise ApiError(f"nobody is called {name}")
    if answer.status != 200:
        raise ApiError(f"GitHub answered {answer.status} {answer.reason}")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ApiError("GitHub answered something that is no JSON") from error
