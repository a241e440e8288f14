"""The numbers by which China knows companies and people, in one form each."""

from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as NotValid

from grants.core.errors import Refused

YOUNGEST, OLDEST = 18, 120


def clean_credit_code(code: str) -> str:
    """The unified social credit code (GB 32100) in capitals. Raises `Refused` when it is wrong."""
    try:
        valid = uscc.validate(code)
        if valid.startswith("0"):  # no registration authority has the number 0
            raise NotValid
        return valid
    except NotValid:
        raise Refused(
            _("This is not a valid unified social credit code: check its 18 characters."),
            field="credit_code",
        ) from None


def clean_identity_number(number: str) -> str:
    """The resident identity number (GB 11643), 18 characters. Raises `Refused` when it is wrong.

    The check digit does not tell a birthday to come from one that was: that is looked at here.
    """
    try:
        valid = ric.validate(number)
        age = _years_since(ric.get_birth_date(valid))
        if not 0 <= age <= OLDEST:
            raise NotValid
    except NotValid:
        raise Refused(
            _("This is not a valid resident identity number: check its 18 characters."),
            field="identity_number",
        ) from None
    if age < YOUNGEST:
        raise Refused(
            _("Individual developers must be at least %(age)s years old.") % {"age": YOUNGEST},
            field="identity_number",
        )
    return valid


def _years_since(birthday) -> int:
    today = timezone.localdate()
    return today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
