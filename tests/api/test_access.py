"""Who sees and who may do what, as tables: each resource and each verb for each role."""

import pytest
from rest_framework.test import APIClient

from grants.api.urls import RESOURCES
from grants.events.models import Event
from tests import cast
from tests.api.calls import ROOT, Caller, problem
from tests.api.everything import one_of_each

pytestmark = pytest.mark.django_db

ROLES = (
    "applicant",
    "viewer",
    "stranger",
    "reviewer",
    "reviewer2",
    "officer",
    "approver",
    "finance",
    "controller",
    "auditor",
    "administrator",
    "superuser",
)
DESK = ("officer", "approver", "finance", "controller", "auditor")
MONEY = ("finance", "controller", "auditor")
MEMBERS = ("applicant", "viewer")


@pytest.fixture
def grant():
    """A grant whose first milestone is accepted and whose payout waits in a submitted batch."""
    return one_of_each()


SEEN_BY = {
    "organisations": (*MEMBERS, *DESK),
    "members": (*MEMBERS, *DESK),
    "invitations": MEMBERS[:1],
    "join-requests": ("applicant", "stranger"),
    "rounds": ROLES,
    "applications": (*MEMBERS, "reviewer", *DESK),
    "assignments": ("reviewer", *DESK),
    "reviews": ("reviewer", *DESK),
    "conflicts": (*DESK, "administrator"),
    "decisions": (*MEMBERS, *DESK),
    "awards": (*MEMBERS, *DESK),
    "milestones": (*MEMBERS, *DESK),
    "payees": (*MEMBERS, "officer", *MONEY),
    "payouts": (*MEMBERS, *DESK),
    "payout-batches": MONEY,
    "bank-statements": MONEY,
    "statement-lines": MONEY,
}
REASON = {"reason": "because"}
PAYMENT = "PAY-2026-000001-1"
# What is no verb of the thing: its parts, and going on to a newer form.
NO_VERBS = ("documents", "checks", "messages", "settle-messages", "take-form", "extensions")
MAY = {
    ("members", "change-role"): (MEMBERS[:1], {"role": "editor"}),
    ("members", "hand-over"): (MEMBERS[:1], {}),
    ("members", "remove"): (MEMBERS, {}),
    ("invitations", "resend"): (MEMBERS[:1], {}),
    ("invitations", "withdraw"): (MEMBERS[:1], {}),
    ("join-requests", "accept"): (MEMBERS[:1], {"role": "viewer"}),
    ("join-requests", "decline"): (MEMBERS[:1], {}),
    ("join-requests", "withdraw"): (("stranger",), {}),
    ("applications", "submit"): (MEMBERS[:1], {}),
    ("applications", "ask-signature"): (MEMBERS[:1], {}),
    ("applications", "withdraw"): (MEMBERS[:1], {}),
    ("applications", "return"): (("officer",), REASON),
    ("applications", "screen"): (("officer",), {"is_eligible": True}),
    ("applications", "propose-decision"): (("officer",), {"outcome": "decline", "reasons": "x"}),
    ("assignments", "accept"): (("reviewer",), {}),
    ("assignments", "decline"): (("reviewer",), {}),
    ("assignments", "recuse"): (("reviewer",), REASON),
    ("reviews", "submit"): (("reviewer",), {}),
    ("conflicts", "confirm"): (("officer", "administrator"), REASON),
    ("conflicts", "dismiss"): (("officer", "administrator"), REASON),
    ("decisions", "release"): (("officer", "approver"), {}),
    ("awards", "accept"): (MEMBERS[:1], {}),
    ("awards", "decline"): (MEMBERS[:1], {}),
    ("awards", "suspend"): (("officer",), REASON),
    ("awards", "resume"): (("officer",), {}),
    ("awards", "terminate"): (("officer",), REASON),
    ("milestones", "submit"): (MEMBERS[:1], {"report": "done"}),
    ("milestones", "accept"): (("officer",), {}),
    ("milestones", "return"): (("officer",), {"answer": "more"}),
    ("milestones", "waive"): (("officer",), REASON),
    ("payees", "suspend"): (("controller",), REASON),
    ("payouts", "hold"): (("finance", "controller"), REASON),
    ("payouts", "release-hold"): (("finance", "controller"), {}),
    ("payouts", "cancel"): (("finance", "controller"), REASON),
    ("payout-batches", "submit"): (("finance",), {}),
    ("payout-batches", "reject"): (("controller",), REASON),
    ("payout-batches", "release"): (("controller",), {}),
    ("statement-lines", "match"): (("finance",), {"number": PAYMENT}),
    ("statement-lines", "unmatch"): (("finance",), REASON),
    ("statement-lines", "set-aside"): (("finance",), REASON),
    ("statement-lines", "take-up"): (("finance",), {}),
}
OWN_WORK = {
    ("decisions", "confirm"): (("approver",), "officer", {}),
    ("payees", "verify"): (("controller",), "applicant", {"proof": "letter"}),
    ("payout-batches", "approve"): (("controller",), "finance", {}),
}


def test_things_are_seen_by_those_who_may_and_are_404_for_all_others(grant):
    seen = {resource: [] for resource in grant}
    for role in ROLES:
        caller = Caller(role)
        for resource, name in grant.items():
            listed = caller.get(f"{resource}/").json()["results"]
            shown = caller.get(f"{resource}/{name}/")
            assert (shown.status_code == 200) is bool(listed), (role, resource)
            if shown.status_code == 200:
                seen[resource].append(role)
            else:
                assert problem(shown) == (404, "not-found", [])

    assert {resource: set(roles) for resource, roles in seen.items()} == {
        resource: set(roles) for resource, roles in SEEN_BY.items()
    }


