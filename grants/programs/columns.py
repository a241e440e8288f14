"""The columns of questions whose answers are rows."""

from decimal import Decimal, InvalidOperation

from grants.programs.models import Question, QuestionKind

ROW_KINDS = (QuestionKind.GROUP, QuestionKind.BUDGET, QuestionKind.PLAN, QuestionKind.APP)
COLUMN_KINDS = (
    QuestionKind.SHORT_TEXT,
    QuestionKind.LONG_TEXT,
    QuestionKind.NUMBER,
    QuestionKind.MONEY,
    QuestionKind.CHOICE,
    QuestionKind.YES_NO,
    QuestionKind.DATE,
    QuestionKind.LINK,
)
TEXTS = ("label_zh", "label_en", "help_zh", "help_en", "pattern_hint_zh", "pattern_hint_en")
LIMITS = ("is_required", "max_length", "min_length", "limit_unit", "pattern", "options")
WHOLE_SHARE = Decimal(100)
PACKAGE = r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+"
PERCENT = r"[0-9]{1,3}(?:\.[0-9]{1,2})?"
CATEGORIES = [
    {"value": "tools", "zh": "工具", "en": "Tools"},
    {"value": "productivity", "zh": "办公效率", "en": "Productivity"},
    {"value": "social", "zh": "社交通讯", "en": "Social and messaging"},
    {"value": "video", "zh": "影音", "en": "Video and music"},
    {"value": "games", "zh": "游戏", "en": "Games"},
    {"value": "education", "zh": "教育", "en": "Education"},
    {"value": "finance", "zh": "金融", "en": "Finance"},
    {"value": "shopping", "zh": "购物", "en": "Shopping"},
    {"value": "travel", "zh": "出行与生活服务", "en": "Travel and local services"},
    {"value": "health", "zh": "健康", "en": "Health"},
    {"value": "other", "zh": "其他", "en": "Other"},
]


def columns_of(question: Question) -> list[Question]:
    """The columns as questions that are not saved; none for a kind that has no rows."""
    if question.kind == QuestionKind.GROUP:
        return [_column(column) for column in question.columns]
    return [Question(**column) for column in FIXED.get(question.kind, [])]


def _column(column: dict) -> Question:
    limits = {name: column[name] for name in (*TEXTS, *LIMITS) if name in column}
    return Question(
        key=column["key"],
        kind=column["kind"],
        least=_decimal(column.get("least")),
        most=_decimal(column.get("most")),
        **limits,
    )


def _decimal(written) -> Decimal | None:
    try:
        return None if written in (None, "") else Decimal(str(written))
    except InvalidOperation:
        return None


def _fixed(key: str, kind: str, zh: str, en: str, **more) -> dict:
    return {"key": key, "kind": kind, "label_zh": zh, "label_en": en, **more}


def _percent(key: str, zh: str, en: str, least: str) -> dict:
    return _fixed(
        key,
        QuestionKind.NUMBER,
        zh,
        en,
        least=Decimal(least),
        most=WHOLE_SHARE,
        pattern=PERCENT,
        pattern_hint_zh="请填写百分数，最多两位小数，例如 12.5。",
        pattern_hint_en="Enter percent with at most two decimals, such as 12.5.",
    )


FIXED: dict[str, list[dict]] = {
    QuestionKind.BUDGET: [
        _fixed("item", QuestionKind.SHORT_TEXT, "项目", "Item", max_length=120),
        _fixed("amount", QuestionKind.MONEY, "金额（元）", "Amount (CNY)"),
        _fixed(
            "note", QuestionKind.SHORT_TEXT, "说明", "Note", max_length=300, is_required=False
        ),
    ],
    QuestionKind.PLAN: [
        _fixed("title", QuestionKind.SHORT_TEXT, "里程碑", "Milestone", max_length=120),
        _fixed("due_on", QuestionKind.DATE, "完成日期", "Due date"),
        _percent("share", "占资助的比例（%）", "Share of the award (%)", "0.01"),
    ],
    QuestionKind.APP: [
        _fixed(
            "package_name",
            QuestionKind.SHORT_TEXT,
            "包名",
            "Package name",
            max_length=255,
            pattern=PACKAGE,
            pattern_hint_zh="请填写包名，例如 com.example.notes。",
            pattern_hint_en="Enter a package name such as com.example.notes.",
        ),
        _fixed("store_link", QuestionKind.LINK, "应用商店链接", "Link to the store",
               is_required=False),
        _fixed("category", QuestionKind.CHOICE, "类别", "Category", options=CATEGORIES),
        _percent("device_share", "AMOS 设备占比（%）", "Share of AMOS devices (%)", "0")
        | {"is_required": False},
    ],
}  # fmt: skip
