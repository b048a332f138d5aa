"""取込み: which files are taken, from folders and from mail."""

import os
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from activities.batch.intake import attachments, scans


def test_scans_are_taken_by_name_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.PDF", "a.tiff", "c.jpg", "truth.json", "roster.csv", "empty.pdf"):
        (tmp_path / name).write_bytes(b"" if name == "empty.pdf" else b"x")
    (tmp_path / "taken.pdf").mkdir()
    assert [file.name for file in scans(tmp_path)] == ["a.tiff", "b.PDF", "c.jpg"]
    assert list(scans(tmp_path / "nowhere")) == []


def test_a_file_that_may_still_be_written_is_left(tmp_path: Path) -> None:
    (tmp_path / "now.pdf").write_bytes(b"x")
    (tmp_path / "then.pdf").write_bytes(b"x")
    os.utime(tmp_path / "then.pdf", (1_700_000_000, 1_700_000_000))
    assert [file.name for file in scans(tmp_path, timedelta(minutes=1))] == ["then.pdf"]


def test_a_mails_scans_are_its_attachments() -> None:
    mail = EmailMessage()
    mail["Subject"] = "10月分"
    mail.set_content("よろしくお願いします。")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../012.pdf")
    mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="012.exe")
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="12月.jpg")
    assert list(attachments(mail.as_bytes())) == [("012.pdf", b"%PDF-1.7"), ("12月.jpg", b"\xff\xd8\xff")]
    assert list(attachments(b"no mail at all")) == []
