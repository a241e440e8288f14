"""A small round in review with calibrated standings, for the board and what goes by it."""

from decimal import Decimal

from grants.accounts.models import Organisation
from grants.applications.models import Application, ConflictOfInterest
from grants.programs.models import Round
from grants.reviews.models import CalibrationRun, CaseStanding
from grants.reviews.services.calibrating import ask_calibration, work_out
from tests import cast

MARKS = {"ann": ("5", "5"), "ben": ("4", "4"), "cat": ("3", "3"), "dan": ("2", "1")}


def round_in_review(**columns) -> Round:
    """Four applications of 200,000 yuan, two reviews each, best first; the budget holds two."""
    round = cast.open_round(budget="500000.00", category_question="category", **columns)
    cases = [cast.submitted(owner, round=round) for owner in MARKS]
    for case, (value, team) in zip(cases, MARKS.values(), strict=True):
        cast.screened(case)
        case.refresh_from_db()
        for reviewer in ("reviewer", "reviewer2"):
            cast.reviewed(case, reviewer, value=value, team=team)
    return Round.objects.get(pk=round.pk)


def calibrated(round: Round) -> CalibrationRun:
    run = ask_calibration(round, by=cast.person("officer"))
    work_out(run.pk)
    return CalibrationRun.objects.get(pk=run.pk)


def case_of(owner: str) -> Application:
    return Application.objects.get(organisation__memberships__user=cast.person(owner))


def bar(handle: str, application: Application) -> ConflictOfInterest:
    return ConflictOfInterest.objects.create(
        application=application, person=cast.person(handle), kind="family", source="declared"
    )


def copies(application: Application, count: int) -> list[Application]:
    """`count` more applications like this one, of organisations of their own, without reviews."""
    organisations = Organisation.objects.bulk_create(
        Organisation(kind="individual", name=f"Copy {number}") for number in range(count)
    )
    return Application.objects.bulk_create(
        Application(
            reference=f"APP-2020-{number:06d}",
            round=application.round,
            organisation=organisation,
            form=application.form,
            title=f"Copy {number}",
            requested_amount=Decimal("1000.00"),
            answers={"category": "tools"},
            state="in_review",
            created_by=application.created_by,
            submitted_at=application.submitted_at,
        )
        for number, organisation in enumerate(organisations)
    )


def stand(run: CalibrationRun, applications: list[Application]) -> None:
    """Puts them at the end of the ranking of a run."""
    CaseStanding.objects.bulk_create(
        CaseStanding(
            run=run,
            application=application,
            reviews=1,
            raw=Decimal(1),
            calibrated=Decimal(1),
            spread=Decimal(0),
            rank=place,
            raw_rank=place,
            flips=False,
        )
        for place, application in enumerate(applications, start=100)
    )
