"""The signature, and where in an answer it looks. The vectors were made with `openssl dgst`."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.payouts.rails import rsa2

KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjz17Ugt2NXgHJ8oiDSXvgPiSiHoIfjZyMQLa/0OD"
    "Lzj97R9xV3D5WZjO5nT0EXBJIl02bDJ3Tj4Iho8nu/gDynCW7aUw7NA5ocpeDLMBu0YmtT8GAOv/iFOgFYx/"
    "Yw0wVh7TYUTutZGMTj1aIXt8kZU7zFfrD8bowaEP42g8ng1uziFbU4obG+aAyF9wM5RIZvZR77kfjJKDrefB"
    "HLO7uF4McBSY0QSO34rsp+W9RN5aVYWKRx5wQdB9rkSS/NenEtxYcpT3TT6cKl6hsbaNyDYfBofccB0P+SIh"
    "QrqiIdM5hyyjwd+pr1aq6T2I1R0Lma/SP9ckFGMM9ISxscFsPwIDAQAB"
)
RAW = '{"code":"10000","msg":"成功 } \\" {"}'.encode()
BY_OPENSSL = (
    "hW3rVzwX61aL6WjTAbeKw+40X9NQtUZs9RV6vvPLmzY7pUqbdnYDrc4z5jMpRAsa+6s8nuZW14lKuQmPwubK"
    "Z1uyZCDWx6nMWyzXYVXyLNEz64u0dnb8Clu7A7goOSi5+3NvIxRtKCskvPWOr9rOe+JtLi4Pcg4xnrUP/4ij"
    "X7wsPBMz8JD+UBYdMJTHQhwb9Yfe7JC1pe8PwmOsKROjmJxdk4NKmc7uKafd469tqngHerPOAfYbn4HUNq1P"
    "pK6se+Qt8J5XO4M7My4CV64DPESK2oYmKg8sqRf3fhFmjg1LptSvRNaDFll7Q/p7n9WwOq0jmVpGZw/M3Zxa"
    "Iyq/6Q=="
)
BY_OPENSSL_WITH_SHA1 = (
    "OQHThlywvbAV/RFLbi6WQpZ6lK1YHL+85lTIkzpAKVWnLKI7erj+Urt1b1XaJAmwVT2kqay7jGWF55m+ijCS"
    "B8hOkGupGplIuc0DHYuh+fWPYJ1+gEYAmSpu1BKNrO3XfzuD+emVkg/aj4okNbApyS+2rKm7qOY5LN3wyeqV"
    "J/lwX9VnWrozUZMS0naAceLx4w8rjtphC7lp8vetd4trlw27QUKawdVBm/NcsLz4DDqLHsQTf87/xkwV6sDN"
    "cBgsqLQCEXZk6AWbm+uahZB1yhR5PiMPEfUoseiZ+j4Vb8JHif0fc3JDE6f0R5E+XFU44RdcJqNPRZhmRcap"
    "mh2PKQ=="
)
QUICK = settings(max_examples=60, deadline=None)
NODE = "alipay_fund_trans_uni_transfer_response"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_canonical_sorts_and_drops_sign_and_empty_values_and_encodes_nothing():
    params = {"sign": "x", "b": "1&=+ 成", "a": "", "sign_type": "RSA2", "app_id": "2"}
    assert rsa2.canonical(params) == "app_id=2&b=1&=+ 成&sign_type=RSA2"


def test_verify_agrees_with_openssl():
    assert rsa2.verify(RAW, BY_OPENSSL, rsa2.public_key(KEY.encode()))


@pytest.mark.parametrize(
    "signature",
    [BY_OPENSSL_WITH_SHA1, BY_OPENSSL[:-4], "A" + BY_OPENSSL[1:], BY_OPENSSL + "!", "", "成功"],
    ids=["sha1", "short", "changed", "not base64", "empty", "not ascii"],
)
def test_verify_refuses_any_other_signature(signature):
    assert not rsa2.verify(RAW, signature, rsa2.public_key(KEY.encode()))


def test_verify_refuses_changed_bytes():
    assert not rsa2.verify(
        RAW.replace(b"10000", b"10001"), BY_OPENSSL, rsa2.public_key(KEY.encode())
    )


def test_verify_refuses_pss(key):
    padded = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    signature = base64.b64encode(key.sign(RAW, padded, hashes.SHA256())).decode()
    assert not rsa2.verify(RAW, signature, key.public_key())


@QUICK
@given(raw=st.binary(max_size=200))
def test_what_sign_makes_verifies_and_for_nothing_else(key, raw):
    signature = rsa2.sign(raw, key)
    assert rsa2.verify(raw, signature, key.public_key())
    assert not rsa2.verify(raw + b"\0", signature, key.public_key())


@pytest.mark.parametrize("form", ["TraditionalOpenSSL", "PKCS8"])
@pytest.mark.parametrize("coding", ["PEM", "DER"])
def test_private_key_reads_pem_and_bare_base64(key, form, coding):
    text = key.private_bytes(
        getattr(serialization.Encoding, coding),
        getattr(serialization.PrivateFormat, form),
        serialization.NoEncryption(),
    )
    text = base64.encodebytes(text) if coding == "DER" else text
    assert rsa2.private_key(text).private_numbers() == key.private_numbers()


@pytest.mark.parametrize(
    "weak",
    [
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
        ec.generate_private_key(ec.SECP256R1()),
    ],
    ids=["1024 bits", "elliptic"],
)
def test_keys_of_another_kind_are_refused(weak):
    private = weak.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = weak.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(ValueError, match="at least 2048 bits"):
        rsa2.private_key(private)
    with pytest.raises(ValueError, match="at least 2048 bits"):
        rsa2.public_key(public)


@pytest.mark.parametrize(
    "raw",
    [
        '{"msg":"a } b"}',
        '{"msg":"a \\" } b"}',
        '{"msg":"\\\\"}',
        '{"msg":"\\u6210","x":[{"y":{}}]}',
        '{ "msg" : "成功" ,\n "n" : 0.10 }',
        '{"NODE":{"code":"1"},"sign":"inner"}'.replace("NODE", NODE),
        "{}",
    ],
)
def test_opened_takes_the_bytes_as_they_were_sent(raw):
    body = f'{{ "{NODE}" : {raw} , "sign":"s\\/g=" }}\r\n'.encode()
    envelope = rsa2.opened(body, [NODE, "error_response"])
    assert (envelope.node, envelope.raw, envelope.sign) == (NODE, raw.encode(), "s/g=")


def test_opened_takes_the_sign_from_before_the_node_and_no_sign_as_empty():
    assert rsa2.opened(f'{{"sign":"s","{NODE}":{{}}}}'.encode(), [NODE]).sign == "s"
    assert rsa2.opened(f'{{"{NODE}":{{}}}}'.encode(), [NODE]).sign == ""


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "<html></html>",
        '{"sign":"s"}',
        '{"other_response":{},"sign":"s"}',
        '{"NODE":{"code":"1"',
        '{"NODE":{}',
        '{"NODE":{},}',
        '{"NODE":{}}{}',
        '{"NODE":{},"NODE":{"code":"10000"},"sign":"s"}',
        '{"NODE":{},"error_response":{},"sign":"s"}',
        '{"NODE":{},"sign":"a","sign":"b"}',
        '{"NODE":"text","sign":"s"}',
        '{"NODE":{},"sign":1}',
        '{"x":"\\"NODE\\":{}","sign":"s"}',
        '{"x":{"NODE":{}},"sign":"s"}',
        '{1:{},"sign":"s"}',
        '{"NODE":{"n":' + "9" * 5000 + "}}",
        '{"NODE":' + '{"a":' * 100_000,
    ],
)
def test_opened_refuses_what_is_not_one_answer(body):
    with pytest.raises(ValueError, match=r"\w"):
        rsa2.opened(body.replace("NODE", NODE).encode(), [NODE, "error_response"])


def test_opened_refuses_other_bytes_than_utf8():
    with pytest.raises(ValueError, match="utf-8"):
        rsa2.opened(f'{{"{NODE}":{{"msg":"成功"}},"sign":"s"}}'.encode("gbk"), [NODE])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@QUICK
@given(
    fields=st.dictionaries(st.text(), JSON), escaped=st.booleans(), indent=st.none() | st.just(1)
)
def test_opened_finds_any_object_whole(fields, escaped, indent):
    raw = json.dumps(fields, ensure_ascii=escaped, indent=indent).encode("utf-8")
    envelope = rsa2.opened(b'{"%s":%s,"sign":"s"}' % (NODE.encode(), raw), [NODE])
    assert (envelope.raw, envelope.fields) == (raw, fields)


@QUICK
@given(body=st.binary() | st.text().map(str.encode))
def test_opened_raises_nothing_but_value_error(body):
    with pytest.raises(ValueError, match=r"\w"):
        rsa2.opened(body, [NODE])
