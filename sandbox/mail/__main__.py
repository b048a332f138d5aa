"""起動: `python -m sandbox.mail FOLDER --port N --smtp-port M`."""

import argparse
import logging
from pathlib import Path

from sandbox.mail.application import create_application
from sandbox.serving import bind, serve


def main() -> None:
    """起動: prints the page's address once both ports are bound, then serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mail", description="Takes mails and delivers none.")
    parser.add_argument("folder", type=Path, help="where the certificate, the password and the mails live")
    parser.add_argument("--port", type=int, default=0, help="TCP port of the page on 127.0.0.1; 0: any")
    parser.add_argument("--smtp-port", type=int, default=0, help="TCP port of SMTP on 127.0.0.1; 0: any")
    parser.add_argument("--pipe", help="command that gets reports of failure on its standard input")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # aiosmtpd writes every command and peer at INFO, and a dropped connection as a warning.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    smtp, smtp_address = bind("mail server", given.smtp_port)
    listener, address = bind("mail server's page", given.port)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "smtp_port").write_text(smtp_address.rsplit(":", 1)[1])
    serve(create_application(given.folder, smtp, given.pipe), listener, address)


if __name__ == "__main__":
    main()
