"""試験用JPKI: certificates shaped as JPKI's, and the services that answer for them (jpki-card.md 7 and 8)."""

from sandbox.pki.control import restore, revoke, set_mode
from sandbox.pki.issue import create
from sandbox.pki.registry import Credential, credential
from sandbox.pki.server import running, serve

__all__ = ["Credential", "create", "credential", "restore", "revoke", "running", "serve", "set_mode"]
