"""Applications that came in, a round that has closed, and its rules."""

from stdnum.cn import uscc

from grants.accounts.models import Organisation, OrganisationKind
from grants.accounts.services import create_organisation
from grants.applications.models import Application
from grants.applications.services import documents, drafts, submitting
from grants.programs.models import Round
from grants.programs.services import close_round
from grants.screening.models import EligibilityCheck, ScreeningRule
from grants.screening.services import rules, running
from grants.screening.words import found
from tests import cast

RULES = {
    "applicant_kind": {"kinds": ["individual"]},
    "credit_code": {},
    "region": {"question": "", "regions": ["33"]},
    "cap": {"most": "1", "scope": "fund", "linked": True},
    "unfinished_awards": {"most": "0", "linked": True},
    "same_code": {"question": ""},
    "same_account": {},
    "same_package": {"question": "plan"},
    "similar_text": {"question": "team", "threshold": "0.6"},
    "signal": {"name": "store-rating", "test": "at_least", "value": "4.0", "days": "365"},
}


def code(place: int = 1, *, region: str = "3301") -> str:
    """A credit code with the right check character."""
    body = f"91{region}06MA{place:07d}"
    return body + uscc.calc_check_digit(body)


def company(owner: str, place: int, **more) -> Organisation:
    return create_organisation(
        by=cast.person(owner),
        kind=OrganisationKind.COMPANY,
        name=more.pop("name", f"{owner} 有限公司"),
        credit_code=code(place, **more),
    )


def applied(owner: str, organisation: Organisation | None = None, *, round=None, **answers):
    """An application that came in, with these answers."""
    by = cast.person(owner)
    organisation = organisation or cast.individual(owner)
    application = drafts.start(round or cast.open_round(), organisation, by=by)
    drafts.save_answers(
        application,
        by=by,
        title=f"App of {owner}",
        requested_amount="200000.00",
        answers=cast.ANSWERS | answers,
    )
    documents.add_document(application, cast.pdf(), by=by, question_key="proposal")
    submitting.submit(application, by=by)
    return application


def closed(round: Round | None = None) -> Round:
    round = Round.objects.get(pk=(round or cast.open_round()).pk)
    if round.state == "open":
        close_round(round, by=cast.person("officer"))
    return round


def rule(kind: str, round: Round | None = None, *, is_blocking=True, **changes) -> ScreeningRule:
    parameters = RULES[kind] | changes
    return rules.add_rule(
        round or cast.open_round(),
        by=cast.person("officer"),
        kind=kind,
        parameters=parameters,
        is_blocking=is_blocking,
    )


def screened(round: Round | None = None):
    """The round closed, and its rules asked of all."""
    run = running.start_run(closed(round), by=cast.person("officer"))
    return running.finish_run(run)


def standing(application: Application) -> dict[str, tuple[str, str]]:
    """The outcome and the words of each standing check, by the kind of its rule."""
    rows = EligibilityCheck.objects.filter(application=application).standing()
    return {row.rule.kind: (row.outcome, found(row)) for row in rows.select_related("rule")}
