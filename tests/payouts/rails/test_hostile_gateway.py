"""A gateway that sends whatever it likes: the rail says UNKNOWN and raises nothing."""

import gzip
import socket
import threading
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from grants.payouts.rails import rsa2
from grants.payouts.rails.alipay import AlipayRail
from grants.payouts.rails.protocol import Outcome
from tests.payouts.rails.orders import order

NODE = "alipay_fund_trans_uni_transfer_response"
QUERY_NODE = "alipay_fund_trans_common_query_response"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def take_request(connection: socket.socket) -> None:
    """All of it: to close with bytes unread would break the answer off."""
    with connection.makefile("rb") as file:
        heads = dict(line.split(b": ", 1) for line in iter(file.readline, b"\r\n") if b": " in line)
        file.read(int(heads[b"Content-Length"]))


@pytest.fixture
def gateway():
    """A listener that sends the given pieces to whoever connects, `pause` seconds apart."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak(pieces: list[bytes], pause: float = 0) -> str:
        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                take_request(connection)
                for piece in pieces:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/gateway.do"

    yield speak
    listener.close()


@pytest.fixture
def send(gateway, key):
    def send(pieces: list[bytes], pause: float = 0, timeout_s: float = 2):
        with AlipayRail(
            gateway=gateway(pieces, pause),
            app_id="1",
            private_key=key,
            public_key=key.public_key(),
            timeout_s=timeout_s,
        ) as rail:
            return rail.send(order())

    return send


def http(body: bytes, head: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


def signed(key, raw: str, node: str = NODE) -> bytes:
    sign = rsa2.sign(raw.encode(), key)
    return http(f'{{"{node}":{raw},"sign":"{sign}"}}'.encode())


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([], "CONNECTION_LOST"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "CONNECTION_LOST"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"], "CONNECTION_LOST"),
        ([http(b"not gzip", "Content-Encoding: gzip\r\n")], "CONNECTION_LOST"),
        ([http(b"")], "NOT_AN_ANSWER"),
        ([http(b"\xff\xfe\x00")], "NOT_AN_ANSWER"),
        ([http(b'{"%s":' % NODE.encode() + b'{"a":' * 50_000)], "NOT_AN_ANSWER"),
        ([http(b"x" * (1024 * 1024 + 1))], "NOT_AN_ANSWER"),
        (
            [http(gzip.compress(b"x" * 50_000_000), "Content-Encoding: gzip\r\n")],
            "NOT_AN_ANSWER",
        ),
        ([b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"], "HTTP_302"),
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], "HTTP_204"),
    ],
    ids=[
        "hangs up", "no http", "half", "no gzip", "empty", "no utf-8", "deep", "long", "gzip bomb",
        "redirect", "204",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_unknown(send, pieces, code):
    answer = send(pieces)
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, code)


def test_an_answer_that_drips_is_given_up_in_time(send):
    drips = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 100]
    started = time.monotonic()
    answer = send(drips, pause=0.1, timeout_s=0.5)
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "TIMEOUT")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{}", "NO_CODE"),
        ('{"code":10000,"status":"SUCCESS","out_biz_no":"PAY-1"}', "NO_CODE"),
        ('{"code":"10000","status":"SUCCESS"}', "OTHER_NUMBER"),
        ('{"code":"10000","status":"SUCCESS","out_biz_no":"PAY-2"}', "OTHER_NUMBER"),
        ('{"code":"10000","out_biz_no":"PAY-1"}', "NO_STATUS"),
        ('{"code":"10000","out_biz_no":"PAY-1","status":["SUCCESS"]}', "NO_STATUS"),
        ('{"code":"10000","out_biz_no":"PAY-1","status":"CLOSED"}', "CLOSED"),
        ('{"code":"10000","out_biz_no":"PAY-1","status":"success"}', "success"),
        ('{"code":"10000","out_biz_no":"PAY-1","status":"FAIL"}', "FAIL_WITHOUT_CODE"),
        (
            '{"code":"10000","out_biz_no":"PAY-1","status":"FAIL","error_code":"SYSTEM_ERROR"}',
            "SYSTEM_ERROR",
        ),
        (
            '{"code":"10000","out_biz_no":"PAY-1","status":"SUCCESS","trans_amount":120000.01}',
            "OTHER_AMOUNT",
        ),
        (
            '{"code":"10000","out_biz_no":"PAY-1","status":"SUCCESS","trans_amount":"sNaN"}',
            "OTHER_AMOUNT",
        ),
        ('{"code":"40004","sub_code":{"a":1}}', "40004"),
        ('{"code":"40004","sub_msg":"PAYEE_NOT_EXIST"}', "40004"),
        ('{"code":"99999","sub_code":"PAYEE_NOT_EXIST"}', "PAYEE_NOT_EXIST"),
    ],
)
def test_a_signed_answer_outside_the_documents_is_unknown(send, key, raw, code):
    answer = send([signed(key, raw)])
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, code)


def test_an_answer_to_another_question_is_unknown(send, key):
    paid = '{"code":"10000","out_biz_no":"PAY-1","status":"SUCCESS"}'
    answer = send([signed(key, paid, QUERY_NODE)])
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "NOT_AN_ANSWER")


def test_a_signed_answer_outside_its_signature_is_not_read(send, key):
    raw = '{"code":"40004","sub_code":"SYSTEM_ERROR"}'
    sign = rsa2.sign(raw.encode(), key)
    paid = '{"code":"10000","out_biz_no":"PAY-1","status":"SUCCESS"}'
    answer = send([http(f'{{"{NODE}":{paid},"x":{raw},"sign":"{sign}"}}'.encode())])
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "BAD_SIGNATURE")


def test_what_a_database_cannot_store_is_replaced(send, key):
    nested = '{"a":' * 200 + '"x"' + "}" * 200
    raw = f'{{"code":"40004","sub_code":"A\\u0000B","sub_msg":"\\ud800","deep":{nested}}}'
    answer = send([signed(key, raw)])
    assert (answer.outcome, answer.code, answer.message) == (Outcome.UNKNOWN, "A�B", "?")
    assert "\0" not in str(answer.response)
    assert "…" in str(answer.response)
