# SPDX-License-Identifier: MIT
"""The real Alertmanager loses sight of the real Prometheus, and finds it again."""
import signal
import time

from house import House, main, wait_for
from prometheus import agree, chain

LOADED = ("HighLoad", "critical")


def what_it_calls_over_for_want_of_news_pages_again_when_the_news_come():
    with House().start() as pager:
        manager, prometheus = chain(pager)
        prometheus.say({LOADED}, LOAD=9)
        agree(pager, manager, prometheus)
        # Cut off from Prometheus, Alertmanager calls it over after four seconds, and says so.
        prometheus.signal(signal.SIGSTOP)
        wait_for("the end that is none", lambda: not pager.incidents())
        over_at = time.monotonic()
        wait_for("no copy to be on its way any more", lambda: time.monotonic() > over_at + 21)
        # Then it fires on, by the same name and since the same instant.
        prometheus.signal(signal.SIGCONT)
        agree(pager, manager, prometheus)
        wait_for("a page", lambda: pager.pages(2, "ann"))
        prometheus.close()


main(what_it_calls_over_for_want_of_news_pages_again_when_the_news_come)
