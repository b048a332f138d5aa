"""失効確認: is a certificate revoked? OCSP (RFC 6960) first, then CRL (RFC 5280), over HTTP.

`cryptography` rather than pyhanko-certvalidator: the issuer is already known and there are no intermediates, so what
is left is a handful of comparisons, while certvalidator finds CRL issuers by name (all JPKI generations share one) and
has no address for a directoryName distribution point.

Three answers. Good needs positive, fresh and authentic evidence; whatever is unreachable, garbled, stale or signed by
somebody else is unknown. Only addresses of the anchor registry are asked, never those inside certificates.
A delegated responder's own revocation is not checked: such certificates are short-lived (ocsp-nocheck).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, TypeVar

import httpx
from cryptography import x509

from trust import crl, ocsp
from trust.anchors import Anchor
from trust.certificate import distribution_points
from trust.evidence import (
    Doubt,
    NotServed,
    RevocationAnswer,
    RevocationEvidence,
    RevocationSettings,
    RevocationStatus,
)

__all__ = [
    "RevocationAnswer",
    "RevocationChecker",
    "RevocationEvidence",
    "RevocationSettings",
    "RevocationStatus",
]

KEPT_LISTS = 256
KEPT_ANSWERS = 4096


@dataclass(frozen=True)
class _KeptList:
    revocation_list: x509.CertificateRevocationList
    evidence: RevocationEvidence


class RevocationChecker:
    """失効確認の窓口: one per process, because it holds the HTTP client. Safe to share between threads."""

    def __init__(
        self,
        settings: RevocationSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings or RevocationSettings()
        self._clock = clock
        # trust_env off: a proxy taken from the environment would be a setting nobody wrote down.
        self._http = httpx.Client(timeout=self.settings.timeout, follow_redirects=False, trust_env=False)
        self._lock = threading.Lock()
        self._lists: dict[tuple[str, str], _KeptList] = {}
        self._answers: dict[tuple[str, int], RevocationAnswer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def check(self, certificate: x509.Certificate, anchor: Anchor) -> RevocationAnswer:
        """good, revoked or unknown, now. Never raises: what goes wrong is the unknown's `detail`.

        A responder that authentically does not know the certificate cannot be overruled into good by a CRL.
        """
        if not anchor.issued(certificate):  # somebody else's lists would call any certificate good
            return RevocationAnswer(status=RevocationStatus.UNKNOWN, detail=f"{anchor.id} did not issue it")
        doubts: list[str] = []
        not_served = False
        for source in (self._by_ocsp, self._by_crl):
            try:
                found = source(certificate, anchor)
            except Exception as error:  # hostile bytes make parsers raise anything; all of it means "cannot tell"
                not_served |= isinstance(error, NotServed)
                doubts.append(str(error) if isinstance(error, Doubt) else f"unreadable ({type(error).__name__})")
                continue
            if found.status is RevocationStatus.REVOKED or not not_served:
                return found
        return RevocationAnswer(status=RevocationStatus.UNKNOWN, detail="; ".join(doubts))

    def _by_ocsp(self, certificate: x509.Certificate, anchor: Anchor) -> RevocationAnswer:
        url = anchor.revocation.ocsp
        if url is None:
            raise Doubt("OCSP: the anchor names no responder")
        now = self._clock()
        key = (anchor.sha256, certificate.serial_number)
        kept = self._answers.get(key)
        if kept and _age(kept.evidence[0], now) < self.settings.ocsp_cache_age:
            return kept
        request = ocsp.question(certificate, anchor, self.settings)
        body = self._fetch(url, self.settings.ocsp_maximum_bytes, ocsp.question_bytes(request))
        evidence = RevocationEvidence(kind="ocsp", url=url, fetched_at=now, body=body)
        found = _told("OCSP", lambda: ocsp.answer(request, evidence, anchor, self.settings, now))
        if self.settings.ocsp_cache_age > 0:
            with self._lock:
                _keep(self._answers, key, found, KEPT_ANSWERS)
        return found

    def _by_crl(self, certificate: x509.Certificate, anchor: Anchor) -> RevocationAnswer:
        url = anchor.revocation.crl_for(distribution_points(certificate))
        if url is None:
            raise Doubt("CRL: the anchor names no list for this distribution point")
        now = self._clock()
        kept = self._lists.get((anchor.sha256, url))
        if kept is None or self._is_due(kept, now):
            kept = self._fetch_list(url, anchor, now)
        revocation_list, evidence = kept.revocation_list, kept.evidence
        return _told("CRL", lambda: crl.answer(revocation_list, certificate, evidence, self.settings, now))

    def _is_due(self, kept: _KeptList, now: datetime) -> bool:
        next_update = kept.revocation_list.next_update_utc
        past = next_update is None or next_update <= now
        return past or _age(kept.evidence, now) >= self.settings.crl_cache_age

    def _fetch_list(self, url: str, anchor: Anchor, now: datetime) -> _KeptList:
        body = self._fetch(url, self.settings.crl_maximum_bytes)
        evidence = RevocationEvidence(kind="crl", url=url, fetched_at=now, body=body)
        kept = _KeptList(_told("CRL", lambda: crl.load(body, anchor)), evidence)
        with self._lock:
            _keep(self._lists, (anchor.sha256, url), kept, KEPT_LISTS)
        return kept

    def _fetch(self, url: str, maximum_bytes: int, question: bytes | None = None) -> bytes:
        method: Literal["GET", "POST"] = "GET" if question is None else "POST"
        headers = {"Content-Type": "application/ocsp-request"} if question else {}
        headers["Accept-Encoding"] = "identity"  # a compressed answer could grow past the limit in one chunk
        deadline = time.monotonic() + self.settings.deadline
        body = bytearray()
        try:
            with self._http.stream(method, url, content=question, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise Doubt(f"{url} answered HTTP {response.status_code}")
                for chunk in response.iter_raw():
                    body += chunk
                    if len(body) > maximum_bytes:
                        raise Doubt(f"{url} answered more than {maximum_bytes} bytes")
                    if time.monotonic() > deadline:
                        raise Doubt(f"{url} took longer than {self.settings.deadline:.0f} seconds")
        except httpx.HTTPError as error:
            raise Doubt(f"{url} cannot be reached ({type(error).__name__})") from error
        return bytes(body)


def _age(evidence: RevocationEvidence, now: datetime) -> float:
    return abs((now - evidence.fetched_at) / timedelta(seconds=1))


_T = TypeVar("_T")
_K = TypeVar("_K")
_V = TypeVar("_V")


def _told(source: str, believe: Callable[[], _T]) -> _T:
    """Run one source's belief, saying in every doubt which source it was."""
    try:
        return believe()
    except NotServed as doubt:
        raise NotServed(f"{source}: {doubt}") from doubt
    except Doubt as doubt:
        raise Doubt(f"{source}: {doubt}") from doubt
    except Exception as error:
        raise Doubt(f"{source}: unreadable ({type(error).__name__})") from error


def _keep(kept: dict[_K, _V], key: _K, value: _V, maximum: int) -> None:
    """Remember, forgetting the oldest beyond `maximum`."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > maximum:
        del kept[next(iter(kept))]
