"""A command whose output goes nowhere, whose memory is short, or which is told to end, says so and loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import cli
from simulator.cli import supply

ROOT = Path(cli.__file__).parents[2]
SMALL = Path(__file__).parent / "reference" / "switch_3zone_toy.yaml"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def shell(command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command in a shell; ``sim`` is the simulator."""
    line = command.replace("sim ", f"{sys.executable} -m simulator ")
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=folder, env=ENVIRONMENT, timeout=120
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_standard_output_is_a_file_error():
    done = shell("sim schema > /dev/full")
    assert done.returncode == 3
    assert "cannot write to standard output" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_do_not_matter(closed):
    done = shell(f"sim schema {closed}; echo status $?")
    assert "status 0" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_message_never_ends_in_the_data():
    """With standard error closed, Python's ``print`` would write messages to standard output."""
    done = shell("sim validate nowhere.yaml 2>&-; echo status $?")
    assert done.stdout == "status 3\n" or done.stdout == "status 2\n"


def test_a_reader_that_goes_away_is_no_error():
    done = shell("set -o pipefail; sim schema | head -1; echo status ${PIPESTATUS[0]}")
    assert "status 0" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        ImportError("libx.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_short_memory_has_a_status_of_its_own(monkeypatch, capsys, error):
    """Whatever a library says it with, alone or as the cause of another error."""
    for raised in (error, ValueError("what followed")):

        def fail(_options: object, raised: Exception = raised) -> int:
            raise raised from (None if raised is error else error)

        monkeypatch.setattr(supply, "_schema", fail)
        assert cli.main(["schema"]) == 15
        assert "not enough memory" in capsys.readouterr().err


def test_an_import_that_fails_for_another_reason_is_not_called_memory(monkeypatch, capsys):
    def fail(_options: object) -> int:
        raise ImportError("No module named 'x'")

    monkeypatch.setattr(supply, "_schema", fail)
    assert cli.main(["schema"]) == 70
    assert "ImportError" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v works on Linux")
@pytest.mark.parametrize("megabytes", [60, 300, *(pytest.param(m, marks=pytest.mark.slow) for m in (150, 500, 700))])
def test_a_limit_of_memory_is_named(tmp_path, megabytes):
    """Below what Python or the libraries need to load."""
    done = shell(f"ulimit -v {megabytes}000; sim run {SMALL} -o {tmp_path}/out")
    assert done.returncode == 15, done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a process can handle")
def test_a_request_to_end_is_like_ctrl_c():
    program = (
        "import time\nfrom simulator.cli import main, supply\n"
        "supply._schema = lambda options: time.sleep(60) or 0\n"
        "raise SystemExit(main(['schema']))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.startswith("interrupted")


WITHOUT = """
import importlib, pkgutil, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in {"resource", "fcntl", "pwd", "grp", "termios", "posix_ipc", "readline", "curses"}:
            raise ImportError(f"{name} is not on this system")
sys.meta_path.insert(0, Absent())
import simulator
for module in pkgutil.walk_packages(simulator.__path__, "simulator."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from simulator.studies.run import _peak_memory_mb
assert _peak_memory_mb() is None
print("all imported")
"""


def test_nothing_needs_what_only_unix_has():
    """The whole package imports where the modules of Unix are absent."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, env=ENVIRONMENT, timeout=120)
    assert done.stdout == "all imported\n", done.stderr
