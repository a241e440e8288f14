"""A reviewer of a blind round reads the case and does not learn who applies."""

import pytest

from grants.accounts.models import User
from grants.programs.models import Round
from tests.leaks import stage
from tests.leaks.walking import asked, browser_of, details, lists, look, press, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.timeout(900)
def test_no_door_tells_a_blind_reviewer_who_applies():
    application = stage.begun()
    Round.objects.filter(pk=application.round_id).update(is_blind=True)
    stage.argus()
    reviewer = stage.bystander("reviewer")
    stage.to_review(application)
    application.refresh_from_db()
    stage.to_reviewed(application)
    owner = User.objects.get(email=f"{stage.OWNER}@test.example")
    marks = ["Zanzibarqua", stage.CODE, stage.FILE, owner.email]
    browser, leaks, read = browser_of(reviewer), [], set()
    plain = [address for _door, address in lists()]
    searched = [query for address in plain for query in asked(address, [stage.NAME])]
    for address in [*plain, *searched]:
        leaks += [(address, found) for found in told(look(browser, address)[1], marks, address)]
    for door, address in details(stage.everything_of(application)):
        status, text = look(browser, address)
        leaks += [(address, found) for found in told(text, marks, address)]
        if status == 200 and told(text, [stage.ANSWER], ""):
            read.add(door.name)
    for address in plain:
        text = press(browser, address, {"format": "csv", "everything": "1"})[1]
        leaks += [(address, found) for found in told(text, marks, address)]

    assert "\n".join(map(str, leaks)) == ""
    assert {"admin:review-detail", "applications-detail", "reviews-detail"} <= read
