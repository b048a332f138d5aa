"""カードエージェントと網: names rebound to this machine, public pages under local network access rules, in Chromium."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from machine.browser import chromium
from tests.card.agent.agent_city import City
from tests.card.agent.test_agent_page import READ, SEND, sign


def test_a_name_that_is_rebound_to_this_machine_reaches_nothing(city: City, agent: str) -> None:
    port = agent.rsplit(":", 1)[1]
    with chromium("--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
        page = browser.new_page()
        seen = page.goto(f"http://evil.example:{port}/sign?request={city.origin}/request")
        assert seen is not None
        assert seen.status == 403
        assert page.evaluate(READ, f"http://evil.example:{port}/reader").startswith("Only this machine")
    assert city.fetched == 0


def test_a_public_https_page_may_lead_here_where_local_network_access_forbids_it_to_fetch(
    city: City, agent: str, tmp_path: Path
) -> None:
    with https_site(f"{agent}/sign?request={city.origin}/request", tmp_path) as port:
        public = f"--ip-address-space-overrides=127.0.0.1:{port}=public"
        with chromium(public, "--enable-features=LocalNetworkAccessChecks") as browser:
            context = browser.new_context(ignore_https_errors=True, locale="en-US")
            page = context.new_page()
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(f"https://127.0.0.1:{port}/")
            assert page.evaluate(READ, f"{agent}/reader") == "refused"
            assert page.evaluate(SEND, [f"{agent}/sign", {}]) == "refused"
            assert any("local" in one.lower() or "address space" in one.lower() for one in complaints), complaints
            page.get_by_role("button", name="sign").click()
            sign(page, "hanako", "HANAKO1234")
            page.wait_for_url(f"{city.origin}/cases/1?a=b")
    assert len(city.received) == 1


@contextmanager
def https_site(leads_to: str, folder: Path) -> Iterator[int]:
    """A site with a certificate of its own making; its form leads on by an answer, as our pages do; its port."""

    class Page(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

        def do_GET(self) -> None:
            content = (
                b'<!doctype html><title>city</title><form method="post" action="/login"><button>sign</button></form>'
            )
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(303)
            self.send_header("Location", leads_to)
            self.send_header("Content-Length", "0")
            self.end_headers()

    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(_certificate(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "site.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file
