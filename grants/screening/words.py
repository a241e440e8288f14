"""What a rule asks and what a check found, in the reader's language, from their data."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grants.accounts.models import OrganisationKind
from grants.core.dates import in_words
from grants.core.regions import region_name
from grants.screening.kinds import Scope, Test
from grants.screening.lifecycle import CheckOutcome, RuleKind
from grants.screening.models import EligibilityCheck, ScreeningRule

PASSED, UNCLEAR = CheckOutcome.PASSED, CheckOutcome.UNCLEAR


def _list(items) -> str:
    return _(", ").join(str(item) for item in items)


def _kinds(values) -> str:
    return _list(OrganisationKind(value).label for value in values)


def _regions(values, question: str) -> str:
    return _list(values if question else map(region_name, values))


def asked(rule: ScreeningRule) -> str:
    """The rule in one sentence."""
    given = rule.parameters
    match rule.kind:
        case RuleKind.APPLICANT_KIND:
            return _("Only these may apply: %(kinds)s.") % {"kinds": _kinds(given["kinds"])}
        case RuleKind.CREDIT_CODE:
            return _("A company has a valid unified social credit code.")
        case RuleKind.REGION:
            regions = _regions(given["regions"], given["question"])
            return _("The applicant is from: %(regions)s.") % {"regions": regions}
        case RuleKind.CAP:
            words = {"most": given["most"], "scope": Scope(given["scope"]).label}
            if given["linked"]:
                return (
                    _("At most %(most)s applications %(scope)s, linked organisations together.")
                    % words
                )
            return _("At most %(most)s applications %(scope)s.") % words
        case RuleKind.UNFINISHED_AWARDS:
            if given["linked"]:
                return _(
                    "At most %(most)s earlier awards that are not finished, linked"
                    " organisations together."
                ) % {"most": given["most"]}
            return _("At most %(most)s earlier awards that are not finished.") % given
        case RuleKind.SIMILAR_TEXT:
            words = {
                "question": given["question"],
                "percent": round(float(given["threshold"]) * 100),
            }
            return (
                _("The answer to “%(question)s” is less than %(percent)s %% like another's.")
                % words
            )
        case RuleKind.SIGNAL:
            words = {"name": given["name"], "value": given["value"]}
            words["test"] = Test(given["test"]).label
            return _("The signal “%(name)s” is %(test)s %(value)s.") % words
    return {
        RuleKind.SAME_CODE: _("No other applicant has the same credit code."),
        RuleKind.SAME_ACCOUNT: _("No other applicant has the same bank account."),
        RuleKind.SAME_PACKAGE: _("No other applicant names the same app."),
    }[RuleKind(rule.kind)]


def found(check: EligibilityCheck) -> str:
    """What the check rests on, in a sentence or two; the officer's own words where one decided."""
    if check.decided_by_id:
        return check.reason
    if check.is_withheld:
        return _("It names another application, which you may not see.")
    return TELLERS[check.rule.kind](check.outcome, check.evidence)


def _applicant_kind(outcome: str, told: dict[str, Any]) -> str:
    words = {"kind": OrganisationKind(told["kind"]).label, "allowed": _kinds(told["allowed"])}
    if outcome == PASSED:
        return _("The applicant is: %(kind)s.") % words
    return _("The applicant is: %(kind)s. Only these may apply: %(allowed)s.") % words


def _credit_code(outcome: str, told: dict[str, Any]) -> str:
    if "kind" in told:
        return _("An individual needs no credit code.")
    if not told["code"]:
        return _("There is no credit code.")
    if outcome == PASSED:
        return _("%(code)s has the right check character.") % told
    return _("%(code)s is no valid credit code: the check character is wrong.") % told


def _region(outcome: str, told: dict[str, Any]) -> str:
    if outcome == UNCLEAR:
        return _("There is no credit code and no answer that tells the region.")
    words = {
        "region": told["region"] if told["question"] else region_name(told["region"]),
        "allowed": _regions(told["allowed"], told["question"]),
    }
    if outcome == PASSED:
        return _("The applicant is from %(region)s.") % words
    return _("The applicant is from %(region)s. Allowed are: %(allowed)s.") % words


