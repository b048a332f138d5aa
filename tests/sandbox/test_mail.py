"""模擬のメールサーバー: speaks SMTP as a real one, and fails as one when told to."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.gateway.process import NeighbourProcess

CONTENT = (
    b"From: a@city.example\r\nTo: b@resident.example\r\nSubject: test\r\nMessage-ID: <1@city.example>\r\n\r\nHello.\r\n"
)


class Server:
    def __init__(self, url: str, folder: Path) -> None:
        self.http = httpx.Client(base_url=url)
        self.folder = folder

    @contextmanager
    def smtp(self, *, encrypted: bool = True) -> Iterator[smtplib.SMTP]:
        with smtplib.SMTP("127.0.0.1", int((self.folder / "smtp_port").read_text()), timeout=10) as smtp:
            if encrypted:
                smtp.starttls(context=ssl.create_default_context(cafile=str(self.folder / "ca.pem")))
            yield smtp

    def mails(self, to: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get("/_sandbox/mails", params={"to": to}).json()
        return found

    def fault(self, address: str, kind: str) -> None:
        assert self.http.post("/_sandbox/faults", json={"address": address, "kind": kind}).is_success


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mail-server")
    with NeighbourProcess("sandbox.mail", folder) as running:
        found = Server(running.url, folder)
        yield found
        found.http.close()


def test_a_mail_is_kept_byte_for_byte_and_shown(server: Server) -> None:
    with server.smtp() as smtp:
        smtp.login("madoguchi", (server.folder / "password").read_text())
        smtp.sendmail("bounces@city.example", ["Kept@resident.example"], CONTENT)
    [mail] = server.mails("kept@resident.example")
    assert (mail["subject"], mail["text"].strip(), mail["login"], mail["encrypted"]) == (
        "test", "Hello.", "madoguchi", True,
    )  # fmt: skip
    assert server.http.get(f"/_sandbox/mails/{mail['id']}.eml").content == CONTENT
    assert "Hello." in server.http.get("/").text


def test_a_wrong_password_and_a_login_in_the_clear_are_refused(server: Server) -> None:
    with server.smtp() as smtp, pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login("madoguchi", "wrong")
    with server.smtp(encrypted=False) as smtp, pytest.raises(smtplib.SMTPException):
        smtp.login("madoguchi", (server.folder / "password").read_text())


@pytest.mark.parametrize(("kind", "code"), [("refuse", 550), ("full", 452), ("busy", 451)])
def test_a_recipient_is_refused(server: Server, kind: str, code: int) -> None:
    server.fault(f"{kind}@resident.example", kind)
    with server.smtp() as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail("bounces@city.example", [f"{kind}@resident.example"], CONTENT)
    assert [answer[0] for answer in refused.value.recipients.values()] == [code]
    assert server.mails(f"{kind}@resident.example") == []


def test_greylisting_takes_the_second_try(server: Server) -> None:
    server.fault("grey@resident.example", "greylist")
    with server.smtp() as smtp, pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("bounces@city.example", ["grey@resident.example"], CONTENT)
    with server.smtp() as smtp:
        smtp.sendmail("bounces@city.example", ["grey@resident.example"], CONTENT)
    assert len(server.mails("grey@resident.example")) == 1


def test_a_connection_is_dropped_within_the_mail_and_mended_again(server: Server) -> None:
    server.fault("drop@resident.example", "drop")
    with pytest.raises(smtplib.SMTPServerDisconnected), server.smtp() as smtp:
        smtp.sendmail("bounces@city.example", ["drop@resident.example"], CONTENT)
    server.fault("drop@resident.example", "")
    with server.smtp() as smtp:
        smtp.sendmail("bounces@city.example", ["drop@resident.example"], CONTENT)
    assert len(server.mails("drop@resident.example")) == 1


def test_a_mail_that_was_taken_comes_back_with_a_report(server: Server) -> None:
    server.fault("gone@resident.example", "bounce")
    with server.smtp() as smtp:
        smtp.sendmail("bounces+1@city.example", ["gone@resident.example"], CONTENT)
    [mail] = server.mails("bounces+1@city.example")
    report = message_from_bytes(server.http.get(f"/_sandbox/mails/{mail['id']}.eml").content)
    assert report.get_content_type() == "multipart/report"
    words, fields, returned = report.get_payload()
    assert "unknown user" in str(words)
    assert "Status: 5.1.1" in str(fields)
    assert "Action: failed" in str(fields)
    assert "Message-ID: <1@city.example>" in str(returned)
    assert mail["return_path"] == "", "a report is sent with an empty return path (RFC 5321 4.5.5)"


def test_what_was_taken_is_still_there_after_kill_9(tmp_path: Path) -> None:
    first = NeighbourProcess("sandbox.mail", tmp_path)
    server = Server(first.url, tmp_path)
    with server.smtp() as smtp:
        smtp.sendmail("bounces@city.example", ["kept@resident.example"], CONTENT)
    [before] = server.mails("kept@resident.example")
    server.http.close()
    first.kill()
    with (tmp_path / "mails.jsonl").open("a") as file:
        file.write('{"id": 2, "recip')  # the process died within a line

    with NeighbourProcess("sandbox.mail", tmp_path) as second:
        server = Server(second.url, tmp_path)
        assert server.mails("kept@resident.example") == [before]
        server.http.close()
