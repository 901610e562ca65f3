"""A real Spark cluster on this machine: a standalone master and two workers, each a process of its own, with a secret."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pyspark

from tests.promo_command import ROOT

HOME = Path(pyspark.__file__).parent
PATIENCE = 120
# Small tables are over before a compiler pays: what is compiled for them costs more than running it.
SMALL_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
SMALL_TABLES = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class Cluster(NamedTuple):
    """A running master with its workers, and the environment in which ``promo`` finds its secret."""

    master: str
    folder: Path
    workers: list[subprocess.Popen[bytes]]
    environment: dict[str, str]

    def log(self) -> str:
        """Everything the cluster's processes have said."""
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(self.folder.glob("*.log")))

    def executor_logs(self) -> dict[str, str]:
        """What the executors of the last application said, by worker."""
        return {
            worker.name: "".join(path.read_text(encoding="utf-8", errors="replace") for path in worker.rglob("stderr"))
            for worker in sorted(self.folder.glob("worker-*"))
        }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(folder: Path, lines: Mapping[str, str]) -> Path:
    """Write Spark's own configuration, readable by its owner only, and return its folder."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    file = conf / "spark-defaults.conf"
    file.write_text("".join(f"{name} {value}\n" for name, value in lines.items()), encoding="utf-8")
    file.chmod(0o600)
    conf.joinpath("log4j2.properties").write_text(
        "rootLogger.level = warn\nrootLogger.appenderRef.a.ref = err\nappender.a.type = Console\nappender.a.name = err\n"
        "appender.a.target = SYSTEM_ERR\nappender.a.layout.type = PatternLayout\nappender.a.layout.pattern = %p %c: %m%n\n"
        "logger.deploy.name = org.apache.spark.deploy\nlogger.deploy.level = info\n"
        "logger.executor.name = org.apache.spark.executor.Executor\nlogger.executor.level = info\n",
        encoding="utf-8",
    )
    return conf


@contextmanager
def cluster(folder: Path, secret: str = "", workers: int = 2) -> Iterator[Cluster]:
    """Start a master and workers of one core each, and end them, whatever became of the block."""
    secret = secret or secrets.token_hex(16)
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    conf = configuration(folder, {
        "spark.authenticate": "true",
        "spark.authenticate.secret": secret,
        "spark.executor.memory": "640m",
        "spark.executor.cores": "1",
        "spark.driver.memory": "640m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.extraJavaOptions": SMALL_JAVA,
        "spark.driver.extraJavaOptions": SMALL_JAVA,
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        **SMALL_TABLES,
    })  # fmt: skip
    environment = {
        **os.environ,
        "SPARK_HOME": str(HOME),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "192m",
        "SPARK_DAEMON_JAVA_OPTS": f"{SMALL_JAVA} -Dspark.authenticate=true -Dspark.authenticate.secret={secret}",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
    }
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(folder, "master", environment, "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"))
        started += [
            _start(
                folder, f"worker-{number}", environment, "worker.Worker", "--host", "127.0.0.1", "--webui-port", "0",
                "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker-{number}"), master,
            )
            for number in range(workers)
        ]  # fmt: skip
        found = Cluster(master, folder, started[1:], environment)
        _wait_for(lambda: found.log().count("Successfully registered with master") == workers, started, found)
        yield found
    finally:
        for process in reversed(started):
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those it started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def _start(folder: Path, name: str, environment: Mapping[str, str], role: str, *arguments: str) -> subprocess.Popen[bytes]:
    with folder.joinpath(f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{role}", *arguments],
            env=dict(environment), stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def _wait_for(ready, processes: list[subprocess.Popen[bytes]], found: Cluster) -> None:
    given_up = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < given_up, f"the cluster did not come up: {found.log()[-2000:]}"
        assert all(process.poll() is None for process in processes), found.log()[-2000:]
        time.sleep(0.1)
