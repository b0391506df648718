#!/usr/bin/env bash
# Restarts the processes of ./run.sh --distributed one by one: each gateway by a new process that takes over its listening sockets and is ready before the old one
# finishes what it has begun, so that no call fails; then policy, registry, factory and tracing, while the gateways go on by their last snapshot.
#
#   usage: scripts/rolling-restart.sh [--data DIR] [--gateways]          (or ./run.sh restart)
#
#   --data DIR      the data folder of the platform            (default ./data, or MCPP_DATA)
#   --gateways      only the gateways
#
# Ends with 0 when everything was replaced and is ready.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

DATA=${MCPP_DATA:-data} PARTS=''
while [ $# -gt 0 ]; do
  case $1 in
    --data) DATA=${2:?--data needs a folder}; shift ;;
    --gateways) PARTS=gateways ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) printf 'rolling-restart.sh: unknown option %s\n' "$1" >&2; exit 2 ;;
  esac
  shift
done
RUN=$DATA/run
[ -d "$RUN" ] || { printf 'Nothing of ./run.sh --distributed runs on %s.\n' "$DATA" >&2; exit 1; }

die() { printf '%s\n' "$*" >&2; exit 1; }
pid_of() { cat "$RUN/$1.pid" 2>/dev/null || true; }
# 200 at the health address of a service; a gateway says so itself, in the file of the process that listens.
is_ready() {
  local address
  address=$(cat "$RUN/$1.health")
  if [ -z "$address" ]; then
    [ "$(cat "$RUN/$1.listen.pid" 2>/dev/null || true)" = "$(pid_of "$1")" ]
  else
    (exec 3<>"/dev/tcp/${address%:*}/${address##*:}" && printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3 && head -n 1 <&3 | grep -q ' 200 ') 2>/dev/null
  fi
}

restart() {
  local name=$1 old waited=0
  old=$(pid_of "$name")
  [ -n "$old" ] || die "$name does not run."
  kill -USR1 "$(cat "$RUN/$name.keeper")"
  # Twice the longest drain there is by default, and the start. The old process counts until it has ended.
  until [ -n "$(pid_of "$name")" ] && [ "$(pid_of "$name")" != "$old" ] && ! kill -0 "$old" 2>/dev/null && is_ready "$name"; do
    waited=$((waited + 1))
    [ "$waited" -lt 600 ] || die "$name was not replaced within two minutes; see $DATA/logs/run.log and $DATA/logs/$name.log."
    sleep 0.2
  done
  printf '%s restarted\n' "$name"
}

for KEEPER in "$RUN"/gateway.keeper "$RUN"/gateway-*.keeper; do
  if [ -f "$KEEPER" ]; then restart "$(basename "$KEEPER" .keeper)"; fi
done
[ "$PARTS" = gateways ] || for NAME in policy registry factory tracing; do restart "$NAME"; done
