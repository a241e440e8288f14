"""Rules that make no sense."""

import pytest

from grants.core.errors import Refused
from grants.screening.services import rules
from tests import cast

pytestmark = pytest.mark.django_db
OFFICER = "officer"


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("applicant_kind", {"kinds": []}, "kinds"),
        ("region", {"question": "", "regions": ["99"]}, "regions"),
        ("region", {"question": "team", "regions": ["33"]}, "question"),
        ("cap", {"most": "0", "scope": "round"}, "most"),
        ("cap", {"most": "1.5", "scope": "round"}, "most"),
        ("cap", {"most": "1", "scope": "world"}, "scope"),
        ("similar_text", {"question": "team", "threshold": "0.1"}, "threshold"),
        ("similar_text", {"question": "ready", "threshold": "0.5"}, "question"),
        ("same_package", {"question": ""}, "question"),
        ("signal", {"name": "=cmd", "test": "at_least", "value": "4"}, "name"),
        ("signal", {"name": "x", "test": "at_least", "value": "1e9"}, "value"),
        ("signal", {"name": "x", "test": "at_least", "value": "4", "days": "0"}, "days"),
        ("nothing", {}, "kind"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(kind, parameters, field):
    round = cast.open_round()

    with pytest.raises(Refused) as refused:
        rules.add_rule(round, by=cast.person(OFFICER), kind=kind, parameters=parameters)

    assert field in refused.value.problems
    assert not round.screening_rules.exists()
