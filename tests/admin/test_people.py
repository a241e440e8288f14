"""People and their roles, and the keys of their software."""

import pytest

from grants.accounts.models import ApiKey, Role, User
from grants.accounts.services import create_api_key, grant_role, user_of_key
from grants.events.models import Event
from tests import cast
from tests.admin.conftest import (
    ODD_QUERIES,
    answers,
    beside,
    errors_of,
    open_to,
    told,
    without,
)
from tests.admin.setting_up import LONG, filled, said, submit

pytestmark = pytest.mark.django_db

LIST = "/admin/people/"
KEYS = "/admin/keys/"
CHANGES = ["user.grant_role", "user.remove_role", "user.change"]


def page(person: User) -> str:
    return f"{LIST}{person.pk}/"


def revoke(key: ApiKey) -> str:
    return f"{KEYS}{key.pk}/revoke/"


def key_of(handle: str) -> ApiKey:
    person = cast.person(handle)
    return create_api_key(person, label=f"of {handle}", by=person)[0]


def listed(response) -> list[str]:
    return [person.name for person in response.context["page"]]


def kept(person: User) -> tuple:
    """What a refusal leaves as it was."""
    stored = User.objects.get(pk=person.pk)
    changes = Event.objects.of_thing(person).filter(kind__in=CHANGES).count()
    return stored.name, stored.language, stored.is_active, stored.is_staff, stored.roles, changes


@pytest.fixture
def administrator(at_desk):
    return at_desk("administrator")


@pytest.fixture
def ann():
    return cast.person("ann")


def test_list_has_everybody_newest_first_with_their_roles(administrator, ann):
    assert listed(administrator.get(LIST)) == ["ann", "administrator"]


def test_list_is_filtered_by_role_and_words(administrator, ann):
    cast.person("officer")

    assert listed(administrator.get(LIST, {"role": "officer"})) == ["officer"]
    assert listed(administrator.get(LIST, {"search": "ANN@test"})) == ["ann"]
    assert listed(administrator.get(LIST, {"search": "%_"})) == []
    assert listed(administrator.get(LIST, {"role": "officer", "search": "ann"})) == []


@pytest.mark.parametrize("query", [*ODD_QUERIES, "role=king", "search=%00", f"search={LONG}"])
def test_list_answers_a_wrong_filter(administrator, query):
    assert administrator.get(f"{LIST}?{query}").status_code == 200


def test_people_are_for_administrators(at_desk, ann):
    assert answers(LIST, at_desk=at_desk) == open_to("administrator", "superuser")
    assert answers(page(ann), at_desk=at_desk) == open_to("administrator", "superuser")
    assert answers("/admin/grants/user/", at_desk=at_desk) == open_to("administrator", "superuser")


def test_nobody_else_changes_people(at_desk, ann):
    before = kept(ann)

    sent = {"name": "Mine", "roles": ["controller"]}
    of = without("administrator", "superuser")
    found = answers(page(ann), sent, of=of, at_desk=at_desk)

    assert set(found.values()) == {403, "login"}
    assert kept(ann) == before


def test_administrator_gives_and_takes_roles_and_saves_the_name(administrator, ann):
    grant_role(ann, "finance", by=None)
    shown = filled(administrator.get(page(ann)))
    assert (shown["name"], shown["roles"], shown["language"]) == ("ann", ["finance"], "en")

    response = submit(
        administrator, page(ann), {"name": " Anna ", "roles": ["reviewer", "officer"]}
    )

    assert (response.url, said(response)) == (page(ann), ["The changes are saved."])
    stored = User.objects.get(pk=ann.pk)
    assert (stored.name, stored.roles) == ("Anna", {"reviewer", "officer"})
    events = Event.objects.of_thing(ann).filter(actor=cast.person("administrator"))
    assert [(event.kind, event.data.get("role")) for event in events] == [
        ("user.change", None),
        ("user.grant_role", "officer"),
        ("user.grant_role", "reviewer"),
        ("user.remove_role", "finance"),
    ]


def test_who_has_no_role_any_more_no_longer_enters(at_desk, administrator):
    officer = at_desk("officer")
    assert officer.get("/admin/").status_code == 200

    submit(administrator, page(cast.person("officer")), {"roles": []})

    assert officer.get("/admin/").status_code == 403
    assert User.objects.get(name="officer").is_staff is False


def test_who_is_shut_out_is_signed_out_and_their_keys_are_dead(at_desk, administrator):
    officer, person = at_desk("officer"), cast.person("officer")
    _row, key = create_api_key(person, label="export", by=person)

    submit(administrator, page(person), {"is_active": None})

    assert officer.get("/admin/").status_code == 302
    assert (User.objects.get(pk=person.pk).is_active, user_of_key(key)) == (False, None)
    assert "Shut out" in administrator.get(page(person)).content.decode()


