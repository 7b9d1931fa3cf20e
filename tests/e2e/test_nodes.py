# SPDX-License-Identifier: MIT
"""Several pagerd on one PostgreSQL: all take calls, one is on duty, and another one when it is gone."""
import contextlib
import json
import os
import signal
import threading
import time

from house import House, main, wait_for
from postgres import Postgres
from sinks import Gateway, link_of

SECRET = "a secret of these nodes and of no others"


def node(name, base, gateway, hosts=(), **more):
    dsn = base.dsn.replace(base.dir, ",".join(hosts or [base.dir]))
    config = (f'store = "postgres:{dsn}"\n'
              f'node: {{ name = "{name}"; secret = "{SECRET}" }}\n')
    return House(config=config, channels=gateway.config(),
                 escalate='( { page = "primary", wait = "4s" }, { page = "secondary", wait = "4s" }, '
                          '{ page = "everyone", wait = "30s", repeat = 3 } )', **more)


@contextlib.contextmanager
def several(*names, settings=()):
    """So many nodes on a database of their own; the first is on duty."""
    with Postgres(*settings) as base, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        nodes = [stack.enter_context(node(name, base, gateway)) for name in names]
        for one in nodes:
            one.start()
        wait_for("the first to be on duty", lambda: on_duty(nodes[0]) == names[0])
        wait_for("all to be there", lambda: len(there(nodes[0])) == len(names))
        yield base, gateway, nodes


def cluster(house):
    done = house.pagectl("cluster", "--json")
    return json.loads(done.stdout) if done.stdout else {"nodes": []}


def there(house):
    return [one["name"] for one in cluster(house)["nodes"] if one["is_there"]]


def on_duty(house):
    found = [one["name"] for one in cluster(house)["nodes"] if one["is_on_duty"]]
    return found[0] if len(found) == 1 else None


def test_every_node_takes_everything():
    with several("a", "b", "c") as (_, gateway, (first, second, third)):
        key = second.key()
        wait_for("the key to be known everywhere",
                 lambda: third.alert(key, "db1: disk full", service="s1")[0] == 202)
        gateway.wait("+4915550100001", 1)
        assert [one["summary"] for one in second.incidents()] == ["db1: disk full"]
        assert third.pagectl("ack", "1").returncode == 0
        assert first.show(1)["acknowledged_by"] == "ann"
        # A person by the socket of a node that stands by, a page of HTML, an error: all as on duty.
        status, text, headers = second.get("/a/AAAAAAAAAAAAAAAAAAAA")
        assert status in (404, 410) and "text/html" in headers["Content-Type"], (status, text)
        assert second.get("/v1/incidents/99", headers={
            "Authorization": f"Bearer {second.token('ann')}"})[0] in (401, 404)
        assert second.pagectl("ack", "99").returncode == 3
        status, text, _ = third.get("/metrics")
        assert status == 200 and "pagerd_" in text
        assert second.pagectl("cluster").returncode == 7  # one copy
        assert "One copy" in second.pagectl("cluster").stdout


def test_what_all_nodes_are_told_counts_once():
    with several("a", "b") as (_, gateway, nodes):
        key = nodes[0].key()
        wait_for("the key", lambda: nodes[1].alert(key, "first", service="s0")[0] == 202)
        for round_number in range(3):
            for one in nodes:
                status, text, _ = one.alert(key, "db1: disk full", service="s1", dedup_key="disk")
                assert status == 202, text
        number = next(one["number"] for one in nodes[0].incidents() if one["dedup_key"] == "disk")
        assert nodes[0].show(number)["occurrences"] == 3


def test_what_one_node_refused_is_taken_by_another():
    with several("a", "b") as (base, _, nodes):
        first, second = nodes
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "first", service="s0")[0] == 202)
        base.freeze()
        # The one that finds it out: its commit was under way.
        assert first.alert(key, "db1: disk full", service="s2", dedup_key="disk")[0] == 503
        base.thaw()
        wait_for("both to be ready", lambda: all(one.is_ready() for one in nodes))
        status, text, _ = second.alert(key, "db1: disk full", service="s2", dedup_key="disk")
        assert status == 202, text
        first.kill()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        assert [one["dedup_key"] for one in second.incidents()].count("disk") == 1


def key_when_there(house):
    """A key is made when the database is there again, and not without it."""
    def made():
        with contextlib.suppress(AssertionError):
            return house.key()
        return None
    return wait_for("a key", made)


def accepted_traffic(nodes, key):
    """Alerts one after the other to changing nodes; what was answered with 2xx."""
    accepted, is_over = [], threading.Event()

    def send():
        number = 0
        while not is_over.is_set():
            number += 1
            house = nodes[number % len(nodes)]
            name = f"job {number}"
            try:
                status = house.request("POST", "/v1/alerts",
                                       {"summary": name, "dedup_key": name, "service": name},
                                       {"Authorization": f"Bearer {key}"})[0]
            except OSError:
                status = 0
            if 200 <= status < 300:
                accepted.append(name)
            time.sleep(0.02)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()

    def end():
        is_over.set()
        thread.join(60)
        return accepted
    return end


