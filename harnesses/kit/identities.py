"""What browsers, scripts and tools call themselves, so that no client is the one an app knows."""

IDENTITIES = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "curl/8.14.1",
    "PostmanRuntime/7.44.0",
    "axios/1.9.0",
    "okhttp/5.0.0",
)


def identity(number: int) -> str:
    """One of them; neighbours differ."""
    return IDENTITIES[number % len(IDENTITIES)]
