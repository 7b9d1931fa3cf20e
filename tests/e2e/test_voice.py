#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Calls: read out twice, answered by keys; a mailbox, a hang-up or silence reaches nobody."""
import contextlib
import json
import subprocess

from fake_twilio_voice import TOKEN, TwilioVoice, post, signature
from house import PAGERD, House, main, wait_for
from sinks import Gateway

ANN, BOB = "+4915550100001", "+4915550100002"
CALL_FIRST = 'notify: { normal: ( { after = "0s", via = [ "voice" ] } ) }'
STEPS = '( { page = "primary", wait = "4m" }, { page = "secondary", wait = "5m" } )'
CRITICAL = 'severity: { critical: { notify = "normal", wake = true } }'


@contextlib.contextmanager
def house_of(twilio, sms=None, **more):
    channels = twilio.config() + (" " + sms.config() if sms else "")
    more = {"escalate": STEPS, "notify": CALL_FIRST, "severity": CRITICAL, **more}
    with House(channels=channels, users=["ann", "bob"], **more) as house:
        house.start()
        try:
            yield house, house.key()
        finally:
            twilio.close()
            if sms:
                sms.close()


def raise_alert(house, key, summary="db1: disk /var 96% full", **more):
    status, body, _ = house.alert(key, summary=summary, source="db1", service=summary, **more)
    assert status == 202, body
    return json.loads(body)["alerts"][0]["incident"]


def state(house, number):
    return house.show(number)["state"]


def timeline(house, number):
    return [entry["text"] for entry in house.show(number)["timeline"]]


def there_is_no_address_to_write_down_for_calls():
    """Each call has its own; a person cannot write to a call."""
    twilio = TwilioVoice(lambda call, n: ["4"])
    with house_of(twilio) as (house, _):
        printed = subprocess.run([PAGERD, "--callbacks", "--config", house.config], check=True,
                                 capture_output=True, text=True).stdout
        assert printed == "", printed
        assert house.ask("channels")["channels"][0]["callbacks"] is None


def a_key_acks_and_is_confirmed():
    twilio = TwilioVoice(lambda call, n: ["4"], repeats=3)
    sms = Gateway()
    with house_of(twilio, sms, notify='notify: { normal: ( { after = "0s", '
                  'via = [ "voice", "sms" ] } ) }') as (house, key):
        number = raise_alert(house, key)
        call = twilio.wait(ANN)[0]
        said = ("Critical. Incident %s. D B 1: disk var 96 percent full. Press 4 to acknowledge. "
                "Press 5 to pass it on to Bob. Star to hear it again." % " ".join(str(number)))
        assert call.heard[:2] == [said, said], call.heard
        assert call.heard[2] == ("Acknowledged. Incident %s is yours, Ann. The link is in your "
                                 "S M S. Goodbye." % " ".join(str(number))), call.heard
        shown = house.show(number)
        assert shown["state"] == "acknowledged" and shown["acknowledged_by"] == "ann", shown
        assert any("ann has it, by voice key" in line for line in timeline(house, number))
        # Twilio said three times that the call is over: that undoes nothing.
        page = [page for page in house.pages(number, "ann") if page["channel"] == "voice"]
        assert [page["state"] for page in page] == ["delivered"], page


def without_a_key_nobody_was_reached_and_the_next_method_follows():
    for answer in ([], None, ["hang up"], ["2", "3", "9"], "busy", "no-answer", "failed",
                   "canceled"):
        twilio = TwilioVoice(lambda call, n, answer=answer: answer if n == 1 else [])
        sms = Gateway()
        with house_of(twilio, sms) as (house, key):
            number = raise_alert(house, key)
            call = twilio.wait(ANN)[0]
            sms.wait(ANN)
            assert state(house, number) == "triggered", answer
            page = [page for page in house.pages(number, "ann") if page["channel"] == "voice"][0]
            assert page["state"] == "failed" and page["error"], page
            if answer == []:
                assert call.heard[-1] == "Nothing pressed. Bob is called in 4 minutes. Goodbye.", \
                    call.heard
            if answer == ["2", "3", "9"]:
                assert call.heard[2] == "2 does nothing here. Press 4 to acknowledge.", call.heard
                assert call.heard[-1] == "Nothing was done. Goodbye.", call.heard


