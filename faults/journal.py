"""日誌: what residents and officers were told, a JSON object a line. What is acknowledged here must be so afterwards.

| event | fields beside `at` | told |
|---|---|---|
| filed | by, receipt_number, procedure, draft, fee | the receipt; again where the same request was repeated |
| unanswered | by, draft | nobody ever said whether it was filed |
| paid | receipt_number | the gateway took the money |
| withdrew | receipt_number | the wish to withdraw was taken in |
| corrected | receipt_number | the correction was taken in |
| deciding | receipt_number, task, decision, by | an officer is about to send this decision |
| decided | receipt_number, task, step, decision, by, answer | acknowledged, or pending: taken in |
| read_document | receipt_number, document, sha256 | what was downloaded |
| told_ended | receipt_number, status | how the case ended, as its resident read it |
| disputed | receipt_number | the payer's bank took the money back |
| refused | by, says | the counter said no; looked at anew |
| left | receipt_number, waits_for | payment, officer or correction: this person does nothing, on purpose |
"""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path


class Journal:
    """日誌: one file; any thread writes."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        file.touch()

    def write(self, event: str, **told: object) -> None:
        line = json.dumps({"at": datetime.now(UTC).isoformat(), "event": event, **told}, ensure_ascii=False)
        with self._lock, self.file.open("a") as file:
            file.write(f"{line}\n")
