#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""second_opinion.py - random rotations against python3-icalendar and python3-dateutil.

usage: second_opinion.py PROGRAM [--count N] [--seed N]

The calendars are made here, read back by python3-icalendar, expanded by python3-dateutil on the wall
clock and brought to UTC by Python's zoneinfo, which knows nothing of our code. Only rules on which
dateutil follows RFC 5545 are made: no BYWEEKNO, BYSETPOS only with BYDAY of a month. Shifts must be
equal to the second.

Exit status: 0 equal, 1 differences (each is printed), 77 when a library is missing.
"""
import argparse
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ZONES = os.path.abspath(os.path.join(HERE, '..', 'fixtures', 'zoneinfo'))
NAMES = ('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago',
         'Africa/Casablanca', 'Asia/Kolkata')
DAYS = ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
FROM, UNTIL = '2026-02-01T00:00:00Z', '2027-04-01T00:00:00Z'
EVENTS = 50  # per calendar
STAMP = '%Y%m%dT%H%M%S'

try:
    import dateutil.rrule
    import icalendar
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)


def some(chance, low, high, most):
    return ','.join(map(str, sorted(chance.sample(range(low, high + 1), chance.randint(1, most)))))


def rule(chance):
    frequency = chance.choice(('DAILY', 'WEEKLY', 'WEEKLY', 'MONTHLY', 'YEARLY'))
    parts = ['FREQ=' + frequency]
    if chance.random() < .6:
        parts.append('INTERVAL=%d' % chance.choice((2, 3, 4, 7)))
    if chance.random() < .4:
        parts.append('WKST=' + chance.choice(DAYS))
    days = ','.join(chance.sample(DAYS, chance.randint(1, 4)))
    if frequency in ('DAILY', 'WEEKLY') and chance.random() < .6:
        parts.append('BYDAY=' + days)
    if frequency == 'MONTHLY':
        parts.append(chance.choice((
            'BYMONTHDAY=' + some(chance, 1, 28, 4), 'BYMONTHDAY=-1', 'BYDAY=' + days,
            'BYDAY=%d%s' % (chance.choice((1, 2, -1)), chance.choice(DAYS)),
            'BYDAY=MO,TU,WE,TH,FR;BYSETPOS=%d' % chance.choice((1, 2, -1)))))
    if frequency == 'YEARLY':
        parts.append('BYMONTH=' + some(chance, 1, 12, 3))
        parts.append(chance.choice(('BYMONTHDAY=' + some(chance, 1, 28, 3),
                                    'BYDAY=%d%s' % (chance.choice((1, -1)), chance.choice(DAYS)))))
    if chance.random() < .15:
        parts.append('BYHOUR=' + some(chance, 0, 23, 2))
    end = chance.random()
    if end < .3:
        parts.append('COUNT=%d' % chance.randint(1, 60))
    elif end < .5:
        parts.append('UNTIL=2026%02d%02dT120000Z' % (chance.randint(2, 12), chance.randint(1, 28)))
    return ';'.join(parts)


def event(chance, number):
    zone = chance.choice(NAMES)
    start = datetime.datetime(2025, 1, 1) + datetime.timedelta(
        days=chance.randrange(500), minutes=30 * chance.randrange(48))
    end = start + datetime.timedelta(hours=chance.choice((1, 8, 12, 24, 24, 168)))
    lines = ['BEGIN:VEVENT', 'UID:%d' % number, 'SUMMARY:p%d' % number,
             'DTSTART;TZID=%s:%s' % (zone, start.strftime(STAMP)),
             'DTEND;TZID=%s:%s' % (zone, end.strftime(STAMP)), 'RRULE:' + rule(chance)]
    for _ in range(chance.randrange(3)):
        day = start + datetime.timedelta(days=chance.randrange(400))
        lines.append('EXDATE;TZID=%s:%s' % (zone, day.strftime(STAMP)))
    return lines + ['END:VEVENT']


def text_of(name, component):
    return component[name].to_ical().decode()


def wall_of(component, name):
    return datetime.datetime.strptime(text_of(name, component), STAMP)


def walls_of(component, zone):
    """Walls of the series: DTSTART always counts, and COUNT counts it."""
    import zoneinfo  # after PYTHONTZPATH is set
    start = wall_of(component, 'DTSTART')
    parts = dict(part.split('=', 1) for part in text_of('RRULE', component).split(';'))
    until = parts.pop('UNTIL', None)
    count = int(parts.pop('COUNT', 0))
    endless = dateutil.rrule.rrulestr(';'.join('%s=%s' % x for x in parts.items()), dtstart=start)
    walls = endless.between(start, datetime.datetime(2027, 4, 5), inc=True)
    if not walls or walls[0] != start:
        walls.insert(0, start)
    if count:
        walls = walls[:count]
    if until:
        last = datetime.datetime.strptime(until, STAMP + 'Z').replace(tzinfo=datetime.timezone.utc)
        walls = [w for w in walls if w.replace(tzinfo=zoneinfo.ZoneInfo(zone)) <= last]
    excluded = component.get('EXDATE', [])
    excluded = excluded if isinstance(excluded, list) else [excluded]
    out = {datetime.datetime.strptime(x, STAMP) for dates in excluded
           for x in dates.to_ical().decode().split(',')}
    return [w for w in walls if w not in out]


def expected(bytes_):
    import zoneinfo
    rows = []
    lo, hi = (datetime.datetime.fromisoformat(x.replace('Z', '+00:00')) for x in (FROM, UNTIL))
    for component in icalendar.Calendar.from_ical(bytes_).walk('VEVENT'):
        zone = component['DTSTART'].params['TZID']
        length = wall_of(component, 'DTEND') - wall_of(component, 'DTSTART')
        for wall in walls_of(component, zone):
            start, end = (x.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0)
                          .astimezone(datetime.timezone.utc) for x in (wall, wall + length))
            if start < end and start < hi and end > lo:
                rows.append((start.strftime('%Y-%m-%dT%H:%M:%SZ'),
                             end.strftime('%Y-%m-%dT%H:%M:%SZ'), str(component['SUMMARY'])))
    return sorted(rows)


def compare(program, folder, chance):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//pagerd//test//EN']
    for number in range(EVENTS):
        lines += event(chance, number)
    bytes_ = '\r\n'.join(lines + ['END:VCALENDAR', '']).encode()
    path = os.path.join(folder, 'rotations.ics')
    with open(path, 'wb') as file:
        file.write(bytes_)
    done = subprocess.run([program, '--calendar', path, '--from', FROM, '--until', UNTIL,
                           '--tzdir', ZONES, '--json'], capture_output=True, timeout=300,
                          check=True)
    ours = sorted((s['start'], s['end'], s['summary']) for s in json.loads(done.stdout)['shifts'])
    theirs = expected(bytes_)
    bad = set(ours) ^ set(theirs)
    for name in sorted({row[2] for row in bad}):
        print('DIFFERENT:', *[line for line in lines[lines.index('SUMMARY:' + name):][1:4]])
        print('  only ours:  ', sorted(x for x in set(ours) - set(theirs) if x[2] == name)[:3])
        print('  only theirs:', sorted(x for x in set(theirs) - set(ours) if x[2] == name)[:3])
    assert bad or len(ours) == len(theirs)
    return len({row[2] for row in bad}), len(ours)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('--count', type=int,
                        default=10000 if os.environ.get('PAGERD_TESTS_LONG') else 1000)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    bad = shifts = 0
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(0, options.count, EVENTS):
            different, count = compare(options.program, folder, chance)
            bad += different
            shifts += count
    print('%d rotations, %d shifts, %d differences' % (options.count, shifts, bad))
    return 1 if bad else 0


if __name__ == '__main__':
    os.environ['PYTHONTZPATH'] = ZONES
    if 'zoneinfo' in sys.modules:  # a library was quicker
        import zoneinfo
        zoneinfo.reset_tzpath([ZONES])
    sys.exit(main())
