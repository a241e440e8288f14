"""Many applicants and what they sent, written in bulk: names, provinces and amounts by chance."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone
from stdnum.cn import uscc

from grants.accounts.models import MemberRole, Membership, Organisation, OrganisationKind, User
from grants.applications.models import Application, Submission
from grants.core.digest import digest
from grants.core.ids import sequence_name
from grants.core.regions import region_name
from grants.demo.people import DOMAIN
from grants.events.services import record_rows
from grants.programs.models import Round

AT_ONCE = 1000
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = ["子轩", "雨桐", "浩然", "欣怡", "明哲", "思远", "佳宁", "文博", "若曦", "志强", "晓彤",
         "俊杰", "静怡", "建国", "海燕", "一鸣"]  # fmt: skip
FIRST = ["晨光", "远山", "知行", "蓝鲸", "青鸟", "云杉", "星河", "木棉", "白桦", "海棠", "流萤",
         "松果", "极光", "拾光", "微澜", "听雨"]  # fmt: skip
SECOND = ["笔记", "课堂", "健康", "出行", "相机", "阅读", "账本", "翻译", "日程", "食谱", "健身",
          "地图", "绘画", "音乐", "题库", "看护"]  # fmt: skip
CATEGORIES = ["tools", "education", "health", "games", "life"]
# Weights by province: where the applicants of a fund for software come from.
PROVINCES = {"11": 9, "31": 8, "33": 7, "44": 10, "32": 6, "51": 4, "42": 3, "61": 2, "37": 2,
             "35": 2, "50": 1, "43": 1, "41": 1, "21": 1, "53": 1, "62": 1}  # fmt: skip


def name_of(place: int) -> str:
    """A person's name; the first 640 are all different."""
    return SURNAMES[place % len(SURNAMES)] + GIVEN[place // len(SURNAMES) % len(GIVEN)]


def app_of(place: int) -> str:
    title = FIRST[place % 16] + SECOND[place // 16 % 16]
    return title if place < 256 else f"{title} {place // 256 + 1}"


def credit_code(region: str, number: int) -> str:
    """A made-up credit code of that province with the right check character (GB 32100)."""
    body = f"91{region}0100MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def make_applicants(count: int, random: Random) -> list[Organisation]:
    """So many organisations, each with an owner; those of an earlier call are found again.

    Three of four are companies. Nobody signs in as one of the owners: they have no password.
    """
    emails = [f"applicant{place:05d}@{DOMAIN}" for place in range(count)]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    shape = [
        (random.random() < 0.75, random.choices(list(PROVINCES), list(PROVINCES.values()))[0])
        for _place in range(count)
    ]
    new = [place for place, email in enumerate(emails) if email not in known]
    nobody = make_password(None)
    people = User.objects.bulk_create(
        [User(email=emails[place], name=name_of(place), password=nobody) for place in new],
        batch_size=AT_ONCE,
    )
    organisations = Organisation.objects.bulk_create(
        [_organisation(place, *shape[place]) for place in new], batch_size=AT_ONCE
    )
    Membership.objects.bulk_create(
        [
            Membership(organisation=organisation, user=person, role=MemberRole.OWNER)
            for organisation, person in zip(organisations, people, strict=True)
        ],
        batch_size=AT_ONCE,
    )
    found = Membership.objects.filter(user__email__in=emails).select_related("organisation", "user")
    return [member.organisation for member in found.order_by("user__email")]


def _organisation(place: int, is_company: bool, region: str) -> Organisation:
    if not is_company:
        return Organisation(kind=OrganisationKind.INDIVIDUAL, name=name_of(place), region=region)
    return Organisation(
        kind=OrganisationKind.COMPANY,
        name=f"{region_name(region)}{FIRST[place % 16]}{place:04d}科技有限公司",
        credit_code=credit_code(region, place),
        legal_representative=name_of(place),
        region=region,
    )


def references(kind: str, count: int) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
            [sequence_name(kind), count],
        )
        year = timezone.localdate().year
        return iter([f"{kind}-{year}-{number:06d}" for (number,) in cursor.fetchall()])


def make_applications(
    round: Round, organisations: Sequence[Organisation], states: Sequence[str], random: Random
) -> list[Application]:
    """One submitted application of each organisation, in the state beside it."""
    now = timezone.now()
    owners = dict(
        Membership.objects.filter(organisation__in=organisations, role=MemberRole.OWNER)
        .order_by("pk")
        .values_list("organisation", "user")
    )
    form = round.form
    least, most = int(round.award_min) // 10_000, int(round.award_max) // 10_000
    applications = Application.objects.bulk_create(
        [
            Application(
                reference=reference,
                round=round,
                organisation=organisation,
                form=form,
                title=app_of(place),
                requested_amount=Decimal(random.randint(least, most) * 10_000),
                answers=_answers(place, random),
                state=state,
                created_by_id=owners[organisation.pk],
                submitted_at=now,
                saved_at=now,
            )
            for place, (reference, organisation, state) in enumerate(
                zip(references("APP", len(states)), organisations, states, strict=True)
            )
        ],
        batch_size=AT_ONCE,
    )
    Submission.objects.bulk_create(
        [_sent(application, round) for application in applications], batch_size=AT_ONCE
    )
    made = Application.objects.filter(pk__in=[application.pk for application in applications])
    record_rows(made, "submit", by=None, case="reference", to_state="submitted")
    return applications


def _answers(place: int, random: Random) -> dict[str, str]:
    title = app_of(place)
    return {
        "summary": f"{title}：为 AMOS 用户做的一款好用的应用",
        "plan": f"{title}面向日常用户，先做核心功能，三个月内测，半年上架。团队有同类产品的经验。",
        "team_size": str(random.randint(1, 40)),
        "category": random.choice(CATEGORIES),
    }


def _sent(application: Application, round: Round) -> Submission:
    content = {
        "reference": application.reference,
        "round": round.slug,
        "form_version": application.form.number,
        "organisation": {
            "name": application.organisation.name,
            "credit_code": application.organisation.credit_code,
        },
        "title": application.title,
        "requested_amount": f"{application.requested_amount:.2f}",
        "answers": dict(sorted(application.answers.items())),
        "files": [],
    }
    return Submission(
        application=application,
        number=1,
        content=content,
        sha256=digest(content),
        submitted_by_id=application.created_by_id,
    )
