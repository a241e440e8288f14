import pytest
from jsonschema import Draft202012Validator

from grants.applications.models import Application, Document
from grants.awards.models import Decision
from grants.events.models import Event
from grants.programs.services import close_round
from grants.reviews import services as reviews
from tests import cast
from tests.api.calls import Caller, problem

pytestmark = pytest.mark.django_db
PLAN = ("title", "due_on", "share")


def address(application, verb: str = "") -> str:
    return f"applications/{application.reference}/" + (f"{verb}/" if verb else "")


def test_form_is_the_json_schema_of_the_answers():
    cast.open_round()

    schema = Caller("applicant").get("rounds/round-1/form/").json()

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(cast.ANSWERS)
    assert " ".join(schema["properties"]) == (
        "team team_size category ready launch_on site own_funds plan proposal"
    )
    assert schema["required"] == ["team", "team_size", "category", "ready", "launch_on", "plan"]
    wrong = [{"team_size": "two"}, {"ready": "perhaps"}, {"category": "x"}, {"plan": "x" * 101}]
    for change in wrong:
        assert not Draft202012Validator(schema).is_valid(cast.ANSWERS | change), change


def test_start_gives_the_same_draft_again():
    round, organisation = cast.open_round(), cast.individual("applicant")
    caller = Caller("applicant")
    body = {"round": round.slug, "organisation": organisation.pk}

    first, again = (caller.post("applications/", body) for _time in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["verbs"] == ["submit", "withdraw"]
    assert Application.objects.count() == 1


def test_start_in_a_closed_round_is_refused():
    round = cast.open_round()
    close_round(round, by=cast.person("officer"))
    body = {"round": round.slug, "organisation": cast.individual("applicant").pk}

    response = Caller("applicant").post("applications/", body)

    assert problem(response) == (409, "refused", [])
    assert Application.objects.count() == 0


def test_start_for_what_the_caller_cannot_see_is_400():
    round, other = cast.draft_round(), cast.individual("stranger")

    response = Caller("applicant").post(
        "applications/", {"round": round.slug, "organisation": other.pk}
    )

    assert problem(response) == (
        400,
        "invalid",
        [("round", "does_not_exist"), ("organisation", "does_not_exist")],
    )


def test_patch_changes_only_what_is_named():
    application = cast.draft()
    caller = Caller("applicant")
    caller.patch(address(application), {"title": "Notes", "answers": {"team": "we"}})

    body = caller.patch(address(application), {"answers": {"team_size": 3, "ready": True}}).json()

    assert body["title"] == "Notes"
    assert body["answers"] == {"team": "we", "team_size": "3", "ready": "yes"}


def test_patch_over_what_was_read_saves_and_over_a_newer_answer_is_refused():
    application = cast.draft()
    caller = Caller("applicant")
    caller.patch(address(application), {"answers": {"team": "we"}, "title": "Notes"})
    change = {"answers": {"team": "us"}, "title": "New"}

    stale = caller.patch(address(application), change | {"was": {"answers": {"team": "I"}}})
    kept = Application.objects.get()
    was = {"answers": {"team": "we"}, "title": "Notes", "requested_amount": None}
    fresh = caller.patch(address(application), change | {"was": was})

    assert problem(stale) == (409, "refused", [("team", "refused")])
    assert (kept.answers["team"], kept.title) == ("we", "Notes")
    assert (fresh.status_code, fresh.json()["answers"]["team"]) == (200, "us")


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"answers": {"launch_on": "soon", "team": "we"}}, 409, ["launch_on"]),
        ({"answers": {"nothing": "x"}}, 409, ["nothing"]),
        ({"answers": {"proposal": "x"}}, 409, ["proposal"]),
        ({"requested_amount": "5.00", "title": "New"}, 409, ["requested_amount"]),
        ({"requested_amount": 5000.5}, 400, ["requested_amount"]),
        ({"requested_amount": "NaN"}, 400, ["requested_amount"]),
        ({"answers": {"team": ["x"]}}, 409, ["team"]),
        ({"answers": {"team": [["x"]]}}, 400, ["answers.team.0"]),
        ({"answers": {"team": {"x": "y"}}}, 400, ["answers.team"]),
        ({"answers": {"team": [{"x": ["y"]}]}}, 400, ["answers.team.0.x"]),
        ({"milestones": []}, 409, ["milestones"]),
        ({"milestones": [{"name": "x"}]}, 400, [f"milestones.0.{key}" for key in PLAN]),
        ({"state": "decided", "milestone": []}, 400, ["milestone", "state"]),
        ({"title": "x" * 121}, 400, ["title"]),
    ],
)
def test_patch_with_something_wrong_changes_nothing(changes, status, fields):
    application = cast.draft()

    response = Caller("applicant").patch(address(application), changes)

    found = problem(response)
    assert (found[0], [field for field, _code in found[2]]) == (status, fields)
    fresh = Application.objects.get()
    assert (fresh.answers, fresh.title, fresh.requested_amount) == ({}, "", None)


def test_submit_says_all_that_is_missing():
    application = cast.draft()
    caller = Caller("applicant")

    response = caller.post(address(application, "submit"))

    missing = {
        "team": "refused",
        "team_size": "refused",
        "category": "refused",
        "ready": "refused",
        "launch_on": "refused",
        "plan": "refused",
        "proposal": "refused",
        "title": "refused",
        "requested_amount": "refused",
    }
    assert problem(response) == (409, "refused", list(missing.items()))
    shown = caller.get(address(application)).json()
    assert [each["field"] for each in shown["missing"]] == list(missing)
    assert shown["state"] == "draft"


