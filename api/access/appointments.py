"""任命: who works for the city, in which department, doing what; known by certificate, identity provider, or both."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import Connection

from api.access.credentials import presented, require_usable
from api.access.identity import subject_key
from api.problems import Problem
from procedures.loader import Library
from procedures.values import MunicipalityCode
from store import credentials, people, tasks
from store.credentials import CARD, SMARTPHONE, Certificate, Credential, CredentialKey
from store.database import Database
from store.people import WHOLE_CITY, Duty
from trust import certificate as certificates
from trust.anchors import Use
from trust.certificate import CertificateMalformed
from trust.signature import SignatureVerifier

ADMINISTRATOR = "administrator"
APPOINTMENT = "appointment"
"""Who acted, in the events of a certificate registered by appointing its holder."""
DutyText = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*|\*):[a-z][a-z0-9_]*$")]
"""DEPARTMENT:FUNCTION, as procedures name them; the department `*` is the whole city."""
Subject = tuple[str, str]
"""(issuer, sub) at the city's identity provider."""


class NotAppointed(Exception):
    """The appointment cannot be made; says why and what to write instead."""


class Appointment(BaseModel):
    """任命書."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    duties: tuple[DutyText, ...] = Field(min_length=1)
    certificate: Path | None = None
    """The officer's authentication certificate (DER)."""
    subject: Subject | None = None

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
        raise NotAppointed(f"{places}. Write duties as DEPARTMENT:FUNCTION, e.g. health:health_review.") from wrong


def read_appointments(data: bytes) -> tuple[Appointment, ...]:
    """任命書の一覧 (JSON). Raises NotAppointed."""
    try:
        return tuple(read_appointment(each) for each in json.loads(data))
    except (ValueError, TypeError) as wrong:
        raise NotAppointed(f"This is no list of appointments in JSON: {wrong}") from wrong


class Appointments:
    """任命の窓口: for the command line; an administrator with access to the machine."""

    def __init__(self, database: Database, verifier: SignatureVerifier, library: Library) -> None:
        self._database = database
        self._verifier = verifier
        self._library = library

    def appoint(self, city: MunicipalityCode, wanted: Appointment) -> None:
        """任命: these duties and no others from now on. Raises NotAppointed."""
        _require_known(self._library, wanted.held())
        known_by = []
        if wanted.certificate is not None:
            known_by.append(self._good(wanted.certificate))
        if wanted.subject is not None:
            known_by.append(Certificate(subject_key(*wanted.subject)))
        with self._database.transaction(city) as connection:
            people.appoint(connection, _account(connection, known_by), wanted.name, wanted.held())

    def dismiss(self, city: MunicipalityCode, certificate: Path | None, subject: Subject | None) -> str:
        """解任: their name. The certificate may be revoked or expired by now. Raises NotAppointed."""
        keys = [subject_key(*subject)] if subject else []
        if certificate is not None:
            keys += _either_kind(certificate)
        with self._database.transaction(city) as connection:
            found = (credentials.find(connection, key) for key in keys)
            account_id = next((each.account_id for each in found if each), None)
            name = people.dismiss(connection, account_id) if account_id else None
            if account_id is None or name is None:
                raise NotAppointed("Nobody who works for this city is known by that certificate or subject.")
            tasks.release_all(connection, account_id)
        return name

    def _good(self, file: Path) -> Certificate:
        """The certificate, checked as at a login. Raises NotAppointed."""
        check = self._verifier.check_certificate(file.read_bytes(), use=Use.AUTHENTICATION, at=datetime.now(UTC))
        try:
            return presented(check)
        except Problem as refused:
            raise NotAppointed(f"This certificate cannot be registered: {check.reason} {check.detail}") from refused


def _require_known(library: Library, duties: Iterable[Duty]) -> None:
    """A duty nobody's procedure asks for is a mistake in writing: it would show an empty inbox."""
    editions = [edition.procedure for edition in library.editions.values()]
    known = {Duty(each.department.id, function.id) for each in editions for function in each.functions}
    known |= {Duty(WHOLE_CITY, function) for _, function in known} | {Duty(WHOLE_CITY, ADMINISTRATOR)}
    for duty in duties:
        if duty not in known:
            choices = ", ".join(sorted(":".join(each) for each in known))
            raise NotAppointed(f"No procedure has the duty {':'.join(duty)}. Write one of: {choices}")


def _account(connection: Connection, known_by: Iterable[Certificate]) -> UUID:
    """The one account of all of these; what is not registered yet is added to it. Raises NotAppointed."""
    held = {each: credentials.hold(connection, each.key) for each in known_by}
    registered = [known for known in held.values() if known is not None]
    if len({known.account_id for known in registered}) > 1:
        raise NotAppointed("The certificate and the subject belong to two accounts: appoint each by itself.")
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
        raise NotAppointed(f"This {known.kind} is suspended here ({known.suspension}): {refused.text.en}") from refused


def _either_kind(file: Path) -> list[CredentialKey]:
    try:
        facts = certificates.facts(certificates.load(file.read_bytes()), Use.AUTHENTICATION)
    except CertificateMalformed as error:
        raise NotAppointed(f"{file} is not a certificate (DER): {error}") from error
    issuer = bytes.fromhex(facts.issuer_key_id)
    return [CredentialKey(kind, issuer, facts.serial) for kind in (CARD, SMARTPHONE)]
