"""The controller's switch: a rail is stopped with a reason, and let go on."""

import pytest
from django.utils import timezone

from grants.events.models import Event
from grants.payouts.models import RailHealth
from grants.payouts.services.rails import stop_rail, stopped_now
from tests import cast
from tests.admin.conftest import answers, errors_of, open_to, told

pytestmark = pytest.mark.django_db

LIST = "/admin/unknowns/"
STOP, RESUME = "/admin/rails/sandbox/stop/", "/admin/rails/sandbox/resume/"


@pytest.fixture
def controller(client):
    client.force_login(cast.person("controller"))
    return client


def test_rail_is_stopped_with_a_reason_and_let_go_on(controller):
    response = controller.post(STOP, {"reason": "wrong key"})

    assert response.url == LIST
    page = controller.get(LIST)
    assert told(page) == ["Sandbox (Alipay's protocol) is stopped."]
    assert stopped_now() == {"sandbox": "wrong key"}
    assert RESUME in page.content.decode()
    assert "When somebody lets it go on" in page.content.decode()

    controller.post(RESUME)

    assert told(controller.get(LIST)) == ["Sandbox (Alipay's protocol) goes on."]
    assert stopped_now() == {}
    kinds = Event.objects.filter(thing_type="railhealth").order_by("pk")
    assert [event.kind for event in kinds] == ["railhealth.stop", "railhealth.resume"]


def test_rail_without_a_reason_is_not_stopped(controller):
    assert errors_of(controller.post(STOP, {"reason": " "})) == {
        "reason": ["This field is required."]
    }
    assert stopped_now() == {}


def test_rail_that_is_not_stopped_cannot_go_on(controller):
    response = controller.post(RESUME, headers={"referer": f"http://testserver{LIST}"})

    assert told(controller.get(response.url)) == ["This rail is not stopped."]
    assert not Event.objects.filter(kind="railhealth.resume").exists()


def test_rail_that_is_none_is_not_found(controller):
    assert controller.get("/admin/rails/cash/stop/").status_code == 404
    assert controller.post("/admin/rails/cash/resume/").status_code == 404
    assert controller.get(RESUME).status_code == 405


def test_only_the_controller_has_the_switch(at_desk):
    assert answers(STOP, at_desk=at_desk) == open_to("controller")
    stop_rail("sandbox", by=cast.person("controller"), reason="x")
    found = answers(RESUME, {}, at_desk=at_desk)
    assert found == open_to("controller") | {"controller": 302}


@pytest.mark.parametrize("who", ["finance", "auditor"])
def test_others_see_how_the_rails_are_without_the_switch(client, who):
    client.force_login(cast.person(who))
    RailHealth.objects.create(rail="alipay", stopped_at=timezone.now(), reason="TIMEOUT no")

    page = client.get(LIST)

    assert [row.rail for row in page.context["rails"]] == ["alipay", "sandbox"]
    assert "/admin/rails/" not in page.content.decode()
