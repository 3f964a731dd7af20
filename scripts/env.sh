# shellcheck shell=sh
# Sourced by the scripts beside it: makes .venv when it is missing or out of date, and puts it first on PATH.
# Needs Python >= 3.11 and, when there is something to install, a network. PYTHON=/path/to/python names another one.

set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$project/.venv
state_file=$venv/.setup-state
setup_log=$venv/setup.log

# Settings of the caller that would reach into the environment.
unset PYTHONHOME PYTHONPATH
# The tests start hundreds of processes, each of which would compile everything again.
unset PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# Everything that decides what is installed. The path counts because an editable install and the commands in bin/ hold it.
wanted_state() {
    "$1" -IS -c '
import hashlib, pathlib, sys, tomllib
root = pathlib.Path(sys.argv[1])
pyproject = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
tables = [pyproject.get(name) for name in ("build-system", "project", "dependency-groups")]
files = [(root / name).read_bytes() for name in ("scripts/constraints.txt", "wrapper/synapse_backend/_version.py")]
inputs = (sys.version, str(root), tables, pyproject["tool"]["hatch"], files)
print(hashlib.sha256(repr(inputs).encode()).hexdigest())
' "$project"
}

is_ready() {
    [ -x "$venv/bin/python" ] || return 1
    # A link leads to an environment of another checkout, which is not ours to change.
    [ ! -L "$venv" ] || return 0
    [ -f "$state_file" ] || return 1
    wanted=$(wanted_state "$venv/bin/python" 2>/dev/null) || return 1
    [ "$(cat "$state_file")" = "$wanted" ]
}

is_suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
can_create_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    seen=''
    without_venv=''
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3 python; do
        if version=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null); then
            if ! is_suitable "$candidate"; then
                seen="${seen:+$seen, }$candidate is $version"
            elif ! can_create_environments "$candidate"; then
                without_venv=${without_venv:-"$candidate ($version)"}
            else
                python=$candidate
                return
            fi
        else
            version=''
        fi
        if [ -n "${PYTHON:-}" ]; then
            die "PYTHON=$PYTHON cannot be used: it must be Python 3.11 or newer with the modules venv and ensurepip" \
                "(found: ${version:-nothing that runs})."
        fi
    done
    if [ -n "$without_venv" ]; then
        die "$without_venv cannot create virtual environments: its module ensurepip is missing." \
            "On Debian and Ubuntu install the package python3-venv, then run the command again."
    fi
    die "Python 3.11 or newer is needed (found: ${seen:-none})." \
        "Install one, or name one: PYTHON=/path/to/python $0"
}

# The lock belongs to file descriptor 9, so it ends with this process however that ends; the descriptor is a directory
# because a lock file would be one more file to ignore.
lock_setup() {
    exec 9<"$project/scripts"
    "$1" -IS -c '
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Waiting for another script that is setting up .venv ...", file=sys.stderr, flush=True)
    fcntl.flock(9, fcntl.LOCK_EX)
'
}

setup_failed() {
    [ ! -f "$setup_log" ] || tail -n 15 "$setup_log" >&2
    if [ -f "$setup_log" ] && grep -q -i -E \
        'name resolution|NewConnectionError|Max retries|timed out|ProxyError|SSLError|unreachable|nodename nor servname' \
        "$setup_log"; then
        die "The packages could not be fetched: the package index cannot be reached." \
            "Check the network and the proxy and index settings of pip, then run the command again."
    fi
    die "Setting up .venv failed; the lines above say why, $setup_log says all. Run the command again when it is mended."
}

install_everything() {
    (
        cd "$project" &&
            "$venv/bin/python" -m pip install --quiet --upgrade --constraint scripts/constraints.txt pip &&
            "$venv/bin/python" -m pip install --quiet --constraint scripts/constraints.txt \
                --build-constraint scripts/constraints.txt --editable '.[all]' --group dev
    ) </dev/null >"$setup_log" 2>&1
}

set_up() {
    # An environment without our mark is somebody's own and is completed; one that an interrupted setup left is not trusted.
    if [ "$(cat "$state_file" 2>/dev/null)" = incomplete ] || ! is_suitable "$venv/bin/python" ||
        ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        find_python
        say "Setting up .venv with Python $version. This happens once and takes about a minute ..."
        rm -rf -- "$venv"
        mkdir -- "$venv"
        echo incomplete >"$state_file"
        "$python" -m venv "$venv" >"$setup_log" 2>&1 || setup_failed
    else
        say "Updating .venv, because what it should hold has changed ..."
        echo incomplete >"$state_file"
    fi
    install_everything || setup_failed
    wanted_state "$venv/bin/python" >"$state_file.new" || setup_failed
    mv -f -- "$state_file.new" "$state_file"
}

if ! is_ready; then
    if ! is_suitable "$venv/bin/python"; then
        find_python
        lock_setup "$python"
    else
        lock_setup "$venv/bin/python"
    fi
    is_ready || set_up
    exec 9<&-
fi

export VIRTUAL_ENV="$venv" PATH="$venv/bin:$PATH"
