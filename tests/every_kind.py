"""A round whose form asks a question of every kind, in two sections, the second with conditions."""

from grants.applications.models import Application
from grants.applications.services.drafts import start
from grants.programs import services as programs
from grants.programs.models import Round
from tests import cast
from tests.forms import question, section, store, when

WORDS = {
    "group": ("团队成员", "People in the team"),
    "budget": ("预算", "Budget"),
    "plan": ("里程碑计划", "Milestones"),
    "app": ("您的应用", "Your apps"),
    "choices": ("支持哪些设备", "Which devices do you support"),
    "long_text": ("您要做什么", "What will you make"),
    "yes_no": ("已经上架了吗", "Is it in a store yet"),
    "link": ("商店地址", "Address in the store"),
}


def asked(key: str, kind: str, **columns):
    zh, en = WORDS[kind]
    return question(key, kind, label_zh=zh, label_en=en, **columns)


def round_of_every_kind(slug: str = "every-kind", **columns) -> Round:
    found = Round.objects.filter(slug=slug).first()
    if found:
        return found
    round = cast.draft_round(slug, **columns)
    store(
        round.form,
        [
            *section(
                1,
                asked("about", "long_text", max_length=60, limit_unit="words"),
                asked("devices", "choices"),
                asked("listed", "yes_no"),
                asked("address", "link", show_when=when("listed", "equals", "yes")),
            ),
            *section(
                2,
                asked("people", "group", most_rows=3),
                asked("apps", "app", most_rows=3, is_required=False),
                asked("budget", "budget", most_rows=20),
                asked("steps", "plan", most_rows=6),
            ),
        ],
    )
    return programs.open_round(round, by=cast.person("officer"))


def draft(owner: str = "applicant", **columns) -> Application:
    return start(round_of_every_kind(**columns), cast.individual(owner), by=cast.person(owner))
