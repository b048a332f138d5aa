"""故障: what each fault looks like to a PC/SC client, behind a real pcscd."""

import subprocess

import pytest
from card_commands import JPKI, SELECT, TEXT, sign, signing_of, verify
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from pcsc_session import Conversation, comings_and_goings

from sandbox import cards, pki
from sandbox.cards.fault import Fault
from sandbox.people import HANAKO

DIGEST = bytes(range(32))


def verifies(signature: bytes, folder: object) -> bool:
    key = pki.credential(folder, "hanako", "signing").certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(signature, DIGEST, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("", Fault()),
        ("hang", Fault(failing="hang")),
        ("delay=1.5", Fault(failing="delay", seconds=1.5)),
        (" smartphone  removed ", Fault(failing="removed", token="smartphone")),
        ("blocked", Fault(token="blocked")),
    ],
)
def test_a_fault_is_said_in_words(words: str, fault: Fault) -> None:
    assert Fault.parse(words) == fault


@pytest.mark.parametrize("words", ["broken", "delay", "delay=", "delay=long", "delay=-1", "hang=3", "=", "juki=1"])
def test_words_that_name_no_fault_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"Known:|delay needs seconds"):
        Fault.parse(words)


def test_a_card_held_in_the_hand_cannot_fail_as_one_on_a_reader(jpki_folder: object) -> None:
    with pytest.raises(ValueError, match="lay it on"):
        cards.hold(jpki_folder, "hanako", "removed")


def test_a_card_without_a_fault_signs(stack: cards.Stack, jpki_folder: object) -> None:
    stack.lay("hanako")
    with Conversation(stack) as client:
        answer, _ = client.ask(*signing_of(HANAKO), sign(DIGEST))
    assert answer.endswith("9000")
    assert verifies(bytes.fromhex(answer)[:-2], jpki_folder)


def test_a_damaged_signature_looks_whole_and_does_not_verify(stack: cards.Stack, jpki_folder: object) -> None:
    stack.lay("hanako", "damaged")
    with Conversation(stack) as client:
        answer, _ = client.ask(*signing_of(HANAKO), sign(DIGEST))
    assert len(answer) == 2 * 258
    assert answer.endswith("9000")
    assert not verifies(bytes.fromhex(answer)[:-2], jpki_folder)


def test_a_cut_signature_is_too_short_and_calls_itself_done(stack: cards.Stack) -> None:
    stack.lay("hanako", "cut")
    with Conversation(stack) as client:
        answer, _ = client.ask(*signing_of(HANAKO), sign(DIGEST))
    assert len(answer) == 2 * (129 + 2)
    assert answer.endswith("9000")


@pytest.mark.parametrize("fault", ["removed", "truncated"])
def test_a_card_that_goes_in_the_middle_of_signing_is_gone(stack: cards.Stack, fault: str) -> None:
    stack.lay("hanako", fault)
    before = comings_and_goings(stack)
    with Conversation(stack) as client:
        answer, _ = client.ask(*signing_of(HANAKO), sign(DIGEST))
        assert not answer.endswith("9000")
        assert stack.slots()[0]["card"] is None
        assert "9000" not in client.ask(JPKI)[0]  # an error, or an answer without a byte in it
    stack.lay("hanako")
    assert comings_and_goings(stack) - before == 2
    with Conversation(stack) as client:
        assert client.ask(*signing_of(HANAKO))[0] == "9000"


def test_a_late_card_answers_rightly_in_the_end(stack: cards.Stack) -> None:
    stack.lay("hanako", "delay=0.3")
    with Conversation(stack) as client:
        assert client.ask(*signing_of(HANAKO))[1] < 0.3
        answer, seconds = client.ask(sign(DIGEST))
    assert answer.endswith("9000")
    assert seconds > 0.3


def test_a_hanging_card_is_silent_until_it_is_lifted_and_the_other_slot_goes_on(stack: cards.Stack) -> None:
    stack.lay("hanako", "hang")
    stack.lay("taro", slot=1)
    with Conversation(stack) as client:
        client.ask(*signing_of(HANAKO))
        client.say(sign(DIGEST))
        with pytest.raises(subprocess.TimeoutExpired):
            client.process.wait(0.3)
        with Conversation(stack, slot=1) as other:
            assert other.ask(JPKI)[0] == "9000"
        stack.take_off()
        answer, seconds = client.hear()
    assert not answer.endswith("9000")
    assert seconds > 0.3


def test_a_card_laid_as_another_token_is_one_and_the_owners_card_is_none_the_worse(stack: cards.Stack) -> None:
    stack.lay("hanako", "blocked")
    with Conversation(stack) as client:
        assert client.ask(JPKI, SELECT + "0018", verify(HANAKO.auth_pin))[0] == "6984"
    stack.lay("hanako", "smartphone")
    with Conversation(stack) as client:
        assert client.ask(TEXT)[0] == "6A82"
    stack.lay("hanako")
    with Conversation(stack) as client:
        assert client.ask(JPKI, SELECT + "0018", verify(HANAKO.auth_pin))[0] == "9000"
