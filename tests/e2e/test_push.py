# SPDX-License-Identifier: MIT
"""Push by ntfy and Gotify: what the phone gets, what its buttons do, and servers that misbehave."""
import re

import fakes
from fake_gotify import Gotify
from fake_ntfy import Ntfy, press, refuse
from house import House, main, wait_for
from sinks import Gateway

TOPIC = "ann-x7Kq2mPw0LrT"
ANN = {"ann": f', ntfy = "{TOPIC}", gotify = "A-ann-token"', "bob": ', ntfy = "bob-x7Kq2mPw0LrT"'}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def house(channels, **more):
    return House(channels=channels, user_extra=ANN, escalate='( { page = "primary", wait = "30m" },'
                 ' { page = "secondary", wait = "30m" } )', **more)


def state_of(pager, number=1):
    return pager.show(number)["state"]


def a_page_by_ntfy_is_acked_by_its_button():
    ntfy = Ntfy(token="tk_abcdefghijkl")
    with house(ntfy.config('token = "tk_abcdefghijkl"')).start() as pager:
        pager.alert(pager.key(), "db1: disk /var 96% full ✓", source="db1",
                    details="At 100% PostgreSQL stops.", runbook="https://wiki.example.org/disk")
        message = ntfy.wait_for_message(TOPIC)
        assert message["title"] == "CRIT #1 db1: disk /var 96% full ✓", message
        assert message["priority"] == 5 and message["tags"] == ["rotating_light"], message
        assert re.match(r"ops \d\d:\d\d\.\nAt 100% PostgreSQL stops\.\nBob is called at ",
                        message["message"]), message["message"]
        assert [action["label"] for action in message["actions"]] == [
            "I have it", "Runbook", "Pass on"], message
        assert message["click"] == message["actions"][0]["url"] and message["actions"][0]["clear"]
        page = wait_for("sent", lambda: next((
            page for page in pager.pages(1, "ann") if page["state"] == "sent"), None))
        assert TOPIC not in str(page), page

        assert press(message, "I have it", origin="https://ntfy.example.org") == 403
        assert state_of(pager) == "triggered"
        assert press(message, "I have it") == 200
        wait_for("the ack", lambda: state_of(pager) == "acknowledged")
        assert "link ntfy" in str(pager.show(1)["timeline"]), pager.show(1)["timeline"]
        assert TOPIC not in pager.log()
    ntfy.close()


def pass_on_pages_the_next_and_good_news_is_silent():
    ntfy = Ntfy(login="pager:ntfypw-secret-1")
    with house(ntfy.config('user = "pager", password = "ntfypw-secret-1"')).start() as pager:
        pager.alert(pager.key(), "web: slow", severity="warning")
        first = ntfy.wait_for_message(TOPIC)
        assert first["priority"] == 3 and first["tags"] == ["warning"], first
        number = int(re.search(r"#(\d+)", first["title"]).group(1))
        assert press(first, "Pass on") == 200
        second = ntfy.wait_for_message("bob-x7Kq2mPw0LrT")
        assert press(second, "I have it") == 200
        pager.act("bob", number, "resolve")
        news = wait_for("the good news", lambda: [message for message in ntfy.to(TOPIC)
                                                  if message["title"].startswith("RESOLVED")])
        assert news[0]["priority"] == 2 and not news[0]["actions"], news
    ntfy.close()


def of_a_private_team_nothing_is_said():
    ntfy, gotify = Ntfy(), Gotify()
    with house(f"{ntfy.config()} {gotify.config()}", team="private = true").start() as pager:
        pager.alert(pager.key(), "db1: topsecret", details="topsecret, too", source="topsecret1",
                    runbook="https://wiki.example.org/topsecret")
        ntfy.wait_for_message(TOPIC)
        gotify.wait_for_message("A-ann-token")
        for fake in (ntfy, gotify):
            for request in fake.requests():
                assert b"topsecret" not in request.body, request.body
    ntfy.close()
    gotify.close()


