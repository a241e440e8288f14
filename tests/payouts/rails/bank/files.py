"""Files as banks send them: statements, status reports and account queries, as bytes."""

from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

OWN_ACCOUNT = "1202026719900054321"
DAY = "2026-11-24"
CAMT, PAIN = "urn:iso:std:iso:20022:tech:xsd:camt.053.", "urn:iso:std:iso:20022:tech:xsd:pain.002."
BOC_TITLES = (
    "交易类型[ Transaction Type ]", "业务类型[ Business type ]", "付款人账号[ Debit Account No. ]",
    "付款人名称[ Payer's Name ]", "收款人账号[ Payee's Account Number ]",
    "收款人名称[ Payee's Name ]", "交易日期[ Transaction Date ]", "交易货币[ Trade Currency ]",
    "交易金额[ Trade Amount ]", "交易后余额[ After-transaction balance ]",
    "交易流水号[ Transaction reference number ]", "用途[ Purpose ]", "交易附言[ Remark ]",
)  # fmt: skip


def tag(name: str, content: str, **attributes: str) -> str:
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{more}>{content}</{name}>"


def side(amount: str) -> str:
    return tag("CdtDbtInd", "DBIT" if amount.startswith("-") else "CRDT")


def entry(
    amount: str,
    number: str = "NOTPROVIDED",
    *,
    reference: str = "",
    name: str = "",
    account: str = "",
    remark: str = "",
    status: str = "BOOK",
    is_reversal: bool = False,
    day: str = DAY,
    currency: str = "CNY",
    version: str = "001.08",
) -> str:
    """One `Ntry` of a camt.053."""
    party = "Cdtr" if amount.startswith("-") else "Dbtr"
    who = tag("Nm", escape(name)) if version == "001.02" else tag("Pty", tag("Nm", escape(name)))
    related = tag(party, who) if name else ""
    related += tag(f"{party}Acct", tag("Id", tag("Othr", tag("Id", account)))) if account else ""
    details = tag("Refs", tag("EndToEndId", number))
    details += (
        tag("Amt", amount.lstrip("-"), Ccy=currency) + side(amount) if version != "001.02" else ""
    )
    details += tag("RltdPties", related) if related else ""
    details += tag("RmtInf", tag("Ustrd", escape(remark))) if remark else ""
    return tag(
        "Ntry",
        tag("Amt", amount.lstrip("-"), Ccy=currency)
        + side(amount)
        + (tag("RvslInd", "true") if is_reversal else "")
        + tag("Sts", status if version == "001.02" else tag("Cd", status))
        + tag("BookgDt", tag("Dt", day))
        + (tag("AcctSvcrRef", reference) if reference else "")
        + tag("BkTxCd", tag("Prtry", tag("Cd", "TRF")))
        + tag("NtryDtls", tag("TxDtls", details)),
    )


def balance(kind: str, amount: str, currency: str = "CNY") -> str:
    return tag(
        "Bal",
        tag("Tp", tag("CdOrPrtry", tag("Cd", kind)))
        + tag("Amt", amount.lstrip("-"), Ccy=currency)
        + side(amount)
        + tag("Dt", tag("Dt", DAY)),
    )


def camt053(
    *entries: str,
    version: str = "001.08",
    opening: str = "",
    closing: str = "",
    account: str = OWN_ACCOUNT,
    currency: str = "CNY",
) -> bytes:
    balances = balance("OPBD", opening, currency) if opening else ""
    balances += balance("CLBD", closing, currency) if closing else ""
    statement = (
        tag("Id", "ST-1")
        + tag("CreDtTm", f"{DAY}T18:00:00+08:00")
        + tag("Acct", tag("Id", tag("Othr", tag("Id", account))) + tag("Ccy", currency))
        + balances
        + "".join(entries)
    )
    header = tag("GrpHdr", tag("MsgId", "M-1") + tag("CreDtTm", f"{DAY}T18:00:00+08:00"))
    message = tag("BkToCstmrStmt", header + tag("Stmt", statement))
    return ('<?xml version="1.0"?>' + tag("Document", message, xmlns=CAMT + version)).encode()


def status(
    number: str, code: str, *, amount: str = "", reason: str = "", told: str = "", name: str = ""
) -> str:
    """One `TxInfAndSts` of a pain.002.001.10."""
    why = tag("Rsn", tag("Cd", reason)) if reason else ""
    why += tag("AddtlInf", told) if told else ""
    original = tag("Amt", tag("InstdAmt", amount, Ccy="CNY")) if amount else ""
    original += tag("Cdtr", tag("Pty", tag("Nm", name))) if name else ""
    return tag(
        "TxInfAndSts",
        tag("OrgnlEndToEndId", number)
        + tag("TxSts", code)
        + (tag("StsRsnInf", why) if why else "")
        + (tag("OrgnlTxRef", original) if original else ""),
    )


def pain002(
    *statuses: str,
    batch: str = "BAT-2026-000001",
    group: str = "",
    version: str = "001.10",
    day: str = DAY,
) -> bytes:
    head = tag("GrpHdr", tag("MsgId", "R-1") + tag("CreDtTm", f"{day}T18:00:00"))
    original = tag("OrgnlMsgId", batch) + tag("OrgnlMsgNmId", "pain.001.001.09")
    original += tag("GrpSts", group) if group else ""
    payments = tag("OrgnlPmtInfId", batch) + "".join(statuses)
    message = head + tag("OrgnlGrpInfAndSts", original)
    message += tag("OrgnlPmtInfAndSts", payments) if statuses else ""
    document = tag("Document", tag("CstmrPmtStsRpt", message), xmlns=PAIN + version)
    return document.encode()


def boc_csv(
    rows: Sequence[tuple[str, str, str, str]],
    *,
    opening: str = "1000000.00",
    encoding: str = "gbk",
    currency: str = "CNY",
    account: str = "6222021234567890128",
) -> bytes:
    """Bank of China's account query; a row is amount, name, reference and purpose."""
    balance = Decimal(opening)
    lines = [f'查询账号[ Inquirer account number ],"{OWN_ACCOUNT}\t"']
    lines += [f"总笔数[ Total number ],{len(rows)}", ",".join(BOC_TITLES)]
    for amount, name, reference, purpose in rows:
        balance += Decimal(amount)
        ours, theirs = (f"{OWN_ACCOUNT}\t", "AMOS\t"), (f"{account}\t", f"{name}\t")
        parties = [*ours, *theirs] if amount.startswith("-") else [*theirs, *ours]
        cells = ["往账", "转账支出", *parties, DAY.replace("-", "") + "\t", f"{currency}\t"]
        cells += [f"{Decimal(amount):+,.2f}", f"+{balance}", f"{reference}\t", purpose, ""]
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return ("\r\n".join(lines) + "\r\n").encode(encoding)
