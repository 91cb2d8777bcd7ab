"""Two users of a Matrix server talk over the client-server API; what the receiver saw is checked. usage: talk.py URL FOLDER SCENE"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

HARMLESS = "The bus leaves at 8:15 \N{BUS} \N{EM DASH} d'accord? <b>&amp;</b>"
EVASION = "add me on wh4ts@pp +1 415 555 0132"


class User:
    def __init__(self, url, name):
        self.url, self.token, self.since = url, None, None
        body = {"username": name, "password": "secret-" + name, "auth": {"type": "m.login.dummy"}}
        status, answer = self.call("POST", "/register", body)
        assert status == 200, answer
        self.token = answer["access_token"]

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_matrix/client/v3" + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def send(self, room, content, kind="m.room.message"):
        return self.call("PUT", f"/rooms/{room}/send/{kind}/{uuid.uuid4()}", content)

    def say(self, room, text):
        return self.send(room, {"msgtype": "m.text", "body": text})

    def read_until(self, room, event_id):
        """All events of the room up to the one named."""
        seen, end = [], time.monotonic() + 60
        while time.monotonic() < end:
            status, answer = self.call("GET", "/sync?timeout=5000" + (f"&since={self.since}" if self.since else ""))
            assert status == 200, answer
            self.since = answer["next_batch"]
            seen += answer.get("rooms", {}).get("join", {}).get(room, {}).get("timeline", {}).get("events", [])
            if any(event["event_id"] == event_id for event in seen):
                return seen
        raise AssertionError("the sentinel did not come")


def bodies(events):
    return [e["content"].get("body") for e in events if e["type"] == "m.room.message"]


def main():
    url, folder, scene = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    tag = uuid.uuid4().hex[:8]
    alice, bob = User(url, "alice" + tag), User(url, "bob" + tag)
    status, answer = alice.call("POST", "/createRoom", {"preset": "public_chat"})
    if scene == "refused":
        # Fail closed: not even a room's name passes, or nothing said in it does.
        if status == 200:
            status, answer = alice.say(answer["room_id"], HARMLESS)
        assert status == 403 and answer["org.sidestep.action"] == "error", answer
        return
    room = answer["room_id"]
    assert bob.call("POST", f"/join/{room}", {})[0] == 200

    status, harmless = alice.say(room, HARMLESS)
    assert status == 200, harmless
    status, stopped = alice.say(room, EVASION)
    if scene == "unchecked":
        assert status == 200, stopped
        assert bodies(bob.read_until(room, stopped["event_id"])) == [HARMLESS, EVASION]
        return
    assert status == 403 and stopped["errcode"] == "M_FORBIDDEN", stopped
    if scene == "shipped":
        assert stopped["org.sidestep.action"] in ("review", "block") and "diversion" in stopped["org.sidestep.categories"], stopped
    else:
        assert stopped["org.sidestep.action"] == "block" and stopped["org.sidestep.categories"] == {"diversion": "block"}, stopped

    fancy = {"msgtype": "m.text", "body": "see this", "format": "org.matrix.custom.html", "formatted_body": "on <b>wh</b>&#97;tsapp"}
    edit = {"msgtype": "m.text", "body": "* ok", "m.new_content": {"msgtype": "m.text", "body": EVASION}}
    edit["m.relates_to"] = {"rel_type": "m.replace", "event_id": harmless["event_id"]}
    expected = [HARMLESS]
    if scene != "shipped":
        assert alice.send(room, fancy)[0] == 403
    assert alice.send(room, edit)[0] == 403
    status, answer = alice.say(room, "flimflamgram")
    if scene == "new":
        assert status == 403, answer
    else:
        assert status == 200, answer
        expected.append("flimflamgram")
    if scene == "normal":
        assert stopped["error"] == "Please keep the conversation here.", stopped
        for text in ("zorbchat", "quuxgram"):  # review and warn: delivered, logged
            assert alice.say(room, text)[0] == 200
            expected.append(text)
    status, answer = alice.send(room, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "wh4ts@pp"}, "m.room.encrypted")
    assert status == 200, answer
    for odd in ("\x07\u202e\u0301", "a" * 40000):
        status, answer = alice.say(room, odd)
        assert status in (200, 400), answer  # the server's own business: it stays up
        if status == 200:
            expected.append(odd)
    status, sentinel = alice.say(room, "sentinel")
    assert status == 200, sentinel
    seen = bodies(bob.read_until(room, sentinel["event_id"]))
    assert seen == [*expected, "sentinel"], seen


main()
