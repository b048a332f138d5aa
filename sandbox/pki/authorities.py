"""認証局: the authorities of the test PKI, two generations of each JPKI one under equal names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sandbox.pki import names
from sandbox.pki.lookalikes import LOOK_ALIKES

Use = Literal["signing", "authentication", "business_signing", "seal", "timestamp"]

SIGNING_POLICY: Final = "1.2.392.200149.8.5.1.0.20"
"""署名用証明書ポリシー of JPKI's test system (jpki-card.md 7.2)."""
AUTHENTICATION_POLICY: Final = "1.2.392.200149.8.5.1.3.30"
SMARTPHONE_SIGNING_POLICY: Final = "1.2.392.200149.8.5.1.1.40"
"""As reported (jpki-card.md 7.2)."""
SMARTPHONE_AUTHENTICATION_POLICY: Final = "1.2.392.200149.8.5.1.3.40"
"""Not public: ours, after the pattern of the other."""


@dataclass(frozen=True)
class AuthoritySpec:
    """認証局の定義: `age` is how many years before the sandbox's creation it began; it lives ten years.

    `policies` gives each policy's medium. `services` answer for its certificates, `entry` goes into the anchors as it
    is. `trusted` is false for the impostor: same name, but absent from the trust anchors.
    """

    id: str
    use: Use
    subject: x509.Name
    age: int
    label: Mapping[str, str]
    policies: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = True
    services: tuple[str, ...] = ("ocsp", "crl")
    entry: Mapping[str, Any] = field(default_factory=dict)


def _label(ja: str, en: str, zh: str, ko: str) -> dict[str, str]:
    return {"ja": ja, "en": en, "zh": zh, "ko": ko}


_SIGNATURE = _label(
    "公的個人認証サービス署名用認証局（試験用）",
    "JPKI signature CA (test)",
    "JPKI署名认证机构（测试用）",
    "JPKI 서명용 인증국(시험용)",
)  # fmt: skip
_AUTHENTICATION = _label(
    "公的個人認証サービス利用者証明用認証局（試験用）", "JPKI user authentication CA (test)",
    "JPKI用户认证机构（测试用）", "JPKI 이용자 증명용 인증국(시험용)",
)  # fmt: skip
_SIGNING = names.jpki_authority("signing")
_USER = names.jpki_authority("authentication")

_SEAL = _label(
    "組織認証局（試験用）",
    "Government organization CA (test)",
    "政府组织认证机构（测试用）",
    "조직 인증국(시험용)",
)
_TIMESTAMP = _label(
    "時刻認証局（試験用）", "Time stamping CA (test)", "时间戳认证机构（测试用）", "시각 인증국(시험용)"
)
_SIGN = {SIGNING_POLICY: "card", SMARTPHONE_SIGNING_POLICY: "smartphone"}
_LOGIN = {AUTHENTICATION_POLICY: "card", SMARTPHONE_AUTHENTICATION_POLICY: "smartphone"}

SPECS: Final = (
    AuthoritySpec("jpki-signature-02", "signing", _SIGNING, 7, _SIGNATURE, _SIGN),
    AuthoritySpec("jpki-signature-03", "signing", _SIGNING, 3, _SIGNATURE, _SIGN),
    AuthoritySpec("jpki-authentication-02", "authentication", _USER, 7, _AUTHENTICATION, _LOGIN),
    AuthoritySpec("jpki-authentication-03", "authentication", _USER, 3, _AUTHENTICATION, _LOGIN),
    AuthoritySpec("jpki-signature-untrusted", "signing", _SIGNING, 3, _SIGNATURE, _SIGN, trusted=False),
    AuthoritySpec("lgpki-seal", "seal", names.SEAL_AUTHORITY, 3, _SEAL),
    AuthoritySpec("timestamp", "timestamp", names.TIMESTAMP_AUTHORITY, 3, _TIMESTAMP),
    *(
        AuthoritySpec(
            one.id, "business_signing", one.subject, 3, one.label, {one.policy: "file"},
            services=one.services, entry=one.entry,
        )
        for one in LOOK_ALIKES
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Authority:
    """認証局: a self-signed root, its key, and the certificate of its delegated OCSP responder."""

    spec: AuthoritySpec
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    responder: x509.Certificate
    responder_key: rsa.RSAPrivateKey


def stable_serial(purpose: str, bits: int) -> int:
    """発行番号: the same for the same purpose in every sandbox, positive, exactly `bits` long."""
    digest = int.from_bytes(hashlib.sha256(purpose.encode()).digest(), "big")
    return digest % (1 << (bits - 1)) | 1 << (bits - 1)


def key_usage(*wanted: str) -> x509.KeyUsage:
    """鍵用途: exactly the named bits."""
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{bit: bit in wanted for bit in every})


def authority_key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """発行者鍵識別子: key id, issuer name and serial, as JPKI writes it."""
    ski = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier(ski.digest, [x509.DirectoryName(issuer.issuer)], issuer.serial_number)


def build_root(spec: AuthoritySpec, key: rsa.RSAPrivateKey, created: datetime) -> x509.Certificate:
    """自己署名証明書: without intermediates, as JPKI's (jpki-card.md 7.1)."""
    begins = created - timedelta(days=365 * spec.age)
    name = x509.DirectoryName(spec.subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(spec.subject)
        .issuer_name(spec.subject)
        .public_key(key.public_key())
        .serial_number(stable_serial(f"authority {spec.id}", 27))
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3652))
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.CRLDistributionPoints([x509.DistributionPoint([name], None, None, None)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def build_responder(
    root: x509.Certificate, key: rsa.RSAPrivateKey, responder_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    """OCSPレスポンダ証明書: delegated (RFC 6960 4.2.2.2); id-pkix-ocsp-nocheck frees it from checks."""
    subject = x509.Name([*root.subject, x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "OCSP Responder TEST")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(root.subject)
        .public_key(responder_key.public_key())
        .serial_number(stable_serial(f"responder {root.serial_number}", 31))
        .not_valid_before(root.not_valid_before_utc)
        .not_valid_after(root.not_valid_after_utc)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(authority_key_identifier(root), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(responder_key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256())
