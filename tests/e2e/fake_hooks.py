# SPDX-License-Identifier: MIT
"""A receiver of Standard Webhooks: verifies each message as the specification says, by its own code."""
import base64
import hashlib
import hmac
import json
import time

import fakes

TOLERANCE = 300  # seconds


def secret_of(number=1):
    key = hashlib.sha256(b"test %d" % number).digest()
    return "whsec_" + base64.b64encode(key).decode()


class Hooks(fakes.Fake):
    """`messages` has what was taken, `refused` what was not signed as it must be."""

    def __init__(self, secret=secret_of(), status=200, **more):
        self.secret, self.status = secret, status
        self.messages, self.refused = [], []
        super().__init__(**more)

    def is_signed(self, request):
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        stamp = request.headers.get("webhook-timestamp", "")
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE:
            return False
        signed = f"{request.headers['webhook-id']}.{stamp}.".encode() + request.body
        wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        return any(hmac.compare_digest(given, "v1," + wanted)
                   for given in request.headers.get("webhook-signature", "").split())

    def serve(self, request):
        if request.method != "POST" or not self.is_signed(request):
            with self.lock:
                self.refused.append(request)
            return 401, b"", {}
        message = {**json.loads(request.body), "id": request.headers["webhook-id"]}
        with self.lock:
            self.messages.append(message)
        return self.status, b"", {}

    def told(self, number=None):
        """Types in the order of arrival, of one incident or of all."""
        with self.lock:
            return [message["type"] for message in self.messages
                    if number in (None, message["data"]["incident"]["number"])]

    def wait_for_types(self, *types, number=1):
        def seen():
            told = self.told(number)
            at = -1
            for kind in types:
                if kind not in told[at + 1:]:
                    return None
                at = told.index(kind, at + 1)
            return told
        return fakes.wait_for(f"{types}, came {self.told(number)}", seen)
