# SPDX-License-Identifier: MIT
"""pagerd ends between a provider's yes and the note of it: the same key comes again, and a person
gets one page where the provider or the phone heeds it, and a second one with a mark where not."""
import contextlib
import json
import os
import re
import signal
import threading

import fakes
from fake_gotify import Gotify
from fake_ntfy import Ntfy
from house import House, main, wait_for

TOPIC = "ann-x7Kq2mPw0LrT"
PHONE = "+4915550100001"
VIA = 'notify: { normal: ( { after = "0s", via = [ "ntfy", "gotify", "sms" ] } ) }'
ANN = {"ann": f', ntfy = "{TOPIC}", gotify = "A-ann-token"'}


class Keyed(fakes.Fake):
    """An SMS gateway that takes what has an Idempotency-Key once (draft-ietf-httpapi-
    idempotency-key-header): the second time it gives the answer of the first."""

    def __init__(self):
        self.delivered = []
        self.answers = {}
        super().__init__()

    def config(self):
        return ('sms: { driver = "http", url = "%s/send", headers = [ "Idempotency-Key: $key" ], '
                'body = "{\\"to\\":\\"$to\\",\\"text\\":\\"$text\\"}" }' % self.url)

    def serve(self, request):
        key = request.headers["Idempotency-Key"]
        if not re.fullmatch("[0-9a-f]{32}", key or ""):
            return 400, b"no key", {}
        with self.lock:
            if key not in self.answers:
                self.delivered.append(json.loads(request.body))
                self.answers[key] = (200, b"taken", {})
            return self.answers[key]

    def keys(self):
        return [request.headers["Idempotency-Key"] for request in self.requests()]


class Deaf:
    """A mood: each request is taken, and what is answered is not heard by anybody."""

    def __init__(self):
        self.taken = []
        self.is_over = threading.Event()

    def __call__(self, request):
        return None if self.is_over.is_set() else self.take

    def take(self, handler, request):
        handler.fake.serve(request)
        self.taken.append(handler.fake)
        self.is_over.wait(120)
        handler.close_connection = True


def repeats(house, reason):
    found = re.search(r'pagerd_pages_repeated_total{reason="%s"} (\d+)' % reason,
                      house.get("/metrics")[1])
    return int(found.group(1))


def events(house, number):
    return [line["event"] for line in house.show(number)["timeline"]]


def test_what_was_taken_when_pagerd_was_killed():
    ntfy, gotify, gateway = Ntfy(), Gotify(), Keyed()
    providers = (ntfy, gotify, gateway)
    deaf = Deaf()
    for one in providers:
        one.mood = deaf
    channels = " ".join(one.config() for one in providers)
    with House(channels=channels, notify=VIA, user_extra=ANN,
               escalate='( { page = "primary", wait = "1h" } )') as pager:
        pager.start()
        pager.alert(pager.key(), "db1: disk full")
        wait_for("all to have taken it", lambda: len(deaf.taken) == 3)
        pager.kill()
        deaf.is_over.set()
        pager.start()
        wait_for("all to be asked again", lambda: all(len(one.requests()) == 2 for one in providers))
        wait_for("all to be sent", lambda: all(
            page["state"] in ("sent", "delivered") for page in pager.pages(1)))
        # The gateway was given the same key, and has sent one text.
        first, second = gateway.keys()
        assert first == second, gateway.keys()
        assert [text["to"] for text in gateway.delivered] == [PHONE], gateway.delivered
        # The phone shows one message of ntfy: the second, in the place of the first.
        assert len(ntfy.to(TOPIC)) == 2 and len(ntfy.shown(TOPIC)) == 1, ntfy.to(TOPIC)
        assert "(repeat)" in ntfy.shown(TOPIC)[0]["message"], ntfy.shown(TOPIC)
        # Gotify knows no key: the second one says what it is.
        texts = [message["message"] for message in gotify.messages]
        assert len(texts) == 2 and ["(repeat)" in text for text in texts] == [False, True], texts
        # Counted, and in the timeline.
        assert repeats(pager, "restart") == 3 and repeats(pager, "unsure") == 0
        assert events(pager, 1).count("page-repeated") == 3, pager.show(1)["timeline"]
        assert all(page["repeat"] for page in pager.pages(1)), pager.pages(1)
    for one in providers:
        one.close()


