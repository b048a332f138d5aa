"""本番: the counter refuses to start against neighbours that only a sandbox has, or that anybody could overhear."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from machine.layout import Layout, environment


@pytest.mark.parametrize(
    ("issuer", "history", "sentence"),
    [
        ("https://127.0.0.1:1", "https://history.example", "identity_provider at https://127.0.0.1:1 is on this"),
        ("https://identity.example", "https://localhost", "certificate_history at https://localhost is on this"),
        ("http://identity.example", "https://history.example", "http://identity.example must have an https"),
        ("https://identity.example", "http://history.example", "http://history.example must have an https"),
    ],
)  # fmt: skip
def test_the_web_server_does_not_start(town: Layout, tmp_path: Path, issuer: str, history: str, sentence: str) -> None:
    registry = json.loads((town.pki / "anchors.json").read_text())
    for anchor in registry["anchors"]:
        anchor["sandbox"] = False
    (tmp_path / "anchors.json").write_text(json.dumps(registry))
    surroundings = environment(town) | {
        "MADOGUCHI_ENVIRONMENT": "production",
        "MADOGUCHI_TRUST_ANCHORS_FILE": str(tmp_path / "anchors.json"),
        "MADOGUCHI_IDENTITY_ISSUER": issuer,
        "MADOGUCHI_HISTORY_BASE_URL": history,
        "MADOGUCHI_WEB_PORT": "1",
    }
    serve = [Path(sys.prefix) / "bin" / "madoguchi", "serve"]
    ended = subprocess.run(serve, env=surroundings, cwd=town.clone, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert sentence in ended.stderr


@pytest.mark.parametrize(
    ("host", "security", "sentence"),
    [
        ("smtp.city.example", "none", "mail would leave in the clear"),
        ("127.0.0.1", "starttls", "mail_server at smtp://127.0.0.1 is on this machine"),
    ],
)
def test_no_courier_starts(town: Layout, host: str, security: str, sentence: str) -> None:
    surroundings = environment(town) | {
        "MADOGUCHI_ENVIRONMENT": "production",
        "MADOGUCHI_MAIL_HOST": host,
        "MADOGUCHI_MAIL_SECURITY": security,
    }
    deliver = [Path(sys.prefix) / "bin" / "madoguchi", "notices", "deliver"]
    ended = subprocess.run(deliver, env=surroundings, cwd=town.clone, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert sentence in ended.stderr
