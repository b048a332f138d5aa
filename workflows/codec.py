"""暗号化: every payload is AES-256-GCM encrypted with its case's own key; destroying the key shreds the history.

The workflow id travels as associated data, so a payload cannot be moved between cases (NIST SP 800-38D).
"""

import asyncio
import os
from collections.abc import Iterable
from copy import copy
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from workflows.reader_contracts import OPEN_WORKFLOWS

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12
INSTALLATION = "installation"
"""Ids of the keys that workflows without a case share begin so; each master key has one. A Schedule encrypts before its
workflow has its final id, so these payloads are bound to the installation and not to a workflow; they carry no personal
data."""


class PayloadUnreadable(Exception):
    """The key at hand does not open it."""


class CaseKey(Protocol):
    """案件鍵: `id` is random and goes into the payload's metadata; `secret` is 32 bytes."""

    @property
    def id(self) -> str: ...

    @property
    def secret(self) -> bytes: ...


class KeyRing(Protocol):
    """鍵束: finds the key of a workflow. Raises LookupError where it was destroyed."""

    def cached(self, workflow_id: str) -> CaseKey | None: ...

    def fetch(self, workflow_id: str) -> CaseKey: ...

    def installation(self, key_id: str) -> CaseKey: ...


class CaseCodec(PayloadCodec, WithSerializationContext):
    """案件ごとの暗号化."""

    def __init__(self, keys: KeyRing, workflow_id: str = "") -> None:
        self._keys = keys
        self._workflow_id = workflow_id

    def with_context(self, context: SerializationContext) -> "CaseCodec":
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return CaseCodec(self._keys, context.workflow_id or "")
        return self

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        if self._workflow_id.startswith(OPEN_WORKFLOWS):
            return list(payloads)
        key = await self._key()
        return [self._seal(key, payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [await self._open(p) if p.metadata.get("encoding") == ENCODING else p for p in payloads]

    async def _key(self) -> CaseKey:
        cached = self._keys.cached(self._workflow_id)
        if cached is not None:
            return cached
        return await asyncio.to_thread(self._keys.fetch, self._workflow_id)

    def _seal(self, key: CaseKey, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        bound = _bound_to(key.id, self._workflow_id)
        data = AESGCM(key.secret).encrypt(nonce, payload.SerializeToString(), bound)
        return Payload(metadata={"encoding": ENCODING, "key": key.id.encode()}, data=nonce + data)

    async def _open(self, payload: Payload) -> Payload:
        sealed_with = payload.metadata["key"].decode()
        return opened(await self._opening(sealed_with), payload, self._workflow_id)

    async def _opening(self, sealed_with: str) -> CaseKey:
        """Of the keys of the installation, the one it was sealed with: the newest seals, all open."""
        key = await self._key()
        if key.id == sealed_with or not (key.id.startswith(INSTALLATION) and sealed_with.startswith(INSTALLATION)):
            return key
        return await asyncio.to_thread(self._keys.installation, sealed_with)


def opened(key: CaseKey, payload: Payload, workflow_id: str) -> Payload:
    """開く. Raises PayloadUnreadable: sealed with another key, or for another workflow."""
    nonce, data = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
    try:
        return Payload.FromString(
            AESGCM(key.secret).decrypt(nonce, data, _bound_to(payload.metadata["key"].decode(), workflow_id))
        )
    except (InvalidTag, ValueError) as wrong:
        raise PayloadUnreadable("It was encrypted with another key, or for another workflow.") from wrong


def _bound_to(key_id: str, workflow_id: str) -> bytes:
    return f"{'' if key_id.startswith(INSTALLATION) else workflow_id}|{key_id}".encode()


class CaseConverter(DataConverter):
    """変換: of its parts only the codec depends on the case. The SDK would build all of them anew for every payload."""

    def with_context(self, context: SerializationContext) -> Self:
        converter = copy(self)
        if isinstance(self.payload_codec, CaseCodec):
            object.__setattr__(converter, "payload_codec", self.payload_codec.with_context(context))
        return converter


def data_converter(keys: KeyRing) -> DataConverter:
    """変換: pydantic payloads, encrypted per case; failure texts too."""
    return CaseConverter(
        payload_converter_class=PydanticPayloadConverter,
        payload_codec=CaseCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
