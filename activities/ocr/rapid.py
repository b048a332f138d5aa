"""RapidOCR: lines of print and handwriting, Japanese among them, by networks that come inside the package.

Only its recogniser is used: where a line is, the sheet says. It was trained on Chinese first and writes some characters
in their Chinese form; those are put back.
"""

from collections.abc import Sequence
from functools import cache

import cv2
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec import TextRecOutput

from activities.ocr.images import Gray
from activities.ocr.readers import Alternatives
from sheets.reading import Alternative

_JAPANESE = str.maketrans(
    "查值户县东长门间马风云会发条团图经济产业务员", "査値戸県東長門間馬風雲会発条団図経済産業務員"
)  # fmt: skip
"""字体: Chinese forms a Japanese hand hardly ever means; one character for one."""


class RapidReader:
    """行の読取器: one picture, one line; the score is the engine's own and not calibrated."""

    def read(self, pictures: Sequence[Gray]) -> list[Alternatives]:
        """読む."""
        return [_line(picture) for picture in pictures]


def _line(picture: Gray) -> Alternatives:
    if picture.size == 0:
        return ()
    coloured = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    found = _engine()(coloured, use_det=False, use_cls=False, use_rec=True, text_score=0.0)
    if not isinstance(found, TextRecOutput) or not found.txts or not found.scores:
        return ()
    text, score = found.txts[0].strip().translate(_JAPANESE), float(found.scores[0])
    return (Alternative(text=text, probability=min(score, 1.0)),) if text else ()


@cache
def _engine() -> RapidOCR:
    quiet_and_alone = {
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=quiet_and_alone)
