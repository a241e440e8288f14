"""The form of the porting round: every kind of question, conditions, rules."""

from typing import Any

from grants.accounts.models import Organisation, User
from grants.applications.models import Application
from grants.applications.services.drafts import save_answers, start
from grants.programs.models import FormRule, FormVersion, Question, Round, Section

PLATFORMS = [
    {"value": "android", "zh": "Android 应用商店", "en": "Android stores"},
    {"value": "ios", "zh": "App Store", "en": "App Store"},
    {"value": "desktop", "zh": "桌面系统", "en": "Desktop"},
    {"value": "web", "zh": "网页或小程序", "en": "Web or mini programs"},
]
APPROACHES = [
    {"value": "native", "zh": "按 AMOS 原生重写", "en": "Rewritten natively for AMOS"},
    {"value": "framework", "zh": "使用跨平台框架", "en": "With a cross-platform framework"},
    {"value": "layer", "zh": "通过兼容层运行", "en": "Through the compatibility layer"},
]
ROLES = [
    {"value": "lead", "zh": "负责人", "en": "Lead"},
    {"value": "developer", "zh": "开发", "en": "Developer"},
    {"value": "design", "zh": "设计", "en": "Designer"},
    {"value": "test", "zh": "测试", "en": "Tester"},
]
MEMBERS = [
    {"key": "name", "kind": "short_text", "label_zh": "姓名", "label_en": "Name", "max_length": 40},
    {"key": "role", "kind": "choice", "label_zh": "分工", "label_en": "Role", "options": ROLES},
    {
        "key": "years",
        "kind": "number",
        "label_zh": "从业年数",
        "label_en": "Years of experience",
        "least": "0",
        "most": "60",
        "is_required": False,
    },
]


def when(question: str, value: str) -> dict:
    return {"all": [{"question": question, "is": "equals", "value": value}]}


def asked(key: str, kind: str, zh: str, en: str, **columns) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label_zh": zh, "label_en": en, **columns}


