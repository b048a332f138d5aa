"""トラストアンカー: the certificate authorities a city believes, as data with validity dates.

All generations of a JPKI authority share one distinguished name, so an issuer is found by key identifier *and* by
verifying the signature with that key. Each use (signing, authentication, business signing, seal, timestamp) has a store
of its own; a key listed for one of the first three and for anything else is refused when the registry is loaded.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import SignatureAlgorithmOID
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails

from trust.subject import Oid, SubjectMapping

JST = timezone(timedelta(hours=9), "JST")
"""日本標準時: validity dates of the registry are days in Japan."""

AUTHORITY_SIGNATURES = frozenset(
    {
        SignatureAlgorithmOID.RSA_WITH_SHA256,
        SignatureAlgorithmOID.RSA_WITH_SHA384,
        SignatureAlgorithmOID.RSA_WITH_SHA512,
        SignatureAlgorithmOID.ECDSA_WITH_SHA256,
        SignatureAlgorithmOID.ECDSA_WITH_SHA384,
        SignatureAlgorithmOID.ECDSA_WITH_SHA512,
    }
)
"""Signature algorithms an authority may use: never SHA-1."""

ANY_PARTITION = "*"
"""The CRL key that stands for every distribution point not named itself."""


class AnchorsRefused(ValueError):
    """The registry cannot be used as it is; the message says which entry and what to correct."""


class IssuerUntrusted(Exception):
    """No anchor of this use issued the certificate."""


class IssuerNotInForce(IssuerUntrusted):
    """An anchor of this use issued the certificate, but its entry was not in force on that day."""


class Use(StrEnum):
    """用途: what an anchor's certificates are believed for."""

    SIGNING = "signing"
    AUTHENTICATION = "authentication"
    BUSINESS_SIGNING = "business_signing"
    """事業者の署名: by an organisation's certificate (商業登記, 認定認証業務)."""
    SEAL = "seal"
    TIMESTAMP = "timestamp"


def signing_use(holder: Literal["individual", "business"]) -> Use:
    """署名の用途: what a person's or an organisation's signing certificate is believed for."""
    return Use.SIGNING if holder == "individual" else Use.BUSINESS_SIGNING


Medium = Literal["card", "smartphone", "file"]
"""媒体: where the holder's private key lives; the certificate's policy tells."""

USUAL_MEDIA: Final[Mapping[Use, Medium]] = MappingProxyType(
    {Use.SIGNING: "card", Use.AUTHENTICATION: "card", Use.BUSINESS_SIGNING: "file"}
)
"""The medium of policies that are written as a plain list."""

ALONE: Final = frozenset({Use.SIGNING, Use.AUTHENTICATION, Use.BUSINESS_SIGNING})
"""Uses whose certificates speak for a person or an organisation: their keys serve nothing else."""

KeyUsageBit = Literal["digital_signature", "content_commitment"]


class AnchorName(BaseModel):
    """表示名: how pages name the authority."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ja: str
    en: str
    zh: str
    ko: str


class RevocationSources(BaseModel):
    """失効情報の取得先: only these addresses are ever asked; addresses inside certificates are not followed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ocsp: str | None = None
    crl: Mapping[str, str] = Field(default_factory=dict)
    """Distribution point (directoryName in RFC 4514 form, a URI, or "*") to the HTTP address of its CRL."""

    @field_validator("ocsp")
    @classmethod
    def _ocsp_is_http(cls, url: str | None) -> str | None:
        return url and _http(url)

    @field_validator("crl")
    @classmethod
    def _lists_are_http(cls, lists: Mapping[str, str]) -> Mapping[str, str]:
        for point, url in lists.items():
            _http(url)
            if point != ANY_PARTITION and "://" not in point:
                _name(point)
        return MappingProxyType(dict(lists))

    @cached_property
    def _by_name(self) -> list[tuple[x509.Name, str]]:
        named = ((p, url) for p, url in self.crl.items() if p != ANY_PARTITION and "://" not in p)
        return [(_name(point), url) for point, url in named]

    def crl_for(self, points: Iterable[x509.GeneralName]) -> str | None:
        """The address of the CRL covering these distribution points, or None when the registry names none."""
        for point in points:
            for name, url in self._by_name:
                if isinstance(point, x509.DirectoryName) and point.value == name:
                    return url
            if isinstance(point, x509.UniformResourceIdentifier) and point.value in self.crl:
                return self.crl[point.value]
        return self.crl.get(ANY_PARTITION)


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url} is not an http address")
    return url


