# SPDX-License-Identifier: MIT
"""Want of descriptors: limits from 3 upwards, EMFILE or ENFILE at each call that makes one.

Either it says why it cannot start and ends with an error, or it lives; it never hangs, and nothing
is lost that was answered with 2xx.

Points come in turns of two: a limit (RLIMIT_NOFILE), and a failing call (once, or from then on).
"""
import os
import signal

import part
from life import Broken, Home, Life, Tracer, has_counted, parse, render, verify

CHAIN = 6
GOLDEN = 0.6180339887498949
LIMIT_FIRST = 3
LIMITS = 72  # the last of them are enough for a whole life
UNREACHED = "999999999"
FAULTS = ("EMFILE", "EMFILE+", "ENFILE", "ENFILE+")
ROLES = ("pagerd", "pagerd", "pagerd", "courier", "reader")
PATIENCE = 15  # seconds for a page of a life in want, which may have to be tried again
REFUSALS_MAX = 20000  # of one life that cannot take connections; spinning, it meets many more
HURRY = 1  # where it cannot go out


def calls_of_a_life(home, build):
    """How many descriptors each role makes in a life, and whether we may trace here."""
    tracer = Tracer(home, build, "--calls", "open", "--fail", f"EMFILE@{UNREACHED}")
    life = Life(home, tracer.argv)
    try:
        if not life.await_ready():
            life.give_up(part.SKIP)
        life.spend("first")
        life.end()
    finally:
        life.kill()
    home.reset()
    return {role: tracer.count(role) for role in ("pagerd", "courier", "reader")}


def aim(home, made, point, counts):
    """The tracer or None, what the life is started with, and what that is in words."""
    if point % 2 == 0:
        limit = LIMIT_FIRST + point // 2 % LIMITS
        words = ["sh", "-c", f'ulimit -n {limit} && exec "$@"', "sh"]
        return None, words, f"limit {limit}", "limits"
    turn = point // 2
    fault = FAULTS[turn % len(FAULTS)]
    role = ROLES[turn // len(FAULTS) % len(ROLES)]
    place = (point * GOLDEN + made.seed * 0.7548776662466927) % 1
    call = 1 + int(place * counts[role])
    kind, sticky = fault.rstrip("+"), "+" if fault.endswith("+") else ""
    tracer = Tracer(home, made.build, "--role", role, "--calls", "open", "--fail",
                    f"{kind}@{call}{sticky}")
    what = f"{fault} for {role} at descriptor {call}"
    return tracer, tracer.argv, what, kind + ("_sticky" if sticky else "")


def live(life, point):
    """One life in want; it may refuse anything, but in words and in time."""
    if not life.await_ready():
        return
    life.spend(f"problem-{point}")


def judge_end(life):
    if life.status is not None and life.status < 0:
        raise Broken(f"it crashed by signal {-life.status}")
    if life.is_ready or life.status == 0:
        return
    if life.home.log().strip() == "":
        raise Broken(f"it ended with {life.status} and did not say why")


def strike(home, made, point, counts, tally):
    tracer, prefix, what, kind = aim(home, made, point, counts)
    is_sticky = kind.endswith("_sticky")  # then accept(2) may fail for ever as well
    life = Life(home, prefix, patience=HURRY if is_sticky else PATIENCE, may_be_mute=is_sticky)
    try:
        live(life, point)
        life.end(signal.SIGTERM)
        judge_end(life)
        if life.is_mute and int(tracer.read("hits")) > REFUSALS_MAX:
            raise Broken(f"it spins: {tracer.read('hits')} calls were refused")
        home.inspect()
    except Broken as error:
        raise Broken(f"{what}: {error}") from None
    finally:
        life.kill()
    claim = home.claims.get(f"problem-{point}")
    tally.count(**{kind: 1, "refused_to_start": int(not life.is_ready),
                   "mute": int(life.is_mute),
                   "whole_lives": int(claim is not None and claim.is_accepted)})


def chain_run(home, made, first, end, counts, tally):
    home.reset()
    point = first
    try:
        for point in range(first, end):
            tally.done += 1
            strike(home, made, point, counts, tally)
        verify(home)
        tally.count(verified=1)
    except Broken as error:
        start = first // CHAIN * CHAIN
        again = tally.again(start).replace("--count 1", f"--count {point + 1 - start}")
        tally.fail(point, str(error), f"{again} --calls {render(counts)}")
        print("  log: " + home.log()[-3000:].replace("\n", "\n  "), flush=True)


def main():
    made = part.options("descriptors", 480, lambda parser: parser.add_argument(
        "--calls", help="descriptors of a life, as an earlier run counted them: pagerd=N,.."))
    if not os.path.exists(os.path.join(made.build, "tests/faults/tracer")):
        part.skip("the tracer is not built for this machine")
    if made.calls:
        counts = parse(made.calls)
    else:
        with Home(made.build) as home:
            counts = calls_of_a_life(home, made.build)
        if not has_counted(counts):
            part.skip("this kernel does not tell system calls")
    print(f"descriptors of a life: {render(counts)}", flush=True)

    def work(tally, points):
        with Home(made.build) as home:
            for first, end in points:
                chain_run(home, made, first, end, counts, tally)

    part.run(made, work, CHAIN)


main()
