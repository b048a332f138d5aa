"""失効情報: proof, gathered from their authorities, that the seal and the timestamp unit were not revoked.

Goes into every sealed document (B-LT), so that it can be verified when those authorities are long gone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
from asn1crypto import crl, ocsp, pem, x509
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_signer import PreSignValidationStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    OCSPValidationError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers import Fetchers
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.path import ValidationPath

from activities.documents.settings import SealSettings
from activities.documents.timestamp import TimestampClient

_UNUSABLE = (
    RevokedError,
    ExpiredError,
    NotYetValidError,
    DisallowedAlgorithmError,
    InvalidCertificateError,
    PathBuildingError,
)
_UNAVAILABLE = (ValidationError, OCSPValidationError, CRLValidationError, aiohttp.ClientError, TimeoutError, OSError)
_SPARE_BYTES = 4096
"""Room in the signature container for a token that is longer than the last one."""


class SealUnavailable(RuntimeError):
    """公印不可 (一時的): a neighbour that sealing needs does not answer usefully now; try again later."""


class SealUnusable(RuntimeError):
    """公印不可: the office's key or certificate can't seal until someone acts: revoked, expired, unreadable."""


@dataclass(frozen=True)
class Evidence:
    """失効情報: what each document embeds, until `good_until`."""

    status: PreSignValidationStatus
    timestamp_certificate: x509.Certificate
    bytes_reserved: int
    good_until: datetime


class EvidenceGatherer:
    """失効情報収集: asks OCSP and CRL services; every certificate below the anchors must be proven unrevoked."""

    def __init__(self, settings: SealSettings, signer: signers.Signer, clock: TimestampClient) -> None:
        self._settings = settings
        self._signer = signer
        self._clock = clock
        self._seal_anchors = _anchors(settings, "seal")
        self._timestamp_anchors = _anchors(settings, "timestamp")

    async def gather(self) -> Evidence:
        """Raises SealUnavailable, SealUnusable, TimestampUnavailable."""
        await self._clock.async_timestamp(hashlib.sha256(b"").digest(), "sha256")
        stamped = self._clock.last
        signer = self._signer
        backend = AIOHttpFetcherBackend(per_request_timeout=self._settings.network_timeout_seconds)
        async with backend as fetchers:
            seal = _context(self._seal_anchors, signer.cert_registry, fetchers)
            clock = _context(self._timestamp_anchors, stamped.chain, fetchers)
            seal_path = await _proven("the seal", signer.signing_cert, seal, {"non_repudiation"}, set())
            clock_path = await _proven("the timestamp unit", stamped.certificate, clock, set(), {"time_stamping"})
            # both contexts share their fetchers, so either holds what was fetched for both
            return self._evidence((seal_path, clock_path), clock.ocsps, clock.crls)

    def _evidence(
        self,
        paths: tuple[ValidationPath, ValidationPath],
        ocsps: list[ocsp.OCSPResponse],
        crls: list[crl.CertificateList],
    ) -> Evidence:
        oldest = datetime.now(UTC) + timedelta(seconds=self._settings.evidence_max_age_seconds)
        certificates = [certificate for path in paths for certificate in path.iter_certs(include_root=True)]
        expiries = (certificate.not_valid_after for certificate in certificates)
        carried = sum(len(certificate.dump()) for certificate in certificates)
        return Evidence(
            status=PreSignValidationStatus(
                signer_path=paths[0],
                validation_paths=list(paths),
                ts_validation_paths=[paths[1]],
                ocsps_to_embed=ocsps,
                crls_to_embed=crls,
            ),
            timestamp_certificate=self._clock.last.certificate,
            # the container is written as hexadecimal digits: two per byte
            bytes_reserved=2 * (carried + self._clock.last.size + _SPARE_BYTES),
            good_until=min([oldest, *expiries, *_next_updates(ocsps, crls)]),
        )


def _context(
    anchors: list[x509.Certificate], others: Iterable[x509.Certificate], fetchers: Fetchers
) -> ValidationContext:
    return ValidationContext(
        trust_roots=anchors,
        other_certs=list(others),
        allow_fetching=True,
        fetchers=fetchers,
        revocation_mode="require",
    )


async def _proven(
    whose: str, certificate: x509.Certificate, context: ValidationContext, usage: set[str], purpose: set[str]
) -> ValidationPath:
    """The path to an anchor, every certificate on it proven unrevoked."""
    try:
        validator = CertificateValidator(certificate, validation_context=context)
        path: ValidationPath = await validator.async_validate_usage(usage, purpose)
    except _UNUSABLE as fault:
        raise SealUnusable(f"{whose} can't be used until its certificate is replaced: {fault}") from fault
    except _UNAVAILABLE as fault:
        raise SealUnavailable(f"{whose} can't be proven unrevoked now: {fault}") from fault
    return path


def _next_updates(ocsps: list[ocsp.OCSPResponse], crls: list[crl.CertificateList]) -> Iterator[datetime]:
    for response in ocsps:
        for single in response.response_data["responses"]:
            if single["next_update"].native is not None:
                yield single["next_update"].native
    for revocation_list in crls:
        if revocation_list["tbs_cert_list"]["next_update"].native is not None:
            yield revocation_list["tbs_cert_list"]["next_update"].native


def _anchors(settings: SealSettings, use: str) -> list[x509.Certificate]:
    try:
        entries = json.loads(settings.anchors_file.read_bytes())["anchors"]
        anchors = [_certificate(entry["certificate"]) for entry in entries if entry["use"] == use]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise SealUnusable(f"the trust anchors in {settings.anchors_file} can't be read: {fault!r}") from fault
    if not anchors:
        raise SealUnusable(f"{settings.anchors_file} has no anchor for the use {use!r}")
    return anchors


def _certificate(text: str) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(text.encode())[2])
