# SPDX-License-Identifier: MIT
"""Rooms of Mattermost and Telegram: one message per incident, and who may press its buttons."""
import json
from subprocess import run

from fake_chat import Mattermost, Telegram
from house import PAGERD, House, main, wait_for

TOWN = "qmd5oqtwoibz8cuzxzg5ekshgr"
GROUP = "-1001234567890"
ANN = {"mattermost": "a" * 26, "telegram": "111111111"}
BOB = {"mattermost": "b" * 26, "telegram": "222222222"}
STRANGER = {"mattermost": "z" * 26, "telegram": "999999999"}
ROOMS = {"mattermost": TOWN, "telegram": GROUP}
OTHERS = {"mattermost": "o" * 26, "telegram": "-1009999999999"}
PEOPLE = {name: "".join(f', {service} = "{number}"' for service, number in ids.items())
          for name, ids in (("ann", ANN), ("bob", BOB))}
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def house(*fakes, **more):
    rooms = ", ".join(f'"{fake.name}:{ROOMS[fake.name]}"' for fake in fakes)
    return House(channels="inbox: { } " + " ".join(fake.config() for fake in fakes),
                 user_extra=PEOPLE, **{"escalate": SLOW, "team": f"chat = [ {rooms} ]", **more})


def alert(pager, key, number=1, **fields):
    assert pager.alert(key, service=f"s{number}", dedup_key=f"k{number}", **fields)[0] == 202


def both_show_it_edit_it_and_let_a_person_press():
    fakes = Mattermost(), Telegram()
    with house(*fakes).start() as pager:
        key = pager.key()
        alert(pager, key, summary="@here *disk* <b>", source="db1",
              runbook="https://wiki.example.org/a(b)")
        for fake in fakes:
            post = fake.wait("paging Ann, then Bob")
            assert post["room"] == ROOMS[fake.name]
            assert "@here" not in post["text"], "nobody's device rings by an alert's words"
            assert [label for label, _ in post["buttons"]] == ["I have it", "Pass on", "Resolve"]
        assert "\\*disk\\*" in fakes[0].shown()[0]["text"], fakes[0].shown()
        assert "wiki.example.org/a%28b%29" in fakes[0].shown()[0]["text"]
        assert "*disk* &lt;b&gt;" in fakes[1].shown()[0]["text"], fakes[1].shown()
        town, group = fakes[0].shown()[0], fakes[1].shown()[0]
        status, said, _ = fakes[0].press(pager, town, "I have it", BOB["mattermost"])
        assert status == 200 and "ACKED" in json.loads(said)["ephemeral_text"], (status, said)
        for fake in fakes:
            fake.wait("Bob has it")
            assert "(Mattermost)" in fake.shown()[0]["text"].replace("\\", ""), fake.shown()
        wait_for("the thread", lambda: any("Bob has it" in note for note in town["notes"]))
        status, said, _ = fakes[1].press(pager, group, "Resolve", ANN["telegram"])
        said = json.loads(said)
        assert status == 200 and said["method"] == "answerCallbackQuery", said
        assert "RESOLVED" in said["text"] and len(said["text"]) <= 200, said
        for fake in fakes:
            assert "by Ann" in fake.wait("resolved")["text"]
            assert fake.shown()[0]["buttons"] == [] and len(fake.shown()) == 1
        assert Telegram.TOKEN not in pager.log() and Mattermost.TOKEN not in pager.log()


