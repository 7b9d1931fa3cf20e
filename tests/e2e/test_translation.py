#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""A whole translation, etc/examples/messages/german.cfg: nothing that a person hears on the
telephone, reads in a push or a text message, or sees and is told in a room is left in English."""
import html
import json
import os
import re
import subprocess
import time

from fake_chat import Telegram
from fake_ntfy import Ntfy
from fake_twilio_voice import TwilioVoice
from house import PAGERD, SOURCE, House, main, wait_for
from sinks import Gateway, link_of

ANN, BOB = "+4915550100001", "+4915550100002"
TOPIC = "ann-x7Kq2mPw0LrT"
GROUP = "-1001234567890"
HANDLES = {"ann": f', pin = "4711", ntfy = "{TOPIC}", telegram = "111111111"',
           "bob": ', telegram = "222222222"'}
STRANGER = "999999999"
ALL_AT_ONCE = 'notify: { normal: ( { after = "0s", via = [ "voice", "ntfy", "sms" ] } ) }'
BY_SMS = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
BY_VOICE = 'notify: { normal: ( { after = "0s", via = [ "voice" ] } ) }'
STEPS = '( { page = "primary", wait = "4m" }, { page = "secondary", wait = "5m" } )'
CRITICAL = 'severity: { critical: { notify = "normal", wake = true } }'
SAME = {"notice.head", "call-signs.plus", "words.team", "words.warning", "words.info"}
WORDS_OF_REPLIES = {"ack", "pass on", "snooze", "resolve", "yes", "no"}


def texts(source):
    """{"alert.sms": "$tag ..."} of a file of messages."""
    found, group = {}, None
    for line in source.splitlines():
        begin = re.fullmatch(r"  ([\w-]+): \{", line)
        text = re.fullmatch(r'    ([\w-]+) = "(.*)"', line)
        if begin:
            group = begin[1]
        elif text:
            found[f"{group}.{text[1]}"] = text[2].replace('\\"', '"').replace("\\\\", "\\")
    return found


def german():
    with open(os.path.join(SOURCE, "etc/examples/messages/german.cfg")) as file:
        return file.read()


ENGLISH = texts(subprocess.run([PAGERD, "--messages"], check=True, capture_output=True,
                               text=True).stdout)
GERMAN = texts(german())


def phrases(text):
    """What stands between the fields: "Press 4 to acknowledge", "pass it on"."""
    bare = re.sub(r"\$[a-z_]+|\{\d:|\}", "\0", text)
    parts = (part.strip(" .,:;?!()\"") for part in bare.split("\0"))
    return {part for part in parts if re.search(r"[A-Za-z]{2}", part)}


def has_words(phrase, text):
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


ALL_GERMAN = "\n".join(GERMAN.values())
FOREIGN = {phrase for text in ENGLISH.values() for phrase in phrases(text)
           if phrase not in WORDS_OF_REPLIES and not has_words(phrase, ALL_GERMAN)}


def english_in(said):
    """The phrases of the shipped texts that are in what was said, and in no German text."""
    said = re.sub(r"https?://\S+", "", said)
    return {phrase for phrase in FOREIGN if phrase in said and has_words(phrase, said)}


def every_text_of_a_group_is_translated():
    groups = {name.split(".")[0] for name in GERMAN}
    assert {"call", "call-signs", "push", "chat", "chat-answer", "words", "alert"} <= groups, groups
    missing = {name for name in ENGLISH if name.split(".")[0] in groups} - set(GERMAN)
    assert not missing, missing
    same = {name for name, text in GERMAN.items() if phrases(text) and text == ENGLISH[name]}
    assert same == SAME, same
    assert english_in("Nothing pressed. Goodbye."), "what would be found is found"


def german_house(channels, **more):
    house = House('@include "german.cfg"\n', channels=channels, user_extra=HANDLES, escalate=STEPS,
                  severity=CRITICAL, **more)
    house.write("german.cfg", german())
    return house.start()


def disk_full(house, key, number=1):
    house.alert(key, summary=f"db{number}: Platte /var 96% voll", source=f"db{number}",
                service=f"Ablage {number}", runbook="https://wiki.example.org/platte")


def no_english_in(*said):
    left = english_in("\n".join(said))
    assert not left, (left, said)


def a_call_a_push_and_a_text_message_are_wholly_german():
    keys = ["9", "0", "8", "*", "6", "4", "0000", "4711"]
    twilio, ntfy, sms = TwilioVoice(lambda call, n: list(keys)), Ntfy(), Gateway()
    with german_house(f"{twilio.config()} {ntfy.config()} {sms.config()}",
                      notify=ALL_AT_ONCE) as house:
        disk_full(house, house.key())
        call = twilio.wait(ANN)[0]
        assert 'language="de-DE"' in call.form["Twiml"], call.form["Twiml"]
        assert call.heard[0] == (
            "Kritisch. Vorfall 1. D B 1: Platte var 96 Prozent voll. Drücke 4 zum Annehmen. 5 zum "
            "Weitergeben an Bob. Stern zum Wiederholen."), call.heard
        assert call.heard[2:5] == [
            "9 tut hier nichts. Drücke 4 zum Annehmen.", GERMAN["call.help"],
            "Alle 6 rufen? Nochmals 8."], call.heard
        assert call.heard[7:] == [
            "Vorfall 1 erledigt? Nochmals 6.", "Deine PIN, bitte.",
            "Das ist nicht deine PIN. Bitte noch einmal.",
            "Angenommen. Vorfall 1 ist deiner, Ann. Der Link steht in deiner S M S. Auf "
            "Wiederhören."], call.heard
        push = ntfy.wait_for_message(TOPIC)
        assert push["title"] == "KRIT #1 db1: Platte /var 96% voll", push
        assert re.search(r"Bob ist um \d\d:\d\d dran\.", push["message"]), push
        labels = [action["label"] for action in push["actions"]]
        assert labels == ["Ich habe es", "Anleitung", "Weitergeben"], push
        text = sms.wait(ANN)[0]["text"]
        assert "Annehmen: http" in text, text
        no_english_in(*call.heard, push["title"], push["message"], *labels, text)
    for fake in (twilio, ntfy, sms):
        fake.close()


def what_a_key_has_done_is_told_in_german():
    script = [("5", "Weitergegeben an Bob. Du kannst schlafen. Auf Wiederhören."),
              ("7", "Vorfall {n} ist um eine Stunde aufgeschoben. Auf Wiederhören."),
              ("66", "Vorfall {n} ist erledigt. Auf Wiederhören."),
              ("88", "Alle werden gerufen. Auf Wiederhören."),
              ("", "Nichts gedrückt. Bob wird in 4 Minuten gerufen. Auf Wiederhören.")]

    def presses(call, n):
        if call.to != ANN:
            return "ringing"
        return [*script[n - 1][0], "4711"] if script[n - 1][0] else []

    twilio = TwilioVoice(presses)
    with german_house(twilio.config(), notify=BY_VOICE, users=["ann", "bob"]) as house:
        key = house.key()
        for number, (_, last) in enumerate(script, 1):
            disk_full(house, key, number)
            heard = twilio.wait(ANN, number)[-1].heard
            assert heard[-1] == last.format(n=number), heard
            no_english_in(*heard)
            house.act("ann", number, "resolve")
        script.append(("4", None))
        assert house.pagectl("test-page", "ann").returncode in (0, 1)
        heard = twilio.wait(ANN, len(script))[-1].heard
        assert heard[0] == GERMAN["call.test"], heard
        assert heard[-1].startswith("PROBE bestanden, Antwort nach"), heard
        no_english_in(*heard)
    twilio.close()


def a_room_is_wholly_german():
    group = Telegram()
    with german_house(f"inbox: {{ }} {group.config()}",
                      team=f'chat = [ "telegram:{GROUP}" ]') as house:
        disk_full(house, house.key())
        post = group.wait("gerufen wird Ann, dann Bob")
        shown = [post["text"], *dict(post["buttons"])]
        assert [*dict(post["buttons"])] == ["Ich habe es", "Weitergeben", "Erledigt"], post
        told = [group.press(house, post, "Ich habe es", STRANGER),
                group.press(house, post, "Ich habe es", "111111111", number=77),
                group.press(house, post, "Ich habe es", "111111111")]
        shown.append(group.wait("Ann hat es")["text"])
        shown += dict(post["buttons"])
        told += [group.press(house, post, "Zurück", "222222222"),
                 group.press(house, post, "Zurück", "111111111")]
        group.wait("gerufen wird")
        told += [group.command(house, text, "111111111", GROUP)
                 for text in ("/tanze 1", "/ack", "/ack 99", "/ack 1", "/resolve 1")]
        shown.append(group.wait("erledigt")["text"])
        told = [json.loads(body)["text"] for status, body, _ in told if status == 200]
        assert len(told) == 10, told
        assert told[0].startswith("Nichts getan: pagerd kennt dich nicht."), told
        assert 'telegram = "999999999"' in told[0], told
        assert told[3] == "#1 hat Ann angenommen, hier kann nur er oder sie zurück.", told
        assert told[4].startswith("ZURÜCK: #1 ist nicht mehr deins."), told
        no_english_in(*shown, *told)
    group.close()


def a_text_that_cannot_be_said_in_its_place_is_an_error_with_its_line():
    with House('@include "german.cfg"\n') as house:
        for old, new, words in (
                ('pin = "Deine PIN, bitte."', f'pin = "{"Deine PIN, bitte. " * 40}"',
                 "of the 500 bytes that a call has for it: make it shorter"),
                ('undo = "Zurück"', f'undo = "{"Zurück " * 12}"', "70 bytes that a button has"),
                ("kennt dich nicht", "kennt dich nicht" * 12, "an answer in a chat has"),
                ("Vorfall $number erledigt?", "$nummer erledigt?", "no field $nummer here"),
                ('language = "de-DE"', 'language = "Deutsch"', 'as in "de-DE"')):
            text = german()
            assert text.count(old) == 1, old
            house.write("german.cfg", text.replace(old, new))
            line = text[:text.index(old)].count("\n") + 1
            done = subprocess.run([PAGERD, "--check", "--config", house.config],
                                  capture_output=True, text=True, check=False)
            said = done.stdout + done.stderr
            assert done.returncode == 1 and f"german.cfg:{line}" in said and words in said, said


def shown(page):
    """The words of a page, without its markup and style."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", re.sub(r"<style.*?</style>", "", page, flags=re.S)))


