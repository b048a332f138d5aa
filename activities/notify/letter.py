"""文面の組立て: one mail or push message, from a delivery; the same bytes at every attempt.

The Message-ID names the delivery: a mail sent again after a crash carries the one it had, and mail programs and servers
know it for the same mail (RFC 5322 3.6.4). No picture, no tracking, no HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from activities.notify import texts
from activities.notify.outcome import Cancelled
from procedures.texts import Language, Text
from procedures.values import MunicipalityCode
from store.deliveries import Delivery
from store.notice_key import CODE_LIFETIME, NoticeKey
from store.notices import CODE

LANGUAGE_TAGS: Mapping[Language, str] = {"ja": "ja", "en": "en", "zh": "zh-Hans", "ko": "ko"}
_PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class City:
    """差出人の市: its name and its residents' address of the counter."""

    name: Text
    public_url: str


@dataclass(frozen=True)
class Letter:
    """封書: a mail with its envelope."""

    return_path: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Writer:
    """書き手."""

    cities: Mapping[MunicipalityCode, City]
    key: NoticeKey
    sender: str
    return_path: str

    def letter(self, delivery: Delivery) -> Letter:
        """メール. Raises Cancelled where nobody is there to read it any more."""
        recipient = _recipient(delivery)
        token = self.key.delivery_token(delivery.id)
        message = self._message(delivery, recipient, token)
        local, _, domain = self.return_path.rpartition("@")
        return Letter(f"{local}+{token}@{domain}", recipient, message.as_bytes())

    def push(self, delivery: Delivery) -> dict[str, str]:
        """プッシュ通知: what the browser shows. `tag`: shown once, even if it came twice."""
        language, city = delivery.push_language or "ja", self.cities[delivery.municipality]
        return {
            "title": texts.COUNTER.of(language).format(city=city.name.of(language)),
            "body": texts.subject(delivery.kind).of(language),
            "url": _case(city, delivery),
            "tag": delivery.id.hex,
        }

    def _message(self, delivery: Delivery, recipient: str, token: str) -> EmailMessage:
        language, city = delivery.language or "ja", self.cities[delivery.municipality]
        named = texts.COUNTER.of(language).format(city=city.name.of(language))
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(named, addr_spec=self.sender)
        message["To"] = recipient
        message["Subject"] = f"{_title(language, city)} {texts.subject(delivery.kind).of(language)}"
        message["Date"] = format_datetime(delivery.created_at)
        message["Message-ID"] = f"<{token}@{self.sender.rpartition('@')[2]}>"
        # RFC 3834: programs that answer mails leave this one alone.
        message["Auto-Submitted"] = "auto-generated"
        if delivery.kind == CODE:
            body = self._code(delivery, language, recipient)
        elif delivery.to_officer:
            body = _to_officer(delivery, language, city)
        else:
            stop = f"{city.public_url}/notices/stop/{self.key.stop_token(delivery.account_id, recipient)}"
            message["List-Unsubscribe"] = f"<{stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            body = _news(delivery, language, city, stop)
        # base64: seven bits on any way there, and no line too long in any language.
        message.set_content(_PARAGRAPH.join([named, body, _closing(language)]) + "\n", cte="base64")
        # Last: setting the content removes what began with Content- before.
        message["Content-Language"] = LANGUAGE_TAGS[language]
        return message

    def _code(self, delivery: Delivery, language: Language, recipient: str) -> str:
        if delivery.code_salt is None or not delivery.code_valid:
            raise Cancelled("code_replaced")
        code = self.key.code(delivery.account_id, recipient, delivery.code_salt)
        minutes = int(CODE_LIFETIME.total_seconds() // 60)
        ends = texts.CODE_ENDS.of(language).format(minutes=minutes)
        return _PARAGRAPH.join([texts.CODE.of(language), f"    {code}", ends])


def _recipient(delivery: Delivery) -> str:
    if delivery.to_officer:
        if delivery.officer_mail is None:
            raise Cancelled("address_removed")
        return delivery.officer_mail
    if delivery.kind == CODE:
        if delivery.pending_email is None:
            raise Cancelled("code_replaced")
        return delivery.pending_email
    if delivery.email is None:
        raise Cancelled("address_removed")
    if delivery.bounced_at is not None:
        raise Cancelled("address_bounced")
    return delivery.email


def _title(language: Language, city: City) -> str:
    name = city.name.of(language)
    return f"【{name}】" if language in ("ja", "zh") else f"[{name}]"


def _news(delivery: Delivery, language: Language, city: City, stop: str) -> str:
    opened = f"{texts.OPEN.of(language)}\n{_case(city, delivery)}"
    choose = f"{texts.CHOOSE.of(language)}\n{city.public_url}/account/notices"
    stopping = f"{texts.STOP.of(language)}\n{stop}"
    return _PARAGRAPH.join([texts.news(delivery.kind).of(language), opened, f"{choose}\n{stopping}"])


def _to_officer(delivery: Delivery, language: Language, city: City) -> str:
    """職員への知らせ: that there is something to read, and where; the city's own mails are not to be stopped."""
    return f"{texts.news(delivery.kind).of(language)}\n\n{texts.OPEN.of(language)}\n{city.public_url}/inbox/notices"


def _closing(language: Language) -> str:
    return f"{texts.NOTHING_PERSONAL.of(language)}\n{texts.NO_REPLY.of(language)}"


def _case(city: City, delivery: Delivery) -> str:
    """状況のページ: a receipt number carries no personal data."""
    return f"{city.public_url}/cases/{delivery.receipt_number}" if delivery.receipt_number else city.public_url
