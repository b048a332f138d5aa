"""窓口での本人確認, at the reader's side: a worker of its own, which has neither the database nor a key of ours."""

from datetime import timedelta
from typing import Protocol

from temporalio import activity

from activities.heartbeat import signs_of_life
from workflows.reader_contracts import ReaderAnswer, ReaderAsked, ReaderWord

SIGN_OF_LIFE = timedelta(seconds=2)
"""So often, too, it is heard that the officer does not wait any more."""


class IdentityDesk(Protocol):
    """本人確認台: a card reader with a page on which its PIN is typed."""

    async def confirm(self, request_url: str) -> ReaderWord:
        """本人確認: waits for a card and its PIN, and hands the signature in. Cancelled, it forgets both."""
        ...


class ReaderAtCounter:
    """窓口のリーダーの処理."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    @activity.defn
    async def confirm_identity(self, asked: ReaderAsked) -> ReaderAnswer:
        """窓口での本人確認: by the card's authentication key over a nonce of the web server's."""
        async with signs_of_life(SIGN_OF_LIFE):
            return ReaderAnswer(word=await self._desk.confirm(asked.request_url))
