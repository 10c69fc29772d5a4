#pragma once
// Listening on the loopback interface: addresses are pointers of another type than they are declared with, and accept4(2)
// is not in Swift's Glibc module. What goes wrong comes back as an errno below zero.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// A socket that listens on 127.0.0.1, does not block and is closed on exec. The kernel chooses where `port` is 0.
static inline int lorad_listen_on_loopback(unsigned short port, int backlog) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    // What a connection that was closed a moment ago leaves behind is not in the way.
    int yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0 || listen(descriptor, backlog) < 0) {
        int code = errno;
        close(descriptor);
        return -code;
    }
    return descriptor;
}

// The port that a socket is bound to.
static inline int lorad_port_of(int descriptor) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    if (getsockname(descriptor, (struct sockaddr *)&address, &size) < 0) return -errno;
    return ntohs(address.sin_port);
}

// The next connection that waits: a descriptor that does not block. Closed on exec from its first moment, so that no job
// process inherits it.
static inline int lorad_accept(int descriptor) {
    long connection = syscall(SYS_accept4, descriptor, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return connection < 0 ? -errno : (int)connection;
}
