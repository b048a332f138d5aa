"""発行台帳: what the running services know: authorities, issued certificates, revocations."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from sandbox.companies import COMPANIES
from sandbox.pki import control
from sandbox.pki.authorities import SPECS, Authority
from sandbox.pki.control import Control, Revocation
from sandbox.pki.keys import load_key


@dataclass(frozen=True)
class Credential:
    """証明書と鍵: what a card, a seal or a time stamping unit holds, with its issuer."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    issuer: x509.Certificate


def credential(folder: Path, holder: str, kind: str) -> Credential:
    """鍵を取り出す, for tests without a card: `kind` is signing, authentication, business_signing, seal or timestamp.

    `holder` is a holder's key (sandbox.pki.holders) or a company's (sandbox.companies), unused for seal and timestamp.
    KeyError if there is no such certificate.
    """
    if kind == "business_signing":
        return _company(folder, holder)
    if kind in ("seal", "timestamp"):
        name, authority = ("seal", "lgpki-seal") if kind == "seal" else ("timestamp-unit", "timestamp")
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
        return Credential(
            certificate, load_key(folder / "keys" / f"{name}.pem"), authority_certificate(folder, authority)
        )
    place = folder / "cards" / holder
    entry = json.loads((place / "card.json").read_text())[kind]
    if entry is None:
        raise KeyError(f"The card of {holder!r} carries no {kind} certificate.")
    certificate = x509.load_der_x509_certificate((place / f"{kind}.der").read_bytes())
    key = load_key(folder / "keys" / f"{entry['key']}.pem")
    return Credential(certificate, key, authority_certificate(folder, entry["authority"]))


def _company(folder: Path, company: str) -> Credential:
    found = {one.key: one for one in COMPANIES}[company]
    bundle = (folder / "companies" / f"{company}.p12").read_bytes()
    key, certificate, issuers = pkcs12.load_key_and_certificates(bundle, found.passphrase.encode())
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
        raise TypeError(
            f"companies/{company}.p12 holds no RSA key; delete the folder and let the sandbox make it again."
        )
    return Credential(certificate, key, issuers[0])


def authority_certificate(folder: Path, authority: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "ca" / f"{authority}.pem").read_bytes())


class Registry:
    """台帳: read once; only control.json is looked at again, and only when it changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authorities = {spec.id: self._authority(spec.id) for spec in SPECS}
        raw = json.loads((folder / "register.json").read_text())
        self._issued = {
            authority: {int(serial): entry["revoked_at"] for serial, entry in entries.items()}
            for authority, entries in raw.items()
        }
        self._control = Control()
        self._seen: tuple[int, int] | None = None

    @cached_property
    def timestamp_unit(self) -> Credential:
        return credential(self.folder, "tsa", "timestamp")

    def control(self) -> Control:
        """操作盤: as of this moment."""
        try:
            found = (self.folder / "control.json").stat()
        except FileNotFoundError:
            return Control()
        version = (found.st_mtime_ns, found.st_ino)
        if version != self._seen:
            self._control = control.read(self.folder)
            self._seen = version
        return self._control

    def knows(self, authority: str, serial: int) -> bool:
        return serial in self._issued[authority]

    def previous(self, issuer_key_id: str, serial: str) -> dict[str, str] | None:
        """更新前の証明書: issuer key id and serial of the certificate that this one replaced."""
        return self._previous.get(f"{issuer_key_id}/{serial}")

    @cached_property
    def _previous(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads((self.folder / "previous.json").read_text())
        return found

    def revocations(self, authority: str) -> dict[int, Revocation]:
        """失効一覧: those of create() and those set since, as far as their time has come."""
        initial = {
            serial: Revocation(at=datetime.fromisoformat(at))
            for serial, at in self._issued[authority].items()
            if at is not None
        }
        merged = {**initial, **self.control().revocations.get(authority, {})}
        now = datetime.now(UTC)
        return {serial: entry for serial, entry in merged.items() if entry.at <= now}

    def _authority(self, name: str) -> Authority:
        spec = next(spec for spec in SPECS if spec.id == name)
        responder = x509.load_pem_x509_certificate((self.folder / "ca" / f"{name}-responder.pem").read_bytes())
        keys = self.folder / "keys"
        return Authority(
            spec, authority_certificate(self.folder, name), load_key(keys / f"{name}.pem"),
            responder, load_key(keys / "responder.pem"),
        )  # fmt: skip
