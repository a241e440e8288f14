"""The people of the demo. Their passwords work only where DEBUG is on."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings

from grants.accounts.models import Organisation, OrganisationKind, Role, User
from grants.accounts.services import create_organisation, grant_role

DOMAIN = "demo.example"


@dataclass(frozen=True)
class Person:
    handle: str
    name: str
    role: str = ""

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAIN}"

    @property
    def password(self) -> str:
        return f"demo-{self.handle}"


PEOPLE = [
    Person("li-na", "李娜"),
    Person("wang-wei", "王伟"),
    Person("reviewer1", "陈思远", Role.REVIEWER),
    Person("reviewer2", "赵雨桐", Role.REVIEWER),
    Person("reviewer3", "孙浩然", Role.REVIEWER),
    Person("reviewer4", "周文静", Role.REVIEWER),
    Person("reviewer5", "吴子涵", Role.REVIEWER),
    Person("officer", "林晓", Role.OFFICER),
    Person("approver", "黄国栋", Role.APPROVER),
    Person("finance", "郑慧", Role.FINANCE),
    Person("controller", "何建明", Role.CONTROLLER),
    Person("auditor", "罗敏", Role.AUDITOR),
    Person("admin", "系统管理员", Role.ADMINISTRATOR),
]


def make_people() -> dict[str, User]:
    """The demo people by handle; those who exist are left as they are."""
    people = {}
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User.objects.create_user(
                person.email,
                person.password if settings.DEBUG else None,
                name=person.name,
                is_superuser=person.handle == "admin",
                is_staff=person.handle == "admin",
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if person.role:
            grant_role(user, person.role, by=None)
        people[person.handle] = user
    return people


def make_organisations(people: dict[str, User]) -> dict[str, Organisation]:
    """A company of Li Na and the individual developer Wang Wei."""
    made = {}
    for handle, kind, name, numbers in (
        (
            "li-na",
            OrganisationKind.COMPANY,
            "杭州星火软件有限公司",
            {"credit_code": "91330106673959654P", "legal_representative": "李娜"},
        ),
        (
            "wang-wei",
            OrganisationKind.INDIVIDUAL,
            "王伟",
            {"identity_number": "11010119900307109X", "region": "11"},
        ),
    ):
        user = people[handle]
        membership = user.memberships.select_related("organisation").first()
        made[handle] = (
            membership.organisation
            if membership
            else create_organisation(by=user, kind=kind, name=name, **numbers)
        )
    return made
