"""登録された証明書: certificates registered in a municipality of a test's own, and the daily checks of them."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from cryptography import x509
from psycopg.rows import dict_row
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import wait_for
from procedures.values import MunicipalityCode
from workflows.certificate_status_workflow import CertificateStatusWorkflow
from workflows.contracts import CASES_QUEUE, StatusCheck

SIGNING, AUTHENTICATION = "jpki-signature-03", "jpki-authentication-03"
QUARTER, NEVER = timedelta(minutes=15), timedelta()


def issuer(layout: Layout, authority: str) -> bytes:
    """The key identifier of one of the sandbox's authorities."""
    certificate = x509.load_pem_x509_certificate((layout.pki / "ca" / f"{authority}.pem").read_bytes())
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


class Registrations:
    """登録: of one municipality, written as logins would have; looked at as their owner sees them."""

    def __init__(self, layout: Layout, municipality: str) -> None:
        self.layout = layout
        self.municipality = municipality
        self._connection = layout.postgres.connect(Role.OWNER)
        self._connection.row_factory = dict_row  # type: ignore[assignment]
        self._connection.execute(f"set app.municipality = '{municipality}'")

    def close(self) -> None:
        self._connection.close()

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return self._connection.execute(statement, values).fetchall()  # type: ignore[arg-type,return-value]

    def issuer(self, authority: str) -> bytes:
        """The key identifier of one of the sandbox's authorities."""
        return issuer(self.layout, authority)

    def card(self, holder: str, kind: str = "signing") -> x509.Certificate:
        """What a demo person's card carries."""
        return x509.load_der_x509_certificate((self.layout.pki / "cards" / holder / f"{kind}.der").read_bytes())

    def register(self, issuer: bytes, serial: int, point: str = "") -> str:
        """A certificate with one session open; its id."""
        made = self.rows(
            "with person as (insert into account default values returning id)"
            " insert into credential (kind, issuer_key_id, serial, distribution_point, account_id, expires_at)"
            " select 'jpki_card', %s, %s, %s, id, now() + interval '1 year' from person returning id, account_id",
            issuer, str(serial), point,
        )[0]  # fmt: skip
        self.rows(
            "insert into session (token_hash, account_id, credential_id, expires_at)"
            " values (%s, %s, %s, now() + interval '1 hour') returning 1",
            secrets.token_bytes(32), made["account_id"], made["id"],
        )  # fmt: skip
        return str(made["id"])

    def seed(self, issuer: bytes, first: int, count: int) -> None:
        """So many certificates with consecutive numbers, without sessions, in a few seconds."""
        run = self._connection.execute
        run("drop table if exists seeded")
        run(
            "create temp table seeded as select gen_random_uuid() as id, (%s::bigint + n)::text as serial"
            " from generate_series(0, %s - 1) as n",
            (first, count),
        )
        run("insert into account (id) select id from seeded")
        run(
            "insert into credential (kind, issuer_key_id, serial, account_id, expires_at)"
            " select 'jpki_card', %s, serial, id, now() + interval '1 year' from seeded",
            (issuer,),
        )
        run("analyze credential")

    def state(self, credential_id: str) -> tuple[str | None, int, int]:
        """Why it is suspended, how many sessions are open, how often it was suspended."""
        found = self.rows(
            "select suspension, (select count(*) from session where credential_id = credential.id) as sessions,"
            " (select count(*) from credential_event where credential_id = credential.id and action = 'suspended')"
            " as suspensions from credential where id = %s",
            credential_id,
        )[0]  # fmt: skip
        return found["suspension"], found["sessions"], found["suspensions"]

    # --- a run --------------------------------------------------------------------------------------------------------

    def start(self, retry_after: timedelta = QUARTER, retry_for: timedelta = NEVER) -> str:
        """A check outside the Schedule; its id."""
        check = StatusCheck(
            municipality=MunicipalityCode(self.municipality), retry_after=retry_after, retry_for=retry_for
        )
        run_id = f"certificate-status-{self.municipality}-{secrets.token_hex(4)}"

        async def begin() -> None:
            client = await self._client()
            await client.start_workflow(CertificateStatusWorkflow.run, check, id=run_id, task_queue=CASES_QUEUE)

        asyncio.run(begin())
        return run_id

    def hurry(self, run_id: str) -> None:
        async def signal() -> None:
            client = await self._client()
            await client.get_workflow_handle(run_id).signal(CertificateStatusWorkflow.check_now)

        asyncio.run(signal())

    def check(self) -> dict[str, Any]:
        """One round, to its end; the report."""
        return self.await_finish(self.start())

    def report(self, run_id: str) -> dict[str, Any]:
        """The run with its lists, once it was opened; empty before."""
        found = self.rows("select * from status_run where id = %s", run_id)
        lists = self.rows("select * from status_list where run_id = %s order by distribution_point", run_id)
        return found[0] | {"lists": lists} if found else {}

    def await_finish(self, run_id: str, patience: float = 60) -> dict[str, Any]:
        def look() -> dict[str, Any]:
            return self.report(run_id)

        return wait_for(look, lambda run: bool(run) and run["finished_at"] is not None, f"{run_id} to end", patience)

    def await_outcomes(self, run_id: str, *outcomes: str, patience: float = 60) -> dict[str, Any]:
        """Once the run's lists have these outcomes, in the order of their distribution points."""

        def reached(run: dict[str, Any]) -> bool:
            return bool(run) and tuple(each["outcome"] for each in run["lists"]) == outcomes

        return wait_for(lambda: self.report(run_id), reached, f"{run_id} to be {outcomes}", patience)

    def activities(self, run_id: str) -> list[str]:
        """What the run has asked its workers for, as the server's history tells."""

        async def read() -> list[str]:
            client = await self._client()
            events = (await client.get_workflow_handle(run_id).fetch_history()).events
            asked = [event.activity_task_scheduled_event_attributes.activity_type.name for event in events]
            return [name for name in asked if name]

        return asyncio.run(read())

    async def _client(self) -> Client:
        temporal = self.layout.temporal
        return await Client.connect(
            temporal.address, namespace=temporal.namespace, data_converter=pydantic_data_converter
        )


@contextmanager
def a_municipality(layout: Layout) -> Iterator[Registrations]:
    """A municipality nobody else uses."""
    found = Registrations(layout, f"9{secrets.randbelow(100_000):05d}")
    try:
        yield found
    finally:
        found.close()
