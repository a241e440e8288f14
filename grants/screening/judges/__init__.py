"""How each kind of rule is asked of many applications at once: a constant number of queries."""

from collections.abc import Callable, Sequence

from grants.screening.judges import applicants, duplicates, holdings
from grants.screening.judges.cases import Case, Finding
from grants.screening.lifecycle import RuleKind
from grants.screening.models import ScreeningRule

Findings = dict[int, Finding]
JUDGES: dict[str, Callable[[ScreeningRule, Sequence[Case]], Findings]] = {
    RuleKind.APPLICANT_KIND: applicants.applicant_kind,
    RuleKind.CREDIT_CODE: applicants.credit_code,
    RuleKind.REGION: applicants.region,
    RuleKind.SIGNAL: applicants.signal,
    RuleKind.CAP: holdings.cap,
    RuleKind.UNFINISHED_AWARDS: holdings.unfinished_awards,
    RuleKind.SAME_CODE: duplicates.same_code,
    RuleKind.SAME_ACCOUNT: duplicates.same_account,
    RuleKind.SAME_PACKAGE: duplicates.same_package,
    RuleKind.SIMILAR_TEXT: duplicates.similar_text,
}


def judge(rule: ScreeningRule, cases: Sequence[Case]) -> Findings:
    """What the rule finds of each of the cases, by the application's key."""
    return JUDGES[rule.kind](rule, cases)