def _name(text: str) -> x509.Name:
    try:
        return x509.Name.from_rfc4514_string(text)
    except ValueError as error:
        raise ValueError(f"{text} is neither a directory name (RFC 4514) nor an address nor *") from error


class Anchor(BaseModel):
    """トラストアンカー: one authority's certificate, what it is believed for, and from when to when (days in Japan)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=100)]
    use: Use
    name: AnchorName
    certificate: str
    """PEM."""
    sha256: str
    """Hex of the SHA-256 over the DER certificate: a second pair of eyes on the entry."""
    policies: Mapping[Oid, Medium | None] = Field(default_factory=dict)
    """Accepted certificate policies: a list, or each with its medium. Empty means any, for seal and timestamp only."""
    key_usage: frozenset[KeyUsageBit] = frozenset({"digital_signature", "content_commitment"})
    """business_signing only: the key usages a certificate must carry; the other uses have theirs by profile."""
    subject: SubjectMapping | None = None
    """business_signing only, and required there: where the organisation is written."""
    understood: frozenset[Oid] = frozenset()
    """Extensions of this authority's own that may be critical: they tell something and restrict nothing."""
    procedures: frozenset[str] = frozenset()
    """Ids of the procedures these signatures are accepted in; empty: all that accept this use."""
    valid_from: date
    valid_to: date
    revocation: RevocationSources = RevocationSources()
    sandbox: bool = False

    @field_validator("certificate")
    @classmethod
    def _is_pem(cls, pem: str) -> str:
        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise ValueError("the certificate is not PEM") from error
        return pem

    @field_validator("policies", mode="before")
    @classmethod
    def _listed_policies(cls, policies: object, info: ValidationInfo) -> object:
        if isinstance(policies, list | tuple | set | frozenset):
            return dict.fromkeys(policies, USUAL_MEDIA.get(info.data.get("use", Use.SEAL)))
        return policies

    @field_validator("policies")
    @classmethod
    def _frozen_policies(cls, policies: Mapping[str, Medium | None]) -> Mapping[str, Medium | None]:
        return MappingProxyType(dict(policies))

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        found = self.authority.fingerprint(hashes.SHA256()).hex()
        if found != self.sha256.lower().replace(":", ""):
            raise ValueError(f"sha256 does not match the certificate; it is {found}")
        if self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        if self.use in ALONE and not self.policies:
            raise ValueError(f"policies is empty; name the certificate policies accepted for {self.use}")
        self._require_organizations()
        self._require_authority()
        return self

    def _require_organizations(self) -> None:
        business = self.use is Use.BUSINESS_SIGNING
        if business and self.subject is None:
            raise ValueError("subject is missing; say where these certificates name the organisation")
        if business and not self.key_usage:
            raise ValueError("key_usage is empty; name the key usages a signature needs")
        if not business and self.subject is not None:
            raise ValueError(f"subject is for {Use.BUSINESS_SIGNING} only; leave it out")

    def _require_authority(self) -> None:
        try:
            extensions = self.authority.extensions
            authority = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
            signs = extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
            _ = self.key_id
        except x509.ExtensionNotFound as missing:
            raise ValueError(f"the certificate lacks {missing.oid.dotted_string}") from missing
        if not (authority and signs):
            raise ValueError("the certificate is not a certificate authority's")

    @cached_property
    def authority(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.encode())

    @cached_property
    def key_id(self) -> bytes:
        """鍵識別子: the subjectKeyIdentifier, which certificates name in authorityKeyIdentifier."""
        return self.authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest

    @cached_property
    def public_key_der(self) -> bytes:
        return self.authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def in_force(self, at: datetime) -> bool:
        """Whether the entry's own days and the authority's certificate both include `at` (timezone-aware)."""
        day = at.astimezone(JST).date()
        certificate = self.authority
        return (
            self.valid_from <= day <= self.valid_to
            and certificate.not_valid_before_utc <= at.astimezone(UTC) <= certificate.not_valid_after_utc
        )

    def accepts(self, policies: Iterable[str]) -> bool:
        """ポリシーの受入れ: whether one of a certificate's policies is listed here, or none is."""
        return not self.policies or any(policy in self.policies for policy in policies)

    def medium(self, policies: Iterable[str]) -> Medium | None:
        """媒体: by the first of a certificate's policies that is listed here."""
        return next((self.policies[policy] for policy in policies if policy in self.policies), None)

    def serves(self, procedure: str | None) -> bool:
        """手続の受入れ: an entry bound to procedures serves none that is not named."""
        return not self.procedures or procedure in self.procedures

    def issued(self, certificate: x509.Certificate) -> bool:
        """Whether this key, and not merely this name, signed the certificate."""
        if authority_key_id(certificate) != self.key_id:
            return False
        return self.signed(certificate)

    def signed(self, certificate: x509.Certificate) -> bool:
        """Whether this key signed the certificate, by an algorithm still accepted, whatever key it names."""
        if certificate.signature_algorithm_oid not in AUTHORITY_SIGNATURES:
            return False
        try:
            certificate.verify_directly_issued_by(self.authority)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True


