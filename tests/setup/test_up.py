"""One portal for all of this file, in the order of its life; see the last tests for its end."""

import os
import signal

import pytest

from tests.setup.portal import Portal, free_port, manage, processes_of, wait_until

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("up")]


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    portal = Portal(tmp_path_factory.mktemp("portal") / "var")
    portal.start()
    portal.wait()
    yield portal
    portal.process.kill()
    portal.process.wait()


def test_portal_is_ready_when_it_says_its_address(portal):
    assert portal.has_said(f"The portal is at http://127.0.0.1:{portal.port}")
    assert portal.get("/readyz").json() == {
        "status": "ready",
        "database": "ok",
        "broker": "ok",
        "migrations": "ok",
    }


def test_demo_people_are_named_with_their_passwords(portal):
    assert portal.has_said("li-na@demo.example        Applicant             demo-li-na")


def test_second_start_in_the_folder_is_refused(portal):
    second = manage(portal.folder, "up", PORT=str(free_port()))
    assert second.returncode == 1
    assert f"already runs from this folder (process {portal.process.pid})" in second.stderr


def test_busy_port_is_refused(portal, tmp_path):
    other = manage(tmp_path / "var", "up", PORT=str(portal.port))
    assert other.returncode == 1
    assert f"Port {portal.port} is in use" in other.stderr
    assert f"PORT={portal.port + 1} make run" in other.stderr


def test_doctor_finds_everything_in_a_running_portal(portal):
    report = manage(portal.folder, "doctor")
    assert report.returncode == 0, report.stdout


@pytest.mark.parametrize("words", ["worker --concurrency", "celery --quiet --app fundportal beat"])
def test_dead_child_is_started_again(portal, words):
    dead = portal.child(words)
    os.kill(dead, signal.SIGKILL)
    assert wait_until(lambda: dead not in processes_of(portal.folder), 10)
    assert wait_until(
        lambda: any(words in line for line in processes_of(portal.folder).values()), 10
    )


@pytest.mark.parametrize("words", ["bin/postgres -D", "valkey-server"])
def test_dead_server_is_started_again(portal, words):
    dead = portal.child(words)
    os.kill(dead, signal.SIGKILL)
    assert wait_until(lambda: dead not in processes_of(portal.folder), 10)
    assert wait_until(lambda: portal.serves("/readyz"), 30), portal.log.read_text()


def test_dead_keeper_is_started_again(portal):
    dead = portal.child("fundportal.keeper postgres")
    os.kill(dead, signal.SIGKILL)
    assert wait_until(
        lambda: any(
            "fundportal.keeper postgres" in line
            for pid, line in processes_of(portal.folder).items()
            if pid != dead
        ),
        10,
    )
    assert wait_until(lambda: portal.serves("/readyz"), 30), portal.log.read_text()


def test_killed_copy_leaves_nothing_and_starts_again_beside_the_first(portal, tmp_path):
    copy = Portal(tmp_path / "var")
    copy.start()
    copy.wait()
    assert portal.serves()
    copy.stop(signal.SIGKILL)
    assert wait_until(lambda: not processes_of(copy.folder), 5), processes_of(copy.folder)

    copy.start()
    copy.wait()
    assert copy.stop(signal.SIGINT) == 0
    assert processes_of(copy.folder) == {}


def test_term_stops_everything_and_leaves_no_lock(portal):
    assert portal.stop(signal.SIGTERM) == 0
    assert portal.has_said("Stopped. The data is kept.")
    assert processes_of(portal.folder) == {}
    assert not (portal.folder / "run" / "up").exists()
