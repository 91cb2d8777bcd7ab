"""sidestep from Python, over the C ABI: Filter (shared, reloadable) and Scanner (one per thread).

Uses only the standard library. The shared library is looked for where `library` or SIDESTEP_LIBRARY says, else where the system looks.
"""

import ctypes
import json
import os
import threading
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

__all__ = ["ACTIONS", "Error", "Filter", "Scanner"]

ABI = 1
ACTIONS = ("allow", "warn", "review", "block")

_FUNCTIONS = {
    "sidestep_abi_version": (c_uint32, []),
    "sidestep_version": (c_char_p, []),
    "sidestep_code_name": (c_char_p, [c_int32]),
    "sidestep_error_new": (c_void_p, []),
    "sidestep_error_free": (None, [c_void_p]),
    "sidestep_error_text": (c_char_p, [c_void_p]),
    "sidestep_options_new": (c_void_p, []),
    "sidestep_options_free": (None, [c_void_p]),
    "sidestep_options_set_builtin": (c_int32, [c_void_p, c_int32]),
    "sidestep_options_add_path": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "sidestep_filter_new": (c_int32, [c_void_p, POINTER(c_void_p), c_void_p]),
    "sidestep_filter_release": (None, [c_void_p]),
    "sidestep_filter_reload": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "sidestep_filter_describe": (c_int32, [c_void_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    "sidestep_filter_notice": (
        c_int32,
        [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_char_p, c_size_t, POINTER(c_size_t)],
    ),
    "sidestep_scanner_new": (c_int32, [c_void_p, POINTER(c_void_p)]),
    "sidestep_scanner_free": (c_int32, [c_void_p]),
    "sidestep_scan": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "sidestep_verdict_score": (c_int32, [c_void_p, POINTER(c_double)]),
    "sidestep_verdict_json": (c_int32, [c_void_p, POINTER(c_char_p), POINTER(c_size_t)]),
    "sidestep_filter_generation": (c_int32, [c_void_p, POINTER(c_uint64)]),
}


class Error(Exception):
    """A call failed. `code` is the library's number, the text says why, for packs with file, line and mend."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def _load(path=None):
    library = ctypes.CDLL(path or os.environ.get("SIDESTEP_LIBRARY") or "libsidestep.so.1")
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    if library.sidestep_abi_version() != ABI:
        raise OSError(f"libsidestep has ABI {library.sidestep_abi_version()}, wanted {ABI}")
    return library


class Filter:
    """Loaded packs. May be used and reloaded by any number of threads.

    `paths` are pack files or folders; `builtin`: whether the shipped packs are loaded too. Raises OSError where the library is missing, Error where packs
    are refused.
    """

    def __init__(self, paths=(), builtin=True, library=None):
        self._handle = c_void_p()
        self._c = _load(library)
        self._call(self._c.sidestep_filter_new, paths, builtin, byref(self._handle), first=False)

    def reload(self, paths=(), builtin=True):
        """Puts other packs in place, for scanners too. Where that raises Error the packs before go on."""
        self._call(self._c.sidestep_filter_reload, paths, builtin, self._handle, first=True)

    def describe(self):
        """What is loaded: engine, generation, packs, categories."""
        return json.loads(self._text(self._c.sidestep_filter_describe, self._handle))

    def notice(self, category, language="en"):
        """What the packs want told to the sender of a message of this category, or None."""
        category, language = category.encode(), language.encode()
        try:
            return self._text(self._c.sidestep_filter_notice, self._handle, category, len(category), language, len(language))
        except Error:
            return None

    def _call(self, function, paths, builtin, handle, first):
        c = self._c
        options, error = c.sidestep_options_new(), c.sidestep_error_new()
        try:
            c.sidestep_options_set_builtin(options, int(builtin))
            for path in paths:
                path = os.fsencode(path)
                code = c.sidestep_options_add_path(options, path, len(path))
                if code < 0:
                    raise Error(code, f"not a path: {path!r}")
            code = function(handle, options, error) if first else function(options, handle, error)
            if code < 0:
                raise Error(code, c.sidestep_error_text(error).decode("utf-8", "replace"))
        finally:
            c.sidestep_error_free(error)
            c.sidestep_options_free(options)

    def _text(self, function, *arguments):
        needed = c_size_t()
        function(*arguments, None, 0, byref(needed))
        while True:
            buffer = ctypes.create_string_buffer(max(needed.value, 1))
            code = function(*arguments, buffer, len(buffer), byref(needed))
            if code >= 0:
                return buffer.value.decode()
            if needed.value <= len(buffer):
                raise Error(code, self._c.sidestep_code_name(code).decode())

    def __del__(self):
        if getattr(self, "_handle", None):
            self._c.sidestep_filter_release(self._handle)


class Scanner:
    """Judges messages. Keeps one scanner of the library for each thread that calls it, so it may be shared."""

    def __init__(self, filter):
        self._filter = filter
        self._local = threading.local()

    def action(self, text):
        """One of ACTIONS, by number: 0 is allow."""
        return self._scan(text)[1]

    def scan(self, text):
        """The verdict: action, score, categories, findings ... Offsets in findings are bytes of the text in UTF-8. None where the message is clean."""
        handle, action = self._scan(text)
        if action == 0:
            return None
        c, at, length = self._filter._c, c_char_p(), c_size_t()
        _check(c, c.sidestep_verdict_json(handle, byref(at), byref(length)))
        return json.loads(at.value)

    def _scan(self, text):
        held = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = _Held(self._filter)
        # Lone surrogates, which JSON can smuggle in, become bytes that the library reads as U+FFFD.
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
        c = self._filter._c
        return held.handle, _check(c, c.sidestep_scan(held.handle, data, len(data)))


class _Held:
    def __init__(self, filter):
        self.handle = c_void_p()
        self._c = filter._c
        _check(self._c, self._c.sidestep_scanner_new(filter._handle, byref(self.handle)))

    def __del__(self):
        if self.handle:
            self._c.sidestep_scanner_free(self.handle)


def _check(c, code):
    if code < 0:
        raise Error(code, c.sidestep_code_name(code).decode())
    return code