def test_saving_without_a_change_tells_of_none(administrator, ann):
    before = kept(ann)

    response = submit(administrator, page(ann), {})

    assert (response.status_code, kept(ann)) == (302, before)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": LONG}, {"name": ["Ensure this value has at most 100 characters (it has 1000)."]}),
        ({"name": "a\0"}, {"name": ["Null characters are not allowed."]}),
        (
            {"language": "tlh"},
            {"language": ["Select a valid choice. tlh is not one of the available choices."]},
        ),
        (
            {"roles": ["king", "officer"]},
            {"roles": ["Select a valid choice. king is not one of the available choices."]},
        ),
    ],
)
def test_wrong_person_is_refused_beside_the_field(administrator, ann, typed, errors):
    before = kept(ann)

    response = submit(administrator, page(ann), {"name": "Anna"} | typed)

    [field] = typed
    assert errors_of(response) == errors
    assert beside(response, f"id_{field}") == f"Error: {errors[field][0]}"
    assert response.context["form"]["name"].value() == ({"name": "Anna"} | typed)["name"]
    assert kept(ann) == before


def test_nobody_gives_themselves_a_role(administrator):
    person = cast.person("administrator")
    before = kept(person)

    typed = {"name": "Boss", "roles": ["administrator", "controller"]}
    response = submit(administrator, page(person), typed)

    sentence = "Nobody gives a role to themselves. Ask another administrator."
    assert errors_of(response) == {"__all__": [sentence]}
    assert [sentence] == told(response)
    assert filled(response)["name"] == "Boss"
    assert kept(person) == before


def test_nobody_shuts_themselves_out(administrator):
    person = cast.person("administrator")
    before = kept(person)

    response = submit(administrator, page(person), {"name": "Boss", "is_active": None})

    assert errors_of(response) == {"is_active": ["You cannot shut yourself out."]}
    assert filled(response)["name"] == "Boss"
    assert kept(person) == before


@pytest.mark.parametrize("pk", ["0", "x", "-1", "9" * 30, "9" * 5000])
def test_person_who_is_not_there_is_not_found(administrator, pk):
    assert administrator.get(f"{LIST}{pk}/").status_code == 404
    assert administrator.post(f"{LIST}{pk}/", {}).status_code == 404


def test_keys_are_for_everybody_at_the_desk(at_desk):
    assert answers(KEYS, at_desk=at_desk) == open_to(*Role.values, "superuser")
    sent = {"label": "export"}
    assert answers(KEYS, sent, at_desk=at_desk) == open_to(*Role.values, "superuser")
    assert ApiKey.objects.count() == len(Role.values) + 1


def test_new_key_is_shown_once_and_works(at_desk):
    officer = at_desk("officer")

    response = submit(officer, KEYS, {"label": "nightly export"})

    made = response.context["made"]
    assert user_of_key(made) == cast.person("officer")
    assert f"<code>{made}</code>" in response.content.decode()
    assert made not in officer.get(KEYS).content.decode()
    key = ApiKey.objects.get()
    assert (key.label, key.prefix) == ("nightly export", made[:12])


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("", "This field is required."),
        (" ", "This field is required."),
        (LONG, "Ensure this value has at most 80 characters (it has 1000)."),
        ("a\0", "Null characters are not allowed."),
    ],
)
def test_wrong_label_makes_no_key(at_desk, label, sentence):
    response = submit(at_desk("officer"), KEYS, {"label": label})

    assert errors_of(response) == {"label": [sentence]}
    assert response.context["form"]["label"].value() == label
    assert not ApiKey.objects.exists()


def test_owner_ends_a_key_once(at_desk):
    officer, key = at_desk("officer"), key_of("officer")

    first, second = officer.post(revoke(key)), officer.post(revoke(key))

    key.refresh_from_db()
    assert (first.url, second.url, said(first)) == (KEYS, KEYS, ["The key no longer works."])
    assert key.revoked_at is not None
    assert Event.objects.filter(kind="apikey.revoke").count() == 1


def test_administrator_ends_the_key_of_somebody(administrator):
    key = key_of("officer")

    response = administrator.post(revoke(key))

    key.refresh_from_db()
    assert (response.url, key.revoked_at is None) == (page(key.user), False)


def test_key_of_somebody_else_is_not_there(at_desk, ann):
    key = key_of("ann")

    found = answers(revoke(key), {}, of=without("administrator", "superuser"), at_desk=at_desk)

    desk = dict.fromkeys(set(Role.values) - {"administrator"}, 404)
    assert found == desk | {"applicant": 403, "stranger": "login"}
    key.refresh_from_db()
    assert key.revoked_at is None
    assert at_desk("officer").get(revoke(key)).status_code == 405
    assert at_desk("officer").post(f"{KEYS}{'9' * 30}/revoke/").status_code == 404


def test_pages_cost_the_same_at_1_and_30_rows(administrator, ann, django_assert_num_queries):
    urls = [(LIST, 5), (page(ann), 7), (KEYS, 4), ("/admin/grants/user/", 5)]
    key_of("administrator")
    key_of("ann")
    cast.company("ann")
    for url, queries in urls:
        with django_assert_num_queries(queries):
            administrator.get(url)

    for number in range(29):
        cast.person(f"more{number}")
        key_of("administrator")
        key_of("ann")

    for url, queries in urls:
        with django_assert_num_queries(queries):
            assert administrator.get(url).status_code == 200