def each_key_does_what_it_says():
    script = {"5": ("Passed on to Bob. You can sleep. Goodbye.", "triggered"),
              "7": ("Incident {n} is snoozed for one hour. Goodbye.", "snoozed"),
              "66": ("Incident {n} is resolved. Goodbye.", "resolved"),
              "88": ("Everyone is called. Goodbye.", "triggered"),
              "64": ("Acknowledged. Incident {n} is yours, Ann. Goodbye.", "acknowledged")}
    answers = {"keys": ""}
    twilio = TwilioVoice(lambda call, n: list(answers["keys"]) if call.to == ANN else "ringing")
    with house_of(twilio) as (house, key):
        for count, (keys, (said, after)) in enumerate(script.items(), 1):
            answers["keys"] = keys
            number = raise_alert(house, key, summary=f"db{count}: disk full")
            calls = twilio.wait(ANN, count)
            heard = calls[-1].heard
            assert heard[-1] == said.format(n=" ".join(str(number))), (keys, heard)
            assert state(house, number) == after, (keys, state(house, number))
            if keys[0] == "6":
                asked = f"Resolve incident {' '.join(str(number))}? Press 6 again."
                assert asked in heard, heard
            if keys[0] == "8":
                assert "Call all 2 people? Press 8 again." in heard, heard
            house.act("ann", number, "resolve")


def zero_helps_and_star_repeats():
    twilio = TwilioVoice(lambda call, n: ["0", "*", "4"])
    with house_of(twilio) as (house, key):
        number = raise_alert(house, key)
        heard = twilio.wait(ANN)[0].heard
        assert heard[2].startswith("4 acknowledge, 5 pass on, 6 resolve"), heard
        assert heard[3] == heard[0] and heard[4] == heard[0], heard
        assert state(house, number) == "acknowledged"


def who_comes_too_late_is_told_who_has_it():
    twilio = TwilioVoice(lambda call, n: ["4"] if call.to == BOB else [])
    with house_of(twilio, escalate='( { page = "everyone", wait = "5m" } )') as (house, key):
        number = raise_alert(house, key)
        twilio.wait(BOB)
        call = twilio.wait(ANN)[0]
        wait_for("bob's ack", lambda: state(house, number) == "acknowledged")
        # Ann presses 4 in her call, which is still on.
        gather = call.form["Twiml"].split('action="')[1].split('"')[0]
        call.press(gather, "4", [])
        assert "Bob has it since" in call.heard[-1] and "Good night." in call.heard[-1], call.heard
        assert house.show(number)["acknowledged_by"] == "bob"


def a_pin_is_asked_for():
    twilio = TwilioVoice(lambda call, n: {1: ["4", "0000", "1111", "2222"],
                                          2: ["4", "9999", "4711"]}[n] if call.to == ANN else "ringing")
    with house_of(twilio, user_extra={"ann": ', pin = "4711"'}) as (house, key):
        number = raise_alert(house, key)
        call = twilio.wait(ANN)[0]
        assert call.heard[2] == "Your PIN, please.", call.heard
        assert call.heard[3] == "That is not your PIN. Once more, please.", call.heard
        assert call.heard[-1] == "Nothing was done. Goodbye.", call.heard
        assert state(house, number) == "triggered"
        house.act("bob", number, "resolve")
        number = raise_alert(house, key, summary="web: 5xx")
        assert "Acknowledged" in twilio.wait(ANN, 2)[-1].heard[-1]
        assert state(house, number) == "acknowledged"
        assert "4711" not in house.log()


def a_test_of_the_phone_is_answered_by_a_key():
    twilio = TwilioVoice(lambda call, n: ["4"])
    with house_of(twilio) as (house, key):
        done = house.pagectl("test-page", "ann")
        assert done.returncode in (0, 1), done.stderr
        heard = twilio.wait(ANN)[0].heard
        assert heard[0] == ("This is a test of pagerd. All is well. Press 4 to prove this phone "
                            "works."), heard
        assert heard[-1].startswith("TEST passed, your reply took"), heard


