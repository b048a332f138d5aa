"""カードの仕様: a card of the next generation is a new profile and not a rewrite."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from next_card import NEXT_CARD, NextCard

from card.errors import CardMisbehaved, NotThisCard, PinMalformed, WrongPin
from card.jpki import JpkiCard
from card.profile import PROFILES


def test_the_next_generation_signs_by_its_profile_alone() -> None:
    next_card = NextCard()
    with JpkiCard(next_card, [*PROFILES, NEXT_CARD]) as card:
        assert card.profile is NEXT_CARD
        assert card.tries_left("signing") == 8
        signer = card.unlock("signing", "123456")
        signature = signer.sign(b"content")
    assert signer.certificate == next_card.certificate
    public = next_card.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, b"content", ec.ECDSA(hashes.SHA384()))


def test_its_pins_follow_its_profile() -> None:
    card = JpkiCard(NextCard(), [NEXT_CARD])
    with pytest.raises(PinMalformed):
        card.unlock("signing", "HANAKO1234")
    with pytest.raises(WrongPin, match="Tries left: 7"):
        card.unlock("signing", "654321")


def test_its_signature_is_checked_against_its_certificate_too() -> None:
    with pytest.raises(CardMisbehaved, match="does not fit"):
        JpkiCard(NextCard(wrong=True), [NEXT_CARD]).sign_submission("123456", b"content")


def test_without_its_profile_it_is_not_a_card_we_know() -> None:
    with pytest.raises(NotThisCard):
        JpkiCard(NextCard())
