"""Equal content has equal digests, however it was put together."""

import datetime
import hashlib
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from grants.core.digest import canonical, digest

CONTENT = st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.booleans())


@given(CONTENT)
def test_digest_does_not_depend_on_the_order_of_keys(content):
    backwards = dict(reversed(content.items()))

    assert digest(backwards) == digest(content)


def test_canonical_has_sorted_keys_no_space_and_plain_text():
    content = {"b": [1, None, True], "a": "星火", "amount": Decimal("10.00")}

    assert canonical(content) == '{"a":"星火","amount":"10.00","b":[1,null,true]}'


def test_canonical_of_an_instant_is_the_same_in_every_zone():
    utc = datetime.datetime(2026, 3, 1, 4, 0, tzinfo=datetime.UTC)
    shanghai = utc.astimezone(ZoneInfo("Asia/Shanghai"))

    assert canonical(utc) == canonical(shanghai) == '"2026-03-01T04:00:00.000000+00:00"'


def test_canonical_of_dates_and_ids():
    number = UUID("12345678-1234-5678-1234-567812345678")

    assert canonical([datetime.date(2026, 3, 1), number]) == f'["2026-03-01","{number}"]'


def test_digest_is_the_sha256_of_the_canonical_text():
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest({"a": 1}) != digest({"a": "1"})
