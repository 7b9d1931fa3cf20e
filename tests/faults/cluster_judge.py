# SPDX-License-Identifier: MIT
"""What must hold after a round of faults: nothing accepted is lost, nobody is missed, repeats have a reason."""
import collections
import json

from cluster_room import ESCALATE_S

GRACE_S = 12  # after a fault's end what it has done may still show: a call waits 8 s for its answer
ACK_BOUND_S = 5  # a page that was on its way when the ack was answered
ACKNOWLEDGED = 1  # number of the incident's state in the store
ANEW_S = 5  # until a node that has ended pages again, from its mirror
LAST_S = 2  # before its node was lost: what it had sent then, nobody may have been told
REASONS = {
    "marked": "it says that it may be a repeat: nobody knows what became of the first",
    "last_moment": "the first left just before its node, or the database, was lost, or that node began anew",
    "no_links": "the nodes have no links, and the database was away from one: each went on by itself",
    "apart": "a node was cut off from the others, or frozen, and both went on",
    "refused_first": "the call that it left for was refused, for the database was just gone, and came again",
    "told_to_the_lost": "it left without the database; who was told that afterwards was lost, too",
    "not_handed_in": "the database was back, and its first one did not know yet what the other had done",
}


class Broken(Exception):
    """A promise that was broken, in words."""


class Window:
    """A fault, from when it struck until all was well again."""

    def __init__(self, name, kind, began):
        self.name, self.kind, self.began, self.ended = name, kind, began, None
        self.gone, self.back = None, None  # the database, for a while: from when to when
        self.is_longest = False
        self.cuts = False  # somebody was cut off, or frozen

    def has(self, at, grace=0.0):
        return self.began <= at and (self.ended is None or at <= self.ended + grace)

    def has_outage(self, at):
        return self.gone is not None and self.back is not None and self.gone < at < self.back


CALM = Window("no fault", "calm", 0)


