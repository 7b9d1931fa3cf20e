# SPDX-License-Identifier: MIT
"""More alerts than pagerd can take while the database of its nodes is away: what there is no room for gets
503, people pass, and all that got 202 is in the database when it is back.

As in test_overload.py pagerd is made slow, and no time is judged.
"""
from flood import Flood
from house import main, wait_for
from test_away import metric
from test_nodes import several
from test_overload import FEW, Deeds, metrics, overtaken, people_act, slowly, to_be_acked

VAULT = ('teams: { vault: { oncall = "bob" manager = "bob" '
         'escalate = ( { page = "oncall", wait = "1h" } ) } }')
# More than may wait of one sender, if all of them are sent at once. Most keys are said once: what is lost is not
# made good by the next one of its key.
CONNECTIONS, ALERTS, KEYS = 600, 100, 50000


def kept(base):
    return set(base.sql("select dedup_key from alert where integration = 'flood'").split())


def test_it_sheds_and_people_pass_and_what_was_taken_is_kept():
    with several("a") as (base, gateway, (only,)):
        only.write("conf.d/teams.cfg", VAULT)
        assert only.pagectl("config", "reload").returncode == 0
        flood_key, other = only.key("flood"), only.key("other", "vault")
        base.kill()
        incidents = to_be_acked(only, gateway, other)
        assert metric(only, "database_away") == 1
        with slowly(only, run_ms=5, stop_ms=60):
            flood = Flood(port=only.port, key=flood_key, alerts=ALERTS, connections=CONNECTIONS, keys=KEYS)
            deeds = Deeds()
            wait_for("it to be too much", lambda: metrics(only)['calls_shed_total{of="sources"}'] > 0)
            people_act(only, gateway, other, incidents, deeds)
            wait_for("people to overtake sources", lambda: overtaken(only) >= FEW)
            now = metrics(only)
            told = flood.end()
        for who in ("people", "sources"):
            assert now[f'calls_waiting_work{{of="{who}"}}'] <= now[f'calls_waiting_work_max{{of="{who}"}}'], now
        assert now['calls_shed_total{of="people"}'] == 0, now
        assert not told["hung"] and not told["gone"], told
        assert set(told["counts"]) == {202, 503} and told["is_polite"], told["counts"]
        assert metric(only, "database_away") == 1 and metric(only, "journal_entries") > 0
        taken = flood.keys_of(told["taken"])
        assert taken
        base.start()
        wait_for("the database to have all", lambda: metric(only, "database_away") == 0)
        lost = taken - kept(base)
        assert not lost, f"{len(lost)} of what got 202, such as {sorted(lost)[:3]}"
        print(f"  {told['counts']}; {deeds.told()}")


if __name__ == "__main__":
    main(test_it_sheds_and_people_pass_and_what_was_taken_is_kept)
