"""Files stay in quarantine until a ClamAV daemon, on a real socket, says that they are clean."""

import socket

import pytest
from django.utils import timezone, translation

from grants.applications import clamd
from grants.applications.models import Document, Submission
from grants.applications.services.documents import add_document, held_files, remove_document
from grants.applications.services.scanning import scan_waiting
from grants.applications.services.submitting import submit
from grants.core.errors import Refused
from grants.events.models import Event
from tests import cast
from tests.applications.clamd import EICAR, daemon
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanner(settings):
    with daemon() as (url, running):
        settings.CLAMAV_URL = url
        yield running


def state() -> str:
    return Document.objects.get().state


def test_file_without_a_scanner_is_clean_at_once():
    cast.complete_draft()

    assert (state(), scan_waiting()) == ("clean", 0)


def test_file_waits_for_the_scanner_and_is_found_clean(scanner):
    document = cast.complete_draft().documents.get()

    before, answered = document.state, scan_waiting()

    assert (before, answered, state()) == ("scanning", 1, "clean")
    assert scanner.heard == [document.file.read()]
    assert Event.objects.filter(kind="document.clear").count() == 1


def test_file_over_a_unix_socket_is_scanned(settings, tmp_path):
    with daemon(tmp_path) as (url, _running):
        settings.CLAMAV_URL = url
        cast.complete_draft()

        assert (clamd.ping(url), scan_waiting(), state()) == ("ClamAV 1.4.2/27000", 1, "clean")


def test_big_file_goes_in_pieces(scanner):
    content = b"".join(bytes([number % 251]) * 1000 for number in range(300))

    verdict = clamd.scan(f"tcp://127.0.0.1:{scanner.listening.getsockname()[1]}", [content])

    assert (verdict, scanner.heard) == (clamd.Verdict(), [content])


def test_virus_is_kept_in_quarantine_and_named(scanner):
    application = cast.draft()
    upload = cast.pdf("worm.pdf", EICAR)
    add_document(application, upload, by=cast.person(), question_key="proposal")

    scan_waiting()

    assert state() == "infected"
    assert Event.objects.get(kind="document.quarantine").data == {"found": "Eicar-Test-Signature"}
    with translation.override("en"):
        assert held_files(application) == {
            "proposal": "The virus scanner refused “worm.pdf”. Remove it and add a clean file."
        }


def test_file_that_the_scanner_does_not_take_has_failed(scanner):
    scanner.hear_at_most = 10
    cast.complete_draft()

    scan_waiting()

    assert state() == "failed"
    assert Event.objects.get(kind="document.give_up_scan").data == {
        "error": "INSTREAM size limit exceeded."
    }


@pytest.mark.parametrize("says", [b"", b"nonsense\0", b"\xff\xfe\0"])
def test_scanner_that_says_nothing_useful_is_asked_again_later(scanner, says):
    scanner.says = says
    cast.complete_draft()

    answered, again = scan_waiting(), scan_waiting()

    document = Document.objects.get()
    assert (answered, again, document.state, document.scan_tries) == (0, 0, "scanning", 1)
    assert document.scan_at > timezone.now()
    scanner.says = None
    Document.objects.update(scan_at=timezone.now())
    assert (scan_waiting(), state()) == (1, "clean")


def test_scanner_that_is_down_leaves_files_in_quarantine(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        cast.complete_draft()

        assert (scan_waiting(), state()) == (0, "scanning")


def test_lost_file_has_failed(scanner):
    document = cast.complete_draft().documents.get()
    document.file.storage.delete(document.file.name)

    scan_waiting()

    assert state() == "failed"


def test_submit_says_which_file_is_still_being_checked(scanner):
    application = cast.complete_draft()

    with translation.override("en"), pytest.raises(Refused) as refused:
        submit(application, by=cast.person())

    assert refused.value.problems == {
        "proposal": "“proposal.pdf” is still being checked for viruses. Try again in a minute."
    }
    assert Submission.objects.count() == 0
    scan_waiting()
    assert submit(application, by=cast.person()).number == 1


def test_removed_virus_no_longer_stands_in_the_way(scanner):
    application, by = cast.complete_draft(), cast.person()
    add_document(application, cast.pdf("worm.pdf", EICAR), by=by, question_key="proposal")
    scan_waiting()

    remove_document(application.documents.get(name="worm.pdf"), by=by)

    assert held_files(application) == {}


@pytest.mark.django_db(transaction=True)
def test_two_workers_scan_each_file_once(scanner):
    application, by = cast.draft(), cast.person()
    for number in range(6):
        upload = cast.pdf(f"{number}.pdf", str(number).encode())
        add_document(application, upload, by=by, question_key="proposal")

    answered = together(scan_waiting, scan_waiting)

    assert (sum(answered), len(scanner.heard), len(set(scanner.heard))) == (6, 6, 6)
    assert Event.objects.filter(kind="document.clear").count() == 6