def the_page_and_the_notices_are_wholly_german():
    sms = Gateway()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with german_house(sms.config(), notify=BY_SMS) as house:
        disk_full(house, house.key())
        link = link_of(wait_for("the page", lambda: sms.taken(ANN))[0]["text"])
        page = house.get(link)[1]
        assert '<html lang="de-DE"' in page and "Ich habe es" in page, page
        said = [shown(page)]
        for action in ("snooze", "wake", "ack", "note", "undo", "ack"):
            status, body, _ = house.request("POST", link, f"do={action}", form)
            assert status == 303, (action, body)
            said.append(shown(house.get(link)[1]))
        said.append(shown(house.request("POST", link, "do=nonsense", form)[1]))
        said.append(shown(house.get("/a/00000000000000000000")[1]))
        said.append(shown(house.request("POST", link, "do=resolve", form)[1]))
        said.append(shown(house.get(link)[1]))
        for word in ("Es ist deins", "Ruhe", "Den anderen", "führt nirgends", "Diesen Knopf",
                     "Nichts zu tun"):
            assert any(word in text for text in said), (word, said)
        now = int(time.time())
        stamps = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + ahead)) for ahead in (0, 7200)]
        status, body, _ = house.request(
            "POST", "/v1/overrides", {"team": "ops", "role": "primary", "user": "bob",
                                      "from": stamps[0], "until": stamps[1]},
            {"Authorization": f"Bearer {house.token('ann')}"})
        assert status in (200, 201), (status, body)
        notice = wait_for("the notice", lambda: next(
            (message["text"] for message in sms.taken(BOB) if "DIENST" in message["text"]), None))
        assert "Hauptdienst" in notice and " bis " in notice and "von ann" in notice, notice
        no_english_in(*said, notice)
    sms.close()


main(the_page_and_the_notices_are_wholly_german,
     every_text_of_a_group_is_translated, a_call_a_push_and_a_text_message_are_wholly_german,
     what_a_key_has_done_is_told_in_german, a_room_is_wholly_german,
     a_text_that_cannot_be_said_in_its_place_is_an_error_with_its_line)
