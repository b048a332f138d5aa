"""カードのエラー: what can go wrong with a card, each a sentence its holder can act on.

`code` names the error for translations. Only `RetryableCardError` may succeed when the same thing is tried again.
"""

from typing import Final

from card.profile import PinName, Purpose

_PIN_NAMES: Final[dict[PinName, str]] = {
    "signing": "password of the signing certificate (6 to 16 letters and digits)",
    "authentication": "PIN of the authentication certificate (4 digits)",
    "attributes": "PIN for the card's text data (4 digits)",
    "number_a": "My Number (12 digits)",
    "number_b": "verification number B (14 digits: birth date, expiry year, security code)",
}
_COUNTER: Final = "Your municipality's counter resets it."
_WHERE: Final[dict[PinName, str]] = {
    "signing": "Your municipality's counter resets it; so do the JPKI app and a convenience-store terminal together."
}


class CardError(Exception):
    """カードのエラー: final unless a subclass says otherwise."""

    code = "card_error"


class RetryableCardError(CardError):
    """もう一度試せるエラー: put the card on the reader and try again."""

    code = "try_again"


class ReaderUnavailable(RetryableCardError):
    """カードリーダーにつながらない: `status` is PC/SC's own code, for whoever is called to help."""

    code = "reader_unavailable"
    sentence = "The card reader does not answer. Check that it is plugged in and try again."

    def __init__(self, status: int | None = None) -> None:
        self.status = status
        super().__init__(self.sentence if status is None else f"{self.sentence} (PC/SC {status:08X})")


class ServiceUnavailable(ReaderUnavailable):
    """スマートカードのサービスが動いていない."""

    code = "service_unavailable"
    sentence = "This computer's smart card service is not running. Plug the reader in again, or start the service."


class ReaderAbsent(ReaderUnavailable):
    """カードリーダーがない."""

    code = "reader_absent"
    sentence = "The card reader is not connected. Plug it in and try again."


class ReaderLost(ReaderUnavailable):
    """カードリーダーが途中で外れた."""

    code = "reader_lost"
    sentence = "The card reader was unplugged. Plug it in and try again."


class ReaderBusy(ReaderUnavailable):
    """ほかのプログラムがカードを使っている."""

    code = "reader_busy"
    sentence = "Another program is using the card. Close it and try again."


class PcscMissing(CardError):
    """pyscardが入っていない."""

    code = "pcsc_missing"

    def __init__(self) -> None:
        super().__init__("This computer has no library for card readers yet: install madoguchi[card].")


class CardAbsent(RetryableCardError):
    """カードが置かれていない."""

    code = "card_absent"

    def __init__(self) -> None:
        super().__init__("There is no card on the reader. Lay your My Number Card on it and try again.")


class CardRemoved(RetryableCardError):
    """カードが途中で離れた."""

    code = "card_removed"

    def __init__(self) -> None:
        super().__init__("The card left the reader too early. Leave it there until the end and try again.")


class CardSilent(RetryableCardError):
    """カードが時間内に答えない."""

    code = "card_silent"

    def __init__(self) -> None:
        super().__init__("The card did not answer in time. Lift it, lay it on the reader again and retry.")


class CardUnreadable(RetryableCardError):
    """カードを読めない: no contact, upside down, or a card this reader does not know."""

    code = "card_unreadable"

    def __init__(self) -> None:
        super().__init__("The reader cannot read this card. Check which side is up, lay it down again and retry.")


class NotThisCard(CardError):
    """マイナンバーカードではない."""

    code = "not_this_card"

    def __init__(self) -> None:
        super().__init__("This is not a My Number Card. Lay your My Number Card on the reader.")


class CertificateNotIssued(CardError):
    """電子証明書が発行されていない."""

    def __init__(self, purpose: Purpose) -> None:
        self.purpose = purpose
        self.code = f"certificate_not_issued_{purpose}"
        super().__init__(f"This card carries no {purpose} certificate. The counter of your municipality can issue one.")


class PinMalformed(CardError):
    """暗証番号の形が違う: noticed before the card is asked, so no try is lost."""

    def __init__(self, purpose: PinName) -> None:
        self.purpose = purpose
        self.code = f"pin_malformed_{purpose}"
        super().__init__(f"Enter the {_PIN_NAMES[purpose]}. Nothing was sent to the card.")


class WrongPin(CardError):
    """暗証番号が違う: `tries_left` more tries until the card blocks it."""

    code = "wrong_pin"

    def __init__(self, purpose: PinName, tries_left: int) -> None:
        self.purpose = purpose
        self.tries_left = tries_left
        super().__init__(f"That is not the {_PIN_NAMES[purpose]}. Tries left: {tries_left}.")


class LastTry(CardError):
    """残り一回: one more wrong PIN would block the card, so its holder must say so first."""

    code = "last_try"
    tries_left = 1

    def __init__(self, purpose: PinName) -> None:
        self.purpose = purpose
        where = _WHERE.get(purpose, _COUNTER)
        super().__init__(f"Only one try is left for the {_PIN_NAMES[purpose]}. A wrong one blocks it. {where}")


class PinBlocked(CardError):
    """暗証番号がロックされている."""

    def __init__(self, purpose: PinName) -> None:
        self.purpose = purpose
        self.code = f"pin_blocked_{purpose}"
        super().__init__(f"The {_PIN_NAMES[purpose]} is blocked. {_WHERE.get(purpose, _COUNTER)}")


class CardMisbehaved(CardError):
    """カードの応答がおかしい: `status` is the status word, if there was one."""

    code = "card_misbehaved"

    def __init__(self, during: str, status: int | None = None) -> None:
        self.status = status
        shown = "" if status is None else f" (status {status:04X})"
        super().__init__(f"The card gave an answer that makes no sense while {during}{shown}.")


class RecordForged(CardError):
    """カードの記録が署名と合わない: `record` says in words which."""

    code = "record_forged"

    def __init__(self, record: str) -> None:
        self.record = record
        super().__init__(
            f"The {record} on this card does not fit the card's own signature and was not taken. "
            "Have the card checked at your municipality's counter."
        )
