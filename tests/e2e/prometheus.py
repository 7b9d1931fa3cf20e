# SPDX-License-Identifier: MIT
"""The real Prometheus and the real Alertmanager, each in the test's own folder."""
import http.client
import http.server
import json
import os
import threading
import time
import urllib.request

from house import free_port, need, wait_for
from programs import shipped


def ask(port, method, path, body=None):
    """Asks a server of this machine; its answer as data, None for an empty one."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"}, method=method)
    text = urllib.request.urlopen(request, timeout=30).read()
    return json.loads(text) if text else None


def instant(in_seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + in_seconds))


class Program:
    """What can be started, ended and killed, and started again in the same folder."""

    name = None

    def __init__(self, house):
        self.house = house
        self.port = free_port()
        self.process = None

    def start(self):
        self.process = self.house.spawn(self.command(), self.name, cwd=self.house.dir)
        wait_for(self.name, self.is_ready)
        return self

    def is_ready(self):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=30).read()
        except OSError:
            return False

    def stop(self):
        self.process.stop()

    def kill(self):
        self.process.kill()

    def signal(self, number):
        os.kill(self.process.pid, number)


class Alertmanager(Program):
    """The real one: its receivers as YAML lines, or a whole configuration."""

    name = "alertmanager"

    def __init__(self, house, receiver=None, config=None):
        need("prometheus-alertmanager")
        super().__init__(house)
        house.write("alertmanager.yml", config or f"""
route:
  receiver: pagerd
  group_by: ['alertname']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
{receiver}
""")

    def command(self):
        return ["prometheus-alertmanager", f"--config.file={self.house.path('alertmanager.yml')}",
                f"--storage.path={self.house.path('alertmanager')}",
                f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="]

    def post(self, name, ends_in=None, **labels):
        self.post_all([{"name": name, "ends_in": ends_in, **labels}])

    def post_all(self, alerts):
        """Each has a name, labels, and ends_in where it is over: all in one request."""
        bodies = []
        for alert in alerts:
            labels = dict(alert)
            name, ends_in = labels.pop("name"), labels.pop("ends_in", None)
            bodies.append({"labels": {"alertname": name, "severity": "critical", **labels},
                           "annotations": {"summary": f"{name} is bad", "runbook_url":
                                           "https://wiki.example.org/" + name},
                           "startsAt": instant(0 if ends_in is None else -60),
                           "endsAt": instant(3600 if ends_in is None else ends_in)})
        ask(self.port, "POST", "/api/v2/alerts", bodies)

    def alerts(self):
        """(alertname, severity) of all that are active there, not those that are silenced."""
        return {(one["labels"]["alertname"], one["labels"].get("severity"))
                for one in ask(self.port, "GET", "/api/v2/alerts?silenced=false&inhibited=false")}

    def silence(self, name):
        return ask(self.port, "POST", "/api/v2/silences", {
            "matchers": [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}],
            "startsAt": instant(-1), "endsAt": instant(3600), "createdBy": "ann",
            "comment": "work"})["silenceID"]

    def unsilence(self, silence):
        ask(self.port, "DELETE", f"/api/v2/silence/{silence}")


def shipped_webhook(pager, key):
    """The webhook's file as it is shipped; only that it waits for nothing, as a test wants it."""
    pager.write("alertmanager.key", key)
    return shipped("alertmanager/pagerd.yml", {
        "http://127.0.0.1:8440": pager.url, "group_wait: 10s": "group_wait: 0s",
        "group_interval: 1m": "group_interval: 1s",
        "/etc/prometheus/pagerd.key": pager.path("alertmanager.key")})


def shipped_receiver(pager, key, name):
    """The receivers of another file there, with this pager's address and key."""
    text = shipped(f"alertmanager/{name}", {
        "http://127.0.0.1:8440": pager.url, "PASTE-THE-KEY": f"'{key}'"})
    return text.split("receivers:\n")[1]


def shipped_alerting(pager, key):
    """The part of a Prometheus' configuration that is shipped."""
    pager.write("prometheus.key", key)
    return shipped("prometheus/pagerd.yml", {
        "127.0.0.1:8440": f"127.0.0.1:{pager.port}",
        "/etc/prometheus/pagerd.key": pager.path("prometheus.key")})


