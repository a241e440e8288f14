"""What architecture.md promises of the shape of the code, held against the code itself."""

import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import RequestFactory
from django.utils import translation

from grants.events import words
from grants.models import Event, EventSeal, JournalEntry, LedgerAccount, Posting, Submission
from tests import cast

ROOT = Path(settings.BASE_DIR)
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [
    {name.strip() for name in re.split(r"[|:]", layer)}
    for layer in CONTRACTS["contracts"][0]["layers"]
]
MODELS = [model for model in apps.get_app_config("grants").get_models() if model._meta.managed]
WITH_LIFE = [model for model in MODELS if hasattr(model, "lifecycle")]
WRITERS_OF_STATE = {"grants/events/services.py", "grants/notifications/services.py"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "managers", "v2"}
BULK = {"grants/demo/bulk.py"}


def sources(*roots: str, suffix: str = "py") -> list[Path]:
    found = chain.from_iterable((ROOT / root).rglob(f"*.{suffix}") for root in roots)
    return sorted(path for path in found if "migrations" not in path.parts)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def package(model) -> str:
    return model.__module__.split(".")[1]


def height(name: str) -> int:
    """Which layer a package is on: 0 is the highest."""
    return next(number for number, layer in enumerate(LAYERS) if name in layer)


def relations() -> list[tuple]:
    return [
        (model, field.related_model, field.name)
        for model in MODELS
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model._meta.app_label == "grants"
    ]


def test_every_relation_points_down_the_map():
    # Events know their actor by settings.AUTH_USER_MODEL and so without an import.
    known = {("Event", "User", "actor")}

    wrong = {
        (model.__name__, target.__name__, name)
        for model, target, name in relations()
        if height(package(model)) > height(package(target))
    }

    assert wrong == known


def test_every_package_has_its_place_on_the_map():
    found = {path.name for path in (ROOT / "grants").iterdir() if (path / "__init__.py").exists()}

    assert found - set(chain.from_iterable(LAYERS)) == {"migrations"}


def test_import_contracts_hold():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("model", WITH_LIFE, ids=lambda model: model.__name__)
def test_states_are_listed_by_a_constraint(model):
    (constraint,) = [row for row in model._meta.constraints if row.name.endswith("_state_known")]

    assert constraint.condition.children == [("state__in", model.lifecycle.states.values)]
    assert model._meta.get_field("state").default == model.lifecycle.states.values[0]


@pytest.mark.parametrize("model", WITH_LIFE, ids=lambda model: model.__name__)
def test_every_state_can_be_reached(model):
    table = model.lifecycle.table()
    reached = {model.lifecycle.states.values[0]} | {target for _source, _verb, target in table}

    assert set(model.lifecycle.states.values) - reached <= UNREACHED.get(model.__name__, set())


# States that the domain names and that no service of this release leads to, and those that a
# thing may begin in beside the first.
UNREACHED = {"Payee": {"locked"}, "BlindCheck": {"tells"}}


@pytest.mark.parametrize("model", WITH_LIFE, ids=lambda model: model.__name__)
def test_every_verb_has_words_in_both_languages(model):
    kinds = [f"{model._meta.model_name}.{verb}" for verb in sorted(model.lifecycle.all_verbs)]

    assert [kind for kind in kinds if not words.knows(kind)] == []
    with translation.override("zh-hans"):
        told = [words.told(kind) for kind in kinds]
        told += [str(label) for label in model.lifecycle.states.labels]
    assert [text for text in told if not re.search(r"[\u4e00-\u9fff]", text)] == []


RECORDED = re.compile(r"\b(?:record|advance)\(\s*([\w.()\[\]]+),\s*\"(\w+)\"", re.S)


def test_every_recorded_verb_has_words():
    """Each literal verb of `record(…)` and `advance(…)` is told by some type of thing."""
    told = {kind.partition(".")[2] for kind in words._words}
    found = {
        (named(path), verb)
        for path in sources("grants")
        for _thing, verb in RECORDED.findall(path.read_text())
    }

    assert len(found) > 50
    assert sorted(row for row in found if row[1] not in told) == []


