# SPDX-License-Identifier: MIT
"""Two versions side by side: nodes are upgraded one after the other with traffic all the time, and
back; what is added to the database comes with who is on duty, and what is taken away waits."""
import re
import threading
import time

from house import NEXT, PAGERD, House, main, wait_for
from sinks import Gateway
from test_nodes import cluster, on_duty, several


class Source(threading.Thread):
    """Monitoring that sends each alert to one node after the other until one has taken it."""

    def __init__(self, nodes, key):
        super().__init__(daemon=True)
        self.nodes, self.key = nodes, key
        self.accepted, self.is_ending = [], False
        self.start()

    def post(self, name):
        for house in self.nodes:
            try:
                if 200 <= house.alert(self.key, name, service=name, dedup_key=name)[0] < 300:
                    return True
            except OSError:
                pass  # it is just being upgraded
        return False

    def run(self):
        while not self.is_ending:
            name = f"job{len(self.accepted) + 1}"
            wait_for(f"{name} to be taken", lambda: self.post(name))
            self.accepted.append(name)
            time.sleep(0.3)  # so many that none is held back as too many of one key

    def end(self):
        self.is_ending = True
        self.join(60)
        return self.accepted


def upgrade(house, program):
    """As a package does it: ended in good order, and started again."""
    house.stop()
    house.program = program
    house.start()


def version_of(house, name):
    return next(one["version"] for one in cluster(house)["nodes"] if one["name"] == name)


def is_seen(house, name, version):
    return lambda: any(one["name"] == name and one["version"] == version and one["is_there"]
                       for one in cluster(house)["nodes"])


def schema_of(base):
    return int(base.sql("SELECT max(version) FROM schema_version"))


def test_two_nodes_are_upgraded_with_traffic_and_back():
    with several("a", "b") as (base, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0")[0] == 202)
        today = schema_of(base)
        source = Source([first, second], key)
        # First who stands by: the database is left as it is, and both versions are shown.
        upgrade(second, NEXT)
        wait_for("both versions", is_seen(first, "b", "99.0.0"))
        said = first.pagectl("cluster").stdout
        assert "0.1.0" in said and "99.0.0" in said and "Nodes of two versions" in said, said
        assert schema_of(base) == today and on_duty(first) == "a"
        # Then who is on duty: the other one has its place at once, and adds what it needs. What
        # would shut the old one out waits, for it was there a moment ago.
        first.stop()
        wait_for("the new one to be on duty", lambda: on_duty(second) == "b")
        assert schema_of(base) == today + 1
        first.start()
        wait_for("the old one beside it", is_seen(second, "a", "0.1.0"))
        # Back again: the old one goes on with what was added.
        second.stop()
        wait_for("the old one to be on duty", lambda: on_duty(first) == "a")
        taken = len(source.accepted)
        wait_for("more alerts", lambda: len(source.accepted) > taken + 3)
        second.start()
        first.stop()
        wait_for("the new one to be on duty", lambda: on_duty(second) == "b")
        first.program = NEXT
        first.start()
        wait_for("all to be new", is_seen(second, "a", "99.0.0"))
        assert schema_of(base) == today + 1
        # Nobody is left who would be shut out: the next one on duty takes away.
        second.stop()
        wait_for("the other to be on duty", lambda: on_duty(first) == "a")
        assert schema_of(base) == today + 2
        accepted = source.end()
        assert len(accepted) > 20, accepted
        known = {one["dedup_key"]: one["incident"]
                 for one in first.ask("alerts", "--limit", "1000")["alerts"]}
        assert set(accepted) <= set(known), set(accepted) - set(known)

        def unpaged():
            texts = " ".join(one["text"] for one in gateway.taken())
            heard = {int(number) for number in re.findall(r"#(\d+)", texts)}
            return {known[name] for name in accepted} - heard
        wait_for("a page of each", lambda: not unpaged())

        # Who is too old by now says so, stays, and is never on duty.
        second.program = PAGERD
        second.start(wait=False)
        wait_for("it to say so", lambda: "install the newer one" in second.log())
        first.kill()
        time_of_death = len(second.log())
        wait_for("it to have had its chance",
                 lambda: int(base.sql("SELECT extract(epoch FROM now()) * 1000 - max(seen_at) > 5000 "
                                      "FROM node WHERE name = 'a'") == "t"))
        assert second.process.is_alive() and "on duty now" not in second.log()[time_of_death:]
        first.start()
        wait_for("the new one to be on duty again", lambda: on_duty(first) == "a")


def test_one_machine_is_upgraded_and_back():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate='( { page = "primary", wait = "1h" } )') as pager:
        pager.start()
        key = pager.key()
        for number, program in enumerate((PAGERD, NEXT, PAGERD, NEXT)):
            upgrade(pager, program)
            assert pager.alert(key, f"job{number}", service=f"s{number}")[0] == 202
            gateway.wait("+4915550100001", number + 1)
        assert len(pager.incidents()) == 4
    gateway.close()


if __name__ == "__main__":
    main(test_two_nodes_are_upgraded_with_traffic_and_back, test_one_machine_is_upgraded_and_back)
