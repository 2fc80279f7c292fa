"""How `serve`, `worker` and `demo` end: whatever requests and jobs do, and when the terminal goes."""

import os
import pty
import signal
import threading
import time
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSCTTY

import httpx
import psutil
import pytest
from fixtures.processes import postmaster

pytestmark = pytest.mark.long

STUBBORN = '''
import asyncio, time
from pathlib import Path
from fondasi.access import public
from fondasi.kit.http import Router
from fondasi.kit.jobs import JobContext, job
from fondasi.module import Module

router = Router()

async def never_ends():
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass

@router.get("/stubborn", dependencies=[public], operation_id="read_stubborn")
async def stubborn() -> None:
    """Never answers."""
    Path("request").touch()
    await never_ends()

@router.get("/blocking/{seconds}", dependencies=[public], operation_id="read_blocking")
async def blocking(seconds: float) -> None:
    """Stands in everybody's way."""
    time.sleep(seconds)

@router.get("/thread", dependencies=[public], operation_id="read_thread")
async def thread() -> None:
    """Waits for a thread."""
    Path("request-in-thread").touch()
    await asyncio.to_thread(time.sleep, 3600)

@job(name="stubborn.run", cron="* * * * * *")
async def run(context: JobContext) -> None:
    Path("job").touch()
    await never_ends()

@job(name="stubborn.thread", cron="* * * * * *")
async def run_thread(context: JobContext) -> None:
    Path("job-in-thread").touch()
    await asyncio.to_thread(time.sleep, 3600)

module = Module("stubborn", routers=[router], jobs=[run, run_thread], permissions=[])
'''
GRACES = {"MODULES": "stubborn", "HTTP_GRACE": "1", "JOB_GRACE": "1", "METRICS_TOKEN": "of the tests"}


@pytest.fixture
def stubborn(start_command, install):
    path = install("stubborn", STUBBORN)

    def start(*arguments: str, **options):
        return start_command(*arguments, PYTHONPATH=path, **GRACES, **options)

    return start


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=["TERM", "INT", "HUP"])
def test_nothing_that_does_not_end_keeps_the_service(stubborn, tmp_path, how):
    command = stubborn("serve", JOB_IN_PROCESS="true")
    command.serves()

    def ask(path: str) -> None:
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{command.port}/api/v1/{path}", timeout=None)

    clients = [threading.Thread(target=ask, args=[path]) for path in ("stubborn", "thread")]
    for client in clients:
        client.start()
    for begun in ("request", "request-in-thread", "job", "job-in-thread"):
        command.until((tmp_path / begun).exists, f"{begun} does not begin")
    command.ends(how)
    assert postmaster(tmp_path) is None
    for client in clients:
        client.join()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_jobs_that_do_not_end_do_not_keep_the_worker(stubborn, tmp_path, how):
    command = stubborn("worker")
    for begun in ("job", "job-in-thread"):
        command.until((tmp_path / begun).exists, f"{begun} does not begin")
    assert command.ends(how) == 0
    assert postmaster(tmp_path) is None


BLOCKING = '''
import time
from pathlib import Path
from fondasi.access import public
from fondasi.kit.http import Router
from fondasi.kit.jobs import JobContext, job
from fondasi.module import Module

router = Router()

def stand(name):
    Path(name).touch()
    while True:
        time.sleep(3600)

@router.get("/blocking", dependencies=[public], operation_id="read_blocking")
async def blocking() -> None:
    """Stands in everybody's way."""
    stand("request")

@job(name="blocking.run", cron="* * * * * *")
async def run(context: JobContext) -> None:
    stand("job")

module = Module("blocking", routers=[router], jobs=[run], permissions=[])
'''


@pytest.mark.parametrize("arguments", [("serve",), ("worker",)], ids=" ".join)
def test_what_stands_in_the_way_of_all_else_does_not_keep_the_process(
    start_command, install, tmp_path, arguments
):
    path = install("blocking", BLOCKING)
    command = start_command(*arguments, PYTHONPATH=path, **{**GRACES, "MODULES": "blocking"})
    if arguments == ("serve",):
        command.serves()
        threading.Thread(target=ask_in_vain, args=[command.port]).start()
    begun = tmp_path / {"serve": "request", "worker": "job"}[arguments[0]]
    command.until(begun.exists, "nothing stands")
    assert command.ends(signal.SIGTERM) == 1
    assert "ended_by_force" in command.output


def ask_in_vain(port: str) -> None:
    with suppress(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/api/v1/blocking", timeout=None)


def test_local_names_the_route_that_stood_in_everybodys_way(stubborn):
    command = stubborn("serve")
    command.serves()
    httpx.get(f"http://127.0.0.1:{command.port}/api/v1/blocking/0.6", timeout=30)
    said = command.says(r"event_loop_stood_still .*route='GET /api/v1/blocking/\{seconds\}'.*")[0]
    assert "stubborn.py:" in said
    milliseconds = int(said.partition("milliseconds=")[2].split()[0])
    assert 500 <= milliseconds < 60_000


def test_log_that_nobody_reads_stops_no_request(stubborn):
    read, write = os.pipe()
    try:
        command = stubborn("serve", options={"stderr": write, "stdout": write})
        command.serves()
        with httpx.Client(base_url=f"http://127.0.0.1:{command.port}", timeout=30) as client:
            for _ in range(600):
                client.get("/api/v1/" + "nothing-there/" * 20)
            told = client.get("/metrics", headers={"Authorization": "Bearer of the tests"}).text
        lost = told.partition('fondasi_log_lines_dropped_total{reason="full"} ')[2].split()[0]
        assert float(lost) > 0
        command.ends(signal.SIGTERM)
    finally:
        os.close(read)
        os.close(write)


def test_log_that_cannot_be_written_stops_no_start(stubborn):
    with Path("/dev/full").open("w") as full:
        command = stubborn("serve", options={"stderr": full, "stdout": full})
        assert command.serves().status_code == 200
        command.ends(signal.SIGTERM)


@pytest.mark.parametrize("arguments", [("demo",), ("serve", "--workers", "2"), ("worker",)], ids=" ".join)
def test_terminal_that_is_closed_ends_all_of_it(start_command, tmp_path, arguments):
    master, slave = pty.openpty()

    def take_terminal() -> None:
        ioctl(slave, TIOCSCTTY, 0)

    command = start_command(
        *arguments, options={"stdin": slave, "start_new_session": True, "preexec_fn": take_terminal}
    )
    os.close(slave)
    started = {"demo": "Ctrl-C stops", "serve": "(?s)(startup complete.*){2}", "worker": "worker_started"}
    command.says(started[arguments[0]])
    server, children = postmaster(tmp_path), command.process.children(recursive=True)
    assert server is not None
    os.close(master)
    command.ends()
    _, alive = psutil.wait_procs([*children, server], 30)
    assert not alive


def test_nohup_outlives_its_terminal(start_command):
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    command = start_command("serve", options={"preexec_fn": ignore})
    command.serves()
    command.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)  # it would have ended
    assert command.serves().status_code == 200