def forged_replayed_and_foreign_callbacks_do_nothing():
    twilio = TwilioVoice(lambda call, n: [] if call.to == ANN else "ringing")
    with house_of(twilio) as (house, key):
        number = raise_alert(house, key)
        call = twilio.wait(ANN)[0]
        action = call.form["Twiml"].split('action="')[1].split('"')[0]
        fields = call.fields("in-progress", Digits="4")
        refused = [
            post(action, fields, sign=None),
            post(action, fields, sign=lambda url, f: "AAAA"),
            post(action, fields, sign=lambda url, f: signature(url, f, "wrong" + TOKEN)),
            # Signed for another key, another address, another host; and as a query.
            post(action, fields, sign=lambda url, f: signature(
                url, call.fields("in-progress", Digits="2"))),
            post(action, fields, sign=lambda url, f: signature(url + "x", f)),
            post(action.replace("/keys/", "/keys-0-6/"), call.fields("in-progress", Digits="6"),
                 sign=lambda url, f: signature(action, f)),
        ]
        assert [status for status, _ in refused] == [403] * 6, refused
        # The code in the address is another's: there is no such address, whoever signs.
        other = action[:-4] + ("0000" if action[-4:] != "0000" else "1111")
        assert post(other, fields)[0] == 404
        assert house.request("GET", action.split(str(house.port))[1])[0] in (404, 405)
        assert state(house, number) == "triggered"
        # With the port said and without it both are Twilio's own forms.
        bare = action.replace(f":{house.port}", "")
        status, body = post(action, fields, sign=lambda url, f: signature(bare, f))
        assert status == 200 and "Acknowledged" in body, (status, body)
        assert state(house, number) == "acknowledged"
        # A replay: the ack is taken back, and what was recorded on the way acks nothing.
        assert house.act("ann", number, "unack")[0] == 200
        status, body = post(action, fields, sign=lambda url, f: signature(bare, f))
        assert status == 200 and "answered already" in body, (status, body)
        assert state(house, number) == "triggered"


def late_and_reordered_receipts_do_no_harm():
    twilio = TwilioVoice(lambda call, n: ["4"], repeats=0)
    with house_of(twilio) as (house, key):
        number = raise_alert(house, key)
        call = twilio.wait(ANN)[0]
        assert state(house, number) == "acknowledged"
        for status in ("completed", "ringing", "busy", "in-progress", "made-up", "completed"):
            assert call.tell("StatusCallback", status)[0] == 204, status
        call.tell("AsyncAmdStatusCallback", "completed", AnsweredBy="machine_end_beep")
        page = house.pages(number, "ann")[0]
        assert page["state"] == "delivered" and state(house, number) == "acknowledged", page


def an_error_of_the_api_is_told_and_goes_on():
    refusals = {"code": (400, 21211)}
    twilio = TwilioVoice(lambda call, n: [], refuse=lambda form: refusals["code"])
    sms = Gateway()
    with house_of(twilio, sms) as (house, key):
        number = raise_alert(house, key)
        sms.wait(ANN)
        page = [page for page in house.pages(number, "ann") if page["channel"] == "voice"][0]
        assert page["state"] == "failed" and "21211" in page["error"], page
        assert TOKEN not in house.log()


def hostile_text_is_read_out_as_words():
    twilio = TwilioVoice(lambda call, n: ["4"])
    with house_of(twilio) as (house, key):
        raise_alert(house, key, summary='</Say><Dial>+19005550100</Dial> & "x" <Hangup/> ]]> '
                    + "w" * 900 + " x" * 300)
        call = twilio.wait(ANN)[0]  # the fake refuses what is no TwiML of ours
        assert "Acknowledged" in call.heard[-1] and len(call.heard[0]) < 500, call.heard


if __name__ == "__main__":
    main(there_is_no_address_to_write_down_for_calls, a_key_acks_and_is_confirmed,
         without_a_key_nobody_was_reached_and_the_next_method_follows,
         each_key_does_what_it_says, zero_helps_and_star_repeats,
         who_comes_too_late_is_told_who_has_it, a_pin_is_asked_for,
         a_test_of_the_phone_is_answered_by_a_key,
         forged_replayed_and_foreign_callbacks_do_nothing,
         late_and_reordered_receipts_do_no_harm, an_error_of_the_api_is_told_and_goes_on,
         hostile_text_is_read_out_as_words)
