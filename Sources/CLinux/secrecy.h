#pragma once
// What other processes of the same user may see of this one.
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

extern char **environ;

// Moves the environment to the heap and erases the strings that the kernel shows as /proc/PID/environ, see proc(5).
// getenv() goes on answering. Before any other thread. 0, or an errno, with nothing erased.
static inline int lorad_hide_environment(void) {
    size_t count = 0;
    while (environ && environ[count]) count++;
    char **moved = calloc(count + 1, sizeof *moved);
    if (!moved) return ENOMEM;
    for (size_t i = 0; i < count; i++) {
        moved[i] = strdup(environ[i]);
        if (moved[i]) continue;
        while (i > 0) free(moved[--i]);
        free(moved);
        return ENOMEM;
    }
    for (size_t i = 0; i < count; i++) explicit_bzero(environ[i], strlen(environ[i]));
    environ = moved;
    return 0;
}

// Other processes of this user can neither read this one's memory nor trace it, and it leaves no core file, see
// PR_SET_DUMPABLE in prctl(2). 0, or an errno.
static inline int lorad_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno; }
