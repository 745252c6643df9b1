"""Seccomp: the system calls that code in the sandbox cannot make, since no honest answer needs them.

Each has been the way out of some sandbox, or asks the kernel for what the rest of the sandbox already refuses.
"""

import errno
import os
import socket
import tempfile
from functools import cache

REFUSED = (
    "acct add_key adjtimex bpf chroot clock_adjtime clock_settime create_module delete_module fanotify_init "
    "finit_module fsconfig fsmount fsopen fspick get_kernel_syms init_module io_uring_enter io_uring_register "
    "io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mount mount_setattr move_mount "
    "name_to_handle_at nfsservctl open_by_handle_at open_tree perf_event_open personality pidfd_getfd pivot_root "
    "process_madvise process_vm_readv process_vm_writev ptrace query_module quotactl quotactl_fd reboot request_key "
    "setdomainname sethostname setns settimeofday stime swapoff swapon sysfs _sysctl syslog umount umount2 unshare "
    "uselib userfaultfd ustat vhangup "
)
NEW_NAMESPACES = (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x02000000, 0x04000000, 0x08000000)  # CLONE_NEW*
FAMILIES = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, getattr(socket, "AF_NETLINK", 16)}
TIOCSTI = 0x5412  # types into the terminal that the grader was started from


@cache
def program() -> bytes:
    """Return the filter as the kernel reads it; raises ImportError, a sentence, where libseccomp is missing."""
    try:
        import pyseccomp
    except RuntimeError as error:  # how it says that the library is not there
        raise ImportError("libseccomp is not installed: apt-get install libseccomp2") from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)  # calls made for another architecture kill the process
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for name in REFUSED.split():
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:  # not every machine has every call
            rules.add_rule(refuse, name)
    for flag in NEW_NAMESPACES:
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # clone3 passes its flags where a filter cannot look; on ENOSYS the C library falls back to clone
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    # the network namespace does not hold every family of sockets: AF_VSOCK reaches the host of a virtual machine
    for family in set(range(max(FAMILIES))) - FAMILIES:
        rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.GT, max(FAMILIES)))
    rules.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, TIOCSTI))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def descriptor() -> int:
    """Return a new descriptor from which the filter can be read, for bubblewrap."""
    memory = os.memfd_create("seccomp")
    os.write(memory, program())
    os.lseek(memory, 0, os.SEEK_SET)
    return memory
