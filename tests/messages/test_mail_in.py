"""Mail in, page out: an answer arrives in its case; everything else is dropped and logged."""

import io
import logging
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from grants.accounts.models import User
from grants.accounts.services import add_member, change_role
from grants.messages.addresses import BadToken, read_address, reply_address
from grants.messages.mail import MOST_BYTES
from grants.messages.models import Message
from grants.messages.quoted import MARK
from grants.messages.services.receiving import MOST_IN_AN_HOUR, NotTaken, receive
from grants.messages.services.writing import write_message
from tests import cast
from tests.messages.post import answer, mail
from tests.together import together

pytestmark = pytest.mark.django_db
TOKEN = "inbound-" + "x1y2z3" * 6


@pytest.fixture(autouse=True)
def _mail_is_received(settings):
    settings.REPLY_ADDRESS = "reply@fund.example.org"
    settings.INBOUND_MAIL_TOKEN = TOKEN


@pytest.fixture
def conversation():
    return write_message(
        cast.submitted(), by=cast.person("officer"), text="请补充预算。"
    ).conversation


def texts() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


def dropped(raw: bytes) -> str:
    """The code of the reason; nothing was added."""
    before = Message.objects.count()
    with pytest.raises(NotTaken) as why:
        receive(raw)
    assert Message.objects.count() == before
    return why.value.code


def test_answer_arrives_without_what_it_quotes(conversation):
    text = f"预算已补充。\n\n在 2026年11月25日，AMOS <reply@x.y> 写道：\n> {MARK}\n> 请补充预算。"

    message = receive(answer(conversation, cast.person(), text))

    assert (message.text, message.via, message.is_from_fund) == ("预算已补充。", "mail", False)
    conversation.refresh_from_db()
    assert conversation.state == "waits"


def test_officer_answers_by_mail_too(conversation):
    message = receive(answer(conversation, cast.person("officer"), "收到。"))

    assert (message.author, message.is_from_fund) == (cast.person("officer"), True)


def test_same_mail_comes_in_once(conversation):
    raw = answer(conversation, cast.person())

    assert receive(raw) == receive(raw)
    assert texts() == ["请补充预算。", "好的，谢谢。"]


@pytest.mark.django_db(transaction=True)
def test_same_mail_at_the_same_moment_comes_in_once(conversation):
    raw = answer(conversation, cast.person())

    together(*[lambda: receive(raw)] * 4)

    assert texts() == ["请补充预算。", "好的，谢谢。"]


@pytest.mark.parametrize(
    ("charset", "subtype", "body"),
    [
        ("gb2312", "plain", "好的，㎡ 谢谢。"),
        ("gb18030", "plain", "好的，谢谢。"),
        ("utf-8", "html", "<div>好的，<b>谢谢</b>。</div><blockquote>旧</blockquote>"),
        ("no-such-charset", "plain", "好的，谢谢。"),
    ],
)
def test_charsets_and_html_of_chinese_programs_are_read(conversation, charset, subtype, body):
    head = (
        f"From: {cast.person().email}\r\nTo: {reply_address(conversation.pk, cast.person().pk)}\r\n"
        f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n"
    )
    coding = {"gb2312": "gb18030", "no-such-charset": "utf-8"}.get(charset, charset)

    message = receive(head.encode() + b"\r\n" + body.encode(coding))

    assert message.text in ("好的，谢谢。", "好的，㎡ 谢谢。")


def test_attachments_are_named_and_not_taken(conversation):
    person = cast.person()
    message = mail(reply_address(conversation.pk, person.pk), person.email)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="预算.pdf")
    message.add_attachment(b"x", maintype="text", subtype="html", filename="../../x.html")

    kept = receive(bytes(message))

    assert kept.attachments == ["预算.pdf", "../../x.html"]
    assert kept.conversation.application.documents.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<a.b>"},
        {"Return_Path": "<>"},
    ],
    ids=str,
)
def test_machines_are_not_listened_to(conversation, headers):
    assert dropped(answer(conversation, cast.person(), **headers)) == "AUTOMATIC"


def test_mail_of_another_sender_is_dropped(conversation):
    to = reply_address(conversation.pk, cast.person().pk)

    assert dropped(bytes(mail(to, "other@test.example"))) == "OTHER_SENDER"
    assert dropped(bytes(mail(to, cast.person("officer").email))) == "OTHER_SENDER"


def test_wrong_and_old_tokens_are_dropped(conversation, settings):
    person = cast.person()
    right = reply_address(conversation.pk, person.pk)
    altered = right.replace(f"+{conversation.pk}-", f"+{conversation.pk + 1}-")
    local, _at, domain = right.partition("@")
    settings.SECRET_KEY = "another " * 8
    foreign = reply_address(conversation.pk, person.pk)
    settings.SECRET_KEY = "and another " * 8
    wrong = [altered, f"{local[:-1]}@{domain}", foreign, "reply@fund.example.org", "reply+@x.y"]

    codes = {dropped(bytes(mail(to, person.email))) for to in wrong}

    assert codes == {"BAD_TOKEN"}


