# SPDX-License-Identifier: MIT
"""Rooms of Discord, Matrix and Teams: what each can and cannot."""
import json
import time

from fake_chat import Discord, Matrix, Signer, Teams
from house import House, main, wait_for

ROOMS = {"discord": "1178031025342185512", "matrix": "!abc:example.org", "teams": "ops"}
OTHERS = {"discord": "1178031025342199999", "matrix": "!other:example.org"}
ANN = {"discord": "80351110224678912", "matrix": "@ann:example.org"}
BOB = {"discord": "80351110224678913", "matrix": "@bob:example.org"}
STRANGER = {"discord": "80351110224678999", "matrix": "@stranger:example.org"}
PEOPLE = {name: "".join(f', {service} = "{number}"' for service, number in ids.items())
          for name, ids in (("ann", ANN), ("bob", BOB))}
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def house(*fakes, **more):
    rooms = ", ".join(f'"{fake.name}:{ROOMS[fake.name]}"' for fake in fakes)
    return House(channels="inbox: { } " + " ".join(fake.config() for fake in fakes),
                 user_extra=PEOPLE, **{"escalate": SLOW, "team": f"chat = [ {rooms} ]", **more})


def alert(pager, key, number=1, **fields):
    assert pager.alert(key, service=f"s{number}", dedup_key=f"k{number}", **fields)[0] == 202


