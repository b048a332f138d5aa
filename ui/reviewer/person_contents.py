"""照合と署名の内容: what each source says of the signer; what was signed, with what, and how that was checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.case.views import AttributeView, CertificateUsedView, ComparisonView, RevocationCheckView, SignatureView
from procedures.notation import Agreement
from procedures.texts import Language
from ui import notation, wording
from ui.language import translated
from ui.wording import N_, Colour

PAIRS: Mapping[tuple[str, Agreement], str] = {
    ("certificate_and_register", "differs"): N_("証明書と住民記録が異なります"),
    ("answer_and_certificate", "differs"): N_("申請と証明書が異なります"),
    ("answer_and_register", "differs"): N_("申請と住民記録が異なります"),
    ("certificate_and_register", "variant"): N_("証明書と住民記録で字体が異なります"),
    ("answer_and_certificate", "variant"): N_("申請と証明書で字体が異なります"),
    ("answer_and_register", "variant"): N_("申請と住民記録で字体が異なります"),
}
"""二つの記載の違い."""
PAPER_PAIRS: Mapping[tuple[str, Agreement], str] = {
    ("certificate_and_register", "differs"): N_("申請書と住民記録が異なります"),
    ("answer_and_certificate", "differs"): N_("回答と申請書の本人欄が異なります"),
    ("answer_and_register", "differs"): N_("回答と住民記録が異なります"),
    ("certificate_and_register", "variant"): N_("申請書と住民記録で字体が異なります"),
    ("answer_and_certificate", "variant"): N_("回答と申請書の本人欄で字体が異なります"),
    ("answer_and_register", "variant"): N_("回答と住民記録で字体が異なります"),
}
"""The same of a request on paper, which nobody signed."""
NOT_CERTIFIED = N_("証明書に記載がありません")
VERDICTS: Mapping[str, tuple[str, Colour]] = {
    "differs": (N_("相違あり"), "orange"),
    "variant": (N_("字体の違い"), "blue"),
    "same": (N_("一致"), "green"),
}
ATTRIBUTES: Mapping[str, str] = {**wording.ATTRIBUTES, **wording.ORGANIZATION}
MEDIA: Mapping[str | None, str] = {
    "card": N_("マイナンバーカードの署名用電子証明書"),
    "smartphone": N_("スマートフォンの署名用電子証明書"),
    "file": N_("事業者の電子証明書（ファイル）"),
    None: N_("電子証明書"),
}
KINDS: Mapping[str, str] = {
    "ocsp": N_("OCSP（問い合わせへの回答）"),
    "crl": N_("CRL（失効した証明書の一覧）"),
}
UNCHANGED = N_(
    "受け付けた申請（第%(revision)s版）の回答と添付ファイル%(files)s件に署名されています。署名の後に変わっていません。"
)
CHANGED = N_("保存されている内容が、署名された内容と一致しません。承認せず、管理者に知らせてください。")
CHECKED = N_("%(moment)s に %(host)s へ問い合わせ、「%(who)s」が回答しました（%(as_of)s 現在）。")
UNREADABLE = N_("%(moment)s に %(host)s へ問い合わせました。回答は証拠に含まれています。")
NEUTRAL: Colour = "gray"


@dataclass(frozen=True)
class Compared:
    """照合の一行: what each source writes, untouched, and in words how they differ."""

    label: str
    answered: str
    certified: str
    registered: str
    verdict: str | None
    colour: Colour
    remarks: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """目立たせるか否か."""
        return self.colour == "orange"


def comparison(language: Language, view: ComparisonView) -> dict[str, Any]:
    """照合."""
    pairs = PAPER_PAIRS if view.signed_by == "paper" else PAIRS
    return {"signed_by": view.signed_by, "compared": [_compared(language, row, pairs) for row in view.rows]}


def signature(language: Language, view: SignatureView | None) -> dict[str, Any]:
    """電子署名の事実, in plain words."""
    if view is None:
        return {"signature": None}
    return {
        "signature": {
            "valid": view.outcome == "valid",
            "unchanged": view.unchanged,
            "reason": (view.reason_text or {}).get(language),
            "revoked_since": view.revoked_since,
            "facts": list(_facts(language, view)),
        }
    }


def _compared(language: Language, row: AttributeView, pairs: Mapping[tuple[str, Agreement], str]) -> Compared:
    found: dict[str, Agreement | None] = {name: getattr(row, name) for name, _ in PAIRS}
    worst = next((each for each in VERDICTS if each in found.values()), None)
    verdict, colour = VERDICTS[worst] if worst else (None, NEUTRAL)
    remarks = [sentence for (pair, how), sentence in pairs.items() if how == worst and found[pair] == how]
    if row.certified is None and row.answer_and_certificate == "differs":
        remarks = [NOT_CERTIFIED]
    return Compared(
        label=translated(language, ATTRIBUTES[row.attribute]),
        answered=_said(language, row.attribute, row.answered),
        certified=_said(language, row.attribute, row.certified),
        registered=_said(language, row.attribute, row.registered),
        verdict=verdict and translated(language, verdict),
        colour=colour,
        remarks=tuple(translated(language, each) for each in remarks),
    )


def _said(language: Language, attribute: str, value: str | None) -> str:
    if value is None:
        return "—"
    if attribute == "sex":
        return translated(language, wording.SEXES[value]) if value in wording.SEXES else value
    if attribute == "birth_date":
        try:
            return notation.birthday(language, date.fromisoformat(value))
        except ValueError:
            return value
    return value


def _facts(language: Language, view: SignatureView) -> Iterator[tuple[str, str]]:
    def term(word: str) -> str:
        return translated(language, word)

    signed = UNCHANGED if view.unchanged else CHANGED
    numbers = {"revision": view.revision, "files": notation.number(language, view.attachments)}
    yield term(N_("署名された内容")), translated(language, signed) % numbers if view.unchanged else term(signed)
    if view.certificate is not None:
        yield from _certificate(language, view.certificate)
    if view.signed_at is not None:
        yield term(N_("署名した日時（署名した機器の時計）")), notation.moment(language, view.signed_at)
    yield term(N_("申請が届いた日時")), notation.moment(language, view.received_at)
    yield term(N_("検証した日時")), notation.moment(language, view.checked_at)
    for each in view.revocation:
        yield f"{term(N_('失効の確認'))}{term(N_('：'))}{term(KINDS[each.kind])}", _asked(language, each)


def _certificate(language: Language, used: CertificateUsedView) -> Iterator[tuple[str, str]]:
    authority = used.authority.get(language) or used.authority.get("ja", "")
    yield translated(language, N_("証明書の種類")), translated(language, MEDIA[used.medium])
    yield translated(language, N_("発行した認証局")), authority
    yield (
        translated(language, N_("証明書の有効期間")),
        " – ".join(notation.day(language, each) for each in (used.not_before, used.not_after)),
    )
    yield translated(language, N_("証明書の発行番号")), used.serial


def _asked(language: Language, check: RevocationCheckView) -> str:
    said = {"moment": notation.moment(language, check.asked_at), "host": check.address}
    if check.answered_by is None or check.as_of is None:
        return translated(language, UNREADABLE) % said
    more = {"who": check.answered_by, "as_of": notation.moment(language, check.as_of)}
    return translated(language, CHECKED) % (said | more)
