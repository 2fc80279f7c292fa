"""How processes serve: the socket, the server, and the supervisor of several processes.

No application is imported here before a process serves it: the supervisor needs none, and a process that has not yet
imported its own is to answer the supervisor by then.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import sys
import threading
import time
from contextlib import nullcontext, suppress
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, Any, Final

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload, Multiprocess
from uvicorn.supervisors.multiprocess import Process

from fondasi.ending import end_if_it_stands, end_soon, hang_up_ends, outlives_terminal
from fondasi.kit.telemetry import configure_logging, shared_metrics
from fondasi.settings import StartError, get_settings

if TYPE_CHECKING:
    from types import FrameType

    from fondasi.settings import Settings

APPLICATION: Final = "fondasi.app:create_served_app"
PROTOCOL: Final = "fondasi.kit.http.server:BoundedProtocol"
FIRST_ANSWER_SECONDS: Final = 120.0  # from the start of a process to its first answer
ANSWER_SECONDS: Final = 15.0  # for each later one
START_REPORT_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.2

log = structlog.get_logger(__name__)


class CannotListenError(StartError):
    """The address or port is not to be had."""


class PortTakenError(CannotListenError):
    """Another program has the port."""


def bind(host: str, port: int) -> socket.socket:
    """A socket with that address; it takes connections only when somebody serves.

    Raises:
        PortTakenError: another program has it.
        CannotListenError: the port is for root alone, or the host is not of this machine.
    """
    no_address = CannotListenError(
        f"{host} is no address of this machine. Set HOST (or --host): 127.0.0.1 is for this machine alone, "
        "0.0.0.0 is for everybody."
    )
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise no_address from None
    # asyncio switches Nagle's algorithm off only for a socket that says TCP; it costs 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise no_address from None
        raise cannot_listen(host, port, error) from None
    return listener


def cannot_listen(host: str, port: int, error: OSError) -> CannotListenError:
    """What is wrong with a port, in a sentence."""
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(
            f"Port {port} at {host} is taken. Stop the program that has it, or set PORT (or --port) to a free one."
        )
    if error.errno == errno.EACCES:
        return CannotListenError(
            f"Port {port} is for root alone. Set PORT (or --port) to one above 1023, and let a proxy have {port}."
        )
    return CannotListenError(f"Port {port} at {host} cannot be used: {error.strerror}. Set HOST or PORT.")


def address_of(listener: socket.socket) -> str:
    """Where the socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def configuration(app: Any, settings: Settings, **options: Any) -> uvicorn.Config:
    """Uvicorn's settings, the same wherever we serve; `options` are more of them."""
    return uvicorn.Config(
        app,
        http=PROTOCOL,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # HTTP_TRUSTED_PROXIES says whose word counts
        timeout_graceful_shutdown=settings.http.grace,
        **options,
    )


def run(settings: Settings, listener: socket.socket, *, reload: bool = False) -> None:
    """Serve until SIGTERM, Ctrl-C or the end of the terminal, with as many processes as `HTTP_WORKERS` says."""
    several = settings.http.workers > 1 and not reload
    config = configuration(
        APPLICATION, settings, factory=True, reload=reload, workers=settings.http.workers if several else 1
    )
    server = Server(config)
    with suppress(KeyboardInterrupt), shared_metrics() if several else nullcontext():
        if reload:
            hang_up_ends()
            ChangeReload(config, target=server.run, sockets=[listener]).run()
        elif several:
            Supervisor(config, listener, settings).run()
        else:
            server.run([listener])
    if not (reload or several or server.started):
        sys.exit(STARTUP_FAILURE)


class Server(uvicorn.Server):
    """A server that ends: with its supervisor, with its terminal, and whatever its tasks do."""

    _loop: asyncio.AbstractEventLoop

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until the end."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve; in a process of a supervisor a start that fails is told in the log."""
        supervisor = parent_process()
        hang_up_ends()
        if supervisor is None:
            self._run(sockets)
            return
        settings = get_settings()
        configure_logging(settings)
        patience = settings.http.grace + settings.job.grace + 2 * ANSWER_SECONDS
        _end_with(supervisor.sentinel, patience)
        try:
            self._run(sockets)
        except StartError as error:
            log.error("cannot_start", reason=str(error))  # noqa: TRY400 - the sentence says it
            sys.exit(STARTUP_FAILURE)
        except Exception:
            if self.started:
                raise
            log.exception("cannot_start")
            sys.exit(STARTUP_FAILURE)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the application, and listen."""
        try:
            await super().startup(sockets)
        except OSError as error:  # somebody else bound the port, too, and was the first to listen
            await self.lifespan.shutdown()
            assert sockets is not None
            host, port = sockets[0].getsockname()[:2]
            raise cannot_listen(host, port, error) from None
        # What is there by now stays to the end, so no collection needs to walk through it: each would stop all requests
        # for 70 ms. During the start there is nothing to collect, and looking for it was an eighth of its CPU.
        gc.collect()
        gc.freeze()
        gc.enable()

    async def main_loop(self) -> None:
        """Serve until the end; from here on somebody may wait."""
        from fondasi.kit.http.standstill import watch_from_now  # noqa: PLC0415 - a supervisor needs no application

        watch_from_now()
        await super().main_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, even if a route or a job stands in the way of everything else."""
        super().handle_exit(sig, frame)
        settings = get_settings()
        end_if_it_stands(self._loop, settings.http.grace + settings.job.grace)

    def _run(self, sockets: list[socket.socket] | None) -> None:
        async def serve() -> None:
            try:
                await self.serve(sockets)
            finally:
                end_soon()

        gc.disable()
        with asyncio.Runner(loop_factory=self.config.get_loop_factory()) as runner:
            runner.run(serve())


