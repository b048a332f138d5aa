"""A workshop of small authorities, certificates, signatures and responders, so that a test can forge any of them."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC).replace(microsecond=0)
"""When the tests were collected. Whatever must be fresh when it is used takes `now()`."""


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


SIGNING_POLICY = "1.2.392.200149.8.5.1.0.20"
LOGIN_POLICY = "1.2.392.200149.8.5.1.3.30"
POLICY = {"signing": SIGNING_POLICY, "authentication": LOGIN_POLICY}
PERSON = {1: "姫路　花子", 4: "419900412", 3: "2", 5: "兵庫県姫路市安田四丁目１番地", 2: "00001", 6: "0" * 14}
SERIAL = 67_108_865


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key(name: str, curve: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1() if curve == "P-256" else ec.SECP384R1())


def jpki_name(unit: str, *below: str) -> x509.Name:
    """Every generation of an authority bears this same name."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, name) for name in below),
        ]
    )


def usage(*bits: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    every += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{bit: bit in bits for bit in every})


def other_names(person: dict[int, str], *more: x509.OtherName) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [
            *(
                x509.OtherName(x509.ObjectIdentifier(f"1.2.392.200149.8.5.5.{arc}"), utf8(text))
                for arc, text in person.items()
            ),
            *more,
        ]
    )


def utf8(text: str) -> bytes:
    raw = text.encode()
    return b"\x0c" + (bytes([len(raw)]) if len(raw) < 128 else bytes([0x81, len(raw)])) + raw


@dataclass
class Authority:
    """One generation of an authority: `key` tells generations apart, `name` does not."""

    key: str
    use: str = "signing"
    name: x509.Name = field(default_factory=lambda: jpki_name("JPKI for digital signature"))
    begins: datetime = NOW - timedelta(days=1000)
    ends: datetime = NOW + timedelta(days=1000)

    @property
    def private(self) -> rsa.RSAPrivateKey:
        return rsa_key(self.key)

    @cached_property
    def certificate(self) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.private.public_key())
            .serial_number(7)
            .not_valid_before(self.begins)
            .not_valid_after(self.ends)
            .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.private.public_key()), critical=False)
            .sign(self.private, hashes.SHA256())
        )

    def anchor(self, base: str = "", **changes: Any) -> dict[str, Any]:
        """An entry of anchors.json."""
        revocation: dict[str, Any] = {"ocsp": None, "crl": {}}
        if base:
            revocation = {"ocsp": f"{base}/{self.key}/ocsp", "crl": {"*": f"{base}/{self.key}/all.crl"}}
            revocation["crl"][himeji(self).rfc4514_string()] = f"{base}/{self.key}/himeji.crl"
        certificate = self.certificate
        return {
            "id": self.key,
            "use": self.use,
            "name": {"ja": "認証局", "en": "authority", "zh": "认证机构", "ko": "인증기관"},
            "certificate": certificate.public_bytes(Encoding.PEM).decode(),
            "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
            "policies": [POLICY[self.use]] if self.use in POLICY else [],
            "valid_from": self.begins.date().isoformat(),
            "valid_to": self.ends.date().isoformat(),
            "revocation": revocation,
            "sandbox": True,
        } | changes

    def issue(
        self,
        key: str = "hanako",
        *,
        serial: int = SERIAL,
        public: Any = None,
        begins: datetime = NOW - timedelta(days=30),
        ends: datetime = NOW + timedelta(days=30),
        policy: str | None = None,
        extensions: dict[type, tuple[x509.ExtensionType, bool] | None] | None = None,
    ) -> x509.Certificate:
        """An end entity after JPKI's profile; `extensions` replaces or (None) leaves out."""
        profile: dict[type, tuple[x509.ExtensionType, bool] | None] = self._profile(policy)
        profile |= extensions or {}
        builder = (
            x509.CertificateBuilder()
            .subject_name(jpki_name("holder", key))
            .issuer_name(self.name)
            .public_key(public or rsa_key(key).public_key())
            .serial_number(serial)
            .not_valid_before(begins)
            .not_valid_after(ends)
        )
        for given in profile.values():
            if given:
                builder = builder.add_extension(given[0], critical=given[1])
        return builder.sign(self.private, hashes.SHA256())

    def _profile(self, policy: str | None) -> dict[type, tuple[x509.ExtensionType, bool] | None]:
        oid = x509.ObjectIdentifier(policy or POLICY.get(self.use, SIGNING_POLICY))
        point = x509.DistributionPoint([x509.DirectoryName(himeji(self))], None, None, None)
        key_id = x509.SubjectKeyIdentifier.from_public_key(self.private.public_key())
        profile: dict[type, tuple[x509.ExtensionType, bool] | None] = {
            x509.CertificatePolicies: (x509.CertificatePolicies([x509.PolicyInformation(oid, None)]), True),
            x509.CRLDistributionPoints: (x509.CRLDistributionPoints([point]), False),
            x509.AuthorityKeyIdentifier: (
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id),
                False,
            ),
        }
        if self.use == "authentication":
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
            return profile | {
                x509.KeyUsage: (usage("digital_signature"), True),
                x509.ExtendedKeyUsage: (purpose, False),
            }
        return profile | {
            x509.KeyUsage: (usage("digital_signature", "content_commitment"), True),
            x509.SubjectAlternativeName: (other_names(PERSON), False),
        }

    def responder(self, key: str = "responder", *, nocheck: bool = True, **changes: Any) -> x509.Certificate:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        profile = {
            x509.KeyUsage: (usage("digital_signature"), True),
            x509.ExtendedKeyUsage: (purpose, False),
            x509.SubjectAlternativeName: None,
            x509.CertificatePolicies: None,
            x509.OCSPNoCheck: (x509.OCSPNoCheck(), False) if nocheck else None,
        }
        return self.issue(key, serial=99, extensions=profile, **changes)


