"""まざった紙の山: one PDF as a feeder leaves it: sheets this way and that, one of them twice, a blank, a letter."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from activities.documents.blank_sheets import printed
from sandbox.scans import batch, printer
from sandbox.scans.clubs import clubs, month_of, roster_csv
from sandbox.scans.filling import fill
from sandbox.scans.foreign import blank_page, foreign_page
from sandbox.scans.pen import Page
from sandbox.scans.scanner import EVERYDAY, Scan, scan
from sandbox.scans.truth import Club, ScannedPage, Truth, Written
from sheets.document import Sheet
from sheets.drawing import page
from sheets.label import Label
from sheets.values import text, value

NAME, DPI = "scan.pdf", 200
UPRIGHT = replace(EVERYDAY, upside_down=0, sideways=0)
UPSIDE_DOWN, SIDEWAYS = replace(UPRIGHT, upside_down=1), replace(UPRIGHT, sideways=1)
WEARS = (UPRIGHT, UPSIDE_DOWN, SIDEWAYS)


def mixed_pile(folder: Path, sheet: Sheet, month: str, sheets: int = 4) -> Truth:
    """まざった紙の山: of the first club; its first sheet's hours are added up wrongly. roster.csv lists every club."""
    order = batch.Order(month, 1, "held_out", clubs=1, dpi=DPI)
    club = clubs(order.seed)[0]
    label = Label(sheet=sheet.id, version=sheet.version, month=month, group=club.number)
    (blank,) = printer.printed(printed([page(sheet, label, (club.name,))]), DPI)
    pages = list(_pages(sheet, blank, order, club, sheets))
    first, *others = (each.image for each, _ in pages)
    first.save(folder / NAME, "PDF", save_all=True, append_images=others, resolution=DPI, quality=pages[0][0].quality)
    truth = Truth(
        sheet=sheet.id, version=sheet.version, month=month, part=order.part, seed=order.seed, clubs=(club,),
        pages=tuple(each.model_copy(update={"page": at}) for at, (_, each) in enumerate(pages, start=1)),
    )  # fmt: skip
    (folder / "roster.csv").write_text(roster_csv(clubs(order.seed)), "utf-8")
    return truth


def _pages(
    sheet: Sheet, blank: Page, order: batch.Order, club: Club, sheets: int
) -> Iterator[tuple[Scan, ScannedPage]]:
    random = order.random("mixed")
    for at, person in enumerate(club.people[:sheets]):
        written = month_of(person, order.month, random)
        if at == 0:
            written = _added_up_wrongly(written)
        paper = fill(blank, sheet, written, DPI, order.part, random)
        told = ScannedPage(file=NAME, page=1, kind="sheet", club=club.number, written=written)
        yield scan(paper, DPI, WEARS[at % len(WEARS)], random), told
        if at == 0:
            yield scan(blank_page(blank), DPI, UPRIGHT, random), ScannedPage(file=NAME, page=1, kind="blank")
    yield scan(paper, DPI, UPRIGHT, random), told.model_copy(update={"kind": "duplicate"})
    yield scan(foreign_page(blank, DPI, random), DPI, UPRIGHT, random), ScannedPage(file=NAME, page=1, kind="foreign")


def _added_up_wrongly(written: Written) -> Written:
    """An hour too much, whatever its writer had put there: somebody changes the total, somebody else looks at that."""
    hours = (
        value("duration", said)
        for cell, said in written.cells.items()
        if cell.startswith("row") and cell.endswith(".hours") and said
    )
    total = sum(each for each in hours if isinstance(each, int))
    return written.model_copy(update={"cells": written.cells | {"total.hours": text("duration", total + 60, 5)}})
