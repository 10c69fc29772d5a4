#pragma once
// Landlock's three system calls, see landlock(7). The numbers and structures are the kernel's own and stand here because
// the C library has no wrappers and older kernel headers lack what newer kernels know.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef O_PATH
#define O_PATH 010000000
#endif

// The kernel's Landlock version, 1 or more; a negative errno where it has none.
static inline int lorad_landlock_version(void) {
    long version = syscall(444, NULL, 0, 1);
    return version < 0 ? -errno : (int)version;
}

// A ruleset that forbids the given accesses to files, ports and what is outside; its descriptor, or a negative errno.
// What this version of Landlock does not know must be 0.
static inline int lorad_landlock_ruleset(uint64_t files, uint64_t ports, uint64_t scopes) {
    struct {
        uint64_t files, ports, scopes;
    } attributes = {files, ports, scopes};
    // An older kernel takes a longer structure only where the rest is zero, and so it is.
    long ruleset = syscall(444, &attributes, sizeof attributes, 0);
    return ruleset < 0 ? -errno : (int)ruleset;
}

// Allows `folder_access` beneath the folder at `path`, or `file_access` to the file. 0, or an errno.
static inline int lorad_landlock_allow(int ruleset, const char *path, int follows_link, uint64_t folder_access,
                                       uint64_t file_access) {
    int place = open(path, O_PATH | O_CLOEXEC | (follows_link ? 0 : O_NOFOLLOW));
    if (place < 0) return errno;
    struct stat status;
    int code = fstat(place, &status) == 0 ? 0 : errno;
    if (code == 0) {
        struct __attribute__((packed)) {
            uint64_t access;
            int32_t place;
        } rule = {S_ISDIR(status.st_mode) ? folder_access : file_access, place};
        if (syscall(445, ruleset, 1, &rule, 0) != 0) code = errno;
    }
    close(place);
    return code;
}

// Confines the calling thread, and the threads that it starts from now on, for good. 0, or an errno.
static inline int lorad_landlock_confine(int ruleset) { return syscall(446, ruleset, 0) == 0 ? 0 : errno; }

// No program that this thread starts gains a right by being started: what Landlock and seccomp ask for. 0, or an errno.
static inline int lorad_renounce_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno; }
