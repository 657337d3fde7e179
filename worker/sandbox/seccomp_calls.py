"""The system calls that a backend program needs, by what it needs them for.

Names are the kernel's, of x86_64 and arm64 together: each machine takes those it has. The call
filter (:mod:`worker.sandbox.seccomp`) refuses whatever is not named here, so a call that a future
kernel adds is refused until somebody writes down what it is good for.
"""

from __future__ import annotations

FILES = """
    access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat
    faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
    flock fstat fstatfs fsync ftruncate getcwd getdents getdents64 ioctl lchown link linkat lseek
    lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64
    pwritev pwritev2 read readahead readlink readlinkat readv rename renameat renameat2 rmdir
    sendfile splice stat statfs statx symlink symlinkat sync sync_file_range syncfs tee truncate
    umask unlink unlinkat utime utimensat utimes futimesat write writev
"""
ATTRIBUTES = """
    fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat
    llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat
"""
EVENTS = """
    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2
    inotify_add_watch inotify_init inotify_init1 inotify_rm_watch pipe pipe2 poll ppoll pselect6
    select signalfd signalfd4 timerfd_create timerfd_gettime timerfd_settime
"""
# Databases read and write through these; io_uring, their successor, is refused.
ASYNCHRONOUS_FILES = """
    io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit
"""
# socket and socketpair are let through by family, see worker.sandbox.seccomp.
NETWORK = """
    accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg
    sendmmsg sendmsg sendto setsockopt shutdown
"""
MEMORY = """
    brk cachestat madvise map_shadow_stack membarrier memfd_create mincore mlock mlock2 mlockall
    mmap mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
"""
# clone is let through without namespaces, see worker.sandbox.seccomp.
PROCESSES = """
    execve execveat exit exit_group fork getpgid getpgrp getpid getppid getpriority getrlimit
    getrusage getsid gettid ioprio_get ioprio_set kill pidfd_open pidfd_send_signal pause prctl
    prlimit64 restart_syscall setpgid setpriority setrlimit setsid times tkill tgkill uname vfork
    wait4 waitid
"""
THREADS = """
    arch_prctl futex futex_requeue futex_wait futex_waitv futex_wake get_robust_list
    get_thread_area rseq sched_get_priority_max sched_get_priority_min sched_getaffinity
    sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
    sched_setattr sched_setparam sched_setscheduler sched_yield set_robust_list set_thread_area
    set_tid_address getcpu
"""
SIGNALS = """
    rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_tgsigqueueinfo sigaltstack uretprobe
"""
TIME = """
    alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time
    timer_create timer_delete timer_getoverrun timer_gettime timer_settime
"""
# Start scripts of images drop root's rights with these; the kernel asks for the capability.
IDENTITY = """
    capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid
    setgid setgroups setregid setresgid setresuid setreuid setuid
"""
# PostgreSQL keeps its shared memory in these.
SYSTEM_V_AND_QUEUES = """
    mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv
    msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget
"""
MACHINE = "getrandom sysinfo"
# A program may confine itself further: browsers for tests and some servers do.
CONFINEMENT = """
    landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp
"""

# Refused as if the kernel did not have them: programs ask for these first and know what to do
# without. "Not permitted" would make some of them give up.
_ABSENT = """
    clone3 io_uring_enter io_uring_register io_uring_setup memfd_secret
    get_mempolicy mbind migrate_pages move_pages set_mempolicy set_mempolicy_home_node
    process_madvise process_mrelease remap_file_pages vmsplice
"""
_PURPOSES = (
    FILES,
    ATTRIBUTES,
    EVENTS,
    ASYNCHRONOUS_FILES,
    NETWORK,
    MEMORY,
    PROCESSES,
    THREADS,
    SIGNALS,
    TIME,
    IDENTITY,
    SYSTEM_V_AND_QUEUES,
    MACHINE,
    CONFINEMENT,
)

ALLOWED = tuple(sorted(" ".join(_PURPOSES).split()))
ABSENT = tuple(sorted(_ABSENT.split()))
