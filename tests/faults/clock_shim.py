# SPDX-License-Identifier: MIT
"""A wall clock for one pagerd, by clock_shim.c, which looks at a mapped file."""
import ctypes
import datetime
import mmap
import os
import struct
import time


def library(build):
    return os.path.join(build, "tests/faults/libclock_shim.so")


class Clock:
    def __init__(self, path, build):
        with open(path, "wb") as file:
            file.write(struct.pack("q", 0))
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 8)
        self.shift = ctypes.c_int64.from_buffer(self.map)
        self.env = {"LD_PRELOAD": library(build), "CLOCK_SHIM_FILE": path}

    def set(self, shift):
        self.shift.value = shift

    def now(self):
        return datetime.datetime.fromtimestamp(time.time() + self.shift.value,
                                               datetime.timezone.utc)
