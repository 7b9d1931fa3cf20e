# SPDX-License-Identifier: MIT
"""kill -9 at random moments: no accepted alert and no page is lost; repeats are marked."""
import os
import random
import threading
import time

from house import House, main, wait_for
from sinks import Gateway

ROUNDS = 200 if os.environ.get("PAGERD_TESTS_LONG") else 50


class Source(threading.Thread):
    """A monitoring system that sends until it is told that its alert was taken."""

    def __init__(self, pager, key, seed):
        super().__init__(daemon=True)
        self.pager, self.key = pager, key
        self.accepted = []
        self.is_ending = False
        self.number = 0
        self.random = random.Random(seed)

    def run(self):
        while not self.is_ending:
            name = f"problem-{self.number}"
            try:
                if self.pager.alert(self.key, dedup_key=name, summary=f"host: {name}",
                                    timeout=5)[0] == 202:
                    self.accepted.append(name)
                    self.number += 1
            except OSError:
                pass
            time.sleep(self.random.uniform(0, 0.02))


def alert(pager, key, timeout=30, **fields):
    return pager.request("POST", "/v1/alerts", {"severity": "critical", **fields},
                         {"Authorization": f"Bearer {key}"}, timeout=timeout)


def nothing_accepted_is_lost_whenever_pagerd_is_killed():
    seed = int(os.environ.get("PAGERD_SEED", random.randrange(1 << 32)))
    print(f"seed {seed} (PAGERD_SEED), {ROUNDS} kills")
    dice = random.Random(seed)
    gateway = Gateway()
    with House(channels=gateway.config(), escalate='( { page = "primary", wait = "1h" } )',
               notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }') as pager:
        pager.alert = lambda key, **fields: alert(pager, key, **fields)
        pager.start()
        key = pager.key()
        source = Source(pager, key, seed)
        source.start()
        for _ in range(ROUNDS):
            time.sleep(dice.uniform(0, 0.25))
            pager.kill()
            pager.start()
        time.sleep(0.2)
        source.is_ending = True
        source.join()
        accepted = set(source.accepted)
        known = {}
        for incident in pager.incidents("--all", "--limit", "1000"):
            known.setdefault(incident["dedup_key"], []).append(incident["number"])
        lost = accepted - set(known)
        assert not lost, f"{len(lost)} accepted alerts are lost: {sorted(lost)[:5]}"
        doubled = {name: numbers for name, numbers in known.items() if len(numbers) > 1}
        assert not doubled, f"one problem became two incidents: {doubled}"

        def unpaged():
            texts = [message["text"] for message in gateway.taken()]
            heard = {word.rstrip(".") for text in texts for word in text.split()}
            return accepted - heard

        wait_for("a page for each accepted alert", lambda: not unpaged(), 120)
        copies = {}
        for message in gateway.taken():
            if "has died" in message["text"]:
                continue  # that it keeps dying is told, too
            name = next(word.rstrip(".") for word in message["text"].split()
                        if word.startswith("problem-"))
            copies.setdefault(name, []).append(message["text"])
        repeated = {name: texts for name, texts in copies.items() if len(texts) > 1}
        unmarked = {name: texts for name, texts in repeated.items()
                    if not any("repeat" in text.lower() for text in texts[1:])}
        print(f"{len(accepted)} accepted, {len(known)} incidents, {len(gateway.taken())} pages, "
              f"{len(repeated)} sent more than once")
        assert not unmarked, f"repeats that are not marked: {list(unmarked.items())[:3]}"
    gateway.close()


main(nothing_accepted_is_lost_whenever_pagerd_is_killed)
