"""Reviews by the API."""

import pytest

from tests import cast
from tests.api.calls import Caller, problem

pytestmark = pytest.mark.django_db


def test_review_is_kept_and_refused_off_the_scale():
    application = cast.in_review()
    review = cast.assigned(application).review
    reviewer = Caller("reviewer")
    path = f"reviews/{review.pk}/"

    kept = reviewer.patch(path, {"scores": {"value": "4.5"}, "comments": {"value": "good"}}).json()
    refused = reviewer.patch(path, {"scores": {"value": 6}})
    unknown = reviewer.patch(path, {"scores": {"beauty": 1}})
    unfinished = reviewer.post(path + "submit/")

    assert (kept["scores"], kept["comments"]) == ({"value": 4.5}, {"value": "good"})
    assert problem(refused) == (409, "refused", [("value", "refused")])
    assert problem(unknown) == (409, "refused", [("beauty", "refused")])
    assert [field for field, _code in problem(unfinished)[2]] == [
        "team",
        "recommendation",
        "comment",
    ]
    assert reviewer.get(path).json()["scores"] == {"value": 4.5}
