#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A name server that never answers, and 200 mails for a server known by its name.

What does not need the name goes out at once, acks are taken, and threads do not pile up. Then the
name server comes to life, and every mail that waited arrives.
"""
import importlib.util
import itertools
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

import part
import points

OPTIONS = points.options("names", 1)

from house import House, wait_for  # noqa: E402  (after the build folder is known)
from sinks import Gateway, Mail, link_of  # noqa: E402

BOB = "+4915550100002"
HOST = "mail.names.test"
HANGING = 200  # mails that wait for the name
TRANSFERS_MAX = 100  # that the courier has under way at once; each may hold one thread
THREADS_OWN = 8  # of the courier itself
LOOK_UP_S = 3  # until a look-up is given up; a connection may take longer
RESOLVER = {"RES_OPTIONS": f"timeout:1 attempts:{LOOK_UP_S}"}
ADDRESS = itertools.count(1)


class Names:
    """A name server that swallows what it is asked, until it is told to answer."""

    def __init__(self):
        self.address = f"127.53.{os.getpid() % 250 + 1}.{next(ADDRESS)}"
        self.asked = 0
        self.is_well = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 53))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            question, asker = self.socket.recvfrom(4096)
            self.asked += 1
            if self.is_well:
                self.socket.sendto(self.answer(question), asker)

    @staticmethod
    def answer(question):
        """127.0.0.1 to who asks for an address of version 4, nothing to others (RFC 1035)."""
        end = question.index(b"\0", 12) + 5
        is_v4 = question[end - 4:end - 2] == b"\0\1"
        head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, int(is_v4), 0, 0)
        address = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton("127.0.0.1")
        return head + question[12:end] + (address if is_v4 else b"")


def namespace(folder, address):
    """A prefix for a command: it asks only the name server at this address."""
    path = os.path.join(folder, "resolv.conf")
    with open(path, "w") as file:
        file.write(f"nameserver {address}\n")
    return ["unshare", "--mount", "sh", "-c",
            f'mount --bind "{path}" /etc/resolv.conf && exec "$@"', "sh"]


def need_all():
    """Skips by name what this machine does not allow."""
    if importlib.util.find_spec("aiosmtpd") is None:
        part.skip("python3-aiosmtpd is not installed")
    try:
        Names()
    except OSError as problem:
        part.skip(f"no name server can stand on port 53: {problem}")
    with tempfile.TemporaryDirectory() as folder:
        wrap = namespace(folder, "127.0.0.1")
        if not shutil.which("unshare") or subprocess.run([*wrap, "true"], capture_output=True,
                                                         check=False).returncode:
            part.skip("no file can be mounted over /etc/resolv.conf here")


def threads_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Threads:"))


def page_healthy(pager, gateway, key, name):
    """One alert whose SMS needs no name; its milliseconds. Its ack is taken as well."""
    since = time.monotonic()
    assert pager.alert(key, dedup_key=name, summary=f"host: {name}.", service=name)[0] == 202
    page = wait_for(f"the SMS of {name}", lambda: next(
        (m for m in gateway.taken(BOB) if f"host: {name}." in m["text"]), None))
    assert pager.request("POST", link_of(page["text"]), "do=ack", points.FORM)[0] == 303
    return int((page["at"] - since) * 1000)


def hanging(pager, gateway, names, key):
    """While the mails hang: pages by another channel and acks, and no more threads than allowed."""
    courier = points.children(pager.process.pid)["pagerd-courier"]
    threads, waited_ms = [], []
    until = time.monotonic() + LOOK_UP_S
    while time.monotonic() < until or names.asked == 0:
        waited_ms.append(page_healthy(pager, gateway, key, f"healthy{len(waited_ms)}"))
        threads.append(threads_of(courier))
        time.sleep(0.2)
    assert max(threads) <= TRANSFERS_MAX + THREADS_OWN, threads
    assert min(waited_ms) < LOOK_UP_S * 1000 / 2, f"pages wait for names: {waited_ms}"
    assert points.children(pager.process.pid)["pagerd-courier"] == courier, "taken for dead"
    return {"threads_max": max(threads), "page_ms_max": max(waited_ms)}


def hosts_told(mail):
    return {found.group(1) for letter in mail.to("ann@example.org")
            for found in [re.search(r"host: (h[0-9]+)", letter["Subject"])] if found}


def point(number):
    """Nothing is left to chance: the seed has no part in it."""
    del number
    gateway, mail, names = Gateway(), Mail(), Names()
    mail_config = mail.config().replace("127.0.0.1", HOST)
    rules = ('notify: { by_mail: ( { after = "0s", via = [ "email" ] } ) '
             'by_sms: ( { after = "0s", via = [ "sms" ] } ) }')
    with House('private-networks = "127.0.0.0/8"\n',  # where the name leads
               channels=f"{gateway.config()} {mail_config}", notify=rules,
               user_extra={"ann": ', notify = "by_mail"', "bob": ', notify = "by_sms"'},
               escalate='( { page = [ "primary", "secondary" ], wait = "1h" } )') as pager:
        pager.start(wrap=namespace(pager.dir, names.address), env=RESOLVER)
        key = pager.key()
        for i in range(HANGING):
            assert pager.alert(key, dedup_key=f"hanging {i}", summary=f"host: h{i}")[0] == 202
        wait_for("the SMS of those that hang by mail",
                 lambda: len(gateway.taken(BOB)) >= HANGING)
        worst = hanging(pager, gateway, names, key)
        assert not mail.to("ann@example.org")
        names.is_well = True
        since = time.monotonic()
        wait_for(f"every mail that waited; asked {names.asked} times",
                 lambda: hosts_told(mail) == {f"h{i}" for i in range(HANGING)}, 300)
        worst["all_mails_ms_max"] = int((time.monotonic() - since) * 1000)
    gateway.close()
    return {"hanging": HANGING, "asked": names.asked, **worst}


if __name__ == "__main__":
    need_all()
    points.run(OPTIONS, point, 1)
