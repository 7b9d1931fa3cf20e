# SPDX-License-Identifier: MIT
"""What befalls several machines. Each function strikes, waits and heals; traffic goes on meanwhile."""
import shutil
import time

from cluster_net import HUB

LONG_S = 600  # the database of one round in a hundred is away so long


def strike_for(round_, least, most):
    """Some seconds, by the seed."""
    time.sleep(round_.dice.uniform(least, most))


def kill(round_, node):
    node.kill()
    strike_for(round_, 1, 6)
    node.start()


def kill_on_duty(round_):
    kill(round_, round_.on_duty())


def kill_standing(round_):
    kill(round_, round_.standing())


def freeze(round_, node):
    node.freeze()
    strike_for(round_, 1, 20 if round_.is_long else 8)
    node.thaw()


def freeze_on_duty(round_):
    freeze(round_, round_.on_duty())


def freeze_standing(round_):
    freeze(round_, round_.standing())


def pull(round_, machine):
    """A machine is alone. Where it has the primary, the standby is promoted, and the old primary comes
    back as one of the past: it answers as if nothing had happened."""
    round_.network.pull(machine)
    if machine == round_.pair.primary.machine and not round_.pair.has_failed_over:
        strike_for(round_, 0, 5)
        round_.pair.fail_over()
        strike_for(round_, 2, 5)
    elif machine == round_.pair.new.machine and not round_.pair.has_failed_over:
        strike_for(round_, 0, 3)
        round_.pair.go_on_alone()
        # From here on it is behind, and to promote it would lose what was answered: test_forgotten.py.
        round_.pair.has_failed_over = True
        strike_for(round_, 2, 5)
    else:
        strike_for(round_, 3, 8)
    round_.network.plug(machine)


def pull_on_duty(round_):
    pull(round_, round_.on_duty().machine)


def pull_primary(round_):
    pull(round_, round_.pair.primary.machine)


def cut(round_, sources, targets):
    pairs = round_.network.cut(sources, targets)
    strike_for(round_, 3, 8)
    round_.network.mend(pairs)


def cut_what_it_sends(round_):
    node = round_.on_duty()
    cut(round_, [node.address], round_.network.everybody())


def cut_what_it_hears(round_):
    node = round_.on_duty()
    cut(round_, round_.network.everybody(), [node.address])


def cut_from_base(round_, node):
    bases = [server.address for server in (round_.pair.old, round_.pair.new)]
    pairs = round_.network.cut([node.address], bases) | round_.network.cut(bases, [node.address])
    strike_for(round_, 3, 8)
    round_.network.mend(pairs)


def cut_on_duty_from_base(round_):
    cut_from_base(round_, round_.on_duty())


def cut_standing_from_base(round_):
    cut_from_base(round_, round_.standing())


def cut_from_world(round_):
    """It sees the other machines, and nobody outside: neither monitoring nor the provider of messages."""
    node = round_.on_duty()
    pairs = round_.network.cut([node.address], [HUB]) | round_.network.cut([HUB], [node.address])
    strike_for(round_, 3, 8)
    round_.network.mend(pairs)


def base_restarts(round_):
    """Nobody promotes anything: the primary is down for a while."""
    server, window = round_.pair.primary, round_.windows[-1]
    server.kill()
    window.gone = time.monotonic()
    window.is_longest = round_.is_longest
    if round_.is_longest:
        time.sleep(LONG_S)
    else:
        strike_for(round_, 6, 20 if round_.is_long else 12)
    window.back = time.monotonic()
    server.start()


def base_freezes(round_):
    server, window = round_.pair.primary, round_.windows[-1]
    server.freeze()
    window.gone = time.monotonic()
    strike_for(round_, 3, 15 if round_.is_long else 8)
    window.back = time.monotonic()
    server.thaw()


def fail_over(round_):
    """The primary is killed, its standby promoted; perhaps somebody starts the old one once more."""
    old, window = round_.pair.primary, round_.windows[-1]
    old.kill()
    window.gone = time.monotonic()
    strike_for(round_, 0, 10 if round_.is_long else 4)
    round_.pair.fail_over()
    window.back = time.monotonic()
    if round_.dice.random() < 0.5:
        strike_for(round_, 0, 3)
        old.wait_for_nobody()
        old.start()


def fail_over_and_kill(round_):
    """Both at once: the primary, and the node on duty."""
    node, window = round_.on_duty(), round_.windows[-1]
    round_.pair.primary.kill()
    window.gone = time.monotonic()
    node.kill()
    strike_for(round_, 0, 5)
    round_.pair.fail_over()
    window.back = time.monotonic()
    strike_for(round_, 0, 3)
    node.start()


def base_and_disk_lost(round_):
    """The database is down, and the node that goes on without it is lost for good: with its disk, where all
    that it answered is on another one's, too."""
    node, server, window = round_.on_duty(), round_.pair.primary, round_.windows[-1]
    server.kill()
    window.gone = time.monotonic()
    strike_for(round_, 2, 5)
    is_copied = round_.has_peers and node.metric("pagerd_journal_uncopied_total") == 0
    node.kill()
    if is_copied:
        shutil.rmtree(node.state)
        window.name += "_for_good"
    strike_for(round_, 4, 8)
    window.back = time.monotonic()
    server.start()
    strike_for(round_, 0, 3)
    node.start()


def lose_standby(round_):
    """Commits hang until the primary is told to go on alone: nothing that was answered is on one disk."""
    round_.pair.new.kill()
    strike_for(round_, 2, 6)
    round_.pair.go_on_alone()
    round_.pair.has_failed_over = True  # nobody is left who could be promoted


def step_clock(round_):
    node = round_.on_duty()
    node.clock.set(node.clock.shift.value + round_.dice.choice((-60, 60)))
    strike_for(round_, 1, 3)


# In the order in which rounds begin with them: (what, whose fault a late page is, needs the standby).
FAULTS = [
    (kill_on_duty, "node", False),
    (fail_over, "base", True),
    (pull_primary, "base", True),
    (base_restarts, "base", False),
    (freeze_on_duty, "node", False),
    (fail_over_and_kill, "base", True),
    (cut_on_duty_from_base, "node", False),
    (pull_on_duty, "node", False),
    (cut_what_it_hears, "node", False),
    (cut_what_it_sends, "node", False),
    (step_clock, "clock", False),
    (lose_standby, "base", True),
    (kill_standing, "node", False),
    (base_freezes, "base", False),
    (cut_standing_from_base, "node", False),
    (freeze_standing, "node", False),
    (cut_from_world, "node", False),
    (base_and_disk_lost, "base", False),
]
