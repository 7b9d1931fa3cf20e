#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""reader_child.py - the reader as a child: its messages, its limits, its speed.

usage: reader_child.py PROGRAM

Each case is a sentence; the first that does not hold ends the run with status 1.
"""
import json
import os
import resource
import struct
import subprocess
import sys

ZONES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fixtures', 'zoneinfo')
DAY = 86400000
FROM = 1772323200000  # 2026-03-01T00:00:00Z
UNTIL = FROM + 435 * DAY
CPU_S = 5  # what the child may use; the kernel ends it a little later
MEMORY_KIB = 512 * 1024


def request(*files, **change):
    head = {'zone': 'Europe/Berlin', 'forced': False, 'tzdir': os.path.abspath(ZONES),
            'from': FROM, 'until': UNTIL,
            'files': [{'name': 'f%d.ics' % i, 'size': len(f)} for i, f in enumerate(files)]}
    head.update(change)
    text = json.dumps(head).encode()
    return struct.pack('>I', len(text)) + text + b''.join(files)


def run(program, message):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, '--reader'], input=message, capture_output=True,
                          timeout=600, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    run.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert run.cpu < CPU_S + 1.5, 'took %.1f s of CPU' % run.cpu
    assert after.ru_maxrss <= MEMORY_KIB, 'took %d KiB' % after.ru_maxrss
    if done.returncode != 0 or not done.stdout:
        return None
    size, = struct.unpack('>I', done.stdout[:4])
    assert size == len(done.stdout) - 4
    return json.loads(done.stdout[4:])


def calendar(*bodies):
    return ('BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n' % ''.join(
        'BEGIN:VEVENT\r\nUID:%d\r\n%sEND:VEVENT\r\n' % (i, b) for i, b in enumerate(bodies))
            ).encode()


WEEK = ('SUMMARY:ann\r\nDTSTART;TZID=Europe/Berlin:20200106T090000\r\n'
        'DTEND;TZID=Europe/Berlin:20200113T090000\r\nRRULE:FREQ=WEEKLY\r\n')


def two_files_are_one_calendar(program):
    answer = run(program, request(calendar(WEEK), calendar(WEEK)))
    assert answer['problem'] is None and answer['event_count'] == 2
    assert len(answer['shifts']) == 2 * 4 * 63, len(answer['shifts'])


def a_request_that_is_cut_off_ends_with_status_1(program):
    whole = request(calendar(WEEK))
    for size in (0, 3, 4, 100, len(whole) - 1):
        assert run(program, whole[:size]) is None


def an_unknown_default_zone_is_a_problem_and_not_a_guess(program):
    answer = run(program, request(calendar(WEEK), zone='Mars/Base'))
    assert 'Mars/Base' in answer['problem']


def sixteen_megabytes_of_anything_end_in_time(program):
    size = 16 * 1024 * 1024 - 4096
    most = 0
    pieces = (b'UID:\r', b'BEGIN:VEVENT\nEND:VEVENT\n', b'BEGIN:VEVENT\n', b'\n', b'\n ', b'x',
              b'BEGIN:VTIMEZONE\nTZID:a\nEND:VTIMEZONE\n', b'\x80', b'EXDATE:20260101,\n', b';:"')
    for piece in pieces:
        for head in (b'', b'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260301\n'):
            answer = run(program, request(head + piece * (size // len(piece))))
            assert answer is not None and answer['problem'], piece
            most = max(most, run.cpu)
    print('    %-40s %.3f s of CPU' % ('the slowest of them', most))


def bombs_of_rules_and_zones_end_in_time(program):
    every = 'DTSTART:19000101T000000Z\r\nDURATION:P1D\r\nRRULE:FREQ=%s\r\n'
    for rule in ('HOURLY', 'HOURLY;BYMONTH=2;BYMONTHDAY=30', 'DAILY', 'YEARLY;BYWEEKNO=53',
                 'DAILY;BYHOUR=%s' % ','.join(map(str, range(24))), 'MONTHLY;BYDAY=5MO',
                 'YEARLY;BYMONTH=2;BYMONTHDAY=30', 'WEEKLY;BYSETPOS=-1;BYDAY=MO,TU'):
        answer = run(program, request(calendar(*[every % rule] * 19000)))
        assert answer is None or answer['problem'] or rule == 'YEARLY;BYWEEKNO=53', rule
        print('    %-40.40s %.2f s of CPU, %s' % (rule, run.cpu, answer and answer['problem']))
    zones = ''.join(
        'BEGIN:VTIMEZONE\r\nTZID:Z%d\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n'
        'TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n'
        'END:STANDARD\r\nEND:VTIMEZONE\r\n' % i for i in range(15000))
    events = ''.join('BEGIN:VEVENT\r\nUID:%d\r\nDTSTART;TZID=Z%d:20260401T000000\r\n'
                     'DURATION:P1D\r\nEND:VEVENT\r\n' % (i, i) for i in range(15000))
    answer = run(program, request(
        ('BEGIN:VCALENDAR\r\n%s%sEND:VCALENDAR\r\n' % (zones, events)).encode()))
    print('    %-40s %.2f s of CPU, %s' % ('15,000 time zones', run.cpu,
                                           'child died' if answer is None else 'answered'))


def big_but_honest_calendars_are_quick(program):
    for label, body in (('10 years weekly', calendar(WEEK.replace('2020', '2017'))),
                        ('10,000 events', calendar(*[WEEK.replace('RRULE:FREQ=WEEKLY\r\n', '')
                                                     .replace('2020', '2026')] * 10000)),
                        ('1,000 weekly series', calendar(*[WEEK] * 1000))):
        answer = run(program, request(body))
        assert answer['problem'] is None, answer['problem']
        print('    %-40s %.3f s of CPU' % (label, run.cpu))


def codes(answer):
    return {w['code'] for w in answer['warnings']}


def what_repeats_every_second_or_minute_is_told_and_counts_once(program):
    for rule in ('SECONDLY', 'MINUTELY', 'SECONDLY;BYMONTH=2;BYMONTHDAY=30', 'MINUTELY;COUNT=9'):
        answer = run(program, request(calendar(WEEK.replace('2020', '2026')
                                               .replace('WEEKLY', rule))))
        assert answer['problem'] is None and 'E-FREQ' in codes(answer), answer['warnings']
        assert len(answer['shifts']) == 0  # the one shift of January is over
    answer = run(program, request(calendar(*['DTSTART:20260401\r\nRRULE:FREQ=SECONDLY\r\n'] * 19000)))
    assert answer['problem'] is None and len(answer['shifts']) == 4 * 19000
    assert answer['dropped'] == 19000 - 1000, answer['dropped']
    told('19,000 events, each every second', answer)


def deep_nesting_is_refused_with_its_line(program):
    for name in (b'VEVENT', b'VCALENDAR', b'X-ANY', b'VTIMEZONE'):
        answer = run(program, request(b'BEGIN:VCALENDAR\n' + b'BEGIN:%s\n' % name * 400000))
        assert 'E-DEPTH' in codes(answer) and ':9: ' in answer['problem'], answer['problem']
        told('400,000 components inside each other', answer)


def more_events_than_anybody_has_are_refused_in_words(program):
    event = b'BEGIN:VEVENT\nEND:VEVENT\n'
    answer = run(program, request(b'BEGIN:VCALENDAR\n' + event * 600000 + b'END:VCALENDAR\n'))
    assert 'E-EVENTS' in codes(answer) and 'more than 20000 events' in answer['problem']
    told('600,000 events', answer)


def ten_years_are_read_and_more_shifts_than_the_limit_are_refused(program):
    ten = {'from': FROM, 'until': FROM + 3653 * DAY}
    answer = run(program, request(calendar(*[WEEK] * 100), **ten))
    assert answer['problem'] is None and len(answer['shifts']) == 4 * 100 * 523, \
        len(answer['shifts'])
    print('    %-40s %.3f s of CPU' % ('100 weekly series, 10 years', run.cpu))
    answer = run(program, request(calendar(*[WEEK.replace('WEEKLY', 'DAILY')] * 100), **ten))
    assert 'too many shifts' in answer['problem'], answer['problem']
    assert len(answer['shifts']) <= 4 * 200000


def told(what, answer):
    print('    %-40s %.3f s of CPU, %s' % (what, run.cpu, 'child died' if answer is None else
                                           answer['problem'] or 'answered'))


def many_overrides_of_one_series_are_no_trouble(program):
    hourly = 'DTSTART:20250101T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=HOURLY\r\n'
    for kind in ('', ';RANGE=THISANDFUTURE'):
        overrides = ''.join(
            'BEGIN:VEVENT\r\nUID:0\r\nRECURRENCE-ID%s:2026%02d%02dT%02d0000Z\r\n'
            'DTSTART:2026%02d%02dT%02d3000Z\r\nDURATION:PT1H\r\nSUMMARY:n%d\r\nEND:VEVENT\r\n'
            % (kind, *(3 + i // 672 % 10, 1 + i // 24 % 28, i % 24) * 2, i) for i in range(6720))
        answer = run(program, request(calendar(hourly).replace(
            b'END:VCALENDAR', overrides.encode() + b'END:VCALENDAR')))
        told('6,720 overrides of an hourly series' + kind[:6], answer)
        assert answer['problem'] is None and len(answer['shifts']) > 4 * 24 * 400


def zones_of_thousands_of_cities_are_not_looked_up_to_the_end(program):
    event = ('DTSTART;TZID="(UTC+01:00) %s%d":20260401T000000\r\nDURATION:P1D\r\n')
    answer = run(program, request(calendar(*[event % ('Nowhere, ' * 6000, i)
                                             for i in range(250)])))
    told('250 time zones of 6,000 cities each', answer)
    assert answer['problem'] is None and 'E-TZ-UNKNOWN' in codes(answer)


def a_date_list_longer_than_the_limit_costs_its_event_only(program):
    dates = ''.join('EXDATE:%s\r\n' % ','.join(['20260401T090000Z'] * 1000) for _ in range(5))
    answer = run(program, request(calendar(WEEK + dates, WEEK)))
    assert answer['problem'] is None and 'E-TOOMANY' in codes(answer)
    assert len(answer['shifts']) == 4 * 63


def main():
    program = sys.argv[1]
    for case in (two_files_are_one_calendar, a_request_that_is_cut_off_ends_with_status_1,
                 an_unknown_default_zone_is_a_problem_and_not_a_guess,
                 big_but_honest_calendars_are_quick, bombs_of_rules_and_zones_end_in_time,
                 what_repeats_every_second_or_minute_is_told_and_counts_once,
                 deep_nesting_is_refused_with_its_line,
                 more_events_than_anybody_has_are_refused_in_words,
                 ten_years_are_read_and_more_shifts_than_the_limit_are_refused,
                 many_overrides_of_one_series_are_no_trouble,
                 zones_of_thousands_of_cities_are_not_looked_up_to_the_end,
                 a_date_list_longer_than_the_limit_costs_its_event_only,
                 sixteen_megabytes_of_anything_end_in_time):
        print(case.__name__.replace('_', ' '))
        case(program)
    print('all hold')
    return 0


if __name__ == '__main__':
    sys.exit(main())
