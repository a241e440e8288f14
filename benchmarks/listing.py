"""The officer's list: as it grows, for each filter, search and last page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection, connections, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.run import Line, analyze, timed
from fundportal import embedded
from grants.applications.models import Application
from tests import cast

FEW, MANY = 1_000, 200_000
TIMES = 5
COPY = "bench_few"
# Written as by somebody who may switch the triggers off, because writing is not what is measured.
# Rounds are of 20 applications to a thousand and lie one after the other, as in life.
ROWS = """
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
SELECT n, nextval('grants_organisation_id_seq') AS organisation,
       nextval('grants_application_id_seq') AS application
  FROM generate_series({first}, {last}) n ORDER BY n;
INSERT INTO grants_organisation (id, kind, name, credit_code, website, created_at)
SELECT organisation, CASE WHEN n % 3 = 0 THEN 'individual' ELSE 'company' END,
       '公司' || lpad(n::text, 6, '0'),
       CASE WHEN n % 3 = 0 THEN '' ELSE '91330106' || lpad(n::text, 10, '0') END, '', now()
  FROM fresh;
INSERT INTO grants_application (id, reference, round_id, organisation_id, form_id, title,
       requested_amount, answers, state, return_reason, created_by_id, created_at, saved_at,
       submitted_at)
SELECT application, 'APP-2020-' || lpad(n::text, 6, '0'),
       (ARRAY[{rounds}]::bigint[])[1 + (n * 20 / {last}) % 20], organisation, {form}, '应用' || n,
       1000 + n * 7919 % 499000, '{{}}',
       (ARRAY['submitted', 'in_review', 'decided', 'decided', 'ineligible', 'withdrawn',
              'screening', 'decided', 'in_review', 'decided'])[1 + n % 10],
       '', {by}, now(), now(), now() - interval '700 days' * ({last} - n) / {last}
  FROM fresh;
UPDATE grants_application SET state = 'returned'
 WHERE id IN (SELECT application FROM fresh WHERE n % 997 = 0);
INSERT INTO grants_listing (application_id, title, requested_amount, applicant_kind, text)
SELECT application, '应用' || n, 1000 + n * 7919 % 499000,
       CASE WHEN n % 3 = 0 THEN 'individual' ELSE 'company' END,
       'app-2020-' || lpad(n::text, 6, '0') || E'\\n应用' || n ||
       E'\\n公司' || lpad(n::text, 6, '0') || E'\\n' ||
       (SELECT string_agg((ARRAY['笔记', '天文', '课堂', '看护', '记账', '翻译', '徒步', '冥想',
                                 '题库', '地图', '相机', '阅读', '音乐', '健身', '菜谱', '日程',
                                 '邮件', '绘画', '编程', '天气'])
                          [1 + (n * 31 + place * place * 7 + n / 20 * place) % 20], '的')
          FROM generate_series(1, 30) place) ||
       CASE WHEN n % 33 = 0 THEN '量子纠错天文' WHEN n % 101 = 0 THEN '红外测温' ELSE '' END
  FROM fresh;
INSERT INTO grants_screening (application_id, outcome, failed, checked_at)
SELECT application, (ARRAY['passed', 'passed', 'passed', 'failed', 'warned', 'unclear',
                           'passed'])[1 + n % 7], n % 3, now()
  FROM fresh WHERE n % 50 <> 0;
"""
CASES = {
    "no filter": "",
    "oldest round": "round=bench-0",
    "newest round": "round=bench-19",
    "state": "state=decided",
    "state, rare": "state=returned",
    "round and state": "round=bench-10&state=decided",
    "applicant kind": "kind=individual",
    "check failed": "outcome=failed",
    "not checked yet": "outcome=unchecked",
    "amount, narrow": "least=100000&most=120000",
    "amount, wide": "least=100000&most=400000",
    "submitted, one month": "since={since}&until={until}",
    "submitted, long ago": "until={since}",
    "word of 2 characters, common": "search=笔记",
    "word of 4, one in thirty": "search=量子纠错",
    "word of 4, one in a hundred": "search=红外测温",
    "two words": "search=天文 量子纠错",
    "word that is nowhere": "search=量子计算",
    "reference": "search=APP-2020-000777",
    "name of the applicant": "search=公司000777",
    "last page": "before={last}",
    "last page of a state": "state=decided&before={last}",
    "last page of a word": "search=笔记&before={last}",
    "all at once": "state=decided&kind=company&outcome=passed&least=5000&search=笔记",
}


def _grow(first: int, last: int, rounds: list[int]) -> None:
    statement = ROWS.format(
        first=first,
        last=last,
        rounds=", ".join(map(str, rounds)),
        form=cast.open_round("bench-0").form.pk,
        by=cast.person().pk,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    analyze()


def _addresses() -> dict[str, str]:
    keys = Application.objects.order_by("pk").values_list("pk", flat=True)
    middle = Application.objects.order_by("submitted_at")[Application.objects.count() // 3]
    day = middle.submitted_at.date()
    given = {
        "last": keys[30],
        "since": day.isoformat(),
        "until": day.replace(day=28).isoformat() if day.day < 28 else day.isoformat(),
    }
    return {name: "/admin/applications/?" + text.format(**given) for name, text in CASES.items()}


def _keep_a_copy() -> None:
    """The small database beside the growing one, so that both are measured at the same moment."""
    connections.close_all()
    with psycopg.connect(embedded.database_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {COPY}")
        admin.execute(f"CREATE DATABASE {COPY} TEMPLATE {connection.settings_dict['NAME']}")


@contextmanager
def _in_copy() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = COPY
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


def _asked(client: Client, address: str) -> tuple[float, int]:
    """Seconds of the quickest answer, and how many queries it takes."""
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        if client.get(address).status_code != 200:
            raise AssertionError(address)
    return min(timed(lambda: client.get(address)) for _ in range(TIMES)), len(captured)


def at_scale(folder: Path, scale: float) -> str:
    many = max(int(MANY * scale), 5_000)
    rounds = [cast.open_round(f"bench-{n}", budget="500000.00").pk for n in range(20)]
    client = Client(SERVER_NAME="localhost")
    client.force_login(cast.person("officer"))
    _grow(1, FEW, rounds)
    small = _addresses()
    _keep_a_copy()
    _grow(FEW + 1, many, rounds)
    lines = []
    for name, address in _addresses().items():
        times: list[tuple[float, float]] = []
        for _time in range(2):
            with _in_copy():
                before, count = _asked(client, small[name])
            took, queries = _asked(client, address)
            times.append((took, before))
        if queries != count:
            raise AssertionError(f"{name}: {count} queries became {queries}")
        took, before = (min(column) for column in zip(*times, strict=True))
        told = Line(
            f"{many:,}: {name} ({queries} queries)",
            f"{took * 1000:.0f} ms",
            f"{before * 1000:.0f} ms",
            took / before,
            2,
            is_least=False,
        )
        lines.append(str(told))
    return "\n".join(lines)
