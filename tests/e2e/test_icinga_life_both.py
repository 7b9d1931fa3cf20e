# SPDX-License-Identifier: MIT
"""Problems of the real Icinga 2, told by its notification command and by its event stream at once."""
from house import House, main, wait_for
from icinga_life import SLOW, Life, grow_ack_and_end


def told_by_both_it_is_one():
    with House(escalate=SLOW) as pager:
        life = Life(pager, True, True)
        grow_ack_and_end(life)
        # Icinga says each time that it comes and goes; pagerd holds it after the fifth.
        for turn in range(8):
            life.icinga.result(2, f"turn {turn}", service="flappy")
            life.wait("flappy", "triggered")
            life.icinga.result(0, f"turn {turn}", service="flappy")
        wait_for("it to be held", lambda: any(
            alert["state"] == "held" and alert["dedup_key"].endswith("!flappy")
            for alert in pager.ask("alerts")["alerts"]))
        incidents = [one for one in pager.incidents("--all")
                     if one["dedup_key"].endswith("!flappy")]
        assert len(incidents) <= 5, incidents


main(told_by_both_it_is_one)
