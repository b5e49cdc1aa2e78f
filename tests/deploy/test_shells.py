"""The manual and the completions that are installed, as man and the shells read them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SWARM = os.environ.get("SWARM_BIN", str(ROOT / "build" / "release" / "swarm"))


def said(*words, **settings):
    done = subprocess.run(words, capture_output=True, text=True, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def options():
    """Every long name of --help."""
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", said(SWARM, "--help").split("Examples:")[0],
                          re.MULTILINE))


def completed(shell, words):
    """What the shell offers for the last of the words."""
    text = said(SWARM, "completion", shell)
    if shell == "bash":
        script = f"""{text}
COMP_WORDS=({' '.join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
_swarm; printf '%s\\n' "${{COMPREPLY[@]}}" """
        return said("bash", "--norc", "-c", script, env={"PATH": os.environ["PATH"]}).split()
    script = f"{text}\ncomplete --do-complete '{' '.join(words)}'"
    home = {"HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    return [line.split("\t")[0] for line in said("fish", "--no-config", "-c", script, env=home).splitlines()]


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_shell_completes(shell):
    assert shutil.which(shell), f"needs {shell} (Debian: .ci/packages deploy)"
    assert options() <= set(completed(shell, ["swarm", "--"]))
    assert {"target", "token", "passwd", "completion"} <= set(completed(shell, ["swarm", ""]))
    assert set(completed(shell, ["swarm", "--loglevel", ""])) == {
        "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
    assert completed(shell, ["swarm", "completion", "z"]) == ["zsh"]
    assert "--users" not in completed(shell, ["swarm", "target", "--"])  # it has options of its own


def test_files_are_completed_where_files_are_meant(tmp_path):
    (tmp_path / "shop.py").touch()
    text = said(SWARM, "completion", "bash")
    script = f"{text}\nCOMP_WORDS=(swarm -f sh); COMP_CWORD=2; _swarm; echo ${{COMPREPLY[@]}}"
    assert said("bash", "-c", script, cwd=tmp_path).split() == ["shop.py"]


def test_zsh_completes(tmp_path):
    """With a terminal that zsh believes in, and Tab."""
    assert shutil.which("zsh"), "needs zsh (Debian: .ci/packages deploy)"
    (tmp_path / "_swarm").write_text(said(SWARM, "completion", "zsh"))
    script = f"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'fpath=({tmp_path} $fpath); autoload -U compinit; compinit -D -u; LISTMAX=1000; PS1=ready'
zpty -w shell "bindkey '^I' complete-word; print set-up"
zpty -r shell line '*set-up*set-up*'
zpty -w -n shell $'swarm --master-bind-h\\t'
zpty -r shell line '*--master-bind-host*'
print -r -- $line
"""
    shown = said("zsh", "-f", "-c", script, timeout=60)
    assert "--master-bind-host" in shown


def test_the_manual_is_clean_and_shows_every_option():
    assert shutil.which("mandoc"), "needs mandoc (Debian: .ci/packages deploy)"
    page = said(SWARM, "--help-man")
    found = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=page, capture_output=True, text=True)
    # A date would change with each build.
    assert [line for line in found.stdout.splitlines() if "missing date" not in line] == []
    shown = subprocess.run(["mandoc", "-Tutf8"], input=page, capture_output=True, text=True).stdout
    plain = re.sub(r".\x08", "", shown)
    assert options() <= set(re.findall(r"--[a-z-]+[a-z]", plain))
    assert "SWARM_SPAWN_RATE" in plain and "EXAMPLES" in plain
