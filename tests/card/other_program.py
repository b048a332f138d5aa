"""ほかのプログラム: the card library in a process of its own, for what happens between processes."""

import os
import subprocess
import sys
from pathlib import Path

CARD_USER = """
import sys
from card.errors import CardError
from card.jpki import JpkiCard
from card.pcsc import PcscReader
try:
    with JpkiCard(PcscReader(timeout=0.5, patience=0.2).open()) as card:
        print(len(card.sign_authentication("1234", b"nonce")))
except CardError as error:
    print(type(error).__name__, error)
"""

NO_PYSCARD = """
import sys
sys.modules["smartcard"] = sys.modules["smartcard.scard"] = None  # as if it were not installed
from card.errors import PcscMissing
from card.jpki import JpkiCard
print("jpki imported")
from card.pcsc import PcscReader
try:
    PcscReader().open()
except PcscMissing as error:
    print(error)
"""


def run_python(program: str, *arguments: str, seconds: float = 30, **environment: str) -> str:
    """What it prints; fails with its complaint if it fails."""
    command = [sys.executable, "-c", program, *arguments]
    variables = {**os.environ, **environment}
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr
    return done.stdout
