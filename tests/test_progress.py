"""A progress bar is for people: programs that run the code see none of it."""

import io
import sys
import threading
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel
from tqdm.auto import tqdm

from adaptive_lr import progress

LOOP = """
import time
from adaptive_lr import progress
progress.SECONDS_BEFORE_THE_BAR = {delay}
for _ in progress.progress(range(3), "training"):
    time.sleep(0.15)
"""


class Stream(io.StringIO):
    def __init__(self, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "delay", "shown"), [(True, 0, True), (False, 0, False), (True, 60, False)]
)
def test_outside_a_notebook_the_bar_needs_a_terminal(monkeypatch, terminal, delay, shown):
    stream = Stream(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "_shell", lambda: None)
    monkeypatch.setattr(progress, "SECONDS_BEFORE_THE_BAR", delay)
    assert list(progress.progress(range(3), "training")) == [0, 1, 2]
    assert ("training" in stream.getvalue()) is shown


def test_a_browser_without_threads_gets_its_bar(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    stream = Stream(terminal=True)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(tqdm, "monitor_interval", 10)
    monkeypatch.setattr(tqdm, "monitor", None)
    monkeypatch.setattr(progress, "_shell", lambda: None)
    monkeypatch.setattr(progress, "SECONDS_BEFORE_THE_BAR", 0)
    assert list(progress.progress(range(3), "training")) == [0, 1, 2]
    assert "training" in stream.getvalue()


def test_no_standard_error_is_nobody(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert not progress.somebody_watches()


@pytest.mark.parametrize(
    ("content", "watched"),
    [
        ({"allow_stdin": True}, True),
        ({"allow_stdin": False}, False),
        ({"comm_id": "slider"}, False),
    ],
)
def test_what_the_cells_request_says_decides(monkeypatch, content, watched):
    kernel = SimpleNamespace(get_parent=lambda: {"content": content})
    monkeypatch.setattr(progress, "_shell", lambda: SimpleNamespace(kernel=kernel))
    assert progress.somebody_watches() is watched


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    ("person", "delay", "shown"), [(True, 0, True), (True, 60, False), (False, 0, False)]
)
def test_in_a_notebook_the_bar_needs_a_person(kernel, person, delay, shown):
    """A front end for people allows input; nbclient and nbval do not."""
    outputs = []
    reply = kernel.execute_interactive(
        LOOP.format(delay=delay),
        allow_stdin=person,
        stdin_hook=print,
        output_hook=lambda message: outputs.append(message["header"]["msg_type"]),
        timeout=60,
    )
    assert reply["content"]["status"] == "ok"
    assert bool({"display_data", "stream"} & set(outputs)) is shown
