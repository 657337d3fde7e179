"""Accounts and tokens: what a check of an API needs that people log in to.

    def test_own_list(api, rng):
        ada, bela = sign_up(api, rng), sign_up(api, rng)
        expect(api.acting(ada.headers).get("/todos")).ok()

How an app wants it (names of fields, where the token is, how it is sent) is found once in a run.
"""

from harnesses.kit.auth.people import Account, Person, made_up
from harnesses.kit.auth.signing_in import accepted, enter, log_in, register, sign_up
from harnesses.kit.auth.tokens import tokens_in

__all__ = [
    "Account",
    "Person",
    "accepted",
    "enter",
    "log_in",
    "made_up",
    "register",
    "sign_up",
    "tokens_in",
]
