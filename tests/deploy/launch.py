#!/usr/bin/python3
"""Runs a container: a process 1 with the root file system, mounts, user and limits that a JSON file names.
Itself run as root in a network and mount namespace of its own (`ip netns exec`), passes signals on, and
ends with the container's code, and the container with it; a step that fails is code 125."""

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import seccomp

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
CLONE_NEWUTS, CLONE_NEWPID = 0x04000000, 0x20000000
# What the engines' default profile refuses to a process without capabilities; see Docker's documentation,
# "Significant syscalls blocked by the default profile", and containerd's list.
REFUSED = """acct add_key bpf clock_adjtime clock_settime delete_module finit_module get_mempolicy
    init_module io_uring_setup io_uring_enter io_uring_register ioperm iopl kcmp kexec_file_load
    kexec_load keyctl lookup_dcookie mbind mount move_pages name_to_handle_at open_by_handle_at
    perf_event_open pivot_root process_vm_readv process_vm_writev ptrace quotactl reboot request_key
    set_mempolicy setns settimeofday swapoff swapon sysfs umount2 unshare userfaultfd vhangup""".split()
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
libc = ctypes.CDLL(None, use_errno=True)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def prctl(*words):
    if libc.prctl(*words) != 0:
        raise OSError(ctypes.get_errno(), f"prctl{words}")


def under(root, path):
    place = Path(root, path.lstrip("/"))
    if not place.exists():
        place.mkdir(parents=True)  # as engines do
    return str(place)


def make_root(spec):
    """The image, with nothing of the machine's but /proc and some devices."""
    root = spec["root"]
    mount("--make-rprivate", "/")
    if spec["layers"]:
        # Even of a read-only container the places to mount at are made first.
        scratch = spec["scratch"]
        mount("-t", "tmpfs", "scratch", scratch)
        for name in ("upper", "work"):
            os.mkdir(f"{scratch}/{name}")
        mount("-t", "overlay", "image", "-o", f"lowerdir={':'.join(spec['layers'])},"
              f"upperdir={scratch}/upper,workdir={scratch}/work", root)
    else:
        mount("--bind", root, root)
    mount("-t", "proc", "proc", f"{root}/proc")
    mount("-t", "tmpfs", "-o", "mode=755", "dev", f"{root}/dev")
    for device in DEVICES:
        Path(f"{root}/dev/{device}").touch()
        mount("--bind", f"/dev/{device}", f"{root}/dev/{device}")
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    os.mkdir(f"{root}/dev/shm")
    mount("-t", "tmpfs", "-o", "mode=1777", "shm", f"{root}/dev/shm")
    for source, path in spec["files"].items():  # the machine's own: names of hosts
        Path(root + path).touch()
        mount("--bind", source, f"{root}{path}")
    for each in spec["mounts"]:
        target = under(root, each["target"])
        if each["source"] is None:
            mount("-t", "tmpfs", "-o", each["options"], "tmpfs", target)
        else:
            mount("--bind", each["source"], target)
            if each["read_only"]:
                mount("-o", "remount,bind,ro", target)
    for path in spec["hidden"]:
        if os.path.isdir(root + path):
            mount("-t", "tmpfs", "-o", "ro,size=0", "hidden", root + path)
    if spec["read_only"]:
        mount("-o", "remount,ro,bind", root)


def give_up_rights(spec):
    soft = spec["nofile"]
    if soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, soft))
    if spec["drop_capabilities"]:
        for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups(spec["groups"])
    os.setresgid(*[spec["gid"]] * 3)
    os.setresuid(*[spec["uid"]] * 3)
    if spec["no_new_privileges"]:
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if spec["seccomp"]:
        profile = seccomp.SyscallFilter(seccomp.ALLOW)
        for name in REFUSED:
            profile.add_rule(seccomp.ERRNO(1), name)
        profile.load()


def become(spec):
    make_root(spec)
    os.chroot(spec["root"])
    os.chdir(spec["folder"])
    os.umask(0o022)
    give_up_rights(spec)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # forgotten whenever the user changes
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)  # Python has its own habits
    os.execvpe(spec["words"][0], spec["words"], spec["environment"])


def main():
    spec = json.loads(Path(sys.argv[1]).read_text())
    if libc.unshare(CLONE_NEWPID | CLONE_NEWUTS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    socket.sethostname(spec["environment"].get("HOSTNAME", "build"))
    first = os.fork()
    if first == 0:
        become(spec)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(first, number))
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    # A signal that comes now is too late for it, and must not end this process with a code of its own.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _, status = os.waitpid(first, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"launch: {error}", file=sys.stderr)
        os._exit(125)