def test_token_ends_after_ninety_days(conversation, monkeypatch):
    address = reply_address(conversation.pk, cast.person().pk)
    day = timezone.localdate()
    assert len(address.partition("@")[0]) <= 64
    assert read_address(address.upper()) == (conversation.pk, cast.person().pk)

    for later, holds in ((90, True), (91, False)):
        clock = SimpleNamespace(localdate=lambda later=later: day + timedelta(days=later))
        monkeypatch.setattr("grants.messages.addresses.timezone", clock)
        try:
            read_address(address)
        except BadToken:
            assert holds is False
        else:
            assert holds is True


def test_who_left_or_only_reads_now_may_not_write(conversation):
    organisation = conversation.application.organisation
    friend = cast.person("friend")
    membership = add_member(organisation, by=cast.person(), email=friend.email, role="editor")
    raw = answer(conversation, friend)
    change_role(membership, by=cast.person(), role="viewer")
    assert dropped(raw) == "MAY_NOT"
    membership.delete()
    assert dropped(raw) == "MAY_NOT"
    User.objects.filter(pk=friend.pk).update(is_active=False)
    assert dropped(raw) == "BAD_TOKEN"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"From: a@b.c, d@e.f\r\nTo: x@y.z\r\n\r\nhi",
        b"no header at all",
        b"From: \r\n" * 1000,
        b"Content-Type: multipart/mixed; boundary=x\r\nFrom: a@b.c\r\n\r\n--x" * 50,
        b"From: =?utf-8?b?////?= <a@b.c>\r\nTo: <<>>\r\n\r\n",
    ],
)
def test_what_is_no_mail_is_dropped(conversation, raw):
    assert dropped(raw) in ("NOT_READABLE", "BAD_TOKEN")


def test_mail_without_own_words_and_too_big_ones_are_dropped(conversation):
    assert dropped(answer(conversation, cast.person(), f"{MARK}\n旧")) == "EMPTY"
    assert dropped(b"x" * (MOST_BYTES + 1)) == "TOO_BIG"


def test_loop_ends(conversation):
    person = cast.person()
    for number in range(MOST_IN_AN_HOUR):
        receive(answer(conversation, person, f"n {number}", message_id=f"<{number}@x>"))

    assert dropped(answer(conversation, person, "more", message_id="<m@x>")) == "LOOP"


def test_without_the_setting_nothing_is_received(conversation, settings):
    raw = answer(conversation, cast.person())
    settings.REPLY_ADDRESS = ""

    assert reply_address(1, 1) == ""
    assert dropped(raw) == "OFF"


def test_long_mail_is_cut_and_says_so(conversation):
    message = receive(answer(conversation, cast.person(), "好" * 6000))

    assert (len(message.text), message.text[-3:]) == (5000, "[…]")


def pipe(raw: bytes, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("receive_mail")


def test_pipe_takes_a_mail_and_drops_others_without_an_answer(
    conversation, monkeypatch, caplog, capsys
):
    caplog.set_level(logging.INFO)
    pipe(answer(conversation, cast.person()), monkeypatch)
    pipe(bytes(mail("reply+x@fund.example.org", "a@b.c")), monkeypatch)

    assert texts() == ["请补充预算。", "好的，谢谢。"]
    assert [record.levelname for record in caplog.records if "mail" in record.message] == [
        "INFO",
        "WARNING",
    ]
    assert capsys.readouterr() == ("", "")


def test_address_of_the_portal_takes_raw_mails_with_its_token(client, conversation):
    raw = answer(conversation, cast.person())

    def posted(body: bytes, **headers) -> int:
        return client.post("/mail/in/", body, "message/rfc822", headers=headers).status_code

    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert posted(raw) == posted(raw, Authorization="Bearer x") == 404
    assert len(texts()) == 1
    assert posted(raw, **bearer) == posted(b"nonsense", **bearer) == 204
    assert posted(b"x" * (MOST_BYTES + 1), **bearer) == 413
    assert client.get("/mail/in/").status_code == 405
    assert texts() == ["请补充预算。", "好的，谢谢。"]


def test_address_does_not_exist_without_a_token(client, settings):
    settings.INBOUND_MAIL_TOKEN = ""

    response = client.post(
        "/mail/in/", b"x", "message/rfc822", headers={"Authorization": "Bearer "}
    )

    assert response.status_code == 404


def test_nested_mail_does_no_harm(conversation):
    inner = EmailMessage()
    inner.set_content("x")
    for _depth in range(60):
        outer = EmailMessage()
        outer.add_attachment(inner)
        inner = outer
    inner["From"] = cast.person().email
    inner["To"] = reply_address(conversation.pk, cast.person().pk)

    assert dropped(bytes(inner)) in ("EMPTY", "NOT_READABLE")
