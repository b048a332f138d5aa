"""暗号化: every payload is AES-256-GCM encrypted with its case's own key; destroying the key shreds the history.

The workflow id travels as associated data, so a payload cannot be moved between cases (NIST SP 800-38D).
"""

import asyncio
import os
from collections.abc import Iterable
from copy import copy
from typing import Protocol, Self

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

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12
INSTALLATION = "installation"
"""Id of the key that workflows without a case share. A Schedule encrypts before its workflow has its final id, so
these payloads are bound to the installation and not to a workflow; they carry no personal data."""


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
        data = AESGCM(key.secret).encrypt(nonce, payload.SerializeToString(), self._bound_to(key.id))
        return Payload(metadata={"encoding": ENCODING, "key": key.id.encode()}, data=nonce + data)

    async def _open(self, payload: Payload) -> Payload:
        key = await self._key()
        nonce, data = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        bound = self._bound_to(payload.metadata["key"].decode())
        return Payload.FromString(AESGCM(key.secret).decrypt(nonce, data, bound))

    def _bound_to(self, key_id: str) -> bytes:
        workflow_id = "" if key_id == INSTALLATION else self._workflow_id
        return f"{workflow_id}|{key_id}".encode()


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
