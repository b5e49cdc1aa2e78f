"""What `swarm` starts an interpreter with: python bootstrap.py ARGUMENTS...

It must be readable by any Python 3, to say in one line what another one lacks.
"""

import importlib.machinery
import os
import sys


def refuse(reason):
    sys.stderr.write("swarm: error: %s\n" % reason)
    sys.exit(1)


def check_interpreter(folder):
    """_swarm is built for one minor version of Python; the name of its file tells which."""
    names = [name for name in os.listdir(folder) if name.startswith("_swarm.")]
    if any("_swarm" + suffix in names for suffix in importlib.machinery.EXTENSION_SUFFIXES):
        return
    this = "%s is Python %d.%d" % (sys.executable, sys.version_info[0], sys.version_info[1])
    if not names:
        refuse("the installation is not complete: no _swarm in %s" % folder)
    tag = names[0].split(".")[1].split("-")
    built = "%s.%s" % (tag[1][0], tag[1][1:]) if len(tag) > 1 else "another Python"
    refuse("built for Python %s, and %s: choose one with --python, or build swarm with "
           "-DPython3_EXECUTABLE=%s" % (built, this, sys.executable))


def check_packages():
    for package in ("greenlet", "gevent"):
        try:
            __import__(package)
        except ImportError as reason:
            refuse("%s has no %s (%s): install it there, or choose another interpreter with "
                   "--python" % (sys.executable, package, reason))


def scenario_folder():
    """Where the program put the scenario that a master sent, before it became this interpreter."""
    lines = os.environ.get("SWARM_FETCHED_SCENARIO", "").split("\n")
    return lines[1] if lines[0] == str(os.getpid()) else None


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    # Ours comes before whatever else is called so; in a build tree this file is a link.
    if sys.path and sys.path[0] == os.path.dirname(os.path.realpath(__file__)):
        del sys.path[0]
    sys.path.insert(0, folder)
    check_interpreter(folder)
    check_packages()
    import _swarm

    # What the master found in the folder that it was started in, is found here.
    if scenario_folder():
        sys.path.insert(1, scenario_folder())
    sys.exit(_swarm.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
