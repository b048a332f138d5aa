"""失効確認: is a certificate revoked? OCSP (RFC 6960) first, then CRL (RFC 5280), over HTTP.

`cryptography` rather than pyhanko-certvalidator: the issuer is already known and there are no intermediates, so what
is left is a handful of comparisons, while certvalidator finds CRL issuers by name (all JPKI generations share one) and
has no address for a directoryName distribution point.

Three answers. Good needs positive, fresh and authentic evidence; whatever is unreachable, garbled, stale or signed by
somebody else is unknown. Only addresses of the anchor registry are asked, never those inside certificates.
A delegated responder is believed if its authority says that it needs no check (ocsp-nocheck), or if the authority's
CRL does not list it.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, TypeVar

import httpx
from cryptography import x509
from cryptography.x509.ocsp import OCSPRequest

from trust import crl, ocsp
from trust.anchors import Anchor, AnchorRegistry, Use
from trust.certificate import distribution_points
from trust.evidence import (
    Doubt,
    NoSource,
    NotServed,
    RevocationAnswer,
    RevocationEvidence,
    RevocationStatus,
    Unreachable,
)
from trust.settings import RevocationSettings

__all__ = [
    "Doubt",
    "RevocationAnswer",
    "RevocationChecker",
    "RevocationEvidence",
    "RevocationSettings",
    "RevocationStatus",
]


@dataclass(frozen=True)
class _KeptList:
    revocation_list: x509.CertificateRevocationList
    evidence: RevocationEvidence


@dataclass(frozen=True)
class _KeptAnswer:
    request: OCSPRequest
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
        self._answers: dict[tuple[str, int], _KeptAnswer] = {}

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

    def revoked_serials(
        self, anchor: Anchor, distribution_point: str, progress: Callable[[], None] = lambda: None
    ) -> Iterator[int]:
        """失効リストの全件: every serial in the list of a distribution point, fetched now.

        Raises Doubt unless the whole list is believed; by then no serial has been handed out. No list is kept: they
        are large, and a daily check wants today's. `progress` is called as the list arrives.
        """
        points = _told("CRL", lambda: crl.points_named(distribution_point))
        url = _list_address(anchor, points)
        limit, patience = self.settings.crl_maximum_bytes, self.settings.batch_deadline
        body = self._fetch(url, limit, deadline=patience, progress=progress)
        revocation_list = _told("CRL", lambda: crl.load(body, anchor))
        _told("CRL", lambda: crl.require_current(revocation_list, points, self.settings, self._clock()))
        return crl.serials(revocation_list)

    def ask(self, anchor: Anchor, serial: int) -> RevocationAnswer:
        """OCSPだけで確認: for an authority without lists. Never from memory. Raises Doubt."""
        url = _responder_address(anchor)
        return self._asked(url, serial, anchor)

    def _by_ocsp(self, certificate: x509.Certificate, anchor: Anchor) -> RevocationAnswer:
        serial = certificate.serial_number
        url, key = _responder_address(anchor), (anchor.sha256, serial)
        remembers = anchor.use is Use.AUTHENTICATION and self.settings.ocsp_cache_age > 0
        kept = self._answers.get(key) if remembers else None
        if kept and _age(kept.evidence, self._clock()) < self.settings.ocsp_cache_age:
            with suppress(Doubt):  # past its nextUpdate by now
                return self._judged(kept.request, kept.evidence, anchor)
        return self._asked(url, serial, anchor, key if remembers else None)

    def _asked(self, url: str, serial: int, anchor: Anchor, key: tuple[str, int] | None = None) -> RevocationAnswer:
        request = ocsp.question(serial, anchor, self.settings)
        body = self._fetch(url, self.settings.ocsp_maximum_bytes, ocsp.question_bytes(request))
        evidence = RevocationEvidence(kind="ocsp", url=url, fetched_at=self._clock(), body=body)
        found = self._judged(request, evidence, anchor)
        if key and found.status is RevocationStatus.GOOD:
            with self._lock:
                _keep(self._answers, key, _KeptAnswer(request, evidence))
                _forget(self._answers, lambda kept: len(kept) <= self.settings.ocsp_cache_answers)
        return found

    def _judged(self, request: OCSPRequest, evidence: RevocationEvidence, anchor: Anchor) -> RevocationAnswer:
        def unrevoked(responder: x509.Certificate) -> bool:
            return self._by_crl(responder, anchor).status is RevocationStatus.GOOD

        now = self._clock()
        return _told("OCSP", lambda: ocsp.answer(request, evidence, anchor, self.settings, now, unrevoked))

    def _by_crl(self, certificate: x509.Certificate, anchor: Anchor) -> RevocationAnswer:
        url = _list_address(anchor, distribution_points(certificate))
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
            _keep(self._lists, (anchor.sha256, url), kept)
            _forget(self._lists, lambda lists: sum(map(_bytes, lists.values())) <= self.settings.crl_cache_bytes)
        return kept

    def _fetch(
        self,
        url: str,
        maximum_bytes: int,
        question: bytes | None = None,
        *,
        deadline: float | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> bytes:
        patience = deadline or self.settings.deadline
        method: Literal["GET", "POST"] = "GET" if question is None else "POST"
        headers = {"Content-Type": "application/ocsp-request"} if question else {}
        headers["Accept-Encoding"] = "identity"  # a compressed answer could grow past the limit in one chunk
        until = time.monotonic() + patience
        body = bytearray()
        try:
            with self._http.stream(method, url, content=question, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise Unreachable(f"{url} answered HTTP {response.status_code}")
                for chunk in response.iter_raw():
                    body += chunk
                    progress()
                    if len(body) > maximum_bytes:
                        raise Doubt(f"{url} answered more than {maximum_bytes} bytes")
                    if time.monotonic() > until:
                        raise Unreachable(f"{url} took longer than {patience:.0f} seconds")
        except httpx.HTTPError as error:
            raise Unreachable(f"{url} cannot be reached ({type(error).__name__})") from error
        return bytes(body)


def issuer(anchors: AnchorRegistry, key_id: bytes) -> Anchor:
    """発行者: the anchor of a key identifier; whether its entry is still in force does not matter for its lists.

    Raises Doubt where the registry has none (any more).
    """
    known = [anchor for store in anchors.stores.values() for anchor in store.anchors if anchor.key_id == key_id]
    if not known:
        raise NoSource(f"the anchor registry has no authority with the key identifier {key_id.hex()}")
    return known[0]


def _responder_address(anchor: Anchor) -> str:
    if anchor.revocation.ocsp is None:
        raise NoSource("OCSP: the anchor names no responder")
    return anchor.revocation.ocsp


def _list_address(anchor: Anchor, points: Collection[x509.GeneralName]) -> str:
    url = anchor.revocation.crl_for(points)
    if url is None:
        raise NoSource("CRL: the anchor names no list for this distribution point")
    return url


def _bytes(kept: _KeptList) -> int:
    return len(kept.evidence.body)


def _age(evidence: RevocationEvidence, now: datetime) -> float:
    return abs((now - evidence.fetched_at) / timedelta(seconds=1))


_T = TypeVar("_T")
_K = TypeVar("_K")
_V = TypeVar("_V")


def _told(source: str, believe: Callable[[], _T]) -> _T:
    """Run one source's belief, saying in every doubt which source it was."""
    try:
        return believe()
    except Doubt as doubt:
        raise type(doubt)(f"{source}: {doubt}") from doubt
    except Exception as error:
        raise Doubt(f"{source}: unreadable ({type(error).__name__})") from error


def _keep(kept: dict[_K, _V], key: _K, value: _V) -> None:
    """Remember as the newest."""
    kept.pop(key, None)
    kept[key] = value


def _forget(kept: dict[_K, _V], small_enough: Callable[[dict[_K, _V]], bool]) -> None:
    """Forget the oldest until it is small enough."""
    while kept and not small_enough(kept):
        del kept[next(iter(kept))]
