"""Alipay's error codes as data: what each lets us conclude about the money. Not listed = not known.

Source: the error table of alipay.fund.trans.uni.transfer (copy of February 2020) and the gateway's
table of public return codes. Judged by code only, never by the text beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from grants.payouts.rails.protocol import Outcome

SUCCESS = "10000"
BUSINESS_FAILURE = "40004"

# The gateway's own `code`, where the business behind it was not reached or did not answer.
GATEWAY: Mapping[str, Outcome] = MappingProxyType(
    {
        "20000": Outcome.UNKNOWN,
        "20001": Outcome.STOP,
        "40001": Outcome.STOP,
        "40002": Outcome.STOP,
        "40003": Outcome.STOP,
        "40005": Outcome.RETRY_LATER,
        "40006": Outcome.STOP,
    }
)

_TRANSFER = {
    Outcome.UNKNOWN: "SYSTEM_ERROR",
    Outcome.RETRY_LATER: """
        PAYER_BALANCE_NOT_ENOUGH BALANCE_IS_NOT_ENOUGH RESOURCE_LIMIT_EXCEED
        EXCEED_LIMIT_DM_MAX_AMOUNT EXCEED_LIMIT_DM_AMOUNT EXCEED_LIMIT_MM_AMOUNT
        EXCEED_LIMIT_DC_RECEIVED INST_PAY_UNABLE
    """,
    Outcome.REFUSED: """
        PAYEE_NOT_EXIST PAYEE_ACCOUNT_NOT_EXSIT PAYEE_USER_INFO_ERROR PAYEE_CARD_INFO_ERROR
        CARD_BIN_ERROR INVALID_CARDNO PAYEE_ACC_OCUPIED PAYEE_ACCOUNT_STATUS_ERROR
        PAYEE_USERINFO_STATUS_ERROR PAYEE_NOT_RELNAME_CERTIFY PERMIT_NON_BANK_LIMIT_PAYEE
        PERM_AML_NOT_REALNAME_REV PAYER_PAYEE_CANNOT_SAME EXCEED_LIMIT_SM_AMOUNT
        EXCEED_LIMIT_SM_MIN_AMOUNT EXCEED_LIMIT_PERSONAL_SM_AMOUNT EXCEED_LIMIT_ENT_SM_AMOUNT
        EXCEED_LIMIT_UNRN_DM_AMOUNT REMARK_HAS_SENSITIVE_WORD MEMO_REQUIRED_IN_TRANSFER_ERROR
        PAYMENT_TIME_EXPIRE PAYMENT_FAIL SECURITY_CHECK_FAILED
    """,
    Outcome.STOP: """
        INVALID_PARAMETER PRODUCT_NOT_SIGN PAYER_STATUS_ERROR PAYER_CERT_EXPIRED
        NO_ACCOUNT_PAYMENT_PERMISSION PAYCARD_UNABLE_PAYMENT PERMIT_CHECK_PERM_LIMITED
        PERMIT_PAYER_FORBIDDEN INVALID_PAYER_ACCOUNT NOT_IN_WHITE_LIST MONEY_PAY_CLOSED
        PAYMENT_INFO_INCONSISTENCY
    """,
}

# The `sub_code` of a failed transfer. PAYMENT_INFO_INCONSISTENCY is our own defect: the run stops.
TRANSFER: Mapping[str, Outcome] = MappingProxyType(
    {code: outcome for outcome, codes in _TRANSFER.items() for code in codes.split()}
)

# The `sub_code` of a failed query: it is about the query; only one says something of the payment.
QUERY: Mapping[str, Outcome] = MappingProxyType(
    {
        "ORDER_NOT_EXIST": Outcome.NOT_FOUND,
        "INVALID_PARAMETER": Outcome.STOP,
        "PRODUCT_NOT_SIGN": Outcome.STOP,
    }
)

# The `status` of a payment, in either answer. A FAIL counts only with its error_code; CLOSED, INIT
# and UNKNOWN are not documented for this transfer and stay unknown.
STATUS: Mapping[str, Outcome] = MappingProxyType(
    {
        "SUCCESS": Outcome.PAID,
        "DEALING": Outcome.SENT,
        "WAIT_PAY": Outcome.SENT,
        "FAIL": Outcome.REFUSED,
        "REFUND": Outcome.RETURNED,
    }
)
