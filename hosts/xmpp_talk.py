"""Two users of an XMPP server talk, directly and in a room; what the receiver saw is checked. usage: xmpp_talk.py PORT ROOM SCENE"""

import sys
import uuid

from xmpp_client import Client

HARMLESS = "The bus leaves at 8:15 \N{BUS} \N{EM DASH} d'accord? <b>&amp;</b>"
BODY = "{jabber:client}body"
EVASION = "add me on wh4ts@pp +1 415 555 0132"


def main():
    port, room, scene = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    alice, bob = Client(port, "alice", "secret-a"), Client(port, "bob", "secret-b")
    bob.write(f"<presence to='{alice.jid}'/>")  # bob is there: alice heard of it
    alice.wait(lambda s: s.get("from") == bob.jid)
    room = f"{uuid.uuid4().hex}@{room}"
    alice.join(room, "alice")
    bob.join(room, "bob")

    for to, kind in ((bob.jid, "chat"), (bob.jid.split("/")[0], "chat"), (room, "groupchat")):
        expected = []

        def say(text, delivered, to=to, kind=kind, expected=expected):
            id = uuid.uuid4().hex
            alice.say(to, text, kind, id)
            if delivered:
                expected.append(text)
                return None
            return alice.refusal(id)

        if scene == "refused":
            assert say(HARMLESS, False)[0] == "not-acceptable"
            continue
        say(HARMLESS, True)
        if scene == "unchecked":
            say(EVASION, True)
        else:
            condition, text = say(EVASION, False)
            assert condition == "not-acceptable", condition
            if scene == "normal":
                assert text == "Please keep the conversation here.", text
                say("zorbchat", True)  # review and warn: delivered, logged
                say("quuxgram", True)
                told = alice.wait(lambda s: s.get("type") == "headline")
                assert told.get("from") == "localhost" and told.findtext(BODY) == text, told.attrib
            say("flimflamgram", scene != "new")
        say("a" * 40000, True)
        say("sentinel", True)
        heard = bob.heard_until("sentinel")
        assert heard == expected[:-1], (heard, expected)
    alice.close()
    bob.close()


main()
