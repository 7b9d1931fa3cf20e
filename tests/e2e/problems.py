# SPDX-License-Identifier: MIT
"""The incidents of one monitored host, as pagerd has them, for tests of a whole life."""
from house import wait_for


class Problems:
    """Of `self.pager`; `key_host` is the dedup key of the host, `key_between` stands before that of a service."""

    def incident(self, service):
        """The latest one of that service (None: of the host), open or not."""
        key = self.key_host + (f"{self.key_between}{service}" if service else "")
        found = [one for one in self.pager.incidents("--all") if one["dedup_key"] == key]
        return max(found, key=lambda one: one["number"]) if found else None

    def is_(self, service, state):
        incident = self.incident(service)
        return incident is not None and incident["state"] == state

    def wait(self, service, state):
        try:
            wait_for(f"{service} to be {state}", lambda: self.is_(service, state))
        except AssertionError:
            print(self.incident(service), self.entries(service))
            raise
        return self.incident(service)["number"]

    def entries(self, service):
        return [(entry["event"], entry["text"])
                for entry in self.pager.show(self.incident(service)["number"])["timeline"]]

    def wait_note(self, service, words):
        wait_for(f"the note '{words}' in {self.entries(service)}",
                 lambda: any(words in text for _, text in self.entries(service)))
