"""学習例の書き出し: what people settled, as pictures of single boxes, for whoever trains the recogniser anew.

They are the batch's own rows and picture until they are exported: there is no second copy that could be forgotten when
the batch is destroyed.
"""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from activities.ocr.digits import CLASSES, SHA256
from activities.ocr.examples import Taught, mixed, taught
from activities.ocr.registration import RegisteredPage
from procedures.values import MunicipalityCode
from sheets.loader import SheetLibrary
from store.objects import Objects
from store.sheet_pages import Example

ALL_MARKS = 4
FILE, ABOUT = "examples-{city}.npz", "examples-{city}.json"
NAMES = {at: name or ("empty" if name == "" else "other") for at, name in enumerate(CLASSES)}


def collected(settled: Iterable[Example], objects: Objects, library: SheetLibrary) -> Taught:
    """学習例, page by page, as they come; of a page whose picture is gone there is none."""
    parts = []
    for (key, sheet_id, version), cells in groupby(settled, key=lambda e: (e.image_key, e.sheet, e.sheet_version)):
        page = shown(objects, key)
        if page is not None:
            sheet = library.version(sheet_id, version)
            parts.append(taught(page, sheet, {each.cell: each.text for each in cells}))
    return mixed(parts)


def shown(objects: Objects, key: str) -> RegisteredPage | None:
    """見せた頁: the very picture that people saw over their values."""
    try:
        content = objects.get(key)
    except FileNotFoundError:
        return None
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if image is None else RegisteredPage(np.asarray(image, np.uint8), ALL_MARKS)


def write(folder: Path, city: MunicipalityCode, found: Taught) -> Path:
    """書き出す: pictures and classes, and how many there are; no page, no cell, no name, no number of anybody."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE.format(city=city)
    unfinished = file.with_suffix(".unfinished.npz")
    np.savez_compressed(unfinished, pictures=found.pictures, labels=found.labels)
    unfinished.rename(file)
    counts = Counter(NAMES[int(label)] for label in found.labels)
    about = {"boxes": len(found.labels), "of each": dict(sorted(counts.items())), "cells left out": found.left_out}
    told = about | {"read by": SHA256}
    (folder / ABOUT.format(city=city)).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return file
