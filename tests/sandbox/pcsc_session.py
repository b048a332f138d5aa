"""別の過程のPC/SC: libpcsclite reads its socket's name once per process, so each conversation has one of its own.

Run as a program it connects exclusively to the reader named first, sends the command bytes it reads line by line, and
prints for each the answer in hex, or ``error 0x…``, and the seconds it took. With ``events`` behind the reader's name
it only prints how many cards pcscd has seen come and go there.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from smartcard import scard

from sandbox import cards


class Conversation:
    """会話: a client of `stack`'s pcscd in another process, with the card on `slot`."""

    def __init__(self, stack: cards.Stack, slot: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, stack.readers[slot]], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=_environment(stack),
        )  # fmt: skip

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=10)

    def say(self, *commands: str) -> None:
        """Sends without waiting for an answer."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{command}\n" for command in commands))
        self.process.stdin.flush()

    def hear(self) -> tuple[str, float]:
        """The next answer and how long it took."""
        assert self.process.stdout is not None
        answer, _, seconds = self.process.stdout.readline().rpartition(" ")
        return answer, float(seconds)

    def ask(self, *commands: str) -> tuple[str, float]:
        """The answer to the last of `commands`."""
        self.say(*commands)
        return [self.hear() for _ in commands][-1]


def comings_and_goings(stack: cards.Stack, slot: int = 0) -> int:
    """How many cards pcscd has seen laid on `slot` and taken off it since it started."""
    command = [sys.executable, __file__, stack.readers[slot], "events"]
    return int(subprocess.run(command, env=_environment(stack), capture_output=True, check=True, timeout=10).stdout)


def _environment(stack: cards.Stack) -> dict[str, str]:
    return {**os.environ, "PCSCLITE_CSOCK_NAME": str(stack.socket), "PYTHONPATH": str(Path.cwd())}


def _count(reader: str) -> None:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _, ((_, state, _),) = scard.SCardGetStatusChange(context, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
    print(state >> 16)  # noqa: T201 - this is its answer
    scard.SCardReleaseContext(context)


def _converse(reader: str) -> None:
    found, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if found == scard.SCARD_S_SUCCESS:  # pyscard cannot be asked anything with a context that was refused
        found, card, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T1
        )
    for line in sys.stdin:
        begun = time.perf_counter()
        answer: list[int] = []
        if found == scard.SCARD_S_SUCCESS:
            failed, answer = scard.SCardTransmit(card, protocol, list(bytes.fromhex(line)))
        else:
            failed = found
        text = f"error 0x{failed & 0xFFFFFFFF:08X}" if failed else bytes(answer).hex().upper()
        print(text, time.perf_counter() - begun, flush=True)  # noqa: T201 - this is its answer
    if found == scard.SCARD_S_SUCCESS:
        scard.SCardDisconnect(card, scard.SCARD_RESET_CARD)
        scard.SCardReleaseContext(context)


if __name__ == "__main__":
    (_count if sys.argv[2:] else _converse)(sys.argv[1])
