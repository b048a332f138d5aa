"""発行: makes the whole test PKI in a folder once; later calls only look whether anything must change."""

import fcntl
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from sandbox.companies import COMPANIES, Company
from sandbox.people import PEOPLE
from sandbox.pki import business, names, profiles
from sandbox.pki.anchors import anchors, crl_url, ocsp_url
from sandbox.pki.authorities import SPECS, Authority, build_responder, build_root
from sandbox.pki.holders import HOLDERS, Holder
from sandbox.pki.keys import Keys
from sandbox.pki.profiles import Term

FORMAT: Final = 3
"""Raise it when certificates or files change shape: an older folder is then issued anew under its keys."""


def create(folder: Path, base_url: str) -> None:
    """試験用JPKIを作る: keys, certificates, anchors, seal; a second call returns at once.

    `base_url` goes into certificates and anchors; with another one everything is issued again under the same
    keys and numbers. Revocations and faults set meanwhile (control.json) are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = base_url.rstrip("/")
    with _alone(folder):
        state = _read(folder / "created.json")
        mark = _fingerprint(base)
        if state.get("fingerprint") == mark:
            return
        created = datetime.fromisoformat(state["created"]) if state else datetime.now(UTC).replace(microsecond=0)
        _write_json(folder / "created.json", {"created": created.isoformat(), "fingerprint": None})
        _Issue(folder, base, created).run()
        _write_json(folder / "created.json", {"created": created.isoformat(), "fingerprint": mark})


def _fingerprint(base: str) -> str:
    everybody = [asdict(one) for one in (*PEOPLE, *COMPANIES)]
    return hashlib.sha256(repr((FORMAT, base, everybody)).encode()).hexdigest()


@dataclass
class _Issue:
    """One run of the issuing office."""

    folder: Path
    base: str
    created: datetime
    register: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)

    def run(self) -> None:
        self.keys = Keys(self.folder / "keys")
        self.keys.prepare(_key_names())
        self.authorities = {spec.id: self._authority(spec.id) for spec in SPECS}
        for holder in HOLDERS:
            self._card(holder)
        for company in COMPANIES:
            self._company(company)
        self._seal()
        self._timestamp()
        _write_json(self.folder / "register.json", self.register)
        _write_json(self.folder / "previous.json", self._previous())
        _write_json(self.folder / "anchors.json", anchors(self.authorities.values(), self.base))
        _write_json(self.folder / "urls.json", {"tsa": f"{self.base}/tsa", "base": self.base})

    def _authority(self, name: str) -> Authority:
        spec = next(spec for spec in SPECS if spec.id == name)
        key, responder_key = self.keys[spec.id], self.keys["responder"]
        root = build_root(spec, key, self.created)
        responder = build_responder(root, key, responder_key)
        _write(self.folder / "ca" / f"{spec.id}.pem", root.public_bytes(Encoding.PEM))
        _write(self.folder / "ca" / f"{spec.id}-responder.pem", responder.public_bytes(Encoding.PEM))
        self.register[spec.id] = {}
        return Authority(spec, root, key, responder, responder_key)

    def _enter(
        self, authority: str, certificate: x509.Certificate, holder: str, kind: str, revoked: bool = False
    ) -> None:
        entries = self.register[authority]
        if certificate.serial_number in entries:
            raise ValueError(f"Two certificates of {authority} share the number {certificate.serial_number}.")
        since = (self.created - timedelta(days=1)).isoformat() if revoked else None
        entries[certificate.serial_number] = {"holder": holder, "kind": kind, "revoked_at": since}

    def _card(self, holder: Holder) -> None:
        place = self.folder / "cards" / holder.key
        card: dict[str, Any] = {"holder": holder.key, "person": holder.owner, "purpose": holder.purpose}
        card["label"] = holder.label
        card["authentication"] = self._authentication(holder, place)
        card["signing"] = self._signing(holder, place) if holder.signs else None
        _write_json(place / "card.json", card)

    def _authentication(self, holder: Holder, place: Path) -> dict[str, str | None]:
        issuer = self.authorities["jpki-authentication-03"]
        key = f"authentication-{holder.keyring}"
        owner = holder if holder.own_keys else Holder(holder.owner, holder.person)
        certificate = profiles.authentication_certificate(
            issuer, holder.keyring, self.keys[key].public_key(), owner.term(self.created),
            policy=holder.authentication_policy, ocsp_url=ocsp_url(self.base, issuer.spec.id),
        )  # fmt: skip
        if holder.key == holder.keyring:
            self._enter(issuer.spec.id, certificate, holder.key, "authentication")
        _write(place / "authentication.der", certificate.public_bytes(Encoding.DER))
        return {"authority": issuer.spec.id, "key": key, "pin": holder.person.auth_pin}

    def _signing(self, holder: Holder, place: Path) -> dict[str, str | None]:
        issuer = self.authorities[holder.authority]
        key = f"signing-{holder.keyring}"
        certificate = profiles.signing_certificate(
            issuer, holder.key, self.keys[key].public_key(), holder.term(self.created),
            data=holder.personal_data(), policy=holder.policy,
        )  # fmt: skip
        if holder.registered:
            self._enter(issuer.spec.id, certificate, holder.key, "signing", revoked=holder.person.signing_revoked)
        _write(place / "signing.der", certificate.public_bytes(Encoding.DER))
        return {"authority": issuer.spec.id, "key": key, "pin": holder.person.sign_pin}

    def _company(self, company: Company) -> None:
        issuer, key = self.authorities[company.issuer], self.keys[f"company-{company.key}"]
        term = Term(self.created - timedelta(days=60), self.created + timedelta(days=365 * 2))
        certificate = business.certificate(issuer, company, key.public_key(), term, self.base)
        self._enter(company.issuer, certificate, company.key, "business_signing", revoked=company.revoked)
        place = self.folder / "companies"
        _write(place / f"{company.key}.p12", business.bundle(company, key, certificate, issuer.certificate))
        facts = {"company": company.key, "name": company.name, "purpose": company.purpose}
        _write_json(place / f"{company.key}.json", facts | {"passphrase": company.passphrase})

    def _previous(self) -> dict[str, dict[str, str]]:
        """更新前の証明書: by "issuer key id/serial" of the one that replaced it."""
        numbers = {
            (entry["holder"], entry["kind"]): {"issuer_key_id": self._key_id(authority), "serial": str(serial)}
            for authority, entries in self.register.items()
            for serial, entry in entries.items()
        }
        renewed = [(holder, kind) for holder in HOLDERS if holder.previous for kind in ("authentication", "signing")]
        return {
            "{issuer_key_id}/{serial}".format(**numbers[holder.key, kind]): numbers[holder.previous, kind]
            for holder, kind in renewed
            if (holder.key, kind) in numbers
        }

    def _key_id(self, authority: str) -> str:
        extensions = self.authorities[authority].certificate.extensions
        return extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()

    def _office(self, authority: str, subject: x509.Name, key: str) -> x509.Certificate:
        issuer = self.authorities[authority]
        term = Term(self.created - timedelta(days=30), self.created + timedelta(days=365 * 4))
        certificate = profiles.office_certificate(
            issuer, subject, self.keys[key].public_key(), term, ocsp_url=ocsp_url(self.base, authority),
            crl_url=crl_url(self.base, authority), timestamping=authority == "timestamp",
        )  # fmt: skip
        _write(self.folder / f"{key}.pem", certificate.public_bytes(Encoding.PEM))
        return certificate

    def _seal(self) -> None:
        certificate = self._office("lgpki-seal", names.SEAL_HOLDER, "seal")
        self._enter("lgpki-seal", certificate, "mayor", "seal")
        secret = self.folder / "seal.password"
        if not secret.exists():
            _write(secret, secrets.token_urlsafe(18).encode())
            secret.chmod(0o600)
        bundle = pkcs12.serialize_key_and_certificates(
            b"seal", self.keys["seal"], certificate, [self.authorities["lgpki-seal"].certificate],
            BestAvailableEncryption(secret.read_bytes()),
        )  # fmt: skip
        _write(self.folder / "seal.p12", bundle)
        (self.folder / "seal.p12").chmod(0o600)

    def _timestamp(self) -> None:
        certificate = self._office("timestamp", names.TIMESTAMP_HOLDER, "timestamp-unit")
        self._enter("timestamp", certificate, "tsa", "timestamp")


def _key_names() -> list[str]:
    cards = [f"authentication-{person.key}" for person in PEOPLE]
    cards += [f"signing-{person.key}" for person in PEOPLE if person.sign_pin]
    further = [holder for holder in HOLDERS if holder.own_keys]
    cards += [f"{kind}-{holder.key}" for holder in further for kind in ("authentication", "signing")]
    cards += [f"company-{company.key}" for company in COMPANIES]
    cards += ["text-authority", "text-record"]  # the record of My Number and attributes on every card is signed
    return [*(spec.id for spec in SPECS), "responder", "seal", "timestamp-unit", *cards]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(path.name + ".new")
    whole.write_bytes(content)
    whole.replace(path)


def _write_json(path: Path, content: object) -> None:
    _write(path, json.dumps(content, ensure_ascii=False, indent=2).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return content


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "create.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
