"""公印: sealed for good or not at all; judged by programs that share no code with the sealing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents_samples import ISSUED_AT, RESIDENCE, context, renderer, verification

from activities.documents.render import RenderedDocument, Renderer
from activities.documents.seal import SealedDocument, Sealer, SealUnavailable, SealUnusable
from activities.documents.settings import SealSettings
from machine.pdf_check import validate_independently
from procedures.verification import Verification, new_code, printed_code
from sandbox.pki import restore, revoke, running, set_mode

__all__ = ["renderer", "verification"]


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("pki")
    with running(folder) as base:
        yield folder, base


@pytest.fixture
def settings(pki: tuple[Path, str]) -> Iterator[SealSettings]:
    folder, base = pki
    yield SealSettings(
        pkcs12_file=folder / "seal.p12",
        password_file=folder / "seal.password",
        anchors_file=folder / "anchors.json",
        tsa_url=f"{base}/tsa",
    )
    for service in ("ocsp", "crl", "tsa"):
        set_mode(folder, service, "up")
    for holder, kind in (("mayor", "seal"), ("tsa", "timestamp")):
        restore(folder, holder, kind)


@pytest.fixture
def sealer(settings: SealSettings) -> Iterator[Sealer]:
    with Sealer(settings) as sealer:
        yield sealer


@pytest.fixture
def document(renderer: Renderer, verification: Verification) -> RenderedDocument:
    return renderer.render(RESIDENCE, context(), issued_at=ISSUED_AT, verification=verification)


def _seal(sealer: Sealer, document: RenderedDocument) -> SealedDocument:
    code = printed_code(document.pdf)
    assert code is not None
    return sealer.seal(document.pdf, reason="住民票の写しの交付", field_box=document.seal_box, verification_code=code)


def _bad(path: Path, anchors: Path) -> set[str]:
    return {check.name for check in validate_independently(path, anchors).checks if not check.ok}


def test_a_sealed_document_is_valid_to_programs_we_did_not_write(
    sealer: Sealer, settings: SealSettings, document: RenderedDocument, tmp_path: Path
) -> None:
    sealed = _seal(sealer, document)
    (tmp_path / "s.pdf").write_bytes(sealed.pdf)
    validation = validate_independently(tmp_path / "s.pdf", settings.anchors_file)
    assert validation.valid, validation
    assert printed_code(sealed.pdf) == sealed.verification_code


def test_an_invisible_seal_is_as_good(
    sealer: Sealer, settings: SealSettings, document: RenderedDocument, tmp_path: Path
) -> None:
    code = printed_code(document.pdf)
    assert code is not None
    sealed = sealer.seal(document.pdf, reason="交付", field_box=None, verification_code=code)
    (tmp_path / "s.pdf").write_bytes(sealed.pdf)
    assert validate_independently(tmp_path / "s.pdf", settings.anchors_file).valid


def test_one_flipped_bit_anywhere_is_found(
    sealer: Sealer, settings: SealSettings, document: RenderedDocument, tmp_path: Path
) -> None:
    pdf = _seal(sealer, document).pdf
    for at in (20, len(pdf) // 4, len(pdf) // 2, len(pdf) - 30):
        altered = bytearray(pdf)
        altered[at] ^= 1
        (tmp_path / "a.pdf").write_bytes(altered)
        assert _bad(tmp_path / "a.pdf", settings.anchors_file), f"byte {at}"
        assert printed_code(bytes(altered)) == printed_code(pdf)


def test_anything_added_after_the_seal_is_found(
    sealer: Sealer, settings: SealSettings, document: RenderedDocument, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(_seal(sealer, document).pdf + b"\n% a note\n")
    assert "the seal covers every byte of the file" in _bad(tmp_path / "a.pdf", settings.anchors_file)


def test_an_unsealed_document_fails_every_question_about_the_seal(
    settings: SealSettings, document: RenderedDocument, tmp_path: Path
) -> None:
    (tmp_path / "u.pdf").write_bytes(document.pdf)
    assert len(_bad(tmp_path / "u.pdf", settings.anchors_file)) >= 5


def test_a_seal_under_another_citys_anchor_is_found(
    sealer: Sealer, settings: SealSettings, document: RenderedDocument, tmp_path: Path
) -> None:
    (tmp_path / "s.pdf").write_bytes(_seal(sealer, document).pdf)
    swapped = settings.anchors_file.read_text().replace('"seal"', '"x"').replace('"timestamp"', '"seal"')
    (tmp_path / "anchors.json").write_text(swapped.replace('"x"', '"timestamp"'))
    bad = _bad(tmp_path / "s.pdf", tmp_path / "anchors.json")
    assert {"the seal chains to the office's anchor", "the timestamp covers the seal"} <= bad


def test_after_the_first_seal_only_the_timestamp_authority_is_asked(
    sealer: Sealer, pki: tuple[Path, str], document: RenderedDocument
) -> None:
    _seal(sealer, document)
    set_mode(pki[0], "ocsp", "down")
    set_mode(pki[0], "crl", "down")
    _seal(sealer, document)


def test_old_evidence_is_gathered_again(
    settings: SealSettings, pki: tuple[Path, str], document: RenderedDocument
) -> None:
    with Sealer(settings.model_copy(update={"evidence_max_age_seconds": 0})) as sealer:
        _seal(sealer, document)
        revoke(pki[0], "mayor", "seal")
        with pytest.raises(SealUnusable, match="revoked"):
            _seal(sealer, document)


@pytest.mark.parametrize("mode", ["down", "silent", "garbage", "slow"])
def test_without_a_timestamp_nothing_is_sealed(
    sealer: Sealer, pki: tuple[Path, str], document: RenderedDocument, mode: Any
) -> None:
    _seal(sealer, document)
    set_mode(pki[0], "tsa", mode, 30)
    with pytest.raises(SealUnavailable, match="timestamp authority"):
        _seal(sealer, document)
    set_mode(pki[0], "tsa", "up")
    _seal(sealer, document)


@pytest.mark.parametrize("mode", ["down", "silent", "garbage", "stale"])
def test_without_proof_of_not_being_revoked_nothing_is_sealed(
    sealer: Sealer, pki: tuple[Path, str], document: RenderedDocument, mode: Any
) -> None:
    set_mode(pki[0], "ocsp", mode)
    set_mode(pki[0], "crl", mode)
    with pytest.raises(SealUnavailable, match="unrevoked"):
        _seal(sealer, document)
    set_mode(pki[0], "ocsp", "up")
    _seal(sealer, document)


@pytest.mark.parametrize(("holder", "kind"), [("mayor", "seal"), ("tsa", "timestamp")])
def test_a_revoked_certificate_seals_nothing_and_trying_again_will_not_help(
    sealer: Sealer, pki: tuple[Path, str], document: RenderedDocument, holder: str, kind: str
) -> None:
    revoke(pki[0], holder, kind)
    with pytest.raises(SealUnusable, match="revoked"):
        _seal(sealer, document)


def test_a_document_with_another_code_is_not_sealed(sealer: Sealer, document: RenderedDocument) -> None:
    with pytest.raises(ValueError, match="verification code"):
        sealer.seal(document.pdf, reason="交付", field_box=None, verification_code=new_code())


def test_what_is_no_pdf_is_not_sealed(sealer: Sealer) -> None:
    code = new_code()
    with pytest.raises(ValueError, match="can't be sealed"):
        sealer.seal(
            f"%PDF-1.7 <dc:identifier>{code}</dc:identifier>".encode(),
            reason="交付",
            field_box=None,
            verification_code=code,
        )


def test_a_wrong_password_or_file_is_said_at_the_start(settings: SealSettings, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("wrong")
    with pytest.raises(SealUnusable, match="password"):
        Sealer(settings.model_copy(update={"password_file": tmp_path / "wrong"}))
    with pytest.raises(SealUnusable, match="can't be read"):
        Sealer(settings.model_copy(update={"pkcs12_file": tmp_path / "absent.p12"}))
    (tmp_path / "anchors.json").write_text('{"anchors": []}')
    with pytest.raises(SealUnusable, match="no anchor"):
        Sealer(settings.model_copy(update={"anchors_file": tmp_path / "anchors.json"}))
