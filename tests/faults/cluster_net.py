# SPDX-License-Identifier: MIT
"""Machines on a switch: network namespaces on one bridge, whose cables can be pulled and cut one way.

All of it is in namespaces of the round's own (enter()): of processes, mounts and network. With the first of
its processes everything is gone, however it ended: programs, machines, bridge.
"""
import os
import shutil
import subprocess
import sys

import part

HUB = "10.77.0.1"  # the round itself: senders, people, the gateway of text messages
NETWORK = "10.77.0.0/24"
NAMES = "/run/netns"
OWN = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--mount", "--net"]

# A packet is dropped by where it comes from and where it goes: silently, as a broken cable does.
RULES = """table bridge cables {
    set cuts { type ipv4_addr . ipv4_addr; }
    chain through { type filter hook forward priority 0; ip saddr . ip daddr @cuts drop; }
    chain inward { type filter hook input priority 0; ip saddr . ip daddr @cuts drop; }
    chain outward { type filter hook output priority 0; ip saddr . ip daddr @cuts drop; }
}
"""


def run(*argv, given=None):
    done = subprocess.run(argv, input=given, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stderr.strip()}"
    return done.stdout


def why_not():
    """What this machine lacks for machines of our own, or None."""
    if os.getuid() != 0:
        return "network namespaces need root"
    for program in ("unshare", "nsenter", "setpriv", "ip", "nft"):
        if not shutil.which(program):
            return f"{program} is not installed"
    tried = subprocess.run([*OWN, "sh", "-ec", f"nft -f - <<'END'\n{RULES}END\n"
                            "ip link add hub type bridge; ip link add one type veth peer name two"],
                           capture_output=True, text=True)
    return f"no network namespaces here: {tried.stderr.strip()}" if tried.returncode else None


def enter_argv(argv):
    """The command line that runs a Python program in namespaces of its own; the shell is their first
    process, and reaps what has lost its parent."""
    return [*OWN, "sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-B", *argv]


class Network:
    """The switch, and the machines on it."""

    def __init__(self):
        # Names of machines are files of this folder: ours alone, or they would outlive us.
        os.makedirs(NAMES, exist_ok=True)
        run("mount", "--make-rprivate", "/")
        run("mount", "-t", "tmpfs", "names", NAMES)
        run("nft", "-f", "-", given=RULES)
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "hub", "type", "bridge", "forward_delay", "0")
        run("ip", "address", "add", HUB + "/24", "dev", "hub")
        run("ip", "link", "set", "hub", "up")
        self.addresses = {}  # machine: what it answers to
        self.is_cut = set()

    def add(self, machine, *addresses):
        run("ip", "netns", "add", machine)
        run("ip", "link", "add", f"to-{machine}", "type", "veth", "peer", "name", "eth0", "netns", machine)
        run("ip", "link", "set", f"to-{machine}", "master", "hub", "up")
        run("ip", "-n", machine, "link", "set", "lo", "up")
        for address in addresses:
            run("ip", "-n", machine, "address", "add", address + "/24", "dev", "eth0")
        run("ip", "-n", machine, "link", "set", "eth0", "up")
        self.addresses[machine] = list(addresses)

    @staticmethod
    def inside(machine):
        """What a command line begins with to run there; the process stays the same one."""
        return ["nsenter", f"--net={NAMES}/{machine}"]

    def pull(self, machine):
        run("ip", "link", "set", f"to-{machine}", "down")

    def plug(self, machine):
        run("ip", "link", "set", f"to-{machine}", "up")

    def cut(self, sources, targets):
        """Nothing gets from these addresses to those; the other way it does."""
        pairs = {(one, other) for one in sources for other in targets if one != other} - self.is_cut
        for one, other in sorted(pairs):
            run("nft", "add", "element", "bridge", "cables", "cuts", f"{{ {one} . {other} }}")
        self.is_cut |= pairs
        return pairs

    def mend(self, pairs):
        for one, other in sorted(pairs & self.is_cut):
            run("nft", "delete", "element", "bridge", "cables", "cuts", f"{{ {one} . {other} }}")
        self.is_cut -= pairs

    def everybody(self):
        return [HUB, *(address for of in self.addresses.values() for address in of)]
