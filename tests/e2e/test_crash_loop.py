# SPDX-License-Identifier: MIT
"""A pagerd that keeps dying, or cannot read its store, is told to the admins, and not every time."""
import os
import signal
import sqlite3

from house import House, main, wait_for
from sinks import Gateway

CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
ADMIN = "+4915550100001"
LATER = '( { page = "secondary", wait = "1h" } )'


def house(gateway):
    return House(channels=gateway.config(), notify=CALM, escalate=LATER)


def said(gateway, words):
    return [m for m in gateway.taken() if words in m["text"]]


def die(pager):
    pager.process.child.send_signal(signal.SIGKILL)
    pager.process.child.wait()
    pager.kill()


def three_deaths_in_a_row_are_told_once_before_the_store_is_read():
    gateway = Gateway()
    with house(gateway) as pager:
        for life in range(3):
            pager.start()
            assert not said(gateway, "died"), f"told in life {life + 1}: {gateway.taken()}"
            die(pager)
        pager.start()
        told = said(gateway, "has died 3 times in a row")
        assert [m["to"] for m in told] == [ADMIN], gateway.taken()
        assert "journalctl" in told[0]["text"], told
        assert pager.alert(pager.key(), dedup_key="a")[0] == 202, "it tries on"
        gateway.wait("+4915550100002")
        die(pager)
        for _ in range(3):
            pager.start()
            die(pager)
        assert len(said(gateway, "has died")) == 1, "a restart loop sends no hundred texts"
    gateway.close()


def a_clean_end_and_a_damaged_file_begin_anew():
    gateway = Gateway()
    with house(gateway) as pager:
        for _ in range(2):
            pager.start()
            die(pager)
        pager.start()
        pager.stop()
        assert "running 0\ndied 0\n" in open(os.path.join(pager.state, "lives")).read()
        for damage in (b"", b"\0" * 300, b"pagerd lives 1\nrunning 1\ndied 99999999\n", None):
            path = os.path.join(pager.state, "lives")
            if damage is None:
                os.unlink(path)
            else:
                with open(path, "wb") as file:
                    file.write(damage)
            pager.start()
            die(pager)
        assert not said(gateway, "has died"), gateway.taken()
    gateway.close()


def fails_to_start(pager):
    pager.start(wait=False)
    wait_for("pagerd to end", lambda: not pager.process.is_alive())
    assert pager.process.child.returncode == 1, pager.log()
    pager.kill()


def a_store_that_cannot_be_read_is_told_by_the_courier():
    gateway = Gateway()
    with house(gateway) as pager:
        pager.start()
        pager.alert(pager.key(), dedup_key="a")
        gateway.wait("+4915550100002")
        pager.stop()
        with sqlite3.connect(os.path.join(pager.state, "pagerd.db")) as database:
            database.execute("UPDATE schema_version SET version = 9999, min_writer = 9999")
        database.close()
        fails_to_start(pager)
        told = said(gateway, "cannot start")
        assert [m["to"] for m in told] == [ADMIN], gateway.taken()
        assert "newer pagerd" in pager.log()
        fails_to_start(pager)
        assert len(said(gateway, "cannot start")) == 1, gateway.taken()
    gateway.close()


def a_damaged_store_is_told_with_the_last_good_configuration():
    gateway = Gateway()
    with house(gateway) as pager:
        pager.start()
        pager.stop()
        with open(os.path.join(pager.state, "pagerd.db"), "r+b") as file:
            file.write(b"this is no database" * 100)
        pager.write("pagerd.cfg", "users: {")
        fails_to_start(pager)
        told = said(gateway, "cannot start")
        assert [m["to"] for m in told] == [ADMIN], (gateway.taken(), pager.log())
    gateway.close()


def a_second_pagerd_is_refused_and_tells_nobody():
    gateway = Gateway()
    with house(gateway) as pager:
        pager.start()
        before = open(os.path.join(pager.state, "lives")).read()
        for _ in range(4):
            second = pager.spawn([pager.process.child.args[0], "--config", pager.config, "--state",
                                  pager.state, "--socket", pager.path("other.sock"), "--listen",
                                  "127.0.0.1:0"], "second")
            wait_for("the second to end", lambda: not second.is_alive())
            assert "another pagerd" in second.output(), second.output()
        assert open(os.path.join(pager.state, "lives")).read() == before
        assert not gateway.taken(), gateway.taken()
    gateway.close()


main(three_deaths_in_a_row_are_told_once_before_the_store_is_read,
     a_clean_end_and_a_damaged_file_begin_anew,
     a_store_that_cannot_be_read_is_told_by_the_courier,
     a_damaged_store_is_told_with_the_last_good_configuration,
     a_second_pagerd_is_refused_and_tells_nobody)
