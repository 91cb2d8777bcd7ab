"""Two users of an IRC server talk, directly and in a channel; what the receiver saw is checked. usage: talk.py PORT SCENE"""

import socket
import sys
import time
import uuid

HARMLESS = "The bus leaves at 8:15 \N{BUS} \N{EM DASH} d'accord? \x02bold\x02"
EVASION = "add me on wh4ts@pp +1 415 555 0132"
COLOURED = "add me on wh\x02at\x0304sapp"


class Client:
    def __init__(self, port, nick):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.nick, self.rest = nick, b""
        self.write(f"NICK {nick}\r\nUSER {nick} 0 * :{nick}")
        self.wait(lambda w: w[1] == "001")

    def write(self, line):
        self.socket.sendall(line.encode() + b"\r\n")

    def wait(self, wanted):
        """The next line, in words, that is wanted; all others are dropped."""
        end = time.monotonic() + 60
        while True:
            while b"\n" not in self.rest:
                self.socket.settimeout(max(0.01, end - time.monotonic()))
                data = self.socket.recv(65536)
                assert data, "the server closed the connection"
                self.rest += data
            line, self.rest = self.rest.split(b"\n", 1)
            line = line.rstrip(b"\r").decode("utf-8", "replace")
            head, _, tail = line.partition(" :")
            words = head.split() + ([tail] if tail else [])
            if words[0] == "PING":
                self.write("PONG :" + words[1])
            elif len(words) > 1 and wanted(words):
                return words

    def heard_until(self, sentinel):
        texts = []
        while True:
            text = self.wait(lambda w: w[1] in ("PRIVMSG", "NOTICE") and w[0].startswith(":alice"))[3]
            if text == sentinel:
                return texts
            texts.append(text)


def main():
    port, scene = int(sys.argv[1]), sys.argv[2]
    tag = uuid.uuid4().hex[:6]
    alice, bob = Client(port, "alice" + tag), Client(port, "bob" + tag)
    for one in (alice, bob):
        one.write("JOIN #talk" + tag)
        one.wait(lambda w: w[1] == "366")

    for to, numeric in (("#talk" + tag, "404"), (bob.nick, "531")):
        expected = []

        def say(text, delivered, command="PRIVMSG", to=to, numeric=numeric, expected=expected):
            alice.write(f"{command} {to} :{text}")
            if delivered:
                expected.append(text)
                return None
            return alice.wait(lambda w: w[1] == numeric)[-1]

        if scene == "refused":
            say(HARMLESS, False)
            continue
        say(HARMLESS, True)
        say(EVASION, scene == "unchecked")
        if scene != "unchecked":
            say(EVASION, False, "NOTICE")
            if scene != "shipped":
                say(COLOURED, False)
            say("flimflamgram", scene != "new")
        if scene == "normal":
            assert say(EVASION, False) == "Please keep the conversation here."
            say("zorbchat", True)  # review: delivered, told to the operators
            say("quuxgram", True)  # warn: delivered, and the sender is told
            assert alice.wait(lambda w: w[1] == "NOTICE")[-1] == "Please keep the conversation here."
        say("sentinel", True)
        heard = bob.heard_until("sentinel")
        assert heard == expected[:-1], (heard, expected)


main()
