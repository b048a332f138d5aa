"""正規化した申請: the bytes a resident signs, the same on every machine (RFC 8785, JSON Canonicalization Scheme)."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

import rfc8785
from pydantic import Field, StringConstraints

from procedures.form import Id
from procedures.texts import Language, Model
from procedures.values import MunicipalityCode

PAPER_SCAN = "paper_scan"
"""申請書の画像: stands among the files of a request that came on paper; no field of a form may be called so."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Attachment(Model):
    """添付書類: one file of a request, signed by its digest."""

    field: Id
    name: str = Field(min_length=1, max_length=200)
    """The file's name as the resident gave it."""
    sha256: Digest
    """SHA-256 of the file, lower-case hex."""
    bytes: int = Field(ge=0)


class Submission(Model):
    """申請: what is signed. `answers` are those of `procedures.answers.Checked`."""

    procedure: Id
    version: int = Field(ge=1)
    municipality: MunicipalityCode
    answers: Mapping[str, Any]
    attachments: tuple[Attachment, ...]
    nonce: str = Field(min_length=16, max_length=128)
    """Given once by the server; a replayed one is refused."""
    language: Language
    """The language the resident read."""

    def canonical(self) -> bytes:
        """正規形: UTF-8 bytes by RFC 8785. Attachments are ordered by field and as given within it."""
        content = self.model_dump(mode="json")
        content["attachments"] = sorted(content["attachments"], key=lambda each: each["field"])
        return rfc8785.dumps(content)

    def digest(self) -> str:
        """要約値: SHA-256 of the canonical bytes, lower-case hex."""
        return hashlib.sha256(self.canonical()).hexdigest()
