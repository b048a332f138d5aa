"""理由の説明: every reason explains itself in four languages, and says what to do next."""

from typing import get_args

import pytest

from trust.reasons import Language, Reason, sentences

LANGUAGES = get_args(Language)
ENDS = {"ja": "。", "en": ".", "zh": "。", "ko": "."}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_three_sentences(reason: Reason, language: Language) -> None:
    for sentence in sentences(reason, language):
        assert sentence.endswith(ENDS[language])
        assert len(sentence) < 130


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_reasons_say_the_same(language: Language) -> None:
    assert len({sentences(reason, language).happened for reason in Reason}) == len(Reason)
