"""ウイルス検査: asks the city's ClamAV daemon (clamd, INSTREAM). What it cannot tell is not taken."""

import io
import logging
from collections.abc import Callable

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from api.problems import problem
from api.settings import ScanSettings

log = logging.getLogger(__name__)

UNIX = "unix:"


class ScanAddressUnclear(ValueError):
    """検査の宛先が分からない: final until the setting is mended."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"MADOGUCHI_SCAN_ADDRESS is {address!r}: write unix:/run/clamav/clamd.ctl or host:port (3310 by default)."
        )


class VirusScan:
    """ウイルス検査. One connection per file: clamd closes it after each INSTREAM."""

    def __init__(self, dial: Callable[[], ClamdNetworkSocket]) -> None:
        self._dial = dial

    @classmethod
    def connect(cls, settings: ScanSettings) -> "VirusScan | None":
        """None: not configured. Raises ScanAddressUnclear."""
        address, timeout = settings.address, settings.timeout
        if address is None:
            return None
        if address.startswith(UNIX):
            return cls(lambda: _UnixSocket(address.removeprefix(UNIX), timeout))
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        if not host or not port.isdecimal():
            raise ScanAddressUnclear(address)
        return cls(lambda: ClamdNetworkSocket(host, int(port), timeout))

    def require_clean(self, data: bytes) -> None:
        """Raises Problem: file_infected, or file_unchecked where nobody can tell (retryable)."""
        try:
            ((status, finding),) = self._dial().instream(io.BytesIO(data)).values()
        except (ClamdError, OSError, ValueError) as error:
            log.warning("A file could not be checked for viruses (%s): is clamd running?", type(error).__name__)
            raise problem("file_unchecked") from error
        if status == "FOUND":
            log.warning("A file with a virus was refused: %s.", finding)
            raise problem("file_infected")
        if status != "OK":
            log.warning("The virus scanner could not check a file: it answered %s.", status)
            raise problem("file_unchecked")


class _UnixSocket(ClamdUnixSocket):
    """The library's own sets the timeout only after connecting, and wants it in whole seconds."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__(path)
        self.timeout = timeout
