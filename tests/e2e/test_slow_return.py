# SPDX-License-Identifier: MIT
"""The database is back, and takes what was done meanwhile slowly: nobody waits for the end of that."""
import os

from house import main, wait_for
from postgres import Postgres
from test_away import ANN, gated, metric

SLOW = """CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2);
    RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON incident FOR EACH ROW EXECUTE FUNCTION slow()"""


def pages(gateway, words):
    return [one for one in gateway.taken(ANN) if words in one["text"]]


def test_alerts_and_pages_go_on_while_the_database_catches_up():
    with gated("a") as (gateway, (gate,), (only,)):
        key = only.key()
        gate.cut()
        wait_for("it to go on", lambda: only.alert(key, "db1: first", service="first",
                                                   dedup_key="first")[0] == 202)
        assert metric(only, "database_away") == 1
        # All together take longer than pagerd waits for an answer, and so does each half.
        for number in range(14):
            assert only.alert(key, "long", service="long", dedup_key=f"long{number}",
                              details=os.urandom(7500).hex())[0] == 202
        kept = metric(only, "journal_entries")
        base = Postgres.__new__(Postgres)
        base.dir = os.path.dirname(gate.target)
        base.sql(SLOW)
        before = int(base.sql("SELECT count(*) FROM incident"))
        gate.mend()
        wait_for("it to begin", lambda: int(base.sql("SELECT count(*) FROM incident")) > before)
        assert only.alert(key, "db2: next", service="next", dedup_key="next")[0] == 202
        assert metric(only, "database_away") == 1, kept
        wait_for("its page", lambda: pages(gateway, "db2: next"))
        assert metric(only, "database_away") == 1
        wait_for("the end", lambda: metric(only, "database_away") == 0)
        assert metric(only, "journal_entries") == 0
        assert int(base.sql("SELECT count(*) FROM incident WHERE dedup_key = 'next'")) == 1


if __name__ == "__main__":
    main(test_alerts_and_pages_go_on_while_the_database_catches_up)
