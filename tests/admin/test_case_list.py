"""The list of applications: searched, filtered, shown in columns, kept as views, taken away."""

import csv
import io

import pytest
from django.db import connection
from django.utils import timezone

from grants.events.models import Event
from grants.screening.models import SavedView
from tests import cast
from tests.admin import clones
from tests.admin.conftest import ODD_QUERIES, READERS, answers, errors_of, join, open_to
from tests.screening.stage import applied, company, rule, screened

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/"
EXPORT = "/admin/case-list/export/"
VIEWS = "/admin/case-list/views/"


def listed(response) -> list[str]:
    return [row.reference for row in response.context["page"]]


def found(officer, **query) -> list[str]:
    return listed(officer.get(LIST, query))


def exported(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_words_of_answers_titles_and_names_are_found_also_chinese_ones(at_desk):
    ann = applied("ann", team="我们做过天文与笔记软件。", plan="观星")
    bob = applied("bob", company("bob", 1, name="杭州星火软件有限公司"))
    officer = at_desk("officer")

    assert found(officer, search="天文") == [ann.reference]
    assert found(officer, search="笔记软件") == [ann.reference]
    assert found(officer, search="观星 天文") == [ann.reference]
    assert found(officer, search="星火") == [bob.reference]
    assert found(officer, search="app OF bob") == [bob.reference]
    assert found(officer, search=ann.reference.lower()) == [ann.reference]
    assert found(officer, search="文与笔") == [ann.reference]
    assert found(officer, search="天笔") == []
    assert found(officer, search="%%") == []


def test_what_was_sent_is_found_and_shown_and_not_the_draft(at_desk):
    ann = applied("ann")
    cast.drafts.save_answers(
        ann, by=cast.person("ann"), title="Changed", answers={"plan": "隐藏的词"}
    )
    officer = at_desk("officer")

    page = officer.get(LIST)

    assert found(officer, search="隐藏") == []
    assert "App of ann" in page.content.decode()
    assert "Changed" not in page.content.decode()


def test_new_name_of_an_organisation_is_found(at_desk):
    ann = applied("ann")
    ann.organisation.name = "南京知飞"
    ann.organisation.save()

    assert found(at_desk("officer"), search="知飞") == [ann.reference]


def test_a_word_of_one_character_is_refused_in_words(at_desk):
    applied("ann")

    response = at_desk("officer").get(LIST, {"search": "天"})

    assert errors_of(response) == {"search": ["Search for words of at least two characters."]}
    assert listed(response) == []


def test_filters_narrow_by_kind_amount_days_and_checks(at_desk):
    ann, bob = applied("ann"), applied("bob", company("bob", 1))
    rule("applicant_kind")
    screened()
    officer = at_desk("officer")
    today = timezone.localdate().isoformat()

    assert found(officer, kind="company") == [bob.reference]
    assert found(officer, outcome="failed") == [bob.reference]
    assert found(officer, outcome="passed") == [ann.reference]
    assert found(officer, outcome="unchecked") == []
    assert len(found(officer, least="200,000", most="200000.00")) == 2
    assert found(officer, least="200000.01") == []
    assert len(found(officer, since=today, until=today)) == 2
    assert found(officer, until="2020-01-01") == []


def test_wrong_filter_finds_nothing_and_says_why(at_desk):
    applied("ann")
    officer = at_desk("officer")

    response = officer.get(LIST, {"since": "2026-02-02", "until": "2026-01-01"})

    assert errors_of(response) == {"until": ["The first day is after the last."]}
    assert listed(response) == []
    assert errors_of(officer.get(LIST, {"least": "lots"})) == {"least": ["Enter a number."]}


def test_list_tells_an_officer_nothing_of_the_own_organisation(at_desk):
    ann = applied("ann")
    rule("applicant_kind", kinds=["company"])
    screened()
    join(ann, "officer")
    officer = at_desk("officer")

    assert found(officer, outcome="failed") == []
    assert listed(officer.get(LIST)) == []


def test_chosen_columns_are_shown(at_desk):
    applied("ann")

    response = at_desk("officer").get(LIST, {"columns": ["organisation", "kind"]})

    (row,) = response.context["page"]
    assert [(name, text) for name, _label, text in row.cells] == [
        ("organisation", "Ann"),
        ("kind", "Individual developer"),
    ]


def test_list_by_day_goes_on_by_key(at_desk):
    first = applied("ann")
    clones.applications(first, 45)
    officer = at_desk("officer")

    newest = officer.get(LIST, {"until": timezone.localdate().isoformat()})
    older = officer.get(newest.context["page"].following)
    back = officer.get(older.context["page"].previous)

    assert (len(listed(newest)), len(listed(older))) == (30, 16)
    assert listed(older)[-1] == first.reference
    assert listed(back) == listed(newest)


@pytest.mark.parametrize(
    ("query", "count"),
    [("?", 7), ("?search=app", 7), ("?state=submitted&kind=individual&outcome=unchecked", 7)],
)
def test_list_costs_the_same_at_1_and_30_rows(at_desk, django_assert_num_queries, query, count):
    first = applied("ann")
    officer = at_desk("officer")
    with django_assert_num_queries(count):
        assert len(listed(officer.get(LIST + query))) == 1
    for row in clones.applications(first, 29):
        row.submissions.create(
            number=1,
            content=first.latest.content,
            sha256=f"{row.pk:064d}",
            submitted_by=first.created_by,
        )

    with django_assert_num_queries(count):
        assert len(listed(officer.get(LIST + query))) == 30


def test_file_has_what_the_filter_finds_and_its_formulas_are_harmless(at_desk):
    ann = applied("ann", company("ann", 1, name="=cmd|'/C calc'!A0"))
    applied("bob")

    response = at_desk("officer").post(EXPORT, {"kind": "company"})

    header, row = exported(response)
    assert header[:3] == ["Reference", "Project", "Organisation"]
    assert (row[0], row[2], row[-2], row[-1]) == (
        ann.reference,
        "'=cmd|'/C calc'!A0",
        "200000.00",
        "CNY",
    )
    event = Event.objects.get(kind="user.export_applications")
    assert event.data == {"filter": {"kind": "company"}, "rows": 1}


def test_file_is_refused_with_a_wrong_filter(at_desk):
    response = at_desk("officer").post(EXPORT, {"search": "天"})

    assert errors_of(response) == {"search": ["Search for words of at least two characters."]}
    assert not Event.objects.filter(kind="user.export_applications").exists()


def test_views_are_kept_shared_and_removed(at_desk):
    applied("ann")
    officer, auditor = at_desk("officer"), at_desk("auditor")

    officer.post(VIEWS, {"name": "Mine", "query": "state=submitted&evil=1&before=9"})
    officer.post(VIEWS, {"name": "Ours", "is_shared": "on", "query": "kind=company"})

    assert [(v.name, v.query) for v in officer.get(LIST).context["views"]] == [
        ("Mine", "state=submitted"),
        ("Ours", "kind=company"),
    ]
    assert [view.name for view in auditor.get(LIST).context["views"]] == ["Ours"]
    mine, ours = SavedView.objects.order_by("name")
    assert auditor.post(f"{VIEWS}{mine.pk}/remove/").status_code == 404
    auditor.post(f"{VIEWS}{ours.pk}/remove/")
    assert SavedView.objects.count() == 2
    officer.post(f"{VIEWS}{mine.pk}/remove/")
    assert SavedView.objects.get() == ours


def test_view_without_a_name_is_refused_beside_the_field(at_desk):
    response = at_desk("officer").post(VIEWS, {"name": " ", "query": "state=submitted"})

    assert list(errors_of(response, "view_form")) == ["name"]
    assert not SavedView.objects.exists()


def test_pages_of_the_list_open_for_the_deciding_desk_only(at_desk):
    assert answers(LIST, at_desk=at_desk) == open_to(*READERS)
    assert answers(EXPORT, {}, at_desk=at_desk) == open_to(*READERS)
    shut = answers(VIEWS, {"name": ""}, at_desk=at_desk)
    assert shut == open_to(*READERS)


@pytest.mark.parametrize(
    "query",
    [
        *ODD_QUERIES,
        "since=x",
        "search=%00",
        "kind=x",
        "columns=x",
        "least=%EF%BC%91",
        "since=0001-01-01&until=9999-12-31",
    ],
)
def test_odd_query_is_no_error(at_desk, query):
    officer = at_desk("officer")

    assert officer.get(f"{LIST}?{query}").status_code == 200
    assert officer.get(f"{LIST}?{query}&until=2030-01-01").status_code == 200


@pytest.mark.parametrize(
    ("found", "index"),
    [
        ("listing WHERE grants_bigrams(text) @> grants_bigrams('天文')", "listing_bigrams"),
        ("screeningfact WHERE is_text AND value % '天文笔记软件'", "screeningfact_trigrams"),
    ],
)
def test_words_are_found_by_an_index(found, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT 1 FROM grants_{found}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert index in plan


def test_each_filter_has_an_index_in_the_order_of_the_page():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        columns = {name: told.partition("USING btree ")[2] for name, told in cursor.fetchall()}

    assert {name: columns[name] for name in ORDERED} == ORDERED


ORDERED = {
    "application_round": "(round_id, id DESC)",
    "application_state": "(state, id DESC)",
    "application_round_state": "(round_id, state, id DESC)",
    "application_submitted": "(submitted_at DESC, id DESC)",
    "listing_kind": "(applicant_kind, application_id DESC)",
    "listing_amount": "(requested_amount)",
    "screening_outcome": "(outcome, application_id DESC)",
}