class AnchorStore:
    """用途別の信頼リスト: the anchors of one use."""

    def __init__(self, use: Use, anchors: Iterable[Anchor]) -> None:
        self.use = use
        self.anchors = tuple(anchors)

    def for_issuer(self, certificate: x509.Certificate, at: datetime) -> Anchor:
        """発行者: the anchor in force at `at` whose key signed the certificate.

        Raises IssuerNotInForce when only an entry outside its days did, IssuerUntrusted when none did.
        """
        issuers = [anchor for anchor in self.anchors if anchor.issued(certificate)]
        for anchor in issuers:
            if anchor.in_force(at):
                return anchor
        if issuers:
            raise IssuerNotInForce(f"anchor {issuers[0].id} is not in force on {at.astimezone(JST):%Y-%m-%d}")
        raise IssuerUntrusted(f"no {self.use} anchor issued this certificate")

    def in_force(self, at: datetime) -> tuple[Anchor, ...]:
        return tuple(anchor for anchor in self.anchors if anchor.in_force(at))


class _AnchorsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    anchors: tuple[Anchor, ...]


class AnchorRegistry:
    """信頼リスト: every anchor, kept in one store per use. Loaded once per process."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        anchors = tuple(anchors)
        _refuse_mixing(anchors)
        self.stores: Mapping[Use, AnchorStore] = MappingProxyType(
            {use: AnchorStore(use, (a for a in anchors if a.use is use)) for use in Use}
        )

    @classmethod
    def load(cls, path: Path, *, allow_sandbox: bool = False) -> Self:
        """Read anchors.json. Raises AnchorsRefused with the file and entry to correct."""
        try:
            anchors = _AnchorsFile.model_validate_json(path.read_bytes()).anchors
            registry = cls(anchors)
        except ValidationError as error:
            raise AnchorsRefused("; ".join(f"{path}: {_told(wrong)}" for wrong in error.errors())) from error
        except (OSError, AnchorsRefused) as error:
            raise AnchorsRefused(f"{path}: {error}") from error
        sandbox = [anchor.id for anchor in anchors if anchor.sandbox]
        if sandbox and not allow_sandbox:
            raise AnchorsRefused(f"{path}: remove the sandbox anchors {', '.join(sandbox)}: this is production")
        return registry

    def __getitem__(self, use: Use) -> AnchorStore:
        return self.stores[use]


def _told(wrong: ErrorDetails) -> str:
    return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"


def _refuse_mixing(anchors: tuple[Anchor, ...]) -> None:
    """One id, one entry; a key for login or for signing serves that use only (seal and timestamp may share one)."""
    ids: set[str] = set()
    uses: dict[bytes, Anchor] = {}
    for anchor in anchors:
        if anchor.id in ids:
            raise AnchorsRefused(f"the id {anchor.id} is used twice; give each anchor its own id")
        ids.add(anchor.id)
        other = uses.setdefault(anchor.public_key_der, anchor)
        if other.use is not anchor.use and ALONE & {other.use, anchor.use}:
            raise AnchorsRefused(
                f"{other.id} ({other.use}) and {anchor.id} ({anchor.use}) are one key; a key may serve one use only"
            )


def authority_key_id(certificate: x509.Certificate) -> bytes | None:
    """発行者の鍵識別子: the key identifier a certificate names as its issuer, or None. May raise ValueError."""
    try:
        return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return None
