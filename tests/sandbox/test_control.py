"""Setting faults, and the page that shows them."""

import pytest

from tests.sandbox.process import HTTP
from tests.sandbox.requests import ask, pay


def code(answer):
    return answer.get("sub_code") or answer["status"]


def codes(sandbox, count: int = 4, **more):
    return [code(pay(sandbox, f"PAY-{n}", **more)) for n in range(count)]


def test_a_fault_meets_the_next_calls_and_no_more(sandbox):
    sandbox.misbehave("refuse", sub_code="PAYMENT_FAIL", count=2)
    assert codes(sandbox) == ["PAYMENT_FAIL", "PAYMENT_FAIL", "SUCCESS", "SUCCESS"]
    assert HTTP.get(f"{sandbox.url}/control/faults").json()["faults"] == []


def test_a_fault_meets_only_its_number_and_its_amount(sandbox):
    sandbox.misbehave("refuse", sub_code="PAYMENT_FAIL", out_biz_no="PAY-1")
    sandbox.misbehave("refuse", sub_code="CARD_BIN_ERROR", amount="7.00")
    assert codes(sandbox, 3) == ["SUCCESS", "PAYMENT_FAIL", "SUCCESS"]
    assert code(pay(sandbox, "PAY-8", "7")) == "CARD_BIN_ERROR"
    assert code(ask(sandbox, "PAY-0")) == "SUCCESS"


def test_a_fault_with_a_probability_meets_some(sandbox):
    sandbox.misbehave("refuse", sub_code="PAYMENT_FAIL", probability="0.5")
    assert set(codes(sandbox, 20)) == {"SUCCESS", "PAYMENT_FAIL"}


def test_a_fault_ends_after_its_time(sandbox):
    sandbox.misbehave("refuse", sub_code="PAYMENT_FAIL", for_seconds="0.01")
    assert codes(sandbox, 1) == ["SUCCESS"]


def test_a_fault_is_removed_by_its_id(sandbox):
    first = sandbox.misbehave("refuse", sub_code="PAYMENT_FAIL")
    sandbox.misbehave("refuse", sub_code="CARD_BIN_ERROR")
    removed = HTTP.delete(f"{sandbox.url}/control/faults", params={"id": first})
    assert removed.json() == {"removed": 1}
    assert codes(sandbox, 1) == ["CARD_BIN_ERROR"]


def test_the_first_fault_wins_and_latency_joins_it(sandbox):
    sandbox.misbehave("latency", seconds="0.3")
    sandbox.misbehave("refuse", sub_code="PAYMENT_FAIL")
    sandbox.misbehave("refuse", sub_code="CARD_BIN_ERROR")
    assert codes(sandbox, 1) == ["PAYMENT_FAIL"]
    met = [fault["met"] for fault in HTTP.get(f"{sandbox.url}/control/faults").json()["faults"]]
    assert met == [1, 1, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "explode"},
        {"kind": "latency", "when": "before"},
        {"kind": "timeout", "when": "during"},
        {"kind": "timeout", "seconds": "NaN"},
        {"kind": "timeout", "seconds": "-1"},
        {"kind": "timeout", "seconds": 999999},
        {"kind": "http", "status": 200},
        {"kind": "http", "status": "x"},
        {"kind": "reset", "probability": "0"},
        {"kind": "reset", "probability": 2},
        {"kind": "reset", "count": -1},
        {"kind": "not_found", "on": "transfer"},
        {"kind": "dealing", "then": "MAYBE"},
        {"kind": "dealing", "on": "any"},
        {"kind": "reset", "colour": "red"},
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_a_sentence(sandbox, wrong):
    response = HTTP.post(f"{sandbox.url}/control/faults", json=wrong)
    assert response.status_code == 400
    assert response.json()["detail"].endswith(".")
    assert HTTP.get(f"{sandbox.url}/control/faults").json()["faults"] == []


def test_only_a_paid_transfer_comes_back_and_once(sandbox):
    pay(sandbox)
    assert sandbox.give_back("PAY-1").json()["status"] == "REFUND"
    assert sandbox.give_back("PAY-1").status_code == 409
    assert sandbox.give_back("PAY-2").status_code == 409
    assert sandbox.book()["totals"] == {"REFUND": {"count": 1, "sum": "120.00"}}


def test_the_book_says_which_bytes_came_and_what_they_met(sandbox):
    sandbox.misbehave("http", when="before", count=1)
    with pytest.raises(ValueError, match="JSON"):
        pay(sandbox)
    pay(sandbox)
    calls = sandbox.book(out_biz_no="PAY-1")["calls"]
    assert [(call["fault"], call["code"]) for call in calls] == [("http", ""), ("", "SUCCESS")]
    assert calls[0]["bytes_sha256"] == calls[1]["bytes_sha256"]


def test_the_page_shows_the_book_and_runs_no_text_of_it(sandbox):
    payee = {"identity": "a@b.example", "identity_type": "ALIPAY_LOGON_ID", "name": "<script>"}
    pay(sandbox, payee_info=payee)
    sandbox.misbehave("refuse", sub_code="<img>")
    page = HTTP.get(sandbox.url).text
    assert "PAY-1" in page
    assert "¥120.00" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page


def test_a_form_sets_a_fault_and_leads_back_to_the_page(sandbox):
    form = {"kind": "refuse", "when": "", "on": "", "count": "1", "sub_code": "PAYMENT_FAIL"}
    response = HTTP.post(f"{sandbox.url}/control/faults", data=form)
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert codes(sandbox, 2) == ["PAYMENT_FAIL", "SUCCESS"]


def test_another_site_cannot_ask_for_a_change(sandbox):
    pay(sandbox)
    foreign = {"Origin": "https://elsewhere.example"}
    assert HTTP.post(f"{sandbox.url}/control/reset", headers=foreign).status_code == 403
    assert sandbox.numbers() == ["PAY-1"]
    own = {"Origin": sandbox.url}
    assert HTTP.post(f"{sandbox.url}/control/reset", headers=own).status_code == 200
    assert sandbox.numbers() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/gateway.do", 404),
        ("GET", "/control/reset", 405),
        ("DELETE", "/control/faults?id=x", 400),
        ("GET", "/control/book?limit=x", 400),
    ],
)
def test_addresses(sandbox, method, path, status):
    assert HTTP.request(method, f"{sandbox.url}{path}").status_code == status


def test_a_body_that_is_too_long_is_refused(sandbox):
    assert HTTP.post(f"{sandbox.url}/gateway.do", content=b"x" * 1_048_577).status_code == 413
