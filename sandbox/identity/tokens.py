"""IDトークン: what the provider signs, rightly or, on demand, wrongly."""

import base64
import json
import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any, Literal, get_args

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT = "madoguchi"
LIFETIME = 300

FaultKind = Literal[
    "down", "wrong_nonce", "no_nonce", "wrong_audience", "shared_audience", "wrong_azp", "wrong_issuer", "expired",
    "future", "alg_none", "shared_secret", "foreign_key", "no_id_token",
]  # fmt: skip
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)

_FORGED: dict[str, dict[str, Any]] = {
    "wrong_nonce": {"nonce": "another nonce"},
    "wrong_audience": {"aud": "somebody-else"},
    "shared_audience": {"aud": [CLIENT, "somebody-else"]},
    "wrong_azp": {"azp": "somebody-else"},
    "wrong_issuer": {"iss": "http://127.0.0.1:1"},
}


class Tokens:
    """IDトークンの発行: the key lives in FOLDER/key.pem."""

    def __init__(self, folder: Path, issuer: str, client_secret: str) -> None:
        self.faults: Counter[str] = Counter()
        self._path = folder / "key.pem"
        self._issuer = issuer
        self._secret = client_secret
        if not self._path.exists():
            self.rotate()
        self._key = RSAKey.import_key(self._path.read_bytes())

    def rotate(self) -> None:
        """鍵の更新: a new key, published at once in place of the old one."""
        self._key = RSAKey.generate_key(2048)
        self._path.touch(mode=0o600)
        self._path.write_bytes(self._key.as_pem(private=True))

    def published(self) -> dict[str, Any]:
        """公開鍵の一覧 (JWKS)."""
        keys = KeySet([self._key]).as_dict(private=False)["keys"]
        return {"keys": [dict(key) | {"use": "sig", "alg": "RS256"} for key in keys]}

    def answer(self, subject: str, nonce: str) -> dict[str, Any]:
        """トークン応答, with at most one of the faults that were asked for."""
        fault = next((kind for kind in FAULTS if kind != "down" and self.used(kind)), "")
        said: dict[str, Any] = {
            "access_token": secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": LIFETIME,
        }
        if fault == "no_id_token":
            return said
        return said | {"id_token": self._signed(self._claims(subject, nonce, fault), fault)}

    def used(self, kind: FaultKind) -> bool:
        """故障: whether this one was asked for; each time it happens it is used up."""
        wanted = self.faults[kind] > 0
        self.faults[kind] -= wanted
        return wanted

    def _claims(self, subject: str, nonce: str, fault: str) -> dict[str, Any]:
        now = int(time.time()) + {"expired": -3600, "future": 3600}.get(fault, 0)
        claims = {"iss": self._issuer, "sub": subject, "aud": CLIENT, "iat": now, "exp": now + LIFETIME}
        if fault != "no_nonce":
            claims["nonce"] = nonce
        return claims | _FORGED.get(fault, {})

    def _signed(self, claims: dict[str, Any], fault: str) -> str:
        if fault == "alg_none":
            return f"{_written({'alg': 'none'})}.{_written(claims)}."
        if fault == "shared_secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self._secret))
        key = RSAKey.generate_key(2048) if fault == "foreign_key" else self._key
        self._key.ensure_kid()
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, key)


def _written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
