"""窓口のカードリーダーの言葉: whatever comes back from a reader, or is found of a certificate, is said in words."""

import json
from pathlib import Path
from typing import get_args

import card.counter.desk
from card.agent.cities import LANGUAGES
from card.counter import pages
from ui.reviewer.paper_reader_contents import REASONS
from workflows.reader_contracts import ReaderWord, Unconfirmed

CERTIFICATE = {"unknown", "revoked", "expired", "administrator", "refused"}


def test_every_reason_has_words_for_the_officer() -> None:
    assert set(REASONS) == {*get_args(Unconfirmed), "expired", *(f"certificate_{each}" for each in CERTIFICATE)}


def test_reader_and_workflow_speak_of_the_same_things() -> None:
    assert get_args(card.counter.desk.Word) == get_args(ReaderWord)
    assert set(get_args(ReaderWord)) - {"handed_in"} <= set(get_args(Unconfirmed))


def test_every_end_and_phase_has_words_at_the_reader_in_four_languages() -> None:
    words = json.loads((Path(pages.__file__).parent / "templates" / "words.json").read_text(encoding="utf-8"))
    ends = {f"over_{each}" for each in get_args(ReaderWord)}
    titles = {f"title_{each}" for each in get_args(card.counter.desk.Phase)}
    leads = {f"lead_{each}" for each in ("idle", "lift", "card", "pin", "working")}
    assert ends | titles | leads <= set(words)
    assert all(tuple(said) == LANGUAGES and all(said.values()) for said in words.values())
