# SPDX-License-Identifier: MIT
"""pagerd looks after itself: what it counts adds up, and a disk that hangs is told without it."""
import json
import re

from house import House, main, need, wait_for
from sinks import Gateway

CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
LATER = '( { page = "secondary", wait = "1h" } )'


def metric(pager, name):
    text = pager.get("/metrics")[1]
    found = re.search(rf"^pagerd_{re.escape(name)} (-?\d+)$", text, re.M)
    assert found, f"no {name} in {text}"
    return int(found.group(1))


def problems(pager, token):
    status, text, _ = pager.get("/v1/status", headers={"Authorization": f"Bearer {token}"})
    assert status == 200, (status, text)
    return json.loads(text)["problems"]


def every_alert_is_counted_by_what_became_of_it_and_the_ledger_is_level():
    gateway = Gateway()
    with House(channels=gateway.config(), notify=CALM, escalate=LATER).start() as pager:
        key = pager.key()
        for name in ("a", "a", "b"):
            assert pager.alert(key, dedup_key=name)[0] == 202
        for _ in range(2):
            pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "b"},
                          {"Authorization": f"Bearer {key}"})
        ended = {"opened": 2, "merged": 1, "resolved": 1, "idle": 1, "suppressed": 0, "noted": 0,
                 "refused": 0}
        for end, count in ended.items():
            assert metric(pager, f'alerts_received_total{{result="{end}"}}') == count, end
        assert metric(pager, "ledger_imbalance") == 0
        assert metric(pager, "oldest_overdue_deadline_seconds") == 0
        assert metric(pager, "checks_failed_total") == 0
        wait_for("the first audit to pass",
                 lambda: metric(pager, "audit_last_success_timestamp_seconds") > 0)
        wrong = [p for p in problems(pager, pager.token("ann")) if "audit" in p or "late" in p]
        assert not wrong, wrong
        pager.kill()
        pager.start()
        wait_for("the audit to pass after a restart",
                 lambda: metric(pager, "audit_last_success_timestamp_seconds") > 0)
        assert metric(pager, "ledger_imbalance") == 0
    gateway.close()


def a_disk_that_hangs_is_told_without_it():
    need("strace")
    gateway = Gateway()
    with House(channels=gateway.config(), notify=CALM, escalate=LATER) as pager:
        try:
            pager.start(wrap=("strace", "-f", "-qq", "-o", pager.path("trace"), "-e",
                              "trace=fdatasync", "-e",
                              "inject=fdatasync:delay_enter=25000000:when=30+"))
        except AssertionError:
            if "ptrace" in pager.log():
                print("SKIPPED: a_disk_that_hangs: strace may not trace here")
                return
            raise
        told = []

        def is_told():
            try:
                pager.request("POST", "/v1/alerts", {"summary": "x", "dedup_key": str(len(told))},
                              {"Authorization": "Bearer " + key}, timeout=2)
            except OSError:
                told.append(1)
            return [m for m in gateway.taken("+4915550100001")
                    if "disk does not answer" in m["text"]]

        key, token = pager.key(), pager.token("ann")
        wait_for("the admins to be told", is_told, 120)
        status, text, _ = pager.get("/readyz")
        assert (status, "disk has not answered" in text) == (503, True), (status, text)
        assert any("disk has not answered" in problem for problem in problems(pager, token))
        assert len(is_told()) == 1, gateway.taken()
    gateway.close()


main(every_alert_is_counted_by_what_became_of_it_and_the_ledger_is_level,
     a_disk_that_hangs_is_told_without_it)
