# SPDX-License-Identifier: MIT
"""The pages of Prometheus and Alertmanager: each command on them is run as it stands there, with the files
that are shipped; only paths and addresses are this test's."""
import os
import re
import subprocess

from house import SOURCE, House, main, need, wait_for
from prometheus import (Alertmanager, Prometheus, shipped_alerting, shipped_receiver,
                        shipped_webhook)


def blocks(page):
    """The indented blocks of a page: commands, and files to paste."""
    with open(os.path.join(SOURCE, "docs/integrations", page + ".md")) as file:
        found = re.findall(r"^(?:    .*\n|\n(?=    ))+", file.read(), re.M)
    return [re.sub(r"^    ", "", block, flags=re.M).strip() for block in found]


def block_with(page, word):
    found = [block for block in blocks(page) if word in block]
    assert len(found) == 1, (page, word, found)
    return found[0]


def run(pager, script, places):
    for old, new in places.items():
        assert old in script, (old, script)
        script = script.replace(old, new)
    done = subprocess.run(["sh", "-ec", script], cwd=pager.dir, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    return done.stdout


def said_by(pager, name):
    """Waits for the incident of that alert."""
    return wait_for(f"the incident {name}", lambda: [
        one for one in pager.incidents() if one["labels"].get("alertname") == name])[0]


def what_the_page_of_prometheus_says_works():
    need("promtool", "amtool")
    with House().start() as pager:
        alerting = shipped_alerting(pager, pager.key("prometheus"))

        class Always(Prometheus):
            RULES = block_with("prometheus", "vector(1)")

        prometheus = Always(pager, alerting)
        run(pager, block_with("prometheus", "promtool").split("&&")[0],
            {"/etc/prometheus/prometheus.yml": pager.path("prometheus.yml")})
        listed = run(pager, block_with("prometheus", "amtool"), {
            "127.0.0.1:8440": f"127.0.0.1:{pager.port}",
            "/etc/prometheus/pagerd.key": pager.path("prometheus.key")})
        assert "PagerdTest" in listed, listed
        first = said_by(pager, "PagerdTest")
        assert first["severity"] == "warning", first
        prometheus.start()
        wait_for("the same by a rule", lambda: pager.show(
            first["number"])["occurrences"] > first["occurrences"])
        prometheus.close()


def what_the_page_of_alertmanager_says_works():
    need("amtool", "prometheus-alertmanager")
    with House().start() as pager:
        key = pager.key("alertmanager")
        whole = shipped_webhook(pager, key)
        check = block_with("alertmanager", "check-config").split("&&")[0]
        route = whole.split("receivers:\n")[0] + "receivers:\n"
        for text in (whole, *(route + shipped_receiver(pager, key, name)
                              for name in ("pagerduty.yml", "opsgenie.yml"))):
            path = pager.write("checked.yml", text)
            run(pager, check, {"/etc/prometheus/alertmanager.yml": path})
        manager = Alertmanager(pager, config=whole).start()
        send = block_with("alertmanager", "alert add")
        assert send.splitlines()[1] == "pagectl incidents", send
        run(pager, send.splitlines()[0], {"localhost:9093": f"127.0.0.1:{manager.port}"})
        assert said_by(pager, "PagerdTest")["severity"] == "info"


main(what_the_page_of_prometheus_says_works,
     what_the_page_of_alertmanager_says_works)
