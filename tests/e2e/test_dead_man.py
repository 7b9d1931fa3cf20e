# SPDX-License-Identifier: MIT
"""The dead man's switch outside: it hears of pagerd only as long as all is well."""
import http.server
import os
import sqlite3
import threading

from house import House, main, wait_for
from sinks import Gateway

ANN = "+4915550100001"
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'


class Switch:
    """Somebody else's machine, which counts what it hears."""

    def __init__(self):
        self.heard = []
        self.status = 200
        switch = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                switch.heard.append((self.command, self.path))
                self.send_response(switch.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/s3cret"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


def house(gateway, switch, **more):
    pager = House(channels=gateway.config(), notify=CALM,
                  config='dead-man: { url = "secret:switch", every = "1s" }', **more)
    pager.write("secrets/switch", switch.url)
    return pager


def it_hears_of_a_pagerd_that_is_well_and_a_broken_one_is_told_to_the_admins():
    gateway, switch = Gateway(), Switch()
    with house(gateway, switch).start() as pager:
        wait_for("three pings", lambda: len(switch.heard) >= 3)
        assert set(switch.heard) == {("GET", "/ping/s3cret")}, switch.heard
        assert "s3cret" not in pager.log()
        assert "pagerd_dead_man_withheld 0" in pager.get("/metrics")[1]
        switch.status = 500
        wait_for("the admins to be told", lambda: [
            m for m in gateway.taken(ANN) if "dead man's switch" in m["text"]])
        switch.status = 200
        count = len(switch.heard)
        wait_for("it to be heard again", lambda: len(switch.heard) > count + 1)
        wait_for("the log to say so", lambda: "is reached again" in pager.log())
        pager.kill()
        count = len(switch.heard)
    assert len(switch.heard) == count
    gateway.close()
    switch.close()


def when_nothing_can_be_kept_it_hears_no_more():
    gateway, switch = Gateway(), Switch()
    with house(gateway, switch).start() as pager:
        wait_for("a ping", lambda: switch.heard)
        key = pager.key()
        lock = sqlite3.connect(os.path.join(pager.state, "pagerd.db"))
        lock.execute("BEGIN IMMEDIATE")
        pager.alert(key, dedup_key="x")
        wait_for("pagerd to be not ready", lambda: pager.get("/readyz")[0] == 503)
        wait_for("it to be withheld",
                 lambda: "pagerd_dead_man_withheld 1" in pager.get("/metrics")[1])
        count = len(switch.heard)
        wait_for("some time", lambda: "hears no more" in pager.log())
        assert len(switch.heard) <= count + 1, switch.heard
        lock.rollback()
        wait_for("it to be heard again", lambda: len(switch.heard) > count + 1)
    gateway.close()
    switch.close()


def an_audit_that_finds_something_stops_it():
    """Somebody has edited the store: an alert is counted that is in no incident."""
    gateway, switch = Gateway(), Switch()
    with house(gateway, switch).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="a")
        pager.alert(key, dedup_key="b")
        wait_for("a ping", lambda: switch.heard)
        pager.stop()
        count = len(switch.heard)
        with sqlite3.connect(os.path.join(pager.state, "pagerd.db")) as store:
            store.execute("UPDATE incident SET dedup_key = 'a' WHERE number = 2")
            store.execute("UPDATE alert SET dedup_key = 'a' WHERE incident = 2")
        pager.start()
        wait_for("the audit to fail", lambda: "audit failed" in pager.log())
        wait_for("it to be withheld",
                 lambda: "pagerd_dead_man_withheld 1" in pager.get("/metrics")[1])
        assert "hears no more" in pager.log()
        assert len(switch.heard) == count, switch.heard
    gateway.close()
    switch.close()


main(it_hears_of_a_pagerd_that_is_well_and_a_broken_one_is_told_to_the_admins,
     when_nothing_can_be_kept_it_hears_no_more,
     an_audit_that_finds_something_stops_it)
