# SPDX-License-Identifier: MIT
"""Pages by mail through a real MTA (Exim 4): taken, passed on and threaded; a mailbox that it refuses
is a failure at once, one that it puts off is tried again. Needs root, for an MTA changes its account."""
import os
import shutil
import socket

from house import House, free_port, main, need, skip, wait_for
from sinks import Mail

EXIM = """
primary_hostname = mx.example.org
spool_directory = {dir}/exim
log_file_path = {dir}/exim/log_%s
keep_environment =
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny
    local_parts = bob
    message = no such mailbox
  defer
    local_parts = cat
    condition = ${{if !exists{{{dir}/cat-is-back}}}}
    message = come back later
  accept
begin routers
all:
  driver = manualroute
  domains = *
  route_list = * 127.0.0.1
  self = send
  transport = smtp
begin transports
smtp:
  driver = smtp
  port = {port}
  allow_localhost
begin retry
* * F,1h,1s
"""


class Mta(House):
    """A house whose mails go by an MTA to a mail server that keeps them."""

    def __init__(self, primary):
        self.sink = Mail()
        self.mta_port = free_port()
        super().__init__(primary=primary, channels=f'email: {{ smtp = "127.0.0.1:{self.mta_port}", '
                                                   'from = "pager@example.org" }')
        os.chmod(self.dir, 0o755)
        os.mkdir(self.path("exim"))
        shutil.chown(self.path("exim"), "Debian-exim", "Debian-exim")
        conf = self.write("exim.conf", EXIM.format(dir=self.dir, port=self.sink.port), 0o644)
        self.spawn(["/usr/sbin/exim4", "-C", conf, "-bdf", "-oX", f"127.0.0.1.{self.mta_port}"],
                   "exim")
        wait_for("the MTA to listen", self.is_listening)
        self.start()

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.mta_port)) == 0

    def page(self):
        self.alert(self.key(), service="postgres")
        return wait_for("a page", lambda: self.incidents())[0]["number"]

    def close(self, is_failed=False):
        super().close(is_failed)
        self.sink.close()


def states(pager, number, user):
    return {page["state"] for page in pager.pages(number, user)}


def a_page_passes_through_and_keeps_its_thread():
    with Mta("ann") as pager:
        number = pager.page()
        letter = pager.sink.wait("ann@example.org")[0]
        assert letter["Subject"].startswith(f"[CRIT #{number}]"), letter["Subject"]
        assert letter["References"] and letter["Auto-Submitted"] == "auto-generated"
        assert "mx.example.org" in str(letter["Received"])
        wait_for("the page to be sent", lambda: "sent" in states(pager, number, "ann"))


def a_mailbox_that_is_refused_is_a_failure_with_the_reason():
    with Mta("bob") as pager:
        number = pager.page()
        wait_for("the failure", lambda: "failed" in states(pager, number, "bob"))
        assert any("no such mailbox" in page["error"] for page in pager.pages(number, "bob")
                   if page["error"]), pager.pages(number)


def a_mailbox_that_is_put_off_is_tried_again():
    with Mta("cat") as pager:
        number = pager.page()
        wait_for("a second try", lambda: any("later" in line["text"] for line in
                                             pager.show(number)["timeline"]))
        pager.write("cat-is-back", "", 0o644)
        pager.sink.wait("cat@example.org")


if __name__ == "__main__":
    need("/usr/sbin/exim4")
    if os.getuid() != 0:
        skip("an MTA changes its account: only root can start one")
    main(a_page_passes_through_and_keeps_its_thread,
         a_mailbox_that_is_refused_is_a_failure_with_the_reason,
         a_mailbox_that_is_put_off_is_tried_again)
