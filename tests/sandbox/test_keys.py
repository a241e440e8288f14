import subprocess
import sys

from fundportal.sandbox import keys
from grants.payouts.rails import rsa2

NAMES = [
    "gateway-private.pem",
    "gateway-public.pem",
    "portal-private.pem",
    "portal-public.pem",
]


def texts(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.pem")}


def test_ensure_makes_two_pairs_for_their_owner_alone(tmp_path):
    keys.ensure(tmp_path / "keys")
    made = texts(tmp_path / "keys")
    assert sorted(made) == NAMES
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").glob("*.pem")} == {0o600}
    for owner in keys.OWNERS:
        private = rsa2.private_key(made[f"{owner}-private.pem"])
        assert private.public_key() == rsa2.public_key(made[f"{owner}-public.pem"])


def test_ensure_changes_nothing_that_is_there(tmp_path):
    keys.ensure(tmp_path)
    before = texts(tmp_path)
    keys.ensure(tmp_path)
    assert texts(tmp_path) == before


def test_ensure_goes_on_where_it_was_killed(tmp_path):
    keys.ensure(tmp_path)
    before = texts(tmp_path)
    (tmp_path / "portal-public.pem").unlink()
    (tmp_path / "portal-public.draft").write_text("half")
    keys.ensure(tmp_path)
    assert texts(tmp_path) == before


def test_ensure_at_the_same_time_makes_one_set(tmp_path):
    program = (
        "import sys, pathlib; from fundportal.sandbox import keys;"
        "folder = pathlib.Path(sys.argv[1]);"
        "keys.ensure(folder); print(*[p.read_text() for p in sorted(folder.glob('*.pem'))])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "k")], stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert {process.returncode for process in started} == {0}
