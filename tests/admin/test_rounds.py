"""The pages of the rounds: what each lacks, its money, opening and closing it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from grants.events.models import Event
from grants.ledger.models import JournalEntry
from grants.programs.models import Criterion, PlannedMilestone, Question, Round
from tests import cast
from tests.admin import clones
from tests.admin.conftest import ODD_QUERIES, READERS, answers, open_to, without
from tests.admin.setting_up import more_rounds, said

pytestmark = pytest.mark.django_db

LIST = "/admin/rounds/"
OPENED = "“Round one” is now: Open."


def page(round) -> str:
    return f"{LIST}{round.slug}/"


def listed(response) -> list[str]:
    return [round.slug for round in response.context["page"]]


def press(browser, round, verb: str):
    """Presses the button of the page that asks, whether it is still there or not."""
    url = f"{page(round)}{verb}/"
    return browser.post(url, headers={"Referer": url})


def kept(round) -> tuple:
    """What a refusal leaves as it was."""
    stored = Round.objects.get(pk=round.pk)
    booked = JournalEntry.objects.filter(reference=f"round:{round.slug}:budget").count()
    return (
        stored.state,
        stored.closes_at,
        stored.form.published_at,
        booked,
        Event.objects.filter(reference=round.slug).count(),
    )


@pytest.fixture
def officer(at_desk):
    return at_desk("officer")


@pytest.fixture
def draft():
    return cast.draft_round()


@pytest.fixture
def scheduled():
    round = cast.draft_round(opens_at=timezone.now() + timedelta(days=2))
    return cast.programs.open_round(round, by=cast.person("officer"))


def test_list_has_all_rounds_newest_first(officer):
    cast.open_round("first")
    cast.draft_round("second")

    assert listed(officer.get(LIST)) == ["second", "first"]


def test_list_without_rounds_says_what_to_set_up_first(officer):
    assert "Set up a fund and a program first" in officer.get(LIST).content.decode()


def test_list_goes_on_by_key(officer, draft):
    more_rounds(draft, 40)

    older = officer.get(officer.get(LIST).context["page"].following)

    assert (len(listed(older)), listed(older)[-1]) == (11, "round-1")


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_list_ignores_a_key_that_is_none(officer, draft, query):
    assert officer.get(f"{LIST}?{query}").status_code == 200


def test_list_and_page_are_for_those_who_decide_and_pay(at_desk, draft):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS, "superuser")
    assert answers(page(draft), at_desk=at_desk) == open_to(*READERS, "superuser")


def test_only_an_officer_is_asked_about_opening(at_desk, draft):
    assert answers(f"{page(draft)}open/", at_desk=at_desk) == open_to("officer")


@pytest.mark.parametrize("verb", ["open", "close"])
def test_nobody_but_an_officer_opens_or_closes(at_desk, draft, verb):
    if verb == "close":
        cast.programs.open_round(draft, by=cast.person("officer"))
    before = kept(draft)

    found = answers(f"{page(draft)}{verb}/", {}, of=without("officer"), at_desk=at_desk)

    assert set(found.values()) == {403, "login"}
    assert kept(draft) == before


def test_auditor_reads_without_buttons(at_desk, draft):
    context = at_desk("auditor").get(page(draft)).context

    assert (context["verbs"], context["may_change"], context["may_change_form"]) == (
        [],
        False,
        False,
    )


@pytest.mark.parametrize(
    "url", ["none/", "none/open/", "round-1/erase/", "%00/", "round-1/open/x/"]
)
def test_round_or_verb_that_is_not_there_is_not_found(officer, draft, url):
    assert officer.get(LIST + url).status_code == 404
    assert officer.post(LIST + url).status_code == 404


def test_page_shows_form_criteria_milestones_and_no_lack(officer, draft):
    context = officer.get(page(draft)).context

    assert [section.title_en for section in context["form_sections"]] == ["Section 1", "Section 2"]
    assert [(row.key, row.weight) for row in context["criteria"]] == [("value", 60), ("team", 40)]
    assert [row.share for row in context["planned"]] == [30, 70]
    assert (context["missing"], context["verbs"]) == ([], ["open"])
    assert (context["may_change"], context["may_change_form"]) == (True, True)


def test_page_shows_the_money_of_the_books(officer):
    award = cast.offered(amount="100000.00")

    line = officer.get(page(award.application.round)).context["line"]

    assert (line.budget, line.awarded) == (Decimal("1000000.00"), Decimal("100000.00"))
    assert line.left == Decimal("900000.00")


def test_page_counts_what_was_submitted_by_state(officer):
    application = cast.submitted("ann")
    cast.draft("bob")

    context = officer.get(page(application.round)).context

    assert context["counts"] == [("submitted", "Submitted", 1)]


def test_officer_opens_a_round_and_its_budget_is_booked(officer, draft):
    response = press(officer, draft, "open")

    draft.refresh_from_db()
    assert (response.status_code, response.url, said(response)) == (302, page(draft), [OPENED])
    assert (draft.state, draft.form.published_at is None) == ("open", False)
    entry = JournalEntry.objects.get(reference="round:round-1:budget")
    assert (entry.amount, entry.event.actor) == (Decimal("1000000.00"), cast.person("officer"))
    context = officer.get(page(draft)).context
    assert (context["verbs"], context["may_change"], context["may_change_form"]) == (
        ["close"],
        False,
        False,
    )


def test_round_that_opens_later_is_scheduled_and_offers_no_button(officer):
    round = cast.draft_round(opens_at=timezone.now() + timedelta(days=2))

    response = press(officer, round, "open")

    round.refresh_from_db()
    assert (round.state, said(response)) == ("scheduled", ["“Round one” is now: Scheduled."])
    assert officer.get(page(round)).context["verbs"] == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (Question.objects.all().delete, "The form has no questions yet."),
        (Criterion.objects.all().delete, "There are no criteria yet."),
        (
            lambda: PlannedMilestone.objects.filter(share=70).update(share="69.99"),
            "The shares of the milestones must sum to 100 %.",
        ),
        (
            lambda: Question.objects.filter(kind="choice").update(options=[]),
            "“Question category” has no options.",
        ),
        (
            lambda: Round.objects.update(closes_at=timezone.now() - timedelta(minutes=1)),
            "The closing date has passed.",
        ),
    ],
)
def test_opening_is_refused_in_words_while_something_is_missing(officer, draft, spoil, sentence):
    spoil()
    before = kept(draft)
    asked = officer.get(f"{page(draft)}open/")

    response = press(officer, draft, "open")

    assert (response.status_code, said(response)) == (302, [sentence])
    assert asked.context["missing"] == officer.get(page(draft)).context["missing"] == [sentence]
    assert "Open the round" not in asked.content.decode()
    assert kept(draft) == before


def test_opening_beyond_the_money_of_the_fund_is_refused_in_words(officer):
    cast.fund("1500000.00")
    cast.open_round("first")
    round = cast.draft_round("second", budget="500000.01")
    before = kept(round)

    response = press(officer, round, "open")

    assert said(response) == [
        "There is not enough money: Available holds ¥500,000.00, ¥500,000.01 is needed."
    ]
    assert response.url == f"{page(round)}open/"
    assert kept(round) == before


@pytest.mark.parametrize(
    ("verbs", "verb", "sentence"),
    [
        (["open"], "open", "This is no longer possible: it is now “Open”. Reload the page."),
        ([], "close", "This is no longer possible: it is now “Draft”. Reload the page."),
        (
            ["open", "close"],
            "close",
            "This is no longer possible: it is now “Closed”. Reload the page.",
        ),
    ],
)
def test_page_that_came_too_late_is_told_so_on_the_round(officer, draft, verbs, verb, sentence):
    for earlier in verbs:
        press(officer, draft, earlier)
    before = kept(draft)

    response = press(officer, draft, verb)
    asked = officer.get(response.url)

    assert (said(response)[-1], asked.status_code, asked.url) == (sentence, 302, page(draft))
    assert kept(draft) == before


def test_scheduled_round_is_not_opened_before_its_time(officer, scheduled):
    before = kept(scheduled)

    response = press(officer, scheduled, "open")

    assert said(response) == ["This round opens by itself at the time that was set."]
    assert kept(scheduled) == before


def test_officer_closes_a_round_before_its_time(officer):
    round = cast.open_round()

    response = press(officer, round, "close")

    round.refresh_from_db()
    assert (response.url, said(response)) == (page(round), ["“Round one” is now: Closed."])
    assert (round.state, round.closes_at <= timezone.now()) == ("closed", True)


def test_list_costs_the_same_at_1_and_30_rows(officer, draft, django_assert_num_queries):
    # Session, person, roles, rounds.
    with django_assert_num_queries(4):
        officer.get(LIST)

    more_rounds(draft, 29)

    with django_assert_num_queries(4):
        assert len(listed(officer.get(LIST))) == 30


def test_page_costs_the_same_at_1_and_30_rows(officer, django_assert_num_queries):
    application = cast.submitted()
    round = application.round
    with django_assert_num_queries(12):
        officer.get(page(round))

    clones.applications(application, 29)
    more = {"label_zh": "x", "label_en": "x", "weight": 1, "position": 9}
    Criterion.objects.bulk_create(Criterion(round=round, key=f"k{n}", **more) for n in range(28))
    section = round.form.sections.first()
    more = {"kind": "date", "label_zh": "x", "label_en": "x", "position": 9}
    Question.objects.bulk_create(Question(section=section, key=f"k{n}", **more) for n in range(21))

    with django_assert_num_queries(12):
        context = officer.get(page(round)).context
    assert context["counts"] == [("submitted", "Submitted", 30)]
