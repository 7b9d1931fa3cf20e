# SPDX-License-Identifier: MIT
"""What pagerd asks PostgreSQL again and again finds its rows by an index, whatever it is."""
import re

from house import main, wait_for
from sinks import link_of
from test_nodes import accepted_traffic, cluster, several

# Scanning a table is made as good as impossible: where a plan does it, no index would do. auto_explain
# is a part of PostgreSQL (https://www.postgresql.org/docs/15/auto-explain.html).
WATCHED = ("session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
           "enable_seqscan=off")

# These have a row or a few, or are wanted whole.
SMALL = {"writer", "node", "meta", "counter", "access_key", "schema_version", "person", "handoff",
         "proof"}

# Calls that nobody fetched; now and then, from a table that has what is on its way.
SWEEP = "DELETE FROM relay WHERE made_at < "

USED = {"relay_asked", "relay_answered", "feed_pkey", "incident_open", "incident_resolved",
        "alert_incident", "page_incident", "page_waiting", "entry_incident", "entry_change"}


def scanned(log):
    """Each table that was read from its beginning to its end, with the query."""
    found = {}
    query = ""
    for line in log.splitlines():
        query = line.split("Query Text: ", 1)[1] if "Query Text: " in line else query
        for table in re.findall(r"Seq Scan on (\w+)", line):
            if not table.startswith("pg_") and table not in SMALL and not query.startswith(SWEEP):
                found.setdefault(table, set()).add(query[:300])
    return found


def test_whatever_is_asked_again_and_again_has_an_index():
    with several("a", "b", settings=WATCHED) as (base, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "db1: disk full", service="db1",
                                                 dedup_key="disk")[0] == 202)
        end = accepted_traffic([first, second], key)
        text = gateway.wait("+4915550100001", 1)[0]["text"]
        assert second.request("POST", link_of(text), "do=ack", {
            "Content-Type": "application/x-www-form-urlencoded"})[0] == 303
        for words in (("incidents", "--all"), ("incidents", "--mine"), ("alerts",), ("show", "1"),
                      ("changes",), ("resolve", "1")):
            assert second.pagectl(*words).returncode == 0, words
        wait_for("the mirror", lambda: (cluster(second).get("mirror") or {}).get("is_whole"))
        end()
        log = base.output()
        assert not scanned(log), scanned(log)
        # Else it might walk all rows by the index of their numbers.
        used = set(re.findall(r"Scan (?:using|on) (\w+)", log))
        assert USED <= used, USED - used


if __name__ == "__main__":
    main(test_whatever_is_asked_again_and_again_has_an_index)
