#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A file includes its own folder and lower ranks only, every external header has one owner, and
includes stand in the order: own header, <system>, "project"."""

import os
import re
import sys

import tidy

RANKS = {"base": 0, "engine": 1, "config": 2, "calendar": 2, "ingest": 2, "notify": 2, "store": 2,
         "http": 3, "mail": 3, "daemon": 4}

# External headers by how their name begins, and who alone may include them.
OWNERS = {
    "curl/": ("pagerd/notify/courier", "pagectl"),
    "libical/": ("pagerd/calendar",),
    "ical.h": ("pagerd/calendar",),
    "expat.h": ("pagerd/calendar",),
    "libconfig.h": ("pagerd/config",),
    "sqlite3.h": ("pagerd/store",),
    "libpq-fe.h": ("pagerd/store",),
    "microhttpd.h": ("pagerd/http",),
    "uuid.h": ("pagerd/base",),
    "uuid/": ("pagerd/base",),
    "gnutls/": ("pagerd/base",),
    "simdjson.h": ("pagerd/base",),
    "systemd/": ("pagerd/daemon",),
}

# Headers of C17, POSIX and Linux; whatever is neither here nor above is a new dependency.
SYSTEM = set("""assert ctype dirent dlfcn errno fcntl fenv float fnmatch ftw getopt glob grp iconv inttypes langinfo
libgen limits locale math netdb poll pthread pwd regex sched setjmp signal stdalign stdarg stdatomic stdbool
semaphore spawn stddef stdint stdio stdlib stdnoreturn string strings syslog termios threads time unistd unwind utime wchar
wctype""".split())
SYSTEM_FOLDERS = ("sys/", "arpa/", "net/", "netinet/", "linux/", "bits/")
CPLUSPLUS = set("""algorithm array charconv cmath cstddef cstdint cstdlib cstring limits memory new
string string_view system_error utility vector""".split())

# The engine may not even see a declaration of the clock, the disk or the network.
ENGINE_SYSTEM = set("""assert inttypes limits stdalign stdarg stdbool stddef stdint stdio stdlib
string""".split())

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "pagerd" and len(parts) > 2 else parts[0]


def complain_system(path, name):
    for beginning, owners in OWNERS.items():
        if name.startswith(beginning):
            if any(path.startswith(owner + "/") for owner in owners):
                return None
            return f"<{name}> belongs to {' and '.join(owners)}"
    stem = name[:-2] if name.endswith(".h") else name
    if room_of(path) == "engine" and stem not in ENGINE_SYSTEM:
        return f"<{name}> is not for the engine, which is pure"
    if stem in SYSTEM or name.startswith(SYSTEM_FOLDERS):
        return None
    if path.endswith(".cc") and name in CPLUSPLUS:
        return None
    return f"<{name}> is no header of C, POSIX or a library that we have"


def complain_project(root, path, name):
    own, target = room_of(path), name.split("/")[0]
    if own == "pagectl":
        is_own = (os.path.exists(os.path.join(root, os.path.dirname(path), name))
                  or os.path.exists(os.path.join(root, "pagectl", name))
                  or (target == "pagectl" and os.path.exists(os.path.join(root, name))))
        if target == "base" or is_own:
            return None
        return f'pagectl may see base only, not "{name}"'
    if target not in RANKS:
        return f'"{name}" is not named by its folder, such as "base/text.h"'
    if not os.path.exists(os.path.join(root, "pagerd", name)):
        return f'there is no "{name}"'
    if target != own and RANKS[target] >= RANKS.get(own, -1):
        return f'{own} (rank {RANKS.get(own)}) may not see {target} (rank {RANKS[target]})'
    return None


def is_own_header(path, name):
    """A file may implement a header of another name: sqlite_open.c one of store's."""
    return path.endswith((".c", ".cc")) and (name.split("/")[0] == room_of(path)
                                             or "/" not in name)


def check_file(root, path):
    complaints, has_project, count = [], False, 0
    for number, line in tidy.lines(root, path):
        found = INCLUDE.match(line)
        if not found:
            continue
        count += 1
        form, name = found.groups()
        is_own = count == 1 and is_own_header(path, name)
        if form == "<":
            complaint = complain_system(path, name)
            if complaint is None and has_project:
                complaint = f"<{name}> stands behind a header of ours"
        else:
            complaint = complain_project(root, path, name)
            has_project = has_project or not is_own
        if complaint:
            complaints.append(f"{path}:{number}: {complaint}")
    return complaints


def check(root):
    complaints = []
    for path in tidy.files(root, *tidy.SOURCE_ROOMS):
        if path.endswith(tidy.C_ENDINGS):
            complaints += check_file(root, path)
    return complaints


HEADERS = {"pagerd/base/text.h": "", "pagerd/engine/engine.h": "", "pagerd/store/store.h": "",
           "pagerd/notify/notify.h": "", "pagerd/daemon/loop.h": "", "pagectl/command.h": ""}
SAMPLES = [
    ("a clean tree", {**HEADERS,
                      "pagerd/store/store.c": '#include "store/store.h"\n\n#include <sqlite3.h>\n'
                                              '\n#include "base/text.h"\n'
                                              '#include "engine/engine.h"\n',
                      "pagerd/notify/courier/send.c": "#include <curl/curl.h>\n",
                      "pagectl/main.c": '#include <curl/curl.h>\n#include "base/text.h"\n'
                                        '#include "command.h"\n'}, None),
    ("a higher rank", {**HEADERS, "pagerd/engine/a.c": '#include "store/store.h"\n'},
     "engine (rank 1) may not see store (rank 2)"),
    ("an equal rank", {**HEADERS, "pagerd/store/a.c": '#include "notify/notify.h"\n'},
     "may not see notify"),
    ("base sees the engine", {**HEADERS, "pagerd/base/text.h": '#include "engine/engine.h"\n'},
     "pagerd/base/text.h:1: base (rank 0) may not see engine"),
    ("pagectl sees the engine", {**HEADERS, "pagectl/a.c": '#include "engine/engine.h"\n'},
     "pagectl may see base only"),
    ("curl in the daemon", {**HEADERS, "pagerd/daemon/a.c": "#include <curl/curl.h>\n"},
     "<curl/curl.h> belongs to"),
    ("curl in notify beside the courier", {**HEADERS,
                                           "pagerd/notify/a.c": "#include <curl/curl.h>\n"},
     "<curl/curl.h> belongs to"),
    ("sqlite in http", {**HEADERS, "pagerd/http/a.c": "# include <sqlite3.h>\n"},
     "belongs to pagerd/store"),
    ("an unknown library", {**HEADERS, "pagerd/base/a.c": "#include <jansson.h>\n"},
     "is no header of C"),
    ("a clock in the engine", {**HEADERS, "pagerd/engine/a.c": "#include <time.h>\n"},
     "is not for the engine"),
    ("a header without its folder", {**HEADERS, "pagerd/base/a.c": '#include "text.h"\n'},
     "is not named by its folder"),
    ("system behind project",
     {**HEADERS, "pagerd/store/a.c": '#include "base/text.h"\n#include <stdio.h>\n'},
     "stands behind"),
]

sys.exit(tidy.run(check, SAMPLES))
