"""添付ファイルの表示: one page of one file beside the answers, and the links that turn, enlarge and go on.

Every link is an address of the same page, so that it works without JavaScript; htmx fetches only the viewer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from api.case.views import PagesView
from api.viewing.orders import Turn
from api.viewing.pictures import ZOOMS, Zoom
from api.views import AttachmentView
from procedures.document import Procedure
from procedures.submission import PAPER_SCAN
from procedures.texts import Language
from ui.language import translated
from ui.wording import N_

TURNS: tuple[Turn, ...] = (0, 90, 180, 270)
MANY = 3
"""Pages; of more than so many one may be asked for by its number."""
FAILURES: Mapping[str, str] = {
    "broken": N_("ファイルが壊れているため、ここでは表示できません。ダウンロードして確かめてください。"),
    "locked": N_("パスワードで保護されているため、表示できません。差し戻して、保護を外したファイルを求めてください。"),
    "too_large": N_("画像が大きすぎるため、ここでは表示できません。ダウンロードして確かめてください。"),
    "unfinished": N_("表示に時間がかかりすぎたため、中止しました。ダウンロードして確かめてください。"),
}
BUSY = N_("いま多くのページを表示しています。少し待ってから、もう一度開いてください。")


@dataclass(frozen=True)
class Looking:
    """見ているところ: as an address has it; what it does not say, or says wrongly, is the first page as it lies."""

    file: UUID | None = None
    page: int = 1
    zoom: Zoom = 100
    turn: Turn = 0

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Looking":
        """番地から."""
        try:
            file = UUID(query.get("file", ""))
        except ValueError:
            file = None
        page = query.get("page", "")
        return cls(
            file,
            max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
            next((each for each in ZOOMS if str(each) == query.get("zoom")), 100),
            next((each for each in TURNS if str(each) == query.get("turn")), 0),
        )

    def query(self) -> str:
        """番地の条件."""
        return urlencode({"file": str(self.file), "page": self.page, "zoom": self.zoom, "turn": self.turn})


@dataclass(frozen=True)
class Where:
    """置き場所: the page the viewer stands on, and where its files are."""

    page: str
    files: str

    def href(self, looking: Looking) -> str:
        return f"{self.page}?{looking.query()}#attachments"

    def fetched(self, looking: Looking) -> str:
        return f"{self.page}/viewer?{looking.query()}"

    def picture(self, looking: Looking) -> str:
        return f"{self.files}/{looking.file}/pages/{looking.page}?zoom={looking.zoom}&turn={looking.turn}"


@dataclass(frozen=True)
class Move:
    """操作: a button of the viewer; without addresses there is nothing to do."""

    name: str
    label: str
    href: str | None = None
    fetched: str | None = None


@dataclass(frozen=True)
class FileLine:
    """添付ファイルの一行."""

    name: str
    question: str
    bytes: int
    href: str
    fetched: str
    download: str
    current: bool


def current(attachments: Iterable[AttachmentView], looking: Looking) -> AttachmentView | None:
    """表示するファイル: the one asked for, else the first."""
    files = list(attachments)
    return next((each for each in files if each.id == looking.file), files[0] if files else None)


def viewer(
    language: Language, procedure: Procedure, attachments: Iterable[AttachmentView], looking: Looking,
    pages: PagesView | None, where: Where,
) -> dict[str, Any]:  # fmt: skip
    """添付ファイルの表示; `pages` None: nobody could count them just now."""
    files = list(attachments)
    shown = current(files, looking)
    if shown is None:
        return {"viewer": None}
    last = max(1, pages.shown if pages else 1)
    here = replace(looking, file=shown.id, page=min(looking.page, last))
    labels = {field.id: field.label.of(language) for field in procedure.form.fields()}
    labels[PAPER_SCAN] = translated(language, N_("申請書の画像"))
    return {
        "viewer": {
            "files": [_line(each, labels, where, shown) for each in files],
            "name": shown.name,
            "download": f"{where.files}/{shown.id}",
            "page": here.page,
            "pages": pages.pages if pages else 1,
            "last": last,
            "many": last > MANY,
            "zoom": here.zoom,
            "turn": here.turn,
            "file": shown.id,
            "at": where.page,
            "failure": _failure(language, pages),
            "picture": where.picture(here),
            "moves": {move.name: move for move in _moves(language, here, last, where)},
        }
    }


def _line(each: AttachmentView, labels: Mapping[str, str], where: Where, shown: AttachmentView) -> FileLine:
    first = Looking(each.id)
    return FileLine(
        each.name,
        labels.get(each.field, ""),
        each.bytes,
        where.href(first),
        where.fetched(first),
        f"{where.files}/{each.id}",
        each.id == shown.id,
    )


def _failure(language: Language, pages: PagesView | None) -> str | None:
    if pages is None:
        return translated(language, BUSY)
    return None if pages.failure is None else translated(language, FAILURES.get(pages.failure, FAILURES["broken"]))


def _moves(language: Language, here: Looking, last: int, where: Where) -> Iterable[Move]:
    at = ZOOMS.index(here.zoom)
    changes: tuple[tuple[str, str, Looking | None], ...] = (
        ("previous", N_("前のページ"), replace(here, page=here.page - 1) if here.page > 1 else None),
        ("next", N_("次のページ"), replace(here, page=here.page + 1) if here.page < last else None),
        ("smaller", N_("小さく"), replace(here, zoom=ZOOMS[at - 1]) if at > 0 else None),
        ("larger", N_("大きく"), replace(here, zoom=ZOOMS[at + 1]) if at < len(ZOOMS) - 1 else None),
        ("left", N_("左に回す"), replace(here, turn=TURNS[(TURNS.index(here.turn) - 1) % 4])),
        ("right", N_("右に回す"), replace(here, turn=TURNS[(TURNS.index(here.turn) + 1) % 4])),
    )
    for name, label, then in changes:
        said = translated(language, label)
        yield Move(name, said) if then is None else Move(name, said, where.href(then), where.fetched(then))
