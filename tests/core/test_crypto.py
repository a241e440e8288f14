"""Sealed columns open only in their own row, whole, and under a key that is still held."""

import base64
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.crypto import CannotOpen, blind_index, seal, unseal

ROW = "payee.account.1"
NUMBER = "6222021234567890128"


def new_key() -> str:
    return secrets.token_urlsafe(32)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_unseal_gives_back_what_was_sealed(text):
    assert unseal(seal(text, row=ROW), row=ROW) == text


def test_seal_twice_gives_two_texts_without_the_number():
    first, second = seal(NUMBER, row=ROW), seal(NUMBER, row=ROW)

    assert first != second
    assert NUMBER not in first


def test_unseal_in_another_row_fails():
    token = seal(NUMBER, row=ROW)

    with pytest.raises(CannotOpen):
        unseal(token, row="payee.account.2")


def test_unseal_of_any_flipped_bit_fails():
    key_id, _dot, body = seal(NUMBER, row=ROW).partition(".")
    raw = base64.urlsafe_b64decode(body)

    for place in range(len(raw)):
        bad = bytearray(raw)
        bad[place] ^= 1
        with pytest.raises(CannotOpen):
            unseal(f"{key_id}.{base64.urlsafe_b64encode(bad).decode()}", row=ROW)


@pytest.mark.parametrize(
    "change", ["", ".", "{key}.", "{key}.QQ", "{key}.Q", "{key}.!!!!", "plain"]
)
def test_unseal_what_is_no_sealed_text_fails(change):
    key_id = seal(NUMBER, row=ROW).partition(".")[0]

    with pytest.raises(CannotOpen):
        unseal(change.format(key=key_id), row=ROW)


def test_rotation_opens_old_texts_and_seals_with_the_new_key(settings):
    old, new = new_key(), new_key()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    before = seal(NUMBER, row=ROW)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    after = seal(NUMBER, row=ROW)

    assert unseal(before, row=ROW) == NUMBER
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert unseal(after, row=ROW) == NUMBER
    with pytest.raises(CannotOpen):
        unseal(before, row=ROW)


def test_blind_index_finds_equal_values_of_one_column_after_rotation(settings):
    old, new = new_key(), new_key()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    before = blind_index(NUMBER, column="payee.account")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]

    assert blind_index(NUMBER, column="payee.account") == before
    assert blind_index(NUMBER, column="other.column") != before
    assert blind_index(NUMBER[:-1], column="payee.account") != before
    assert len(before) == 64