def test_what_was_taken_when_pagerd_was_killed_twice():
    gateway = Keyed()
    deaf = [Deaf(), Deaf()]
    gateway.mood = deaf[0]
    with House(channels=gateway.config(), escalate='( { page = "primary", wait = "1h" } )',
               notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }') as pager:
        pager.start()
        pager.alert(pager.key(), "db1: disk full")
        for number, mood in enumerate(deaf):
            wait_for("it to be taken", lambda: len(gateway.keys()) == number + 1 and mood.taken)
            pager.kill()
            gateway.mood = deaf[1] if number == 0 else lambda request: None
            mood.is_over.set()
            pager.start()
        wait_for("it to be sent", lambda: all(page["state"] == "sent" for page in pager.pages(1)))
        # While nobody knows whether it arrived, the next contact may be tried: a page with a key of its own.
        keys = gateway.keys()
        assert keys.count(keys[0]) == 3 and len(keys) - 3 == len(pager.pages(1)) - 1, keys
        assert len(gateway.delivered) == len(set(keys)), gateway.delivered
    gateway.close()


def test_a_page_that_is_meant_to_come_again_has_another_key():
    gateway = Keyed()
    lost = [fakes.lie_and_close]
    gateway.mood = lambda request: lost.pop() if lost else None
    with House(channels=gateway.config(),
               escalate='( { page = "primary", wait = "4s", repeat = 2 } )',
               notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }') as pager:
        pager.start()
        pager.alert(pager.key(), "db1: disk full")
        # An answer that is lost in the middle is one: it was taken. Nobody acks, which is to ring.
        wait_for("the next round", lambda: len(gateway.delivered) >= 2)
        assert len(set(gateway.keys())) == len(gateway.delivered), gateway.keys()
        assert all("(repeat)" not in text["text"] for text in gateway.delivered), gateway.delivered
    gateway.close()


def test_what_was_taken_when_another_node_takes_over():
    from test_nodes import cluster, node, on_duty
    from postgres import Postgres
    gateway, deaf = Keyed(), Deaf()
    gateway.mood = deaf
    with Postgres() as base, contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(node(name, base, gateway)) for name in "ab")
        first.start()
        second.start()
        wait_for("the first to be on duty", lambda: on_duty(first) == "a")
        wait_for("both", lambda: len(cluster(first)["nodes"]) == 2)
        first.alert(first.key(), "db1: disk full")
        wait_for("it to be taken", lambda: deaf.taken)
        first.kill()
        deaf.is_over.set()
        wait_for("it to be asked again", lambda: len(gateway.keys()) >= 2)
        assert gateway.keys()[0] == gateway.keys()[1], gateway.keys()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        wait_for("it to be sent", lambda: second.pages(1, "ann")[0]["state"] == "sent")
        assert [text["to"] for text in gateway.delivered].count(PHONE) == 1, gateway.delivered
        assert repeats(second, "restart") == 1
    gateway.close()


def test_what_a_frozen_courier_had_does_not_leave_when_it_wakes():
    from test_nodes import on_duty, several
    with several("a", "b") as (_, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0")[0] == 202)
        gateway.wait(PHONE, 1)
        wait_for("it to be noted", lambda: first.pages(1, "ann")[0]["state"] == "sent")
        # Its machine freezes while the courier has not read the page yet.
        courier = int(re.findall(r"courier started pid=(\d+)", first.log())[-1])
        os.kill(courier, signal.SIGSTOP)
        first.alert(key, "db1: disk full", service="s1", dedup_key="disk")
        wait_for("it to be handed over",
                 lambda: first.log().count("page handed over") >= 2)
        os.kill(first.process.pid, signal.SIGSTOP)
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        number = next(one["number"] for one in second.incidents() if one["dedup_key"] == "disk")
        assert second.pagectl("ack", str(number)).returncode == 0

        def disks():
            return [one["text"] for one in gateway.taken(PHONE) if "disk full" in one["text"]
                    and "ACKED" not in one["text"]]
        before = disks()
        os.kill(courier, signal.SIGCONT)
        # It has looked at the page when it says so to its daemon.
        wait_for("the courier to be idle", lambda: is_idle(courier))
        os.kill(first.process.pid, signal.SIGCONT)
        wait_for("the first to stand by", lambda: "standing by" in first.log())
        wait_for("both to agree", lambda: on_duty(first) == on_duty(second) == "b")
        assert disks() == before, (before, disks())


def is_idle(pid):
    """All threads of it wait for something, and its socket is empty."""
    states = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat") as file:
            states.append(file.read().rsplit(")", 1)[1].split()[0])
    return all(state == "S" for state in states)


if __name__ == "__main__":
    main(test_what_was_taken_when_pagerd_was_killed,
         test_what_was_taken_when_pagerd_was_killed_twice,
         test_a_page_that_is_meant_to_come_again_has_another_key,
         test_what_was_taken_when_another_node_takes_over,
         test_what_a_frozen_courier_had_does_not_leave_when_it_wakes)
