"""Resident identity numbers that are right, and nobody's."""

import hashlib
from datetime import date, timedelta

from stdnum.cn import ric


def identity_number(handle: str, born: str = "") -> str:
    """A right resident identity number of Dongcheng, Beijing, the same for each handle."""
    number = int(hashlib.sha256(handle.encode()).hexdigest(), 16)
    born = born or f"{date(1960, 1, 1) + timedelta(days=number % 14000):%Y%m%d}"
    body = f"110101{born}{number // 14000 % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")
