#define _GNU_SOURCE
#include "evaluator/engines/sandbox_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#define ARCH 0
#endif

/* From 424 on, a number is the same call on every processor, and headers may
 * be older than the kernel. */
enum {
    NR_IO_URING_SETUP = 425,
    NR_IO_URING_ENTER = 426,
    NR_IO_URING_REGISTER = 427,
    NR_OPEN_TREE = 428,
    NR_MOVE_MOUNT = 429,
    NR_FSOPEN = 430,
    NR_FSCONFIG = 431,
    NR_FSMOUNT = 432,
    NR_FSPICK = 433,
    NR_CLONE3 = 435,
    NR_PIDFD_GETFD = 438,
    NR_PROCESS_MADVISE = 440,
    NR_MOUNT_SETATTR = 442,
    NR_QUOTACTL_FD = 443,
    NR_MEMFD_SECRET = 447,
    NR_LAST_KNOWN = 462, /* Linux 6.10 */
};

static const uint32_t denied[] = {
    /* other processes */
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, NR_PIDFD_GETFD,
    NR_PROCESS_MADVISE,
    /* file systems and namespaces */
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, NR_OPEN_TREE,
    NR_MOVE_MOUNT, NR_FSOPEN, NR_FSCONFIG, NR_FSMOUNT, NR_FSPICK, NR_MOUNT_SETATTR,
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init, SYS_quotactl,
    NR_QUOTACTL_FD, SYS_swapon, SYS_swapoff, SYS_acct,
    /* doors into the kernel that have stood open before */
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, NR_IO_URING_SETUP, NR_IO_URING_ENTER,
    NR_IO_URING_REGISTER, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_vmsplice,
    SYS_personality, SYS_kexec_load, SYS_kexec_file_load, SYS_init_module, SYS_finit_module,
    SYS_delete_module, SYS_syslog,
    /* memory that no limit counts */
    SYS_memfd_create, NR_MEMFD_SECRET, SYS_shmget, SYS_shmat, SYS_shmctl, SYS_msgget,
    SYS_semget, SYS_mq_open, SYS_mbind, SYS_set_mempolicy, SYS_migrate_pages, SYS_move_pages,
    /* the machine */
    SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_settimeofday, SYS_clock_settime,
    SYS_clock_adjtime,
#ifdef __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat,
#endif
};

#define CLONE_NEW_ANY                                                                       \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |          \
     CLONE_NEWPID | CLONE_NEWNET)

static void put(struct strbuf *out, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
    struct sock_filter line = { .code = code, .jt = yes, .jf = no, .k = k };
    strbuf_add(out, &line, sizeof line);
}

static void load(struct strbuf *out, size_t offset)
{
    put(out, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void refuse(struct strbuf *out, int number)
{
    put(out, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)number, 0, 0);
}

/* Arguments have 64 bits; the low half comes first on all processors above. */
static size_t argument(size_t i)
{
    return offsetof(struct seccomp_data, args) + i * sizeof(uint64_t);
}

/* Only AF_UNIX: what else there is leads out, or into rarely used code. */
static void check_socket(struct strbuf *out, uint32_t number)
{
    put(out, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
    load(out, argument(0));
    put(out, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0);
    refuse(out, EPERM);
    put(out, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* Not into new namespaces. clone3 has its flags in memory, where no filter can
 * look; without it libraries use clone. */
static void check_clone(struct strbuf *out)
{
    put(out, BPF_JMP | BPF_JEQ | BPF_K, NR_CLONE3, 0, 1);
    refuse(out, ENOSYS);
    put(out, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
    load(out, argument(0));
    put(out, BPF_JMP | BPF_JSET | BPF_K, CLONE_NEW_ANY, 0, 1);
    refuse(out, EPERM);
    put(out, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* Not the two that type into somebody's terminal. */
static void check_ioctl(struct strbuf *out)
{
    put(out, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5);
    load(out, argument(1));
    put(out, BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0);
    put(out, BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX, 0, 1);
    refuse(out, EPERM);
    put(out, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

bool sandbox_filter(struct strbuf *out)
{
    if (!ARCH)
        return false;
    load(out, offsetof(struct seccomp_data, arch));
    put(out, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
    put(out, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    load(out, offsetof(struct seccomp_data, nr));
    put(out, BPF_JMP | BPF_JGT | BPF_K, NR_LAST_KNOWN, 0, 1);
    refuse(out, ENOSYS);
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        put(out, BPF_JMP | BPF_JEQ | BPF_K, denied[i], 0, 1);
        refuse(out, EPERM);
    }
    check_clone(out);
    check_socket(out, SYS_socket);
    check_socket(out, SYS_socketpair);
    check_ioctl(out);
    put(out, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    return true;
}
