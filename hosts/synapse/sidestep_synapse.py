"""A Synapse module: judges every message and edit before it is stored, with libsidestep in the same process.

Never takes Synapse down: where the library or the packs are missing, or a scan fails, it logs and delivers (or refuses, with `on_error: reject`).
"""

import html
import json
import logging
import os
import re
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

import attr
from synapse.module_api import NOT_SPAM, ModuleApi
from synapse.module_api.errors import Codes, ConfigError

import sidestep

logger = logging.getLogger(__name__)

TEXT_KEYS = ("body", "filename", "name", "topic")
REJECT_AT = {"warn": 1, "review": 2, "block": 3, "never": 4}
TAG = re.compile(r"<[^>]*>")


@attr.s(auto_attribs=True, frozen=True)
class Config:
    packs: List[str]
    builtin: bool
    library: Optional[str]
    reject_at: int
    reject_on_error: bool
    reload_seconds: float
    log_findings: bool


class SidestepModule:
    def __init__(self, config: Config, api: ModuleApi):
        self._config = config
        self._api = api
        self._filter: Optional[sidestep.Filter] = None
        self._scanner: Optional[sidestep.Scanner] = None
        self._seen = _stamp(config.packs)
        self._load()
        api.register_spam_checker_callbacks(check_event_for_spam=self.check_event_for_spam)
        if config.reload_seconds > 0:
            api.looping_background_call(self._look, config.reload_seconds * 1000, desc="sidestep_reload", run_on_all_instances=True)

    @staticmethod
    def parse_config(config: Dict[str, Any]) -> Config:
        reject_at = config.get("reject_at", "block")
        on_error = config.get("on_error", "deliver")
        if reject_at not in REJECT_AT:
            raise ConfigError("sidestep: reject_at must be warn, review, block or never")
        if on_error not in ("deliver", "reject"):
            raise ConfigError("sidestep: on_error must be deliver or reject")
        return Config(
            packs=list(config.get("packs", [])),
            builtin=bool(config.get("builtin", True)),
            library=config.get("library"),
            reject_at=REJECT_AT[reject_at],
            reject_on_error=on_error == "reject",
            reload_seconds=float(config.get("reload_seconds", 10)),
            log_findings=bool(config.get("log_findings", True)),
        )

    async def check_event_for_spam(self, event: Any) -> Union[str, Tuple[Codes, Dict[str, Any]]]:
        try:
            if self._scanner is None:
                return self._unable()
            worst: Optional[Dict[str, Any]] = None
            for text in _texts(event.content):
                verdict = self._scanner.scan(text)
                if verdict and (worst is None or _rank(verdict) > _rank(worst)):
                    worst = verdict
            return NOT_SPAM if worst is None else self._judge(event, worst)
        except Exception:
            logger.exception("sidestep: scan failed for %s", event.event_id)
            return self._unable()

    def _judge(self, event: Any, verdict: Dict[str, Any]) -> Union[str, Tuple[Codes, Dict[str, Any]]]:
        rejected = _rank(verdict) >= self._config.reject_at
        self._log(event, verdict, rejected)
        if not rejected:
            return NOT_SPAM
        categories = {name: score["action"] for name, score in verdict["categories"].items()}
        strongest = max(categories, key=lambda name: sidestep.ACTIONS.index(categories[name]))
        notice = self._filter.notice(strongest) if self._filter else None
        fields: Dict[str, Any] = {"org.sidestep.action": verdict["action"], "org.sidestep.categories": categories}
        if notice:
            fields["error"] = notice
        return Codes.FORBIDDEN, fields

    def _log(self, event: Any, verdict: Dict[str, Any], rejected: bool) -> None:
        """One line a flagged message: where it is and which rules, never its words."""
        record = {
            "action": verdict["action"],
            "rejected": rejected,
            "event": event.event_id,
            "room": event.room_id,
            "sender": event.sender,
            "categories": {name: score["score"] for name, score in verdict["categories"].items()},
        }
        if self._config.log_findings:
            record["rules"] = sorted({finding["rule"] for finding in verdict["findings"]})
        logger.warning("sidestep: flagged %s", json.dumps(record))

    def _unable(self) -> Union[str, Tuple[Codes, Dict[str, Any]]]:
        if self._config.reject_on_error:
            return Codes.FORBIDDEN, {"error": "Messages cannot be checked at the moment", "org.sidestep.action": "error"}
        return NOT_SPAM

    def _load(self) -> None:
        config = self._config
        try:
            if self._filter is None:
                self._filter = sidestep.Filter(config.packs, config.builtin, config.library)
                self._scanner = sidestep.Scanner(self._filter)
            else:
                self._filter.reload(config.packs, config.builtin)
            packs = ", ".join(f"{p['id']} {p['version']}" for p in self._filter.describe()["packs"])
            logger.warning("sidestep: packs loaded: %s", packs)
        except (OSError, AttributeError) as error:
            logger.error("sidestep: the library cannot be used, messages are %s: %s", self._policy(), error)
        except sidestep.Error as error:
            now = f"no packs, messages are {self._policy()}" if self._filter is None else "the packs before go on"
            logger.error("sidestep: packs refused, %s:\n%s", now, error)

    def _policy(self) -> str:
        return "rejected" if self._config.reject_on_error else "delivered unchecked"

    async def _look(self) -> None:
        """Loads packs again when a file of theirs changed; off the reactor's thread, so no message waits."""
        stamp = _stamp(self._config.packs)
        if stamp != self._seen:
            self._seen = stamp
            await self._api.defer_to_thread(self._load)


def _rank(verdict: Dict[str, Any]) -> int:
    return sidestep.ACTIONS.index(verdict["action"])


def _texts(content: Any) -> Iterator[str]:
    """What a reader of the event would read, edits included. Encrypted events have nothing to read."""
    for part in (content, content.get("m.new_content")):
        if not hasattr(part, "get"):
            continue
        for key in TEXT_KEYS:
            if isinstance(part.get(key), str):
                yield part[key]
        if isinstance(part.get("formatted_body"), str):
            yield html.unescape(TAG.sub("", part["formatted_body"]))


def _stamp(paths: List[str]) -> List[Tuple[str, int, int]]:
    """Which files there are, how long, and when they were changed."""
    files = []
    for path in paths:
        names = [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(path) else [path]
        for name in names:
            try:
                status = os.stat(name)
                files.append((name, status.st_mtime_ns, status.st_size))
            except OSError:
                continue
    return files
