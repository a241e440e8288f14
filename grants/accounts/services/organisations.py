"""Registering an organisation and keeping what is known of it."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grants.accounts.models import MemberRole, Organisation, OrganisationKind, User
from grants.accounts.services.members import join
from grants.accounts.services.numbers import clean_credit_code, clean_identity_number
from grants.core.errors import Refused
from grants.core.policy import require
from grants.core.regions import KNOWN, region_of
from grants.core.texts import one_line
from grants.events.services import lock, record

TAKEN = {"organisation_credit_code_once", "organisation_identity_once"}


class RegisteredAlready(Refused):
    """The number belongs to an organisation that is registered; who is in it is not told."""


@transaction.atomic
def create_organisation(
    *,
    by: User,
    kind: str,
    name: str,
    credit_code: str = "",
    identity_number: str = "",
    legal_representative: str = "",
    region: str = "",
    website: str = "",
) -> Organisation:
    """Registers an organisation with the person as its owner.

    A company is known by its credit code, an individual by the identity number. Raises `Refused`
    with one sentence for each field that is wrong, and `RegisteredAlready` for a known number.
    """
    organisation = Organisation(kind=OrganisationKind(kind), website=website)
    problems: dict[str, str] = {}
    number = _read_numbers(organisation, credit_code, identity_number, problems)
    _read_words(organisation, name, legal_representative, region, problems)
    if problems:
        raise Refused(next(iter(problems.values())), problems=problems)
    _save_new(organisation, number)
    data = {"name": organisation.name, "credit_code": organisation.credit_code}
    if number:
        data["identity_number"] = organisation.identity_tail
    record(organisation, "create", by=by, data=data)
    join(organisation, by, MemberRole.OWNER, by=by)
    return organisation


def _read_numbers(organisation, credit_code: str, identity_number: str, problems: dict) -> str:
    """Sets the credit code of a company; returns the identity number of an individual."""
    try:
        if organisation.is_company:
            organisation.credit_code = clean_credit_code(credit_code)
            return ""
        return clean_identity_number(identity_number)
    except Refused as refused:
        problems |= refused.problems
        return ""


def _read_words(organisation, name: str, representative: str, region: str, problems: dict) -> None:
    organisation.name = one_line(name)
    if not organisation.name:
        problems["name"] = _("Enter the name.")
    organisation.legal_representative = one_line(representative) if organisation.is_company else ""
    if region and region not in KNOWN:
        problems["region"] = _("Choose a province.")
    organisation.region = region or region_of(organisation.credit_code)


def _save_new(organisation: Organisation, number: str) -> None:
    """One organisation for each number, also where two register it at the same moment."""
    with _one_of_each():
        organisation.save()
        if number:
            organisation.set_identity(number)
            organisation.save(update_fields=["identity_sealed", "identity_index", "identity_tail"])


@contextmanager
def _one_of_each():
    """A savepoint in which a number that is taken becomes `RegisteredAlready`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise _taken(error) from None


def _taken(error: IntegrityError) -> Exception:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if name not in TAKEN:
        return error
    if name == "organisation_identity_once":
        return RegisteredAlready(
            _("This identity number is registered already. If it is yours, write to the fund."),
            field="identity_number",
        )
    return RegisteredAlready(
        _("This company is registered already. You can ask its owners to let you join."),
        field="credit_code",
    )


@transaction.atomic
def change_organisation(
    organisation: Organisation,
    *,
    by: User,
    name: str | None = None,
    credit_code: str | None = None,
    identity_number: str = "",
    legal_representative: str | None = None,
    region: str | None = None,
    website: str | None = None,
) -> None:
    """Saves what is known of it, with before and after in the event. No effect without a change.

    None leaves a field as it is. The identity number is given once, where there is none yet:
    another number is another person. Raises `Refused` as `create_organisation` does.
    """
    require(by, "change_organisation", organisation)
    fresh = lock(organisation)
    before = _known(fresh)
    problems: dict[str, str] = {}
    number = ""
    if identity_number if not fresh.is_company else credit_code is not None:
        number = _read_numbers(fresh, credit_code or "", identity_number, problems)
    if number and fresh.identity_index:
        problems["identity_number"] = _("The identity number is given once and stays.")
    _read_words(
        fresh,
        fresh.name if name is None else name,
        fresh.legal_representative if legal_representative is None else legal_representative,
        fresh.region if region is None else region,
        problems,
    )
    if problems:
        raise Refused(next(iter(problems.values())), problems=problems)
    fresh.website = fresh.website if website is None else website
    if number:
        fresh.set_identity(number)
    after = _known(fresh)
    changed = sorted(field for field in after if after[field] != before[field])
    if not changed:
        return
    with _one_of_each():
        fresh.save()
    data = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }
    record(fresh, "change", by=by, data=data)
    organisation.refresh_from_db()


SHOWN = ("name", "credit_code", "identity_tail", "legal_representative", "region", "website")


def _known(organisation: Organisation) -> dict[str, str]:
    """What the history may tell: of the identity number its tail alone."""
    return {field: getattr(organisation, field) for field in SHOWN}
