"""素のFastAPI: one INSERT for each request and nothing else: what this machine can do at best with the same parts.

python -m tests.bench.bare_insert PORT DATABASE_URL
"""

import sys

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, text

from wiring.web import KEEP_ALIVE

POOL = 10
"""As many connections as the counter's own web server has."""
INSERT = text("insert into bare_submission (note) values (:note)")


def application(engine: Engine) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.post("/submission", status_code=201)
    def submit() -> dict[str, str]:
        with engine.begin() as connection:
            connection.execute(INSERT, {"note": "received"})
        return {"outcome": "received"}

    return app


if __name__ == "__main__":
    port, address = sys.argv[1:]
    engine = create_engine(address, pool_size=POOL, max_overflow=0)
    uvicorn.run(
        application(engine), host="127.0.0.1", port=int(port), log_level="warning", timeout_keep_alive=KEEP_ALIVE
    )
