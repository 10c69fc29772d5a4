"""Row 14: webhooks' waits, and a clock that is set back."""

import shutil
import subprocess
import time

from bench import wait_for

from .cases import FREE_DISK, JOBS, SETTINGS, Skipped, Target, case, require
from .text import hooks, receiver

# Tells the wall's time shifted by as many seconds as a file says; other clocks are left alone.
SHIFT = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
    char text[32] = {0};
    int file = open(getenv("CLOCK_SHIFT"), O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
    close(file);
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
    return result;
}

int gettimeofday(struct timeval *time, void *zone) {
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
"""


def refusing(status, headers):
    """A receiver that notes when it was asked, refuses the first request and takes all others."""
    times = []

    def answer(hook, body):
        times.append(time.monotonic())
        return (status, headers) if len(times) == 1 else (200, {})

    return receiver(answer), times


def told_by(server, folder):
    """A worker's folders, its environment, and one message to deliver: of a rejection, which needs no training."""
    lines, environment = hooks(server, ["generic"])
    target = Target(folder, SETTINGS + FREE_DISK + JOBS + lines)
    target.drop("bad.yaml", target.manifest("bad").replace("max_steps", "max_stps"))
    return target, environment


@case(14, "a Retry-After of 10¹⁹ seconds")
def huge_retry_after(folder):
    server, times = refusing(429, {"Retry-After": "1" + "0" * 19})
    target, environment = told_by(server, folder)
    with target.worker(env=environment):
        require(wait_for(lambda: times, 20), "nothing was delivered")
        wait_for(lambda: len(times) > 1, 9)
        due = target.query("SELECT due_at FROM deliveries")
    server.shutdown()
    require(len(times) == 1, f"tried again after {times[-1] - times[0]:.1f} s")
    hours = (due[0][0] / 1000 - time.time()) / 3600
    require(23 < hours <= 24.1, f"the next attempt is due in {hours:.1f} h, not in 24")


@case(14, "a clock set back by a day while a delivery waits for its retry")
def clock_set_back(folder):
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        raise Skipped("needs a C compiler for a clock of its own")
    server, times = refusing(500, {})
    target, environment = told_by(server, folder)
    source, library, shift = target.write("shift.c", SHIFT), folder / "shift.so", target.write("shift", "0")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    environment.update(LD_PRELOAD=str(library), CLOCK_SHIFT=str(shift))
    with target.worker(env=environment):
        require(wait_for(lambda: times, 20), "nothing was delivered")
        # Longer than the five seconds of the first retry, and shorter than the longest that one may wait.
        shift.write_text("-72000")
        wait_for(lambda: len(times) > 1, 20)
    server.shutdown()
    require(len(times) > 1, "it was not tried again in 20 s")
