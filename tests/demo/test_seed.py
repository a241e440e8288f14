"""The demo is seeded once, however often it is asked for."""

import pytest
from django.core.management import call_command

from grants.applications.models import Application
from grants.applications.services.drafts import missing
from grants.programs.models import FormRule, Question, Round


@pytest.mark.django_db
def test_seeding_again_changes_nothing(capsys):
    def counts() -> list[int]:
        return [model.objects.count() for model in (Round, Question, FormRule, Application)]

    call_command("seed_demo")
    once = counts()
    call_command("seed_demo")

    assert counts() == once
    port = Round.objects.get(slug="porting-2026-1")
    assert port.form.rules.count() == 3
    draft = Application.objects.get(round=port)
    assert sorted(key for key in missing(draft) if key in draft.answers) == ["costs", "way"]
