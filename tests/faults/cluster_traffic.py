# SPDX-License-Identifier: MIT
"""Monitoring that never stops, people who answer what reaches them, and what was said to both."""
import json
import random
import re
import threading
import time

from cluster_room import TEAMS

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORD = re.compile(r"#(\d+)\b.*\bhost: (r\d+)\b", re.DOTALL)
LINK = re.compile(r"/a/[0-9a-zA-Z]{20}")
PAUSE_S = 0.2  # between two tries of a sender
ACKED = (200, 303)


class Alert:
    """What its sender knows of it. Times are monotonic; None: not yet."""

    def __init__(self, name, number):
        self.name = name
        self.team = number % TEAMS
        self.first_at = time.monotonic()
        self.accepted_at = None
        self.incident = None
        self.accepted_by = None
        self.refused = 0
        self.ack_asked_at = None  # somebody tried to
        self.acks_open = 0  # and has no answer yet
        self.acked_at = None  # and was told that it is


class Text:
    """One message that came to a phone and calls somebody to an incident."""

    def __init__(self, message, number, name, link):
        self.at, self.to, self.text = message["at"], message["to"], message["text"]
        self.sender = message["from"]  # address of the node
        self.number, self.name, self.link = number, name, link
        self.is_repeat = "(repeat)" in self.text


class Traffic:
    """Senders and people, each in a thread of its own, over all nodes."""

    def __init__(self, nodes, gateway, key, seed):
        self.nodes, self.gateway, self.key, self.seed = nodes, gateway, key, seed
        self.alerts, self.texts, self.threads = {}, [], []
        self.is_sending, self.is_over = True, False
        self.lock = threading.Lock()
        self.seen = 0
        self.rate = 3.0  # new alerts a second
        self.troubles = []
        self.unknown_keys = []  # when a node did not know the key of monitoring
        self.unknown = []  # (text, when somebody was told that its link is none)

    def start(self):
        for work in (self.send_all, self.answer_all):
            self.spawn(work)

    def spawn(self, work, *given):
        thread = threading.Thread(target=work, args=given, daemon=True)
        self.threads.append(thread)
        thread.start()

    # --- monitoring ---

    def send_all(self):
        number = 0
        while self.is_sending:
            alert = Alert(f"r{number}", number)
            self.alerts[alert.name] = alert
            self.spawn(self.send, alert, random.Random(f"{self.seed}:{number}"))
            number += 1
            time.sleep(1 / self.rate)

    def send(self, alert, dice):
        """To any node, or to all, until one has taken it: as monitoring does."""
        order = dice.sample(self.nodes, len(self.nodes))
        is_for_all = dice.random() < 0.25
        while not self.is_over:
            for node in order:
                status, text = node.request(
                    "POST", "/v1/alerts",
                    {"summary": f"host: {alert.name}", "dedup_key": alert.name, "service": alert.name,
                     "severity": "critical", "labels": {"team": f"t{alert.team}"}},
                    {"Authorization": f"Bearer {self.key}"})
                if 200 <= status < 300:
                    self.note_accepted(alert, node, text)
                elif status == 401 and len(self.unknown_keys) < 1000:
                    self.unknown_keys.append(time.monotonic())
                elif 400 <= status < 500 and status != 429:
                    self.troubles.append(f"{alert.name} was answered with {status} by {node.name}: {text[:200]}")
                    return
                else:
                    alert.refused += 1
                if alert.accepted_at and not is_for_all or self.is_over:
                    return
            if alert.accepted_at:
                return
            time.sleep(PAUSE_S)

    @staticmethod
    def note_accepted(alert, node, text):
        if alert.accepted_at is None:
            alert.accepted_at, alert.accepted_by = time.monotonic(), node.name
            alert.incident = json.loads(text)["alerts"][0].get("incident")

    # --- people ---

    def answer_all(self):
        while not self.is_over:
            for message in self.gateway.taken()[self.seen:]:
                self.seen += 1
                words, link = WORD.search(message["text"]), LINK.search(message["text"])
                if not words or not link:
                    continue
                text = Text(message, int(words[1]), words[2], link[0])
                self.texts.append(text)
                self.react(text)
            time.sleep(0.02)

    def react(self, text):
        """The same person decides the same each time; who was paged second mostly answers."""
        dice = random.Random(f"{self.seed}:{text.name}:{text.to}")
        if dice.random() < (0.8 if "+49155502" in text.to else 0.5):
            self.spawn(self.ack, text, dice)

    def ack(self, text, dice):
        time.sleep(dice.uniform(0.2, 5))
        alert = self.alerts[text.name]
        if alert.acked_at:
            return
        alert.ack_asked_at = alert.ack_asked_at or time.monotonic()
        with self.lock:
            alert.acks_open += 1
        self.press(alert, text, dice)
        with self.lock:
            alert.acks_open -= 1

    def press(self, alert, text, dice):
        while not self.is_over:
            status, body = dice.choice(self.nodes).request("POST", text.link, "do=ack", FORM)
            if status in ACKED:
                alert.acked_at = alert.acked_at or time.monotonic()
                return
            if status in (404, 410):
                self.unknown.append((text, time.monotonic()))
                return
            if 400 <= status < 500 and status != 429:
                self.troubles.append(f"the link of #{text.number} {text.name} was answered with {status}: "
                                     f"{body[:200]}")
                return
            time.sleep(PAUSE_S)

    # --- the end ---

    def waiting(self):
        """Alerts that nobody has taken yet."""
        return [alert for alert in list(self.alerts.values()) if alert.accepted_at is None]

    def unpaged(self):
        called = {text.name for text in self.texts}
        return [alert for alert in list(self.alerts.values()) if alert.name not in called]

    def alone(self):
        """Not acked, and the second person was not paged: something is still to come."""
        called = {(text.name, "+49155502" in text.to) for text in self.texts}
        return [alert for alert in list(self.alerts.values())
                if alert.acked_at is None and (alert.name, True) not in called]

    def acks_open(self):
        return [alert for alert in list(self.alerts.values()) if alert.acks_open]

    def end(self):
        self.is_sending, self.is_over = False, True
        for thread in self.threads:
            thread.join(30)
