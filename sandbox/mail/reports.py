"""不達通知: the report a mail server returns for a mail it took and could not deliver (RFC 3464)."""

from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, make_msgid

HOST = "mail.sandbox.example"


def report(returned: bytes, recipient: str, to: str) -> bytes:
    """不達通知: as Postfix writes it: words for people, fields for programs, the headers of what is returned."""
    whole = MIMEMultipart("report", report_type="delivery-status")
    whole["From"] = f"Mail Delivery System <MAILER-DAEMON@{HOST}>"
    whole["To"] = to
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole["Date"] = formatdate()
    whole["Message-ID"] = make_msgid(domain=HOST)
    whole["Auto-Submitted"] = "auto-replied"
    whole.attach(MIMEText(f"This is the mail system at {HOST}.\n\n<{recipient}>: unknown user\n"))
    whole.attach(_fields(recipient))
    headers = MIMENonMultipart("text", "rfc822-headers")
    headers.set_payload(returned.replace(b"\r\n", b"\n").split(b"\n\n")[0].decode("ascii", "replace") + "\n")
    whole.attach(headers)
    return whole.as_bytes()


def _fields(recipient: str) -> MIMEBase:
    part = MIMEBase("message", "delivery-status")
    part.set_payload([
        _block({"Reporting-MTA": f"dns; {HOST}", "Arrival-Date": formatdate()}),
        _block({
            "Final-Recipient": f"rfc822; {recipient}", "Action": "failed", "Status": "5.1.1",
            "Diagnostic-Code": "smtp; 550 5.1.1 User unknown",
        }),
    ])  # fmt: skip
    return part


def _block(fields: dict[str, str]) -> Message:
    block = Message()
    for name, value in fields.items():
        block[name] = value
    return block
