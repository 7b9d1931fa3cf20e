# SPDX-License-Identifier: MIT
"""A GSM modem at the end of a pseudo-terminal, as smsd and gammu-smsd see one (3GPP TS 27.005).

It sends and stores PDUs (TS 23.040), reports deliveries, takes messages from phones, and misbehaves:
`mood` is None, "error" (every message is refused) or "hang" (it says nothing any more).
"""
import os
import pty
import re
import select
import threading
import time
import tty

from house import wait_for

BASIC = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
         "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
CENTRE = "+491710760000"


def swap(digits):
    digits += "F" if len(digits) % 2 else ""
    return "".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def address(number):
    """Length in digits, type, digits in swapped half bytes."""
    digits = number.lstrip("+")
    return f"{len(digits):02X}91{swap(digits)}"


def septets_pack(text):
    number, count = 0, 0
    for letter in text:
        number |= BASIC.index(letter) << (7 * count)
        count += 1
    return number.to_bytes((7 * count + 7) // 8, "little").hex().upper()


def septets_unpack(data, count):
    number = int.from_bytes(data, "little")
    return "".join(BASIC[number >> (7 * i) & 0x7F] for i in range(count))


def stamp():
    now = time.gmtime()
    return "".join(swap(f"{part:02d}") for part in (
        now.tm_year % 100, now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec, 0))


class Message:
    """An SMS-SUBMIT (TS 23.040, 9.2.2.2)."""

    def __init__(self, pdu, reference):
        data = bytes.fromhex(pdu)
        at = 1 + data[0]
        first = data[at]
        self.wants_report = bool(first & 0x20)
        size = data[at + 2]
        number = swap(data[at + 4:at + 4 + (size + 1) // 2].hex().upper()).rstrip("F")
        self.to = ("+" if data[at + 3] & 0x70 == 0x10 else "") + number
        at += 4 + (size + 1) // 2
        coding = data[at + 1]
        at += 2 + {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}[first & 0x18]
        body = data[at + 1:]
        if coding & 0x0C == 0x08:
            self.text = body[:data[at]].decode("utf-16-be")
        else:
            self.text = septets_unpack(body, data[at])
        self.is_segment = not first & 0x40
        self.reference = reference


class Modem:
    def __init__(self, house, name="modem"):
        self.path = house.path(name)
        self.mood = None
        self.reports = None  # the status of each: 0 delivered, 0x40 and above given up; None: none
        self.sent = []
        self.stored = {}  # index -> PDU
        self.commands = []
        self.reference = 0
        self.lock = threading.Lock()
        self.master, slave = pty.openpty()
        tty.setraw(self.master)
        tty.setraw(slave)
        self.slave = slave  # kept open, so that a program may close it and come again
        os.symlink(os.ttyname(slave), self.path)
        threading.Thread(target=self.run, daemon=True).start()

    def put(self, text):
        os.write(self.master, text.encode("latin-1"))

    def run(self):
        line, is_echo, is_pdu = b"", True, False
        while True:
            select.select([self.master], [], [])
            try:
                byte = os.read(self.master, 1)
            except OSError:
                return
            if self.mood == "hang":
                continue
            if is_echo and not is_pdu:
                os.write(self.master, byte)
            if is_pdu and byte in (b"\x1a", b"\x1b"):
                self.submit(line.decode().strip()) if byte == b"\x1a" else self.put("\r\nOK\r\n")
                line, is_pdu = b"", False
            elif not is_pdu and byte == b"\r":
                command = line.decode("latin-1").replace("\x1b", "").strip()
                line = b""
                self.commands.append(command)
                if command.upper().startswith("ATE"):
                    is_echo = command.upper() != "ATE0"
                if re.match(r"AT\+CMGS=\d", command):
                    is_pdu = True
                    self.put("\r\n> ")
                elif command:
                    self.answer(command)
            elif byte not in (b"\n",) or is_pdu:
                line += byte

    def submit(self, pdu):
        if self.mood == "error":
            self.put("\r\n+CMS ERROR: 38\r\n")  # network out of order
            return
        self.reference = (self.reference + 1) % 256
        message = Message(pdu, self.reference)
        self.put(f"\r\n+CMGS: {self.reference}\r\n\r\nOK\r\n")
        with self.lock:
            self.sent.append(message)
        if self.reports is not None and message.wants_report:
            self.store("00" + f"06{self.reference:02X}" + address(message.to) + stamp() + stamp()
                       + f"{self.reports:02X}")

    def store(self, pdu):
        with self.lock:
            index = next(i for i in range(1, 31) if i not in self.stored)
            self.stored[index] = pdu

    def receive(self, number, text):
        """A phone writes to the modem's number: an SMS-DELIVER."""
        try:
            body, coding, size = septets_pack(text), "00", len(text)
        except ValueError:
            data = text.encode("utf-16-be")
            body, coding, size = data.hex().upper(), "08", len(data)
        self.store("00" + "04" + address(number) + "00" + coding + stamp() + f"{size:02X}" + body)

    def memory(self):
        used = len(self.stored)
        return ",".join(f'"SM",{used},30' for _ in range(3))

    def answer(self, command):
        known = {
            "AT+CPIN?": "+CPIN: READY", "AT+CSQ": "+CSQ: 20,0", "AT+CREG?": "+CREG: 0,1",
            "AT+CGMI": "pagerd", "AT+CGMM": "pretended modem", "AT+CGMR": "1",
            "AT+CGSN": "350000000000001", "AT+CIMI": "262010000000001",
            "AT+CSCA?": f'+CSCA: "{CENTRE}",145', "AT+CMGF?": "+CMGF: 0", "AT+CMGF=?": "+CMGF: (0)",
            "AT+CSMS?": "+CSMS: 0,1,1,1", "AT+COPS?": '+COPS: 0,0,"TEST"', "AT+CBC": "+CBC: 0,100",
            "AT+CNMI=?": "+CNMI: (0-2),(0-3),(0),(0-2),(0,1)", "AT+CMEE?": "+CMEE: 1",
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")', "AT+CSCS=?": '+CSCS: ("GSM","UCS2")',
            "AT+CSCS?": '+CSCS: "GSM"', "AT+CREG=2": "", "AT+CNMI?": "+CNMI: 2,1,0,0,0",
        }
        upper = command.upper()
        if upper in known:
            self.say(known[upper])
        elif upper.startswith("AT+CPMS"):
            used = ",".join(f"{len(self.stored)},30" for _ in range(3))
            self.say("+CPMS: " + (self.memory() if upper.endswith("?") else used))
        elif upper.startswith("AT+CMGL"):
            self.say("\r\n".join(f"+CMGL: {i},1,,{len(pdu) // 2 - 1}\r\n{pdu}"
                                 for i, pdu in sorted(self.stored.items())))
        elif upper.startswith("AT+CMGR="):
            pdu = self.stored.get(int(upper.split("=")[1]))
            self.say(f"+CMGR: 1,,{len(pdu) // 2 - 1}\r\n{pdu}" if pdu else "",
                     "OK" if pdu else "+CMS ERROR: 321")
        elif upper.startswith("AT+CMGD="):
            with self.lock:
                self.stored.pop(int(re.search(r"\d+", upper).group()), None)
            self.say("")
        elif re.match(r"AT(Z|E\d|&F|\+CFUN=1|\+CSDH=|\+CPMS=|\+CNMA|\+CMGF=0|\+CMEE=\d|\+CNMI=|\+CSMS=|\+CSCS=|\+CREG=|H|$)", upper):
            self.say("")
        else:
            self.say("", "ERROR")

    def say(self, text, end="OK"):
        self.put((f"\r\n{text}\r\n" if text else "") + f"\r\n{end}\r\n")

    def to(self, number):
        with self.lock:
            return [message for message in self.sent if message.to == number]

    def wait_for_message(self, number, count=1):
        return wait_for(f"{count} messages to {number}; last commands {self.commands[-5:]}",
                        lambda: self.to(number) if len(self.to(number)) >= count else None)[-1]
