"""Filling in: autosave against a view that writes one row, and a burst before the deadline."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connections
from django.urls import reverse

from benchmarks.run import Line, analyze
from benchmarks.server import Client, session_of, web_server
from grants.applications.models import Application, Submission
from tests import cast

FORK = multiprocessing.get_context("fork")
CLIENTS = 8
ROUNDS = 5
BURST_CLIENTS = 100
BURST_PROCESSES = 4
SUBMIT_EVERY = 5
TEXT = "我们为开发者做一个离线可用的笔记应用。" * 6


@dataclass(frozen=True)
class Applicant:
    pk: int
    reference: str
    cookies: str

    @property
    def autosave_url(self) -> str:
        return reverse("section-autosave", args=[self.reference, 1])

    @property
    def submit_url(self) -> str:
        return reverse("application-check", args=[self.reference])


def applicants(count: int, name: str) -> list[Applicant]:
    """People with complete drafts, each of an organisation of its own."""
    made = []
    for number in range(count):
        application = cast.complete_draft(f"{name}-{number}")
        cookies = session_of(cast.person(f"{name}-{number}"))
        made.append(Applicant(application.pk, application.reference, cookies))
    analyze()
    return made


def _words(number: int) -> dict[str, str]:
    """What a browser sends of the first section, with a text that is new each time."""
    answers = {f"q-{key}": value for key, value in cast.ANSWERS.items() if key in FIRST}
    return answers | {"q-team": f"{number} {TEXT}", "page": "bench", "turn": str(number)}


FIRST = ("team", "team_size", "category", "ready", "launch_on")


def autosave(client: Client, applicant: Applicant, number: int) -> None:
    status, body = client.post(applicant.autosave_url, _words(number))
    if status != 200:
        raise AssertionError(f"autosave answered {status}: {body[:200]!r}")


def write_one_row(client: Client, applicant: Applicant, number: int) -> None:
    status, body = client.post(f"/one-row/{applicant.pk}/", _words(number))
    if status != 200:
        raise AssertionError(f"the bare view answered {status}: {body[:200]!r}")


def rate(port: int, people: list[Applicant], deed: Callable, seconds: float) -> float:
    """Requests per second of as many clients as people, all at once."""
    end = time.monotonic() + seconds
    clients = [Client(port, person.cookies) for person in people]

    def work(client: Client, person: Applicant) -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            deed(client, person, time.monotonic_ns() // 1000)

    began = time.monotonic()
    run_all([lambda c=c, p=p: work(c, p) for c, p in zip(clients, people, strict=True)])
    return sum(len(client.times) for client in clients) / (time.monotonic() - began)


def run_all(deeds: list[Callable[[], None]]) -> None:
    """Each in a thread; raises the first thing that went wrong."""
    wrong: list[BaseException] = []

    def run(deed: Callable[[], None]) -> None:
        try:
            deed()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def against_one_row(folder: Path, scale: float) -> Line:
    people = applicants(CLIENTS, "autosave")
    seconds = max(15 * scale, 2)
    with web_server() as port:
        for deed in (write_one_row, autosave):
            rate(port, people, deed, 1)  # connections and templates are made once
        found = [
            (rate(port, people, autosave, seconds), rate(port, people, write_one_row, seconds))
            for _round in range(ROUNDS)
        ]
    ours, floor = max(each[0] for each in found), max(each[1] for each in found)
    return Line(
        f"autosave of a section (×{CLIENTS}), of one row",
        f"{ours:.0f} /s",
        f"{floor:.0f} /s",
        ours / floor,
        0.35,
        is_least=True,
    )


def burst(folder: Path, scale: float) -> Line:
    """Saves and submits of 100 applicants; each answer that was acknowledged must be there."""
    people = applicants(BURST_CLIENTS, "burst")
    seconds = max(60 * scale, 5)
    connections.close_all()
    with web_server() as port:
        shares = [people[place::BURST_PROCESSES] for place in range(BURST_PROCESSES)]
        results = FORK.Queue()
        workers = [
            FORK.Process(target=_rush, args=[port, share, seconds, results]) for share in shares
        ]
        for worker in workers:
            worker.start()
        told = [results.get(timeout=seconds + 120) for _worker in workers]
        for worker in workers:
            worker.join()
    if wrong := [error for _times, _last, error in told if error]:
        raise AssertionError(wrong[0])
    times = sorted(took for spent, _last, _error in told for took in spent)
    last = {pk: text for _times, texts, _error in told for pk, text in texts.items()}
    _refuse_lost(last)
    middle, slow = times[len(times) // 2], times[len(times) * 99 // 100]
    return Line(
        f"deadline: {len(times):,} saves and submits, p99/p50",
        f"{slow * 1000:.0f} ms",
        f"{middle * 1000:.0f} ms",
        slow / middle,
        None,
        is_least=False,
    )


def _rush(port: int, people: list[Applicant], seconds: float, results) -> None:
    clients = [Client(port, person.cookies) for person in people]
    last: dict[int, str] = {}
    end = time.monotonic() + seconds

    def work(client: Client, person: Applicant) -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            autosave(client, person, number)
            last[person.pk] = _words(number)["q-team"]
            if number % SUBMIT_EVERY == 0:
                _submit(client, person)
        _submit(client, person)

    error = ""
    try:
        run_all([lambda c=c, p=p: work(c, p) for c, p in zip(clients, people, strict=True)])
    except Exception as wrong:
        error = repr(wrong)
    results.put(([took for client in clients for took in client.times], last, error))


def _submit(client: Client, person: Applicant) -> None:
    status, body = client.post(person.submit_url, {"declares": "on"}, accept="text/html")
    if status != 302:
        raise AssertionError(f"submitting answered {status}: {body[:200]!r}")


def _refuse_lost(last: dict[int, str]) -> None:
    """What was acknowledged is in the draft and in the last submission of each."""
    drafts = dict(Application.objects.filter(pk__in=last).values_list("pk", "answers__team"))
    sent = dict(
        Submission.objects.filter(application__in=last)
        .order_by("number")
        .values_list("application_id", "content__answers__team")
    )
    lost = [pk for pk, text in last.items() if not drafts[pk] == sent.get(pk) == text]
    if lost or len(last) != BURST_CLIENTS:
        raise AssertionError(f"{len(lost)} of {len(last)} applicants lost an answer: {lost[:5]}")
