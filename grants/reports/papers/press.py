"""Setting a PDF: plain data goes in, and the same data gives the same bytes."""

import json
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.utils.translation import get_language

from grants.core.bilingual import is_chinese

TEMPLATE = str(Path(__file__).with_name("paper.typ"))
FONTS = str(Path(pylopdf_fonts_zh_cn.sans_path()).parent)


def pdf(data: dict, *, at: datetime) -> bytes:
    """The paper in the active language, as PDF/UA-1 with its fonts inside.

    `data` reaches typst as a JSON string: nothing in it is markup. `at` is the time that the file
    says it was made.
    """
    language = "zh" if is_chinese(get_language()) else "en"
    return typst.compile(
        TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({"language": language, **data}, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=at.replace(microsecond=0),
    )
