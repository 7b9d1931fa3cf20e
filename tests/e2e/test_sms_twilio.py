# SPDX-License-Identifier: MIT
"""Text messages by Twilio: whatever it does, the page is what it ought to be, and somebody is paged.

Each row of the table is one person of a team of one, so that all of them are under way at once.
"""
import re
import subprocess

import fakes
from fake_ntfy import Ntfy
from fake_twilio import TOKEN, Twilio, deliver, fail, refuse, signature, silence, write
from house import PAGERD, House, main, wait_for

NOTIFY = ('notify: { normal: ( { after = "0s", via = [ "sms" ] }, '
          '{ after = "30m", via = [ "ntfy" ] } ) }')


def twice(message):
    """All that is told is told again."""
    for status in ("sent", "sent", "delivered", "delivered", "delivered"):
        message.become(status)


def backwards(message):
    for status in ("delivered", "sent", "queued", "undelivered"):
        message.tell(status, 30003 if status == "undelivered" else None)


def forged(message):
    """By somebody who knows the address, but not the token."""
    assert message.tell("delivered", sign=None) == 403
    assert message.tell("delivered", sign=lambda url, fields: signature(url, fields, "x")) == 403
    assert message.tell("delivered", sign=lambda url, fields: signature(url, [])) == 403
    message.told.append("all")


def of_another_page(message):
    """The address of one page does not serve another, nor another attempt of it."""
    url = message.form["StatusCallback"]
    head, _, reference = url.rpartition("/")
    page, attempt, code = reference.split(".")
    for other in (f"{int(page) + 1}.{attempt}.{code}", f"{page}.7.{code}", f"999999.1.{code}",
                  f"{page}.{attempt}.{code[:-1]}0", code, f"{page}.{attempt}.", "..", "%00"):
        if other != reference:
            assert message.tell("undelivered", 30005, url=f"{head}/{other}") in (404, 429), other
    # What is not signed is not read.
    assert message.tell("delivered", url=url + "?MessageStatus=undelivered",
                        sign=lambda asked, fields: signature(url, fields)) == 204
    message.told.append("all")


def stuffed(message):
    """More fields than anybody sends, then a proper one."""
    assert message.tell("delivered", more=[(f"X{i}", "1") for i in range(200)]) == 400
    deliver(message)


def by_the_secondary_token(message):
    assert message.tell("delivered", sign=lambda url, fields: signature(
        url, fields, "secondary-token")) == 204


def filtered_once(message):
    if "http" in message.text:
        fail(30007)(message)
    else:
        deliver(message)


def delivers_repeats(message):
    if "(repeat)" in message.text:
        deliver(message)


def early(message):
    message.become("delivered")


def garbage(body, status=201):
    """Takes the message, and says what nobody understands."""
    def mood(handler, request):
        handler.fake.serve(request)
        handler.give(status, body, {})
    return mood


def failed_at_once(handler, request):
    status, body, headers = handler.fake.serve(request)
    handler.give(status, body.replace(b'"queued"', b'"failed"').replace(b"null", b"30006"), headers)


