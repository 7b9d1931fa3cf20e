# SPDX-License-Identifier: MIT
"""The whole life of problems in the real Nagios 4: in the end both sides say the same, and nothing
goes in circles."""
import os
import re
import time

from house import House, main, wait_for
from problems import Problems
from programs import Nagios

SLOW = '( { page = "primary", wait = "1h" } )'  # nobody is paged a second time by waiting
HOST = "db01.example.org"
SETTINGS = """status_update_interval=1
retain_state_information=1
use_retained_program_state=1
enable_flap_detection={flaps}
low_service_flap_threshold=5.0
high_service_flap_threshold=20.0"""
SERVICE = """
define service{{
  host_name db01.example.org
  service_description {name}
  check_command nothing
  max_check_attempts 1
  active_checks_enabled 0
  passive_checks_enabled 1
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  contacts pagerd
}}
"""
SERVICES = ("PostgreSQL", "web", "cron", "nfs", "flappy")


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def has_reader(fifo):
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
        return True
    except OSError:
        return False


class Life(Problems):
    key_host, key_between = f"nagios/{HOST}", ";"

    def __init__(self, pager, flaps=False):
        self.pager = pager
        pager.start()
        services = "".join(SERVICE.format(name=name) for name in SERVICES[1:])
        self.nagios = Nagios(pager, pager.key("nagios"), settings=SETTINGS.format(flaps=int(flaps)), options="d,u,r,f,s",
                             objects=services).start()
        config = open(pager.config).read()
        pager.write("pagerd.cfg", config + f"""
integrations: {{ nagios = {{ command-file = "{self.nagios.fifo}" }} }}
""")
        assert pager.pagectl("config", "reload").returncode == 0

    def there(self, service):
        """What status.dat says of that service (None: of the host)."""
        for kind, block in re.findall(r"(hoststatus|servicestatus) {(.*?)}",
                                      read(f"{self.nagios.root}/status.dat"), re.S):
            found = dict(line.strip().split("=", 1) for line in block.splitlines() if "=" in line)
            if kind == ("servicestatus" if service else "hoststatus") and \
                    found.get("service_description") == service:
                return found
        return {}

    def wait_there(self, service, **wanted):
        wait_for(f"{service} to be {wanted} in status.dat", lambda: all(
            self.there(service).get(name) == value for name, value in wanted.items()))

    def is_acked(self, service="PostgreSQL"):
        return self.there(service).get("problem_has_been_acknowledged") == "1"

    def agree(self):
        """Does Nagios say of every service what pagerd says?"""
        for service in SERVICES:
            there = self.there(service)
            here = self.incident(service)
            here = here["state"] if here else "resolved"
            if (there.get("current_state") == "0") != (here == "resolved"):
                return False
            if there.get("current_state") != "0" and self.is_acked(service) != (here == "acknowledged"):
                return False
        return True


def grow_ack_and_end(life):
    pager, nagios = life.pager, life.nagios
    nagios.result(1, "WARNING - 420 of 500")
    number = life.wait("PostgreSQL", "triggered")
    nagios.command(f"SEND_CUSTOM_SVC_NOTIFICATION;{HOST};PostgreSQL;0;dan;look at the locks")
    life.wait_note("PostgreSQL", "look at the locks")
    nagios.command(f"ACKNOWLEDGE_SVC_PROBLEM;{HOST};PostgreSQL;1;1;1;bob;on it")
    life.wait("PostgreSQL", "acknowledged")
    assert pager.show(number)["acknowledged_by"] == "bob"
    assert "feedback_told_total{" not in pager.get("/metrics")[1], "it does not go back"

    # Killed, and worse meanwhile: somebody is paged again, and the old ack is nowhere any more.
    pager.kill()
    nagios.result(2, "CRITICAL - 512 of 500")
    pager.start()
    life.wait("PostgreSQL", "triggered")
    wait_for("its severity", lambda: life.incident("PostgreSQL")["severity"] == "critical")
    wait_for("both to agree", life.agree)

    # Nagios is killed, and leaves its command file without a reader: what cannot be told waits.
    nagios.command("SAVE_STATE_INFORMATION;")
    wait_for("the state to be kept", lambda: "512 of 500" in read(f"{nagios.root}/retention.dat"))
    nagios.process.kill()
    wait_for("its command file to have no reader", lambda: not has_reader(nagios.fifo))
    assert pager.act("ann", number, "ack")[0] == 200
    life.wait_note("PostgreSQL", "Nagios does not run")
    assert "pagerd_feedback_waiting 1" in pager.get("/metrics")[1]
    pager.kill()
    pager.start()
    nagios.start()
    wait_for("the ack there", life.is_acked)
    assert "pagerd_feedback_waiting 0" in pager.get("/metrics")[1]

    # Better, but not well.
    nagios.result(1, "WARNING - 430 of 500")
    life.wait_there("PostgreSQL", current_state="1", problem_has_been_acknowledged="1")
    assert life.is_("PostgreSQL", "acknowledged")

    # It ends while pagerd is away.
    pager.stop()
    nagios.result(0, "OK - 3 of 500")
    pager.start()
    life.wait("PostgreSQL", "resolved")
    wait_for("both to agree", life.agree)
    assert len(pager.incidents("--all")) == 1


