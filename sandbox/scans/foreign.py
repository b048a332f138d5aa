"""よその紙: pages that lie in the pile and are none of ours: backs, cover letters, another office's form."""

from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sandbox.scans.pen import FONT, Page

_LINES = (
    "姫路市教育委員会事務局 御中", "いつもお世話になっております。",
    "標記の件につきまして、別添のとおり送付いたします。",
    "ご査収のほど、よろしくお願いいたします。", "記", "一 勤務報告書", "二 施設利用状況",
    "以上", "担当者まで御連絡ください。",
)  # fmt: skip


def blank_page(like: Page) -> Page:
    """白紙: the back of a page: not quite white where the front shows through."""
    back = 255 - (255 - like[:, ::-1].astype(np.float32)) * 0.03
    return back.astype(np.uint8)


def foreign_page(like: Page, dpi: int, random: Random) -> Page:
    """送付状など: words of another matter, sometimes in a table with black squares of its own."""
    picture = Image.new("L", (like.shape[1], like.shape[0]), 255)
    draw = ImageDraw.Draw(picture)
    dots = dpi / 25.4
    font = ImageFont.truetype(FONT, round(4.2 * dots))
    y = 30.0
    for line in random.sample(_LINES, len(_LINES)):
        draw.text((25 * dots, y * dots), line, fill=30, font=font)
        y += random.uniform(8, 14)
    if random.random() < 0.5:
        for row in range(random.randint(4, 9)):
            top = (170 + row * 9) * dots
            draw.rectangle((25 * dots, top, 185 * dots, top + 9 * dots), outline=40, width=2)
    if random.random() < 0.3:
        draw.rectangle((12 * dots, 12 * dots, 18 * dots, 18 * dots), fill=20)
    return np.array(picture)