# Name; what the API does with the first request; what becomes of a message that it takes; the state
# that the page must come to; is the next method paged at once; how many messages Twilio has at last.
ROWS = [
    ("delivers", None, deliver, "delivered", False, 1),
    ("cannot reach the phone", None, fail(30003), "failed", True, 1),
    ("is blocked", None, fail(30004), "failed", True, 1),
    ("does not know the number", None, fail(30005), "failed", True, 1),
    ("finds a landline", None, fail(30006), "failed", True, 1),
    ("does not know why", None, fail(30008), "failed", True, 1),
    ("is suspended meanwhile", None, fail(30002, "failed"), "failed", True, 1),
    ("is not registered", None, fail(30034), "failed", True, 1),
    ("let it expire", None, fail(30036, "failed"), "failed", True, 1),
    ("has a code that nobody knows", None, fail(39999), "failed", True, 1),
    ("filters links", None, filtered_once, "delivered", False, 2),
    ("filters everything", None, fail(30007), "failed", True, 2),
    ("says it failed at once", failed_at_once, silence, "failed", True, 1),
    ("is slow", fakes.slow(3), deliver, "delivered", False, 1),
    ("is busy", refuse(20429, 429, Retry_After="1"), deliver, "repeated", True, 1),
    ("is broken", refuse(20500, 500), deliver, "repeated", True, 1),
    ("is broken in HTML", fakes.answer(502, "<html>"), deliver, "repeated", True, 1),
    ("does not know the token", refuse(20003, 401), deliver, "failed", True, 0),
    ("wants another number", refuse(21211), deliver, "failed", True, 0),
    ("may not send there", refuse(21408), deliver, "failed", True, 0),
    ("was told STOP", refuse(21610), deliver, "failed", True, 0),
    ("takes no landlines", refuse(21614), deliver, "failed", True, 0),
    ("redirects", fakes.answer(307, Location="http://127.0.0.1:1/"), deliver, "failed", True, 0),
    ("closes in mid-answer", fakes.lie_and_close, delivers_repeats, "delivered", True, 2),
    ("closes without an answer", fakes.close, deliver, "delivered", True, 1),
    ("resets", fakes.reset, deliver, "delivered", True, 1),
    ("says 201 and nothing", garbage(b""), silence, "repeated", None, 2),
    ("says 201 and garbage", garbage(b"{\"sid\": "), silence, "repeated", None, 2),
    ("says 200 and a captive portal", garbage(b"<html>Welcome!</html>", 200), silence, "repeated",
     None, 2),
    ("says far too much", garbage(b"{\"sid\":\"" + b"x" * 3000000 + b"\"}"), silence, "repeated",
     None, 2),
    ("tells everything twice", None, twice, "delivered", False, 1),
    ("tells it backwards", None, backwards, "delivered", False, 1),
    ("is forged", None, forged, "sent", False, 1),
    ("is mistaken for another", None, of_another_page, "delivered", False, 1),
    ("is stuffed", None, stuffed, "delivered", False, 1),
    ("signs by the secondary token", None, by_the_secondary_token, "delivered", False, 1),
    ("tells before it answers", None, early, "delivered", False, 1),
]


def user_of(index):
    return f"u{index:02d}"


def number_of(index):
    return f"+491555010000{index + 1}"


def houses_of_one(twilio, ntfy):
    """A team for each row: its person, and that person's key."""
    users = ["ann"] + [user_of(i) for i in range(1, len(ROWS) + 1)]
    pager = House(
        channels=f'{twilio.config(more=", key = %s" % chr(34) + "secondary-token" + chr(34))} '
                 f'{ntfy.config()}', users=users, notify=NOTIFY, primary="ann", secondary="ann",
        user_extra={user: f', ntfy = "{user}-x7Kq2mPw0LrT"' for user in users})
    with open(pager.config) as file:
        text = file.read()
    teams = "\n".join(f'  {user}: {{ oncall = "{user}", manager = "ann", members = [ "{user}" ], '
                      f'escalate = ( {{ page = "oncall", wait = "30m", repeat = 3 }} ) }}'
                      for user in users[1:])
    pager.write("pagerd.cfg", text.replace("teams: { ops: {", "teams: {\n" + teams + "\n ops: {"))
    return pager


def play(twilio):
    """The first request of each row meets its mood, and each message its fate."""
    seen = {}

    def mood_of(request):
        number = request.form().get("To", "") if request.method == "POST" else ""
        index = int(number[len("+491555010000"):] or 0) - 1
        seen[index] = seen.get(index, 0) + 1
        return ROWS[index - 1][1] if index > 0 and seen[index] == 1 else None

    def fate(message):
        index = int(message.to[len("+491555010000"):]) - 1
        ROWS[index - 1][2](message)

    def before(message):
        index = int(message.to[len("+491555010000"):]) - 1
        if ROWS[index - 1][2] is early:
            early(message)

    twilio.mood, twilio.fate, twilio.before = mood_of, fate, before


