"""Writes ISO 20022 pain.001.001.09, the customer credit transfer initiation, for accounts in China.

Accounts are `Othr/Id` (there is no IBAN), banks are named by their CNAPS code as clearing member.
Source: the message's official schema; the external code set for `CNAPS`.
"""

from collections.abc import Sequence
from datetime import date, datetime

from lxml import etree

from grants.payouts.rails.bank.orders import CURRENCY, Debtor, checked, purpose
from grants.payouts.rails.protocol import FEN, Order

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CLEARING_SYSTEM = "CNAPS"


def pain001(
    orders: Sequence[Order], *, reference: str, created: datetime, execute_on: date, debtor: Debtor
) -> bytes:
    """The message as UTF-8. Equal arguments give equal bytes.

    `reference` is the batch's (35 characters at most) and `created` aware; `EndToEndId` is the
    order's number. Raises `Refused` for orders that the schema would let through and no bank takes.
    """
    total = {"NbOfTxs": str(len(orders)), "CtrlSum": f"{checked(orders).quantize(FEN)}"}
    root = etree.Element(_named("Document"), nsmap={None: NAMESPACE})
    message = _add(root, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    _fill(header, {"MsgId": reference, "CreDtTm": created.isoformat(timespec="seconds"), **total})
    _fill(_add(header, "InitgPty"), {"Nm": debtor.name})
    payment = _add(message, "PmtInf")
    _fill(payment, {"PmtInfId": reference, "PmtMtd": "TRF", "BtchBookg": "false", **total})
    _fill(_add(payment, "ReqdExctnDt"), {"Dt": execute_on.isoformat()})
    _fill(_add(payment, "Dbtr"), {"Nm": debtor.name})
    _fill(_account(payment, "DbtrAcct", debtor.account), {"Ccy": CURRENCY})
    _agent(payment, "DbtrAgt", debtor.cnaps_code, debtor.bank_name)
    for order in orders:
        _transfer(payment, order)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _transfer(payment, order: Order) -> None:
    transfer = _add(payment, "CdtTrfTxInf")
    _fill(_add(transfer, "PmtId"), {"InstrId": order.number, "EndToEndId": order.number})
    amount = _add(_add(transfer, "Amt"), "InstdAmt")
    amount.set("Ccy", order.currency)
    amount.text = f"{order.amount.quantize(FEN)}"
    _agent(transfer, "CdtrAgt", order.cnaps_code, order.bank_name)
    _fill(_add(transfer, "Cdtr"), {"Nm": order.holder_name})
    _account(transfer, "CdtrAcct", order.account)
    _fill(_add(transfer, "RmtInf"), {"Ustrd": purpose(order)})


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent, name: str):
    return etree.SubElement(parent, _named(name))


def _fill(parent, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        _add(parent, name).text = text


def _account(parent, name: str, number: str):
    account = _add(parent, name)
    _fill(_add(_add(account, "Id"), "Othr"), {"Id": number})
    return account


def _agent(parent, name: str, cnaps_code: str, bank_name: str) -> None:
    bank = _add(_add(parent, name), "FinInstnId")
    member = _add(bank, "ClrSysMmbId")
    _fill(_add(member, "ClrSysId"), {"Cd": CLEARING_SYSTEM})
    _fill(member, {"MmbId": cnaps_code})
    if bank_name:
        _fill(bank, {"Nm": bank_name})
