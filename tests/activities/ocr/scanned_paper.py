"""試験用の紙: a small sheet, printed and written on with a brush, and scanned in ways that a test asks for."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import segno
from PIL import Image

from activities.ocr.images import WHITE, Gray
from procedures.texts import Text
from sandbox.scans.handwriting import digits
from sheets.document import Cell, Column, Field, Sheet, Table
from sheets.geometry import Box
from sheets.label import Label
from sheets.loader import SheetLibrary

DOTS_PER_MM = 300 / 25.4
LABEL = Label(sheet="shift_report", version=1, month="2026-11", person="0007")
HELD_OUT = digits("held_out")


def words(word: str) -> Text:
    return Text(ja=word, en=word, zh=word, ko=word)


SHEET = Sheet(
    id="shift_report",
    version=1,
    title=words("勤務報告"),
    belongs_to="person_month",
    department="children",
    fields=(
        Field(id="hours", kind="duration", label=words("合計"), x=120, y=200, comb=(3, 2)),
        Field(id="holiday", kind="tick", label=words("休暇"), x=30, y=200, width=6),
        Field(id="remark", kind="text", label=words("備考"), x=30, y=220, width=90, height=10),
    ),
    tables=(
        Table(
            id="row",
            rows=12,
            top=60,
            pitch=8,
            columns=(
                Column(id="day", kind="day", label=words("日"), x=20, comb=(2,)),
                Column(id="start", kind="time", label=words("始"), x=40, comb=(2, 2)),
                Column(id="end", kind="time", label=words("終"), x=80, comb=(2, 2)),
            ),
        ),
    ),
)

LIBRARY = SheetLibrary({(SHEET.id, SHEET.version): SHEET}, {SHEET.id: SHEET.version})


@dataclass
class Paper:
    """一枚の紙: 300 dots to the inch."""

    image: Gray

    def write(self, cell: Cell, text: str, seed: int = 0) -> None:
        """One character into each box, by hands out of the collection."""
        rng = np.random.default_rng((seed, *cell.id.encode()))
        for box, character in zip(cell.boxes, text, strict=True):
            if character.strip():
                images = HELD_OUT.of(int(character))
                self._ink(box, images[rng.integers(len(images))], rng)

    def strike_out(self, box: Box) -> None:
        for share in (0.35, 0.6):
            y = box.y + box.height * share
            cv2.line(self.image, _dot(box.x - 0.5, y), _dot(box.x + box.width + 0.5, y + 0.3), 40, 6, cv2.LINE_AA)

    def tick(self, box: Box) -> None:
        turns = [(0.15, 0.5), (0.4, 0.85), (0.9, 0.1)]
        points = [_dot(box.x + box.width * x, box.y + box.height * y) for x, y in turns]
        cv2.polylines(self.image, [np.array(points)], False, 50, 6, cv2.LINE_AA)

    def cover(self, box: Box, margin: float = 2.0) -> None:
        """Something white lies over it."""
        corner = _dot(box.x + box.width + margin, box.y + box.height + margin)
        cv2.rectangle(self.image, _dot(box.x - margin, box.y - margin), corner, WHITE, cv2.FILLED)

    def _ink(self, box: Box, image: Gray, rng: np.random.Generator) -> None:
        size = round(box.height * DOTS_PER_MM * rng.uniform(0.95, 1.15))
        x, y = _dot(box.x + box.width / 2 + rng.normal(0, 0.2), box.y + box.height / 2 + rng.normal(0, 0.2))
        drawn = cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC)
        place = self.image[y - size // 2 : y - size // 2 + size, x - size // 2 : x - size // 2 + size]
        np.minimum(place, WHITE - (drawn * rng.uniform(0.6, 0.9)).astype(np.uint8), out=place)


def blank_sheet(text: str = LABEL.encode()) -> Paper:
    """The sheet as it is handed out; `text` stands in its QR."""
    image = np.full((3508, 2480), WHITE, np.uint8)
    for mark in SHEET.marks:
        cv2.rectangle(image, _dot(mark.x, mark.y), _dot(mark.x + mark.width, mark.y + mark.height), 0, cv2.FILLED)
    hollow = SHEET.marks[-1]
    inside = _dot(hollow.x + 1.5, hollow.y + 1.5), _dot(hollow.x + hollow.width - 1.5, hollow.y + hollow.height - 1.5)
    cv2.rectangle(image, *inside, WHITE, cv2.FILLED)
    modules = np.array([list(row) for row in segno.make(text, error="q", micro=False).matrix], np.uint8)
    (left, top), (right, bottom) = _dot(SHEET.qr.x, SHEET.qr.y), _dot(SHEET.qr.right, SHEET.qr.bottom)
    printed = cv2.resize((1 - modules) * WHITE, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    image[top:bottom, left:right] = printed
    for cell in SHEET.cells:
        for box in cell.boxes:
            cv2.rectangle(image, _dot(box.x, box.y), _dot(box.right, box.bottom), 70, 2)
    return Paper(image)


def filled_sheet(texts: Mapping[str, str], seed: int = 0) -> Paper:
    """With these texts in these cells."""
    paper = blank_sheet()
    for cell in SHEET.cells:
        if cell.id in texts:
            paper.write(cell, texts[cell.id], seed)
    return paper


def scanned(
    paper: Paper, *, degrees: float = 0.0, quarter_turns: int = 0, noise: float = 4.0, blur: float = 0.8
) -> Gray:
    """Laid askew under a dusty lid."""
    height, width = paper.image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.98)
    askew = cv2.warpAffine(paper.image, turn, (width, height), flags=cv2.INTER_AREA, borderValue=235)
    blurred = cv2.GaussianBlur(askew, (0, 0), blur).astype(np.int16)
    noisy = np.clip(blurred + (_noise() * noise).astype(np.int16) - 8, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(noisy, quarter_turns))


@cache
def _noise() -> npt.NDArray[np.float32]:
    """The same for every scan: making it takes longer than all the rest."""
    return np.random.default_rng(7).standard_normal((3508, 2480), np.float32)


def as_file(pages: list[Gray], kind: str) -> bytes:
    """A PDF, TIFF or JPEG, as a scanner hands it over."""
    pictures = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    further = {"save_all": True, "append_images": pictures[1:]} if kind != "JPEG" else {}
    pictures[0].save(out, kind, resolution=300, dpi=(300, 300), **further)
    return out.getvalue()


def _dot(x: float, y: float) -> tuple[int, int]:
    return round(x * DOTS_PER_MM), round(y * DOTS_PER_MM)
