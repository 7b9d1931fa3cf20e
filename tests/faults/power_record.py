# SPDX-License-Identifier: MIT
"""From strace's words to the log that tests/faults/power replays (power_log.h): every operation on
the state directory in order, and what people were told in between."""
import json
import os
import re
import struct

KINDS = ["create", "truncate", "write", "sync", "rename", "exchange", "unlink", "mkdir", "rmdir",
         "fact"]
# What changes files and names, and what is said to anybody.
CALLS = ("open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,"
         "fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,"
         "unlink,unlinkat,mkdir,mkdirat,rmdir,copy_file_range,sendfile,mmap,sendto,sendmsg,"
         "recvfrom")
STRACE = ("strace", "-f", "--seccomp-bpf", "-y", "-xx", "-ttt", "-s", "1100000", "-e",
          "trace=" + CALLS)

LINE = re.compile(r"^(\d+) +(\d+\.\d+) (?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$", re.S)
RESULT = re.compile(r"\)\s+= (-?\d+|\?)(?:<([^>]*)>)?")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
PLACE = re.compile(r"^(-?\d+|AT_FDCWD)(?:<((?:\\x[0-9a-f]{2})*)>)?")


def decode(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Call:
    """One system call that has ended. `start` and `end` are the numbers of its lines."""

    def __init__(self, name, words, start, end, at):
        self.name, self.words, self.start, self.end, self.at = name, words, start, end, at
        tail = words.rfind(") ")  # strings are all \\xNN, so that no bracket is in them
        found = RESULT.match(words[tail:]) if tail >= 0 else None
        self.result = int(found[1]) if found and found[1] != "?" else None
        self.result_path = decode(found[2]).decode() if found and found[2] else ""
        self.arguments = words[:tail] if tail >= 0 else words

    def strings(self):
        return [decode(text) for text in STRING.findall(self.arguments)]

    def place(self, argument):
        found = PLACE.match(argument)
        return (found[1], decode(found[2] or "").decode()) if found else ("", "")

    def parts(self):
        return [part.strip() for part in self.arguments.split(", ")]

    def path(self, at=0):
        """Of the descriptor that is that argument."""
        return self.place(self.parts()[at])[1]

    def name_at(self, folder, name):
        """A name behind a folder's descriptor, absolute."""
        parts = self.parts()
        text = decode(STRING.match(parts[name])[1]).decode()
        return os.path.normpath(os.path.join(self.path(folder) if folder is not None else "/",
                                             text))


def calls_read(path):
    pending = {}
    with open(path, errors="replace") as file:
        for number, line in enumerate(file):
            found = LINE.match(line.rstrip("\n"))
            if not found:
                continue
            thread, at, resumed, name, rest = found.groups()
            if resumed:
                start, words, begun = pending.pop(thread, (number, "", at))
                yield Call(resumed, words + rest, start, number, float(at))
            elif rest.endswith("<unfinished ...>"):
                pending[thread] = (number, rest[:-len("<unfinished ...>")].rstrip(), at)
            else:
                yield Call(name, rest, number, number, float(at))


class Recorder:
    """Sorts calls into operations below `state`; names are relative to the folder above it."""

    def __init__(self, state):
        self.base = os.path.dirname(os.path.realpath(state))
        self.state = os.path.realpath(state)
        self.operations = []  # (line, kind, name, offset, bytes, at)
        self.offsets = {}  # of descriptors that write() moves
        self.streams = {}  # socket -> what was asked, and what is being answered
        self.said = []

    def inside(self, path):
        """The relative name, or None; the folder above is "" and counts for syncs."""
        if path == self.base:
            return ""
        if path == self.state or path.startswith(self.state + "/"):
            return os.path.relpath(path, self.base)
        return None

    def add(self, line, kind, name, call, offset=0, data=b""):
        self.operations.append((line, kind, name, offset, data, call.at))

    def run(self, trace):
        for call in calls_read(trace):
            method = getattr(self, "on_" + call.name, None)
            if method and call.result is not None and call.result >= 0:
                method(call)
        self.operations.sort(key=lambda operation: operation[0])
        return self

    # --- files ---

    def on_openat(self, call):
        name = self.inside(call.result_path)
        if name is None or name == "":
            return
        flags = call.parts()[2]
        assert "O_APPEND" not in flags, call.words[:200]
        self.offsets[call.result] = 0
        if "O_CREAT" in flags:
            self.add(call.start, "create", name, call)  # means nothing when it is there
        if "O_TRUNC" in flags:
            self.add(call.start, "truncate", name, call)

    def writes(self, call, offset, data):
        name = self.inside(call.path())
        if name is not None:
            self.add(call.start, "write", name, call, offset, data[:call.result])
        return name is not None

    def on_pwrite64(self, call):
        self.writes(call, int(call.parts()[3]), call.strings()[0])

    def on_write(self, call):
        descriptor = int(call.place(call.parts()[0])[0])
        if self.writes(call, self.offsets.get(descriptor, 0), call.strings()[0]):
            self.offsets[descriptor] += call.result
        else:
            self.talks(call)

    def on_writev(self, call):
        assert self.inside(call.path()) is None, call.words[:200]
        self.talks(call)

    def on_ftruncate(self, call):
        name = self.inside(call.path())
        if name is not None:
            self.add(call.start, "truncate", name, call, int(call.parts()[1]))

    def on_fsync(self, call):
        name = self.inside(call.path())
        if name is not None:
            self.add(call.end, "sync", name, call)

    on_fdatasync = on_fsync

    def refuse(self, call):
        for at in range(len(call.parts())):
            assert self.inside(call.path(at)) is None, "not replayed: " + call.words[:200]

    on_pwritev = on_pwritev2 = on_truncate = on_fallocate = on_link = on_linkat = refuse
    on_symlink = on_symlinkat = on_copy_file_range = on_sendfile = on_creat = refuse

    def on_mmap(self, call):
        """The index of the log is mapped; it is of no use after a crash."""
        path = call.path(4)
        is_index = path.endswith("-shm")
        if self.inside(path) is not None and "MAP_SHARED" in call.words and not is_index:
            assert "PROT_WRITE" not in call.words, "not replayed: " + call.words[:200]

    # --- names ---

    def moves(self, call, source, target, kind):
        source, target = self.inside(source), self.inside(target)
        if source is None and target is None:
            return
        self.add(call.start, kind, source, call, 0, target.encode())

    def on_rename(self, call):
        self.moves(call, *(os.path.normpath(text.decode()) for text in call.strings()), "rename")

    def on_renameat2(self, call):
        kind = "exchange" if "RENAME_EXCHANGE" in call.words else "rename"
        self.moves(call, call.name_at(0, 1), call.name_at(2, 3), kind)

    on_renameat = on_renameat2

    def removes(self, call, path, kind):
        name = self.inside(path)
        if name is not None:
            self.add(call.start, kind, name, call)

    def on_unlink(self, call):
        self.removes(call, call.name_at(None, 0), "unlink")

    def on_unlinkat(self, call):
        self.removes(call, call.name_at(0, 1),
                     "rmdir" if "AT_REMOVEDIR" in call.words else "unlink")

    def on_rmdir(self, call):
        self.removes(call, call.name_at(None, 0), "rmdir")

    def on_mkdir(self, call):
        name = self.inside(call.name_at(None, 0))
        if name is not None:
            self.add(call.start, "mkdir", name, call)

    # --- people and sources ---

    def on_recvfrom(self, call):
        if call.result == 0:
            return
        stream = self.streams.setdefault(call.path(), {"asked": b"", "answer": b""})
        data = call.strings()[0][:call.result]
        if stream["answer"]:
            self.ends(stream)
            stream["asked"] = b""
        if not stream["asked"]:
            stream["line"] = call.end
            stream["call"] = call
        stream["asked"] += data

    def talks(self, call):
        data = b"".join(call.strings())
        place = call.path()
        if b'\\"to\\":\\"+' in data or b'"to":"+' in data:
            self.said.append(("page", call.start, call, data))
        stream = self.streams.get(place)
        if stream is None or not stream["asked"]:
            return
        if not stream["answer"]:
            if not data.startswith(b"HTTP/1."):
                return
            stream["answered"] = call
        stream["answer"] += data

    on_sendto = on_sendmsg = talks

    def ends(self, stream):
        self.said.append(("answer", stream["answered"].start, stream["answered"],
                          (stream["asked"], stream["answer"], stream["line"], stream["call"])))
        stream["answer"] = b""

    def finish(self, phones):
        """What was said becomes facts. `phones`: number -> user."""
        for stream in self.streams.values():
            if stream["answer"]:
                self.ends(stream)
        for kind, line, call, data in self.said:
            if kind == "page":
                self.page(line, call, data, phones)
            else:
                self.answer(line, call, *data)
        self.operations.sort(key=lambda operation: operation[0])

    def fact(self, line, call, kind, number=0, word="", user=""):
        self.add(line, "fact", kind, call, number, word.encode() + b"\0" + user.encode())

    def page(self, line, call, data, phones):
        found = re.search(rb'to\\*":\s*\\*"(\+\d+)', data)
        named = re.search(rb"#(\d+) ", data)
        if found and named and found[1].decode() in phones:
            self.fact(line, call, "page", int(named[1]), "", phones[found[1].decode()])

    def answer(self, line, call, asked, answer, asked_line, asked_call):
        method, path = asked.split(b"\r\n", 1)[0].decode().split(" ")[:2]
        status = int(answer.split(b" ", 2)[1])
        if method != "POST" or status >= 300 or b"\r\n\r\n" not in answer:
            return
        try:
            said = json.loads(answer.split(b"\r\n\r\n", 1)[1])
        except ValueError:
            return
        action = re.fullmatch(r"/v1/incidents/(\d+)/(\w+)", path)
        if path == "/v1/alerts":
            for alert in said["alerts"]:
                if alert.get("incident") and alert["state"] == "resolved":
                    self.fact(line, call, "resolved", alert["incident"])
                elif alert.get("incident"):
                    self.fact(line, call, "alert", alert["incident"], alert["dedup_key"])
        elif action and action[2] == "ack":
            user = said["incident"]["acknowledged_by"]
            self.fact(asked_line, asked_call, "asked", int(action[1]), "", user)
            self.fact(line, call, "acked", int(action[1]), "", user)
        elif path == "/v1/incidents/ack":  # all of them, by whom the token says
            self.fact(asked_line, asked_call, "asked", 0, "", "ann")
        elif action and action[2] == "resolve":
            self.fact(line, call, "resolved", int(action[1]))
        elif path == "/v1/overrides":
            self.fact(line, call, "override", said["id"])
        elif path == "/v1/keys":
            self.fact(line, call, "key", 0, said["name"])

    def write(self, path):
        with open(path, "wb") as file:
            for _, kind, name, offset, data, at in self.operations:
                name = name.encode()
                file.write(struct.pack("<BxxxIIIQq", KINDS.index(kind), len(name), len(data), 0,
                                       offset, int(at * 1000)) + name + data)