WRITES_STATE = [
    re.compile(r"\.state\s*=(?! ')[^=]"),  # with ' it is a comparison in SQL
    re.compile(r"\.update\([^)]*\bstate\s*="),
    re.compile(r"update_fields=[^)]*[\"']state[\"']"),
    re.compile(r"bulk_update\([^)]*[\"']state[\"']"),
    re.compile(r"SET\s+state\b", re.IGNORECASE),
]


def test_advance_is_the_only_writer_of_a_state():
    wrong = [
        (named(path), match.group())
        for path in sources("grants", "fundportal")
        if named(path) not in WRITERS_OF_STATE | BULK
        for pattern in WRITES_STATE
        for match in pattern.finditer(path.read_text())
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Event, {"event_stays", "event_no_truncate", "event_awaits_its_seal"}),
        (EventSeal, {"event_seal_stays", "event_seal_no_truncate"}),
        (Submission, {"submission_stays", "submission_no_truncate", "submission_is_listed"}),
        (
            JournalEntry,
            {
                "journalentry_stays",
                "journalentry_no_truncate",
                "entry_balances",
                "entry_reverses_exactly",
            },
        ),
        (
            Posting,
            {
                "posting_stays",
                "posting_no_truncate",
                "posting_balances",
                "posting_moves_balance",
            },
        ),
        (
            LedgerAccount,
            {
                "account_no_truncate",
                "account_starts_empty",
                "account_stays",
                "balance_follows_postings",
            },
        ),
    ],
)
def test_triggers_guard_what_must_not_change(model, names):
    assert {trigger.name for trigger in model._meta.triggers} == names


def test_domains_send_no_signals_and_know_no_pages():
    domains = set(chain.from_iterable(LAYERS)) - {
        "apps", "management", "web", "api", "admin", "tasks", "models", "templatetags",
    }  # fmt: skip
    banned = (
        "django.http",
        "django.shortcuts",
        "django.contrib.messages",
        "django.db.models.signals",
    )

    wrong = [
        (named(path), name)
        for domain in sorted(domains)
        for path in sources(f"grants/{domain}")
        for name in banned
        if re.search(rf"^(from|import) {re.escape(name)}\b", path.read_text(), re.M)
    ]

    assert wrong == []


def test_doors_write_through_services_only():
    """A door neither records an event nor moves a thing along its lifecycle by itself."""
    wrong = [
        named(path)
        for path in sources("grants/web", "grants/api", "grants/admin")
        if re.search(r"from grants\.(events|ledger)\.services import", path.read_text())
    ]

    assert wrong == []


def test_no_float_touches_an_amount():
    wrong = [
        (model.__name__, field.name)
        for model in MODELS
        for field in model._meta.get_fields()
        if field.get_internal_type() == "FloatField"
    ]

    assert wrong == []


def test_files_say_what_they_hold():
    paths = sources("grants", "fundportal", "tests")

    assert [named(path) for path in paths if path.stem in FORBIDDEN_NAMES] == []


SET_UP_BY_OFFICERS = {"Fund", "Program", "Round", "Section"}
STOCK_OF_PEOPLE = {"User", "Group", "Organisation"}


@pytest.mark.django_db
def test_stock_admin_changes_nothing_that_happened():
    """Cases, decisions and money are moved by working pages; even a superuser edits no row."""
    request = RequestFactory().get("/admin/")
    request.user = cast.person("superuser")
    for role in ("officer", "finance", "controller", "auditor"):
        request.user.groups.add(cast.person(role).groups.get())

    writable = {
        model.__name__
        for model, page in admin.site._registry.items()
        if page.has_add_permission(request)
        or page.has_change_permission(request)
        or page.has_delete_permission(request)
    }
    deletable = {
        model.__name__
        for model, page in admin.site._registry.items()
        if page.has_delete_permission(request)
    }

    assert writable <= SET_UP_BY_OFFICERS | STOCK_OF_PEOPLE
    assert deletable & {model.__name__ for model in MODELS} <= {"Section"}
