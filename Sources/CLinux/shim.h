#pragma once
// The few system calls that Swift could only make through unsafe pointers.
#include <errno.h>
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
