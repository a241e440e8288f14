"""Pages of an application that lose nothing: autosave, sign-in, old pages, two editors."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from grants.accounts.services import add_member
from grants.applications.models import Application
from grants.applications.services.drafts import save_answers
from grants.programs.services import close_round
from tests import cast, every_kind
from tests.web.test_answers import FIRST, project, section

pytestmark = pytest.mark.django_db


def autosave(application, position: int | None = None) -> str:
    if position is None:
        return reverse("project-autosave", args=[application.reference])
    return reverse("section-autosave", args=[application.reference, position])


def fields_of(response) -> dict[str, str]:
    """What the page that was loaded carries, as a browser would send it back."""
    context = response.context
    marks = {f"base-{name}": mark for name, mark in context["marks"].items()}
    return marks | {"page": context["page_name"], "person": context["person"]}


def answers(application) -> dict:
    return Application.objects.get(pk=application.pk).answers


@pytest.fixture
def draft(client):
    application = cast.draft("applicant")
    client.force_login(cast.person("applicant"))
    return application


def sign_in(client) -> None:
    from allauth.account.models import EmailAddress

    user = cast.person("applicant")
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    client.post("/accounts/login/", {"login": user.email, "password": cast.PASSWORD})


def test_autosave_saves_and_tells_when_and_what_to_send_next(client, draft):
    carried = fields_of(client.get(section(draft, 1)))

    told = client.post(autosave(draft, 1), carried | FIRST).json()

    assert answers(draft) == {key.removeprefix("q-"): value for key, value in FIRST.items()}
    fresh = fields_of(client.get(section(draft, 1)))
    assert {f"base-{name}": mark for name, mark in told["marks"].items()}.items() <= fresh.items()
    assert (len(told["saved"]), told["conflicts"], told["unkept"]) == (5, {}, [])


def test_autosave_of_the_project_tells_what_is_not_kept(client, draft):
    carried = fields_of(client.get(project(draft)))

    told = client.post(
        autosave(draft), carried | {"title": "Notes", "requested_amount": "5"}
    ).json()

    assert told["unkept"] == ["Ask for an amount between ¥1,000.00 and ¥500,000.00."]
    draft.refresh_from_db()
    assert (draft.title, draft.requested_amount) == ("Notes", None)


def test_autosave_costs_at_most_twelve_queries(client, draft, django_assert_max_num_queries):
    carried = fields_of(client.get(section(draft, 1)))

    with django_assert_max_num_queries(12):
        client.post(autosave(draft, 1), carried | FIRST)


def test_autosave_after_the_close_says_so(client, draft):
    close_round(draft.round, by=cast.person("officer"))

    response = client.post(autosave(draft, 1), FIRST)

    assert response.status_code == 409
    assert response.json()["detail"].startswith("This round closed at ")
    assert answers(draft) == {}


@pytest.mark.parametrize(
    ("handle", "status"), [("stranger", 404), ("officer", 404), ("viewer", 403), (None, 401)]
)
def test_autosave_by_anybody_else_changes_nothing(draft, handle, status):
    client = Client()
    if handle:
        client.force_login(cast.person(handle))
    if handle == "viewer":
        email = cast.person("viewer").email
        add_member(draft.organisation, by=cast.person(), email=email, role="viewer")

    response = client.post(autosave(draft, 1), FIRST)

    assert response.status_code == status
    assert answers(draft) == {}


def test_two_editors_are_shown_both_texts_and_the_choice_stands(client, draft):
    carried = fields_of(client.get(section(draft, 1)))
    save_answers(draft, by=cast.person(), answers={"team": "Theirs."})

    asked = client.post(section(draft, 1), carried | FIRST)
    unchosen = fields_of(asked) | {"asked-team": "1"}
    again = client.post(section(draft, 1), unchosen | FIRST)
    before = answers(draft)["team"]
    chosen = client.post(section(draft, 1), unchosen | FIRST | {"choose-team": "mine"})

    assert [response.context["asked"]["team"].text for response in (asked, again)] == [
        "Theirs.",
        "Theirs.",
    ]
    assert (before, answers(draft)["team"]) == ("Theirs.", FIRST["q-team"])
    assert chosen.url == section(draft, 2)


def test_choice_of_theirs_drops_mine_and_keeps_the_rest(client, draft):
    carried = fields_of(client.get(section(draft, 1)))
    save_answers(draft, by=cast.person(), answers={"team": "Theirs."})
    asked = fields_of(client.post(section(draft, 1), carried | FIRST)) | {"asked-team": "1"}

    response = client.post(
        section(draft, 1), asked | FIRST | {"choose-team": "theirs", "q-team_size": "7"}
    )

    assert response.url == section(draft, 2)
    assert (answers(draft)["team"], answers(draft)["team_size"]) == ("Theirs.", "7")


def test_words_sent_without_a_session_are_there_after_signing_in(client, draft):
    carried = fields_of(client.get(section(draft, 1)))
    Session.objects.all().delete()

    away = client.post(section(draft, 1), carried | FIRST)
    sign_in(client)
    page = client.get(section(draft, 1))
    unsaved = answers(draft)
    client.post(section(draft, 1), fields_of(page) | FIRST)

    assert away.url == f"/accounts/login/?next={section(draft, 1)}"
    assert page.context["is_kept"]
    assert page.context["form"]["team"].value() == FIRST["q-team"]
    assert (unsaved, answers(draft)["team"]) == ({}, FIRST["q-team"])
    assert not client.get(section(draft, 1)).context["is_kept"]


def test_kept_words_do_not_write_over_what_changed_meanwhile(client, draft):
    carried = fields_of(client.get(section(draft, 1)))
    Session.objects.all().delete()
    client.post(section(draft, 1), carried | FIRST)
    save_answers(draft, by=cast.person(), answers={"team": "Theirs."})
    sign_in(client)
    page = client.get(section(draft, 1))

    response = client.post(section(draft, 1), fields_of(page) | FIRST)

    assert list(response.context["asked"]) == ["team"]
    assert answers(draft)["team"] == "Theirs."


def test_words_that_somebody_else_left_are_not_shown(client, draft):
    carried = fields_of(client.get(section(draft, 1)))
    add_member(draft.organisation, by=cast.person(), email=cast.person("b").email, role="editor")
    Session.objects.all().delete()
    client.post(section(draft, 1), carried | FIRST)
    client.force_login(cast.person("b"))

    page = client.get(section(draft, 1))

    assert not page.context["is_kept"]
    assert page.context["form"]["team"].value() is None


def test_words_without_the_mark_of_a_page_are_not_kept(draft):
    before = Session.objects.count()

    Client().post(section(draft, 1), FIRST | {"person": "forged"})

    assert Session.objects.count() == before


def test_page_with_an_old_token_is_shown_again_with_its_words(draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.person("applicant"))
    carried = fields_of(client.get(section(draft, 1)))

    away = client.post(section(draft, 1), carried | FIRST | {"csrfmiddlewaretoken": "old"})
    page = client.get(section(draft, 1))

    assert away.url == section(draft, 1)
    assert page.context["is_kept"]
    assert page.context["form"]["team"].value() == FIRST["q-team"]
    assert answers(draft) == {}


def test_page_of_somebody_else_with_an_old_token_is_refused(client, draft):
    carried = fields_of(client.get(section(draft, 1)))
    other = Client(enforce_csrf_checks=True)
    other.force_login(cast.person("stranger"))

    response = other.post(section(draft, 1), carried | FIRST)

    assert response.status_code == 403
    assert "kept_pages" not in other.session


def test_rows_are_added_and_removed_by_buttons_that_save(client):
    application = every_kind.draft()
    client.force_login(cast.person("applicant"))
    rows = {"q-people-rows": "2", "q-people-0-name": "A", "q-people-1-name": "B"}

    more = client.post(section(application, 4), rows | {"add": "people"})
    less = client.post(section(application, 4), rows | {"drop": "people-0"})

    counts = [len(page.context["form"].rows["people"].values) for page in (more, less)]
    assert counts == [3, 1]
    assert [row["name"] for row in answers(application)["people"]] == ["B"]


def test_wrong_cell_is_said_beside_it_also_after_a_blank_row(client):
    application = every_kind.draft()
    client.force_login(cast.person("applicant"))

    response = client.post(
        section(application, 4),
        {"q-people-rows": "2", "q-people-1-name": "B", "q-people-1-years": "many"},
    )

    form = response.context["form"]
    errors = [line.form.errors for line in form.rows["people"].lines]
    assert errors == [{}, {"years": ["Enter a number, such as 12000 or 12,000.50."]}]
    wrong = [named.auto_id for named in form.summary if named.errors]
    assert wrong == ["id_q-people-1-years"]


def test_boxes_can_all_be_taken_back(client):
    application = every_kind.draft()
    client.force_login(cast.person("applicant"))
    page = section(application, 3)
    client.post(page, fields_of(client.get(page)) | {"q-devices": ["phone", "tablet"]})
    chosen = answers(application)["devices"]

    client.post(page, fields_of(client.get(page)))

    assert (chosen, answers(application)["devices"]) == (["phone", "tablet"], [])


def test_answer_that_opens_a_question_shows_the_page_again(client):
    application = every_kind.draft()
    client.force_login(cast.person("applicant"))
    page = section(application, 3)

    opened = client.post(page, {"q-listed": "yes"})
    onward = client.post(page, {"q-listed": "yes"})

    shown = {
        part.question.key: part.is_shown
        for part in opened.context["form"].parts({"address"}, {}, {})
    }
    assert (opened.status_code, shown["address"]) == (200, True)
    assert onward.url == section(application, 4)


def test_odd_counts_of_rows_break_nothing(client):
    application = every_kind.draft()
    client.force_login(cast.person("applicant"))

    for count in ("-1", "1e9", "٣", "9999", "", "99999999999"):
        response = client.post(
            section(application, 4),
            {"q-people-rows": count, "drop": "people-٣", "q-people-0-name": "A"},
        )
        assert response.status_code in (200, 302)