def test_desk_sees_what_was_submitted_and_not_the_draft_after_it():
    application = cast.submitted()
    applicant, officer = Caller("applicant"), Caller("officer")
    applicant.patch(
        address(application),
        {"title": "Other", "requested_amount": "3000.00", "answers": {"team": "secret"}},
    )

    draft, sent = (
        applicant.get(address(application)).json(),
        officer.get(address(application)).json(),
    )
    row = officer.get("applications/").json()["results"][0]

    assert (draft["title"], draft["requested_amount"]) == ("Other", "3000.00")
    assert (sent["title"], sent["requested_amount"]) == ("App of applicant", "200000.00")
    assert (row["title"], row["requested_amount"]) == ("App of applicant", "200000.00")
    assert sent["answers"] == cast.ANSWERS


def test_reviewer_of_a_blind_round_does_not_see_who_applies():
    application = cast.in_review(round=cast.open_round(is_blind=True))
    cast.assigned(application)

    reviewer, officer = Caller("reviewer"), Caller("officer")

    assert reviewer.get(address(application)).json()["organisation"] is None
    assert reviewer.get("applications/").json()["results"][0]["organisation"] is None
    assert officer.get(address(application)).json()["organisation"]["name"] == "Applicant"


def test_reviewer_reads_files_and_sees_nothing_after_recusal():
    application = cast.in_review()
    assignment = cast.assigned(application)
    reviewer = Caller("reviewer")
    document = Document.objects.get()
    file = address(application, f"documents/{document.pk}/file")

    listed = reviewer.get(address(application, "documents")).json()["results"]
    assert [row["name"] for row in listed] == ["proposal.pdf"]
    assert b"".join(reviewer.get(file).streaming_content) == document.file.read()
    recused = reviewer.post(f"assignments/{assignment.pk}/recuse/", {"reason": "a friend"})

    assert recused.status_code == 204
    for path in (address(application), file, f"assignments/{assignment.pk}/"):
        assert problem(reviewer.get(path)) == (404, "not-found", [])
    for path in ("applications/", "assignments/", "reviews/"):
        assert reviewer.get(path).json()["results"] == []


def test_document_that_is_not_taken_is_refused():
    application = cast.draft()
    upload = {"question": "proposal", "file": cast.pdf("program.exe")}

    response = Caller("applicant").post(
        address(application, "documents"), upload, format="multipart"
    )

    assert problem(response) == (409, "refused", [("file", "refused")])
    assert Document.objects.count() == 0


def test_officer_returns_and_screens():
    application = cast.submitted()
    officer, applicant = Caller("officer"), Caller("applicant")

    returned = officer.post(address(application, "return"), {"reason": "Who is the team?"}).json()
    assert (returned["state"], returned["return_reason"]) == ("returned", "Who is the team?")
    applicant.post(address(application, "submit"))
    open_yet = officer.post(address(application, "screen"), {"is_eligible": True})
    assert problem(open_yet) == (409, "refused", [])
    close_round(application.round, by=officer.user)
    failed = officer.post(address(application, "screen"), {"is_eligible": False})
    assert problem(failed) == (409, "refused", [("reason", "refused")])
    passed = officer.post(address(application, "screen"), {"is_eligible": True}).json()

    assert (passed["state"], passed["verbs"]) == ("in_review", [])


def test_verbs_say_what_may_be_done_now():
    application = cast.in_review()
    cast.reviewed(application)
    officer = Caller("officer")

    assert officer.get(address(application)).json()["verbs"] == ["propose-decision"]
    body = {"outcome": "decline", "reasons": "zu schwach"}
    decision = officer.post(address(application, "propose-decision"), body)
    assert decision.status_code == 201
    assert (decision.json()["outcome"], decision.json()["verbs"]) == ("decline", [])
    assert officer.get(address(application)).json()["verbs"] == []
    assert Caller("approver").get("decisions/").json()["results"][0]["verbs"] == ["confirm"]
    again = officer.post(address(application, "propose-decision"), body)
    assert again.status_code == 409
    assert Decision.objects.count() == 1


def test_reasons_and_names_of_a_decision_are_not_for_the_applicant():
    decision = cast.offered().decision

    desk = Caller("auditor").get(f"decisions/{decision.pk}/").json()
    mine = Caller("applicant").get(f"decisions/{decision.pk}/").json()

    hidden = ("reasons", "proposed_by", "confirmed_by")
    assert [desk[name] for name in hidden] == [
        "好",
        "officer@test.example",
        "approver@test.example",
    ]
    assert [mine[name] for name in hidden] == [None, None, None]


def test_withdraw_ends_an_application():
    application = cast.submitted()

    body = Caller("applicant").post(address(application, "withdraw")).json()

    assert (body["state"], body["verbs"]) == ("withdrawn", [])


def test_timeline_tells_each_reader_what_concerns_them():
    application = cast.in_review()
    reviews.assign(application, cast.person("reviewer"), by=cast.person("officer"))

    desk = Caller("officer").get("events/", thing=application.reference).json()["results"]
    mine = Caller("applicant").get("events/", thing=application.reference).json()["results"]
    strange = Caller("reviewer").get("events/", thing=application.reference)
    unasked = Caller("officer").get("events/")

    assert len(desk) == Event.objects.filter(case=application.reference).count()
    assert [event["kind"] for event in mine] == [
        "application.pass",
        "application.begin_screening",
        "application.submit",
        "document.upload",
        "application.start",
    ]
    assert {event["actor"] for event in mine} == {None, "applicant@test.example"}
    assert {event["data"] for event in mine} == {None}
    assert problem(strange) == (404, "not-found", [])
    assert problem(unasked) == (400, "invalid", [("thing", "required")])