def whatever_twilio_does_somebody_is_paged():
    twilio, ntfy = Twilio(), Ntfy()
    play(twilio)
    with houses_of_one(twilio, ntfy).start() as pager:
        for i, row in enumerate(ROWS, 1):
            pager.alert(pager.key(user_of(i), user_of(i)), f"db1: {row[0]}", service=f"s{i}",
                        source=f"host{i}")
        for i, (name, mood, fate, state, next_is_paged, count) in enumerate(ROWS, 1):
            check_row(pager, twilio, ntfy, i, name, state, next_is_paged, count)
        check_details(pager, twilio)
        assert TOKEN not in pager.log() and "secondary-token" not in pager.log()
        for request in twilio.requests():
            assert TOKEN not in request.path and TOKEN.encode() not in request.body
    twilio.close()
    ntfy.close()


def check_row(pager, twilio, ntfy, i, name, state, next_is_paged, count):
    def pages():
        found = [incident["number"] for incident in pager.incidents()
                 if incident["team"] == user_of(i)]
        return {page["channel"]: page for page in pager.pages(found[0])}

    def is_as_it_must_be():
        page = pages()["sms"]
        if state == "repeated":
            return page["attempt"] >= 2 or page["state"] == "queued"
        return page["state"] == state

    try:
        wait_for(f"{name}: {state}", is_as_it_must_be)
        if fate_of(i) in (forged, of_another_page):
            wait_for(f"{name}: all was tried",
                     lambda: [m for m in twilio.to(number_of(i)) if "all" in m.told])
            assert is_as_it_must_be(), pages()
        if next_is_paged:
            wait_for(f"{name}: the next method", lambda: "ntfy" in pages())
        elif next_is_paged is False:
            assert "ntfy" not in pages(), pages()
        wait_for(f"{name}: {count} messages", lambda: len(twilio.to(number_of(i))) >= count)
        if state in ("failed", "delivered"):
            assert len(twilio.to(number_of(i))) == count, twilio.to(number_of(i))
    except AssertionError as problem:
        raise AssertionError(f"row \"{name}\": {problem}; pages {pages()}") from problem


def fate_of(i):
    return ROWS[i - 1][2]


def index_of(name):
    return next(i for i, row in enumerate(ROWS, 1) if row[0] == name)


def check_details(pager, twilio):
    """What else must be true of some rows."""
    texts = {i: str(pager.show(incident["number"])) for incident in pager.incidents()
             for i in range(1, len(ROWS) + 1) if incident["team"] == user_of(i)}
    assert "START" in texts[index_of("was told STOP")]
    assert "30005" in texts[index_of("does not know the number")]
    first, second = twilio.to(number_of(index_of("filters links")))
    assert "http" in first.text and "http" not in second.text, (first.text, second.text)
    assert "goes without a link" in texts[index_of("filters links")]
    for message in twilio.to(number_of(index_of("closes in mid-answer")))[1:]:
        assert "(repeat)" in message.text, message.text
    for message in twilio.messages:
        assert 60 <= int(message.form["ValidityPeriod"]) <= 600, message.form
        assert len(message.text) <= 160, message.text


def the_number_that_filters_links_gets_none_next_time():
    twilio = Twilio(fate=filtered_once)
    with House(channels=twilio.config(), escalate='( { page = "primary", wait = "30m" } )').start() \
            as pager:
        key = pager.key()
        pager.alert(key, service="a")
        wait_for("the first to be delivered", lambda: len(twilio.messages) == 2)
        pager.alert(key, service="b")
        wait_for("the second", lambda: len(twilio.messages) == 3)
        assert "http" not in twilio.messages[2].text, twilio.messages[2].text
    twilio.close()


def a_lie_is_doubted_and_the_next_method_follows():
    twilio, ntfy = Twilio(fate=silence), Ntfy()
    with House(channels=f"{twilio.config(', receipt = ' + chr(34) + '2s' + chr(34))} "
                        f"{ntfy.config()}", notify=NOTIFY,
               user_extra={"ann": ', ntfy = "ann-x7Kq2mPw0LrT"'},
               escalate='( { page = "primary", wait = "30m" } )').start() as pager:
        pager.alert(pager.key())
        ntfy.wait_for_message("ann-x7Kq2mPw0LrT")
        assert "no receipt" in str(pager.show(1)["timeline"]), pager.show(1)["timeline"]
        twilio.messages[0].tell("delivered")  # late, and still true
        wait_for("the late receipt", lambda: next(
            page for page in pager.pages(1) if page["channel"] == "sms")["state"] == "delivered")
    twilio.close()
    ntfy.close()