class Judge:
    def __init__(self, traffic, windows, server, has_links):
        self.traffic, self.windows, self.server, self.has_links = traffic, windows, server, has_links
        self.problems = list(traffic.troubles)
        self.figures = collections.Counter()
        self.samples = []  # (class, milliseconds)
        self.alerts = traffic.alerts
        self.incidents = self.rows("select number, dedup_key, state, coalesce(acknowledged_by, '') as who "
                                   "from incident where dedup_key like 'r%'")
        self.rows_of_alerts = self.rows("select dedup_key, incident from alert where dedup_key like 'r%'")

    def rows(self, query):
        return json.loads(self.server.sql(f"select coalesce(json_agg(q), '[]') from ({query}) q"))

    def fault_of(self, at):
        """The last one that had struck by then, and may still show."""
        for window in reversed(self.windows):
            if window.has(at, GRACE_S):
                return window
        return None

    def expect(self, condition, words):
        if not condition:
            self.problems.append(words)

    def judge(self):
        for part in (self.nothing_is_lost, self.everybody_was_paged, self.acks_hold,
                     self.no_page_after_the_ack, self.repeats_have_a_reason, self.secrets_are_known, self.measure):
            part()
        self.figures["alerts_accepted"] = sum(alert.accepted_at is not None for alert in self.alerts.values())
        self.figures["tries_refused"] = sum(alert.refused for alert in self.alerts.values())
        self.figures["pages"] = len(self.traffic.texts)
        if self.problems:
            raise Broken("; ".join(self.problems[:8]) +
                         (f"; and {len(self.problems) - 8} more" if len(self.problems) > 8 else ""))

    def nothing_is_lost(self):
        kept = collections.Counter(row["dedup_key"] for row in self.rows_of_alerts)
        for alert in self.alerts.values():
            if alert.accepted_at is None:
                continue
            self.expect(kept[alert.name], f"{alert.name} was accepted by {alert.accepted_by} and is lost")
            self.expect(kept[alert.name] <= 1, f"{alert.name} is there {kept[alert.name]} times")
        opened = collections.Counter(row["dedup_key"] for row in self.incidents)
        for name, count in opened.items():
            self.expect(count == 1, f"{name} became {count} incidents")
            self.expect(name in self.alerts, f"{name} is an incident, and nobody sent it")

    def everybody_was_paged(self):
        """Or there is a reason in the incident's own words: none here but an ack that came before."""
        called = {text.name for text in self.traffic.texts}
        for row in self.incidents:
            self.expect(row["dedup_key"] in called or row["state"] == ACKNOWLEDGED,
                        f"#{row['number']} {row['dedup_key']} paged nobody")
        self.figures["incidents"] = len(self.incidents)
        numbers = {row["dedup_key"]: row["number"] for row in self.incidents}
        for text in self.traffic.texts:
            is_other = numbers.get(text.name) != text.number
            self.figures["numbers_changed"] += is_other
            self.expect(not is_other or self.fault_of(text.at), f"a page calls {text.name} #{text.number}, "
                        f"and it is #{numbers.get(text.name)}")

    def acks_hold(self):
        for row in self.incidents:
            alert = self.alerts.get(row["dedup_key"])
            if alert is None:
                continue
            is_acked = row["state"] == ACKNOWLEDGED
            self.expect(is_acked or not alert.acked_at, f"{alert.name} was acked, and is not")
            self.expect(not is_acked or alert.ack_asked_at, f"{alert.name} is acked by nobody")
            self.expect(not is_acked or row["who"], f"who acked {alert.name} is forgotten")
            self.figures["acks"] += is_acked

    def no_page_after_the_ack(self):
        for text in self.traffic.texts:
            alert = self.alerts[text.name]
            if not alert.acked_at or text.at <= alert.acked_at:
                continue
            late = text.at - alert.acked_at
            if late > ACK_BOUND_S:
                self.figures["pages_after_an_ack"] += 1
                self.expect(self.fault_of(text.at), f"{alert.name} was acked, and paged {late:.1f} s later: "
                            f"{text.text!r}")

    def repeats_have_a_reason(self):
        """One page for each person and incident: the steps are so few, and the round so short."""
        by_person = collections.defaultdict(list)
        for text in self.traffic.texts:
            by_person[text.name, text.to].append(text)
        for (name, to), texts in by_person.items():
            texts.sort(key=lambda one: one.at)
            for first, text in zip(texts, texts[1:]):
                window, reason = self.fault_of(text.at), self.reason_of(first, text)
                self.figures["pages_doubled"] += 1
                self.figures[f"doubled_{reason}"] += 1
                if window:
                    self.figures[f"doubled_by_{window.name}"] += 1
                self.expect(window, f"{name} was paged twice to {to}, without a fault: {text.text!r}")
                self.expect(reason, f"{name} was paged twice to {to} by {first.sender} and {text.sender}, "
                            f"{text.at - first.at:.1f} s apart, and nothing explains it: {text.text!r}")

    def reason_of(self, first, again):
        """Why that one came once more: the first of REASONS that holds, or None."""
        windows = [window for window in self.windows
                   if window.began <= again.at and (window.ended is None or window.ended + GRACE_S >= first.at)]
        nodes = {node.address: node for node in self.traffic.nodes}
        lost = [at for node in nodes.values() if node.address == first.sender for at in node.lost_at]
        lost += [window.gone for window in self.windows if window.gone]
        is_other = first.sender != again.sender
        holds = {
            "marked": again.is_repeat,
            "last_moment": any(0 <= at - first.at <= LAST_S for at in lost) or
                           (not is_other and windows and again.at - first.at <= ANEW_S),
            "no_links": (is_other or first.number != again.number) and not self.has_links and windows,
            "apart": is_other and any(window.cuts for window in windows),
            "refused_first": bool(windows) and self.alerts[first.name].refused > 0 and
                             first.at <= (self.alerts[first.name].accepted_at or 0) + LAST_S,
            "told_to_the_lost": any(one.gone and one.gone < first.at < (one.ended or 0) < other.began <= again.at
                                    for one in self.windows for other in windows),
            "not_handed_in": is_other and any(window.back and window.back <= again.at for window in windows),
        }
        return next((reason for reason in REASONS if holds[reason]), None)

    def secrets_are_known(self):
        """But for those of pages that left from memory, of a node that was replaced then."""
        for at in self.traffic.unknown_keys:
            self.figures["keys_unknown"] += 1
            self.expect(self.fault_of(at), "a node did not know the key of monitoring, without a fault")
        for text, at in self.traffic.unknown:
            self.figures["links_unknown"] += 1
            self.expect(self.fault_of(at), f"the link of #{text.number} {text.name} is unknown, without a fault")

    # --- figures, of which none is judged ---

    def window_of(self, due, until):
        """Whose fault it may be that what was due then came when it came."""
        for window in self.windows:
            if window.has(due) or due < window.began < until:
                return window
        return CALM

    def measure(self):
        first = {}
        for text in self.traffic.texts:
            is_second = "+49155502" in text.to
            first.setdefault((text.name, is_second), text.at)
        for (name, is_second), at in first.items():
            alert = self.alerts[name]
            due = first.get((name, False), alert.first_at) + ESCALATE_S if is_second else alert.first_at
            late = max(0, int((at - due) * 1000))
            window = self.window_of(due, at)
            page = "next" if is_second else "first"
            self.samples.append((f"{window.name} {page}", late))
            figure = f"{page}_page_ms_{window.kind}_max"
            self.figures[figure] = max(self.figures[figure], late)
        for window in self.windows:
            accepted = [alert for alert in self.alerts.values()
                        if alert.accepted_at and window.has_outage(alert.accepted_at)]
            self.figures["accepted_without_database"] += len(accepted)
            self.expect(accepted or not window.is_longest, "nothing was accepted while the database was away")
