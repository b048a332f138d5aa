"""困りごとの頁: every error as a page in the reader's language: what happened, what it means, what to do next."""

import logging
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from fastapi import Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from api.access.logins import local_path
from api.app import problem_response
from api.problems import Problem, problem
from procedures.texts import Text
from ui import wording
from ui.language import chosen, translated
from ui.pages import page

log = logging.getLogger("madoguchi.ui")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


Receipt = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,40}$")]
"""受付番号 in an address; anything else is an address that does not exist."""


class PageRoute(APIRoute):
    """頁の経路: turns whatever goes wrong below a page into a page. The JSON routes keep their own answers."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as found:
                if found.status == 401:
                    return to_login(request)
                return trouble_page(request, found.status, found.text)
            except RequestValidationError as error:
                # An id in the address that is no id is an address that does not exist.
                in_path = any(found["loc"][0] == "path" for found in error.errors())
                return trouble_page(request, 404 if in_path else 422)
            except HTTPException as error:
                return trouble_page(request, error.status_code)

        return answered


def trouble_page(request: Request, status: int, detail: Text | str | None = None, code: str = "") -> Response:
    """困りごとの頁: for one status; `detail` is api's own sentence."""
    return page(
        request,
        "resident/trouble.html",
        status_code=status,
        status=status,
        trouble=wording.trouble(status, code),
        detail=detail,
        reference=None,
    )


def refused(request: Request, status: int, code: str) -> Response:
    """門前払い: refused before any route; programs get the code, readers a page."""
    if wants_page(request):
        return trouble_page(request, status, code=code)
    return problem_response(problem("too_large" if status == 413 else "not_allowed"))


def held_back(request: Request, found: Problem) -> Response | None:
    """頻度の上限・再送の門前払い: refused by api's own guards; a page where one is wanted, and when to come again."""
    if not wants_page(request):
        return None
    if found.retry_after is None:
        return trouble_page(request, found.status, found.text)
    left = translated(chosen(request), wording.SECONDS_LEFT) % {"seconds": found.retry_after}
    response = trouble_page(request, found.status, left)
    response.headers["retry-after"] = str(found.retry_after)
    return response


def unforeseen(request: Request, error: Exception) -> Response | None:
    """想定外: the reader gets a number, the log the same number and the kind of error; the server logs where."""
    if not wants_page(request):
        return None
    reference = uuid4().hex[:8]
    log.error("page failed, reference %s: %s", reference, type(error).__name__)
    trouble: dict[str, Any] = {"status": 500, "trouble": wording.trouble(500), "detail": None, "reference": reference}
    return page(request, "resident/trouble.html", status_code=500, **trouble)


def wants_page(request: Request) -> bool:
    """頁を求めているか: a browser outside the API."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def to_login(request: Request) -> Response:
    """ログインへ: and back here afterwards; after a form, back to the page it stood on."""
    back = request.url.path
    if request.method != "GET":
        back = urlsplit(request.headers.get("referer", "")).path or "/"
    return RedirectResponse(f"/login?next={quote(local_path(back))}", 303)