def what_is_not_a_press_of_a_person_here_acks_nothing():
    fakes = town, group = Mattermost(), Telegram()
    with house(*fakes).start() as pager:
        key = pager.key()
        alert(pager, key)
        alert(pager, key, 2)
        for fake in fakes:
            wait_for(f"two in {fake.name}", lambda: len(fake.shown()) == 2)
            name = fake.name
            first, second = fake.shown()
            for more in ({"room": OTHERS[name]}, {"number": second["id"]}):
                assert fake.press(pager, first, "I have it", ANN[name], **more)[0] in (200, 403)
            status, said, _ = fake.press(pager, first, "I have it", STRANGER[name])
            assert status == 200 and "does not know you" in said, said
            for text in ("ack", "ack 3", "dance 1", "ack 1 or not"):
                assert fake.command(pager, "/" * (name == "telegram") + text, ANN[name],
                                    ROOMS[name])[0] == 200
            for user, room in ((STRANGER[name], ROOMS[name]), (ANN[name], OTHERS[name])):
                fake.command(pager, "/" * (name == "telegram") + "ack 1", user, room)
        post = town.shown()[0]
        good = dict(post["buttons"])["I have it"]
        forged = [{**good, "context": {}}, {**good, "context": {**good["context"], "code": "0" * 64}},
                  {**good, "context": {**good["context"], "press": "2.ack"}},
                  {**good, "url": good["url"][:-4] + "0000"}]
        for integration in forged:
            status = town.press(pager, post, "I have it", ANN["mattermost"],
                                integration=integration)[0]
            assert status in (403, 404), (integration, status)
        for token in ("", "another", Mattermost.COMMAND[:-1]):
            assert town.command(pager, "ack 1", ANN["mattermost"], TOWN, token=token)[0] == 403
        post = group.shown()[0]
        for secret in ("", "another", Telegram.SECRET[:-1]):
            assert group.press(pager, post, "I have it", ANN["telegram"], secret=secret)[0] == 403
            assert group.command(pager, "/ack 1", ANN["telegram"], GROUP, secret=secret)[0] == 403
        group.press(pager, post, "I have it", ANN["telegram"], is_bot=True)
        group.press(pager, post, "I have it", ANN["telegram"], data="1.dance")
        group.press(pager, post, "I have it", ANN["telegram"], data="2.ack")
        assert group.command(pager, "/ack 1", ANN["telegram"], GROUP, age=301)[0] == 204
        assert group.command(pager, "ack 1", ANN["telegram"], GROUP)[0] == 204, "no command"
        assert pager.show(1)["state"] == pager.show(2)["state"] == "triggered"
        status, said, _ = group.command(pager, "/ack@ops_pager_bot 1", ANN["telegram"], GROUP)
        assert status == 200 and json.loads(said)["method"] == "sendMessage", (status, said)
        status, said, _ = town.command(pager, "ack 2", BOB["mattermost"], TOWN)
        assert status == 200 and json.loads(said)["response_type"] == "ephemeral", said
        assert pager.show(1)["acknowledged_by"] == "ann"
        assert pager.show(2)["acknowledged_by"] == "bob"


def what_goes_wrong_is_tried_again():
    fakes = Mattermost(), Telegram()
    with house(*fakes).start() as pager:
        key = pager.key()
        for number, (town, group) in enumerate(
                (("429", "429"), ("half", "markup"), ("html", "500")), start=1):
            fakes[0].misbehave[:], fakes[1].misbehave[:] = [town], [group]
            alert(pager, key, number, summary=f"problem {number}")
            for fake in fakes:
                fake.wait(f"problem {number}")
        assert len(fakes[0].shown()) == 3, "what was taken with this id is not taken twice"
        assert fakes[1].shown()[1]["mode"] is None, "without the markup that was refused"
        for fake in fakes:
            fake.delete(fake.shown()[0]["id"])
        assert pager.act("ann", 2, "ack")[0] == 200
        assert pager.act("ann", 1, "ack")[0] == 200
        for fake in fakes:
            wait_for(f"the deleted one of {fake.name} to be there again", lambda: any(
                "#1 problem 1" in post["text"].replace("\\", "") and "Ann has it" in post["text"]
                for post in fake.shown()))
        # Only a person can mend these: the manager is told of each, and nothing else waits.
        fakes[0].misbehave[:], fakes[1].misbehave[:] = ["archived"] * 9, ["moved"] * 9
        alert(pager, key, 4)
        wait_for("the manager to be told", lambda: (
            "Can not post to deleted channel" in pager.get("/inbox/ann")[1]
            and "telegram:-1009876543210" in pager.get("/inbox/ann")[1]))


def each_service_says_that_it_would_let_us_in():
    fakes = Mattermost(), Telegram()
    with house(*fakes) as pager:
        done = run([PAGERD, "--check", "--net", "--config", pager.config], capture_output=True,
                   text=True)
        said = done.stdout + done.stderr
        for fake in fakes:
            assert [line for line in said.splitlines() if f"channels.{fake.name}" in line
                    and "ok" in line], said
            fake.misbehave[:] = ["500"]
        done = run([PAGERD, "--check", "--net", "--config", pager.config], capture_output=True,
                   text=True)
        assert done.returncode == 1 and (done.stdout + done.stderr).count("FAIL") == 2


if __name__ == "__main__":
    main(both_show_it_edit_it_and_let_a_person_press,
         what_is_not_a_press_of_a_person_here_acks_nothing,
         what_goes_wrong_is_tried_again,
         each_service_says_that_it_would_let_us_in)