class Child(Process):
    """A process that serves, as its supervisor sees it."""

    _asked: float | None = None
    _answered = ready = False

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._began = self._reported = time.monotonic()

    @property
    def server(self) -> Server:
        """What runs in the process."""
        if self._server is None:
            self._server = Server(self.config)
        return self._server  # type: ignore[return-value]

    def start(self) -> None:
        """Start it; Ctrl-C is its supervisor's to pass on, for Python would print a traceback from an import."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            super().start()
        finally:
            signal.signal(signal.SIGINT, before)

    def fault(self) -> str | None:
        """Why it has to be replaced; None when all is well. It does not wait."""
        if not self.process.is_alive():
            code = self.process.exitcode or 0
            return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        now = time.monotonic()
        try:
            if self._asked is None:
                self.parent_conn.send(b"ping")
                self._asked = now
            if self.parent_conn.poll(0):
                self.ready = self.parent_conn.recv()
                self._answered, self._asked = True, None
        except (OSError, EOFError):
            return "stopped answering"
        limit = ANSWER_SECONDS if self._answered else FIRST_ANSWER_SECONDS
        if self._asked is not None and now - self._asked > limit:
            return f"did not answer for {limit:.0f} s"
        if not self.ready and now - self._reported > START_REPORT_SECONDS:
            self._reported = now
            log.warning("process_still_starting", pid=self.pid, seconds=round(now - self._began))
        return None


class Supervisor(Multiprocess):
    """Keeps the processes alive, and says so when it replaces one.

    SIGHUP replaces them one after the other, unless it came because the terminal went: then all of it ends.

    Args:
        config: uvicorn's.
        listener: what they share.
        settings: how long they may take to end.
    """

    def __init__(self, config: uvicorn.Config, listener: socket.socket, settings: Settings) -> None:
        self._patience = settings.http.grace + settings.job.grace + 2 * ANSWER_SECONDS
        self._outlives, self._had_terminal = outlives_terminal(), _has_terminal()
        self._failed = False
        super().__init__(config, [listener])

    def run(self) -> None:
        """Supervise until the end.

        Raises:
            SystemExit: a process could not start; it has said why.
        """
        super().run()
        if self._failed:
            sys.exit(STARTUP_FAILURE)

    def init_processes(self) -> None:
        """Start them all."""
        self.processes = [self._started() for _ in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        """Replace those that died or stand still."""
        for index, child in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            assert isinstance(child, Child)
            if (fault := child.fault()) is None:
                continue
            child.kill()
            child.process.join()
            if child.exitcode == STARTUP_FAILURE:
                self._failed = True
                self.should_exit.set()
                return
            self.processes[index] = self._started()
            log.warning("process_replaced", pid=child.pid, reason=fault, by=self.processes[index].pid)

    def restart_all(self) -> None:
        """Replace each process; the old one goes when the new one serves."""
        for index, old in enumerate(self.processes):
            new = self._started()
            while not (fault := new.fault()) and not new.ready and not self._ending():
                time.sleep(POLL_SECONDS)
            if not new.ready:
                new.kill()
                new.process.join()
                if fault:
                    advice = "The processes that served before go on."
                    log.error("restart_given_up", pid=new.pid, reason=fault, advice=advice)
                return
            self.processes[index] = new
            old.terminate()
            self._join(old)
        log.info("processes_replaced", count=len(self.processes))

    def join_all(self) -> None:
        """Wait for them, but not for ever."""
        for child in self.processes:
            self._join(child)

    def handle_hup(self) -> None:
        """Replace the processes, or end with the terminal."""
        if not self._lost_terminal():
            self.restart_all()
        elif not self._outlives:
            self.should_exit.set()

    def _started(self) -> Child:
        child = Child(self.config, self.sockets)
        child.start()
        return child

    def _join(self, child: Process) -> None:
        child.process.join(self._patience)
        if child.process.is_alive():
            log.warning("process_killed", pid=child.pid, reason=f"did not end in {self._patience:.0f} s")
            child.process.kill()
            child.process.join()

    def _ending(self) -> bool:
        ends = {signal.SIGINT, signal.SIGTERM} & set(self.signal_queue)
        return bool(ends) or (self._lost_terminal() and not self._outlives)

    def _lost_terminal(self) -> bool:
        return self._had_terminal and not _has_terminal()


def _end_with(sentinel: int, patience: float) -> None:
    """End when the supervisor did: as at SIGTERM, and by force when that does not do."""

    def watch() -> None:
        connection.wait([sentinel])
        log.warning("supervisor_gone")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        os._exit(1)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
