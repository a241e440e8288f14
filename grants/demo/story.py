"""A round that has been running for a while, with a case at every stage of the way.

Everything is done through the services, so that events, mails and books are what they would be.
"""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from grants.accounts.models import Organisation, User
from grants.applications.models import Application
from grants.applications.services import documents, drafts, screening, submitting
from grants.awards import services as awards
from grants.awards.models import Award
from grants.demo.companies import APPLICANTS, Applicant, make_applicant
from grants.demo.company import furnish, talk
from grants.demo.screening import ASKED, COPY, screen_pilot, second_company
from grants.milestones import services as milestones
from grants.payouts.services import approving, batches, due, payees, releasing
from grants.programs.models import Round
from grants.programs.services import close_round
from grants.reviews import services as reviews

CARD = "6222021234567890128"
ACCOUNT = "1202026719900012345"
BANK, CNAPS = "中国工商银行杭州科技支行", "102100099996"
ANSWERS = {
    "team": "团队六人，成员来自移动互联网公司，做过月活百万的应用，熟悉跨平台开发与无障碍设计。",
    "team_size": "6",
    "website": "https://example.com",
    "category": "tools",
    "on_other_stores": "yes",
    "launch_on": "2027-06-30",
    "own_funds": "100000.00",
}
REMARKS = {
    "reviewer1": "需求真实，方案务实。建议在内测阶段尽早邀请目标用户。",
    "reviewer2": "技术路线清楚，预算合理。团队规模偏小，进度需要跟踪。",
}


