# SPDX-License-Identifier: MIT
"""Links between nodes: who alone does not see the database works through the others, strangers get
nothing, and who is not heard of for long is told."""
import contextlib
import json
import os
import selectors
import signal
import socket
import struct
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

from house import House, free_port, main, wait_for
from postgres import PORT, Postgres
from sinks import Gateway

SECRET = "a secret of these nodes and of no others"


class Gate:
    """The way of one node to the database, which can be cut."""

    def __init__(self, base):
        self.target = os.path.join(base.dir, f".s.PGSQL.{PORT}")
        self.dir = tempfile.mkdtemp(prefix="pagerd-gate-")
        self.path = os.path.join(self.dir, f".s.PGSQL.{PORT}")
        self.dsn = base.dsn.replace(base.dir, self.dir)
        self.open = []
        self.listener = None
        self.mend()

    def mend(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        os.chmod(self.dir, 0o755)
        self.listener.listen(64)
        threading.Thread(target=self.run, args=(self.listener,), daemon=True).start()

    def run(self, listener):
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            there = socket.socket(socket.AF_UNIX)
            try:
                there.connect(self.target)
            except OSError:
                here.close()
                continue
            self.open += [here, there]
            threading.Thread(target=self.carry, args=(here, there), daemon=True).start()

    @staticmethod
    def carry(here, there):
        with contextlib.suppress(OSError, ValueError), here, there, \
                selectors.DefaultSelector() as both:
            both.register(here, selectors.EVENT_READ, there)
            both.register(there, selectors.EVENT_READ, here)
            while True:
                for key, _ in both.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    key.data.sendall(data)

    def cut(self):
        os.unlink(self.path)
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.open = []

    def close(self):
        if os.path.exists(self.path):
            self.cut()
        os.rmdir(self.dir)


def node(name, dsn, gateway, port, peers, secret=SECRET):
    others = ", ".join(f'"{one}"' for one in peers)
    house = House(config=f'store = "postgres:{dsn}"\n'
                         f'node: {{ name = "{name}"; secret = "{secret}"; '
                         f'listen = "127.0.0.1:{port}"; peers = [ {others} ] }}\n',
                  channels=gateway.config())
    house.link_port = port
    return house


def cluster(house):
    done = house.pagectl("cluster", "--json")
    return json.loads(done.stdout) if done.stdout else {"peers": [], "nodes": []}


def peer(house, name):
    return next((one for one in cluster(house)["peers"] if one["name"] == name), None)


def linked(house, name):
    found = peer(house, name)
    return found is not None and found["is_there"] and found["address"] is not None


@contextlib.contextmanager
def two(secret=SECRET, more=(), is_cut=False):
    """Two nodes on one database; b sees it through a gate. Both list all, themselves too."""
    with Postgres() as base, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        gate = Gate(base)
        stack.callback(gate.close)
        ports = [free_port(), free_port()]
        peers = [f"localhost:{ports[0]}", f"127.0.0.1:{ports[1]}", *more]
        first = stack.enter_context(node("a", base.dsn, gateway, ports[0], peers))
        second = stack.enter_context(node("b", gate.dsn, gateway, ports[1], peers, secret))
        first.start()
        wait_for("the first to be on duty", lambda: cluster(first).get("is_on_duty"))
        if is_cut:
            gate.cut()
        second.start(wait=not is_cut)
        yield gate, gateway, first, second


def test_who_alone_does_not_see_the_database_works_through_another():
    with two() as (gate, gateway, first, second):
        wait_for("the links", lambda: linked(first, "b") and linked(second, "a"))
        seen = wait_for("a to be on duty by the link", lambda: (
            lambda one: one if one["is_on_duty"] and one["sees_database"] else None)(
                peer(second, "a")))
        assert seen["version"] and seen["since_ms"] >= 0 and seen["problem"] == "", seen
        assert [one["name"] for one in cluster(first)["peers"]] == ["b"], cluster(first)
        key = second.key()
        wait_for("the key", lambda: second.alert(key, "first", service="s0")[0] == 202)
        assert "pagerd_peers_there 1" in second.get("/metrics")[1]

        gate.cut()
        # Only the call that was being written at that moment may be in doubt: the others go by the link.
        with ThreadPoolExecutor(5) as pool:
            got = [done[0] for done in pool.map(
                lambda number: second.alert(key, f"job {number}", service=f"j{number}"), range(5))]
        assert got.count(202) >= 4 and set(got) <= {202, 503}, got
        wait_for("b to notice", lambda: not cluster(second)["database"]["is_there"])
        wait_for("a to know it", lambda: not peer(first, "b")["sees_database"])
        assert second.is_ready()
        for number in range(3):
            status, text, _ = second.alert(key, "db1: disk full", service="s1", dedup_key="disk")
            assert status == 202, (status, text)
        gateway.wait("+4915550100001", 1)
        found = [one for one in second.incidents() if one["dedup_key"] == "disk"]
        assert len(found) == 1, found
        assert second.pagectl("ack", str(found[0]["number"])).returncode == 0
        shown = first.show(found[0]["number"])
        assert shown["acknowledged_by"] == "ann" and shown["occurrences"] == 3, shown
        # A GET, an error and a page of HTML come back as they are.
        assert second.pagectl("ack", "99").returncode == 3
        assert second.get("/a/AAAAAAAAAAAAAAAAAAAA")[0] in (404, 410)
        said = second.pagectl("cluster")
        assert said.returncode == 7 and "The database is away" in said.stdout, said.stdout

        gate.mend()
        wait_for("b to see the database", lambda: cluster(second)["database"]["is_there"])
        wait_for("an alert", lambda: second.alert(key, "db1: disk full", service="s1",
                                                  dedup_key="disk")[0] == 202)
        assert first.show(found[0]["number"])["occurrences"] == 4

        # Nobody sees the database and nobody is on duty: the sender is told so.
        gate.cut()
        wait_for("b to notice", lambda: not cluster(second)["database"]["is_there"])
        first.kill()
        wait_for("the link to be down", lambda: not linked(second, "a"))
        assert second.get("/readyz")[0] == 503
        assert second.alert(key, "too late", service="s2")[0] == 503


def test_who_was_frozen_begins_anew():
    with two() as (_, _, first, second):
        wait_for("the links", lambda: linked(first, "b") and linked(second, "a"))
        before = second.log().count("linked with node a")
        os.kill(second.process.pid, signal.SIGSTOP)
        wait_for("a to miss it for long", lambda: peer(first, "b")["seen_ms"] > 2500)
        assert not linked(first, "b")
        os.kill(second.process.pid, signal.SIGCONT)
        wait_for("b to notice", lambda: "this process stood still" in second.log())
        wait_for("new links", lambda: second.log().count("linked with node a") > before)
        wait_for("both to agree", lambda: linked(first, "b") and linked(second, "a"))
        assert peer(second, "a")["is_on_duty"]


def test_who_never_saw_the_database_refuses_nothing_for_good():
    with two(is_cut=True) as (gate, _, first, second):
        key = first.key()
        wait_for("the links", lambda: linked(first, "b") and linked(second, "a"))
        assert second.get("/readyz")[0] == 503
        for one in (key, "pgk_abcdefghjkmnpqrstvwxyz012345"):
            status, text, headers = second.alert(one, "db1: disk full")
            assert status == 503 and headers["Retry-After"], (status, text)
            assert second.request("POST", f"/ping/{one}/backup")[0] == 503
        # Who comes by the socket needs no key.
        wait_for("a person to be heard", lambda: second.pagectl("incidents").returncode == 0)
        gate.mend()
        wait_for("b to be ready", second.is_ready)
        wait_for("the key", lambda: second.alert(key, "db1: disk full")[0] == 202)
        wait_for("a stranger's key to be refused for good", lambda: second.alert(
            "pgk_abcdefghjkmnpqrstvwxyz012345")[0] == 401)


def test_another_secret_links_nothing():
    with two(secret="a secret of no other node at all") as (_, _, first, second):
        wait_for("b to be told", lambda: "no link to localhost" in second.log() and
                 "node.secret is the same on all" in second.log())
        wait_for("a to say so", lambda: "is no node of ours" in first.log())
        assert not linked(second, "a") and not linked(first, "b")
        assert SECRET not in first.log() + second.log()
        told = next(one for one in cluster(second)["peers"] if one["address"].startswith("local"))
        assert told["name"] is None and "node.secret" in told["problem"], told


def is_open(one):
    one.setblocking(False)
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def strangers_get_nothing(house):
    """So many of them, and none of them says anything that counts."""
    def call():
        return socket.create_connection(("127.0.0.1", house.link_port))

    def only_the_last():
        """Of many that say nothing the newest 16 stay: seen before these have waited long enough, too."""
        crowd[:] = [call() for _ in range(48)]
        while all(map(is_open, crowd[32:])):
            if not any(map(is_open, crowd[:32])):
                return all(map(is_open, crowd[32:]))
        return False
    crowd = []
    wait_for("only the last to stay", only_the_last)
    long = call()
    long.sendall(struct.pack(">I", 2 << 20))
    wait_for("what is too long for a stranger to be refused", lambda: not is_open(long))
    wrong = call()
    wrong.sendall(struct.pack(">I", 100) + os.urandom(100))
    wait_for("what is not sealed to be refused", lambda: not is_open(wrong))
    wait_for("who says nothing to be let go", lambda: not any(map(is_open, crowd)))


def test_who_is_not_heard_of_is_told():
    nobody = f"127.0.0.1:{free_port()}"
    with two(more=[nobody]) as (_, gateway, first, second):
        wait_for("the links", lambda: linked(first, "b") and linked(second, "a"))
        second.kill()
        wait_for("the link to be down", lambda: not linked(first, "b"))
        strangers_get_nothing(first)

        def told(word, of):
            return [one for one in gateway.taken("+4915550100001")
                    if word in one["text"] and of in one["text"]]
        wait_for("b's absence", lambda: told("has not been heard of", "node b ("))
        wait_for("that of the third", lambda: told("has not been heard of", nobody))
        assert "pagerd_peers_there 0" in first.get("/metrics")[1]
        assert "pagerd_peers 2" in first.get("/metrics")[1]
        said = first.pagectl("cluster").stdout
        assert nobody in said and "onnection refused" in said, said
        second.start()
        wait_for("the link", lambda: linked(first, "b"))
        wait_for("its return", lambda: told("is heard of again", "node b ("))
        assert len(told("has not been heard of", "node b (")) == 1
        assert len(told("has not been heard of", nobody)) == 1


def test_links_between_nodes():
    """All at once: most of the time is waiting until an absence is long enough to be told."""
    tests = [test_who_is_not_heard_of_is_told, test_who_was_frozen_begins_anew,
             test_who_never_saw_the_database_refuses_nothing_for_good,
             test_another_secret_links_nothing,
             test_who_alone_does_not_see_the_database_works_through_another]
    with ThreadPoolExecutor(len(tests)) as pool:
        for done in [pool.submit(test) for test in tests]:
            done.result()


if __name__ == "__main__":
    main(test_links_between_nodes)
