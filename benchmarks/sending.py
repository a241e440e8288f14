"""Sending: the workers' loop against a bare one that signs and posts, and writes nothing."""

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.db import connections

from benchmarks.run import Line, analyze, timed
from fundportal.supervisor import WORKER_PROCESSES
from grants.payouts.models import PaymentAttempt
from grants.payouts.rails import messages, rsa2
from grants.payouts.services import sending
from tests import cast
from tests.sandbox.process import Sandbox
from tests.seeding import due_payouts

COUNT = 5_000
FORK = multiprocessing.get_context("fork")


def send_all() -> None:
    while sending.send_prepared():
        continue


def post_all(contents: list[str]) -> None:
    key = rsa2.private_key(Path(settings.ALIPAY_PRIVATE_KEY_FILE).read_bytes())
    with httpx.Client(timeout=10, trust_env=False) as client:
        for content in contents:
            params = {
                "app_id": settings.ALIPAY_APP_ID,
                "biz_content": content,
                "charset": "utf-8",
                "format": "JSON",
                "method": messages.TRANSFER,
                "sign_type": "RSA2",
                "timestamp": "2026-11-25 12:00:00",
                "version": "1.0",
            }
            sign = rsa2.sign(rsa2.canonical(params).encode(), key)
            form = urlencode({"biz_content": params.pop("biz_content")}).encode()
            address = f"{settings.ALIPAY_GATEWAY_URL}?{urlencode(params | {'sign': sign})}"
            client.post(
                address,
                content=form,
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            ).raise_for_status()


def in_processes(deeds: list[Callable[[], None]]) -> None:
    connections.close_all()
    workers = [FORK.Process(target=deed) for deed in deeds]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise SystemExit(f"a worker of the benchmark ended with {worker.exitcode}")


def floor_of(contents: list[str]) -> Callable[[], None]:
    def deed() -> None:
        post_all(contents)
        os._exit(0)

    return deed


def against_floor(folder: Path, scale: float) -> Line:
    sandbox = Sandbox(folder)
    settings.PAYOUT_RAIL = "sandbox"
    settings.ALIPAY_GATEWAY_URL = f"{sandbox.url}/gateway.do"
    settings.ALIPAY_PRIVATE_KEY_FILE = str(sandbox.keys / "portal-private.pem")
    settings.ALIPAY_PUBLIC_KEY_FILE = str(sandbox.keys / "gateway-public.pem")
    try:
        cast.released_batch(*due_payouts(COUNT, grantees=10, random=Random(1)))
        analyze()
        attempts = PaymentAttempt.objects.filter(state="prepared").order_by("pk")
        orders = [
            sending.order_of(attempt)
            for attempt in attempts.select_related("payout__payee__organisation")
        ]
        contents = [messages.transfer_content(order) for order in orders]
        shares = [contents[place::WORKER_PROCESSES] for place in range(WORKER_PROCESSES)]
        floor = timed(lambda: in_processes([floor_of(share) for share in shares]))
        if len(sandbox.numbers()) != len(contents):
            raise AssertionError("the bare loop did not pay each once")
        sandbox.reset()
        ours = timed(lambda: in_processes([send_all] * WORKER_PROCESSES))
        if PaymentAttempt.objects.exclude(state="succeeded").exists():
            raise AssertionError("not every payout was paid")
    finally:
        sandbox.stop()
    return Line(
        f"send {COUNT:,} payouts, of a bare loop (×{WORKER_PROCESSES})",
        f"{COUNT / ours:.0f} /s",
        f"{COUNT / floor:.0f} /s",
        floor / ours,
        0.5,
        is_least=True,
    )
