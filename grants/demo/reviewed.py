"""Rounds in review, of any size, whose truth is known: for the board, and to try calibration on."""

from random import Random

from grants.accounts.models import User
from grants.demo.crowd import make_applicants, make_applications
from grants.demo.judging import Truth, judge, make_reviewers
from grants.demo.rounds import CATEGORIES, MILESTONES, new_round
from grants.programs.models import Criterion, PlannedMilestone, Program, Question, Round, Section
from grants.programs.services import begin_review, close_round, open_round

SMALL = {
    "slug": "spring-2026-1",
    "title_zh": "2026 年春季小额资助",
    "title_en": "Small grants, spring 2026",
    "summary_zh": "面向小团队的小额资助，评审已近尾声。",
    "summary_en": "Small grants for small teams; the reviews are nearly done.",
    "budget": "1500000.00",
    "award_min": "50000.00",
    "award_max": "400000.00",
    "reviews_wanted": 3,
    "category_question": "category",
    "days": 30,
}
BIG = SMALL | {
    "slug": "summer-2026-1",
    "title_zh": "2026 年夏季创新资助",
    "title_en": "Innovation grants, summer 2026",
    "summary_zh": "四百个项目、四十位评审，等待委员会决定。",
    "summary_en": "Four hundred projects and forty reviewers; the committee decides next.",
    "budget": "40000000.00",
    "award_max": "600000.00",
}
CROWDED = SMALL | {
    "slug": "autumn-2026-1",
    "title_zh": "2026 年秋季应用资助",
    "title_en": "Grants for apps, autumn 2026",
    "summary_zh": "申请最多的一期，正在资格审核与评审。",
    "summary_en": "The fullest round: being screened and reviewed.",
    "budget": "100000000.00",
    "award_max": "600000.00",
}
PAID = SMALL | {
    "slug": "winter-2026-1",
    "title_zh": "2026 年冬季长期资助",
    "title_en": "Long grants, winter 2026",
    "summary_zh": "按多期交付拨付的长期项目。",
    "summary_en": "Long projects, paid by many deliveries.",
    "budget": "200000000.00",
}
STATES = ["in_review"] * 6 + ["submitted"] * 2 + ["screening", "ineligible"]
SECTIONS = [
    ("要做的应用", "What you will build", ["summary", "plan", "category"]),
    ("团队介绍", "Your team", ["team_size"]),
]
QUESTIONS = {
    "summary": ("short_text", "用一句话说明这个应用", "Your app in one sentence", 80),
    "plan": ("long_text", "说明用户是谁、怎么做", "Who is it for, and how", 2000),
    "category": ("choice", "应用类别", "Category", None),
    "team_size": ("number", "团队人数", "How many people work on it", None),
}
CRITERIA = [
    ("value", "用户价值", "Value for users", 30),
    ("quality", "技术质量", "Technical quality", 25),
    ("novelty", "创新性", "Novelty", 20),
    ("team", "团队能力", "Team", 15),
    ("budget", "预算合理性", "Budget", 10),
]


def make_reviewed_round(
    words: dict, program: Program, *, by: User, applications: int, reviewers: int, seed: int = 2026
) -> Truth | None:
    """The round with all of it, made once; None where it is there already.

    What chance made of quality and severity is in what this returns, and nowhere else.
    """
    if Round.objects.filter(slug=words["slug"]).exists():
        return None
    random = Random(seed)  # noqa: S311  (a demo, no secret)
    round = open_small_round(program, words, by=by)
    organisations = make_applicants(applications, random)
    cases = make_applications(round, organisations, ["in_review"] * applications, random)
    close_round(round, by=by)
    begin_review(round, by=by)
    return judge(round, cases, make_reviewers(reviewers), by=by, random=random)


def make_crowd(program: Program, count: int, *, by: User) -> int:
    """A closed round of so many applications without reviews, made once; returns how many."""
    if count < 1 or Round.objects.filter(slug=CROWDED["slug"]).exists():
        return 0
    random = Random(count)  # noqa: S311  (a demo, no secret)
    round = open_small_round(program, CROWDED, by=by)
    states = random.choices(STATES, k=count)
    make_applications(round, make_applicants(count, random), states, random)
    close_round(round, by=by)
    return count


def open_small_round(program: Program, words: dict, *, by: User) -> Round:
    """Open, with a short form without files and five criteria."""
    round = new_round(program, words, by)
    _add_form(round)
    return open_round(round, by=by)


def _add_form(round: Round) -> None:
    for number, (title_zh, title_en, keys) in enumerate(SECTIONS, start=1):
        section = Section.objects.create(
            form=round.form, title_zh=title_zh, title_en=title_en, position=number
        )
        for position, key in enumerate(keys, start=1):
            kind, label_zh, label_en, limit = QUESTIONS[key]
            Question.objects.create(
                section=section,
                key=key,
                kind=kind,
                label_zh=label_zh,
                label_en=label_en,
                max_length=limit,
                is_required=True,
                options=CATEGORIES if kind == "choice" else [],
                position=position,
            )
    for position, (key, zh, en, weight) in enumerate(CRITERIA, start=1):
        Criterion.objects.create(
            round=round, key=key, label_zh=zh, label_en=en, weight=weight, position=position
        )
    for position, (title_zh, title_en, share, days) in enumerate(MILESTONES, start=1):
        PlannedMilestone.objects.create(
            round=round,
            title_zh=title_zh,
            title_en=title_en,
            share=share,
            due_after_days=days,
            position=position,
        )
