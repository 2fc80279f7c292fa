"""`fondasi serve --workers 2`: processes that import slowly, die, are replaced, and end with their supervisor."""

import signal

import psutil
import pytest

from fondasi.serving import bind

pytestmark = pytest.mark.long

# Slower than uvicorn's own supervisor allows: 5 s to the first answer, and to a restart.
SLOW = """
import sys, time
if any("spawn_main" in word for word in sys.orig_argv):
    time.sleep(5.5)
"""


def test_processes_that_start_slowly_are_kept_replaced_and_end_with_their_supervisor(start_command, tmp_path):
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "sitecustomize.py").write_text(SLOW)
    command = start_command("serve", "--workers", "2", PYTHONPATH=str(tmp_path / "slow"))
    first = command.until(lambda: len(found := command.servers()) == 2 and found, "there are not two")
    command.until(lambda: command.output.count("Application startup complete") == 2, "they do not start")
    assert command.servers() == first
    assert "process_replaced" not in command.output
    assert command.serves().status_code == 200

    first[0].kill()
    command.says(rf"process_replaced.*pid={first[0].pid}.*reason='killed by SIGKILL'")
    command.until(lambda: command.output.count("Application startup complete") == 3, "it is not replaced")

    command.process.send_signal(signal.SIGHUP)
    command.says(r"processes_replaced.*count=2")
    last = command.servers()
    assert not set(last) & set(first)
    assert command.serves().status_code == 200

    command.ends(signal.SIGKILL)
    _, alive = psutil.wait_procs(last, 60)
    assert not alive
    bind("127.0.0.1", int(command.port)).close()


def test_start_that_fails_is_told_once_and_ends_the_supervisor(start_command, install):
    command = start_command(
        "serve", "--workers", "2", PYTHONPATH=install("broken", "import nowhere"), MODULES="broken"
    )
    assert command.ends() == 3
    assert "broken.py, line 1: ModuleNotFoundError: No module named 'nowhere'" in command.output
    assert "Traceback" not in command.output
    assert "process_replaced" not in command.output
