#!/usr/bin/env bash
# A Redis for results that gateways share (docs/caching.md): loopback only, one user with a password, in memory only, run by an unprivileged user.
# The tests use it; so can people who want to try the shared level on one machine.
#
#   private-redis.sh start DIR [--keys DIR] [--fast]   starts or finds the server in DIR; prints NAME=value lines (below)
#   private-redis.sh stop DIR                          stops it; fine when it does not run
#   private-redis.sh running DIR                       exit code 0 when it runs
#   private-redis.sh find                              prints the path of redis-server; exit 3 when there is none
#   private-redis.sh install                           find, else apt-get install (as root on Debian); prints the path
#
# start prints, one per line and without quotes: PORT, PID and Gateway__Cache__Redis__Url (user mcpp). DIR holds port, pid and the settings; the password is in
# --keys (default DIR/keys), 0600. --fast only opens a test's temporary folder to the server's user.
#
# Starting twice, after a kill -9 or after a reboot is safe. Works with bash 3.2, as macOS has it.
set -euo pipefail

# shellcheck disable=SC2034  # read by what is sourced here
SCRIPT=private-redis SERVER=Redis USERS="redis mcpp"
# shellcheck source=scripts/private-server.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-server.sh"

# ---- Programs -------------------------------------------------------------------------------------------------------

find_programs() {
  local path
  for path in "$(command -v redis-server || true)" /usr/bin/redis-server /opt/homebrew/bin/redis-server /usr/local/bin/redis-server; do
    if [ -n "$path" ] && [ -x "$path" ]; then
      printf '%s\n' "$path"
      return
    fi
  done
  return 3
}

install_programs() {
  find_programs && return
  if ! is_root || ! command -v apt-get >/dev/null; then
    cat >&2 <<'TEXT'
private-redis: redis-server (version 6 or later) was not found. Ways on:
  * install it:     Debian, Ubuntu: sudo apt-get install redis-server      macOS: brew install redis
  * your own:       set Gateway__Cache__Redis__Url=redis://user:password@host:6379/0; then none is needed here
  * without one:    each gateway keeps its own results in memory
TEXT
    return 3
  fi
  install_package redis-server
  find_programs || die "apt-get installed Redis, but its program was not found afterwards."
}

# ---- The server -----------------------------------------------------------------------------------------------------

is_running() {
  [ -f "$DIR/pid" ] && is_process "$(cat "$DIR/pid")" "redis-server 127.0.0.1:$(cat "$DIR/port" 2>/dev/null)"
}

write_settings() {
  as_owner sh -c 'umask 077 && cat >"$1"' sh "$DIR/redis.conf" <<SETTINGS
# Written at each start by scripts/private-redis.sh. What is kept is good for minutes: nothing goes to disk, and the oldest makes room.
port $PORT
bind 127.0.0.1
dir $DIR
pidfile $DIR/pid
daemonize no
save ""
appendonly no
maxmemory 64mb
maxmemory-policy allkeys-lru
user default off
user mcpp on >$(password redis) ~* &* +@all
SETTINGS
}

# It serves when it answers, with a refusal: we said no password.
answers() {
  local first
  first=$( (exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'PING\r\n' >&3 && dd bs=1 count=1 <&3 2>/dev/null) 2>/dev/null) || return 1
  [ "$first" = - ]
}

start() {
  local program waited=0
  program=$(install_programs) || exit 3
  prepare_folder redis.conf
  if ! is_running; then
    choose_port 1 "$DIR/port"
    echo "$PORT" | as_owner sh -c 'cat >"$1"' sh "$DIR/port"
    write_settings
    as_owner rm -f "$DIR/pid"
    # A session of its own: Ctrl+C in the terminal is not for it.
    as_owner setsid "$program" "$DIR/redis.conf" </dev/null >"$DIR/start.log" 2>&1 &
  fi
  PORT=$(cat "$DIR/port")
  until is_running && answers; do
    waited=$((waited + 1))
    if [ "$waited" -gt 200 ]; then
      tail -n 20 "$DIR/start.log" >&2
      die "Redis did not start; its last messages are above ($DIR/start.log)."
    fi
    sleep 0.05
  done
  echo "PORT=$PORT"
  echo "PID=$(cat "$DIR/pid")"
  echo "Gateway__Cache__Redis__Url=redis://mcpp:$(password redis)@127.0.0.1:$PORT/0"
}

stop() {
  [ -s "$DIR/pid" ] || return 0
  DIR=$(cd "$DIR" && pwd -P)
  if is_running; then
    local pid waited=0
    pid=$(cat "$DIR/pid")
    kill -CONT "$pid"
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do
      waited=$((waited + 1))
      [ "$waited" -le 200 ] || die "Redis in $DIR (process $pid) did not stop."
      sleep 0.05
    done
  fi
}

main "$@"
