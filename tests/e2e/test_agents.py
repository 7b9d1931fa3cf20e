# SPDX-License-Identifier: MIT
"""The command lines of PagerDuty's agents under the real Nagios 4, with nothing but the path and
the key changed: pagectl stands in their place."""
from house import PAGECTL, House, main, wait_for
from programs import Nagios

CONTACT = """
define contact {{
  contact_name pagerd
  service_notification_period 24x7
  host_notification_period 24x7
  service_notification_options w,u,c,r
  host_notification_options d,r
  service_notification_commands notify-service
  host_notification_commands notify-host
  pager {key}
}}
define command {{
  command_name notify-service
  command_line {service}
}}
define command {{
  command_name notify-host
  command_line {host}
}}
"""

# pd-nagios of pdagent-integrations
PYTHON = {
    "service": f'{PAGECTL} nagios -n service -k $CONTACTPAGER$ -t "$NOTIFICATIONTYPE$"'
               ' -f SERVICEDESC="$SERVICEDESC$" -f SERVICESTATE="$SERVICESTATE$"'
               ' -f HOSTNAME="$HOSTNAME$" -f HOSTDISPLAYNAME="$HOSTDISPLAYNAME$"'
               ' -f SERVICEDISPLAYNAME="$SERVICEDISPLAYNAME$"'
               ' -f SERVICEPROBLEMID="$SERVICEPROBLEMID$" -f SERVICEOUTPUT="$SERVICEOUTPUT$"',
    "host": f'{PAGECTL} nagios -n host -k $CONTACTPAGER$ -t "$NOTIFICATIONTYPE$"'
            ' -f HOSTNAME="$HOSTNAME$" -f HOSTSTATE="$HOSTSTATE$"'
            ' -f HOSTDISPLAYNAME="$HOSTDISPLAYNAME$" -f HOSTPROBLEMID="$HOSTPROBLEMID$"'}

# pagerduty_nagios.pl, which needs enable_environment_macros=1
PERL = {"service": f"{PAGECTL} nagios enqueue -f pd_nagios_object=service",
        "host": f"{PAGECTL} nagios enqueue -f pd_nagios_object=host"}


def fire_and_recover(lines, settings, has_host_output):
    with House() as pager:
        pager.start()
        key = pager.key("nagios")
        nagios = Nagios(pager, key, CONTACT.format(key=key, **lines), settings).start()

        nagios.result(2, "CRITICAL - 512 of 500 connections")
        service = wait_for("the service's incident", pager.incidents)[0]
        assert service["summary"].startswith("db01.example.org PostgreSQL is CRITICAL: "), service
        assert "512 of 500" in service["summary"], service
        assert service["integration"] == "nagios", service
        nagios.result(0, "OK - 3 of 500")
        wait_for("its recovery", lambda: not pager.incidents())

        nagios.host_result(1, "PING CRITICAL")
        host = wait_for("the host's incident", pager.incidents)[0]
        assert host["severity"] == "critical", host
        assert ("PING" in host["summary"]) == has_host_output, host
        nagios.host_result(0, "PING OK")
        wait_for("its recovery", lambda: not pager.incidents())

        pager.stop()
        nagios.result(1, "WARNING - while pagerd is away")
        waiting = lambda: pager.pagectl("spool", "list", env={
            "PAGECTL_SPOOL": pager.path("spool-nagios")}).stdout
        wait_for("it to be spooled", lambda: "waiting" in waiting())
        pager.start()
        env = {"PAGECTL_SPOOL": pager.path("spool-nagios")}
        done = pager.pagectl("nagios", "flush", env=env)  # what cron runs for the Perl agent
        assert done.returncode == 0, done.stderr
        wait_for("what was told meanwhile", pager.incidents)
        assert "waiting" not in waiting(), waiting()


def the_python_agents_lines_work_with_another_path():
    fire_and_recover(PYTHON, "", False)


def the_perl_agents_lines_work_with_another_path():
    fire_and_recover(PERL, "enable_environment_macros=1", True)


main(the_python_agents_lines_work_with_another_path, the_perl_agents_lines_work_with_another_path)
