# SPDX-License-Identifier: MIT
"""Pushover: the siren, who may stop it, whose ack it is, and what is not believed."""

import fakes
from fake_pushover import ANN, BOB, Pushover
from house import House, main, wait_for
from sinks import Gateway

KEYS = {"ann": f', pushover = "{ANN}"', "bob": f', pushover = "{BOB}/phone1"'}


def house(channels, **more):
    return House(channels=channels, user_extra=KEYS, escalate='( { page = "primary", wait = "30m" },'
                 ' { page = "secondary", wait = "30m" } )', **more)


def state_of(pager, number=1):
    return pager.show(number)["state"]


def who_acknowledges_the_siren_in_the_app_has_it():
    pushover = Pushover()
    with house(pushover.config()).start() as pager:
        pager.alert(pager.key(), "db1: disk /var 96% full", details="x" * 3000)
        message = pushover.wait_for_message(ANN)
        assert message["priority"] == "2" and message["retry"] == "30", message
        assert message["title"] == "CRIT #1 db1: disk /var 96% full", message
        assert "/a/" in message["url"] and message["url_title"] == "Ack #1", message
        assert len(message["message"]) <= 1024, message
        page = wait_for("sent", lambda: [page for page in pager.pages(1) if page["state"] == "sent"])[0]
        assert ANN not in str(page), page
        pushover.acknowledge(message)
        wait_for("the ack", lambda: state_of(pager) == "acknowledged")
        shown = pager.show(1)
        assert shown["acknowledged_by"] == "ann" and shown["acknowledged_via"] == "pushover", shown
        assert pager.pages(1)[0]["state"] == "delivered"
        assert not pushover.too_soon
        assert ANN not in pager.log()
    pushover.close()


def a_callback_that_lies_acks_nothing_and_one_that_is_forged_is_not_let_in():
    pushover = Pushover()
    with house(pushover.config()).start() as pager:
        pager.alert(pager.key())
        message = pushover.wait_for_message(ANN)
        asked = f"/1/receipts/{message['receipt']}.json"
        pushover.wait(asked)
        for _ in range(3):  # repeated ones, too
            assert pushover.call_back(message) < 300
        forged = message["callback"]
        assert pushover.call_back({**message, "callback": forged[:-1] + "0"}) in (403, 404) or \
            forged[-1] == "0"
        pushover.wait(asked, 2)
        # A group's message that another one acknowledged is not Ann's ack.
        pushover.acknowledge(message, by=BOB)
        pushover.wait(asked, 3)
        assert state_of(pager) == "triggered"
        pushover.acknowledge(message)
        wait_for("the ack", lambda: state_of(pager) == "acknowledged")
        assert not pushover.too_soon
    pushover.close()


def the_siren_is_cancelled_when_it_is_taken_elsewhere_even_after_a_kill():
    pushover = Pushover()
    with house(pushover.config("acks = false")).start() as pager:
        pager.alert(pager.key())
        message = pushover.wait_for_message(ANN)
        found = pushover.receipts[message["receipt"]]
        pushover.acknowledge(message)
        pushover.mood = lambda request: fakes.answer(503) if "cancel" in request.path else None
        pager.act("bob", 1, "ack")
        wait_for("a try", lambda: [request for request in pushover.requests()
                                   if "cancel" in request.path])
        assert not found["cancelled"] and state_of(pager) == "acknowledged"
        pager.kill()
        pushover.mood = lambda request: None
        pager.start()
        wait_for("the end of the siren", lambda: found["cancelled"])
        assert pager.show(1)["acknowledged_by"] == "bob", "with acks = false the app's is none"
    pushover.close()


def what_is_not_critical_has_no_siren():
    pushover = Pushover()
    with house(pushover.config()).start() as pager:
        key = pager.key()
        for severity, priority in (("error", "1"), ("warning", "0")):
            pager.alert(key, severity, severity=severity, service=severity)
            wait_for(severity, lambda: [message for message in pushover.to(ANN)
                                        if severity in message["title"]
                                        and message["priority"] == priority])
        pager.act("ann", 1, "ack")
        pager.act("ann", 1, "resolve")
        assert not pushover.receipts
    pushover.close()


# What it does, and what becomes of the page; the text message beside it goes out in any case.
MOODS = [
    ("the token is not valid", fakes.answer(400, '{"token":"invalid","status":0}'), "failed"),
    ("the user is not valid", fakes.answer(400, '{"user":"invalid","status":0}'), "failed"),
    ("the quota is used up", fakes.answer(429, '{"errors":["quota"],"status":0}'), "failed"),
    ("an error of its own", fakes.answer(500, "oops"), "sent"),
    ("200 with status 0", fakes.answer(200, '{"status":0,"errors":["x"]}'), "sent"),
    ("200 and garbage", fakes.answer(200, '{"status":1'), "sent"),
    ("status 1 and nothing beside", fakes.answer(200, '{"status":1}'), "sent"),
    ("a redirect", fakes.answer(301, Location="http://127.0.0.1:1/"), "failed"),
    ("no answer", fakes.close, "sent"),
    ("taken, but the answer is torn", fakes.lie_and_close, "sent"),
]


def whatever_it_does_somebody_is_paged():
    pushover, gateway = Pushover(), Gateway()
    seen = set()

    def mood_of(request):
        title = request.form().get("title", "")
        for number, (name, mood, end) in enumerate(MOODS):
            if f"service {number}:" in title and number not in seen:
                seen.add(number)
                return mood
        return None

    pushover.mood = mood_of
    with house(f"{pushover.config()} {gateway.config()}").start() as pager:
        key = pager.key()
        for number, (name, mood, end) in enumerate(MOODS):
            pager.alert(key, f"service {number}: {name}", service=f"s{number}")
        for number, (name, mood, end) in enumerate(MOODS):
            wait_for(f"the text message of {name}", lambda: [
                message for message in gateway.taken("+4915550100001")
                if f"service {number}:" in message["text"]])
            wait_for(f"{name}: {end}", lambda: [
                page for page in pager.pages(number + 1, "ann")
                if page["channel"] == "pushover" and page["state"] == end])
    pushover.close()
    gateway.close()


if __name__ == "__main__":
    main(who_acknowledges_the_siren_in_the_app_has_it,
         a_callback_that_lies_acks_nothing_and_one_that_is_forged_is_not_let_in,
         the_siren_is_cancelled_when_it_is_taken_elsewhere_even_after_a_kill,
         what_is_not_critical_has_no_siren, whatever_it_does_somebody_is_paged)