def gotify_takes_the_token_of_the_person_from_a_secret():
    gotify = Gotify(tokens=("Axyz.secret-9",))
    pager = House(channels=gotify.config(), user_extra={"ann": ', gotify = "secret:gotify-ann"'})
    pager.write("secrets/gotify-ann", "Axyz.secret-9\n")
    with pager.start():
        pager.alert(pager.key(), "db1: disk full")
        message = gotify.wait_for_message("Axyz.secret-9")
        assert message["priority"] == 10 and message["title"].startswith("CRIT #1"), message
        link = message["extras"]["client::notification"]["click"]["url"]
        assert link in message["message"], message
        page = wait_for("sent", lambda: next((
            page for page in pager.pages(1, "ann") if page["state"] == "sent"), None))
        assert page["address"] == "secret:gotify-ann", page
        path = "/" + link.split("/", 3)[3]
        assert pager.request("POST", path, "do=ack", FORM)[0] == 303
        assert "secret-9" not in pager.log()
        with open(f"{pager.state}/pagerd.db", "rb") as file:
            assert b"secret-9" not in file.read()
    gotify.close()


# What a server does, and what its page and the gateway beside it must be: "repeat" is sent again
# until it is taken, "failed" is not, and either way the text message goes out at once.
MOODS = [
    ("too many requests", refuse(42901), "repeat"),
    ("the day's quota is used up", refuse(42908), "failed"),
    ("unauthorized", refuse(40101), "failed"),
    ("forbidden", refuse(40301), "failed"),
    ("a topic that it does not take", refuse(40010), "failed"),
    ("too large", refuse(41303), "failed"),
    ("nobody is subscribed", refuse(50701), "repeat"),
    ("an error of its own", fakes.answer(500, "<html>oops</html>"), "repeat"),
    ("a bad gateway", fakes.answer(502), "repeat"),
    ("200 and garbage", fakes.answer(200, '{"id": '), "repeat"),
    ("a captive portal", fakes.answer(200, "<html>Welcome!</html>"), "repeat"),
    ("200 and an empty object", fakes.answer(200, "{}"), "repeat"),
    ("a redirect", fakes.answer(302, Location="http://127.0.0.1:1/"), "failed"),
    ("a reset", fakes.reset, "unknown"),
    ("no answer", fakes.close, "unknown"),
    ("taken, but the answer is torn", fakes.lie_and_close, "unknown"),
]


def whatever_ntfy_does_somebody_is_paged():
    ntfy, gateway = Ntfy(), Gateway()
    moods = dict((f"service {number}", mood) for number, (name, mood, end) in enumerate(MOODS))
    seen = {}

    def mood_of(request):
        title = request.body.decode()
        for service, mood in moods.items():
            if service + ":" in title:
                seen[service] = seen.get(service, 0) + 1
                return mood if seen[service] == 1 else None
        return None

    ntfy.mood = mood_of
    with house(f"{ntfy.config()} {gateway.config()}").start() as pager:
        key = pager.key()
        for number, (name, mood, end) in enumerate(MOODS):
            pager.alert(key, f"service {number}: {name}", service=f"s{number}")
        for number, (name, mood, end) in enumerate(MOODS):
            incident = number + 1
            what = f"service {number}:"
            wait_for(f"the text message of {name}", lambda: [
                message for message in gateway.taken("+4915550100001") if what in message["text"]])

            def page_of():
                return next(page for page in pager.pages(incident, "ann")
                            if page["channel"] == "ntfy")
            if end == "failed":
                wait_for(f"{name}: failed", lambda: page_of()["state"] == "failed")
                assert seen[f"service {number}"] == 1, name
                continue
            wait_for(f"{name}: sent again", lambda: page_of()["state"] == "sent")
            assert seen[f"service {number}"] == 2, (name, seen)
            marked = "(repeat)" in [message for message in ntfy.to(TOPIC)
                                    if what in message["title"]][-1]["message"]
            assert marked == (end == "unknown"), (name, end)
    ntfy.close()
    gateway.close()


def a_stranger_s_certificate_gets_nothing():
    ntfy, gateway = Ntfy(tls=True), Gateway()
    with house(f"{ntfy.config()} {gateway.config()}").start() as pager:
        pager.alert(pager.key())
        gateway.wait("+4915550100001")
        page = wait_for("the page to fail", lambda: next(
            (page for page in pager.pages(1)
             if page["channel"] == "ntfy" and page["state"] == "failed"), None))
        assert "certificate" in page["error"], page
        assert not ntfy.requests()
    ntfy.close()
    gateway.close()


if __name__ == "__main__":
    main(a_page_by_ntfy_is_acked_by_its_button, pass_on_pages_the_next_and_good_news_is_silent,
         of_a_private_team_nothing_is_said, gotify_takes_the_token_of_the_person_from_a_secret,
         whatever_ntfy_does_somebody_is_paged, a_stranger_s_certificate_gets_nothing)
