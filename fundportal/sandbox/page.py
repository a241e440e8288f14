"""The control page: one HTML document, no scripts, every text escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Any

from fundportal.sandbox.faults import CALLS, KINDS, SETTLED
from fundportal.sandbox.rows import Transfer

TONES = {"SUCCESS": "good", "DEALING": "under-way", "FAIL": "bad", "REFUND": "care"}
WORDS = {"SUCCESS": "已付", "DEALING": "处理中", "FAIL": "失败", "REFUND": "退票"}
NOBODY = "不发通知。 Notifies nobody."

PAGE = Template(
    """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>支付沙箱 · Payment sandbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --line: #dee2e6; --soft: #868e96; --card: #fff; --back: #f8f9fa;
  --text: #212529; --brand: #3b5bdb }
@media (prefers-color-scheme: dark) { :root { --line: #373a40; --soft: #a6a7ab; --card: #25262b;
  --back: #1a1b1e; --text: #e9ecef; --brand: #91a7ff } }
* { box-sizing: border-box }
body { margin: 0; padding: 24px; background: var(--back); color: var(--text);
  font: 15px/1.6 Inter, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
main { max-width: 1200px; margin: 0 auto; display: grid; gap: 16px }
main > * { min-width: 0 }
h1 { font-size: 22px; margin: 0 } h2 { font-size: 16px; margin: 0 0 12px }
p { margin: 4px 0; color: var(--soft) }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 16px }
.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px }
.sums b { display: block; font-size: 20px; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--line);
  white-space: nowrap }
