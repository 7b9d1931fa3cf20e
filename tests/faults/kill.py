# SPDX-License-Identifier: MIT
"""kill -9 at every system call of a life of pagerd, of its courier and of its readers.

Point K kills at one call; points follow each other in chains on one state directory, so that each
life is also the recovery of the one before, and is killed in it. A chain ends with a life that
nobody disturbs and that must make everything good.
"""
import os
import random

import part
from life import ON_CALL, Broken, Home, Life, Tracer, has_counted, parse, render, verify

CHAIN = 10
ROLES = {"pagerd": 7, "courier": 2, "reader": 1}  # of ten kills
GOLDEN = 0.6180339887498949  # multiples of it spread evenly, however many are taken
HURRY = 2  # seconds that a struck life waits for a page before it goes on


def calls_of_a_life(home, build):
    """How many calls each role makes in a whole life; a few more or less from life to life."""
    counts = {}
    for name in ("first", "second"):
        tracer = Tracer(home, build)
        life = Life(home, tracer.argv)
        try:
            if not life.await_ready():
                life.give_up(part.SKIP)
            life.spend(name)
            life.end()
        finally:
            life.kill()
        counts = {role: tracer.count(role) for role in ROLES}
    home.reset()
    return counts


def aim(seed, point, counts):
    """The role and the call of a point."""
    dice = random.Random(f"{seed}:{point}")
    role = dice.choices(list(ROLES), weights=list(ROLES.values()))[0]
    place = (point * GOLDEN + seed * 0.7548776662466927) % 1
    return role, 1 + int(place * counts[role])


def judge_duty(home, key):
    """Who is on call is known although a reader was killed: its calendar is read once more."""
    others = [message["text"] for message in home.gateway.taken()
              if f"host: {key}." in message["text"] and message["to"] != ON_CALL]
    if others:
        raise Broken(f"nobody was known to be on call: {others[0]!r}")


def strike(home, made, point, counts, tally):
    role, call = aim(made.seed, point, counts)
    tracer = Tracer(home, made.build, "--role", role, "--kill", str(call))
    is_patient = point % 8 == 0  # waits for the courier's successor
    life = Life(home, tracer.argv, patience=HURRY)
    try:
        if life.await_ready():
            life.spend(f"problem-{point}",
                       lambda: role != "pagerd" and not is_patient and tracer.hit() is not None)
        life.end()
        home.judge_calls(home.inspect())
        if role == "reader":
            judge_duty(home, f"problem-{point}")
    except Broken as error:
        raise Broken(f"kill {role} at call {call} ({tracer.hit()}): {error}") from None
    finally:
        life.kill()
    tally.count(**{f"kills_{role}" if tracer.hit() else "never_reached": 1,
                   "killed_at_start": int(role == "pagerd" and not life.is_ready)})


def chain_run(home, made, first, end, counts, tally):
    """Points first..end; the first failure ends the chain, for what follows rests on it."""
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
    claims = home.claims.values()
    tally.count(accepted=sum(claim.is_accepted for claim in claims),
                acked=sum(claim.is_acked for claim in claims),
                pages=len(home.gateway.taken()),
                repeats=sum("(repeat)" in message["text"] for message in home.gateway.taken()))


def main():
    made = part.options("kill", 600, lambda parser: parser.add_argument(
        "--calls", help="calls of a life, as an earlier run counted them: pagerd=..,courier=.."))
    if not os.path.exists(os.path.join(made.build, "tests/faults/tracer")):
        part.skip("the tracer is not built for this machine")
    if made.calls:
        counts = parse(made.calls)
    else:
        with Home(made.build) as home:
            counts = calls_of_a_life(home, made.build)
        if not has_counted(counts):
            part.skip("this kernel does not tell system calls")
    print(f"calls of a life: {render(counts)}", flush=True)

    def work(tally, points):
        with Home(made.build) as home:
            for first, end in points:
                chain_run(home, made, first, end, counts, tally)

    part.run(made, work, CHAIN)


main()