def the_signer_of_this_test_signs_as_rfc_8032_says():
    signer = Signer(bytes.fromhex(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert signer.public.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")


def all_three_show_it_and_two_let_a_person_answer():
    fakes = discord, matrix, teams = Discord(), Matrix(), Teams()
    with house(*fakes).start() as pager:
        key = pager.key()
        alert(pager, key, summary="<@80351110224678912> @everyone *x*", source="db1",
              runbook="https://wiki.example.org/a")
        for fake in fakes:
            post = fake.wait("paging Ann, then Bob")
            assert "@everyone" not in post["text"] or fake is matrix, post
        assert "\\<@" in discord.shown()[0]["text"] and "\\*x\\*" in discord.shown()[0]["text"]
        assert "!ack 1" in matrix.shown()[0]["text"], matrix.shown()
        assert teams.shown()[0]["buttons"] == ["Runbook", "pagerd"], teams.shown()
        status, said, _ = discord.press(pager, discord.shown()[0], "I have it", BOB["discord"])
        said = json.loads(said)
        assert (status, said["type"], said["data"]["flags"]) == (200, 4, 64), said
        for fake in fakes:
            assert "(Discord" in fake.wait("Bob has it")["text"].replace("\\", "")
        wait_for("Discord's thread", lambda: discord.shown()[0]["notes"])
        wait_for("Matrix' thread", lambda: any(
            "Bob has it" in note for note in matrix.shown()[0]["notes"]))
        matrix.write("!resolve 1", ANN["matrix"], ROOMS["matrix"])
        for fake in fakes:
            assert "by Ann" in fake.wait("resolved")["text"]
        wait_for("Ann to be told", lambda: any(
            said.startswith(ANN["matrix"] + ": RESOLVED") for said in matrix.whispers))
        assert len(discord.shown()) == len(matrix.shown()) == 1
        assert len(teams.shown()) == 3, "it cannot edit: opened, acked, resolved"
        assert "sig=secret" not in pager.log() and Discord.TOKEN not in pager.log()


def what_is_not_of_a_person_here_acks_nothing():
    fakes = discord, matrix = Discord(), Matrix()
    with house(*fakes).start() as pager:
        key = pager.key()
        alert(pager, key)
        alert(pager, key, 2)
        for fake in fakes:
            wait_for(f"two in {fake.name}", lambda: len(fake.shown()) == 2)
        post, second = discord.shown()
        ping = {"type": 1}
        assert json.loads(discord.send(pager, ping)[1]) == {"type": 1}
        now = time.time()
        for how in ({"at": now - 301}, {"at": now + 301}, {"signer": Signer(b"\x08" * 32)},
                    {"headers": {"X-Signature-Ed25519": ""}},
                    {"headers": {"X-Signature-Ed25519": "00" * 64}},
                    {"headers": {"X-Signature-Timestamp": str(int(now) - 1)}}):
            assert discord.send(pager, ping, **how)[0] == 401, how
            assert discord.press(pager, post, "I have it", ANN["discord"], **how)[0] == 401, how
        for more in ({"room": OTHERS["discord"]}, {"number": second["id"]}, {"is_bot": True},
                     {"data": "2.ack"}, {"data": "1.dance"}, {"data": "x"}):
            assert discord.press(pager, post, "I have it", ANN["discord"], **more)[0] == 200
        said = discord.press(pager, post, "I have it", STRANGER["discord"])[1]
        assert "does not know you" in said, said
        assert discord.command(pager, "ack 1", ANN["discord"], OTHERS["discord"])[0] == 200
        wait_for("the talk to be followed", lambda: any("since" in sync for sync in matrix.syncs))
        room = ROOMS["matrix"]
        matrix.write("!ack 1", STRANGER["matrix"], room)
        matrix.write("!ack 1", Matrix.BOT, room)
        matrix.write("!ack 1", ANN["matrix"], OTHERS["matrix"])
        matrix.write("!ack 1", ANN["matrix"], room, age=301)
        matrix.write("!ack 1", ANN["matrix"], room, msgtype="m.notice")
        matrix.write("ack 1", ANN["matrix"], room)
        matrix.write("* !ack 1", ANN["matrix"], room,
                     **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$said0:example.org"}})
        matrix.write("!ack 3", ANN["matrix"], room)
        wait_for("the last to be answered", lambda: any(
            "no incident of that number" in said for said in matrix.whispers))
        assert pager.show(1)["state"] == pager.show(2)["state"] == "triggered"
        assert discord.command(pager, "ack 1", ANN["discord"], ROOMS["discord"])[0] == 200
        assert pager.show(1)["acknowledged_by"] == "ann"
        matrix.write("!ack 2", BOB["matrix"], room)
        wait_for("the ack", lambda: pager.show(2)["state"] == "acknowledged")
        assert pager.show(2)["acknowledged_by"] == "bob"
        # What was read is read: the next pagerd does not hear it again.
        assert pager.act("bob", 2, "unack")[0] == 200
        pager.stop()
        pager.start()
        syncs = len(matrix.syncs)
        wait_for("it to be followed again", lambda: len(matrix.syncs) > syncs + 1)
        assert matrix.syncs[syncs].get("since"), matrix.syncs[syncs:]
        assert pager.show(2)["state"] == "triggered"


def what_goes_wrong_is_tried_again():
    fakes = discord, matrix, teams = Discord(), Matrix(), Teams()
    with house(*fakes).start() as pager:
        key = pager.key()
        for number, wrongs in enumerate(
                (("429", "429", "429"), ("half", "half", "200"), ("500", "500", "500")), start=1):
            for fake, wrong in zip(fakes, wrongs):
                fake.misbehave[:] = [wrong]
            alert(pager, key, number, summary=f"problem {number}")
            for fake in fakes:
                fake.wait(f"problem {number}")
        assert len(discord.shown()) == len(matrix.shown()) == 3, "taken once, though asked twice"
        discord.delete(discord.shown()[0]["id"])
        assert pager.act("ann", 1, "ack")[0] == 200
        wait_for("the deleted one to be there again", lambda: any(
            "problem 1" in post["text"] and "Ann has it" in post["text"]
            for post in discord.shown()))
        for fake, wrong in zip(fakes, ("archived", "forbidden", "gone")):
            fake.misbehave[:] = [wrong] * 9
        alert(pager, key, 4)
        for fake in fakes:
            wait_for("the manager to be told", lambda: (
                f"the chat room {fake.name}:" in pager.get("/inbox/ann")[1]))


if __name__ == "__main__":
    main(the_signer_of_this_test_signs_as_rfc_8032_says,
         all_three_show_it_and_two_let_a_person_answer,
         what_is_not_of_a_person_here_acks_nothing,
         what_goes_wrong_is_tried_again)
