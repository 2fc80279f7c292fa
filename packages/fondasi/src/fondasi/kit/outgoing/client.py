"""The client: it resolves a name once, looks at every address, and connects to one of those that it has looked at.

So nobody who names an address, answers its DNS or redirects from it reaches what only this machine reaches (SSRF).
TLS is verified for the name all the same. No proxy, cookie or credential of the environment takes part.
"""

from __future__ import annotations

import asyncio
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Never

import httpcore
import httpx

from fondasi.kit import tracing
from fondasi.kit.i18n import t
from fondasi.kit.outgoing.addresses import is_public

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterable, Mapping

    from fondasi.settings import OutgoingSettings

LONGEST_URL = 2000  # characters
MOST_ADDRESSES = 4  # of a name that are tried
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TROUBLE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, TimeoutError)
# The resolver blocks, for as long as a hostile name server likes: not in the threads that others work in.
_RESOLVERS = ThreadPoolExecutor(32, thread_name_prefix="resolver")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}")


class OutgoingError(Exception):
    """A request got no answer.

    Attributes:
        reason: why, in words for whoever named the address; they tell nothing of what is not public.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedAddressError(OutgoingError):
    """The address is not one to be asked. Nothing was sent there."""


class UnreachableError(OutgoingError):
    """What is there did not answer, not in time, or not over HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose head has come.

    Attributes:
        status: of HTTP.
        headers: by their names in lower case.
        url: what answered, after redirects.
        pieces: the content as it comes, in no coding but that of `content-encoding`.
    """

    status: int
    headers: Mapping[str, str]
    url: str
    pieces: AsyncIterator[bytes]

    async def read(self, most: int) -> bytes:
        """The first bytes of the content, at most so many; the rest stays where it is."""
        content = b""
        async for piece in self.pieces:
            content += piece
            if len(content) >= most:
                break
        return content[:most]


class Outgoing:
    """Asks addresses that callers name; `platform.get(Outgoing)`.

    Args:
        settings: which ports, and which networks beside the public ones.
        tls: what certificates are verified with; the usual authorities when None.
    """

    def __init__(self, settings: OutgoingSettings, *, tls: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._given = tls

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given or httpx.create_ssl_context()

    def check(self, url: str) -> httpx.URL:
        """An address as far as it can be judged without asking for it.

        Raises:
            RefusedAddressError: it is none, or one that is not asked.
        """
        if len(url) > LONGEST_URL:
            _refuse(t("is longer than {most} characters", most=LONGEST_URL))
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            _refuse(t("is no address"))
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            _refuse(t("must begin with https:// or http:// and a host"))
        if parsed.userinfo:
            _refuse(t("must not have a user name or password"))
        port = _usual_port(parsed) if parsed.port is None else parsed.port
        if port not in self._settings.ports:
            _refuse(t("must have one of the ports {ports}", ports=", ".join(map(str, self._settings.ports))))
        self._check_host(parsed.raw_host.decode("ascii"))
        return parsed

    @staticmethod
    def host_of(url: str) -> str:
        """The host of an address that was checked, for logs and the trail: the rest of it may be a secret."""
        return httpx.URL(url).host

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        redirects: int = 0,
    ) -> AsyncIterator[Answer]:
        """The answer of an address, for the length of the block.

        Args:
            method: of HTTP.
            url: the address.
            seconds: for all of it: resolving, connecting, sending, redirects, and what the block reads.
            headers: beside `Host` and what the content needs.
            content: what is sent.
            redirects: how many are followed, each looked at as the first address; never from https to http. The next
                one is the answer.

        Raises:
            RefusedAddressError: the address, or one that it redirects to, is not one to be asked.
            UnreachableError: there is no answer.
        """
        target = self.check(url)
        try:
            async with asyncio.timeout(seconds):
                for left in range(redirects, -1, -1):
                    async with self._sent(method, target, headers or {}, content) as answer:
                        location = answer.headers.get("location") if answer.status in REDIRECTS else None
                        if not left or location is None:
                            yield answer
                            return
                    target = self._redirected(target, location)
        except TROUBLE as error:
            raise UnreachableError(_reason(error)) from None

    @asynccontextmanager
    async def _sent(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None
    ) -> AsyncIterator[Answer]:
        # A pool for each request: a connection to one name is never another name's, and no caller waits for another's.
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self._tls if url.scheme == "https" else None,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Guarded(self._settings),
        )
        raw = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = [(b"Host", url.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
        with tracing.call(method):
            async with pool, pool.stream(method, raw, headers=sent, content=content) as response:
                tracing.called(response.status)
                named = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                yield Answer(response.status, named, str(url), response.aiter_stream())

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = self.check(str(url.join(location)))
        except httpx.InvalidURL:
            _refuse(t("redirects to what is no address"))
        if url.scheme == "https" and target.scheme != "https":
            _refuse(t("redirects from https to http"))
        return target

    def _check_host(self, host: str) -> None:
        try:
            public = is_public(host, self._settings.networks)
        except ValueError:  # a name, then; but no number in a form that a resolver takes for an address
            if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
                _refuse(t("must name its host, or give the four numbers of its address"))
            if not _NAME.fullmatch(host):
                _refuse(t("is no address"))
            return
        if not public:
            _refuse(t("has no public address"))


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to what is public."""

    def __init__(self, settings: OutgoingSettings) -> None:
        self._settings = settings
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that takes the connection."""
        fault: Exception = httpcore.ConnectError()
        for address in await self._public_addresses(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> Never:
        """Refused."""
        _refuse(t("has no public address"))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _public_addresses(self, host: str, port: int) -> list[str]:
        """All addresses of a name, of which none may be anything but public.

        What does not exist and what is not public are told apart for nobody: names inside are not to be found out.
        """
        loop = asyncio.get_running_loop()
        try:
            ip_address(host)
            found = [host]
        except ValueError:
            try:
                answers = await loop.run_in_executor(_RESOLVERS, _look_up, host, port)
            except (OSError, UnicodeError):
                answers = []
            found = list(dict.fromkeys(answers))
        if not found or not all(is_public(address, self._settings.networks) for address in found):
            _refuse(t("has no public address"))
        return found[:MOST_ADDRESSES]


def _look_up(host: str, port: int) -> list[str]:
    return [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _usual_port(url: httpx.URL) -> int:
    return 443 if url.scheme == "https" else 80


def _refuse(reason: str) -> Never:
    raise RefusedAddressError(reason)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return t("did not answer in time")
    if isinstance(error, httpcore.ProtocolError):
        return t("does not answer as HTTP is spoken")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return t("has no valid certificate for its name")
    return t("cannot be connected to")