def test_verbs_are_403_for_those_who_see_and_404_for_those_who_do_not(grant):
    callers = {role: Caller(role) for role in ROLES}
    happened = Event.objects.count()

    for (resource, verb), (may, body) in MAY.items():
        answers = {
            role: callers[role].post(f"{resource}/{grant[resource]}/{verb}/", body).status_code
            for role in ROLES
            if role not in may
        }
        assert answers == {role: 403 if role in SEEN_BY[resource] else 404 for role in answers}, (
            verb
        )
    assert Event.objects.count() == happened


@pytest.mark.parametrize("body", [{"nonsense": 1}, []])
def test_permission_is_said_before_what_is_wrong_with_the_body(grant, body):
    callers = {role: Caller(role) for role in ROLES}
    rows = MAY | {row: (may, body) for row, (may, _maker, body) in OWN_WORK.items()}

    for (resource, verb), (may, _body) in rows.items():
        answers = {
            role: callers[role].post(f"{resource}/{grant[resource]}/{verb}/", body).status_code
            for role in SEEN_BY[resource]
        }
        assert answers == {role: 400 if role in may else 403 for role in answers}, verb


def test_changing_and_adding_say_the_permission_first_too(grant):
    application, review = f"applications/{grant['applications']}/", f"reviews/{grant['reviews']}/"
    found = {
        role: [
            Caller(role).patch(application, {"nonsense": 1}).status_code,
            Caller(role).post(f"{application}documents/", {"nonsense": 1}).status_code,
            Caller(role).patch(review, {"nonsense": 1}).status_code,
            Caller(role).post("payout-batches/", {"nonsense": 1}).status_code,
        ]
        for role in ("applicant", "viewer", "reviewer", "officer", "finance")
    }

    assert found == {
        "applicant": [400, 415, 404, 403],
        "viewer": [403, 415, 404, 403],
        "reviewer": [403, 415, 400, 403],
        "officer": [403, 415, 403, 403],
        "finance": [403, 415, 403, 400],
    }


def test_nobody_approves_the_own_work(grant):
    callers = {role: Caller(role) for role in ROLES}

    for (resource, verb), (may, maker, body) in OWN_WORK.items():
        answers = {
            role: callers[role].post(f"{resource}/{grant[resource]}/{verb}/", body).status_code
            for role in ROLES
            if role not in may
        }
        expected = {role: 403 if role in SEEN_BY[resource] else 404 for role in answers}
        assert answers == expected | {maker: 409}, verb


def test_every_verb_of_every_resource_has_a_row_in_the_tables():
    verbs = {
        (address, action.url_path)
        for address, viewset in RESOURCES.items()
        for action in viewset.get_extra_actions()
        if action.detail and "post" in action.mapping and action.url_path not in NO_VERBS
    }

    assert verbs == set(MAY) | set(OWN_WORK)


def test_every_verb_can_be_offered_by_its_thing():
    for address, viewset in RESOURCES.items():
        field = viewset.serializer_class().fields.get("verbs")
        offered = {verb.name for verb in field.table} if field else set()
        verbs = {
            action.url_path
            for action in viewset.get_extra_actions()
            if action.detail and "post" in action.mapping and action.url_path not in NO_VERBS
        }
        assert verbs == offered, address


def test_ledger_is_for_those_who_see_the_money(grant):
    answers = {
        role: {
            Caller(role).get(f"ledger/{books}/").status_code for books in ("accounts", "entries")
        }
        for role in ROLES
    }

    assert answers == {role: {200} if role in MONEY else {403} for role in ROLES}


def test_creating_is_for_those_who_may(grant):
    bodies = {
        "applications": {"round": grant["rounds"], "organisation": grant["organisations"]},
        "assignments": {
            "application": grant["applications"],
            "reviewer": cast.person("reviewer2").email,
        },
        "payees": {
            "organisation": grant["organisations"],
            "kind": "alipay",
            "account": "a@example.com",
            "holder_name": "Applicant",
        },
        "payout-batches": {"payouts": [grant["payouts"]]},
    }
    found = {}
    for role in ROLES:
        caller = Caller(role)
        found[role] = [caller.post(f"{path}/", body).status_code for path, body in bodies.items()]

    assert found == {
        "applicant": [201, 403, 201, 403],
        "viewer": [403, 403, 403, 403],
        "stranger": [400, 403, 400, 403],
        "reviewer": [400, 403, 400, 403],
        "reviewer2": [400, 403, 400, 403],
        "officer": [403, 409, 403, 403],
        "approver": [403, 403, 403, 403],
        "finance": [403, 403, 403, 409],
        "controller": [403, 403, 403, 403],
        "auditor": [403, 403, 403, 403],
        "administrator": [400, 403, 400, 403],
        "superuser": [400, 403, 400, 403],
    }


@pytest.mark.parametrize("resource", [*RESOURCES, ""])
def test_without_a_key_everything_is_401(resource):
    response = APIClient().get(ROOT + (f"{resource}/" if resource else ""))

    assert problem(response) == (401, "unauthenticated", [])
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
