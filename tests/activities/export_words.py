"""書き出しの言葉: writes procedures/library/_shared/my_data_words.html from the words of the pages.

Documents are made where no page is known (ui), so the words are copied, and a test holds both together.

.venv/bin/python tests/activities/export_words.py
"""

import json
from collections.abc import Mapping

from api.views import Action
from procedures.loader import LIBRARY
from procedures.texts import LANGUAGES, Language
from ui import wording
from ui.language import translated
from ui.resident import account

PAGE = LIBRARY / "_shared" / "my_data_words.html"
DECIDED: Mapping[str, Action] = {
    "approve": "approved", "send_back": "sent_back", "reject": "rejected", "dispatch": "posted",
    "hand_out": "handed_out",
}  # fmt: skip
OUTCOMES = {decision: wording.HAPPENINGS[action] for decision, action in DECIDED.items()}
AUTHORS = {"resident": wording.TURNS["resident"], "officer": wording.TURNS["officer"]}
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "statuses": {status: state.label for status, state in wording.STATES.items()},
    "actions": {**wording.HAPPENINGS},
    "payments": {status: label for status, (label, _) in wording.PAYMENTS.items()},
    "bookings": wording.BOOKINGS,
    "kinds": account.KINDS,
    "suspensions": {reason or "none": label for reason, (label, _) in account.STATES.items()},
    "attributes": wording.ATTRIBUTES,
    "outcomes": OUTCOMES,
    "authors": AUTHORS,
}


def words(language: Language) -> dict[str, dict[str, str]]:
    """Every code's words in one language."""
    return {
        name: {code: translated(language, sentence) for code, sentence in sentences.items()}
        for name, sentences in SENTENCES.items()
    }


def page() -> str:
    """The whole file."""
    said = json.dumps({language: words(language) for language in LANGUAGES}, ensure_ascii=False, indent=1)
    return (
        f"{{# 言葉: of the pages' codes; written by tests/activities/export_words.py. #}}\n{{% set words = {said} %}}\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
