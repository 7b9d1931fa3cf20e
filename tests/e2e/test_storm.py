# SPDX-License-Identifier: MIT
"""Many alerts at once: one page, and the one that is worse pages at once."""
import json

from house import House, main, wait_for

COUNT = 3000
PART = 500


def send(pager, key, first, last, worst):
    alerts = [{"summary": f"host {i} is slow", "service": "web", "dedup_key": f"host-{i}",
               "severity": "critical" if i == worst else "error"} for i in range(first, last)]
    status, answer, _ = pager.request("POST", "/v1/alerts", alerts,
                                      {"Authorization": f"Bearer {key}"}, timeout=120)
    assert status == 202, answer[:500]
    verdicts = json.loads(answer)["alerts"]
    assert len(verdicts) == last - first and not any("error" in one for one in verdicts)
    return verdicts


def a_storm_pages_once_and_the_worse_one_at_once():
    with House(group=None, escalate='( { page = "primary", wait = "1h" } )').start() as pager:
        key = pager.key("prom")
        worst = COUNT // 2 + 7
        numbers = set()
        for first in range(0, COUNT, PART):
            verdicts = send(pager, key, first, first + PART, worst)
            numbers |= {one["incident"] for one in verdicts}
            if first <= worst < first + PART:
                alone = verdicts[worst - first]["incident"]
        assert pager.pages(alone, "ann"), "the critical one has paged nobody"
        wait_for("the page of the storm", lambda: all(
            pager.pages(one["number"], "ann") for one in pager.incidents()))
        found = pager.incidents()
        assert len(found) == 3, found
        assert sum(one["alert_count"] for one in found) == COUNT, found
        pages = [page for one in found for page in pager.pages(one["number"])
                 if page["user"] == "ann"]
        assert len(pages) == 3, pages
        storm = max(found, key=lambda one: one["alert_count"])
        listed = pager.ask("alerts", "--since", "1h", "--limit", "1000")
        assert len(listed["alerts"]) == 1000 and listed["more"]
        assert {one["incident"] for one in listed["alerts"]} <= numbers
        assert all(one["rule"] and one["summary"] for one in listed["alerts"])
        why = pager.pagectl("show", str(storm["number"]), "--why").stdout
        assert "By rule: storm" in why and "host 11 is slow" in why, why[:2000]


main(a_storm_pages_once_and_the_worse_one_at_once)