def proposal(name: str = "项目计划书.pdf") -> SimpleUploadedFile:
    """A small but real PDF of one empty page."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return SimpleUploadedFile(name, ContentFile(body).read())


def apply(
    round: Round, user: User, organisation: Organisation, *, app: str, pitch: str, amount: str
) -> Application:
    """A submitted application."""
    application = drafts.start(round, organisation, by=user)
    answers = ANSWERS | {
        "summary": pitch,
        "plan": f"{app}：{pitch}。面向 AMOS 用户，先做核心功能，三个月内测，半年上架。",
    }
    drafts.save_answers(application, by=user, title=app, requested_amount=amount, answers=answers)
    documents.add_document(application, proposal(), by=user, question_key="proposal")
    submitting.submit(application, by=user)
    return application


class Story:
    """The cases of one round, told by stage."""

    def __init__(self, round: Round, people: dict[str, User], organisations: dict):
        self.round, self.people, self.organisations = round, people, organisations
        self.officer = people["officer"]

    def tell(self) -> None:
        people, own = self.people, self.organisations
        ours = [
            apply(
                self.round, people["li-na"], own["li-na"],
                app="星火笔记", pitch="手写、语音、图片都能搜的笔记", amount="900000",
            ),
            apply(
                self.round, people["wang-wei"], own["wang-wei"],
                app="伟观天文", pitch="举起手机就能认星星", amount="150000",
            ),
        ]  # fmt: skip
        cases = [self._case(item, number) for number, item in enumerate(APPLICANTS, start=1)]
        copy = apply(
            self.round, *second_company(), app=COPY.app, pitch=COPY.pitch, amount=COPY.amount
        )
        asked = self._case(ASKED, len(APPLICANTS) + 1)
        close_round(self.round, by=self.officer)
        screen_pilot(self.round, self.officer, {"copy": copy, "asked": asked, "last": cases[-1]})
        for application in [*ours, *cases[:-1]]:
            application.refresh_from_db()
            screening.screen(application, by=self.officer, is_eligible=True)
        self._award_in_work(ours[0])
        self._offer(ours[1], "120000")
        self._reviewed(cases[0])
        self._propose(cases[0], outcome="award", amount="700000")
        self._half_reviewed(cases[1])
        self._declined(cases[2])
        self._reported(cases[3])
        self._payout_due(cases[4])
        reviews.assign(cases[5], people["reviewer1"], by=self.officer)
        talk(ours[0], applicant=people["li-na"], officer=self.officer)
        furnish(
            own["li-na"],
            owner=people["li-na"],
            asker=people["wang-wei"],
            officer=self.officer,
            licence=proposal("营业执照.pdf"),
        )

    def _case(self, item: Applicant, number: int) -> Application:
        user, organisation = make_applicant(item, number)
        return apply(
            self.round, user, organisation, app=item.app, pitch=item.pitch, amount=item.amount
        )

    def _review(self, application: Application, handle: str, values: tuple[str, str, str]) -> None:
        by = self.people[handle]
        assignment = reviews.assign(application, by, by=self.officer)
        reviews.accept(assignment, by=by)
        reviews.save_review(
            assignment.review,
            by=by,
            scores=dict(zip(("value", "quality", "team"), values, strict=True)),
            recommendation="fund_in_part",
            confidence=2,
            comment=REMARKS[handle],
        )
        reviews.submit_review(assignment.review, by=by)

    def _reviewed(self, application: Application) -> None:
        self._review(application, "reviewer1", ("4.5", "4", "4"))
        self._review(application, "reviewer2", ("4", "3.5", "4.5"))

    def _half_reviewed(self, application: Application) -> None:
        self._review(application, "reviewer1", ("3.5", "4", "3"))
        reviews.assign(application, self.people["reviewer2"], by=self.officer)

    def _propose(self, application: Application, *, outcome: str, amount: str | None):
        return awards.propose(
            application,
            by=self.officer,
            outcome=outcome,
            amount=amount,
            reasons="两位评审意见一致，用户价值明确，按里程碑拨付。",
            feedback="评审认为项目需求真实、方案务实，建议尽早开展小范围内测。",
        )

    def _decided(self, application: Application, *, outcome: str, amount: str | None):
        self._reviewed(application)
        decision = self._propose(application, outcome=outcome, amount=amount)
        award = awards.confirm(decision, by=self.people["approver"])
        decision.refresh_from_db()
        awards.release(decision, by=self.officer)
        return award

    def _declined(self, application: Application) -> None:
        self._decided(application, outcome="decline", amount=None)

    def _offer(self, application: Application, amount: str) -> Award:
        award = self._decided(application, outcome="award", amount=amount)
        award.refresh_from_db()
        return award

    def _accepted(self, application: Application, amount: str) -> Award:
        award = self._offer(application, amount)
        return milestones.accept_award(award, by=application.created_by)

    def _payee(self, organisation: Organisation, by: User):
        return payees.name_payee(
            organisation,
            by=by,
            kind="bank",
            account=ACCOUNT if organisation.is_company else CARD,
            holder_name=organisation.name,
            bank_name=BANK,
            cnaps_code=CNAPS,
        )

    def _verified_payee(self, application: Application) -> None:
        payee = self._payee(application.organisation, application.created_by)
        payees.verify_payee(payee, by=self.people["controller"], proof="核对开户许可证原件")

    def _report_first(self, award: Award):
        milestone = award.milestones.get(number=1)
        return milestones.submit(
            milestone,
            by=award.application.created_by,
            report="内测版本已交付 200 位用户，崩溃率 0.3%，测试报告见附件。",
            files=[proposal("内测报告.pdf")],
        )

    def _award_in_work(self, application: Application) -> None:
        """First milestone accepted; its payout is released and goes out once a worker runs."""
        award = self._accepted(application, "800000")
        self._verified_payee(application)
        payouts = due.accept_milestone(self._report_first(award), by=self.officer)
        batch = batches.prepare_batch(payouts, by=self.people["finance"])
        batches.submit_batch(batch, by=self.people["finance"])
        approving.approve_batch(batch, by=self.people["controller"])
        releasing.release_batch(batch, by=self.people["controller"])

    def _reported(self, application: Application) -> None:
        award = self._accepted(application, "900000")
        self._payee(application.organisation, application.created_by)
        self._report_first(award)

    def _payout_due(self, application: Application) -> None:
        award = self._accepted(application, "400000")
        self._verified_payee(application)
        due.accept_milestone(self._report_first(award), by=self.officer)
