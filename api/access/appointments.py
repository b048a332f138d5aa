"""任命: who works for the city, in which department, doing what; known by certificate, identity provider, or both."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import Connection

from api.access.credentials import presented, require_usable
from api.access.identity import subject_key
from api.problems import Problem, problem
from procedures.contacts import read_email
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store import credentials, handover, people
from store.credentials import CARD, SMARTPHONE, Certificate, Credential, CredentialKey
from store.database import Database
from store.people import ADMINISTRATOR, AUDITOR, EXPERT, HEAD, SHEET_APPROVAL, SHEET_CORRECTION, WHOLE_CITY, Duty
from trust import certificate as certificates
from trust.anchors import Use
from trust.certificate import CertificateMalformed
from trust.signature import SignatureVerifier

OF_ANY_DEPARTMENT = (HEAD, EXPERT, SHEET_CORRECTION, SHEET_APPROVAL)
"""Functions of the city itself, in each of its departments."""
APPOINTMENT = "appointment"
"""Who acted, in the events of a certificate registered by appointing its holder."""
DutyText = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*|\*):[a-z][a-z0-9_]*$")]
"""DEPARTMENT:FUNCTION, as procedures name them; the department `*` is the whole city."""
Subject = tuple[str, str]
"""(issuer, sub) at the city's identity provider."""


class NotAppointed(Exception):
    """The appointment cannot be made; says why and what to write instead. `problem` says it on a page."""

    def __init__(self, sentence: str, found: Problem) -> None:
        super().__init__(sentence)
        self.problem = found


def _address(given: str | None) -> str | None:
    if given is None:
        return None
    read = read_email(given)
    if read is None:
        raise ValueError("this is no mail address: write it like name@city.example")
    return read


class Appointment(BaseModel):
    """任命書."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    duties: tuple[DutyText, ...] = Field(min_length=1)
    certificate: bytes | None = None
    """The officer's authentication certificate (DER)."""
    subject: Subject | None = None
    mail: Annotated[str | None, AfterValidator(_address)] = None
    """Where mails to the officer go; None: nobody is mailed, notices are in the inbox all the same."""

    @model_validator(mode="after")
    def _known_somehow(self) -> "Appointment":
        if self.certificate is None and self.subject is None:
            raise ValueError("name a certificate, a subject of the identity provider, or both")
        return self

    def held(self) -> tuple[Duty, ...]:
        return tuple(Duty(*each.split(":")) for each in self.duties)


def read_appointment(said: Mapping[str, object]) -> Appointment:
    """任命書を読む. Raises NotAppointed."""
    try:
        return Appointment.model_validate(said)
    except ValidationError as wrong:
        places = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        sentence = f"{places}. Write duties as DEPARTMENT:FUNCTION, e.g. health:health_review."
        raise NotAppointed(sentence, problem("appointment_incomplete")) from wrong


def read_appointments(data: bytes) -> tuple[Appointment, ...]:
    """任命書の一覧 (JSON); certificates are named by their files. Raises NotAppointed."""
    try:
        listed = [{**each, "certificate": certificate_in(each.get("certificate"))} for each in json.loads(data)]
    except (ValueError, TypeError, AttributeError) as wrong:
        sentence = f"This is no list of appointments in JSON: {wrong}"
        raise NotAppointed(sentence, problem("appointment_incomplete")) from wrong
    return tuple(read_appointment(each) for each in listed)


def certificate_in(file: Path | str | None) -> bytes | None:
    """証明書のファイル (DER). Raises NotAppointed."""
    try:
        return None if file is None else Path(file).read_bytes()
    except OSError as error:
        raise NotAppointed(f"{file} cannot be read: {error.strerror}", problem("appointment_incomplete")) from error


class Appointments:
    """任命の窓口: of administrators at their page, and of whoever has access to the machine (`by` None)."""

    def __init__(self, database: Database, verifier: SignatureVerifier, library: Library) -> None:
        self._database = database
        self._verifier = verifier
        self._library = library

    def appoint(self, city: MunicipalityCode, wanted: Appointment, by: UUID | None = None) -> UUID:
        """任命: these duties and no others from now on; the account. Raises NotAppointed."""
        _require_known(self._library, wanted.held())
        known_by = []
        if wanted.certificate is not None:
            known_by.append(self._good(wanted.certificate))
        if wanted.subject is not None:
            known_by.append(Certificate(subject_key(*wanted.subject)))
        with self._database.transaction(city) as connection:
            account_id = _account(connection, known_by)
            _give(connection, account_id, wanted.name, wanted.held(), by)
            if wanted.mail is not None:
                people.write_to(connection, account_id, wanted.mail)
        return account_id

    def change(
        self, city: MunicipalityCode, account_id: UUID, name: str, duties: Collection[Duty], by: UUID | None = None
    ) -> None:
        """職務の変更 of somebody who is appointed: these duties and no others from now on. Raises NotAppointed."""
        _require_known(self._library, duties)
        with self._database.transaction(city) as connection:
            if not people.has_duties(connection, account_id):
                raise _nobody()
            _give(connection, account_id, name, duties, by)

    def dismiss(self, city: MunicipalityCode, account_id: UUID, by: UUID | None = None) -> str:
        """解任 at once: their name. What they had claimed is everybody's again. Raises NotAppointed."""
        with self._database.transaction(city) as connection:
            return _dismiss(connection, account_id, by)

    def dismiss_known_by(self, city: MunicipalityCode, certificate: bytes | None, subject: Subject | None) -> str:
        """解任 of whoever is known so. The certificate may be revoked or expired by now. Raises NotAppointed."""
        keys = [subject_key(*subject)] if subject else []
        if certificate is not None:
            keys += _either_kind(certificate)
        with self._database.transaction(city) as connection:
            found = (credentials.find(connection, key) for key in keys)
            account_id = next((each.account_id for each in found if each), None)
            if account_id is None:
                raise _nobody()
            return _dismiss(connection, account_id, None)

    def _good(self, der: bytes) -> Certificate:
        """The certificate, checked as at a login. Raises NotAppointed."""
        check = self._verifier.check_certificate(der, use=Use.AUTHENTICATION, at=datetime.now(UTC))
        try:
            return presented(check)
        except Problem as refused:
            sentence = f"This certificate cannot be registered: {check.reason} {check.detail}"
            raise NotAppointed(sentence, refused) from refused


