#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""command.py - `pagerd --calendar` as a manager or a CI job uses it.

usage: command.py PROGRAM

Each case is a sentence; the first that does not hold ends the run with status 1.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ZONES = os.path.abspath(os.path.join(HERE, '..', 'fixtures', 'zoneinfo'))
DST = os.path.join(HERE, '..', 'fixtures', 'ical', 'dst')

BOTH = '''BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:ann
DTSTART;TZID=Europe/Berlin:20260327T023000
DTEND;TZID=Europe/Berlin:20260328T023000
RRULE:FREQ=DAILY;COUNT=4
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:secondary: bob
DTSTART:20260328T080000Z
DURATION:PT8H
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:carol\x1b[31m
CATEGORIES:Secondary
DTSTART:20260329T080000
DURATION:PT8H
END:VEVENT
END:VCALENDAR
'''


def run(*arguments):
    done = subprocess.run([run.program, *arguments], capture_output=True, timeout=120, check=False,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def expand(path, *more, start='2026-03-01T00:00:00Z', end='2026-05-01T00:00:00Z'):
    return run('--calendar', path, '--from', start, '--until', end, '--tzdir', ZONES, *more)


def both(folder):
    path = os.path.join(folder, 'both.ics')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(BOTH)
    return path


def json_has_every_field_of_a_shift(folder):
    status, out, err = expand(both(folder), '--json')
    data = json.loads(out)
    assert (status, err) == (0, ''), (status, err)
    assert len(data['shifts']) == 6 and data['problem'] is None
    first = data['shifts'][1]
    assert first == {
        'start': '2026-03-28T01:30:00Z', 'end': '2026-03-29T01:30:00Z', 'summary': 'ann',
        'uid': '1', 'rule': 'FREQ=DAILY;COUNT=4', 'instance': '2026-03-28T01:30:00Z',
        'clock_note': 'end: 02:30 on 29 Mar does not exist (clocks go from 02:00 to 03:00): it is '
                      '03:30', 'file': both(folder), 'line': 2}, first
    single = [s for s in data['shifts'] if s['uid'] == '2'][0]
    assert single['rule'] is None and single['instance'] is None and single['line'] == 9
    codes = {(w['code'], w['line']) for w in data['warnings']}
    assert ('W-GAPTIME', 2) in codes and ('W-EXACT-DIFFERS', 2) in codes, codes
    assert ('W-FLOATING', 15) in codes, codes


def the_order_is_start_then_summary_and_shifts_are_whole(folder):
    _, out, _ = expand(both(folder), '--json', start='2026-03-28T12:00:00Z',
                       end='2026-03-28T13:00:00Z')
    shifts = [(s['start'], s['end'], s['summary']) for s in json.loads(out)['shifts']]
    assert shifts == [('2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z', 'ann'),
                      ('2026-03-28T08:00:00Z', '2026-03-28T16:00:00Z', 'secondary: bob')], shifts


def a_layer_leaves_only_its_own_events(folder):
    for layer, uids in (('primary', {'1'}), ('secondary', {'2', '3'})):
        status, out, _ = expand(both(folder), '--json', '--layer', layer)
        assert status == 0
        assert {s['uid'] for s in json.loads(out)['shifts']} == uids, layer


def a_table_has_local_times_and_no_controls(folder):
    status, out, _ = expand(both(folder), '--timezone', 'Europe/Berlin')
    assert status == 0
    assert 'Fri 2026-03-27 02:30  Sat 2026-03-28 02:30' in out, out
    assert 'it is 03:30' in out and 'both.ics:2: W-GAPTIME' in out, out
    assert '\x1b' not in out and 'W-FLOATING' not in out, out


def a_folder_is_one_calendar(folder):
    both(folder)
    status, out, _ = expand(folder, '--json')
    assert status == 0 and len(json.loads(out)['shifts']) == 6
    empty = os.path.join(folder, 'empty')
    os.mkdir(empty)
    status, out, err = expand(empty, '--json')
    assert status == 1 and not out and 'holds no .ics file' in err, err


def wrong_arguments_end_with_status_2_and_say_what_is_expected(folder):
    path = both(folder)
    for arguments, words in (
            (('--calendar', path), ('--from', '2026-11-01T00:00:00Z')),
            (('--calendar', path, '--from', '2026-03-01T00:00:00Z'), ('--until',)),
            (('--calendar', path, '--from', 'today', '--until', 'x'), ('--from', "'today'")),
            (('--calendar', path, '--from', '2026-03-01T00:00:00Z', '--until',
              '2026-03-01T00:00:00Z'), ('not later',)),
            (('--calendar', path, '--from', '2026-03-01T00:00:00Z', '--until',
              '2026-04-01T00:00:00Z', '--layer', 'third'), ('primary', 'secondary')),
            (('--calendar', path, '--from', '2026-03-01T00:00:00Z', '--until',
              '2026-04-01T00:00:00Z', '--timezone', 'Mars/Base'), ('Mars/Base', 'Europe/Berlin')),
            (('--calendar', 'https://example.org/a.ics', '--from', '2026-03-01T00:00:00Z',
              '--until', '2026-04-01T00:00:00Z'), ('file or a folder', 'curl'))):
        status, out, err = run(*arguments)
        assert status == 2 and not out, (arguments, status, out)
        assert err.startswith('pagerd: ') and err.count('\n') == 1, err
        assert all(word in err for word in words), err


def a_bad_file_ends_with_status_1_and_says_why(folder):
    for name, bytes_, words in (('web.ics', b'<html>', 'web page'), ('none.ics', None, 'cannot find'),
                                ('cut.ics', b'BEGIN:VCALENDAR\nBEGIN:VEVENT\n', 'E-TRUNCATED'),
                                ('big.ics', b'x' * (16 * 1024 * 1024 + 1), 'larger than 16 MiB')):
        path = os.path.join(folder, name)
        if bytes_ is not None:
            with open(path, 'wb') as file:
                file.write(bytes_)
        status, _, err = expand(path, '--json')
        assert status == 1 and words in err, (name, status, err)


def ten_years_of_a_rotation_are_no_trouble(folder):
    path = both(folder)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(BOTH.replace(';COUNT=4', ''))
    status, out, _ = expand(path, '--json', start='2026-01-01T00:00:00Z',
                            end='2036-01-01T00:00:00Z')
    assert status == 0 and len(json.loads(out)['shifts']) == 3569, len(json.loads(out)['shifts'])


def answers_typed_by_hand_come_out_of_the_program_itself(_folder):
    with open(os.path.join(DST, 'expected.json'), encoding='utf-8') as file:
        cases = json.load(file)
    for case in cases:
        status, out, err = expand(os.path.join(DST, case['id'] + '.ics'), '--json', '--timezone',
                                  case['tz'], start=case['from'], end=case['to'])
        shifts = [[s['start'], s['end'], s['summary']] for s in json.loads(out)['shifts']]
        assert status == 0 and shifts == case['expect'], (case['id'], shifts, err)


def main():
    run.program = sys.argv[1]
    for case in (json_has_every_field_of_a_shift, a_table_has_local_times_and_no_controls,
                 the_order_is_start_then_summary_and_shifts_are_whole,
                 a_layer_leaves_only_its_own_events, a_folder_is_one_calendar,
                 wrong_arguments_end_with_status_2_and_say_what_is_expected,
                 a_bad_file_ends_with_status_1_and_says_why, ten_years_of_a_rotation_are_no_trouble,
                 answers_typed_by_hand_come_out_of_the_program_itself):
        print(case.__name__.replace('_', ' ').strip())
        with tempfile.TemporaryDirectory() as folder:
            case(folder)
    print('all hold')
    return 0


if __name__ == '__main__':
    sys.exit(main())
