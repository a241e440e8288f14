"""The servers that come with the portal, each time in a folder of their own."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fundportal import embedded
from tests.environment import ROOT
from tests.setup.portal import environment, processes_of, wait_until

pytestmark = pytest.mark.xdist_group("embedded")

USE = """
import sys
from fundportal import embedded
with embedded.running(*sys.argv[1:]):
    print("runs", flush=True)
    sys.stdin.read()
"""
SOCKET_DIR = "from fundportal import embedded; print(embedded.private_socket_dir())"


def use(folder, *names):
    user = subprocess.Popen(
        [sys.executable, "-c", USE, *names],
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert user.stdout.readline() == b"runs\n", user.stderr.read().decode()
    return user


def ask(folder, code, **more):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("embedded") / "var"


def test_servers_stop_with_the_last_user(folder):
    first, second = use(folder, "postgres", "valkey"), use(folder, "postgres", "valkey")
    first.communicate()
    assert len([line for line in processes_of(folder).values() if "keeper" in line]) == 2

    second.communicate()
    assert processes_of(folder) == {}


def test_servers_stop_when_their_only_user_is_killed(folder):
    user = use(folder, "postgres", "valkey")
    user.kill()
    user.communicate()
    assert wait_until(lambda: not processes_of(folder), 5), processes_of(folder)


def test_server_starts_after_its_keeper_was_killed(folder):
    user = use(folder, "postgres")
    (keeper,) = [pid for pid, line in processes_of(folder).items() if "keeper" in line]
    os.kill(keeper, signal.SIGKILL)
    use(folder, "postgres").communicate()
    user.communicate()
    assert wait_until(lambda: not processes_of(folder), 5), processes_of(folder)


def test_server_starts_although_its_stale_number_is_another_program_now(folder):
    stale = folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n")
    use(folder, "postgres").communicate()
    assert not stale.exists()


def test_half_made_cluster_is_made_again(tmp_path):
    draft = tmp_path / "var" / "postgres.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    use(tmp_path / "var", "postgres").communicate()
    assert not draft.exists()


def test_failing_server_is_explained_with_the_end_of_its_log(tmp_path):
    broken = tmp_path / "var" / "postgres"
    broken.mkdir(parents=True, mode=0o700)
    (broken / "PG_VERSION").write_text("9\n")
    ended = ask(tmp_path / "var", USE.replace("*sys.argv[1:]", "'postgres'"))
    assert ended.returncode == 1
    assert "postgres does not start" in ended.stderr
    assert 'postgresql.conf": No such file or directory' in ended.stderr


@pytest.fixture
def socket_dir(tmp_path):
    path = Path(ask(tmp_path, SOCKET_DIR).stdout.strip())
    yield path
    path.rmdir()


def test_sockets_are_private(socket_dir):
    assert len(str(socket_dir)) < 60
    assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700


def test_socket_directory_that_others_may_enter_is_refused(tmp_path, socket_dir):
    socket_dir.chmod(0o777)
    refused = ask(tmp_path, SOCKET_DIR)
    assert refused.returncode == 1
    assert refused.stderr == f"{socket_dir} belongs to somebody else. Remove it, or set VAR_DIR.\n"


def test_no_server_is_needed_where_the_environment_names_both(tmp_path):
    named = {"DATABASE_URL": "postgres://db/portal", "REDIS_URL": "redis://cache/0"}
    code = "from fundportal import embedded; print(embedded.needed())"
    assert ask(tmp_path, code, **named).stdout == "[]\n"


def test_processes_of_a_copy_agree_on_the_port_of_the_sandbox(tmp_path):
    code = "from fundportal import embedded; print(embedded.sandbox_port())"
    ports = {ask(tmp_path, code).stdout for _ in range(2)}
    assert len(ports) == 1
    taken = int(ports.pop())
    again = f"from fundportal import embedded as e; e.choose_sandbox_port(other_than={taken})"
    assert ask(tmp_path, again).returncode == 0
    assert int(ask(tmp_path, code).stdout) != taken


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("unix:///tmp/x/valkey.sock?db=3", "redis+socket:///tmp/x/valkey.sock?virtual_host=3"),
        ("unix:///tmp/x/valkey.sock", "redis+socket:///tmp/x/valkey.sock?virtual_host=0"),
        ("redis://cache:6379/1", "redis://cache:6379/1"),
        ("rediss://cache:6379/1", "rediss://cache:6379/1"),
    ],
)
def test_broker_url_is_the_form_that_celery_understands(redis, broker):
    assert embedded.broker_url(redis) == broker
