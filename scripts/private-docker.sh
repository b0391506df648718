#!/usr/bin/env bash
# A Docker engine for tests, with images that come from no registry: on a socket and in a folder of its own, published ports on loopback only.
#
#   private-docker.sh start DIR    starts or finds the engine in DIR; prints NAME=value lines: DOCKER_HOST, DOCKER_CONFIG
#   private-docker.sh images DIR   makes the base images in it (mcpp-test/aspnet, mcpp-test/servers); what was made before is kept in the cache
#   private-docker.sh stop DIR     stops it and unmounts what it mounted; fine when it does not run
#   private-docker.sh can          says nothing when this machine can start one, else why not; exit 3
#   private-docker.sh install      installs docker.io, mmdebstrap and Debian's newer compose and buildx; needs root on Debian
#
# Only root on Debian 12 or later, on Linux with overlayfs and iptables. The cache is $XDG_CACHE_HOME/mcpplatform/containers, default ~/.cache. Debian's
# packages come from where apt is set up to find them.
#
# mcpp-test/aspnet is a few of Debian's libraries and this machine's ASP.NET: no shell, as the image that the Dockerfile names. mcpp-test/servers is Debian's
# PostgreSQL and RabbitMQ behind the settings that the official images take (scripts/test-images/servers.sh).
#
# Starting twice, after a kill -9 or after a reboot is safe.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mcpplatform/containers
DIR='' TAR=''

die() { printf 'private-docker: %s\n' "$*" >&2; exit 1; }
cannot() { printf 'no container engine can be started here: %s\n' "$*" >&2; exit 3; }

can() {
  [ "$(uname -s)" = Linux ] || cannot "this is not Linux."
  [ "$(id -u)" = 0 ] || cannot "that needs root."
  command -v apt-get >/dev/null || cannot "its packages come by apt, and there is none."
  grep -qw overlay /proc/filesystems || cannot "the kernel has no overlayfs."
  # Bit 21: CAP_SYS_ADMIN, for mounts and namespaces.
  (( 0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> 21 & 1 )) || cannot "this process may not mount."
  if [ -z "$DIR" ] || ! is_running; then
    if [ -d /sys/class/net/docker0 ] && pgrep -x dockerd >/dev/null; then cannot "another Docker engine runs, and two share neither bridge nor firewall rules."; fi
  fi
}

# ---- Programs -------------------------------------------------------------------------------------------------------

quietly() {
  local log
  log=$(mktemp)
  "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; rm -f "$log"; return 1; }
  rm -f "$log"
}

install_packages() {
  local policy=/usr/sbin/policy-rc.d ours='' status=0
  export DEBIAN_FRONTEND=noninteractive
  # Packages must not start what they bring. The policy is ours only if there was none.
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get install -y --no-install-recommends "$@" || { apt-get update && apt-get install -y --no-install-recommends "$@"; } || status=$?
  if [ -n "$ours" ]; then rm -f "$policy"; fi
  return "$status"
}

# Debian 12 has neither plugin; the next release's are single programs that run here. An apt of its own, so that the machine's sources stay as they are.
fetch_plugins() {
  local apt=$CACHE/apt mirror plugin
  [ ! -x "$CACHE/cli/cli-plugins/docker-compose" ] || [ ! -x "$CACHE/cli/cli-plugins/docker-buildx" ] || return 0
  mirror=$(grep -rhoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ')
  rm -rf "$apt" && mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc/preferences.d,etc/apt.conf.d,etc/trusted.gpg.d,unpacked} "$CACHE/cli/cli-plugins"
  touch "$apt/state/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} trixie main" >"$apt/etc/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt/state"; Dir::State::status "$apt/state/status"; Dir::Cache "$apt/cache"; Dir::Etc "$apt/etc";
Dir::Etc::sourcelist "$apt/etc/sources.list"; Dir::Etc::sourceparts "-"; APT::Sandbox::User "root";
CONF
  (cd "$apt" && export APT_CONFIG=$apt/apt.conf && apt-get update && apt-get download docker-compose docker-buildx \
    && for plugin in *.deb; do dpkg-deb -x "$plugin" unpacked; done)
  cp "$apt"/unpacked/usr/libexec/docker/cli-plugins/docker-{compose,buildx} "$CACHE/cli/cli-plugins/"
  rm -rf "$apt"
}

install() {
  can
  local missing=''
  command -v dockerd >/dev/null || missing=docker.io
  command -v mmdebstrap >/dev/null || missing="$missing mmdebstrap"
  # shellcheck disable=SC2086  # two words
  [ -z "$missing" ] || quietly install_packages $missing || cannot "apt-get could not install$missing; its messages are above."
  quietly fetch_plugins || cannot "Debian's docker-compose and docker-buildx could not be fetched; the messages are above."
}

