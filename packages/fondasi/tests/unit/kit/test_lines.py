"""Log lines go to files, pipes, sockets and terminals; none of them holds the writer up."""

import os
import pty
import select
import socket
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from fondasi.kit.lines import Lines

LINE = "x" * 99


@contextmanager
def pipe():
    read, write = os.pipe()
    with os.fdopen(read, "rb", buffering=0) as reader, os.fdopen(write, "wb", buffering=0) as writer:
        yield reader, writer


@contextmanager
def sockets():
    ours, theirs = socket.socketpair()
    with ours, theirs, theirs.makefile("rb", buffering=0) as reader:
        yield reader, ours


@contextmanager
def terminal():
    master, slave = pty.openpty()
    with os.fdopen(master, "rb", buffering=0) as reader, os.fdopen(slave, "wb", buffering=0) as writer:
        yield reader, writer


@pytest.fixture
def dropped():
    return Counter()


@pytest.fixture
def to(dropped):
    def make(stream) -> Lines:
        return Lines(stream, lambda reason: dropped.update([reason]))

    return make


@pytest.mark.parametrize(
    ("place", "shared"),
    [(pipe, False), (pipe, True), (sockets, False), (terminal, False)],
)
def test_reader_that_stands_still_costs_lines_and_not_time(place, shared, to, dropped, monkeypatch):
    if shared:  # another user's standard error cannot be opened anew
        opened = os.open
        monkeypatch.setattr(os, "open", lambda *_: opened("/nowhere", os.O_RDONLY))
    with place() as (reader, writer):
        lines = to(writer)
        for _ in range(20_000):  # would block for ever
            lines.msg(LINE)
        assert dropped["full"] > 1000
        assert os.get_blocking(writer.fileno())  # other programs write there too
        before = dropped["full"]
        os.set_blocking(reader.fileno(), False)
        while True:
            try:
                if not reader.read(1 << 16):
                    break
            except BlockingIOError:
                break
        lines.msg("and on")
        assert dropped["full"] == before
        said = b"".join(iter(lambda: reader.read(1 << 16), None)) if place is pipe else reader.read(1 << 16)
        assert said.splitlines()[-1] == b"and on"


def test_reader_that_is_slow_does_not_set_the_pace(to, dropped):
    with pipe() as (reader, writer):
        lines = to(writer)

        def read() -> None:
            while reader.read(select.PIPE_BUF):
                time.sleep(0.02)

        slow = threading.Thread(target=read)
        slow.start()
        for _ in range(20_000):  # it would read them all, in ten seconds
            lines.msg(LINE)
        assert dropped["full"] > 1000
        del lines
        writer.close()
        slow.join()


def test_line_that_was_cut_ends_before_the_next(to):
    with pipe() as (reader, writer):
        lines = to(writer)
        lines.msg("a" * 1_000_000)
        os.set_blocking(reader.fileno(), False)
        while reader.read(1 << 16):
            pass
        lines.msg("next")
        assert reader.read(1 << 16).endswith(b"\nnext\n")


def test_full_disk_costs_lines(to, dropped):
    with Path("/dev/full").open("w") as full:
        to(full).msg(LINE)
    assert dropped == {"failed": 1}


def test_reader_that_left_costs_lines(to, dropped):
    with pipe() as (reader, writer):
        lines = to(writer)
        reader.close()
        lines.msg(LINE)
    assert dropped == {"failed": 1}


def test_file_gets_every_line_whole_and_as_text(to, dropped, tmp_path):
    with (tmp_path / "log").open("a") as file:
        lines = to(file)
        for word in ("één", "\ud800", "two"):
            lines.msg(word)
    assert (tmp_path / "log").read_text().splitlines() == ["één", "\\ud800", "two"]
    assert not dropped


def test_process_without_standard_error_says_nothing(to, dropped):
    to(None).msg(LINE)
    assert not dropped


def test_descriptor_that_was_closed_costs_lines(to, dropped, tmp_path):
    file = (tmp_path / "log").open("w", buffering=1)
    os.close(file.fileno())
    to(file).msg(LINE)
    assert dropped == {"failed": 1}
    with suppress(OSError):
        file.close()


def test_stream_in_memory_is_written(to, capsys):
    to(sys.stderr).msg("seen")
    assert capsys.readouterr().err == "seen\n"
