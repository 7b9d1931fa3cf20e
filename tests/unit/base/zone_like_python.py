#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares base/zone.c with Python's zoneinfo: the zones of this machine, and the same written
by zic as slim and as fat files. Python reads local times as RFC 5545 does, with fold=0."""

import datetime
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo

SYSTEM = "/usr/share/zoneinfo"
SKIPPED = 77
EPOCH = datetime.datetime(1970, 1, 1)
EPOCH_UTC = EPOCH.replace(tzinfo=datetime.timezone.utc)
FIRST, LAST = -2_500_000_000, 15_000_000_000
ZONES = """Africa/Casablanca Africa/Cairo America/Caracas America/Nuuk America/Santiago
America/New_York America/Sao_Paulo America/St_Johns Antarctica/Troll Asia/Gaza Asia/Jerusalem
Asia/Kathmandu Asia/Kolkata Asia/Tehran Asia/Beirut Australia/Lord_Howe Australia/Sydney
Europe/Berlin Europe/Chisinau Europe/Dublin Europe/Istanbul Europe/London Europe/Moscow
Pacific/Apia Pacific/Chatham Pacific/Kiritimati Pacific/Norfolk Etc/UTC Etc/GMT+12""".split()


def ask(program, folder, name, questions):
    text = "".join(f"{what} {seconds}\n" for what, seconds in questions)
    answer = subprocess.run([program, folder, name], input=text, text=True, check=True,
                            stdout=subprocess.PIPE, timeout=60)
    return [line.split() for line in answer.stdout.splitlines()]


def changes_of(program, folder, name):
    """Walks with zone_next_change until 2200, one question at a time being too slow: twice a
    week is enough, for no two changes asked for here are closer."""
    step = 3 * 86400
    questions = [("at", at) for at in range(FIRST, 7_300_000_000, step)]
    answers = ask(program, folder, name, questions)
    return sorted({int(change) for _, _, change in answers if int(change) != -1})


def offset_in(zone, naive, fold):
    return int(naive.replace(tzinfo=zone, fold=fold).utcoffset().total_seconds())


def expect_at(zone, seconds):
    moment = (EPOCH_UTC + datetime.timedelta(seconds=seconds)).astimezone(zone)
    return [str(int(moment.utcoffset().total_seconds())), moment.tzname()]


def expect_local(zone, seconds):
    naive = EPOCH + datetime.timedelta(seconds=seconds)
    first, second = offset_in(zone, naive, 0), offset_in(zone, naive, 1)
    fit = 2 if first > second else 1 if first < second else 0
    return [str(seconds - first), str(fit)]


def check(program, folder, name, source):
    with open(os.path.join(folder, name), "rb") as file:
        zone = zoneinfo.ZoneInfo.from_file(file, name)
    changes = changes_of(program, folder, name)
    instants = [source.randrange(FIRST, LAST) for _ in range(300)]
    instants += [change + by for change in changes for by in (-1, 0, 1)]
    local = [source.randrange(FIRST, LAST) for _ in range(300)]
    for change in changes:
        for by in (-1, 0):
            offset = int(expect_at(zone, change + by)[0])
            local += [change + offset + by_local for by_local in (-901, -1, 0, 1, 900)]
    questions = [("at", at) for at in instants] + [("local", at) for at in local]
    expected = [expect_at(zone, at) for at in instants] + [expect_local(zone, at) for at in local]
    wrong = 0
    for question, given, wanted in zip(questions, ask(program, folder, name, questions), expected):
        if given[:2] != wanted:
            wrong += 1
            print(f"{folder} {name} {question}: {given[:2]}, Python says {wanted}")
    return len(questions), len(changes), wrong


def main():
    program = sys.argv[1]
    if not os.path.exists(f"{SYSTEM}/Europe/Berlin"):
        print(f"skipped: no {SYSTEM} on this machine")
        return SKIPPED
    source = random.Random(20261122)
    asked = wrong = changed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folders = [SYSTEM]
        for form in ("slim", "fat"):
            folder = os.path.join(scratch, form)
            done = None
            if os.path.exists(f"{SYSTEM}/tzdata.zi") and os.path.exists("/usr/sbin/zic"):
                done = subprocess.run(["/usr/sbin/zic", "-b", form, "-d", folder,
                                       f"{SYSTEM}/tzdata.zi"], check=False)
            if done is None or done.returncode != 0:
                print(f"skipped: {form} files, for want of zic or tzdata.zi")
            else:
                folders.append(folder)
        for folder in folders:
            for name in ZONES:
                if os.path.exists(os.path.join(folder, name)):
                    counts = check(program, folder, name, source)
                    asked, changed, wrong = (asked + counts[0], changed + counts[1],
                                             wrong + counts[2])
    print(f"{asked} questions around {changed} changes, {wrong} wrong")
    return 1 if wrong or not changed else 0


sys.exit(main())
