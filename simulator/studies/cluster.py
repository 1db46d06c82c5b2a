"""Where many plans are made: in processes of this machine, or by the workers of a Dask scheduler that runs already.

A local cluster has a scheduler in this process and workers in processes of their own, each with one thread, also for
linear algebra. A worker that is killed is replaced; the plan it was making is made again, and one that ends its worker
twice is given up. Workers are started as a command, so a user's script needs no guard of ``__main__``; functions
without a name can be sent. They run in a session of their own, so that Ctrl-C in a terminal reaches this process
alone, which then ends them; when this process is killed they end by themselves.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from simulator.errors import FileError, InternalError

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Libraries of linear algebra read these when they are imported."""
SETTINGS: dict[str, Any] = {
    "distributed.scheduler.worker-saturation": 1.0,  # a worker has one plan; the others wait at the scheduler
    "distributed.scheduler.allowed-failures": 1,
    "distributed.scheduler.worker-ttl": None,  # a solver may keep a worker silent for minutes
    "distributed.admin.tick.limit": "1h",
    "distributed.worker.memory.terminate": False,
}
WORKER = (sys.executable, "-P", "-m", "distributed.cli.dask_worker")
START_S = 120.0
"""How long workers may take to come up on a busy machine."""
END_S = 3.0
"""How long they may take to end by themselves."""


@contextmanager
def local_cluster(count: int) -> Iterator[Any]:
    """A client of a cluster of ``count`` processes, which end with it."""
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set(SETTINGS),
        tempfile.TemporaryDirectory(prefix="simulator-", ignore_cleanup_errors=True) as room,
    ):
        cluster = LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=":0", silence_logs=logging.CRITICAL)
        workers = None
        try:
            workers = _start(str(cluster.scheduler_address), count, room)
            with Client(cluster) as client:
                _wait_for(client, workers)
                try:
                    yield client
                finally:
                    _end(workers)  # before the client closes, or it would wait for what they do
        finally:
            if workers is not None:
                _end(workers)
            cluster.close()


@contextmanager
def scheduler_at(address: str) -> Iterator[Any]:
    """A client of a scheduler that runs already. Raises ``FileError`` when none answers or it has no worker."""
    from distributed import Client

    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise FileError(f"no Dask scheduler answers at {address}: {error}; give it as tcp://HOST:PORT") from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise FileError(f"the scheduler at {address} has no workers: start some with `dask worker {address}`")
        yield client


def _start(address: str, count: int, room: str) -> subprocess.Popen[bytes]:
    options = ("--nworkers", str(count), "--nthreads", "1", "--memory-limit", "0", "--no-dashboard",
               "--death-timeout", "60", "--local-directory", room)  # fmt: skip
    told = {
        "PYTHONPATH": os.pathsep.join(sys.path), "DASK_LOGGING__DISTRIBUTED": "critical",
        "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h",
    }  # fmt: skip
    return subprocess.Popen(
        [*WORKER, address, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, env={**os.environ, **ONE_THREAD, **told},
    )  # fmt: skip


def _wait_for(client: Any, workers: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while not client.scheduler_info()["workers"]:
        if workers.poll() is not None or time.monotonic() > end:
            raise InternalError(f"no worker has come up (status {workers.poll()}); try with one process")
        time.sleep(0.05)


def _end(workers: subprocess.Popen[bytes]) -> None:
    """End the processes of a cluster with all they started."""
    if workers.poll() is not None:
        return
    if os.name == "nt":
        workers.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(workers.pid, signal.SIGKILL)  # nothing of theirs is needed; a solver would not listen
    with suppress(subprocess.TimeoutExpired):
        workers.wait(END_S)
