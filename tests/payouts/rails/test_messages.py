"""What a message says, without a gateway."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from grants.payouts.rails import RailSettingsError, codes, rail
from grants.payouts.rails.masking import masked_account, masked_name
from grants.payouts.rails.messages import judge_query, judge_transfer, transfer_content
from grants.payouts.rails.protocol import Outcome
from tests.payouts.rails.orders import order

QUICK = hypothesis_settings(max_examples=60, deadline=None)


def test_a_transfer_to_a_company_account_is_these_bytes():
    assert transfer_content(order(holder_is_company=True)) == (
        '{"biz_scene":"DIRECT_TRANSFER","order_title":"AMOS 资助款","out_biz_no":"PAY-1",'
        '"payee_info":{"bankcard_ext_info":{"account_type":"1","bank_code":"102100099996",'
        '"inst_name":"中国工商银行"},"identity":"6222021234567890123",'
        '"identity_type":"BANKCARD_NO","name":"欧阳丽娜"},'
        '"product_code":"TRANS_BANKCARD_NO_PWD","remark":"AW-1 里程碑一",'
        '"trans_amount":"120000.00"}'
    )


@QUICK
@given(amount=st.decimals("0.01", "9999999999999.99", places=2))
def test_an_amount_is_written_to_the_fen(amount):
    assert f'"trans_amount":"{amount:.2f}"' in transfer_content(order(amount=amount))


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "付款1"},
        {"number": "a" * 65},
        {"number": "PAY-1\n"},
        {"amount": 1.5},
        {"amount": Decimal("0.00")},
        {"amount": Decimal("-1.00")},
        {"amount": Decimal("0.001")},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
        {"amount": Decimal("1e40")},
        {"payee_kind": "cash"},
        {"account": ""},
        {"holder_name": ""},
        {"title": ""},
    ],
)
def test_an_order_that_no_rail_could_be_given_is_refused(wrong):
    with pytest.raises(ValueError, match="order"):
        order(**wrong)


def test_no_code_of_the_rail_means_that_it_paid():
    said = {*codes.TRANSFER.values(), *codes.QUERY.values(), *codes.GATEWAY.values()}
    assert said == {
        Outcome.UNKNOWN,
        Outcome.RETRY_LATER,
        Outcome.REFUSED,
        Outcome.STOP,
        Outcome.NOT_FOUND,
    }
    assert codes.TRANSFER["SYSTEM_ERROR"] == Outcome.UNKNOWN
    assert codes.GATEWAY["20000"] == Outcome.UNKNOWN
    assert Outcome.REFUSED not in codes.QUERY.values()
    assert Outcome.REFUSED not in codes.GATEWAY.values()


TEXTS = st.sampled_from(["10000", "40004", "20000", "40002", "FAIL", "SUCCESS", "PAY-1", "REFUND"])
NAMES = [
    "code", "sub_code", "sub_msg", "msg", "status", "out_biz_no", "trans_amount", "error_code",
]  # fmt: skip


@QUICK
@given(
    fields=st.dictionaries(
        st.sampled_from(NAMES),
        TEXTS
        | st.sampled_from(sorted(codes.TRANSFER))
        | st.none()
        | st.integers()
        | st.lists(TEXTS),
    )
)
def test_only_a_signed_success_of_this_number_is_paid(fields):
    for judge in (judge_transfer, judge_query):
        verdict = judge(fields, order())
        is_success = fields.get("code") == "10000" and fields.get("status") == "SUCCESS"
        is_ours = fields.get("out_biz_no") == "PAY-1" and fields.get("trans_amount") is None
        assert (verdict.outcome == Outcome.PAID) == (is_success and is_ours)
        if verdict.outcome == Outcome.REFUSED:
            assert fields.get("sub_code") in codes.TRANSFER or fields.get("error_code")


@pytest.mark.parametrize(
    ("account", "kept"),
    [
        ("6222021234567890123", "***************0123"),
        ("1234567", "*******"),
        ("lina@demo.example", "l***@demo.example"),
    ],
)
def test_an_account_keeps_four_digits_at_most(account, kept):
    assert masked_account(account) == kept


def test_a_name_keeps_its_first_letter_and_never_all():
    assert (masked_name("欧阳丽娜"), masked_name("李")) == ("欧***", "李*")


def test_rail_is_built_from_the_settings_once(settings, running_sandbox):
    settings.ALIPAY_GATEWAY_URL = f"{running_sandbox.url}/gateway.do"
    settings.ALIPAY_PRIVATE_KEY_FILE = str(running_sandbox.keys / "portal-private.pem")
    settings.ALIPAY_PUBLIC_KEY_FILE = str(running_sandbox.keys / "gateway-public.pem")
    assert rail("alipay") is rail("sandbox")
    assert rail("sandbox").ask("NEVER-SENT", order("NEVER-SENT")).outcome == Outcome.NOT_FOUND


def test_rail_names_the_setting_whose_key_cannot_be_used(settings, tmp_path):
    settings.ALIPAY_PRIVATE_KEY_FILE = str(tmp_path / "none.pem")
    with pytest.raises(RailSettingsError, match="ALIPAY_PRIVATE_KEY_FILE"):
        rail("alipay")
    settings.ALIPAY_PRIVATE_KEY_FILE = str(tmp_path / "wrong.pem")
    (tmp_path / "wrong.pem").write_text("no key")
    with pytest.raises(RailSettingsError, match="ALIPAY_PRIVATE_KEY_FILE"):
        rail("alipay")


def test_rail_of_an_unknown_name_is_a_lookup_error():
    with pytest.raises(LookupError):
        rail("carrier-pigeon")
