"""暗号化の計測: what sealing and opening every payload of a delivered certificate costs, beside its JSON alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table
from temporalio.api.common.v1 import Payload

from commands.recorded import NoKeys, read
from tests.histories.record import FOLDER
from workflows.codec import CaseCodec

ROUNDS = 200


def payloads(message: Message) -> Iterator[Payload]:
    """Every payload within, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        many = value.values() if field.message_type.GetOptions().map_entry else value
        for each in (value,) if isinstance(value, Message) else many:
            yield from payloads(each)


async def milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        await work()
    return (time.perf_counter() - begun) / ROUNDS * 1000


def test_what_the_encryption_of_a_case_costs(console: Console) -> None:
    history = read(FOLDER / "a_certificate_delivered.json.gz")
    plain = [payload for event in history.events for payload in payloads(event)]
    codec = CaseCodec(NoKeys(), history.workflow_id)

    async def measured() -> tuple[float, float, float, int]:
        async def copied() -> None:
            for each in plain:
                Payload.FromString(each.SerializeToString())

        sealed = await codec.encode(plain)
        assert await codec.decode(sealed) == plain
        floor = await milliseconds(copied)
        sealing, opening = (
            await milliseconds(lambda: codec.encode(plain)), await milliseconds(lambda: codec.decode(sealed))
        )  # fmt: skip
        return floor, sealing, opening, sum(each.ByteSize() for each in sealed)

    floor, sealing, opening, size = asyncio.run(measured())
    before = sum(each.ByteSize() for each in plain)
    table = Table(title=f"暗号化: a delivered certificate, {len(plain)} payloads", title_justify="left")
    for column in ("what", "ms a case", "bytes", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("serialised and parsed, nothing else", f"{floor:.2f}", f"{before:,}", "1.0")
    table.add_row("sealed", f"{sealing:.2f}", f"{size:,}", f"{sealing / floor:.1f}")
    table.add_row("opened", f"{opening:.2f}", f"{size:,}", f"{opening / floor:.1f}")
    console.print()
    console.print(table)
    assert len(plain) > 20
