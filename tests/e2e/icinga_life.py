# SPDX-License-Identifier: MIT
"""The whole life of problems in the real Icinga 2, for the tests of the ways by which it is told: in
the end both sides say the same, and nothing goes in circles."""
from house import House, wait_for
from problems import Problems
from programs import Icinga

SLOW = '( { page = "primary", wait = "1h" } )'  # nobody is paged a second time by waiting
HOST = "db01.example.org"
QUICK = """
for (name in [ "web", "cron", "nfs" ]) {
  object Service name use (name) {
    host_name = "db01.example.org"; check_command = "dummy"; enable_active_checks = false
    max_check_attempts = 1
  }
}
object Service "flappy" {
  host_name = "db01.example.org"; check_command = "dummy"; enable_active_checks = false
  max_check_attempts = 1; enable_flapping = true
  flapping_threshold_high = 30; flapping_threshold_low = 20
}
"""
SERVICES = ("postgres", "disk", "web", "cron", "nfs", "flappy")


class Life(Problems):
    """One Icinga and its pagerd, and how they hear of each other."""
    key_host, key_between = f"icinga2/{HOST}", "!"

    def __init__(self, pager, commands, events):
        self.pager = pager
        self.commands = commands
        self.events = events
        pager.start()
        self.icinga = Icinga(pager, pager.key("icinga"), notifies=commands, objects=QUICK).start()
        config = open(pager.config).read()
        pager.write("pagerd.cfg", config + self.icinga.config(", events = true" if events else ""))
        assert pager.pagectl("config", "reload").returncode == 0
        self.wait_heard()

    def wait_heard(self):
        if self.events:
            wait_for("pagerd to listen", lambda: 'pagerd_icinga_events_heard{integration="icinga"} 1'
                     in self.pager.get("/metrics")[1])

    def wait_spooled(self, words, is_there):
        """What was notified while pagerd was away waits, or has arrived; else it would come later."""
        if self.commands:
            wait_for(f"'{words}' in the spool: {is_there}", lambda: is_there == (
                words in self.pager.pagectl("spool", "list", "--json", env={
                    "PAGECTL_SPOOL": self.pager.path("spool-icinga")}).stdout))

    def is_acked(self, service="postgres"):
        return self.icinga.state(f"{HOST}!{service}")["acknowledgement"] != 0

    def owner(self, service="postgres"):
        """By whom it is acknowledged there."""
        found = [one["attrs"] for one in self.icinga.call("/v1/objects/comments", None)["results"]
                 if one["attrs"]["service_name"] == service and one["attrs"]["entry_type"] == 4]
        return found[0]["author"] if len(found) == 1 else None

    def agree(self):
        """Does Icinga say of every service what pagerd says?"""
        for service in SERVICES:
            there = self.icinga.state(f"{HOST}!{service}")
            here = self.incident(service)
            here = here["state"] if here else "resolved"
            is_well = there["state"] == 0 or there["last_check_result"] is None
            if is_well != (here == "resolved"):
                return False
            if not is_well and (there["acknowledgement"] != 0) != (here == "acknowledged"):
                return False
        return True

    def told(self):
        """How often pagerd has told Icinga of something since its start."""
        for line in self.pager.get("/metrics")[1].splitlines():
            if line.startswith("pagerd_feedback_told_total{"):
                return int(line.split()[-1])
        return 0