def himeji(authority: Authority, city: str = "Himeji-shi") -> x509.Name:
    unit = authority.name.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value
    return jpki_name(str(unit), "CRL Distribution Points", "Hyogo-ken", f"{city} CRLDP")


def signed(
    content: bytes,
    certificate: x509.Certificate,
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    *,
    digest: str = "sha256",
    at: datetime = NOW,
    carried: list[x509.Certificate] | None = None,
    without: str | None = None,
    change: Callable[[dict[str, Any]], None] = lambda _: None,
) -> bytes:
    """A detached CAdES-BES. `without` leaves out one signed attribute; `change` edits the SignedData before DER."""
    private = private or rsa_key("hanako")
    der = certificate.public_bytes(Encoding.DER)
    attributes = signed_attributes(content, der, digest, at, without)
    signature = raw_signature(private, attributes.dump(), digest)
    loaded = asn1_x509.Certificate.load(der)
    signer = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": {"issuer": loaded.issuer, "serial_number": loaded.serial_number}},
        "digest_algorithm": {"algorithm": digest},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": _algorithm(private, digest)},
        "signature": signature,
    }
    data: dict[str, Any] = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [asn1_x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in (carried or [certificate])],
        "signer_infos": [signer],
    }
    change(data)
    signers = [
        cms.SignerInfo({**s, "sid": cms.SignerIdentifier(*next(iter(s["sid"].items())))}) for s in data["signer_infos"]
    ]
    content_info = {"content_type": "signed_data", "content": cms.SignedData({**data, "signer_infos": signers})}
    return bytes(cms.ContentInfo(content_info).dump())


def signed_attributes(
    content: bytes, certificate: bytes, digest: str, at: datetime, without: str | None
) -> cms.CMSAttributes:
    bound = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(certificate).digest()}]})
    values = {
        "content_type": "data",
        "message_digest": hashlib.new(digest, content).digest(),
        "signing_time": cms.Time({"utc_time": at}),
        "signing_certificate_v2": bound,
    }
    return cms.CMSAttributes([{"type": kind, "values": [value]} for kind, value in values.items() if kind != without])


def raw_signature(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, data: bytes, digest: str) -> bytes:
    algorithm = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384}[digest]()
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(data, padding.PKCS1v15(), algorithm)
    return private.sign(data, ec.ECDSA(algorithm))


def _algorithm(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, digest: str) -> str:
    return f"{digest}_{'rsa' if isinstance(private, rsa.RSAPrivateKey) else 'ecdsa'}"


@dataclass
class Answers:
    """What an authority's OCSP responder says. Each field is one way to lie."""

    authority: Authority
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    revoked_at: datetime | None = None
    reason: x509.ReasonFlags | None = None
    this_update: datetime = field(default_factory=now)
    next_update: datetime | None = field(default_factory=lambda: now() + timedelta(minutes=15))
    certificate: x509.Certificate | None = None
    """The responder's certificate, when not a properly delegated one."""
    key: str = "responder"
    serial: int | None = None
    nonce: Callable[[bytes], bytes | None] = lambda sent: sent
    forged: bool = False
    """Everything right but the signature."""

    def __call__(self, question: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(question)
        certificate = self.certificate or self.authority.responder()
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                asked.issuer_name_hash,
                asked.issuer_key_hash,
                self.serial or asked.serial_number,
                asked.hash_algorithm,
                self.status,
                self.this_update,
                self.next_update,
                self.revoked_at,
                self.reason,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
            .certificates([certificate])
        )
        nonce = self.nonce(asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce)
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        answer = builder.sign(rsa_key(self.key), hashes.SHA256())
        der = answer.public_bytes(Encoding.DER)
        return der.replace(answer.signature, bytes(len(answer.signature))) if self.forged else der


def revocation_list(
    authority: Authority,
    revoked: dict[int, datetime] | None = None,
    *,
    city: str | None = None,
    key: str | None = None,
    last: datetime = NOW - timedelta(hours=1),
    next_: datetime = NOW + timedelta(hours=23),
) -> bytes:
    """A CRL; `city` makes it that municipality's part, `key` signs it with somebody else's key."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.name).last_update(last).next_update(next_)
    for serial, at in (revoked or {}).items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
        builder = builder.add_revoked_certificate(entry.add_extension(reason, critical=False).build())
    if city:
        point = x509.IssuingDistributionPoint(
            [x509.DirectoryName(himeji(authority, city))], None, True, False, None, False, False
        )
        builder = builder.add_extension(point, critical=True)
    return builder.sign(rsa_key(key or authority.key), hashes.SHA256()).public_bytes(Encoding.DER)


class Web:
    """A real HTTP server on 127.0.0.1 whose every path answers what a test puts there."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.paths: dict[str, Callable[[bytes], bytes] | bytes | int] = {}
        self.asked: list[str] = []


@contextmanager
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            site.asked.append(self.path)
            answer = site.paths.get(self.path, 404)
            if callable(answer):
                answer = answer(body)
            self.send_response(answer if isinstance(answer, int) else 200)
            content = b"" if isinstance(answer, int) else answer
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        site = Web(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
