"""依頼の署名鍵: the server signs what it asks a card for, so that a card agent believes no one else.

JWS with ES256 (RFC 7515, RFC 7518 3.4): P-256 keys are in every language's library, and agents pin the public half.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import ECKey

TYPE = "madoguchi-signing-request+jwt"
AUDIENCE = "madoguchi-card-agent"
MEDIA_TYPE = "application/jose"


@dataclass(frozen=True, repr=False)
class RequestKey:
    """依頼の署名鍵: one P-256 key of the installation."""

    _key: ECKey

    @classmethod
    def read(cls, file: Path) -> Self:
        """A PEM private key. Raises ValueError that says how to make one."""
        try:
            key = ECKey.import_key(file.read_bytes())
        except (OSError, ValueError) as wrong:
            raise ValueError(
                f"{file} holds no P-256 private key: make one with "
                f"`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {file}`."
            ) from wrong
        if key.curve_name != "P-256" or not key.is_private:
            raise ValueError(f"{file} holds another kind of key: it must be a P-256 private key.")
        key.ensure_kid()
        return cls(key)

    def sign(self, issuer: str, expires_at: datetime, claims: Mapping[str, object]) -> str:
        """署名する: the claims as a compact JWS that names who asks, whom, and until when."""
        header = {"alg": "ES256", "typ": TYPE, "kid": self._key.kid}
        now = int(datetime.now(UTC).timestamp())
        registered = {"iss": issuer, "aud": AUDIENCE, "iat": now, "exp": int(expires_at.timestamp())}
        return jwt.encode(header, {**claims, **registered}, self._key)

    def public(self) -> dict[str, Any]:
        """公開鍵: the JWK set that card agents pin."""
        return {"keys": [{**self._key.as_dict(private=False), "alg": "ES256", "use": "sig"}]}
