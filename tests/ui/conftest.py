"""The pages as a real web application on 127.0.0.1. No neighbour is connected: what needs one is tests/e2e's."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from ui_samples import AGENT, GATEWAY, LIBRARY

from activities.documents.blank_sheets import printed_apart
from api.app import create_app
from api.counter import Counter
from api.settings import WebSettings
from store.closed_days import ClosedDays
from ui.app import register


@pytest.fixture
def application(tmp_path: Path) -> FastAPI:
    settings = WebSettings(
        public_url="http://testserver", agent_url=AGENT, payment_origin=GATEWAY, webhook_secret_file=tmp_path / "none",
        request_key_file=tmp_path / "none", upload_limit=1_000_000,
    )  # fmt: skip
    unconnected: Any = None
    closed = ClosedDays(unconnected, memory=timedelta.max)
    closed.learn(settings.municipality, ())
    app = create_app(lifespan=None, upload_limit=settings.upload_limit)  # type: ignore[arg-type]
    app.state.counter = Counter(
        settings=settings, library=LIBRARY, closed=closed, webhook_secret="", request_key=unconnected,
        temporal_namespace="madoguchi", notice_key=unconnected, database=unconnected, objects=unconnected,
        press=printed_apart,
        keys=unconnected, dispatch=unconnected, anchors=unconnected, verifier=unconnected, engine=unconnected,
    )  # fmt: skip
    register(app)
    return app


@pytest.fixture
def address(application: FastAPI) -> Iterator[str]:
    """The application behind a real server on a port the OS chose."""
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    socket = server.config.bind_socket()
    socket.listen()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