th { color: var(--soft); font-weight: 500 } tr:last-child td { border-bottom: 0 }
.num { text-align: right; font-variant-numeric: tabular-nums }
.chip { padding: 1px 8px; border-radius: 8px }
.good { background: #e6fcf0; color: #0b5132 } .under-way { background: #e7f5ff; color: #0b4a7a }
.bad { background: #fff0f0; color: #8f1d1d } .care { background: #fff4e0; color: #7a4100 }
form.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  align-items: end; margin-top: 12px }
td form { margin: 0 } label { display: grid; gap: 2px; color: var(--soft); font-size: 13px }
input, select, button { font: inherit; padding: 5px 10px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--card); color: var(--text); width: 100% }
button { cursor: pointer } button.first { background: #3b5bdb; color: #fff; border-color: #3b5bdb }
:focus-visible { outline: 2px solid var(--brand); outline-offset: 1px }
td.who { white-space: normal; min-width: 220px }
td button { padding: 1px 10px } .pair { display: flex; gap: 8px; align-items: center }
.empty { padding: 12px 0 }
</style></head><body><main>
<header><h1>支付沙箱 · Payment sandbox</h1>
<p>门户之外的网关：自己的账本，可设故障。
A gateway outside the portal: its own book, faults on demand.</p>
<p>$told</p></header>
<section><h2>合计 · Totals</h2><div class="sums">$totals</div></section>
<section><h2>故障 · Faults in force</h2>$faults
<form class="fields" method="post" action="/control/faults">
<label>故障 Fault<select name="kind">$kinds</select></label>
<label>执行 Executes<select name="when"><option value="">默认 default</option>
<option value="before">不执行 not at all</option><option value="after">先执行 first</option>
</select></label>
<label>请求 Call<select name="on"><option value="">默认 default</option>$calls</select></label>
<label>次数 Next N calls<input name="count" inputmode="numeric" placeholder="∞"></label>
<label>概率 Probability<input name="probability" inputmode="decimal" placeholder="1"></label>
<label>时限 For seconds<input name="for_seconds" inputmode="decimal" placeholder="∞"></label>
<label>秒 Seconds<input name="seconds" inputmode="decimal"></label>
<label>编号 Number<input name="out_biz_no"></label>
<label>金额 Amount<input name="amount" inputmode="decimal" placeholder="120.00"></label>
<label>错误码 sub_code<input name="sub_code" placeholder="SYSTEM_ERROR"></label>
<label>之后 Then<select name="then"><option value="">默认 default</option>$settled</select></label>
<button class="first">加入 Add</button></form></section>
<section><h2>账本 · Book</h2>$book</section>
<section><form method="post" action="/control/reset">
<button>清空账本与故障 · Empty the book, remove the faults</button></form></section>
</main></body></html>
"""
)


def page(
    totals: Mapping[str, Mapping[str, Any]],
    transfers: Sequence[Transfer],
    faults: Sequence[Mapping[str, Any]],
    notify_url: str,
    answers: Mapping[str, str],
) -> str:
    """The page: the totals, the newest transfers, the faults in force, whom it tells of changes.

    `answers` is the portal's last answer to the notification of each number.
    """
    return PAGE.substitute(
        told=f"通知发往 Notifies {escape(notify_url)}"
        if notify_url
        else "不发通知。 Notifies nobody.",
        totals="".join(_sum(status, total) for status, total in totals.items())
        or '<p class="empty">还没有转账。 No transfer yet.</p>',
        faults=_table(
            ("故障 Fault", "规则 Rule", "已遇 Met", "剩余 Left", ""),
            [_fault(fault) for fault in faults],
            "没有故障。 None: it behaves.",
        ),
        kinds="".join(
            f'<option value="{kind}">{kind}: {escape(says)}</option>'
            for kind, says in KINDS.items()
        ),
        calls=_options(CALLS),
        settled=_options(SETTLED),
        book=_table(
            (
                "编号 Number",
                "时间 Time",
                "收款人 Payee",
                "金额 Amount",
                "状态 State",
                "通知 Notice",
                "",
            ),
            [_transfer(transfer, answers.get(transfer.out_biz_no)) for transfer in transfers],
            "付款到达后列于此。 Payments will be listed here.",
        ),
    )


def _options(values: Sequence[str]) -> str:
    return "".join(f"<option>{value}</option>" for value in values)


def _sum(status: str, total: Mapping[str, Any]) -> str:
    return f"<div>{_chip(status)}<b>¥{total['sum']}</b>{total['count']} 笔</div>"


def _chip(status: str) -> str:
    return f'<span class="chip {TONES[status]}">{WORDS[status]} {status}</span>'


def _table(heads: Sequence[str], rows: Sequence[str], nothing: str) -> str:
    if not rows:
        return f'<p class="empty">{nothing}</p>'
    head = "".join(f"<th>{text}</th>" for text in heads)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _fault(fault: Mapping[str, Any]) -> str:
    shown = ("when", "on", "probability", "seconds", "out_biz_no", "amount", "for_seconds")
    own = {"refuse": ("code", "sub_code"), "http": ("status",), "dealing": ("then",)}
    names = shown + own.get(fault["kind"], ())
    rule = " · ".join(
        f"{name} {fault[name]}" for name in names if fault[name] not in ("", "0", "1")
    )
    left = "∞" if fault["remaining"] is None else fault["remaining"]
    return (
        f"<tr><td>{escape(fault['kind'])}</td><td>{escape(rule)}</td>"
        f'<td class="num">{fault["met"]}</td><td class="num">{left}</td>'
        f"<td>{_button('/control/faults/remove', 'id', str(fault['id']), '移除 Remove')}</td></tr>"
    )


def _transfer(transfer: Transfer, answer: str | None) -> str:
    back = (
        _button("/control/return", "out_biz_no", transfer.out_biz_no, "退票 Return")
        if transfer.status == "SUCCESS"
        else escape(transfer.error_code)
    )
    payee = " · ".join(part for part in (transfer.name, transfer.bank, transfer.identity) if part)
    return (
        f"<tr><td>{escape(transfer.out_biz_no)}</td><td>{transfer.made_at}</td>"
        f'<td class="who">{escape(payee)}</td><td class="num">¥{transfer.amount}</td>'
        f"<td>{_chip(transfer.status)}</td>"
        f"<td>{_notice(transfer.out_biz_no, answer)}</td><td>{back}</td></tr>"
    )


def _notice(number: str, answer: str | None) -> str:
    if answer is None:
        return "—"
    again = _button("/control/notify", "out_biz_no", number, "再发 Again")
    return f'<div class="pair">{escape(answer) or "…"} {again}</div>'


def _button(action: str, name: str, value: str, text: str) -> str:
    return (
        f'<form method="post" action="{action}"><input type="hidden" name="{name}"'
        f' value="{escape(value)}"><button>{text}</button></form>'
    )