class Prometheus(Program):
    """The real one; it scrapes a small server of the test, whose numbers fire its rules."""

    name = "prometheus"
    LOAD = 'node_load{instance="db01:9100"}'
    DISK = 'node_disk_used{instance="db01:9100",mountpoint="/var"}'
    LATENCY = 'node_latency{instance="web01:9100"}'
    QUEUE = 'node_queue{instance="mx01:9100"}'
    RULES = """
groups:
- name: test
  interval: 1s
  rules:
  - alert: HighLoad
    expr: node_load > 8
    labels: { severity: critical, team: dba }
    annotations:
      summary: 'load {{ $value }} on {{ $labels.instance }}'
      runbook_url: 'https://wiki.example.org/runbooks/load'
  - alert: DiskFull
    expr: node_disk_used > 0.9
    labels: { severity: warning }
    annotations: { summary: 'disk at {{ $value | humanizePercentage }}' }
  - alert: Latency
    expr: node_latency > 1 and node_latency <= 5
    labels: { severity: warning }
    annotations: { summary: 'slow: {{ $value }} s' }
  - alert: Latency
    expr: node_latency > 5
    labels: { severity: critical }
    annotations: { summary: 'much too slow: {{ $value }} s' }
  - alert: Queue
    expr: node_queue > 10
    labels: { severity: warning }
    annotations: { summary: '{{ $value }} wait' }
  - alert: Queue
    expr: node_queue > 100
    labels: { severity: critical }
    annotations: { summary: 'far too many wait: {{ $value }}' }
"""

    def __init__(self, house, alerting, resend="1s"):
        need("prometheus")
        super().__init__(house)
        self.resend = resend
        self.metrics = {}
        prometheus = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = "".join(f"{name} {value}\n" for name, value in prometheus.metrics.items())
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.target.serve_forever, daemon=True).start()
        house.write("rules.yml", self.RULES)
        house.write("prometheus.yml", f"""
global: {{ scrape_interval: 1s, evaluation_interval: 1s, external_labels: {{ replica: a }} }}
rule_files: [rules.yml]
scrape_configs:
- job_name: node
  honor_labels: true
  static_configs: [{{ targets: ['127.0.0.1:{self.target.server_port}'] }}]
{alerting}
""")

    def command(self):
        return ["prometheus", f"--config.file={self.house.path('prometheus.yml')}",
                f"--storage.tsdb.path={self.house.path('prometheus')}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                f"--rules.alert.resend-delay={self.resend}"]

    def alerts(self):
        """(alertname, severity) of all that fire there."""
        return {(one["labels"]["alertname"], one["labels"]["severity"])
                for one in ask(self.port, "GET", "/api/v1/alerts")["data"]["alerts"]
                if one["state"] == "firing"}

    def say(self, fires, **metrics):
        """Sets LOAD, DISK, LATENCY and QUEUE, and waits until its rules have found what then fires."""
        for name, value in metrics.items():
            self.metrics[getattr(self, name)] = value
        wait_for(f"Prometheus to find {fires}", lambda: self.alerts() == set(fires))

    def wait_until_refused(self):
        """Until it has not been able to tell pagerd once more."""
        words = "connection refused"
        before = self.process.output().count(words)
        wait_for("Prometheus to be refused",
                 lambda: self.process.output().count(words) > before)

    def close(self):
        self.stop()
        self.target.shutdown()
        self.target.server_close()


class Recorder:
    """Stands before pagerd: keeps each body, and holds the answers back when it is told to."""

    def __init__(self, pager):
        self.bodies = []
        self.go = threading.Event()
        self.go.set()
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                recorder.bodies.append(json.loads(body))
                recorder.go.wait(60)
                connection = http.client.HTTPConnection("127.0.0.1", pager.port, timeout=60)
                connection.request("POST", self.path, body, {
                    name: self.headers[name] for name in ("Content-Type", "Authorization")})
                self.send_response(connection.getresponse().status)
                self.end_headers()
                connection.close()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.go.set()
        self.server.shutdown()
        self.server.server_close()


def prometheus_of(pager, alerting=None, **more):
    """One that is started and sends to pagerd, by the snippet that is shipped."""
    return Prometheus(pager, alerting or shipped_alerting(pager, pager.key("prometheus")),
                      **more).start()


def chain(pager):
    """Prometheus, which tells Alertmanager, which tells pagerd."""
    manager = Alertmanager(pager, config=shipped_webhook(pager, pager.key("am"))).start()
    prometheus = Prometheus(pager, f"""alerting:
  alertmanagers: [{{ static_configs: [{{ targets: ['127.0.0.1:{manager.port}'] }}] }}]
""").start()
    return manager, prometheus


def name_of(incident):
    return incident["labels"]["alertname"], incident["labels"]["severity"]


def agree(pager, *programs):
    """Waits until what fires in each of them is what is open here: {(name, severity): incident}."""
    def here():
        return {name_of(incident): incident for incident in pager.incidents()}
    wait_for("all sides to agree",
             lambda: all(program.alerts() == set(here()) for program in programs))
    return here()
