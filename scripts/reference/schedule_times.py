"""Writes Tests/Fixtures/schedule/times.json: when cron expressions come due in two years, by Python's zoneinfo.

Run: python scripts/reference/schedule_times.py   (Python 3.9 or later, and the system's tz database)

The rule is the one that docs/schedule.md states, computed in another way than lorad does: an interval by looking at the
wall's clock every minute of two years, a time of day from the calendar, through the two meanings (`fold`) that PEP 495
gives a local time. A list of instants is written as its first one and the differences between neighbours in minutes, in
groups of as many as the expression has a day, with how often each group is repeated.
"""

import datetime
import json
import pathlib
import zoneinfo

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "schedule"
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 1, 1, tzinfo=UTC)
END = datetime.datetime(2028, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]

# Expression, then its fields as numbers: minutes, hours, days, months, weekdays (0 is Sunday); None for `*`.
TIMES_OF_DAY = [
    ("30 2 * * *", [30], [2], None, None, None),
    ("0 3 * * sun", [0], [3], None, None, [0]),
    ("15,45 1-3 * * *", [15, 45], [1, 2, 3], None, None, None),
    ("0 0 * * *", [0], [0], None, None, None),
    ("10 2 1,15 * *", [10], [2], [1, 15], None, None),
    ("59 1 1-7 apr,oct sat,sun", [59], [1], [1, 2, 3, 4, 5, 6, 7], [4, 10], [6, 0]),
]
INTERVALS = [
    ("*/15 * * * *", [0, 15, 30, 45], None, None, None, None),
    ("0 */6 * * *", [0], [0, 6, 12, 18], None, None, None),
    ("*/20 2 * * *", [0, 20, 40], [2], None, None, None),
]

# Nobody is there from the one to the other: a week over each change of clocks, some hours over one, three days.
OUTAGES = [
    ("2026-03-25T12:00", "2026-04-01T12:00"),
    ("2026-04-02T20:00", "2026-04-06T05:10"),
    ("2026-10-22T00:00", "2026-10-29T18:00"),
    ("2026-11-01T05:00", "2026-11-01T09:00"),
    ("2027-03-14T06:59", "2027-03-14T07:01"),
    ("2027-10-01T00:00", "2027-10-08T02:00"),
]
CATCH_UP_HOURS = 12


def is_day(date, days, months, weekdays):
    if months is not None and date.month not in months:
        return False
    by_day = days is None or date.day in days
    by_weekday = weekdays is None or date.isoweekday() % 7 in weekdays
    if days is not None and weekdays is not None:
        return by_day or by_weekday
    return by_day and by_weekday


def times_of_day(zone, minutes, hours, days, months, weekdays):
    found = set()
    date = START.date() - datetime.timedelta(days=2)
    while date <= END.date() + datetime.timedelta(days=2):
        if is_day(date, days, months, weekdays):
            for hour in hours:
                for minute in minutes:
                    found.add(instant(datetime.datetime.combine(date, datetime.time(hour, minute)), zone))
        date += datetime.timedelta(days=1)
    return sorted(moment for moment in found if START < moment < END)


def instant(local, zone):
    """The first instant at which the clock shows `local`; where it skips that, the end of the skipping."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    # In a gap `fold=0` counts by the offset before it and so lies after the change, `fold=1` before it.
    later, earlier = first, local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = earlier.astimezone(zone).utcoffset()
    while earlier < later:
        earlier += datetime.timedelta(minutes=1)
        if earlier.astimezone(zone).utcoffset() != offset:
            return earlier
    raise AssertionError(local)


def intervals(zone, minutes, hours, days, months, weekdays):
    found = []
    moment = START
    while moment < END:
        local = moment.astimezone(zone)
        if (
            local.minute in minutes
            and (hours is None or local.hour in hours)
            and is_day(local.date(), days, months, weekdays)
            and moment > START
        ):
            found.append(moment)
        moment += datetime.timedelta(minutes=1)
    return found


def with_outages(dues):
    """What is submitted, and what is noted as missed, by a worker that is away during OUTAGES."""
    submitted, missed = [], []
    spans = [tuple(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC) for text in span) for span in OUTAGES]
    skipped = set()
    for away, back in spans:
        inside = [due for due in dues if away < due <= back]
        skipped.update(inside)
        if inside:
            late = back - inside[-1] > datetime.timedelta(hours=CATCH_UP_HOURS)
            (missed if late else submitted).append(inside[-1])
    submitted += [due for due in dues if due not in skipped]
    return sorted(submitted), sorted(missed)


def coded(moments, period):
    if not moments:
        return {"first": None, "steps": []}
    steps = [int((after - before).total_seconds()) // 60 for before, after in zip(moments, moments[1:])]
    groups = []
    for index in range(0, len(steps), period):
        group = steps[index : index + period]
        if groups and groups[-1]["minutes"] == group:
            groups[-1]["times"] += 1
        else:
            groups.append({"minutes": group, "times": 1})
    return {"first": int(moments[0].timestamp()), "steps": groups}


def main():
    cases = []
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        for compute, expressions in ((times_of_day, TIMES_OF_DAY), (intervals, INTERVALS)):
            for text, *fields in expressions:
                dues = compute(zone, *fields)
                submitted, missed = with_outages(dues)
                period = len(fields[0]) * len(fields[1] or [1])
                cases.append(
                    {
                        "zone": name,
                        "cron": text,
                        "count": len(dues),
                        "dues": coded(dues, period),
                        "submitted": coded(submitted, period),
                        "missed": coded(missed, period),
                    }
                )
    document = {
        "start": int(START.timestamp()),
        "end": int(END.timestamp()),
        "catch_up_hours": CATCH_UP_HOURS,
        "outages": [
            [int(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) for text in span]
            for span in OUTAGES
        ],
        "cases": cases,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    head = {key: value for key, value in document.items() if key != "cases"}
    text = json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    assert json.loads(text) == document
    (FOLDER / "times.json").write_text(text)


if __name__ == "__main__":
    main()
