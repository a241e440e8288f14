"""More applicants for a believable fund: companies with owners of their own."""

from dataclasses import dataclass

from stdnum.cn import uscc

from grants.accounts.models import Organisation, OrganisationKind, User
from grants.accounts.services import create_organisation
from grants.demo.people import DOMAIN


@dataclass(frozen=True)
class Applicant:
    """A company, the person who acts for it, and the app that it wants to make."""

    handle: str
    person: str
    company: str
    app: str
    pitch: str
    amount: str


APPLICANTS = [
    Applicant(
        "qinghe", "许青", "北京青禾科技有限公司", "青禾课堂", "给乡村学校用的离线课堂", "800000"
    ),
    Applicant(
        "yunfan", "沈帆", "上海云帆信息技术有限公司", "云帆看护", "一家人一起照看老人", "620000"
    ),
    Applicant(
        "lanxi", "叶兰", "成都兰溪软件有限公司", "兰溪记账", "不联网也能用的家庭账本", "350000"
    ),
    Applicant(
        "beichen", "韩辰", "深圳北辰智能有限公司", "北辰翻译", "三十种语言的随身翻译", "980000"
    ),
    Applicant("shanhai", "邓海", "广州山海互动有限公司", "山海行", "徒步路线与离线地图", "460000"),
    Applicant("muyun", "苏沐", "武汉沐云网络有限公司", "沐云冥想", "睡前十分钟的安静", "280000"),
    Applicant(
        "zhifei", "程飞", "南京知飞教育科技有限公司", "知飞题库", "会讲解错题的题库", "540000"
    ),
]


def credit_code(number: int) -> str:
    """A made-up credit code with the right check character (GB 32100)."""
    body = f"91440300MA5F{number:05d}"
    return body + uscc.calc_check_digit(body)


def make_applicant(applicant: Applicant, number: int) -> tuple[User, Organisation]:
    """The person and the company; those who exist are left as they are."""
    email = f"{applicant.handle}@{DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=applicant.person)
    membership = user.memberships.select_related("organisation").first()
    if membership:
        return user, membership.organisation
    return user, create_organisation(
        by=user,
        kind=OrganisationKind.COMPANY,
        name=applicant.company,
        credit_code=credit_code(number),
    )
