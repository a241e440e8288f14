"""The pages of a meeting: the agenda, the chair's page, everybody's screen."""

import pytest
from django.utils import timezone

from grants.awards.models import Meeting
from tests import boards
from tests.admin.conftest import READERS, answers, errors_of, open_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LIST = "/admin/rounds/round-1/meetings/"


@pytest.fixture
def meeting(at_desk) -> Meeting:
    boards.round_in_review()
    sent = {
        "title": "Spring",
        "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "case": [boards.case_of("ann").reference, boards.case_of("ben").reference],
    }
    at_desk("officer").post(LIST, sent)
    return Meeting.objects.get()


def led(at_desk, meeting: Meeting, verb: str, handle="officer", **sent):
    return at_desk(handle).post(f"/admin/meetings/{meeting.pk}/{verb}/", sent, follow=True)


def test_doors(at_desk, meeting):
    chair, screen = f"/admin/meetings/{meeting.pk}/", f"/admin/meetings/{meeting.pk}/screen/"

    assert answers(chair, at_desk=at_desk) == open_to(*READERS)
    assert answers(screen, at_desk=at_desk) == open_to(*READERS, "reviewer") | {
        "administrator": 404,
        "superuser": 404,
    }
    for verb in ("start", "next", "end", "add", "note"):
        refused = answers(chair + verb + "/", {}, at_desk=at_desk)
        assert {who for who, status in refused.items() if status != 403} <= {
            "stranger", "officer", "approver"
        }  # fmt: skip


def test_agenda_is_what_was_ticked(at_desk, meeting):
    page = at_desk("officer").get(f"/admin/meetings/{meeting.pk}/")

    names = [item.application.created_by.name for item in page.context["items"]]
    assert names == ["ann", "ben"]


def test_screen_follows_the_chair(at_desk, meeting):
    screen = f"/admin/meetings/{meeting.pk}/screen/"
    before = at_desk("auditor").get(screen).content.decode()
    led(at_desk, meeting, "start")
    whole = at_desk("auditor").get(screen).content.decode()
    part = at_desk("auditor").get(screen, headers={"hx-request": "true"}).content.decode()

    assert "The meeting has not begun" in before
    assert "App of ann" in whole
    assert part.strip().startswith('<div class="screen"')
    led(at_desk, meeting, "next")
    assert "App of ben" in at_desk("auditor").get(screen).content.decode()


def test_who_is_out_sees_nothing_and_the_chair_sees_who(at_desk, meeting):
    case = boards.case_of("ann")
    boards.bar("auditor", case)
    chair = led(at_desk, meeting, "start")

    for url in (f"/admin/meetings/{meeting.pk}/", f"/admin/meetings/{meeting.pk}/screen/"):
        page = at_desk("auditor").get(url).content.decode()
        assert "Please leave the room" in page
        assert case.reference not in page
        assert case.title not in page
    assert [person.name for person in chair.context["out"]] == ["auditor"]


def test_chair_in_conflict_neither_notes_nor_goes_on(at_desk, meeting):
    led(at_desk, meeting, "start")
    case = boards.case_of("ann")
    boards.bar("officer", case)
    item = meeting.items.get(application=case)

    assert led(at_desk, meeting, "note", item=item.pk, note="x").status_code == 404
    page = at_desk("officer").get(f"/admin/meetings/{meeting.pk}/").content.decode()
    assert "Somebody else leads" in page


def test_reviewer_sees_the_application_without_scores(at_desk, meeting):
    led(at_desk, meeting, "start")

    page = at_desk("reviewer").get(f"/admin/meetings/{meeting.pk}/screen/").content.decode()

    assert "App of ann" in page
    assert "Raw score" not in page


def test_note_and_reference_that_is_wrong(at_desk, meeting):
    led(at_desk, meeting, "start")
    item = meeting.items.first()

    led(at_desk, meeting, "note", item=item.pk, note="Fund it.")
    wrong = led(at_desk, meeting, "add", reference="APP-2020-999999")
    led(at_desk, meeting, "add", reference=boards.case_of("cat").reference.lower())

    item.refresh_from_db()
    assert item.note == "Fund it."
    assert errors_of(wrong, "item_form")["reference"] == [
        "This round has no application APP-2020-999999."
    ]
    assert meeting.items.count() == 3


@pytest.mark.parametrize("item", ["", "x", "²", "9" * 30])
def test_note_of_no_item_is_not_found(at_desk, meeting, item):
    assert led(at_desk, meeting, "note", item=item, note="x").status_code == 404


def test_queries_do_not_grow_with_the_agenda(at_desk, meeting, django_assert_num_queries):
    led(at_desk, meeting, "start")
    browser = at_desk("auditor")
    screen = f"/admin/meetings/{meeting.pk}/screen/"
    for count in (0, 20):
        new = boards.copies(boards.case_of("ann"), count)
        led(at_desk, meeting, "add", reference=" ".join(case.reference for case in new))
        with django_assert_num_queries(10):
            browser.get(screen, headers={"hx-request": "true"})
