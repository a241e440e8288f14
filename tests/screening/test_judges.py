"""What each kind of rule finds, and in which words."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from grants.accounts.models import MemberRole, Organisation
from grants.applications.services import drafts, screening, submitting
from grants.payouts.services.payees import name_payee
from grants.screening.services.signals import import_rows
from tests import cast
from tests.screening.stage import applied, closed, company, rule, screened, standing

pytestmark = pytest.mark.django_db
LONG = "我们是一个三个人的小团队，过去五年一直在做手机上的笔记软件，有两万名用户。"


def test_only_the_kinds_that_are_named_may_apply():
    ann, bob = applied("ann"), applied("bob", company("bob", 1))
    rule("applicant_kind")

    screened()

    assert standing(ann) == {
        "applicant_kind": ("passed", "The applicant is: Individual developer.")
    }
    assert standing(bob) == {
        "applicant_kind": (
            "failed",
            "The applicant is: Company. Only these may apply: Individual developer.",
        )
    }


def test_credit_code_needs_the_right_check_character():
    good, wrong = applied("ann", company("ann", 1)), applied("bob", company("bob", 2))
    single = applied("cat")
    Organisation.objects.filter(pk=wrong.organisation_id).update(credit_code="913301060000000001")
    rule("credit_code")

    screened()

    assert standing(good)["credit_code"][0] == "passed"
    assert standing(wrong)["credit_code"] == (
        "failed",
        "913301060000000001 is no valid credit code: the check character is wrong.",
    )
    assert standing(single)["credit_code"] == ("passed", "An individual needs no credit code.")


def test_region_is_read_from_the_credit_code():
    here = applied("ann", company("ann", 1))
    there = applied("bob", company("bob", 2, region="1101"))
    nowhere = applied("cat")
    rule("region")

    screened()

    assert standing(here)["region"] == ("passed", "The applicant is from Zhejiang.")
    assert standing(there)["region"] == (
        "failed",
        "The applicant is from Beijing. Allowed are: Zhejiang.",
    )
    assert standing(nowhere)["region"][0] == "unclear"


def test_region_is_read_from_an_answer():
    ann = applied("ann")
    rule("region", question="category", regions=["tools"])

    screened()

    assert standing(ann)["region"] == ("passed", "The applicant is from tools.")


def test_cap_counts_linked_organisations_and_says_what_links_them():
    first = applied("ann", company("ann", 1))
    second = applied("bob", company("bob", 2))
    alone = applied("cat")
    second.organisation.memberships.create(user=cast.person("ann"), role=MemberRole.VIEWER)
    rule("cap")

    screened()

    assert standing(first)["cap"] == (
        "failed",
        "With this one 2 applications in all rounds of the fund; at most 1 count. These are:"
        f" {second.reference} of bob 有限公司 (the same member, ann).",
    )
    assert standing(second)["cap"][0] == "failed"
    assert standing(alone)["cap"][0] == "passed"


def test_one_representative_links_companies_of_one_province_only():
    first, second, far = (applied(name, company(name, n)) for n, name in enumerate("abc", 1))
    for case, region in ((first, "33"), (second, "33"), (far, "11")):
        Organisation.objects.filter(pk=case.organisation_id).update(
            legal_representative="王伟", region=region
        )
    rule("cap")

    screened()

    assert standing(first)["cap"] == (
        "failed",
        "With this one 2 applications in all rounds of the fund; at most 1 count. These are:"
        f" {second.reference} of b 有限公司 (the same legal representative in one province, 王伟).",
    )
    assert standing(far)["cap"][0] == "passed"


def test_cap_without_links_counts_the_applicant_alone():
    first = applied("ann", company("ann", 1))
    second = applied("bob", company("bob", 2))
    second.organisation.memberships.create(user=cast.person("ann"), role=MemberRole.VIEWER)
    earlier = cast.open_round("other")
    again = applied("cat", round=earlier)
    applied("cat")
    rule("cap", linked=False)
    rule("cap", round=earlier, linked=False, scope="round")

    screened()
    screened(earlier)

    assert standing(first)["cap"][0] == "passed"
    assert standing(again)["cap"][0] == "passed"


def test_earlier_award_that_is_not_finished_is_told():
    award = cast.accepted("ann", round=cast.open_round("earlier"))
    ann, bob = applied("ann"), applied("bob")
    rule("unfinished_awards")

    screened()

    assert standing(ann)["unfinished_awards"] == (
        "failed",
        f"1 earlier awards are not finished; at most 0 are allowed. These are: {award.reference}.",
    )
    assert standing(bob)["unfinished_awards"] == (
        "passed",
        "There is no earlier award that is not finished.",
    )


def test_same_code_package_and_nearly_the_same_text_are_found():
    ann = applied("ann", plan="com.example.notes", team=LONG, site="https://a.example")
    bob = applied("bob", plan="COM.example.notes ", team=LONG + "谢谢！")
    cat = applied(
        "cat", plan="com.example.other", team="一个人做游戏，没有别的经验，但是很努力，请多多支持。"
    )
    rule("same_package")
    rule("same_code", question="plan")
    rule("similar_text")

    screened()

    told = standing(ann)
    assert told["same_package"] == (
        "failed",
        f"The same app com.example.notes: {bob.reference} of Bob.",
    )
    assert told["same_code"][0] == "failed"
    assert told["similar_text"][0] == "failed"
    assert told["similar_text"][1].startswith(f"Nearly the same answer: {bob.reference} of Bob, ")
    assert {kind: outcome for kind, (outcome, _words) in standing(cat).items()} == {
        "same_package": "passed",
        "same_code": "passed",
        "similar_text": "passed",
    }


def test_what_a_later_submission_says_is_compared_anew():
    ann, bob = applied("ann", plan="com.example.a"), applied("bob", plan="com.example.a")
    rule("same_package")
    screened()

    screening.return_for_information(bob, by=cast.person("officer"), reason="?")
    drafts.save_answers(bob, by=cast.person("bob"), answers={"plan": "com.example.b"})
    submitting.submit(bob, by=cast.person("bob"))
    screened()

    assert standing(ann)["same_package"] == ("passed", "Nobody else has the same.")
    assert standing(bob)["same_package"][0] == "passed"


def test_same_account_is_found_by_its_blind_index():
    ann, bob, cat = (applied(owner) for owner in ("ann", "bob", "cat"))
    for owner in ("ann", "bob"):
        name_payee(
            cast.individual(owner),
            by=cast.person(owner),
            kind="bank",
            account="6222021234567890128",
            holder_name=owner.title(),
            bank_name="工商银行",
            cnaps_code="102100099996",
        )
    rule("same_account")

    screened()

    assert standing(ann)["same_account"] == (
        "failed",
        "The same account was named by: Bob (•••• 0128).",
    )
    assert standing(bob)["same_account"][0] == "failed"
    assert standing(cat)["same_account"] == ("passed", "The applicant has named no account yet.")


def signal(reference: str, value: str, day: date | None = None) -> None:
    row = {"reference": reference, "name": "store-rating", "value": value}
    day = day or timezone.localdate()
    import_rows([row | {"date": day.isoformat()}], by=cast.person("officer"), source="AMOS store")


def test_signal_is_held_against_its_threshold():
    good, low, none, old = (applied(owner) for owner in ("ann", "bob", "cat", "dan"))
    company_case = applied("eve", company("eve", 1))
    signal(good.reference, "3.1", timezone.localdate() - timedelta(days=9))
    signal(good.reference, "4.5")
    signal(low.reference, "3.9")
    signal(old.reference, "4.9", timezone.localdate() - timedelta(days=400))
    signal(company_case.organisation.credit_code, "4.0")
    rule("signal")

    screened()

    outcomes = [standing(row)["signal"][0] for row in (good, low, none, old, company_case)]
    assert outcomes == ["passed", "failed", "unclear", "unclear", "passed"]
    assert standing(none)["signal"][1] == "There is no signal “store-rating”."
    assert standing(low)["signal"][1].startswith("“store-rating” is 3.9 by AMOS store of ")


def test_evidence_is_told_in_the_reader_s_language():
    ann = applied("ann")
    rule("signal")
    screened()

    with translation.override("zh-hans"):
        assert "store-rating" in standing(ann)["signal"][1]


def test_draft_and_withdrawn_are_not_screened():
    draft = cast.complete_draft("ann")
    applied("bob")
    rule("credit_code")

    run = screened()

    assert (run.total, run.done, run.state) == (1, 1, "done")
    assert standing(draft) == {}
    assert closed().state == "closed"
