#pragma once
// The few system calls that Swift could only make through unsafe pointers.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

// Sends one datagram to a Unix socket; a path that begins with @ is an abstract name. 0, or an errno.
static inline int lorad_send_datagram(const char *path, const char *message) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.sun_path) return ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(descriptor, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    int code = sent < 0 ? errno : 0;
    close(descriptor);
    return code;
}

// The calling thread's name, as `top -H` and gdb show it; the kernel keeps its first 15 bytes.
static inline void lorad_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Whether something (NTP, the host) keeps this clock, adjtimex(2): 1 yes, 0 no, -1 not to be told.
static inline int lorad_clock_is_kept(void) {
    struct timex status = {.modes = 0};
    int state = adjtimex(&status);
    return state < 0 ? -1 : state != TIME_ERROR && !(status.status & STA_UNSYNC);
}

// Starts a program with a pipe to its standard input and one from its standard output, whose ends here do not block, and
// with `errors` as its standard error: in a process group of its own, with every signal at its default and none blocked,
// and with no other descriptor of this process. 0, or an errno; see posix_spawn(3).
static inline int lorad_spawn(const char *path, char *const *arguments, char *const *environment, int errors,
                              int *input, int *output, int *pid) {
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0) return errno;
    if (pipe2(from, O_CLOEXEC) != 0) {
        int code = errno;
        close(to[0]);
        close(to[1]);
        return code;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int code = posix_spawnattr_setsigdefault(&attributes, &all);
    if (code == 0) code = posix_spawnattr_setsigmask(&attributes, &none);
    if (code == 0) code = posix_spawnattr_setpgroup(&attributes, 0);
    if (code == 0)
        code = posix_spawnattr_setflags(&attributes,
                                        POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, errors, 2);
    // A library may have left some without O_CLOEXEC.
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (code == 0) code = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(to[0]);
    close(from[1]);
    if (code != 0) {
        close(to[1]);
        close(from[0]);
        return code;
    }
    fcntl(to[1], F_SETFL, O_NONBLOCK);
    fcntl(from[0], F_SETFL, O_NONBLOCK);
    *input = to[1];
    *output = from[0];
    return 0;
}
