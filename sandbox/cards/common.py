"""共通カードAP: the card's own serial number, municipality and expiry, free for all (jpki-card.md section 6)."""

from pathlib import Path
from typing import Final

from sandbox.cards.application import Application, holder_of, tag

COMMON: Final = bytes.fromhex("D3921000310001010100")
_HIMEJI: Final = "28201"


def common_application(folder: Path, card: str) -> Application:
    """共通カードAP: one record in the file with short id 1. The serial is the person's number with zeros in front."""
    person = holder_of(folder, card)
    content = f"{person.person_id:0>15}{_HIMEJI}{person.face.expires:%Y%m%d}"
    return Application(records={(1, 1): tag(0x01, content.encode())})