def what_is_not_told_is_asked_for():
    twilio = Twilio(fate=lambda message: setattr(message, "status", "delivered"))
    with House(channels=twilio.config(),
               escalate='( { page = "primary", wait = "30m" } )').start() as pager:
        pager.alert(pager.key())
        wait_for("the page to be delivered", lambda: pager.pages(1)
                 and pager.pages(1)[0]["state"] == "delivered")
        assert not twilio.messages[0].told
    twilio.close()


def check_warns_of_numbers_that_cannot_answer():
    twilio = Twilio()
    with House(channels=twilio.config()) as pager:
        with open(pager.config) as file:
            text = file.read()
        pager.write("pagerd.cfg", text.replace("+4915550100003", "+8613800138000"))
        done = subprocess.run([PAGERD, "--check", "--config", pager.config], capture_output=True,
                              text=True, check=False)
        assert "users.cat.phone: warning: text messages to China cannot be answered" in \
            done.stdout + done.stderr, done.stdout + done.stderr
        assert done.returncode == 0, done.stdout + done.stderr
    twilio.close()


def a_text_back_acks_when_twilio_has_signed_it():
    twilio = Twilio()
    with House(channels=twilio.config(', replies = "all"'),
               escalate='( { page = "primary", wait = "30m" } )').start() as pager:
        done = subprocess.run([PAGERD, "--callbacks", "--config", pager.config],
                              capture_output=True, text=True, check=True)
        url = re.search(r"\S+/v1/callbacks/sms\.1/reply/\S+", done.stdout).group()
        pager.alert(pager.key())
        message = twilio.wait_for_message("+4915550100001")
        assert "Reply 4=ack" in message.text, message.text
        assert write(url, "+4915550100001", "4", sign=None)[0] == 403
        assert write(url, "+4915550100001", "4", sign=lambda *_: "AAAA")[0] == 403
        code = url.rpartition("/")[2]
        assert write(url.replace(code, "0" * len(code)), "+4915550100001", "4")[0] == 404
        status, twiml = write(url, "+4915559999999", "4")
        assert status == 200 and "Message" not in twiml, twiml
        assert pager.show(1)["state"] == "triggered"
        wait_for("the ack", lambda: write(url, "+4915550100001", "4")[0] == 200
                 and pager.show(1)["state"] == "acknowledged")
        assert write(url, "+4915550100001", "4")[1].startswith("<?xml")
    twilio.close()


def a_stranger_s_certificate_gets_no_token():
    twilio, ntfy = Twilio(tls=True), Ntfy()
    with House(channels=f"{twilio.config()} {ntfy.config()}", notify=NOTIFY,
               user_extra={"ann": ', ntfy = "ann-x7Kq2mPw0LrT"'},
               escalate='( { page = "primary", wait = "30m" } )').start() as pager:
        pager.alert(pager.key())
        ntfy.wait_for_message("ann-x7Kq2mPw0LrT")
        page = next(page for page in pager.pages(1) if page["channel"] == "sms")
        assert page["state"] == "failed" and "certificate" in page["error"], page
        assert not twilio.requests()
    twilio.close()
    ntfy.close()


def check_says_whether_twilio_lets_us_in():
    twilio = Twilio()
    with House(channels=twilio.config()) as pager:
        def check():
            done = subprocess.run([PAGERD, "--check", "--net", "--config", pager.config],
                                  capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr
        status, said = check()
        assert status == 0 and "ok    channels.sms" in said, said
        assert not twilio.messages
        twilio.mood = lambda request: refuse(20003, 401)
        status, said = check()
        assert status == 1 and "account or token is refused" in said, said
        assert TOKEN not in said
    twilio.close()


if __name__ == "__main__":
    main(whatever_twilio_does_somebody_is_paged, the_number_that_filters_links_gets_none_next_time,
         a_lie_is_doubted_and_the_next_method_follows, what_is_not_told_is_asked_for,
         check_warns_of_numbers_that_cannot_answer, a_text_back_acks_when_twilio_has_signed_it,
         a_stranger_s_certificate_gets_no_token, check_says_whether_twilio_lets_us_in)