def _give(connection: Connection, account_id: UUID, name: str, duties: Collection[Duty], by: UUID | None) -> None:
    """職務を与える. What they held without one of them is everybody's again. Raises NotAppointed."""
    if Duty(WHOLE_CITY, ADMINISTRATOR) not in duties:
        _require_another_administrator(connection, account_id)
    people.appoint(connection, account_id, name, duties, by=by)
    handover.release_lost(connection, actor=_actor(by))


def _dismiss(connection: Connection, account_id: UUID, by: UUID | None) -> str:
    _require_another_administrator(connection, account_id)
    name = people.dismiss(connection, account_id, by=by)
    if name is None:
        raise _nobody()
    handover.release_all(connection, account_id, actor=_actor(by))
    handover.release_lost(connection, actor=_actor(by))
    return name


def _require_another_administrator(connection: Connection, account_id: UUID) -> None:
    """最後の管理者: nobody would be left who could appoint another. Raises NotAppointed."""
    if people.hold_administrators(connection) == {account_id}:
        raise NotAppointed(
            "This is the city's only administrator: appoint another first.", problem("last_administrator")
        )


def _actor(by: UUID | None) -> str:
    return f"officer:{by}" if by else "counter"


def _nobody() -> NotAppointed:
    sentence = "Nobody who works for this city is known by that certificate or subject."
    return NotAppointed(sentence, problem("not_found"))


def known_duties(library: Library) -> frozenset[Duty]:
    """職務の一覧: every duty that a procedure of the library, or the city itself, has."""
    editions = [edition.procedure for edition in library.editions.values()]
    known = {Duty(each.department.id, function.id) for each in editions for function in each.functions}
    known |= {Duty(each.department.id, function) for each in editions for function in OF_ANY_DEPARTMENT}
    known |= {Duty(WHOLE_CITY, function) for _, function in known}
    return frozenset(known | {Duty(WHOLE_CITY, ADMINISTRATOR), Duty(WHOLE_CITY, AUDITOR)})


def _require_known(library: Library, duties: Iterable[Duty]) -> None:
    """A duty nobody's procedure asks for is a mistake in writing: it would show an empty inbox."""
    known = known_duties(library)
    for duty in duties:
        if duty not in known:
            choices = ", ".join(sorted(":".join(each) for each in known))
            sentence = f"No procedure has the duty {':'.join(duty)}. Write one of: {choices}"
            raise NotAppointed(sentence, problem("duty_unknown"))


def _account(connection: Connection, known_by: Iterable[Certificate]) -> UUID:
    """The one account of all of these; what is not registered yet is added to it. Raises NotAppointed."""
    held = {each: credentials.hold(connection, each.key) for each in known_by}
    registered = [known for known in held.values() if known is not None]
    if len({known.account_id for known in registered}) > 1:
        sentence = "The certificate and the subject belong to two accounts: appoint each by itself."
        raise NotAppointed(sentence, problem("appointment_of_two"))
    for known in registered:
        _require_usable(known)
    fresh = [certificate for certificate, known in held.items() if known is None]
    first = registered[0] if registered else credentials.open_account(connection, fresh.pop(0), actor=APPOINTMENT)
    for certificate in fresh:
        credentials.attach(connection, certificate, first.account_id, actor=APPOINTMENT)
    return first.account_id


def _require_usable(known: Credential) -> None:
    try:
        require_usable(known)
    except Problem as refused:
        sentence = f"This {known.kind} is suspended here ({known.suspension}): {refused.text.en}"
        raise NotAppointed(sentence, refused) from refused


def _either_kind(der: bytes) -> list[CredentialKey]:
    try:
        facts = certificates.facts(certificates.load(der), Use.AUTHENTICATION)
    except CertificateMalformed as error:
        raise NotAppointed(f"This is not a certificate (DER): {error}", problem("appointment_incomplete")) from error
    issuer = bytes.fromhex(facts.issuer_key_id)
    return [CredentialKey(kind, issuer, facts.serial) for kind in (CARD, SMARTPHONE)]