def grow_ack_and_end(life):
    pager, icinga = life.pager, life.icinga
    icinga.result(1, "WARNING - 420 of 500")
    number = life.wait("postgres", "triggered")
    if life.commands:  # else there is nothing that could send one
        icinga.act("send-custom-notification", author="dan", comment="look at the locks")
        life.wait_note("postgres", "look at the locks")
    icinga.act("acknowledge-problem", author="bob", comment="on it", notify=True)
    life.wait("postgres", "acknowledged")
    assert pager.show(number)["acknowledged_by"] == "bob"
    assert life.told() == 0, "what came from there does not go back"
    assert life.incident("postgres")["occurrences"] == 1, "told by both, it is one"

    # Killed, and worse meanwhile: somebody is paged again, and the old ack is nowhere any more.
    pager.kill()
    icinga.result(2, "CRITICAL - 512 of 500")
    life.wait_spooled("512 of 500", True)
    pager.start()
    life.wait_spooled("512 of 500", False)
    life.wait("postgres", "triggered")
    wait_for("its severity", lambda: life.incident("postgres")["severity"] == "critical")
    wait_for("both to agree", life.agree)
    assert pager.act("ann", number, "ack")[0] == 200
    wait_for("the ack there", life.is_acked)

    # Icinga starts anew; better, but not well.
    icinga.stop()
    icinga.run()
    life.wait_heard()
    icinga.result(1, "WARNING - 430 of 500")
    life.wait_note("postgres", "it is acknowledged there, too")
    wait_for("both to agree", lambda: life.agree() and life.is_acked())
    assert life.is_("postgres", "acknowledged")

    # Taken over here; the end of the old ack comes back from there, late, and is none.
    assert pager.act("cat", number, "ack", {"take": True})[0] == 200
    wait_for("Cat's ack there", lambda: life.is_acked() and life.owner() == "Cat Test")
    icinga.result(2, "CRITICAL - later", service="web")
    life.wait("web", "triggered")
    icinga.result(0, "OK", service="web")
    life.wait("web", "resolved")
    events = [event for event, _ in life.entries("postgres")]
    assert "unacknowledged" not in events, life.entries("postgres")
    wait_for("both to agree", life.agree)

    # It ends while pagerd is away.
    pager.stop()
    icinga.result(0, "OK - 3 of 500")
    life.wait_spooled("3 of 500", True)
    pager.start()
    life.wait_spooled("3 of 500", False)
    life.wait("postgres", "resolved")
    wait_for("both to agree", life.agree)
    found = [one for one in pager.incidents("--all") if one["dedup_key"].endswith("postgres")]
    # What waited in the spool may say what the list has ended already: once more, not never.
    assert len(found) == 1 or life.commands and life.events, found


def end_in_a_downtime(life):
    """It fires, a downtime begins, it ends in it; another begins in it and is left over."""
    icinga = life.icinga
    icinga.result(2, "CRITICAL - before", service="web")
    life.wait("web", "triggered")
    now = int(icinga.state(f"{HOST}!web")["last_check"])
    for service in ("web", "cron"):
        icinga.act("schedule-downtime", service=service, author="cat", comment="vacuum",
                   start_time=now - 5, end_time=now + 3600, fixed=True)
    life.wait_note("web", "downtime began")
    assert life.is_("web", "triggered"), "what pages goes on to page"
    icinga.result(0, "OK - meanwhile", service="web")
    icinga.result(2, "CRITICAL - meanwhile", service="cron")
    wait_for("both in their downtime", lambda: all(
        icinga.state(f"{HOST}!{service}")["downtime_depth"] == 1 for service in ("web", "cron")))
    for service in ("web", "cron"):
        icinga.act("remove-downtime", service=service)
    life.wait("cron", "triggered")
    life.wait("web", "resolved")
    icinga.result(0, "OK", service="cron")
    life.wait("cron", "resolved")
    wait_for("both to agree", life.agree)


def flap(life, last):
    """Comes and goes until Icinga is silent of it; its last state is the one that counts."""
    icinga = life.icinga

    def is_flapping():
        return icinga.state(f"{HOST}!flappy")["flapping"]

    for turn in range(40):
        icinga.result(2 - turn % 2 * 2, f"turn {turn}", service="flappy")
        if is_flapping() and turn % 2 == 1:
            break
    assert is_flapping()
    for turn in range(40):
        icinga.result(last, f"steady {turn}", service="flappy")
        if not is_flapping():
            break
    assert not is_flapping()
    life.wait("flappy", "resolved" if last == 0 else "triggered")
    wait_for("both to agree", life.agree)


def hide_behind_the_host(life):
    icinga = life.icinga
    icinga.result(2, "CRITICAL - before", service="cron")
    life.wait("cron", "triggered")
    icinga.host_result(1, "PING CRITICAL")
    life.wait(None, "triggered")
    icinga.result(2, "CRITICAL - of a host that is down", service="nfs")
    icinga.result(0, "OK - of a host that is down", service="cron")
    assert life.incident("nfs") is None
    icinga.host_result(0, "PING OK")
    life.wait(None, "resolved")
    # Its notifications of these wait for a new check.
    icinga.result(2, "CRITICAL - still", service="nfs")
    icinga.result(0, "OK - still", service="cron")
    life.wait("nfs", "triggered")
    life.wait("cron", "resolved")
    icinga.result(0, "OK", service="nfs")
    life.wait("nfs", "resolved")


def live(commands, events):
    # What flaps is not held by pagerd, to see what Icinga makes of it.
    with House("flapping: { more-than = 1000 }", escalate=SLOW) as pager:
        life = Life(pager, commands, events)
        grow_ack_and_end(life)
        end_in_a_downtime(life)
        hide_behind_the_host(life)
        if commands:  # it is silent meanwhile
            flap(life, 0)
            flap(life, 2)
            life.icinga.result(0, "OK", service="flappy")
            wait_for("both to agree", life.agree)
