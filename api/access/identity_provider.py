"""職員認証基盤: the city's own identity provider, spoken to in OpenID Connect (authorization code, PKCE).

authlib makes the requests and knows an id_token's claims, joserfc checks its signature. authlib's own httpx client is
not used: it is being moved to another library; the protocol client underneath takes our session.
Sources: OpenID Connect Core 1.0 §3.1, RFC 7636 (PKCE), RFC 9207 (iss), RFC 9700 (security practice).
"""

import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.claims import ClaimsOption
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict

from api.settings import IdentitySettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures with a public key only: never `none`, never one made with the client's secret."""
LONGEST_SUBJECT = 255
"""OpenID Connect Core §2."""
KEPT = 3600.0
"""Seconds the provider's own description and keys are kept."""


class IdentityUnreachable(Exception):
    """The provider did not answer, or not as itself: try again later."""


class IdentityRefused(Exception):
    """What the provider answered must not be believed, or it refused; trying the same again is useless."""


class ProviderDescription(BaseModel):
    """提供者の記述 (OpenID Connect Discovery §3): the part used here."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass
class _Kept:
    """What was fetched, and when (by a clock that only runs forward)."""

    description: ProviderDescription
    keys: KeySet
    at: float


class IdentityProvider:
    """職員認証基盤: one per process; thread-safe, blocks."""

    def __init__(self, settings: IdentitySettings, issuer: str, client_secret: str, redirect_uri: str) -> None:
        self.name = settings.name
        self.issuer = issuer
        self._settings = settings
        self._secret = client_secret
        self._redirect_uri = redirect_uri
        self._http = httpx.Client(timeout=settings.timeout, follow_redirects=False, trust_env=False)
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    @classmethod
    def connect(cls, settings: IdentitySettings, public_url: str) -> "IdentityProvider | None":
        """The provider of these settings; None where the city has none."""
        if settings.issuer is None:
            return None
        if settings.client_secret_file is None:
            raise ValueError("MADOGUCHI_IDENTITY_ISSUER is set: set MADOGUCHI_IDENTITY_CLIENT_SECRET_FILE too.")
        secret = settings.client_secret_file.read_text().strip()
        return cls(settings, settings.issuer, secret, f"{public_url}/login/identity/callback")

    def authorization_url(self, *, state: str, nonce: str, code_verifier: str) -> str:
        """Where the officer's browser logs in. Raises IdentityUnreachable."""
        description = self._known().description
        url, _ = self._client().create_authorization_url(
            description.authorization_endpoint, state=state, code_verifier=code_verifier, nonce=nonce
        )
        return str(url)

    def subject(self, *, code: str, nonce: str, code_verifier: str) -> str:
        """Who logged in (`sub`). Raises IdentityUnreachable or IdentityRefused."""
        answer = self._exchange(code, code_verifier)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise IdentityRefused("the token endpoint gave no id_token")
        claims = self._believed(id_token, nonce, answer.get("access_token"))
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\x00" in subject:
            raise IdentityRefused("the subject is not a short text")
        return subject

    def close(self) -> None:
        self._http.close()

    def _exchange(self, code: str, code_verifier: str) -> dict[str, Any]:
        # RFC 6749 §2.3.1: id and secret are form-encoded before they become Basic credentials.
        credentials = httpx.BasicAuth(quote(self._settings.client_id, safe=""), quote(self._secret, safe=""))
        try:
            return dict(
                self._client().fetch_token(
                    self._known().description.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=code_verifier,
                    redirect_uri=self._redirect_uri,
                    auth=credentials,
                )
            )
        except OAuth2Error as error:
            raise IdentityRefused(f"the token endpoint refused: {error.error}") from error
        except (httpx.HTTPError, ValueError) as error:
            raise IdentityUnreachable(f"the token endpoint did not answer ({type(error).__name__})") from error

    def _believed(self, id_token: str, nonce: str, access_token: object) -> CodeIDToken:
        try:
            decoded = self._decoded(id_token)
            wanted: dict[str, ClaimsOption] = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._settings.client_id},
            }
            given = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": access_token}
            claims = CodeIDToken(decoded.claims, decoded.header, wanted, given)
            claims.validate(leeway=self._settings.skew)
        except (JoseError, ValueError, TypeError) as error:
            raise IdentityRefused(f"the id_token is not to be believed ({error})") from error
        return claims

    def _decoded(self, id_token: str) -> jwt.Token:
        """Signed by the provider; its keys are fetched again when one made since was used (key rotation)."""
        try:
            return jwt.decode(id_token, self._known().keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            newest = self._known(not_older_than=self._settings.refresh_after)
            return jwt.decode(id_token, newest.keys, algorithms=ALGORITHMS)

    def _known(self, not_older_than: float = KEPT) -> _Kept:
        with self._lock:
            kept = self._kept
            if kept is None or time.monotonic() - kept.at > not_older_than:
                kept = self._kept = self._fetched()
            return kept

    def _fetched(self) -> _Kept:
        try:
            said = self._read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            description = self._checked(ProviderDescription.model_validate(said))
            return _Kept(description, KeySet.import_key_set(self._read(description.jwks_uri)), time.monotonic())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise IdentityUnreachable(f"the identity provider did not answer as itself ({error})") from error

    def _checked(self, description: ProviderDescription) -> ProviderDescription:
        """The provider names itself as we know it (OpenID Connect Discovery §4.3), everywhere equally protected."""
        if description.issuer != self.issuer:
            raise ValueError(f"it names itself {description.issuer}, MADOGUCHI_IDENTITY_ISSUER says {self.issuer}")
        for address in (description.authorization_endpoint, description.token_endpoint, description.jwks_uri):
            if urlsplit(address).scheme != urlsplit(self.issuer).scheme:
                raise ValueError(f"{address} is not protected as {self.issuer} is")
        return description

    def _read(self, address: str) -> Any:
        answer = self._http.get(address, headers={"accept": "application/json"})
        answer.raise_for_status()
        return answer.json()

    def _client(self) -> OAuth2Client:
        """Per request: it keeps the token it fetched."""
        return OAuth2Client(
            self._http,
            client_id=self._settings.client_id,
            client_secret=self._secret,
            scope=self._settings.scopes,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )
