"""The business licence: uploaded by an owner, looked at by an officer, needed again."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from grants.accounts.models import MemberRole, Membership, Organisation
from grants.accounts.services import change_organisation
from grants.core.errors import Refused
from grants.licences.models import Licence
from grants.licences.services import refuse_licence, upload_licence, verify_licence
from tests import cast
from tests.applications.clamd import EICAR, daemon
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def uploaded() -> Licence:
    return upload_licence(cast.company(), cast.pdf("执照.pdf"), by=cast.person())


def test_licence_is_verified_for_the_name_and_code_of_that_day():
    licence = uploaded()
    company = cast.company()

    verify_licence(licence, by=cast.person("officer"))
    assert Licence.objects.get().is_valid is True
    change_organisation(company, by=cast.person(), website="https://example.com")
    assert Licence.objects.get().is_valid is True
    change_organisation(company, by=cast.person(), name="新名")

    fresh = Licence.objects.get()
    assert (fresh.state, fresh.is_valid, fresh.name) == ("verified", False, "applicant Ltd")


def test_licence_of_an_old_name_cannot_be_verified():
    licence = uploaded()
    change_organisation(cast.company(), by=cast.person(), name="新名")

    with pytest.raises(Refused):
        verify_licence(Licence.objects.get(pk=licence.pk), by=cast.person("officer"))

    assert Licence.objects.get().state == "pending"


def test_refused_licence_is_replaced_by_the_next():
    first = uploaded()
    with pytest.raises(Refused):
        refuse_licence(first, by=cast.person("officer"), reason=" ")
    refuse_licence(first, by=cast.person("officer"), reason="blurred")

    second = uploaded()

    first.refresh_from_db()
    assert (first.state, first.reason, second.state) == ("replaced", "blurred", "pending")


@pytest.mark.parametrize(
    "handle", ["applicant", "stranger", "reviewer", "approver", "finance", "controller", "auditor"]
)
def test_officers_alone_verify(handle):
    licence = uploaded()

    with pytest.raises(PermissionDenied):
        verify_licence(licence, by=cast.person(handle))
    with pytest.raises(PermissionDenied):
        refuse_licence(licence, by=cast.person(handle), reason="x")

    assert Licence.objects.get().state == "pending"


def test_officer_does_not_verify_the_own_company():
    licence = uploaded()
    officer = cast.person("officer")
    Membership.objects.create(organisation=cast.company(), user=officer, role=MemberRole.VIEWER)

    with pytest.raises(PermissionDenied):
        verify_licence(licence, by=officer)

    assert Licence.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("执照.txt", "一".encode()),
        ("执照.pdf", b"<html><script>1</script></html>"),
        ("执照.exe", b"MZ"),
        ("执照.pdf", b""),
    ],
)
def test_file_that_is_no_licence_is_refused(name, content):
    with pytest.raises(Refused) as refused:
        upload_licence(cast.company(), SimpleUploadedFile(name, content), by=cast.person())

    assert list(refused.value.problems) == ["file"]
    assert Licence.objects.count() == 0


def test_individual_has_no_licence():
    with pytest.raises(Refused):
        upload_licence(cast.individual("ann"), cast.pdf(), by=cast.person("ann"))

    assert Licence.objects.count() == 0


def test_database_keeps_a_licence_as_it_was_uploaded():
    licence = uploaded()

    for change in ({"name": "x"}, {"sha256": "x"}, {"state": "quiet"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Licence.objects.filter(pk=licence.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        licence.delete()


@pytest.mark.django_db(transaction=True)
def test_licence_that_is_verified_while_the_name_changes_is_of_the_old_name():
    licence, company, officer = uploaded(), cast.company(), cast.person("officer")

    together(
        lambda: verify_licence(Licence.objects.get(pk=licence.pk), by=officer),
        lambda: change_organisation(
            Organisation.objects.get(pk=company.pk), by=cast.person(), name="新名"
        ),
    )

    assert Licence.objects.get().is_valid is False


def test_licence_goes_through_the_virus_scanner(settings):
    virus = SimpleUploadedFile("执照.pdf", cast.pdf().read() + EICAR, "application/pdf")
    with daemon() as (settings.CLAMAV_URL, running):
        with pytest.raises(Refused, match="virus scanner refused"):
            upload_licence(cast.company(), virus, by=cast.person())
        clean = uploaded()

    assert list(Licence.objects.all()) == [clean]
    assert running.heard[-1] == clean.file.read()


def test_licence_is_not_taken_while_the_scanner_is_silent(settings):
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"

    with pytest.raises(Refused, match="Try again"):
        uploaded()

    assert not Licence.objects.exists()
