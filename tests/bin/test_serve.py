"""bin/serve: two processes live and die as one, and it says in one line why it cannot start."""

import importlib.machinery
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.architecture.sweeps import ROOT

loader = importlib.machinery.SourceFileLoader("bin_serve", str(ROOT / "bin" / "serve"))
bin_serve = importlib.util.module_from_spec(importlib.util.spec_from_loader("bin_serve", loader))
sys.dont_write_bytecode, _before = True, sys.dont_write_bytecode
loader.exec_module(bin_serve)
sys.dont_write_bytecode = _before

# Stands for the web server: listens, ends its own child when told to end, and writes down both processes.
WEB = """
import os, signal, socket, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def end(*_):
    child.kill()
    sys.exit()
signal.signal(signal.SIGTERM, end)
open(sys.argv[2], "w").write(f"{os.getpid()} {child.pid}")
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    time.sleep(600)
"""
RUN = f"""
import importlib.machinery, importlib.util, json, sys
loader = importlib.machinery.SourceFileLoader("bin_serve", {str(ROOT / "bin" / "serve")!r})
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bin_serve", loader))
loader.exec_module(module)
sys.exit(module.serve(json.loads(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), address="http://here"))
"""


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(tmp_path, free_port):
    """Start serve() with the stand-in and another process; → (process, [pids])."""
    started = []

    def start(other="import time; time.sleep(600)"):
        pids = tmp_path / "pids"
        processes = {
            "web server": [sys.executable, "-c", WEB, str(free_port), str(pids)],
            "worker": [sys.executable, "-c", other],
        }
        process = subprocess.Popen(
            [sys.executable, "-B", "-c", RUN, json.dumps(processes), str(free_port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        return process, [int(pid) for pid in pids.read_text().split()]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.02)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_where_it_is_and_stops_cleanly_when_asked(start, number):
    process, pids = start()
    ready = process.stdout.readline() + process.stdout.readline()
    assert "Ready at http://here" in ready

    process.send_signal(number)

    assert process.wait(20) == 0
    wait_for(lambda: not any(alive(pid) for pid in pids))


def test_when_one_ends_by_itself_the_other_is_stopped_and_it_says_which(start):
    process, pids = start(other="import sys, time; time.sleep(1); sys.exit(7)")

    assert process.wait(20) == 1
    assert process.stderr.read() == "The worker ended by itself (code 7); stopping.\n"
    wait_for(lambda: not any(alive(pid) for pid in pids))


def test_a_second_interrupt_does_not_wait_for_a_stubborn_process(start):
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    process, _ = start(other=stubborn)
    process.stdout.readline()
    process.stdout.readline()

    process.send_signal(signal.SIGINT)
    wait_for(lambda: "Stopping" in process.stdout.readline())
    began = time.monotonic()
    process.send_signal(signal.SIGINT)

    assert process.wait(20) == 0
    assert time.monotonic() - began < bin_serve.GRACE / 2


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a process that its parent died")
def test_even_a_killed_parent_leaves_its_processes_stopping(start):
    process, pids = start()

    process.kill()

    wait_for(lambda: not any(alive(pid) for pid in pids))


def test_a_taken_port_is_said_with_a_way_on(free_port):
    with (
        socket.create_server(("127.0.0.1", free_port)),
        pytest.raises(bin_serve.CannotServe, match=rf"{free_port} is taken .* --port {free_port + 1}$"),
    ):
        bin_serve.check_port("127.0.0.1", free_port)


def test_a_free_port_passes(free_port):
    bin_serve.check_port("127.0.0.1", free_port)


def test_an_address_that_is_not_this_machines_is_said():
    with pytest.raises(bin_serve.CannotServe, match=r"192\.0\.2\.1 is not an address of this machine"):
        bin_serve.check_port("192.0.2.1", 8000)


def test_one_data_folder_is_served_once(tmp_path):
    held = bin_serve.claim(tmp_path / "data", "http://here")
    with pytest.raises(bin_serve.CannotServe, match=rf"by process {os.getpid()} at http://here"):
        bin_serve.claim(tmp_path / "data", "http://there")
    held.close()

    bin_serve.claim(tmp_path / "data", "http://there").close()


def test_the_command_line_answers_in_one_line(tmp_path, free_port):
    command = [sys.executable, str(ROOT / "bin" / "serve"), "--check", "--port", str(free_port)]
    environment = {**os.environ, "DATA_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", free_port)):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert done.stderr.startswith("bin/run: Port ")
    assert done.stderr.count("\n") == 1


def test_web_server_and_worker_are_started_for_this_address():
    commands = bin_serve.commands("::1", 8123)

    assert "[::1]:8123" in commands["web server"]
    assert "--beat" in commands["worker"]
