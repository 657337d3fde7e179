ROUTE = r"GET /posts/\d+"


def change(body, handler):
    odd = b'{"zero": -0, "big": 18446744073709551616, "tiny": 1e-999, "more": %s, ' % (b"7" * 400)
    return body.replace(b"{", odd + b'"title": "not the last of this name", ', 1)
