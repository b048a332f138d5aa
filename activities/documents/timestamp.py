"""タイムスタンプ: RFC 3161 tokens over one kept connection, each checked before it is used.

pyHanko's own client opens a connection and a TLS context per token and looks only at the nonce; this one also checks
what was stamped, by whom, when, and the signature itself.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from asn1crypto import cms, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity


class TimestampUnavailable(RuntimeError):
    """The timestamp authority can't be reached, refuses, or answers with something that is no valid token now."""


@dataclass(frozen=True)
class Stamped:
    """時刻印: what the last token said."""

    at: datetime
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    size: int


class TimestampClient(TimeStamper):
    """時刻認証局への窓口: one per process and thread."""

    def __init__(self, url: str, *, timeout_seconds: float, clock_tolerance: timedelta) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url
        self._tolerance = clock_tolerance
        self._last: Stamped | None = None
        # trust_env: where the authority is, and by which way, is said by our settings alone
        self._connection = httpx.Client(timeout=timeout_seconds, trust_env=False)

    @property
    def last(self) -> Stamped:
        """What the last token said; there must have been one."""
        if self._last is None:
            raise LookupError("no token was asked for yet")
        return self._last

    def close(self) -> None:
        """Closes the kept connection."""
        self._connection.close()

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A checked token for `message_digest`. Raises TimestampUnavailable."""
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        try:
            token = _granted(self._ask(request))
            self._last = self._checked(token, message_digest, nonce)
        except (ValueError, KeyError, TypeError, SignatureValidationError) as wrong:
            raise TimestampUnavailable(f"the timestamp authority's answer is no valid token: {wrong}") from wrong
        return token

    def _ask(self, request: tsp.TimeStampReq) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            response = self._connection.post(self._url, content=request.dump(), headers=headers)
        except httpx.HTTPError as fault:
            raise TimestampUnavailable(f"the timestamp authority doesn't answer: {fault}") from fault
        if response.status_code != httpx.codes.OK:
            raise TimestampUnavailable(f"the timestamp authority answers HTTP {response.status_code}")
        return response.content

    def _checked(self, token: cms.ContentInfo, digest: bytes, nonce: int) -> Stamped:
        signed = token["content"]
        content = signed["encap_content_info"]["content"]
        info: tsp.TSTInfo = content.parsed
        if info["message_imprint"]["hashed_message"].native != digest:
            raise ValueError("it stamps something else than was sent")
        if info["nonce"].native != nonce:
            raise ValueError("it answers another request")
        stamped_at: datetime = info["gen_time"].native
        distance = abs(datetime.now(UTC) - stamped_at)
        if distance > self._tolerance:
            raise ValueError(f"its clock and ours are {distance} apart; check this machine's time first")
        certificate = _signer_certificate(signed)
        _check_signature(signed, bytes(content), certificate)
        chain = tuple(entry.chosen for entry in signed["certificates"])
        return Stamped(stamped_at, certificate, chain, len(token.dump()))


def _signer_certificate(signed: cms.SignedData) -> x509.Certificate:
    signer = signed["signer_infos"][0]["sid"].chosen
    for entry in signed["certificates"]:
        certificate: x509.Certificate = entry.chosen
        if (certificate.issuer, certificate.serial_number) == (signer["issuer"], signer["serial_number"].native):
            return certificate
    raise ValueError("it doesn't carry the certificate of its signer")


def _granted(answer: bytes) -> cms.ContentInfo:
    response = tsp.TimeStampResp.load(answer, strict=True)
    status = response["status"]["status"].native
    if status not in ("granted", "granted_with_mods"):
        raise TimestampUnavailable(f"the timestamp authority refuses: {status}")
    return response["time_stamp_token"]


def _check_signature(signed: cms.SignedData, content: bytes, certificate: x509.Certificate) -> None:
    signer = signed["signer_infos"][0]
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    whole, valid = validate_sig_integrity(signer, certificate, "tst_info", digest)
    if not (whole and valid):
        raise ValueError("its signature is wrong")
