"""A client of XMPP (RFC 6120) for tests: plain TCP, SASL PLAIN, standard library only. Every wait ends."""

import base64
import socket
import time
from xml.etree.ElementTree import XMLPullParser
from xml.sax.saxutils import escape, quoteattr

STREAM = "{http://etherx.jabber.org/streams}"
CLIENT = "{jabber:client}"
STANZAS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
MUC = "http://jabber.org/protocol/muc"


class Client:
    def __init__(self, port, name, password, host="localhost", patience=60):
        self.patience, self.host, self.name = patience, host, name
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self._open()
        token = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        self.write(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{token}</auth>")
        answer = self._next()
        assert answer.tag.endswith("}success"), answer.tag
        self._open()
        self.write("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>test</resource></bind></iq>")
        bound = self.wait(lambda s: s.get("id") == "bind")
        assert bound.get("type") == "result", bound.get("type")
        self.jid = bound.findtext(".//{urn:ietf:params:xml:ns:xmpp-bind}jid")
        self.write("<iq type='set' id='session'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq><presence/>")

    def _open(self):
        self.parser, self.depth, self.ready = XMLPullParser(["start", "end"]), 0, []
        self.write(f"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='{self.host}'>")
        features = self._next()
        assert features.tag == STREAM + "features", features.tag

    def write(self, text):
        self.socket.sendall(text.encode())

    def _next(self, end=None):
        """The next stanza."""
        end = end or time.monotonic() + self.patience
        while not self.ready:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            data = self.socket.recv(65536)
            assert data, "the server closed the stream"
            self.parser.feed(data)
            for kind, element in self.parser.read_events():
                self.depth += 1 if kind == "start" else -1
                if kind == "end" and self.depth == 1:
                    self.ready.append(element)
        return self.ready.pop(0)

    def wait(self, wanted):
        end = time.monotonic() + self.patience
        while True:
            stanza = self._next(end)
            if wanted(stanza):
                return stanza

    def say(self, to, text, kind="chat", id="m"):
        self.write(f"<message to={quoteattr(to)} type='{kind}' id='{id}'><body>{escape(text)}</body></message>")

    def refusal(self, id):
        """The error that a message of ours came back with: its condition and text."""
        stanza = self.wait(lambda s: s.tag == CLIENT + "message" and s.get("type") == "error" and s.get("id") == id)
        error = stanza.find(CLIENT + "error")
        condition = next(e.tag for e in error if e.tag.startswith(STANZAS) and not e.tag.endswith("}text"))
        return condition.removeprefix(STANZAS), error.findtext(STANZAS + "text")

    def heard_until(self, sentinel):
        """The bodies of all messages up to the one that is the sentinel, without it. Fails on an error stanza, which would mean that one was lost."""
        bodies = []
        while True:
            stanza = self.wait(lambda s: s.tag == CLIENT + "message" and s.find(CLIENT + "body") is not None)
            body = stanza.findtext(CLIENT + "body")
            if body == sentinel:
                return bodies
            bodies.append(body)

    def join(self, room, nick):
        self.write(f"<presence to='{room}/{nick}'><x xmlns='{MUC}'/></presence>")
        own = self.wait(lambda s: s.tag == CLIENT + "presence" and s.get("from") == f"{room}/{nick}")
        assert own.get("type") != "error", "cannot join"
        # The owner of a new room opens it.
        if any(e.get("code") == "201" for e in own.iter()):
            self.write(f"<iq to='{room}' type='set' id='open'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>")
            assert self.wait(lambda s: s.get("id") == "open").get("type") == "result"

    def close(self):
        self.write("</stream:stream>")
        self.socket.close()
