"""Databricks' SQL on open-source Spark, through Spark Connect as Databricks is reached; no account is asked."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scorer.verification.comparing import TOLERANCE
from scorer.verification.exports import CLIENT, write_exports
from scorer.verification.steps import ANSWERS
from scorer.verification.stored import read_answers
from scorer.workspace import Workspace
from tests.engines.kept_tables import faults, tables
from tests.engines.spark_cluster import HOME, PATIENCE, SMALL_JAVA, SMALL_TABLES, configuration, end, free_port
from tests.promo_command import PROMO, ROOT

# the client of the stored rows, as a file
SETTINGS = """
client = "verification"
[sales]
grain = "transaction"
[matching]
keys = ["region", "product_category", "product"]
[calendar]
holidays = [2025-04-21, 2025-05-01, 2025-06-09]
"""


class Server(NamedTuple):
    """A Spark Connect server of this machine, and the token without which it answers nobody."""

    address: str
    token: str


@pytest.fixture(scope="module")
def server(java: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port, token = tmp_path_factory.mktemp("connect"), free_port(), secrets.token_hex(16)
    conf = configuration(folder, {
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.driver.extraJavaOptions": SMALL_JAVA,
        "spark.driver.memory": "1g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        **SMALL_TABLES,
    })  # fmt: skip
    environment = {
        **os.environ,
        "SPARK_HOME": str(HOME),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SPARK_CONNECT_AUTHENTICATE_TOKEN": token,
    }
    log = folder / "server.log"
    command = [
        str(HOME / "bin" / "spark-submit"), "--master", "local[2]", "--class",
        "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        given_up = time.monotonic() + PATIENCE
        while not listens(port):
            assert process.poll() is None and time.monotonic() < given_up, log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.2)
        yield Server(f"sc://localhost:{port}", token)  # by this name a token may go without a certificate
    finally:
        end(process)


def listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def promo_there(folder: Path, token: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``promo`` as a client without Java, with the token in its environment and nowhere else."""
    environment = {name: value for name, value in os.environ.items() if name not in {"JAVA_HOME", "SPARK_HOME"}}
    environment |= {"PATH": "/nonexistent", "PYTHONPATH": str(ROOT), "SPARK_CONNECT_AUTHENTICATE_TOKEN": token}
    command = [sys.executable, "-c", PROMO, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=150, check=False)


def test_every_table_made_there_is_the_stored_one(server: Server, tmp_path: Path) -> None:
    ended = promo_there(tmp_path, server.token, "verify", "--engine", "databricks", "--master", server.address, "--json")
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
    found = json.loads(ended.stdout)
    assert (found["engine"], found["rows_sent"], found["agrees"]) == ("databricks", 1_000, True)
    assert [table["table"] for table in found["tables"] if table["cells"]] == list(ANSWERS)
    assert found["gap"] <= TOLERANCE
    assert server.token.encode() not in ended.stdout + ended.stderr


def test_a_lake_refreshed_there_keeps_the_stored_answers(server: Server, tmp_path: Path) -> None:
    """Without a folder that both sides see: rows travel through the connection."""
    home = Workspace(tmp_path)
    write_exports(home.exports(CLIENT.client))
    home.client_file(CLIENT.client).parent.mkdir()
    home.client_file(CLIENT.client).write_text(SETTINGS, encoding="utf-8")
    ended = promo_there(tmp_path, server.token, "refresh", "--engine", "databricks", "--master", server.address, "--json")
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
    assert home.choose(CLIENT.client) == CLIENT
    assert faults(tables(home.lake(CLIENT.client)), read_answers()) == []
    assert server.token.encode() not in ended.stdout + ended.stderr
