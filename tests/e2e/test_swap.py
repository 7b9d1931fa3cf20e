# SPDX-License-Identifier: MIT
"""Swaps as people make them: pagectl swap, mails to those who can, the first yes has it."""
import json

from house import House, main, wait_for
from sinks import Mail


def subjects(mail, user, word):
    return [letter for letter in mail.to(f"{user}@example.org") if word in letter["Subject"]]


def oncall(pager, at):
    answer = pager.ask("oncall", "--at", at, "--team", "ops")
    return [(row["role"], row["user"]) for row in answer["oncall"] if row["role"] == "primary"]


def post(pager, user, number, what):
    status, body, _ = pager.request("POST", f"/v1/swaps/{number}/{what}", {},
                                    {"Authorization": f"Bearer {pager.token(user)}"})
    return status, json.loads(body)


def the_first_yes_has_it_and_all_are_told():
    mail = Mail()
    pager = House(channels=mail.config())
    is_good = False
    try:
        pager.start()
        dry = pager.pagectl("swap", "ops", "primary", "tomorrow 10:00", "-n")
        assert "Would ask cat, dan, eve, fay" in dry.stdout, (dry.stdout, dry.stderr)
        done = pager.pagectl("swap", "ops", "primary", "tomorrow 10:00", "--until", "tomorrow 20:00")
        assert done.returncode == 0, done.stderr
        assert "Asked cat, dan, eve, fay to take" in done.stdout, done.stdout
        assert "Not asked: bob is on call then." in done.stdout, done.stdout
        assert "Fewest weekend hours in 90 days: cat (0 h)." in done.stdout, done.stdout
        letter = wait_for("cat is asked", lambda: subjects(mail, "cat", "[SWAP?]"))[0]
        body = letter.get_body(("plain",)).get_content()
        assert "Ann asks you to take ops primary" in body and "pagectl swap accept w1" in body, body
        assert oncall(pager, "tomorrow 12:00") == [("primary", "ann")]
        pager.kill()
        pager.start()
        assert post(pager, "bob", 1, "accept")[0] == 403
        assert post(pager, "dan", 1, "decline")[0] == 200
        status, answer = post(pager, "cat", 1, "accept")
        assert status == 200 and answer["text"] == "w1 is yours. All are told.", answer
        assert post(pager, "eve", 1, "accept")[0] == 409
        assert oncall(pager, "tomorrow 12:00") == [("primary", "cat")]
        assert oncall(pager, "tomorrow 20:30") == [("primary", "ann")]
        wait_for("ann is told", lambda: subjects(mail, "ann", "[SWAP]"))
        wait_for("eve is told", lambda: subjects(mail, "eve", "Cat takes it"))
        listed = pager.ask("swap", "list", "--all")["swaps"][0]
        assert (listed["state"], listed["taken_by"]) == ("taken", "cat"), listed
        assert {one["user"]: one["answer"] for one in listed["asked"]}["dan"] == "no", listed
        is_good = True
    finally:
        pager.close(not is_good)
        mail.close()


main(the_first_yes_has_it_and_all_are_told)
