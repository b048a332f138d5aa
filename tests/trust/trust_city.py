"""The verifying city of these tests."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from certificate_workshop import NOW, Answers, Authority, Web

from trust.anchors import AnchorRegistry, Use
from trust.revocation import RevocationChecker
from trust.signature import SignatureCheck, SignatureVerifier


@dataclass
class City:
    """The verifying side: change `entries` before the first check, `site.paths` at any time."""

    site: Web
    folder: Path
    entries: list[dict[str, Any]]
    revocation: RevocationChecker
    signing: Authority

    @cached_property
    def anchors(self) -> AnchorRegistry:
        file = self.folder / "anchors.json"
        file.write_text(json.dumps({"anchors": self.entries}))
        return AnchorRegistry.load(file, allow_sandbox=True)

    @cached_property
    def verifier(self) -> SignatureVerifier:
        return SignatureVerifier(self.anchors, self.revocation)

    def check(
        self, content: bytes, signature: bytes, use: Use = Use.SIGNING, received_at: datetime = NOW
    ) -> SignatureCheck:
        return self.verifier.check(content, signature, use=use, received_at=received_at)

    def ocsp(self, **lies: Any) -> None:
        """Let the signing authority's responder answer so."""
        self.site.paths["/signing-03/ocsp"] = Answers(self.signing, **lies)
