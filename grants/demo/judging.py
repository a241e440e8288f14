"""Reviews by reviewers of known severity, of applications of known quality, by a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from grants.accounts.models import Role, User
from grants.applications.lifecycle import ConflictState
from grants.applications.models import Application, ConflictOfInterest
from grants.demo.crowd import AT_ONCE, name_of
from grants.demo.people import DOMAIN
from grants.events.services import advance_rows, record_rows
from grants.programs.models import Round
from grants.reviews.models import Assignment, Review, Score

REASON = "与申请方有业务往来，退出评审。"
COMMENTS = [
    "需求真实，方案务实，建议尽早做小范围内测。",
    "技术路线清楚，团队经验充足，预算略高。",
    "有新意，但用户规模估计偏乐观，里程碑需要细化。",
    "同类应用较多，差异化不够明显，完成度有把握。",
]


@dataclass(frozen=True)
class Judge:
    """`severity` in points of 100 (above zero: strict); `noise` is a standard deviation in them."""

    severity: float
    stretch: float
    noise: float


@dataclass(frozen=True)
class Truth:
    """What the seed made: quality of each application (0–100) by reference, judges by e-mail."""

    quality: dict[str, float]
    judges: dict[str, Judge]


def make_reviewers(count: int) -> list[User]:
    """`reviewer1…` of the demo first; those beyond them have no password."""
    emails = [f"reviewer{place}@{DOMAIN}" for place in range(1, count + 1)]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    nobody = make_password(None)
    new = User.objects.bulk_create(
        [
            User(email=email, name=name_of(41 * place + 7), password=nobody, is_staff=True)
            for place, email in enumerate(emails)
            if email not in known
        ]
    )
    group = Group.objects.get(name=Role.REVIEWER.value)
    group.user_set.add(*new)
    found = {user.email: user for user in User.objects.filter(email__in=emails)}
    return [found[email] for email in emails]


def judge(
    round: Round,
    applications: Sequence[Application],
    reviewers: Sequence[User],
    *,
    by: User,
    random: Random,
    everything_sent: bool = False,
) -> Truth:
    """Three reviews of each application, balanced over the reviewers.

    But where everything is sent, one review in 75 is late, one application in fifty has a conflict
    of a reviewer who is not asked, and another one a recusal after the review was sent.
    """
    judges = {
        user.pk: Judge(random.gauss(0, 8), random.uniform(0.7, 1.3), random.uniform(4, 9))
        for user in reviewers
    }
    quality = {
        application.pk: min(max(random.gauss(62, 12), 15), 97) for application in applications
    }
    barred = set() if everything_sent else _conflicts(applications, reviewers, random)
    pairs = _deal(applications, reviewers, barred, random)
    some = 0 if everything_sent else max(len(applications) // 50, 1)
    recused = set(random.sample(sorted(pairs), some))
    late = set(random.sample(sorted(pairs - recused), 2 * some))
    _write(round, pairs, recused, late, judges, quality, by=by, random=random)
    return Truth(
        {application.reference: quality[application.pk] for application in applications},
        {user.email: judges[user.pk] for user in reviewers},
    )


def _conflicts(applications, reviewers, random: Random) -> set[tuple[int, int]]:
    chosen = random.sample(list(applications), max(len(applications) // 50, 1))
    pairs = {(application.pk, random.choice(reviewers).pk) for application in chosen}
    rows = ConflictOfInterest.objects.bulk_create(
        ConflictOfInterest(
            application_id=application,
            person_id=person,
            kind="collaboration",
            source="declared",
            note="曾共同开发项目",
            state=ConflictState.REPORTED,
        )
        for application, person in sorted(pairs)
    )
    made = ConflictOfInterest.objects.filter(pk__in=[row.pk for row in rows])
    record_rows(made, "report", by=None, case="application__reference", to_state="reported")
    return pairs


def _deal(applications, reviewers, barred, random: Random) -> set[tuple[int, int]]:
    """Three different reviewers for each application, loads as even as chance allows."""
    load = dict.fromkeys((user.pk for user in reviewers), 0)
    pairs = set()
    for application in applications:
        free = [key for key in load if (application.pk, key) not in barred]
        for key in sorted(free, key=lambda key: (load[key], random.random()))[:3]:
            pairs.add((application.pk, key))
            load[key] += 1
    return pairs


def _write(round, pairs, recused, late, judges, quality, *, by: User, random: Random) -> None:
    assignments = Assignment.objects.bulk_create(
        [
            Assignment(
                application_id=application,
                reviewer_id=reviewer,
                state="accepted" if (application, reviewer) in late else "completed",
                assigned_by=by,
            )
            for application, reviewer in sorted(pairs)
        ],
        batch_size=AT_ONCE,
    )
    asked = Assignment.objects.filter(application__round=round)
    record_rows(asked, "assign", by=by, case="application__reference", to_state="invited")
    amounts = dict(round.applications.values_list("pk", "requested_amount"))
    means = [
        _mean(quality[row.application_id], judges[row.reviewer_id], random) for row in assignments
    ]
    reviews = Review.objects.bulk_create(
        [
            _review(row, mean, amounts[row.application_id], random)
            for row, mean in zip(assignments, means, strict=True)
        ],
        batch_size=AT_ONCE,
    )
    criteria = list(round.criteria.all())
    Score.objects.bulk_create(
        [
            Score(review=review, criterion=criterion, value=_mark(mean, criterion.scale, random))
            for review, mean in zip(reviews, means, strict=True)
            for criterion in criteria
        ],
        batch_size=5 * AT_ONCE,
    )
    case = "assignment__application__reference"
    sent = Review.objects.filter(assignment__in=asked.filter(state="completed"))
    advance_rows(sent, "submit", by=None, case=case, submitted_at=timezone.now())
    gone = [row.pk for row in assignments if (row.application_id, row.reviewer_id) in recused]
    stepped = Assignment.objects.filter(pk__in=gone)
    advance_rows(
        stepped, "recuse", by=None, case="application__reference", reason=REASON,
        data={"reason": REASON},
    )  # fmt: skip


def _mean(quality: float, judge: Judge, random: Random) -> float:
    """What this judge thinks of it as a whole, in points of 100."""
    return 62 + (quality - 62) * judge.stretch - judge.severity + random.gauss(0, judge.noise)


def _mark(mean: float, scale: int, random: Random) -> Decimal:
    """In halves of a point, as people score."""
    points = min(max((mean + random.gauss(0, 5)) / 100 * scale, 0), scale)
    return Decimal(round(points * 2)) / 2


def _review(assignment: Assignment, mean: float, asked: Decimal, random: Random) -> Review:
    if mean >= 70:
        recommendation, amount = "fund", asked
    elif mean >= 52:
        share = Decimal(random.choice(["0.6", "0.7", "0.8"]))
        recommendation, amount = "fund_in_part", (asked * share).quantize(Decimal("0.01"))
    else:
        recommendation, amount = "decline", None
    return Review(
        assignment=assignment,
        recommendation=recommendation,
        amount=amount,
        confidence=random.choice([1, 2, 2, 3]),
        comment=random.choice(COMMENTS),
    )
