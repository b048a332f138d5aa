"""madoguchi-card-agent (python -m card.agent): one command on the resident's or counter's own machine."""

import argparse
import sys
from pathlib import Path
from typing import Final

import uvicorn

from card.agent.cities import Cities, CitiesUnreadable
from card.agent.pages import AgentSettings, create_app
from card.agent.signing import SigningDesk
from card.agent.tray import CardTray
from card.pcsc import PcscReader

PORT: Final = 47100
CITIES: Final = Path.home() / ".config" / "madoguchi" / "cities.json"


def main() -> None:
    arguments = _arguments()
    try:
        cities = Cities.read(arguments.cities)
    except CitiesUnreadable as error:
        sys.exit(str(error))
    tray = CardTray(arguments.tray) if arguments.tray else None
    desk = SigningDesk(PcscReader(arguments.reader), tray)
    app = create_app(AgentSettings(arguments.port, cities, desk))
    # No access log: addresses of requests would tell who signs what and when.
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, access_log=False, log_level="warning")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="madoguchi-card-agent", description="The card agent: lets a city's pages use a My Number Card."
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"on 127.0.0.1 (default {PORT})")
    parser.add_argument(
        "--cities", type=Path, default=CITIES, help=f"the cities that may ask, with their keys (default {CITIES})"
    )
    parser.add_argument("--reader", help="name of the card reader, where there are several")
    parser.add_argument("--tray", type=Path, help="the sandbox's tray of demo cards (a unix socket)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
