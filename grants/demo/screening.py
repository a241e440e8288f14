"""What the screening of the demo's pilot round found: failed rules, signals, a question asked."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from grants.accounts.models import Organisation, OrganisationKind, User
from grants.accounts.services import create_organisation
from grants.applications.models import Application
from grants.applications.services.screening import return_for_information
from grants.demo.companies import APPLICANTS, Applicant, credit_code
from grants.demo.people import DOMAIN
from grants.programs.models import Round
from grants.screening.services.rules import add_rule
from grants.screening.services.running import finish_run, start_run
from grants.screening.services.signals import import_rows

# The same person applies again with another company and the same plan.
COPY_OF = next(item for item in APPLICANTS if item.handle == "shanhai")
COPY = Applicant(
    "shanhai", COPY_OF.person, "佛山山海户外有限公司", COPY_OF.app, COPY_OF.pitch, "450000"
)
ASKED = Applicant(
    "moyan", "方言", "西安墨言软件有限公司", "墨言输入法", "会写方言的输入法", "330000"
)
RULES: list[tuple[str, dict[str, Any], bool]] = [
    ("applicant_kind", {"kinds": ["company", "individual"]}, True),
    ("credit_code", {}, True),
    ("region", {"question": "", "regions": ["11", "31", "33", "44"]}, False),
    ("cap", {"most": "1", "scope": "round", "linked": True}, True),
    ("unfinished_awards", {"most": "1", "linked": True}, True),
    ("same_account", {}, True),
    ("similar_text", {"question": "plan", "threshold": "0.85"}, True),
    (
        "signal",
        {"name": "store-rating", "test": "at_least", "value": "4.0", "days": "365"},
        False,
    ),
]
SIGNALS = {"copy": ("3.2", "180"), "asked": ("4.4", "5200"), "last": ("4.7", "12800")}


def second_company() -> tuple[User, Organisation]:
    """Another company of somebody who has one already."""
    user = User.objects.get(email=f"{COPY.handle}@{DOMAIN}")
    return user, create_organisation(
        by=user, kind=OrganisationKind.COMPANY, name=COPY.company, credit_code=credit_code(90)
    )


def screen_pilot(round: Round, officer: User, cases: dict[str, Application]) -> None:
    """`cases` are by name: copy, asked and last. All others of the round are checked as well."""
    for kind, parameters, is_blocking in RULES:
        add_rule(round, by=officer, kind=kind, parameters=parameters, is_blocking=is_blocking)
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    rows = [
        {"reference": cases[name].reference, "name": signal, "value": value, "date": day}
        for name, values in SIGNALS.items()
        for signal, value in zip(("store-rating", "followers"), values, strict=True)
    ]
    import_rows(rows, by=officer, source="AMOS 应用市场")
    finish_run(start_run(round, by=officer))
    return_for_information(
        cases["asked"],
        by=officer,
        reason="请补充团队成员的分工，并说明自筹资金的来源。",
        questions=["team", "own_funds"],
    )
