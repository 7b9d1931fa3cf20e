# SPDX-License-Identifier: MIT
"""Canary pages: by the ordinary path to one person, judged by what came of it."""
import json
import re

from fake_chat import Slack
from fake_hooks import Hooks
from house import House, main, wait_for
from sinks import Gateway

ANN, BOB = "+4915550100001", "+4915550100002"
BY_SMS = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'


class Watched(House):
    def __init__(self, every="5s", user="bob", answer=lambda message: 200, at="any", more="", channels="",
                 **rest):
        self.sink = Gateway(answer)
        super().__init__(channels=self.sink.config() + channels, notify=BY_SMS,
                         config=f'canary: {{ user = "{user}", every = "{every}", at = "{at}" }}\n' + more,
                         **rest)

    def close(self, is_failed=False):
        super().close(is_failed)
        self.sink.close()

    def canaries(self, phone=BOB):
        return [one["text"] for one in self.sink.taken(phone) if one["text"].startswith("CANARY #")]

    def problems(self):
        status = self.get("/v1/status", headers={"Authorization": f"Bearer {self.token('ann')}"})[1]
        return [one for one in json.loads(status)["problems"] if "canary" in one]

    def metric(self, name):
        found = re.search(rf"^pagerd_{name} (\S+)$", self.get("/metrics")[1], re.M)
        return found and float(found.group(1))


def ack(pager, text):
    token = re.search(r"/a/([0-9a-z]+)", text).group(1)
    return pager.request("POST", f"/a/{token}", "do=ack",
                         {"Content-Type": "application/x-www-form-urlencoded"})[0]


def one_that_is_acked_is_over_and_the_next_one_comes():
    with Watched().start() as pager:
        text = wait_for("a canary", pager.canaries)[0]
        assert "a test of the whole way, all is well" in text, text
        assert pager.metric("canary_last_success_timestamp_seconds") == 0
        pager.kill()
        pager.start()
        assert len({re.search(r"#(\d+)", one).group(1) for one in pager.canaries()}) == 1, "begun anew"
        assert ack(pager, text) == 303
        wait_for("its success", lambda: pager.metric("canary_last_success_timestamp_seconds"))
        assert pager.metric("canary_seconds") is not None
        assert pager.problems() == [] and pager.show(1)["state"] == "resolved"
        wait_for("the next one", lambda: [one for one in pager.canaries() if "#2" in one])
        assert pager.canaries(ANN) == [], "somebody else was paged"


def one_that_no_provider_takes_is_told_to_the_admins_by_another():
    with Watched(every="2s", answer=lambda message: 503 if message["to"] == BOB else 200).start() as pager:
        said = wait_for("the admins to hear of it", lambda: [
            one["text"] for one in pager.sink.taken(ANN) if "canary" in one["text"]])[0]
        assert "the canary page to bob did not arrive" in said, said
        assert len(wait_for("a problem", pager.problems)) == 1
        check = pager.pagectl("check")
        assert check.returncode == 7 and "canary page to bob did not arrive" in check.stdout, check.stdout
        pager.kill()
        pager.start()
        assert len(pager.problems()) == 1, "forgotten"


def rooms_and_webhooks_hear_of_the_real_ones_only():
    room, hooks = Slack(), Hooks()
    hook = f'webhooks: {{ all: {{ url = "{hooks.url}/hook", secret = "{hooks.secret}" }} }}'
    with Watched(every="3s", more=hook, channels=room.config(), team='chat = [ "slack:C0123ABCDEF" ]').start() as pager:
        text = wait_for("a canary", pager.canaries)[0]
        assert ack(pager, text) == 303
        wait_for("the next one", lambda: len(pager.canaries()) > 1)
        assert pager.alert(pager.key(), "db1: disk full")[0] == 202
        number = pager.incidents()[0]["number"]
        assert number > 2, number
        room.wait(f"CRIT #{number} ")
        hooks.wait_for_types("incident.opened", number=number)
        assert len(room.shown()) == 1, room.shown()
        assert {one["data"]["incident"]["number"] for one in hooks.messages} == {number}, hooks.messages
    room.close()
    hooks.close()


main(one_that_is_acked_is_over_and_the_next_one_comes,
     one_that_no_provider_takes_is_told_to_the_admins_by_another,
     rooms_and_webhooks_hear_of_the_real_ones_only)
