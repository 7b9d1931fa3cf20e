# SPDX-License-Identifier: MIT
"""What would become of an alert: the answer of the real engine, and nothing changes."""
import json

from house import House, main

CONFIG = """
routes = ( { team = "web", match = "service=web*" }, { team = "ops", match = "severity=info" },
           { team = "ops" } )
"""
WEB = """teams: { web: { primary = "eve", secondary = "fay", manager = "eve",
  escalate = ( { page = "primary", wait = "5m" }, { page = "everyone", wait = "10m", repeat = 2 } )
  members = [ "eve", "fay" ] last-resort = "cat" } }
"""
NOTIFY = 'notify: { normal: ( { after = "0s", via = "inbox" }, { after = "2m", via = "inbox" } ) }'


def house():
    pager = House(config=CONFIG, notify=NOTIFY)
    pager.write("conf.d/web.cfg", WEB)
    return pager.start()


def the_walk_is_that_of_the_engine():
    with house() as pager:
        before = pager.get("/metrics")[1]
        said = pager.ask("simulate", "service=web-1", "site=ams")
        assert said["team"] == "web" and said["route"] == {
            "number": 1, "text": "route 1 (service=web*) -> web"}, said
        minutes = [(page["after_ms"] / 60000, page["user"], page["of"], page["round"])
                   for page in said["pages"]]
        assert minutes[:2] == [(0, "eve", "web primary", 1), (2, "eve", "web primary", 1)], minutes
        assert (5, "fay", "everyone in web", 1) in minutes, minutes
        assert (15, "fay", "everyone in web", 2) in minutes, minutes
        assert (25, "cat", "last resort", 1) in minutes, minutes
        assert said["pages"][0]["why"], said["pages"][0]
        # Nothing was opened, paged or counted by it.
        assert pager.incidents() == [] and said["state"] == "triggered"
        line = next(l for l in before.splitlines() if l.startswith("pagerd_alerts_total"))
        assert line in pager.get("/metrics")[1]


def text_and_exit_codes():
    with house() as pager:
        done = pager.pagectl("simulate", "service=web", "--expect", "eve")
        assert done.returncode == 0 and "Nothing is sent" in done.stdout, (done.stdout, done.stderr)
        assert "route 1 (service=web*) -> web" in done.stdout, done.stdout
        done = pager.pagectl("simulate", "service=web", "--expect", "ann")
        assert done.returncode == 7 and "ann is not among" in done.stderr, done.stderr
        done = pager.pagectl("simulate", "severity=info")
        assert done.returncode == 0 and "pages nobody" in done.stdout, done.stdout
        done = pager.pagectl("simulate", "web")
        assert done.returncode == 2 and "label=value" in done.stderr, done.stderr
        assert pager.pagectl("simulate", "--team", "nobody").returncode == 3


def keys_overrides_and_rests_are_those_of_now():
    with house() as pager:
        pager.ask("key", "add", "fixed", "--team", "ops")
        said = pager.ask("simulate", "integration=fixed", "service=web")
        assert said["team"] == "ops" and said["route"] is None, said
        assert said["pages"][0]["user"] == "ann", said["pages"][0]
        done = pager.pagectl("override", "ops", "primary", "--from", "now", "--for", "2h",
                             "--to", "dan", "--yes")
        assert done.returncode == 0, done.stderr
        said = pager.ask("simulate", "--team", "ops")
        assert said["pages"][0]["user"] == "dan" and "override" in said["pages"][0]["why"], said
        said = pager.ask("simulate", "--team", "ops", "--at", "in 3h")
        assert said["pages"][0]["user"] == "ann", said["pages"][0]


def a_silence_holds_it_back_until_its_end():
    with house() as pager:
        done = pager.pagectl("silence", "add", "service=web", "--for", "1h", "-m", "upgrade")
        assert done.returncode == 0, (done.stdout, done.stderr)
        said = pager.ask("simulate", "service=web")
        assert said["state"] == "suppressed" and "silence" in said["reason"], said
        assert said["pages"][0]["after_ms"] > 50 * 60000, said["pages"][0]
        assert pager.ask("simulate", "service=web", "--at", "in 2h")["state"] == "triggered"


def a_source_may_not_ask():
    with house() as pager:
        key = pager.key("prom")
        status, body, _ = pager.get("/v1/simulate?label=a%3Db",
                                    headers={"Authorization": f"Bearer {key}"})
        assert status == 403, body
        ann = {"Authorization": f"Bearer {pager.token('ann')}"}
        status, body, _ = pager.get("/v1/simulate?label=nothing", headers=ann)
        assert status == 400 and "label=value" in json.loads(body)["error"]["text"], body


if __name__ == "__main__":
    main(the_walk_is_that_of_the_engine, text_and_exit_codes,
         keys_overrides_and_rests_are_those_of_now, a_silence_holds_it_back_until_its_end,
         a_source_may_not_ask)