def nothing_is_lost(house, accepted):
    wait_for("everything to be there", lambda: set(accepted) <= {
        one["dedup_key"] for one in house.ask("alerts", "--limit", "1000")["alerts"]})


def test_the_one_on_duty_is_killed():
    with several("a", "b") as (_, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0")[0] == 202)
        end = accepted_traffic([first, second], key)
        first.alert(key, "db1: disk full", service="s1", dedup_key="disk")
        gateway.wait("+4915550100001", 1)
        first.kill()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        # Nobody has acked: the next one is paged, by whoever is on duty now.
        gateway.wait("+4915550100002", 1)
        accepted = end()
        nothing_is_lost(second, accepted)
        first.start()
        wait_for("the first to stand by", lambda: on_duty(first) == "b" and len(there(first)) == 2)
        number = next(one["number"] for one in first.incidents() if one["dedup_key"] == "disk")
        assert first.pagectl("ack", str(number)).returncode == 0
        assert second.show(number)["acknowledged_by"] == "ann"


def test_one_that_was_frozen_does_nothing_any_more():
    with several("a", "b") as (base, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0")[0] == 202)
        first.alert(key, "db1: disk full", service="s1", dedup_key="disk")
        gateway.wait("+4915550100001", 1)
        os.kill(first.process.pid, signal.SIGSTOP)
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        gateway.wait("+4915550100002", 1)
        number = next(one["number"] for one in second.incidents() if one["dedup_key"] == "disk")
        assert second.pagectl("ack", str(number)).returncode == 0
        paged = len(gateway.taken())
        os.kill(first.process.pid, signal.SIGCONT)
        wait_for("the first to stand by", lambda: "standing by" in first.log())
        wait_for("it to take calls", lambda: first.is_ready() and on_duty(first) == "b")
        assert first.show(number)["acknowledged_by"] == "ann"
        # The second goes on with what nobody has acked; a link says who sent it.
        late = [one for one in gateway.taken()[paged:] if f":{first.port}/" in one["text"]
                and "ACKED" not in one["text"].upper()]
        assert not late, late


def test_one_that_was_frozen_says_nothing_of_what_it_does_not_know():
    with several("a", "b") as (_, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0")[0] == 202)
        os.kill(first.process.pid, signal.SIGSTOP)
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        assert second.alert(key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202
        text = wait_for("its page", lambda: [one["text"] for one in gateway.taken() if "disk full" in one["text"]])[0]
        # Somebody presses the link of it on the node that is frozen, and waits.
        answers = []
        pressing = threading.Thread(target=lambda: answers.append(first.request(
            "POST", link_of(text), "do=ack", {"Content-Type": "application/x-www-form-urlencoded"})[0]))
        pressing.start()
        wait_for("it to wait there", lambda: f"{first.port:04X} " in waiting_connections())
        os.kill(first.process.pid, signal.SIGCONT)
        pressing.join(60)
        assert answers in ([303], [503]), answers


def waiting_connections():
    """Local ports of connections that have bytes to be read (proc(5), net/tcp)."""
    with open("/proc/net/tcp") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return " ".join(row[1].split(":")[1] for row in rows if row[4].split(":")[1] != "00000000") + " "


def test_one_that_was_frozen_with_nothing_to_do_notices():
    with several("a", "b") as (_, gateway, (first, second)):
        os.kill(first.process.pid, signal.SIGSTOP)
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        os.kill(first.process.pid, signal.SIGCONT)
        wait_for("the first to stand by", lambda: "standing by" in first.log())
        assert first.process.is_alive()
        wait_for("both to agree", lambda: on_duty(first) == on_duty(second) == "b")
        # To be replaced is no death, and to be ended while standing by is in good order.
        os.kill(second.process.pid, signal.SIGSTOP)
        wait_for("the first to be on duty again", lambda: on_duty(first) == "a")
        os.kill(second.process.pid, signal.SIGCONT)
        wait_for("the second to stand by", lambda: "standing by" in second.log())
        os.kill(second.process.pid, signal.SIGTERM)
        assert second.process.child.wait(60) == 0, second.log()[-1000:]
        assert "has died" not in first.log() + second.log()
        with open(os.path.join(second.state, "lives")) as file:
            assert "\ndied 0\n" in file.read()


def test_the_one_on_duty_ends_in_good_order():
    with several("a", "b") as (_, gateway, (first, second)):
        first.stop()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        key = second.key()
        wait_for("an alert", lambda: second.alert(key, "db1: disk full")[0] == 202)
        gateway.wait("+4915550100001", 1)


if __name__ == "__main__":
    main(test_every_node_takes_everything,
         test_what_all_nodes_are_told_counts_once, test_what_one_node_refused_is_taken_by_another,
         test_the_one_on_duty_is_killed, test_one_that_was_frozen_does_nothing_any_more,
         test_one_that_was_frozen_says_nothing_of_what_it_does_not_know,
         test_one_that_was_frozen_with_nothing_to_do_notices,
         test_the_one_on_duty_ends_in_good_order)
