"""受付番号: municipality code, day of receipt, five random characters: 282014-261123-7K3MQ.

Unguessable enough not to be counted through, short enough to be read over the telephone; holds no personal data.
"""

import re
import secrets
from datetime import date

from procedures.values import MunicipalityCode, ReceiptNumber

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0, 1, I, L, O, U: nothing to mistake in print or by ear."""
RANDOM_LENGTH = 5
_PATTERN = re.compile(rf"\A(\d{{6}})-\d{{6}}-[{ALPHABET}]{{{RANDOM_LENGTH}}}")


def new_receipt_number(municipality: MunicipalityCode, day: date) -> ReceiptNumber:
    """採番: the primary key refuses the rare twin (30^5 numbers a day and city)."""
    drawn, tail = secrets.randbelow(len(ALPHABET) ** RANDOM_LENGTH), ""
    for _ in range(RANDOM_LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        tail += ALPHABET[place]
    return ReceiptNumber(f"{municipality}-{day:%y%m%d}-{tail}")


def municipality_of(workflow_id: str) -> MunicipalityCode | None:
    """The municipality a receipt number (or a workflow id that starts with one) belongs to."""
    match = _PATTERN.match(workflow_id)
    return MunicipalityCode(match.group(1)) if match else None


def receipt_number_of(workflow_id: str) -> ReceiptNumber | None:
    """The receipt number a workflow id starts with (`…-recall` workflows share their case's key)."""
    match = _PATTERN.match(workflow_id)
    return ReceiptNumber(match.group(0)) if match else None
