"""証拠一式: what a third party needs to verify a case with programs of their own, as files of a ZIP."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from api.audit import readme
from procedures.calendar import JAPAN
from procedures.values import ReceiptNumber
from store.anchors import AuditAnchor, Leaf
from store.chain import Line
from store.decisions import AnswerCorrection
from store.documents import DocumentRow
from store.evidence import Decided, Filed, KeptCheck
from store.tree import Sibling
from trust.anchors import Anchor as Authority
from trust.anchors import AnchorRegistry, Use
from trust.evidence import RevocationEvidence
from trust.seal_parts import SealParts, taken_apart
from trust.signature import SignatureEvidence
from trust.timestamp import TokenCheck

EXTENSIONS = {"ocsp": "ocsp.der", "crl": "crl.der"}


@dataclass(frozen=True)
class Anchored:
    """錨の中の案件: the newest stamped anchor it is in, and the path to its root."""

    anchor: AuditAnchor
    leaf: Leaf
    path: tuple[Sibling, ...]
    check: TokenCheck


@dataclass(frozen=True)
class Gathered:
    """集めたもの of one case."""

    receipt_number: ReceiptNumber
    made_at: datetime
    filed: Sequence[Filed]
    decided: Sequence[Decided]
    put_right: Sequence[AnswerCorrection]
    lines: Sequence[Line]
    anchored: Anchored | None
    documents: Sequence[tuple[DocumentRow, bytes]]


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def signature_files(kept: Filed | KeptCheck) -> dict[str, bytes]:
    """電子署名の証拠: the files about one signature."""
    found = SignatureEvidence.model_validate(kept.evidence)
    checked_at = kept.checked_at.isoformat() if kept.checked_at else None
    said = {"outcome": kept.outcome, "reason": kept.reason, "checked_at": checked_at}
    files = {
        "content.json": kept.content,
        "signature.p7s": kept.cms or b"",
        "check.json": json.dumps(said | {"anchor": found.anchor_id}, indent=1).encode(),
    }
    if found.certificate is not None:
        files["certificate.der"] = found.certificate
    for number, each in enumerate(found.revocation, 1):
        files[f"revocation-{number}.{EXTENSIONS[each.kind]}"] = each.body
    return files


class Bundle:
    """証拠一式 of one case: its files, and the chapter of the README about each."""

    def __init__(self, case: Gathered, registry: AnchorRegistry) -> None:
        self._case = case
        self._registry = registry
        self._files: dict[str, bytes] = {}
        self._chapters: list[str] = []
        self._authorities: dict[str, Authority] = {}

    def zip(self) -> bytes:
        """ZIPにする."""
        for filed in self._case.filed:
            self._add_filed(filed)
        self._add_log()
        self._add_anchor()
        for number, (row, pdf) in enumerate(self._case.documents, 1):
            self._add_document(number, row, pdf)
        text = self._head() + "".join(self._chapters)
        files = {"README.md": text.encode(), **self._files}
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
        return zipped({**files, "SHA256SUMS": sums.encode()})

    def _head(self) -> str:
        prints = "\n".join(
            f"- {each.name.ja} / {each.name.en} (`{file}`): SHA-256 `{_fingerprint(each)}`"
            for file, each in self._authorities.items()
        )
        made = f"{self._case.made_at.astimezone(JAPAN):%Y-%m-%d %H:%M} JST"
        return readme.HEAD.format(number=self._case.receipt_number, made=made, fingerprints=prints or "- –")

    # --- application and signature ------------------------------------------------------------------------------------

    def _add_filed(self, filed: Filed) -> None:
        folder = f"submission-{filed.revision}"
        authority = self._authority_of(filed)
        if filed.cms is None or filed.evidence is None or authority is None:
            self._files[f"{folder}/content.json"] = filed.content
            self._chapters.append(readme.UNSIGNED.format(revision=filed.revision, folder=folder))
            return
        found = SignatureEvidence.model_validate(filed.evidence)
        self._files |= {f"{folder}/{name}": data for name, data in signature_files(filed).items()}
        self._include(f"{folder}/authority.pem", authority)
        at = found.checked_at
        self._chapters.append(
            readme.SIGNED.format(revision=filed.revision, folder=folder, epoch=readme.epoch(at), at=_moment(at))
        )
        serial = x509.load_der_x509_certificate(found.certificate).serial_number if found.certificate else 0
        for number, each in enumerate(found.revocation, 1):
            told = _revocation(folder, f"{folder}/revocation-{number}.{EXTENSIONS[each.kind]}", each, serial)
            self._chapters.append(readme.revocation(told))

    def _authority_of(self, filed: Filed) -> Authority | None:
        named = SignatureEvidence.model_validate(filed.evidence).anchor_id if filed.evidence else None
        return next((each for use in Use for each in self._registry[use].anchors if each.id == named), None)

    # --- decisions and the log ----------------------------------------------------------------------------------------

    def _add_log(self) -> None:
        case = self._case
        told = {
            "decisions": [asdict(each) for each in case.decided],
            "answers_put_right_by_officers": [asdict(each) for each in case.put_right],
        }
        self._files["decisions.json"] = json.dumps(told, indent=1, ensure_ascii=False, default=str).encode()
        self._files["audit/lines.txt"] = "".join(f"{each.written}\n" for each in case.lines).encode()
        self._files["audit/hashes.txt"] = "".join(f"{each.seq} {each.hash.hex()}\n" for each in case.lines).encode()
        self._chapters.append(readme.LOG.format())

    def _add_anchor(self) -> None:
        found = self._case.anchored
        if found is None or found.anchor.token is None or found.check.at is None:
            self._chapters.append(readme.NOT_ANCHORED)
            return
        stamper = next(a for a in self._registry[Use.TIMESTAMP].anchors if a.id == found.check.anchor_id)
        self._include("anchor/authority.pem", stamper)
        self._files |= {
            "anchor/statement.txt": found.anchor.statement.encode(),
            "anchor/token.der": found.anchor.token,
            "anchor/leaf.txt": found.leaf.data,
        }
        for number, each in enumerate(found.path, 1):
            self._files[f"anchor/path/{number:02}-{each.side}.bin"] = each.hash
        self._chapters.append(
            readme.ANCHORED.format(
                number=self._case.receipt_number,
                length=found.leaf.length,
                day=found.anchor.day,
                epoch=readme.epoch(found.check.at),
            )
        )
        self._add_stamper(found.anchor)

    def _add_stamper(self, anchor: AuditAnchor) -> None:
        for each in map(RevocationEvidence.model_validate, anchor.evidence):
            if each.kind == "ocsp":
                self._files["anchor/revocation.ocsp.der"] = each.body
                self._chapters.append(
                    readme.STAMPER.format(hash=_hash_of(each.body), epoch=readme.epoch(each.fetched_at))
                )
                return

    # --- documents ----------------------------------------------------------------------------------------------------

    def _add_document(self, number: int, row: DocumentRow, pdf: bytes) -> None:
        folder = f"document-{number}"
        self._files[f"{folder}/document.pdf"] = pdf
        title = f"{row.title.get('ja', row.document)} / {row.title.get('en', row.document)}"
        revoked = readme.REVOKED.format(at=_moment(row.revoked_at)) if row.revoked_at else ""
        parts = taken_apart(pdf, self._registry) if row.sealed else None
        named = {"n": number, "folder": folder, "title": title, "revoked": revoked}
        if parts is None:
            self._chapters.append(readme.UNSEALED.format(**named))
        else:
            self._add_seal(folder, parts, named)

    def _add_seal(self, folder: str, parts: SealParts, named: Mapping[str, object]) -> None:
        self._include(f"{folder}/authority.pem", parts.authority)
        self._include(f"{folder}/timestamp-authority.pem", parts.timestamp_authority)
        self._files |= {
            f"{folder}/seal.p7s": parts.container,
            f"{folder}/seal-value.bin": parts.value,
            f"{folder}/timestamp.der": parts.timestamp,
        }
        at = readme.epoch(parts.stamped_at)
        self._chapters.append(
            readme.SEALED.format(**named, gap_from=parts.gap_from, after_gap=parts.gap_to + 1, epoch=at)
        )
        if parts.status is not None:
            self._files[f"{folder}/revocation.ocsp.der"] = parts.status
            answer = ocsp.load_der_ocsp_response(parts.status)
            late = max(at, readme.epoch(answer.produced_at_utc))
            self._chapters.append(readme.SEAL_STATUS.format(folder=folder, hash=_hash_of(parts.status), late=late))

    def _include(self, file: str, authority: Authority) -> None:
        self._files[file] = authority.certificate.encode()
        self._authorities[file] = authority


def _revocation(folder: str, file: str, each: RevocationEvidence, serial: int) -> readme.Told:
    status, algorithm = "good", "sha1"
    if each.kind == "ocsp":
        answer = ocsp.load_der_ocsp_response(each.body)
        status, algorithm = answer.certificate_status.name.lower(), answer.hash_algorithm.name
    elif x509.load_der_x509_crl(each.body).get_revoked_certificate_by_serial_number(serial):
        status = "revoked"
    return readme.Told(folder, file, each.kind, status, algorithm, f"{serial:X}", each.fetched_at)


def _hash_of(answer: bytes) -> str:
    return ocsp.load_der_ocsp_response(answer).hash_algorithm.name


def _fingerprint(authority: Authority) -> str:
    return authority.authority.fingerprint(hashes.SHA256()).hex()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
