# shellcheck shell=bash
# What private-postgres.sh, private-rabbitmq.sh and private-redis.sh share; sourced, never run. Set before: SCRIPT (its name), SERVER (what it runs), USERS (accounts
# that may run it when we are root, best first; the last one is made when none exists). Works with bash 3.2, as macOS has it.

DIR='' KEYS='' FAST='' OWNER='' PORT=''

die() { printf '%s: %s\n' "$SCRIPT" "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }

# ---- The user who runs it -------------------------------------------------------------------------------------------

# A server does not run as root: then it is the user who owns the data ($1) already, else the first account that exists.
choose_owner() {
  local user
  OWNER=''
  is_root || return 0
  command -v setpriv >/dev/null || die "setpriv (package util-linux) is needed to start $SERVER as root under another user."
  if [ -d "$1" ]; then
    OWNER=$(stat -c %U "$1")
    case $OWNER in root | UNKNOWN) die "$1 belongs to '$OWNER'; give it to an unprivileged user (chown -R) first." ;; esac
    return
  fi
  for user in $USERS; do
    OWNER=$user
    if id "$user" >/dev/null 2>&1; then return; fi
  done
  useradd --system --no-create-home --shell /usr/sbin/nologin "$OWNER"
}

# Runs a command as the owner, in a clean environment and a folder that the owner may enter.
as_owner() {
  if [ -n "$OWNER" ]; then
    (cd / && exec setpriv --reuid="$OWNER" --regid="$(id -g "$OWNER")" --init-groups --no-new-privs \
      env -i PATH=/usr/bin:/bin LC_ALL=C "$@")
  else
    (cd / && exec env -i HOME="$HOME" PATH=/usr/bin:/bin LC_ALL=C "$@")
  fi
}

# The folder, made absolute, owned by the owner of its data in $1. Root's home is closed to others: the data then lives in
# /var/lib with a link.
prepare_folder() {
  mkdir -p "$DIR"
  DIR=$(cd "$DIR" && pwd -P)
  choose_owner "$DIR/$1"
  if [ -n "$OWNER" ]; then
    # A test's temporary folder is closed to others, and not worth a second place.
    if [ -n "$FAST" ]; then chmod o+x "$(dirname "$DIR")"; fi
    if ! as_owner test -x "$(dirname "$DIR")"; then
      rmdir "$DIR" 2>/dev/null || die "user $OWNER cannot reach $DIR; open the folders above it (chmod o+x) or choose another data folder."
      local real
      real=/var/lib/mcpplatform/$(basename "$DIR")-$(printf '%s' "$DIR" | cksum | cut -d' ' -f1)
      mkdir -p "$real"
      ln -s "$real" "$DIR"
      echo "User $OWNER cannot reach $DIR, so the data of $SERVER is kept in $real (linked)." >&2
      DIR=$real
    fi
    chown "$OWNER:" "$DIR"
  fi
  chmod 700 "$DIR"
  KEYS=${KEYS:-$DIR/keys}
  (umask 077 && mkdir -p "$KEYS")
  chmod 700 "$KEYS"
}

# ---- Passwords ------------------------------------------------------------------------------------------------------

# Prints the password kept in the keys folder under name $1, making it on first use: 32 random bytes, as hex.
password() {
  local file=$KEYS/$1.pw
  if [ ! -s "$file" ]; then
    (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
  cat "$file"
}

# ---- Processes and ports --------------------------------------------------------------------------------------------

# Is process $1 alive, and does its command line hold $2? A pid file alone does not say so: after a reboot its number may be
# another process.
is_process() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  if [ -d /proc/self ]; then
    { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "$2"
  else
    ps -p "$1" -o args= 2>/dev/null | grep -qF -- "$2"
  fi
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets PORT: the one kept in file $2 from last time when attempt $1 is the first and it is free; else one below the range
# from which systems hand out client ports.
choose_port() {
  local candidate _
  candidate=$(cat "$2" 2>/dev/null || true)
  case $candidate in
    '' | *[!0-9]*) ;;
    *) if [ "$1" = 1 ] && port_is_free "$candidate"; then PORT=$candidate; return; fi ;;
  esac
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    candidate=$((20000 + (RANDOM % 12000)))
    if port_is_free "$candidate"; then PORT=$candidate; return; fi
  done
  die "no free port between 20000 and 32000."
}

# ---- Installing -----------------------------------------------------------------------------------------------------

# apt-get install $1, as root, with no service of it started: only the programs are wanted.
install_package() {
  local log status=0 policy=/usr/sbin/policy-rc.d ours=''
  echo "Installing $SERVER (apt-get install $1)..." >&2
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  # A policy that forbids package scripts to start services. It is ours only if there was none.
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get install -y --no-install-recommends "$1" >"$log" 2>&1 \
    || { apt-get update && apt-get install -y --no-install-recommends "$1"; } >>"$log" 2>&1 || status=$?
  if [ -n "$ours" ]; then rm -f "$policy"; fi
  if [ "$status" != 0 ]; then
    cat "$log" >&2
    rm -f "$log"
    die "apt-get could not install $SERVER; its messages are above."
  fi
  rm -f "$log"
}

# ---- The command line -----------------------------------------------------------------------------------------------

usage() { sed -n '2,/^# Starting twice/p' "$0" | sed -e 's/^# \{0,1\}//'; }

# VERB [DIR] [--keys DIR] [--fast]; the script defines start, stop, is_running, find_programs and install_programs.
main() {
  local verb=${1:-}
  [ $# -gt 0 ] && shift
  while [ $# -gt 0 ]; do
    case $1 in
      --fast) FAST=yes ;;
      --keys) KEYS=${2:?--keys needs a folder}; shift ;;
      -*) die "unknown option $1" ;;
      *) DIR=$1 ;;
    esac
    shift
  done
  case $verb in
    start | stop) [ -n "$DIR" ] || die "$verb needs a folder."; "$verb" ;;
    running) [ -d "$DIR" ] && DIR=$(cd "$DIR" && pwd -P) && is_running ;;
    find) find_programs ;;
    install) install_programs ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}
