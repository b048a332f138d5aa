"""練習用紙: pages full of comb boxes, written by real hands from a collection and scanned badly.

A light scanner model of its own, simpler than the sandbox's and independent of it: the recogniser must not be examined
on the very distortions it was trained with. What is written is cut out again by the product's own code, so that it
learns what it will be given: a tenth of a millimetre astray, with rests of lines and of its neighbours' strokes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from activities.ocr.boxes import characters, without_rules
from activities.ocr.digits import EMPTY, OTHER
from activities.ocr.images import WHITE, Gray, Points, Stack
from activities.ocr.registration import register
from sheets.geometry import MARKS, PAGE_HEIGHT, PAGE_WIDTH, QR, Box
from training import strokes

DOTS_PER_MM = 300 / 25.4
WRITTEN, TICKED, STRUCK, WRITTEN_OVER = 0.84, 0.03, 0.05, 0.01
"""Shares: of boxes with a digit, and with a tick; of digits struck out, and of digits written over another."""
Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Examples:
    """練習例: pictures as the recogniser is given them, and the class of each."""

    pictures: Stack
    labels: Labels


def examples(images: Stack, digits: Labels, seed: int) -> Examples:
    """練習例: every image once, on some page; beside them boxes left empty and boxes spoiled."""
    rng = np.random.default_rng(seed)
    waiting = iter(rng.permutation(len(images)).tolist())
    pages = list(_pages(waiting, images, digits, rng))
    return Examples(np.concatenate([p.pictures for p in pages]), np.concatenate([p.labels for p in pages]))


def _pages(waiting: Iterator[int], images: Stack, digits: Labels, rng: np.random.Generator) -> Iterator[Examples]:
    left = True
    while left:
        paper, boxes = _printed(rng)
        truth = np.full(len(boxes), EMPTY, np.uint8)
        for place, box in enumerate(boxes):
            chance = rng.random()
            if chance < TICKED:
                truth[place] = OTHER
                strokes.tick(paper, box, rng)
            elif chance < TICKED + WRITTEN:
                image = next(waiting, None)
                left = image is not None
                if image is not None:
                    truth[place] = _write(paper, box, images, image, int(digits[image]), rng)
        strokes.astray(paper, rng)
        yield Examples(_read_back(paper, boxes, rng), truth)


def _write(paper: Gray, box: Box, images: Stack, image: int, digit: int, rng: np.random.Generator) -> int:
    """Writes it, and says of which class the box is now."""
    strokes.digit(paper, box, images[image], rng)
    chance = rng.random()
    if chance < STRUCK:
        strokes.strike_out(paper, box, rng)
        return OTHER
    if chance < STRUCK + WRITTEN_OVER:
        strokes.digit(paper, box, images[rng.integers(len(images))], rng, palest=170)
        return OTHER
    return digit


def _printed(rng: np.random.Generator) -> tuple[Gray, tuple[Box, ...]]:
    """An unwritten page, its boxes of a size and in lines of a blackness of its own."""
    paper = np.full((round(PAGE_HEIGHT * DOTS_PER_MM), round(PAGE_WIDTH * DOTS_PER_MM)), WHITE, np.uint8)
    for mark in MARKS:
        cv2.rectangle(paper, *_dots(mark), 0, cv2.FILLED)
    width, height = rng.uniform(5.0, 6.4), rng.uniform(5.6, 7.6)
    pitch = height + rng.uniform(0.2, 1.6)
    boxes = []
    for y in np.arange(36, 275 - height, pitch):
        x = rng.uniform(12, 20)
        while x < 178:
            group = int(rng.integers(1, 5))
            boxes += [Box(x=x + at * width, y=float(y), width=width, height=height) for at in range(group)]
            x += group * width + rng.uniform(2.4, 8)
    line, thickness = int(rng.integers(20, 190)), int(rng.integers(1, 4))
    for box in boxes:
        cv2.rectangle(paper, *_dots(box), line, thickness)
    return paper, tuple(boxes)


def _read_back(paper: Gray, boxes: tuple[Box, ...], rng: np.random.Generator) -> Stack:
    scan, symbol = _scanned(paper, rng)
    page = register(scan, symbol, qr=QR, marks=MARKS)
    return characters(without_rules(page, boxes), boxes)


def _scanned(paper: Gray, rng: np.random.Generator) -> tuple[Gray, Points]:
    """The scan, and where on it the corners of the QR symbol would be."""
    height, width = paper.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = cv2.getPerspectiveTransform(corners, corners + rng.normal(0, 3, (4, 2)).astype(np.float32))
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 1.0), rng.uniform(0.95, 1.0))
    through = moved @ np.vstack([turned, (0, 0, 1)])
    scan: Gray = cv2.warpPerspective(paper, through, (width, height), flags=cv2.INTER_AREA, borderValue=WHITE)
    scan = cv2.GaussianBlur(scan, (0, 0), rng.uniform(0.5, 1.8))
    noisy = scan * rng.uniform(0.85, 1.0) + rng.normal(0, rng.uniform(1, 10), scan.shape)
    quality = int(rng.integers(40, 90))
    _, code = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, quality))
    seen = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), np.uint8)
    (left, top), (right, bottom) = _dots(QR)
    symbol = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
    return seen, cv2.perspectiveTransform(symbol[None], through)[0]


def _dots(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    left, top, right, bottom = (
        round(edge * DOTS_PER_MM) for edge in (box.x, box.y, box.x + box.width, box.y + box.height)
    )
    return (left, top), (right, bottom)
