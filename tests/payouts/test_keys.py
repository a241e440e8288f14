"""Another key is put first, and every account is sealed anew."""

import pytest
from django.core.management import call_command

from grants.core.crypto import CannotOpen, is_sealed_by_first_key
from grants.payouts.models import Payee
from grants.payouts.services.keys import reseal_payees
from tests import cast

pytestmark = pytest.mark.django_db
NEW = "n" * 43


@pytest.fixture
def rotated(settings):
    """Three payees under an old key, and a new key before it."""
    settings.FIELD_ENCRYPTION_KEYS = ["o" * 43, *settings.FIELD_ENCRYPTION_KEYS]
    for owner in ("ann", "bob", "cem"):
        cast.named_payee(owner)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, *settings.FIELD_ENCRYPTION_KEYS]
    return settings


def under_new() -> int:
    return sum(is_sealed_by_first_key(row.account_sealed) for row in Payee.objects.all())


def test_accounts_are_sealed_under_the_first_key_and_stay_the_same(rotated, capsys):
    before = set(Payee.objects.values_list("account_index", "account_tail", "state"))

    call_command("rotate_field_keys", chunk=2)

    assert capsys.readouterr().out.splitlines() == [
        "2 of 3 accounts looked at, 2 sealed anew",
        "3 of 3 accounts looked at, 3 sealed anew",
        "2 of 3 identity numbers looked at, 2 sealed anew",
        "3 of 3 identity numbers looked at, 3 sealed anew",
        "Every number is sealed under the first key.",
    ]
    assert (under_new(), {row.account_number for row in Payee.objects.all()}) == (
        3,
        {"6222021234567890128"},
    )
    assert set(Payee.objects.values_list("account_index", "account_tail", "state")) == before


def test_rotation_goes_on_where_it_was_stopped(rotated):
    assert (reseal_payees(limit=1).done, under_new()) == (1, 1)

    step = reseal_payees(limit=10)

    assert (step.done, under_new()) == (2, 3)
    again = reseal_payees(limit=10)
    assert (again.done, again.closed) == (0, [])


def test_old_key_can_go_once_everything_is_sealed_anew(rotated):
    call_command("rotate_field_keys")

    del rotated.FIELD_ENCRYPTION_KEYS[1]

    assert {row.account_number for row in Payee.objects.all()} == {"6222021234567890128"}


def test_account_that_does_not_open_is_named_and_left_alone(rotated, capsys):
    spoilt = Payee.objects.first()
    Payee.objects.filter(pk=spoilt.pk).update(account_sealed="gone.AAAA")

    with pytest.raises(SystemExit):
        call_command("rotate_field_keys")

    assert capsys.readouterr().err == f"DOES NOT OPEN payee {spoilt.pk}\n"
    assert under_new() == 2
    with pytest.raises(CannotOpen):
        _number = Payee.objects.get(pk=spoilt.pk).account_number
