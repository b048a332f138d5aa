"""QRの内容: what is on a page comes back as it was, and what is not ours is told apart."""

import pytest

from sheets.label import ForeignLabel, Label, parse

FILLED = Label(sheet="club_work_report", version=3, page=1, month="2026-10", group="012", person="000345")


@pytest.mark.parametrize("label", [FILLED, Label(sheet="health_check", version=1)])
def test_a_label_is_read_as_it_was_printed(label: Label) -> None:
    assert parse(label.encode()) == label


def test_a_label_names_nobody() -> None:
    assert FILLED.encode() == "MADOGUCHI1/club_work_report/3/1/2026-10/012/000345"


@pytest.mark.parametrize(
    "text",
    [
        "", "https://example.jp/", "MADOGUCHI1/", "MADOGUCHI2/club_work_report/3/1/2026-10/012/000345",
        "MADOGUCHI1/club_work_report/0/1/2026-10/012/000345", "MADOGUCHI1/club_work_report/3/1/2026-13/012/000345",
        "MADOGUCHI1/club_work_report/3/1/2026-10/012/000345/9", "MADOGUCHI1/Club/3/1///",
    ],
)  # fmt: skip
def test_another_ones_code_is_foreign(text: str) -> None:
    with pytest.raises(ForeignLabel):
        parse(text)
