"""Who may do what: tokens, made, recognised and revoked."""

from grader.access.tokens import Issued, authenticate, issue, listed, revoke

__all__ = ["Issued", "authenticate", "issue", "listed", "revoke"]