def _links() -> dict[str, str]:
    return {
        "member": _("the same member, %(what)s"),
        "account": _("the same account, %(what)s"),
        "name": _("the same name, %(what)s"),
        "code": _("the same body number in the credit code, %(what)s"),
        "representative": _("the same legal representative in one province, %(what)s"),
    }


def _others(rows: list[dict[str, Any]]) -> str:
    texts = []
    for row in rows:
        if "by" in row:
            words = row | {"link": _links()[row["by"]] % row}
            texts.append(_("%(reference)s of %(organisation)s (%(link)s)") % words)
        else:
            texts.append(row["reference"])
    return _list(texts)


def _held(sentence: str, told: dict[str, Any]) -> str:
    text = sentence % told
    others = _others(told["others"])
    return text + _(" These are: %(others)s.") % {"others": others} if others else text


def _cap(outcome: str, told: dict[str, Any]) -> str:
    words = told | {"scope": Scope(told["scope"]).label}
    return _held(
        _("With this one %(count)s applications %(scope)s; at most %(most)s count."), words
    )


def _unfinished(outcome: str, told: dict[str, Any]) -> str:
    if not told["count"]:
        return _("There is no earlier award that is not finished.")
    return _held(
        _("%(count)s earlier awards are not finished; at most %(most)s are allowed."), told
    )


def _same(sentence: str) -> Callable[[str, dict[str, Any]], str]:
    def tell(outcome: str, told: dict[str, Any]) -> str:
        if outcome == PASSED:
            return _("Nobody else has the same.")
        texts = [_("%(reference)s of %(organisation)s") % row for row in told["others"]]
        return _(sentence) % {"value": told["others"][0]["value"], "others": _list(texts)}

    return tell


def _account(outcome: str, told: dict[str, Any]) -> str:
    if outcome == PASSED and not told["named"]:
        return _("The applicant has named no account yet.")
    if outcome == PASSED:
        return _("Nobody else has the same.")
    texts = [f"{row['organisation']} ({row['account']})" for row in told["others"]]
    return _("The same account was named by: %(others)s.") % {"others": _list(texts)}


def _similar(outcome: str, told: dict[str, Any]) -> str:
    if outcome == PASSED:
        return _("No other answer is nearly the same.")
    texts = [_("%(reference)s of %(organisation)s, %(percent)s %%") % row for row in told["others"]]
    return _("Nearly the same answer: %(others)s.") % {"others": _list(texts)}


def _signal(outcome: str, told: dict[str, Any]) -> str:
    words = told | {"test": Test(told["test"]).label}
    if "value" not in told:
        return _("There is no signal “%(name)s”.") % words
    words["when"] = in_words(date.fromisoformat(told["as_of"]), "date")
    if outcome == UNCLEAR:
        return (
            _("“%(name)s” is %(value)s by %(source)s, but of %(when)s: older than %(days)s days.")
            % words
        )
    return (
        _("“%(name)s” is %(value)s by %(source)s of %(when)s; asked for: %(test)s %(wanted)s.")
        % words
    )


TELLERS: dict[str, Callable[[str, dict[str, Any]], str]] = {
    RuleKind.APPLICANT_KIND: _applicant_kind,
    RuleKind.CREDIT_CODE: _credit_code,
    RuleKind.REGION: _region,
    RuleKind.CAP: _cap,
    RuleKind.UNFINISHED_AWARDS: _unfinished,
    RuleKind.SAME_CODE: _same(gettext_noop("The same code %(value)s: %(others)s.")),
    RuleKind.SAME_ACCOUNT: _account,
    RuleKind.SAME_PACKAGE: _same(gettext_noop("The same app %(value)s: %(others)s.")),
    RuleKind.SIMILAR_TEXT: _similar,
    RuleKind.SIGNAL: _signal,
}
