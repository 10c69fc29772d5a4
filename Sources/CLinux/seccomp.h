#pragma once
// The system calls that a process has no use for which only reads files and computes, and the filter that refuses them,
// see seccomp(2). A list of what is refused rather than of what is allowed: a C library that makes a new call must not
// break a job. Calls that are newer than the list do not exist for the process, as on an older kernel.
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define LORAD_SECCOMP_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define LORAD_SECCOMP_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

// The last system call that was looked at: set_mempolicy_home_node, Linux 5.17.
#define LORAD_SECCOMP_LAST 450

// clang-format off
static const uint16_t lorad_refused_calls[] = {
    // Networks and other processes' sockets; io_uring makes them without a system call that could be looked at.
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg,
    SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, 425, 426, 427,
    // Other processes: their memory, descriptors and names. 424 pidfd_send_signal, 434 pidfd_open, 438 pidfd_getfd,
    // 440 process_madvise, 448 process_mrelease.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, 424, 434, 438, 440, 448, SYS_tkill,
    SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_migrate_pages, SYS_move_pages, SYS_setpgid, SYS_setsid,
    // Other programs.
    SYS_execve, SYS_execveat, SYS_unshare, SYS_setns,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    // The tree of files itself. 428 open_tree, 429 move_mount, 430 fsopen, 431 fsconfig, 432 fsmount, 433 fspick,
    // 442 mount_setattr, 443 quotactl_fd.
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_acct, 428, 429, 430,
    431, 432, 433, 442, 443, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_fanotify_init, SYS_fanotify_mark,
    SYS_mknodat,
    // What Landlock does not judge of files.
    SYS_truncate, SYS_fchmodat, SYS_fchownat, SYS_setxattr, SYS_lsetxattr, SYS_removexattr, SYS_lremovexattr,
    SYS_utimensat, SYS_fchmod, SYS_fchown, SYS_fsetxattr, SYS_fremovexattr,
#ifdef SYS_mknod
    SYS_mknod, SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
    // Memory and queues that are shared by name or by number.
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semop, SYS_semctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl,
    SYS_mq_open, SYS_mq_unlink,
    // The kernel, and what is known to hurt it.
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_init_module,
    SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex,
    SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname, SYS_syslog, SYS_vhangup, SYS_personality, SYS_lookup_dcookie,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib,
#endif
    // Who it is.
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_capset,
};
// clang-format on

#ifdef LORAD_SECCOMP_ARCHITECTURE

enum { LORAD_SECCOMP_ROOM = 2 * sizeof lorad_refused_calls / sizeof lorad_refused_calls[0] + 64 };

struct lorad_filter {
    struct sock_filter code[LORAD_SECCOMP_ROOM];
    unsigned short count;
};

static inline void lorad_filter_add(struct lorad_filter *filter, struct sock_filter instruction) {
    filter->code[filter->count++] = instruction;
}

static inline void lorad_filter_load(struct lorad_filter *filter, size_t offset) {
    lorad_filter_add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

// Answers with `action` where the loaded word compares so; `skips_if_true` turns the sense round.
static inline void lorad_filter_answer(struct lorad_filter *filter, uint16_t comparison, uint32_t value,
                                       int skips_if_true, uint32_t action) {
    struct sock_filter jump =
        BPF_JUMP(BPF_JMP | comparison | BPF_K, value, skips_if_true ? 1 : 0, skips_if_true ? 0 : 1);
    lorad_filter_add(filter, jump);
    lorad_filter_add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

// Lets `call` through only where the low half of argument `index` is one of `allowed`.
static inline void lorad_filter_argument(struct lorad_filter *filter, uint32_t call, int index, const uint32_t *allowed,
                                         uint8_t count, uint32_t refusal) {
    // Past the loading, the comparisons and two answers.
    struct sock_filter jump = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, (uint8_t)(count + 3));
    lorad_filter_add(filter, jump);
    lorad_filter_load(filter, offsetof(struct seccomp_data, args) + 8 * (size_t)index);
    for (uint8_t i = 0; i < count; i++) {
        // To the answer that lets it through, which stands behind the refusal.
        struct sock_filter found = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], (uint8_t)(count - i), 0);
        lorad_filter_add(filter, found);
    }
    lorad_filter_add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, refusal));
    lorad_filter_add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static inline void lorad_filter_build(struct lorad_filter *filter) {
    const uint32_t refusal = SECCOMP_RET_ERRNO | EPERM, absence = SECCOMP_RET_ERRNO | ENOSYS;
    const size_t number = offsetof(struct seccomp_data, nr);
    lorad_filter_load(filter, offsetof(struct seccomp_data, arch));
    lorad_filter_answer(filter, BPF_JEQ, LORAD_SECCOMP_ARCHITECTURE, 1, refusal);
    lorad_filter_load(filter, number);
    // The numbers of x32, which the kernel reports as x86-64, lie above too.
    lorad_filter_answer(filter, BPF_JGT, LORAD_SECCOMP_LAST, 0, absence);
    for (size_t i = 0; i < sizeof lorad_refused_calls / sizeof lorad_refused_calls[0]; i++)
        lorad_filter_answer(filter, BPF_JEQ, lorad_refused_calls[i], 0, refusal);
    // Its flags lie in memory, where a filter cannot look; the C library then takes clone(2). 435 clone3.
    lorad_filter_answer(filter, BPF_JEQ, 435, 0, absence);
    // Signals to itself, and to its group where it leads one: what is left of a job whose worker died ends itself so.
    const uint32_t self = (uint32_t)getpid();
    const uint32_t targets[] = {self, getpgrp() == getpid() ? 0 : self};
    lorad_filter_argument(filter, SYS_kill, 0, targets, 2, refusal);
    lorad_filter_argument(filter, SYS_tgkill, 0, targets, 1, refusal);
    // Limits of its own alone.
    const uint32_t own[] = {0, self};
    lorad_filter_argument(filter, SYS_prlimit64, 0, own, 2, refusal);
    // Threads, and no processes: CLONE_THREAD.
    struct sock_filter clone = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3);
    lorad_filter_add(filter, clone);
    lorad_filter_load(filter, offsetof(struct seccomp_data, args));
    lorad_filter_answer(filter, BPF_JSET, 0x00010000, 1, refusal);
    lorad_filter_load(filter, number);
    // Text put into a terminal's input: TIOCSTI, TIOCLINUX.
    struct sock_filter control = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5);
    lorad_filter_add(filter, control);
    lorad_filter_load(filter, offsetof(struct seccomp_data, args) + 8);
    lorad_filter_answer(filter, BPF_JEQ, 0x5412, 0, refusal);
    lorad_filter_answer(filter, BPF_JEQ, 0x541C, 0, refusal);
    lorad_filter_add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

// Installs the filter, for every thread of the process or for the calling one, for good. 0, or an errno.
static inline int lorad_refuse_calls(int whole_process) {
    struct lorad_filter filter = {.count = 0};
    lorad_filter_build(&filter);
    struct sock_fprog program = {.len = filter.count, .filter = filter.code};
    unsigned flags = whole_process ? SECCOMP_FILTER_FLAG_TSYNC : 0;
    long code = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    // Above 0 is the id of a thread that could not follow.
    return code == 0 ? 0 : code > 0 ? EBUSY : errno;
}

// Whether the kernel would take the filter: 0, or an errno.
static inline int lorad_can_refuse_calls(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ? 0 : errno;
}

#else

static inline int lorad_refuse_calls(int whole_process) { return ENOSYS; }
static inline int lorad_can_refuse_calls(void) { return ENOSYS; }

#endif
