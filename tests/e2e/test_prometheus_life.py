# SPDX-License-Identifier: MIT
"""The whole life of alerts of the real Prometheus: both sides are asked, and agree in the end,
whatever was killed, stopped or held up in the middle."""
from house import House, main, wait_for
from prometheus import agree, prometheus_of

WARM, HOT = ("Latency", "warning"), ("Latency", "critical")
LOADED = ("HighLoad", "critical")


def it_fires_is_acked_worsens_softens_and_ends_while_either_side_is_killed():
    with House().start() as pager:
        prometheus = prometheus_of(pager, resend="4s")
        prometheus.say({WARM}, LATENCY=2)
        warm = agree(pager, prometheus)[WARM]
        assert pager.act("ann", warm["number"], "ack")[0] == 200

        # It worsens while pagerd is dead. The labels say how bad it is, so it is another alert.
        pager.kill()
        prometheus.say({HOT}, LATENCY=9)
        prometheus.wait_until_refused()
        pager.start()
        hot = agree(pager, prometheus)[HOT]
        assert pager.show(warm["number"])["state"] == "resolved"
        assert pager.pages(hot["number"], "ann"), "the ack of the warning is none of this"
        assert hot["state"] == "triggered" and hot["severity"] == "critical", hot
        assert pager.act("bob", hot["number"], "ack")[0] == 200

        # Prometheus dies and comes back: still the same, still bob's.
        prometheus.kill()
        prometheus.start()
        seen = pager.show(hot["number"])["occurrences"]
        wait_for("it to be said again", lambda: pager.show(hot["number"])["occurrences"] > seen)
        assert agree(pager, prometheus)[HOT]["acknowledged_by"] == "bob"
        assert pager.show(hot["number"])["number"] == hot["number"]

        pager.stop()
        prometheus.say({WARM}, LATENCY=3)
        prometheus.wait_until_refused()
        pager.start()
        agree(pager, prometheus)
        assert pager.show(hot["number"])["state"] == "resolved"

        prometheus.say(set(), LATENCY=0.5)
        agree(pager, prometheus)
        assert all(one["resolved_by"] is None for one in pager.incidents("--all")), "by its source"
        prometheus.close()


def a_silence_here_holds_back_what_fires_there_and_lets_its_end_pass():
    with House().start() as pager:
        prometheus = prometheus_of(pager)
        assert pager.pagectl("silence", "add", "alertname=HighLoad", "--for", "1h", "-m",
                             "work").returncode == 0
        prometheus.say({LOADED}, LOAD=9)
        first = agree(pager, prometheus)[LOADED]
        assert first["state"] == "suppressed" and not pager.pages(first["number"]), first
        prometheus.say(set(), LOAD=1)
        agree(pager, prometheus)
        prometheus.say({LOADED}, LOAD=9)
        second = agree(pager, prometheus)[LOADED]
        assert second["state"] == "suppressed", second
        assert pager.pagectl("silence", "end", "s1").returncode == 0
        wait_for("its page", lambda: pager.pages(second["number"], "ann"))
        assert not pager.pages(first["number"]), "that was over before"
        prometheus.say(set(), LOAD=1)
        agree(pager, prometheus)
        prometheus.close()


main(it_fires_is_acked_worsens_softens_and_ends_while_either_side_is_killed,
     a_silence_here_holds_back_what_fires_there_and_lets_its_end_pass)
