"""The demo's fund, programs and rounds."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from grants.demo.porting import add_porting_form
from grants.programs.models import (
    Criterion,
    Fund,
    PlannedMilestone,
    Program,
    Question,
    Round,
    Section,
)
from grants.programs.services import create_program, create_round, found_fund, open_round

CAPITAL = Decimal("1000000000.00")

PROGRAMS = [
    {
        "slug": "new-apps",
        "name_zh": "新应用计划",
        "name_en": "New apps",
        "purpose_zh": "资助为 AMOS 全新开发的应用，让用户在新系统上有更多好用的选择。",
        "purpose_en": "For apps that are made new for AMOS, so that its users find more to love.",
    },
    {
        "slug": "porting",
        "name_zh": "应用移植计划",
        "name_en": "Porting to AMOS",
        "purpose_zh": "资助把已有应用移植到 AMOS，并达到原生体验。",
        "purpose_en": "For bringing apps that people use already to AMOS, with a native feel.",
    },
]

ROUNDS = [
    {
        "program": "new-apps",
        "slug": "new-apps-2026-2",
        "title_zh": "2026 年第二期 · 新应用",
        "title_en": "New apps 2026, round 2",
        "summary_zh": "面向为 AMOS 开发新应用的公司与个人开发者。单个项目资助 5 万至 200 万元，"
        "按里程碑分期拨付。评审看用户价值、技术质量和团队能力。",
        "summary_en": "For companies and individual developers who make a new app for AMOS."
        " Between ¥50,000 and ¥2,000,000 a project, paid by milestones. Reviewers look at the value"
        " for users, technical quality, and the team.",
        "budget": "120000000.00",
        "award_min": "50000.00",
        "award_max": "2000000.00",
        "days": 45,
    },
    {
        "program": "porting",
        "slug": "porting-2026-1",
        "title_zh": "2026 年第一期 · 应用移植",
        "title_en": "Porting 2026, round 1",
        "summary_zh": "已有 10 万以上月活用户的应用，移植到 AMOS 并上架应用市场。"
        "单个项目资助 2 万至 80 万元。",
        "summary_en": "For apps with more than 100,000 monthly users that come to AMOS."
        " Between ¥20,000 and ¥800,000 a project.",
        "budget": "60000000.00",
        "award_min": "20000.00",
        "award_max": "800000.00",
        "days": 30,
    },
    {
        "program": "new-apps",
        "slug": "pilot-2026-1",
        "title_zh": "2026 年试点期 · 新应用",
        "title_en": "Pilot round 2026 · New apps",
        "summary_zh": "基金的第一期。申请已截止，评审与拨付正在进行。",
        "summary_en": "The first round of the fund: closed, with reviews and payouts under way.",
        "budget": "30000000.00",
        "award_min": "50000.00",
        "award_max": "1000000.00",
        "days": 30,
    },
]

SECTIONS = [
    ("团队介绍", "Your team", ["team", "team_size", "website"]),
    (
        "要做的应用",
        "What you will build",
        ["summary", "plan", "category", "on_other_stores", "launch_on"],
    ),
    ("预算与附件", "Budget and documents", ["own_funds", "proposal"]),
]

# key: kind, question in both languages, limit in characters
QUESTIONS = {
    "team": ("long_text", "介绍您的团队和代表作品", "Tell us about your team and its work", 800),
    "team_size": ("number", "团队人数", "How many people work on it", None),
    "website": ("link", "官网或作品链接", "Website or portfolio", None),
    "summary": ("short_text", "用一句话说明这个应用", "Your app in one sentence", 80),
    "plan": (
        "long_text",
        "说明用户是谁、解决什么问题、怎么做",
        "Who is it for, what does it solve, and how",
        2000,
    ),
    "category": ("choice", "应用类别", "Category", None),
    "on_other_stores": ("yes_no", "是否已在其他平台上架", "Is it on another platform", None),
    "launch_on": ("date", "计划上架日期", "Planned launch", None),
    "own_funds": ("money", "自筹资金（元）", "Own funds (CNY)", None),
    "proposal": ("file", "项目计划书", "Project proposal", None),
}
OPTIONAL = {"website", "own_funds"}

CATEGORIES = [
    {"value": "tools", "zh": "效率工具", "en": "Productivity"},
    {"value": "education", "zh": "教育学习", "en": "Education"},
    {"value": "health", "zh": "健康医疗", "en": "Health"},
    {"value": "games", "zh": "游戏", "en": "Games"},
    {"value": "life", "zh": "生活服务", "en": "Everyday life"},
]

HELP = {
    "proposal": ("PDF 或 Word，最大 20 MB。", "PDF or Word, up to 20 MB."),
    "own_funds": ("没有可以不填。", "Leave empty if there are none."),
}

# key: label and help in both languages, weight
CRITERIA = {
    "value": ("用户价值", "Value for users", "是否解决真实的问题。", "A real problem?", 40),
    "quality": ("技术质量", "Technical quality", "方案可行、体验出色。", "Feasible, and good?", 35),
    "team": ("团队能力", "Team", "团队能否按期完成。", "Can the team deliver in time?", 25),
}

MILESTONES = [
    ("完成内测版本", "Beta version", 30, 60),
    ("上架 AMOS 应用市场", "Listed in the AMOS store", 40, 150),
    ("稳定运行并完成总结", "Stable in use, final report", 30, 270),
]


def make_fund(by) -> Fund:
    """The fund with its capital booked, made once."""
    found = Fund.objects.filter(slug="amos").first()
    if found:
        return found
    fund = Fund(
        slug="amos",
        name_zh="AMOS 开发者基金",
        name_en="AMOS Developer Fund",
        currency="CNY",
        capital=CAPITAL,
    )
    return found_fund(fund, by=by)


def make_rounds(fund: Fund, by) -> list[Round]:
    """The programs, and a round of each that is open now."""
    programs = {}
    for words in PROGRAMS:
        program = Program.objects.filter(slug=words["slug"]).first()
        programs[words["slug"]] = program or create_program(Program(fund=fund, **words), by=by)
    return [
        Round.objects.filter(slug=words["slug"]).first()
        or make_round(programs[str(words["program"])], words, by)
        for words in ROUNDS
    ]


def make_round(program: Program, words: dict, by) -> Round:
    """One round with form, rubric and milestones, opened."""
    round = new_round(program, words, by)
    if program.slug == "porting":
        add_porting_form(round.form)
    else:
        add_form(round)
    add_rubric(round)
    return open_round(round, by=by)


def new_round(program: Program, words: dict, by) -> Round:
    """A draft that opened yesterday and closes in `days`."""
    now = timezone.localtime()
    columns = {name: value for name, value in words.items() if name not in ("program", "days")}
    for name in ("budget", "award_min", "award_max"):
        columns[name] = Decimal(columns[name])
    round = Round(
        program=program,
        opens_at=(now - timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0),
        closes_at=(now + timedelta(days=words["days"])).replace(
            hour=18, minute=0, second=0, microsecond=0
        ),
        **columns,
    )
    return create_round(round, by=by)


def add_form(round: Round) -> None:
    """Three sections with simple questions."""
    for number, (title_zh, title_en, keys) in enumerate(SECTIONS, start=1):
        section = Section.objects.create(
            form=round.form, title_zh=title_zh, title_en=title_en, position=number
        )
        for position, key in enumerate(keys, start=1):
            kind, label_zh, label_en, limit = QUESTIONS[key]
            help_zh, help_en = HELP.get(key, ("", ""))
            Question.objects.create(
                section=section,
                key=key,
                kind=kind,
                label_zh=label_zh,
                label_en=label_en,
                help_zh=help_zh,
                help_en=help_en,
                max_length=limit,
                is_required=key not in OPTIONAL,
                options=CATEGORIES if kind == "choice" else [],
                position=position,
            )


def add_rubric(round: Round) -> None:
    """Three weighted criteria and three milestones."""
    for position, (key, words) in enumerate(CRITERIA.items(), start=1):
        zh, en, help_zh, help_en, weight = words
        Criterion.objects.create(
            round=round,
            key=key,
            label_zh=zh,
            label_en=en,
            help_zh=help_zh,
            help_en=help_en,
            weight=weight,
            position=position,
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
