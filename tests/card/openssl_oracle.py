"""OpenSSL as the judge: knows nothing of our code."""

import subprocess
from pathlib import Path


def openssl_verifies(cms: bytes, content: bytes, authority: Path, place: Path) -> str:
    """What `openssl cms -verify` says of a detached signature; fails if it refuses."""
    (place / "content").write_bytes(content)
    (place / "cms").write_bytes(cms)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-content", "content"]
    command += ["-CAfile", str(authority), "-purpose", "any", "-cades"]
    done = subprocess.run(command, cwd=place, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()
