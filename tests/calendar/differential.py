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
