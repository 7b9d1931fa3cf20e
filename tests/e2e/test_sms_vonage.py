# SPDX-License-Identifier: MIT
"""Text messages by Vonage: answers that are 200 whatever they say, signed receipts and replies."""
import re
import subprocess
import time

import fakes
from fake_ntfy import Ntfy
from fake_vonage import API_SECRET, SIGNATURE_SECRET, Vonage, deliver, post, sign, status
from house import PAGERD, House, main, wait_for

NOTIFY = ('notify: { normal: ( { after = "0s", via = [ "sms" ] }, '
          '{ after = "30m", via = [ "ntfy" ] } ) }')


def fail(code, state="failed"):
    def fate(message):
        message.tell("buffered")
        message.tell(state, code)
    return fate


def forged(message):
    assert message.tell("delivered", signer=None) == 403
    assert message.tell("delivered", signer=lambda fields: sign(fields, "another")) == 403
    assert message.tell("delivered", signer=lambda fields: "") == 403
    assert message.tell("delivered", at=time.time() - 90000) == 403
    message.told.append("all")


def filtered_once(message):
    if "http" in message.text:
        fail("6", "rejected")(message)
    else:
        deliver(message)


# Name, mood of the first request, fate of the message, state of the page, is the next method paged.
ROWS = [
    ("delivers", None, deliver, "delivered", False),
    ("cannot reach the phone", None, fail("2"), "failed", True),
    ("knows no such number", None, fail("9"), "failed", True),
    ("let it expire", None, fail("1", "expired"), "failed", True),
    ("filters links", None, filtered_once, "delivered", False),
    ("is forged", None, forged, "sent", False),
    ("is busy", status("1"), deliver, "repeated", True),
    ("does not know the key", status("4"), deliver, "failed", True),
    ("has an inner fault", status("5"), deliver, "repeated", True),
    ("has barred the number", status("7"), deliver, "failed", True),
    ("has no credit", status("9"), deliver, "failed", True),
    ("does not like the sender", status("15"), deliver, "failed", True),
    ("is broken", fakes.answer(500, "<html>"), deliver, "repeated", True),
    ("asks for patience", fakes.answer(429, "", Retry_After="1"), deliver, "repeated", True),
    ("says 200 and nothing", fakes.answer(200, ""), deliver, "repeated", None),
    ("says 200 and no message", fakes.answer(200, '{"messages":[]}'), deliver, "repeated", None),
    ("resets", fakes.reset, deliver, "delivered", None),
]


def check_row(pager, vonage, incident, name, state, next_is_paged, mood):
    def pages():
        return {page["channel"]: page for page in pager.pages(incident)}

    def is_so():
        page = pages().get("sms")
        if state == "repeated":
            return page["attempt"] >= 2 or page["state"] == "queued"
        return page["state"] == state
    try:
        if mood is forged:
            wait_for("all forgeries", lambda: [m for m in vonage.messages if "all" in m.told])
        wait_for(f"{name}: {state}", is_so)
        if next_is_paged:
            wait_for(f"{name}: the next method", lambda: "ntfy" in pages())
        elif next_is_paged is False:
            assert "ntfy" not in pages()
    except AssertionError as problem:
        raise AssertionError(f"row \"{name}\": {problem}; pages {pages()}") from problem


def whatever_vonage_says_somebody_is_paged():
    vonage, ntfy = Vonage(), Ntfy()
    users = [f"u{i:02d}" for i in range(len(ROWS))]
    pager = House(channels=f"{vonage.config()} {ntfy.config()}", users=["ann"] + users,
                  notify=NOTIFY, secondary="ann",
                  user_extra={user: f', ntfy = "{user}-x7Kq2mPw0LrT"' for user in users})
    with open(pager.config) as file:
        text = file.read()
    teams = "\n".join(f'{user}: {{ oncall = "{user}", manager = "ann", members = [ "{user}" ], '
                      'escalate = ( { page = "oncall", wait = "30m" } ) }' for user in users)
    pager.write("pagerd.cfg", text.replace("teams: { ops: {", "teams: {\n" + teams + "\n ops: {"))
    seen = set()

    def row_of(number):
        return ROWS[int(number[len("491555010000"):]) - 2]

    def mood_of(request):
        to = request.form()["to"]
        is_first = to not in seen
        seen.add(to)
        return row_of(to)[1] if is_first else None

    vonage.mood = mood_of
    vonage.fate = lambda message: row_of(message.to)[2](message)
    with pager.start():
        for i, row in enumerate(ROWS):
            pager.alert(pager.key(users[i], users[i]), f"db1: {row[0]}", service=f"s{i}",
                        source=f"host{i}")
        for i, (name, mood, fate, state, next_is_paged) in enumerate(ROWS):
            check_row(pager, vonage, i + 1, name, state, next_is_paged, fate)
        assert API_SECRET not in pager.log() and SIGNATURE_SECRET not in pager.log()
        assert not [request for request in vonage.requests() if API_SECRET in request.path]
    vonage.close()
    ntfy.close()


def a_signed_reply_acks_and_another_does_not():
    vonage = Vonage()
    with House(channels=vonage.config(), escalate='( { page = "primary", wait = "30m" } )').start() \
            as pager:
        done = subprocess.run([PAGERD, "--callbacks", "--config", pager.config],
                              capture_output=True, text=True, check=True)
        url = re.search(r"\S+/v1/callbacks/sms\.1/reply/\S+", done.stdout).group()
        pager.alert(pager.key())
        vonage.wait_for_message("4915550100001")
        wait_for("the receipt", lambda: pager.pages(1)[0]["state"] == "delivered")
        reply = {"msisdn": "4915550100001", "to": "15005550006", "messageId": "0B1", "text": "4",
                 "type": "text"}
        assert post(url, reply, signer=None) == 403
        assert post(url, reply, signer=lambda fields: sign({**fields, "text": "5"})) == 403
        assert post(url, {**reply, "msisdn": "4915550109999"}) in (200, 204)
        assert pager.show(1)["state"] == "triggered"
        wait_for("the ack", lambda: (post(url, reply) in (200, 204)
                                     and pager.show(1)["state"] == "acknowledged"))
    vonage.close()


if __name__ == "__main__":
    main(whatever_vonage_says_somebody_is_paged, a_signed_reply_acks_and_another_does_not)
