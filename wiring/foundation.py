"""基礎: what web server and workers share."""

import asyncio
import logging
from datetime import timedelta

from temporalio.client import Client
from temporalio.converter import DataConverter

from api.settings import TemporalSettings
from procedures.loader import Library
from store.database import Database
from store.keys import CaseKeys
from store.objects import Objects
from store.settings import StoreSettings
from trust.anchors import AnchorRegistry
from trust.revocation import RevocationChecker, RevocationSettings
from trust.signature import SignatureVerifier
from wiring.settings import Environment, TrustSettings
from wiring.telemetry import Observed
from workflows.codec import data_converter

log = logging.getLogger(__name__)

AT_START = timedelta(minutes=5)
"""How long a server or worker that starts waits for Temporal. One that ended instead would be started again, and again:
seconds of loading each time, during which it serves nobody (found by a fault campaign)."""
BETWEEN_TRIES = 0.5


class Foundation:
    """基礎: what web server and workers share."""

    def __init__(self) -> None:
        self.store = StoreSettings()
        self.temporal = TemporalSettings()
        self.database = Database(self.store)
        self.objects = Objects(self.store.objects_url)
        self.keys = CaseKeys(self.database, self.store.master_key_file)
        self.library = Library.read()
        self.anchors = AnchorRegistry.load(TrustSettings().anchors_file, allow_sandbox=Environment().sandbox)
        self.revocation = RevocationChecker(RevocationSettings())
        self.verifier = SignatureVerifier(self.anchors, self.revocation)

    async def connect(self, observed: Observed | None = None, patience: timedelta = timedelta()) -> Client:
        """Temporal, with every payload encrypted by its case's key; one that is away is waited for that long."""
        return await connected(self.temporal, data_converter(self.keys), patience, observed or Observed())


async def connected(
    settings: TemporalSettings, converter: DataConverter, patience: timedelta, observed: Observed
) -> Client:
    """接続: as soon as the server answers. Raises RuntimeError, as the SDK does, where it never did."""
    clock = asyncio.get_running_loop().time
    until = clock() + patience.total_seconds()
    while True:
        try:
            return await Client.connect(
                settings.address, namespace=settings.namespace, data_converter=converter, runtime=observed.runtime,
                plugins=observed.plugins,
            )  # fmt: skip
        except RuntimeError:
            if clock() >= until:
                raise
            log.warning("Temporal does not answer at %s; it is asked again in %s s.", settings.address, BETWEEN_TRIES)
            await asyncio.sleep(BETWEEN_TRIES)
