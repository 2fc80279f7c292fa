"""Object stores: Amazon S3 and whatever speaks like it, Google Cloud Storage, Azure Blob Storage (obstore)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from fondasi.kit.storage.base import Storage, StorageError
from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from obstore.store import ClientConfig, RetryConfig
    from pydantic import SecretStr

    from fondasi.settings import StorageSettings

    Store = S3Store | GCSStore | AzureStore

PART = 5 * 1024 * 1024  # bytes; object stores take no smaller ones but the last
AT_ONCE = 2  # parts on their way at the same time
RANGE = 1024 * 1024  # bytes of a read; each has its own timeout, so that a slow reader breaks nothing


class ObjectStorage(Storage):
    """A bucket, or a container.

    Args:
        settings: where it is, and how to come in.

    Raises:
        StartError: the settings do not fit together.
    """

    def __init__(self, settings: StorageSettings) -> None:
        try:
            self._store = _store_of(settings)
        except (BaseError, OSError, ValueError) as error:
            raise StartError(
                f"STORAGE_URL and the settings beside it cannot be used ({type(error).__name__}): "
                "`fondasi doctor` tries them."
            ) from error

    async def write(self, key: str, content: AsyncIterator[bytes]) -> int:
        """As `Storage.write`: in parts, which become an object when all are there."""
        size = 0
        with _translated():
            writer = obstore.open_writer_async(self._store, key, buffer_size=PART, max_concurrency=AT_ONCE)
            async with writer:  # ends what is written, or undoes it when something is raised
                async for piece in content:
                    size += len(piece)
                    await writer.write(piece)
        return size

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """As `Storage.read`."""
        while start < end:
            until = min(start + RANGE, end)
            with _translated():
                piece = bytes(await obstore.get_range_async(self._store, key, start=start, end=until))
            if len(piece) != until - start:
                raise StorageError("the object is shorter than it was")
            start = until
            yield piece

    async def listed(self) -> AsyncIterator[list[str]]:
        """As `Storage.listed`."""
        batches = aiter(obstore.list(self._store))
        while True:
            with _translated():
                batch = await anext(batches, None)
            if batch is None:
                return
            yield [each["path"] for each in batch]

    async def delete(self, key: str) -> None:
        """As `Storage.delete`."""
        with _translated():
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                return


def _store_of(settings: StorageSettings) -> Store:
    url, endpoint = settings.url, settings.endpoint or None
    client: ClientConfig = {
        "allow_http": bool(endpoint and endpoint.startswith("http://")),
        "connect_timeout": timedelta(seconds=min(settings.timeout, 5)),
        "timeout": timedelta(seconds=settings.timeout),
    }
    retry: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=settings.timeout)}
    if url.startswith("s3://"):
        options = _given(
            endpoint=endpoint,
            region=settings.region,
            access_key_id=settings.access_key_id,
            secret_access_key=_shown(settings.secret_access_key),
        )
        return S3Store.from_url(url, config=options, client_options=client, retry_config=retry)  # type: ignore[arg-type]
    if url.startswith("gs://"):
        options = _given(base_url=endpoint, service_account=settings.service_account)
        return GCSStore.from_url(url, config=options, client_options=client, retry_config=retry)  # type: ignore[arg-type]
    options = _given(endpoint=endpoint, account_key=_shown(settings.account_key))
    return AzureStore.from_url(url, config=options, client_options=client, retry_config=retry)  # type: ignore[arg-type]


def _given(**options: str | None) -> dict[str, str]:
    """Options that have a value; what has none, the library finds on its machine (roles, its provider's variables)."""
    return {name: value for name, value in options.items() if value}


def _shown(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise StorageError(type(error).__name__) from error
