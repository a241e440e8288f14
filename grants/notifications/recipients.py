"""Who is told of an event: each function takes the thing that it is about."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import QuerySet

from grants.accounts.models import Invitation, MemberRole, Role, User
from grants.applications.models import (
    Application,
    is_kept_from,
    is_kept_from_organisation,
    those_kept_from,
)
from grants.events.models import Event
from grants.messages.addresses import reply_address
from grants.messages.models import Conversation, Message
from grants.payouts.models import Payee, PayoutBatch

WRITERS = (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.SIGNATORY)


def thing_of(event: Event):
    """The thing that the event is about, or None where it is gone."""
    model = apps.get_model("grants", event.thing_type)
    return model._base_manager.filter(pk=event.thing_id).first()


def _members(organisation) -> Iterable[User]:
    return User.objects.filter(
        memberships__organisation=organisation, memberships__role__in=WRITERS, is_active=True
    ).distinct()


def applicants(thing) -> Iterable[User]:
    """The members who write for the organisation that the thing belongs to."""
    return _members(_application(thing).organisation)


def _application(thing):
    for path in ("", "application", "award.application", "milestone.award.application"):
        found = thing
        for name in path.split(".") if path else ():
            found = getattr(found, name, None)
        if found is not None and found._meta.model_name == "application":
            return found
    raise LookupError(thing)


def signatories(thing) -> Iterable[User]:
    """Who may sign for the organisation: its signatories, or its owners where it has none."""
    organisation = thing.application.organisation
    for role in (MemberRole.SIGNATORY, MemberRole.OWNER):
        found = User.objects.filter(
            memberships__organisation=organisation, memberships__role=role, is_active=True
        )
        if found:
            return found
    return []


def the_person(thing) -> Iterable[User]:
    return [thing]


def _cases_of(thing) -> QuerySet[Application]:
    if isinstance(thing, PayoutBatch):
        return Application.objects.filter(award__milestones__payouts__batch=thing)
    if isinstance(thing, Payee):
        return Application.objects.filter(organisation=thing.organisation_id)
    return Application.objects.filter(pk=_application(thing).pk)


def _at_desk(thing, role: str) -> QuerySet[User]:
    """Those with the role whom nothing keeps from the case."""
    return User.objects.with_role(role).exclude(those_kept_from(_cases_of(thing)))


def the_reviewer(thing) -> Iterable[User]:
    return [] if is_kept_from(thing.reviewer, thing.application) else [thing.reviewer]


def approvers(thing) -> Iterable[User]:
    return _at_desk(thing, Role.APPROVER).exclude(pk=thing.proposed_by_id)


def controllers(thing) -> Iterable[User]:
    return _at_desk(thing, Role.CONTROLLER)


def verifiers(thing: Payee) -> Iterable[User]:
    """The controllers whom nothing keeps from the organisation of the account."""
    return [
        person
        for person in controllers(thing)
        if not is_kept_from_organisation(person, thing.organisation)
    ]


def officers(thing) -> Iterable[User]:
    return _at_desk(thing, Role.OFFICER)


def finance(thing) -> Iterable[User]:
    return _at_desk(thing, Role.FINANCE)


def auditors(thing) -> Iterable[User]:
    return User.objects.with_role(Role.AUDITOR)


def watchers_of_the_books(thing) -> Iterable[User]:
    return User.objects.with_role(Role.AUDITOR, Role.CONTROLLER)


def payee_members(thing) -> Iterable[User]:
    return _members(thing.organisation)


def owners(thing) -> Iterable[User]:
    return User.objects.filter(
        memberships__organisation=thing.organisation,
        memberships__role=MemberRole.OWNER,
        is_active=True,
    ).distinct()


def the_asker(thing) -> Iterable[User]:
    return [thing.user]


@dataclass(frozen=True)
class Addressee:
    """An address that nobody has signed up with yet."""

    email: str
    language: str

    def get_short_name(self) -> str:
        return self.email.partition("@")[0]


def the_invited(thing: Invitation) -> Iterable[User | Addressee]:
    person = User.objects.filter(email__iexact=thing.email, is_active=True).first()
    return [person or Addressee(thing.email, thing.language)]


def officers_of_case(thing: Conversation) -> Iterable[User]:
    """Those who wrote in the conversation; before that, all who may answer."""
    able = [
        officer
        for officer in User.objects.with_role(Role.OFFICER)
        if officer.has_perm("grants.answer_applicant", thing.application)
    ]
    wrote = set(thing.messages.filter(is_from_fund=True).values_list("author_id", flat=True))
    return [officer for officer in able if officer.pk in wrote] or able


def the_message(event: Event, thing: Conversation) -> dict:
    told = thing.messages.filter(pk=event.data.get("message"))
    message: Message | None = told.first() or thing.messages.last()
    return {"message": message}


def into_the_case(thing: Conversation, person: User) -> str:
    return reply_address(thing.pk, person.pk)
