#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""differential.py - compares the expansion with an independent oracle, shift by shift.

usage: differential.py PROGRAM [--count N] [--seed N]

PROGRAM is calendar_expand or pagerd. The oracle (oracle.py, with the generator gen.py beside it)
is found by the environment variable PAGERD_ICAL_TOOLS; without it the test is skipped. Optional:
PAGERD_ICAL_FIXTURES, a folder of .ics files to compare as well, and PAGERD_ZONEINFO, a pinned
zoneinfo folder for both sides. Shifts must be equal to the second, with their summaries.

Exit status: 0 equal, 1 differences (each is printed), 77 skipped.
"""
import argparse
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile

# Where the text of RFC 5545 and the oracle differ, the text wins; each such file is named here.
JUSTIFIED = {
    'h13-nul.ics': 'NUL is no character of TEXT (3.3.11); it is left out, the oracle keeps it',
}


def wrong_decoding(summary):
    """What the oracle makes of a file in which a fold cuts a UTF-8 sequence: it decodes before it
    unfolds and falls back on Windows-1252. RFC 5545 3.1 asks to restore the sequence."""
    return summary.encode('utf-8').decode('cp1252', 'replace')


def expand(program, path, lo, hi, zone, tzdir):
    command = [program, '--calendar', path, '--from', lo, '--until', hi, '--json']
    command += ['--timezone', zone] if zone else []
    command += ['--tzdir', tzdir] if tzdir else []
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    if not done.stdout:
        return None, done.stderr.decode('utf-8', 'replace').strip() or 'status %d' % done.returncode
    data = json.loads(done.stdout)
    shifts = sorted((s['start'], s['end'], s['summary']) for s in data['shifts'])
    return shifts, data['warnings']


DECODED = []


def compare(name, ours, theirs):
    """True when equal; prints what is not."""
    theirs = sorted(tuple(x) for x in theirs)
    if ours == theirs:
        return True
    if sorted((a, b, wrong_decoding(s)) for a, b, s in ours) == theirs:
        DECODED.append(name)
        return True
    if os.path.basename(name) in JUSTIFIED:
        print('justified:', name, '-', JUSTIFIED[os.path.basename(name)])
        return True
    print('DIFFERENT:', name)
    for row in sorted(set(ours) - set(theirs))[:5]:
        print('  only ours:  ', row)
    for row in sorted(set(theirs) - set(ours))[:5]:
        print('  only oracle:', row)
    if set(ours) == set(theirs):
        print('  the same shifts, but not as often')
    return False


def generated(program, tools, tzdir, count, seed, is_strict):
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        command = ['/usr/bin/python3', os.path.join(tools, 'gen.py'), '--out', folder, '--seed',
                   str(seed), '--count', str(count)] + (['--strict'] if is_strict else [])
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name in sorted(os.listdir(folder)):
            if not name.endswith('.json'):
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                case = json.load(file)
            path = os.path.join(folder, case['file'])
            ours, said = expand(program, path, case['from'], case['to'], case['tz'], tzdir)
            label = 'seed %d %s %s' % (seed, 'strict' if is_strict else 'loose', case['file'])
            if ours is None:
                print('FAILED:', label, said)
                bad += 1
            elif not compare(label, ours, case['intervals']):
                bad += 1
    return bad


def random_rule(chance):
    """Any rule that RFC 5545 3.3.10 allows, sense or not."""
    def some(low, high, most, is_signed=False):
        values = {chance.randint(low, high) * (chance.choice((1, -1)) if is_signed else 1)
                  for _ in range(chance.randint(1, most))}
        return ','.join(map(str, chance.sample(sorted(values), len(values))))

    frequency = chance.choice(('HOURLY', 'DAILY', 'WEEKLY', 'WEEKLY', 'MONTHLY', 'MONTHLY',
                               'YEARLY', 'YEARLY'))
    parts = ['FREQ=' + frequency]
    if chance.random() < .5:
        parts.append('INTERVAL=%d' % chance.choice((1, 2, 2, 3, 5, 12)))
    if chance.random() < .5:
        parts.append('WKST=' + chance.choice(('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')))
    is_weekno = frequency == 'YEARLY' and chance.random() < .2
    if chance.random() < .3:
        parts.append('BYMONTH=' + some(1, 12, 4))
    if is_weekno:
        parts.append('BYWEEKNO=' + some(1, 53, 3, True))
    if frequency == 'YEARLY' and not is_weekno and chance.random() < .2:
        parts.append('BYYEARDAY=' + some(1, 366, 4, True))
    if frequency != 'WEEKLY' and not is_weekno and chance.random() < .3:
        parts.append('BYMONTHDAY=' + some(1, 31, 4, True))
    if chance.random() < .5:
        may_count = frequency in ('MONTHLY', 'YEARLY') and not is_weekno and chance.random() < .5
        days = chance.sample(('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), chance.randint(1, 4))
        parts.append('BYDAY=' + ','.join(
            (chance.choice(('1', '2', '-1', '+3', '5', '-5')) if may_count else '') + day
            for day in days))
    if chance.random() < .2:
        parts.append('BYHOUR=' + some(0, 23, 3))
    if chance.random() < .1:
        parts.append('BYMINUTE=' + some(0, 59, 2))
    if len(parts) > 2 and chance.random() < .25 and any(x.startswith('BY') for x in parts):
        parts.append('BYSETPOS=' + some(1, 4, 2, True))
    end = chance.random()
    if end < .3:
        parts.append('COUNT=%d' % chance.randint(1, 50))
    elif end < .5:
        parts.append('UNTIL=2026%02d%02dT120000Z' % (chance.randint(1, 12), chance.randint(1, 28)))
    chance.shuffle(parts)
    return ';'.join(parts)


def rules(program, tools, tzdir, count, seed):
    """Calendars of one event with a random rule each."""
    chance = random.Random(seed)
    bad = 0
    sys.path.insert(0, tools)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'rule.ics')
        os.environ['PYTHONWARNINGS'] = 'ignore'
        import oracle  # pylint: disable=import-error,import-outside-toplevel
        oracle.rrulestr = None  # its second opinion searches impossible rules for seconds each
        for _ in range(count):
            rule = random_rule(chance)
            zone = chance.choice(('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'))
            start = '202%d%02d%02dT%02d3000' % (chance.randint(4, 6), chance.randint(1, 12),
                                                chance.randint(1, 28), chance.randint(0, 23))
            with open(path, 'w', encoding='utf-8') as file:
                file.write('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:ann\r\n'
                           'DTSTART;TZID=%s:%s\r\nDURATION:PT2H\r\nRRULE:%s\r\n'
                           'END:VEVENT\r\nEND:VCALENDAR\r\n' % (zone, start, rule))
            lo, hi = '2025-06-01T00:00:00Z', '2027-06-01T00:00:00Z'
            found, _notes = oracle.run([path], oracle.parse_iso(lo), oracle.parse_iso(hi), 'UTC')
            theirs = [(oracle.iso(x['start']), oracle.iso(x['end']), x['summary']) for x in found]
            ours, said = expand(program, path, lo, hi, 'UTC', tzdir)
            label = '%s %s %s' % (zone, start, rule)
            if ours is None:
                print('FAILED:', label, said)
                bad += 1
            elif not compare(label, ours, theirs):
                bad += 1
    return bad


def fixtures(program, tools, tzdir, folder):
    bad = total = 0
    windows = [('2024-01-01T00:00:00Z', '2028-01-01T00:00:00Z', 'UTC'),
               ('1995-01-01T00:00:00Z', '2024-01-01T00:00:00Z', 'Europe/Berlin')]
    paths = sorted(os.path.join(base, name) for base, _, names in os.walk(folder)
                   for name in names if name.endswith('.ics'))
    for path in paths:
        for lo, hi, zone in windows:
            total += 1
            label = os.path.relpath(path, folder)
            ours, said = expand(program, path, lo, hi, zone, tzdir)
            command = ['/usr/bin/python3', os.path.join(tools, 'oracle.py'), '--json', '--tz', zone,
                       '--from', lo, '--to', hi, path]
            oracle = subprocess.run(command, capture_output=True, timeout=300, check=False)
            if oracle.returncode != 0:
                last = oracle.stderr.decode('utf-8', 'replace').strip().splitlines()[-1:]
                print('the oracle gives up on', label, last, 'ours:', said if ours is None else
                      [w['code'] for w in said])
                continue
            if ours is None:
                print('FAILED:', label, said)
                bad += 1
            elif not compare(label, ours, json.loads(oracle.stdout)['intervals']):
                bad += 1
    return bad, total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    tools = os.environ.get('PAGERD_ICAL_TOOLS')
    if not tools:
        print('skipped: PAGERD_ICAL_TOOLS does not point at an oracle')
        return 77
    tzdir = os.environ.get('PAGERD_ZONEINFO')
    if tzdir:
        os.environ['PYTHONTZPATH'] = tzdir
    began = datetime.datetime.now()
    bad = 0
    for is_strict in (False, True):
        bad += generated(options.program, tools, tzdir, options.count, options.seed, is_strict)
    print('%d generated calendars compared' % (2 * options.count))
    bad += rules(options.program, tools, tzdir, options.count, options.seed)
    print('%d random rules compared' % options.count)
    folder = os.environ.get('PAGERD_ICAL_FIXTURES')
    if folder:
        different, total = fixtures(options.program, tools, tzdir, folder)
        print('%d windows of the files compared' % total)
        bad += different
    print('%d equal but for a name that a fold cuts' % len(DECODED))
    print('%d differences, %s' % (bad, datetime.datetime.now() - began))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