def end_in_a_downtime(life):
    """It fires, a downtime begins, it ends in it; another begins in it and is left over."""
    nagios = life.nagios
    nagios.result(2, "CRITICAL - before", service="web")
    life.wait("web", "triggered")
    now = int(time.time())
    for service in ("web", "cron"):
        nagios.command(f"SCHEDULE_SVC_DOWNTIME;{HOST};{service};{now - 5};{now + 3600};1;0;0;cat;"
                       "vacuum")
        life.wait_there(service, scheduled_downtime_depth="1")
    life.wait_note("web", "downtime began")
    assert life.is_("web", "triggered"), "what pages goes on to page"
    nagios.result(0, "OK - meanwhile", service="web")
    nagios.result(2, "CRITICAL - meanwhile", service="cron")
    life.wait_there("web", current_state="0")
    life.wait_there("cron", current_state="2")
    assert life.incident("cron") is None
    nagios.command(f"DEL_DOWNTIME_BY_HOST_NAME;{HOST}")
    life.wait("web", "resolved")
    nagios.result(2, "CRITICAL - after", service="cron")
    life.wait("cron", "triggered")
    nagios.result(0, "OK", service="cron")
    life.wait("cron", "resolved")
    wait_for("both to agree", life.agree)


def flap(life, last):
    """Comes and goes until Nagios is silent of it; its last state is the one that counts."""
    nagios = life.nagios
    for turn in range(8):
        nagios.result(2 - turn % 2 * 2, f"turn {turn}", service="flappy")
        life.wait_there("flappy", plugin_output=f"turn {turn}")
    life.wait_there("flappy", is_flapping="1")
    for turn in range(25):
        nagios.result(last, f"steady {turn}", service="flappy")
    life.wait_there("flappy", plugin_output="steady 24")
    life.wait_there("flappy", is_flapping="0")
    life.wait("flappy", "resolved" if last == 0 else "triggered")
    wait_for("both to agree", life.agree)


def hide_behind_the_host(life):
    nagios = life.nagios
    nagios.host_result(1, "PING CRITICAL")
    life.wait(None, "triggered")
    nagios.result(2, "CRITICAL - of a host that is down", service="nfs")
    life.wait_there("nfs", current_state="2")
    assert life.incident("nfs") is None
    nagios.host_result(0, "PING OK")
    life.wait(None, "resolved")
    nagios.result(2, "CRITICAL - still", service="nfs")
    life.wait("nfs", "triggered")
    nagios.result(0, "OK", service="nfs")
    life.wait("nfs", "resolved")


def fires_is_acked_grows_ends_with_outages_in_between():
    with House(escalate=SLOW) as pager:
        grow_ack_and_end(Life(pager))


def downtimes_and_hosts_that_are_down_leave_nothing_behind():
    with House(escalate=SLOW) as pager:
        life = Life(pager)
        end_in_a_downtime(life)
        hide_behind_the_host(life)


def what_flaps_is_what_it_was_at_last():
    with House(escalate=SLOW) as pager:
        life = Life(pager, flaps=True)
        flap(life, 0)
        flap(life, 2)
        life.nagios.result(0, "OK", service="flappy")
        wait_for("both to agree", life.agree)


main(fires_is_acked_grows_ends_with_outages_in_between,
     downtimes_and_hosts_that_are_down_leave_nothing_behind, what_flaps_is_what_it_was_at_last)
