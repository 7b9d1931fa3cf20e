# SPDX-License-Identifier: MIT
"""A real MTA (Exim 4) as the client: by LMTP, by SMTP and by a pipe. What pagerd cannot take the
MTA keeps, and brings later. Needs root, for an MTA changes its account."""
import os
import shutil
import subprocess

from house import PAGECTL, SOURCE, main, need, skip, wait_for
from test_mail_listener import Mailroom, mail

EXIM = """
primary_hostname = mon1.example.org
spool_directory = {dir}/exim
log_file_path = {dir}/exim/log_%s
keep_environment =
trusted_users = root
begin routers
{router}
smtp:
  driver = manualroute
  domains = smtp.example.org
  route_list = * 127.0.0.1
  self = send
  transport = smtp
piped:
  driver = accept
  domains = piped.example.org
  transport = piped
begin transports
{transport}
smtp:
  driver = smtp
  port = {port}
  allow_localhost
piped:
  driver = pipe
  command = {pagectl} mail --key-file {dir}/mail.key --spool {dir}/spool --no-loop
  environment = <; PAGECTL_SERVER={url}
  temp_errors = 75
  return_path_add
  user = Debian-exim
begin retry
* * F,1h,1s
"""


SNIPPET = os.path.join(SOURCE, "etc/integrations/email/exim4")


def shipped(part, pager):
    """A part of etc/integrations/email/exim4, for this house."""
    with open(SNIPPET, encoding="utf-8") as file:
        text = file.read().split(f"# ---- {part} ----\n")[1].split("# ----")[0]
    assert "pagerd" in text
    return text.replace("/run/pagerd/mail.sock", pager.path("mail.sock"))


class Mta(Mailroom):
    """A house that takes mail, with an MTA in front of it."""

    def __init__(self):
        super().__init__()
        os.chmod(self.dir, 0o755)
        os.mkdir(self.path("exim"))
        shutil.chown(self.path("exim"), "Debian-exim", "Debian-exim")
        shutil.chown(self.write("mail.key", self.secret + "\n"), "Debian-exim")
        os.mkdir(self.path("spool"), 0o700)
        shutil.chown(self.path("spool"), "Debian-exim")
        # A copy, for the MTA's account may not get into the folder that this was built in.
        pagectl = shutil.copy(PAGECTL, self.path("pagectl"))
        os.chmod(pagectl, 0o755)
        self.conf = self.write("exim.conf", EXIM.format(
            router=shipped("router", self), transport=shipped("transport", self), dir=self.dir,
            port=self.mail_port, pagectl=pagectl, url=self.url), 0o644)

    def start(self, *options, **more):
        super().start(*options, **more)
        os.chmod(self.path("mail.sock"), 0o666)  # the MTA's account is not in pagerd's group
        return self

    def exim(self, *words, stdin=b""):
        done = subprocess.run(["/usr/sbin/exim4", "-C", self.conf, *words], input=stdin,
                              capture_output=True, timeout=120)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def send(self, recipient, name):
        code, text = self.exim("-odf", "-oi", recipient, stdin=mail(name).replace(b"\r", b""))
        assert code == 0, text

    def queued(self):
        return int(self.exim("-bpc")[1].split()[0])


def every_way_brings_a_problem_and_its_end():
    with Mta() as pager:
        for way in ("box+db1@pager", "box+db2@smtp", "box@piped"):
            pager.send(way + ".example.org", "nagios_problem")
            assert len(pager.incidents()) == 1, (way, pager.exim("-bp"), log(pager))
            pager.send(way + ".example.org", "nagios_recovery")
            assert pager.incidents() == [] and pager.queued() == 0, (way, log(pager))


def log(pager):
    with open(pager.path("exim/log_main"), errors="replace") as file:
        return file.read()[-3000:]


def what_pagerd_cannot_take_the_mta_keeps():
    with Mta() as pager:
        pager.kill()
        for way in ("pager", "smtp"):
            pager.send(f"box+{way}@{way}.example.org", "mdadm")
        assert pager.queued() == 2, log(pager)
        pager.start()

        def is_empty():
            pager.exim("-qff")
            return pager.queued() == 0
        wait_for("the queue to be empty", is_empty)
        assert {row["dedup_key"] for row in pager.incidents()} == {"pager", "smtp"}


def an_unknown_key_is_a_bounce_that_says_why():
    with Mta() as pager:
        pager.send("nobody@pager.example.org", "cron")
        assert pager.incidents("--all") == []
        assert "550" in log(pager) and "No source of pagerd" in log(pager), log(pager)


if __name__ == "__main__":
    need("/usr/sbin/exim4")
    if os.getuid() != 0:
        skip("an MTA changes its account: only root can start one")
    main(every_way_brings_a_problem_and_its_end,
         what_pagerd_cannot_take_the_mta_keeps,
         an_unknown_key_is_a_bounce_that_says_why)