APP = [
    asked("apps", "app", "要移植的应用", "Apps to bring to AMOS", most_rows=3),
    asked("platforms", "choices", "目前已上架的平台", "Where it can be had now", options=PLATFORMS),
    asked("monthly_users", "number", "月活跃用户数", "Monthly active users", least=0,
          help_zh="最近三个月的平均值。", help_en="The mean of the last three months."),
    asked("uses_google", "yes_no", "是否依赖 Google 服务", "Does it rely on Google services"),
    asked("google_plan", "long_text", "如何替换这些服务", "How will you replace them",
          show_when=when("uses_google", "yes"), max_length=300, limit_unit="words",
          help_zh="例如推送、地图、支付。", help_en="Such as push, maps, payments."),
]  # fmt: skip
PORT = [
    asked("approach", "choice", "移植方式", "How will you port it", options=APPROACHES),
    asked("framework", "short_text", "框架名称与版本", "Framework and version",
          show_when=when("approach", "framework"), max_length=60),
    asked("layer_reason", "long_text", "为什么不做原生版本", "Why no native version",
          show_when=when("approach", "layer"), min_length=20, max_length=600),
    asked("scope", "long_text", "移植范围与技术难点", "What is ported, and what is hard about it",
          min_length=20, max_length=2000),
    asked("start_on", "date", "开工日期", "Start of work"),
    asked("launch_on", "date", "计划上架日期", "Planned launch"),
    asked("way", "plan", "里程碑计划", "Milestones", least_rows=2, most_rows=6,
          help_zh="各里程碑占比之和须为 100%。", help_en="The shares sum to 100 %."),
    asked("repository", "link", "代码仓库链接", "Link to the code", is_required=False),
]  # fmt: skip
TEAM = [
    asked("members", "group", "团队成员", "People who work on it", columns=MEMBERS, most_rows=12),
    asked("mobile", "short_text", "联系手机号", "Mobile number for questions",
          pattern=r"1[3-9]\d{9}", pattern_hint_zh="请填写 11 位手机号，例如 13800138000。",
          pattern_hint_en="Enter the 11 digits of a mobile number, such as 13800138000."),
    asked("has_partner", "yes_no", "是否与其他单位合作", "Do you work with a partner"),
]  # fmt: skip
PARTNER = [
    asked("partner", "short_text", "合作单位名称", "Name of the partner", max_length=100),
    asked("partner_code", "short_text", "合作单位统一社会信用代码", "Its credit code",
          pattern="[0-9A-HJ-NPQRTUWXY]{18}",
          pattern_hint_zh="请填写 18 位统一社会信用代码。",
          pattern_hint_en="Enter the 18 characters of its unified social credit code."),
    asked("agreement", "file", "合作协议", "Agreement with the partner"),
]  # fmt: skip
MONEY = [
    asked("costs", "budget", "预算明细", "Budget", most_rows=20,
          help_zh="合计须等于申请金额。", help_en="It sums to the amount that you ask for."),
    asked("own_funds", "money", "自筹资金（元）", "Own funds (CNY)", is_required=False,
          help_zh="没有可以不填。", help_en="Leave empty if there are none."),
    asked("proposal", "file", "移植方案", "Proposal",
          help_zh="PDF 或 Word。", help_en="PDF or Word."),
]  # fmt: skip
SECTIONS: list[tuple[str, str, dict, list[dict[str, Any]]]] = [
    ("应用概况", "The app", {}, APP),
    ("移植方案", "The port", {}, PORT),
    ("团队", "The team", {}, TEAM),
    ("合作单位", "The partner", when("has_partner", "yes"), PARTNER),
    ("预算与附件", "Budget and documents", {}, MONEY),
]
RULES = [
    ("days(start_on, launch_on) > 0", "launch_on",
     "上架日期须晚于开工日期。", "The launch comes after the start of work."),
    ("days(start_on, launch_on) <= 540", "launch_on",
     "移植须在 18 个月内完成。", "A port takes at most 18 months."),
    ("max(costs.amount) * 5 <= requested_amount * 4", "costs",
     "单项支出不得超过申请金额的 80%。",
     "No item takes more than 80 % of what you ask for."),
]  # fmt: skip


def add_porting_form(form: FormVersion) -> None:
    """Five sections; the fourth is shown to those who have a partner."""
    for number, (title_zh, title_en, show_when, questions) in enumerate(SECTIONS, start=1):
        section = Section.objects.create(
            form=form,
            title_zh=title_zh,
            title_en=title_en,
            show_when=show_when,
            position=number,
        )
        for position, columns in enumerate(questions, start=1):
            Question.objects.create(section=section, position=position, **columns)
    for position, (expression, key, zh, en) in enumerate(RULES, start=1):
        FormRule.objects.create(
            form=form,
            expression=expression,
            question_key=key,
            message_zh=zh,
            message_en=en,
            position=position,
        )


DRAFT: dict[str, Any] = {
    "apps": [
        {
            "package_name": "cn.weiguan.sky",
            "store_link": "https://store.example.com/weiguan-sky",
            "category": "education",
            "device_share": "0",
        }
    ],
    "platforms": ["android", "ios"],
    "monthly_users": "180000",
    "uses_google": "yes",
    "google_plan": "推送改用 AMOS 推送，地图改用系统地图，支付不再需要。",
    "approach": "framework",
    "framework": "Flutter 3.35",
    "costs": [
        {"item": "界面与传感器适配", "amount": "90000", "note": "两人三个月"},
        {"item": "真机测试", "amount": "40000"},
    ],
    "way": [{"title": "内测版本", "due_on": "2027-03-31", "share": "40"}],
}


def begin_port(round: Round, user: User, organisation: Organisation) -> None:
    """A draft that is half filled in, begun once."""
    if round.is_open and not Application.objects.filter(round=round, created_by=user).exists():
        application = start(round, organisation, by=user)
        save_answers(
            application,
            by=user,
            title="伟观天文移植到 AMOS",
            requested_amount="150000",
            answers=DRAFT,
        )
