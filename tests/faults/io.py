# SPDX-License-Identifier: MIT
"""Every operation on a file of pagerd's state fails once, or from then on.

Whoever was told 2xx is on disk afterwards; the others were told 503 or nothing. What was decided
goes out from memory. A disk that fails ends pagerd, with an emergency page; one without room makes
it refuse. It never hangs, and an undisturbed restart finds everything.
"""
import contextlib
import os
import signal
import time

import part
from life import DEADLINE, Broken, Home, Life, Tracer, has_counted, parse, render, verify

CHAIN = 5
GOLDEN = 0.6180339887498949
UNREACHED = "999999999"

# What fails how; "+": from then on. An EINTR that never ends is left out: repeating the call is
# what it asks for. Locks are a matter of the kernel, not of the disk, and fail apart.
FAULTS = ("EIO", "EIO+", "ENOSPC", "ENOSPC+", "EDQUOT", "EDQUOT+", "EROFS", "EROFS+", "EINTR",
          "short", "short+", "lock")


def fault_of(point):
    """A lock that fails for ever makes each question wait for it: seldom."""
    fault = FAULTS[point % len(FAULTS)]
    return "lock+" if fault == "lock" and point // len(FAULTS) % 20 == 0 else fault


def tracer_words(home, fault, call):
    sticky = "+" if fault.endswith("+") else ""
    kind = fault.rstrip("+")
    aim = {"short": ["--short", f"{call}{sticky}"],
           "lock": ["--fail", f"EIO@{call}{sticky}"]}
    return ["--role", "pagerd", "--calls", "lock" if kind == "lock" else "file",
            "--under", home.state, *aim.get(kind, ["--fail", f"{kind}@{call}{sticky}"])]


def calls_of_a_life(home, build):
    """How many operations on files, writes and locks there are in a life."""
    counts = {}
    for kind in ("EIO", "short", "lock"):
        home.reset()
        tracer = Tracer(home, build, *tracer_words(home, kind, UNREACHED))
        life = Life(home, tracer.argv)
        try:
            if not life.await_ready():
                life.give_up(part.SKIP)
            day(life, "first", "second")
            life.end()
        finally:
            life.kill()
        counts[kind] = tracer.count("pagerd")
    home.reset()
    return counts


def day(life, key, late_key):
    """Like Life.spend, but whatever is refused is refused, and the day goes on."""
    home = life.home
    if home.key is None and not life.make_key():
        return
    status = life.alert(key)
    if status == 202 and not life.await_call(key) and not life.has_ended():
        raise Broken(f"{key} was accepted, and no page went out in {DEADLINE} s")
    life.alert(key)
    if status == 202:
        life.acknowledge(key, by_link=home.lives % 2 == 0)
    life.resolve_another(key)
    life.alert(late_key)
    life.look()


def await_emergency(life):
    """A store that failed for good: pagerd tells its admins and ends by itself."""
    if "cannot commit" not in life.home.log():
        return
    end = time.monotonic() + DEADLINE
    while not life.has_ended():
        if time.monotonic() > end:
            raise Broken("its store is broken, and it did not end")
        time.sleep(0.005)
    told = [message["text"] for message in life.home.gateway.taken()]
    # One that first took its time was told as such; the admins are told once in ten minutes.
    if not any("cannot write to its disk" in text or "its disk does not answer" in text
               for text in told):
        raise Broken("its store broke, and nobody was told")


def await_room(life, key):
    """What failed once has passed: the sender's next tries are taken."""
    end = time.monotonic() + DEADLINE
    while not life.has_ended() and life.alert(key) != 202:
        if time.monotonic() > end:
            raise Broken("it goes on refusing after the failure has passed")
        time.sleep(0.05)


def forgive_memory(home):
    """What goes out while the store takes nothing is in memory alone: it comes again, unmarked. All
    that wait may have gone out so, and the last of it may still be on its way."""
    if "cannot commit" in home.log() or "pages go out from memory" in home.log():
        for claim in home.claims.values():
            claim.was_refused = True


def judge_end(life, is_killed):
    """It ended by itself or as asked: in words, not by a crash."""
    if life.status is not None and life.status < 0 and not is_killed:
        raise Broken(f"it crashed by signal {-life.status}")
    if life.status not in (0, None) and not is_killed and "<3>" not in life.home.log():
        raise Broken(f"it ended with {life.status} and did not say why")


def strike(home, made, point, counts, tally):
    fault = fault_of(point)
    place = (point * GOLDEN + made.seed * 0.7548776662466927) % 1
    is_sticky = fault.endswith("+")
    call = 1 + int(place * counts.get(fault.rstrip("+"), counts["EIO"]))
    tracer = Tracer(home, made.build, *tracer_words(home, fault, call))
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(home.state, "lives"))  # else what was just told is not told again
    life = Life(home, tracer.argv)
    is_killed = is_sticky and point % 16 != 0  # without room, its end by SIGTERM takes its time
    what = f"{fault} at operation {call}"
    try:
        if life.await_ready():
            day(life, f"problem-{point}", f"late-{point}")
            await_emergency(life)
            if not is_sticky and point % 8 == 0 and home.key is not None:
                await_room(life, f"late-{point}")
                await_emergency(life)
        is_killed = is_killed and not life.has_ended()
        life.end(signal.SIGKILL if is_killed else signal.SIGTERM)
        what += f" ({tracer.hit()})"
        judge_end(life, is_killed)
        home.inspect()
        forgive_memory(home)
    except Broken as error:
        raise Broken(f"{what}: {error}") from None
    finally:
        life.kill()
    kind = fault.rstrip("+") + ("_sticky" if is_sticky else "")
    hit = tracer.hit()
    tally.count(**{kind if hit else "never_reached": 1,
                   "refused_to_start": int(not life.is_ready),
                   "emergencies": int("cannot commit" in home.log()),
                   "answers_503": life.statuses.count(503),
                   "answers_202": life.statuses.count(202)})


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
        print("  claims: " + repr({key: vars(claim) for key, claim in home.claims.items()}))
        print("  log: " + home.log()[-3000:].replace("\n", "\n  "), flush=True)


def main():
    made = part.options("io", 504, lambda parser: parser.add_argument(
        "--calls", help="operations of a life, as an earlier run counted them: EIO=N,.."))
    if not os.path.exists(os.path.join(made.build, "tests/faults/tracer")):
        part.skip("the tracer is not built for this machine")
    if made.calls:
        counts = parse(made.calls)
    else:
        with Home(made.build) as home:
            counts = calls_of_a_life(home, made.build)
        if not has_counted(counts):
            part.skip("this kernel does not tell system calls")
    print(f"operations of a life: {render(counts)}", flush=True)

    def work(tally, points):
        with Home(made.build) as home:
            for first, end in points:
                chain_run(home, made, first, end, counts, tally)

    part.run(made, work, CHAIN)


main()
