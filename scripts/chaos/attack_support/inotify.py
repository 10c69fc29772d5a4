"""Tells when a file is opened or closed, so that a case can act between two readings of it (inotify(7))."""

import contextlib
import ctypes
import os
import select
import struct
import threading

OPENED = 0x20
CLOSED_UNWRITTEN = 0x10

libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def watching(folder, name, event, act):
    """Calls `act()` on a thread at every such event of the file `name` in `folder`, until the block ends."""
    descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor < 0 or libc.inotify_add_watch(descriptor, os.fsencode(folder), event) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    done = threading.Event()

    def watch():
        while not done.is_set():
            if not select.select([descriptor], [], [], 0.1)[0]:
                continue
            data = os.read(descriptor, 65536)
            while data:
                length = struct.unpack_from("iIII", data)[3]
                if data[16:16 + length].rstrip(b"\0") == os.fsencode(name):
                    act()
                data = data[16 + length:]

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        os.close(descriptor)


def exchange(first, second):
    """Swaps two paths at one instant, renameat2(2)."""
    if libc.renameat2(-100, os.fsencode(first), -100, os.fsencode(second), 2) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")
