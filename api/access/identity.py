"""職員ログイン: officers by the city's own identity provider (OpenID Connect).

The state is bound to the browser that asked, the nonce to the state: nobody can log another browser in as himself, or
use an answer twice. Only who was appointed gets a session; an identity provider's word opens no account.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass

from api.access.credentials import require_usable
from api.access.identity_provider import IdentityProvider, IdentityRefused, IdentityUnreachable
from api.access.logins import local_path, open_session
from api.counter import Counter, token_hash
from api.problems import problem
from procedures.values import MunicipalityCode
from store import credentials, identity, people
from store.credentials import SUBJECT, CredentialKey
from store.identity import IdentityRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answered:
    """提供者の応答: what the browser brought back from the provider."""

    state: str
    code: str = ""
    error: str = ""
    iss: str = ""


def subject_key(issuer: str, subject: str) -> CredentialKey:
    """資格の鍵 of an identity provider's subject: its issuer's name stands where a certificate has its CA's key."""
    return CredentialKey(SUBJECT, hashlib.sha256(issuer.encode()).digest(), subject)


def request_identity(counter: Counter, city: MunicipalityCode, return_path: str, browser: str) -> str:
    """職員ログインを始める: the provider's address to send the browser to. Raises Problem."""
    provider = _provider(counter)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        url = provider.authorization_url(state=state, nonce=nonce, code_verifier=verifier)
    except IdentityUnreachable as error:
        log.warning("Staff cannot log in: %s.", error)
        raise problem("identity_unreachable") from error
    wanted = IdentityRequest(nonce, verifier, local_path(return_path))
    with counter.database.transaction(city) as connection:
        identity.ask(connection, token_hash(state), token_hash(browser), wanted, counter.settings.signing_lifetime)
    return url


def complete_identity(
    counter: Counter, city: MunicipalityCode, answered: Answered, browser: str, former_token: str
) -> tuple[str, str]:
    """職員ログインの完了: (path to go on to, session token). Raises Problem, and then there is no session."""
    provider = _provider(counter)
    with counter.database.transaction(city) as connection:
        asked = identity.redeem(connection, token_hash(answered.state), token_hash(browser))
    if asked is None:
        raise problem("identity_request_gone")
    if answered.error:
        raise problem("identity_cancelled")
    if answered.iss not in ("", provider.issuer):  # RFC 9207: the answer of another provider
        raise problem("identity_refused")
    subject = _subject(provider, answered, asked)
    with counter.database.transaction(city) as connection:
        known = credentials.find(connection, subject_key(provider.issuer, subject))
        if known is None or not people.has_duties(connection, known.account_id):
            raise problem("not_appointed")
        require_usable(known)
        token = open_session(counter, connection, known, former_token)
    return asked.next, token


def _provider(counter: Counter) -> IdentityProvider:
    if counter.identity is None:
        raise problem("identity_absent")
    return counter.identity


def _subject(provider: IdentityProvider, answered: Answered, asked: IdentityRequest) -> str:
    try:
        return provider.subject(code=answered.code, nonce=asked.nonce, code_verifier=asked.code_verifier)
    except IdentityUnreachable as error:
        log.warning("Staff cannot log in: %s.", error)
        raise problem("identity_unreachable") from error
    except IdentityRefused as error:
        log.warning("A staff login was refused: %s.", error)
        raise problem("identity_refused") from error