# ---- The engine -----------------------------------------------------------------------------------------------------

is_running() { [ -s "$DIR/dockerd.pid" ] && { tr '\0' ' ' <"/proc/$(cat "$DIR/dockerd.pid")/cmdline"; } 2>/dev/null | grep -qF -- "$DIR/docker.sock"; }

engine() { DOCKER_HOST=unix://$DIR/docker.sock DOCKER_CONFIG=$CACHE/cli docker "$@"; }

start() {
  mkdir -p "$DIR"
  DIR=$(cd "$DIR" && pwd -P)
  [ "${#DIR}" -le 90 ] || die "$DIR is too long a name: a socket's path has at most 107 bytes."
  install
  if ! is_running; then
    rm -f "$DIR/dockerd.pid" "$DIR/docker.sock"
    # --ip: what containers publish is on loopback. The limit of open files is one that an unprivileged parent can pass on.
    setsid nohup dockerd --data-root "$DIR/data" --exec-root "$DIR/exec" --pidfile "$DIR/dockerd.pid" -H "unix://$DIR/docker.sock" \
      --ip 127.0.0.1 --default-ulimit nofile=16384:16384 </dev/null >"$DIR/dockerd.log" 2>&1 &
    local started=$! waited=0
    until engine version >/dev/null 2>&1; do
      waited=$((waited + 1))
      if [ "$waited" -gt 300 ] || ! kill -0 "$started" 2>/dev/null; then
        tail -n 20 "$DIR/dockerd.log" >&2
        cannot "dockerd did not start; its last messages are above."
      fi
      sleep 0.1
    done
  fi
  echo "DOCKER_HOST=unix://$DIR/docker.sock"
  echo "DOCKER_CONFIG=$CACHE/cli"
}

stop() {
  [ -d "$DIR" ] || return 0
  DIR=$(cd "$DIR" && pwd -P)
  if is_running; then
    local pid waited=0 containers
    containers=$(engine ps -q)
    # shellcheck disable=SC2086  # a list
    [ -z "$containers" ] || engine kill $containers >/dev/null 2>&1 || true
    pid=$(cat "$DIR/dockerd.pid")
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do
      waited=$((waited + 1))
      [ "$waited" -le 300 ] || die "dockerd in $DIR (process $pid) did not stop."
      sleep 0.1
    done
  fi
  # What it left mounted would keep the folder from being removed.
  awk -v dir="$DIR/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | while IFS= read -r mounted; do umount "$mounted" 2>/dev/null || true; done
}

# ---- Images ---------------------------------------------------------------------------------------------------------

# Sets TAR to a root file system $1 of Debian's packages $2, made without running any of their scripts; kept in the cache.
file_system() {
  local tar
  tar=$CACHE/$1-$(printf '%s' "$2" | cksum | cut -d' ' -f1).tar
  TAR=$tar
  [ ! -s "$tar" ] || return 0
  mkdir -p "$CACHE"
  # The ending tells mmdebstrap what to make.
  quietly mmdebstrap --variant=extract --include="$2" --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/lib/*/libLLVM*' bookworm "$CACHE/$$.tar" || die "Debian's packages for $1 could not be fetched."
  mv "$CACHE/$$.tar" "$tar"
}

has_image() { engine image inspect "$1" >/dev/null 2>&1; }

images() {
  DIR=$(cd "$DIR" && pwd -P)
  local dotnet
  if ! has_image mcpp-test/aspnet; then
    file_system runtime base-files,netbase,tzdata,libc6,libgcc-s1,libstdc++6,zlib1g,libssl3
    engine import "$TAR" mcpp-test/os >/dev/null
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    engine buildx build -q -t mcpp-test/aspnet -f scripts/test-images/aspnet.Dockerfile "$dotnet" >/dev/null
  fi
  if ! has_image mcpp-test/servers; then
    file_system servers base-files,netbase,tzdata,dash,bash,coreutils,sed,grep,mawk,findutils,util-linux,hostname,procps,libc-bin,postgresql-15,rabbitmq-server
    engine import "$TAR" mcpp-test/debian >/dev/null
    engine buildx build -q -t mcpp-test/servers -f scripts/test-images/servers.Dockerfile scripts/test-images >/dev/null
  fi
}

VERB=${1:-}
DIR=${2:-}
case $VERB in
  start | images | stop) [ -n "$DIR" ] || die "$VERB needs a folder."; "$VERB" ;;
  can | install) "$VERB" ;;
  -h | --help | help) sed -n '2,/^# Starting twice/p' "$0" | sed -e 's/^# \{0,1\}//' ;;
  *) sed -n '2,/^# Starting twice/p' "$0" | sed -e 's/^# \{0,1\}//' >&2; exit 2 ;;
esac
