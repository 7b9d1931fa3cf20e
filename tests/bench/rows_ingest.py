# SPDX-License-Identifier: MIT
"""How fast alerts are taken, and what one costs: beside Alertmanager, the disk, and the HTTP library."""
from bench import Bare, Manager, Pagerd, row

LOADS = {
    "distinct": {},
    "distinct, each in a group of its own": {"is_grouped": False},
    "repeated": {"repeated": True},
}


def one(bench, server_class, batch, is_grouped=True, **how):
    """One run against a server started for it, so that none is heavy with what came before."""
    server = server_class(**({} if server_class is Bare else {"is_grouped": is_grouped}))
    try:
        return bench.loaded(server, batch=batch, spread=1 if is_grouped else 1000, **how)
    finally:
        server.close()


def against_manager(bench, number, batch, rate_goal, cpu_goal):
    rows = []
    for name, how in LOADS.items():
        what = f"{batch} a request, {name}"
        runs = bench.in_turn(what, {
            server.name: lambda server=server: one(bench, server, batch, **how)
            for server in (Pagerd, Manager)})
        ours, theirs = runs["pagerd"], runs["Alertmanager"]
        common = {"ours": ours, "theirs": theirs, "against": "Alertmanager"}
        rows += [row(number, f"{what}: rate", "alerts/s", of="alert_rate", goal=(">=", rate_goal), **common),
                 row(number, f"{what}: CPU", "s per 1,000 alerts", of="cpu_per_1000",
                     goal=("<=", cpu_goal), **common),
                 row(number, f"{what}: p99 of the answer", "ms", of="p99_ms", **common)]
    return rows


def single(bench):
    return against_manager(bench, 1, 1, 5, 1 / 6)


def hundred(bench):
    return against_manager(bench, 2, 100, 10, 1 / 10)


ROWS = [single, hundred]
