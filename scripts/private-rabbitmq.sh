#!/usr/bin/env bash
# A RabbitMQ of the platform's own: loopback only, one user with a password, run by an unprivileged user, kept in one folder.
# run.sh --distributed uses it for people, the tests use it for themselves.
#
#   private-rabbitmq.sh start DIR [--keys DIR] [--fast]   starts or finds the broker in DIR; prints NAME=value lines (below)
#   private-rabbitmq.sh stop DIR                          stops it; fine when it does not run
#   private-rabbitmq.sh running DIR                      exit code 0 when it runs
#   private-rabbitmq.sh find                              prints the folder of RabbitMQ's programs; exit 3 when there is none
#   private-rabbitmq.sh install                           find, else apt-get install (as root on Debian); prints the folder
#
# start prints, one per line and without quotes: PORT, PID and ConnectionStrings__rabbitmq (user mcpp). DIR holds node/ (the data), log/, port and
# the settings; the password is in --keys (default DIR/keys), 0600. --fast only opens a test's temporary folder to the broker's user.
#
# Starting twice, after a kill -9 or after a reboot is safe. Works with bash 3.2, as macOS has it.
set -euo pipefail

# shellcheck disable=SC2034  # read by what is sourced here
SCRIPT=private-rabbitmq SERVER=RabbitMQ USERS="rabbitmq mcpp"
# shellcheck source=scripts/private-server.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-server.sh"

# ---- Programs -------------------------------------------------------------------------------------------------------

# Prints the folder with rabbitmq-server and rabbitmqctl themselves: what Debian puts on PATH insists on users of its own.
find_programs() {
  local dir
  for dir in /usr/lib/rabbitmq/bin /opt/homebrew/opt/rabbitmq/sbin /usr/local/opt/rabbitmq/sbin /usr/local/sbin; do
    if [ -x "$dir/rabbitmq-server" ] && [ -x "$dir/rabbitmqctl" ]; then
      printf '%s\n' "$dir"
      return
    fi
  done
  return 3
}

install_programs() {
  find_programs && return
  if ! is_root || ! command -v apt-get >/dev/null; then
    cat >&2 <<'TEXT'
private-rabbitmq: RabbitMQ (rabbitmq-server, version 3.10 or later) was not found. Ways on:
  * install it:      Debian, Ubuntu: sudo apt-get install rabbitmq-server      macOS: brew install rabbitmq
  * with containers: dotnet run --project AppHost        (Aspire starts PostgreSQL and RabbitMQ itself)
  * your own broker: set ConnectionStrings__rabbitmq=amqp://user:password@host:5672/; then none is started here
  * without one:     ./run.sh (all services in one process, events in memory)
TEXT
    return 3
  fi
  install_package rabbitmq-server
  find_programs || die "apt-get installed RabbitMQ, but its programs were not found afterwards."
}

# ---- The broker -----------------------------------------------------------------------------------------------------

is_running() {
  [ -f "$DIR/pid" ] && is_process "$(cat "$DIR/pid")" "-home $DIR "
}

# The node's name and ports are part of its data: a queue lives on the node that made it.
choose_ports() {
  if [ -s "$DIR/ports" ]; then
    read -r PORT DIST EPMD <"$DIR/ports"
    return
  fi
  choose_port 2 /dev/null; DIST=$PORT
  choose_port 2 /dev/null; EPMD=$PORT
  choose_port 2 /dev/null
  # Neither may be the other.
  while [ "$PORT" = "$DIST" ] || [ "$PORT" = "$EPMD" ] || [ "$DIST" = "$EPMD" ]; do
    choose_port 2 /dev/null; EPMD=$PORT
    choose_port 2 /dev/null
  done
  echo "$PORT $DIST $EPMD" | as_owner sh -c 'cat >"$1"' sh "$DIR/ports"
}

write_settings() {
  as_owner sh -c 'umask 077 && cat >"$1"' sh "$DIR/rabbitmq.conf" <<SETTINGS
# Written at each start by scripts/private-rabbitmq.sh. User and password are taken when the node is made.
listeners.tcp.1 = 127.0.0.1:$PORT
default_user = mcpp
default_pass = $(password rabbitmq)
loopback_users = none
log.console = false
# Work waits on disk; memory and disk alarms stop publishers before the machine is in trouble.
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
heartbeat = 20
SETTINGS
  echo '[].' | as_owner sh -c 'cat >"$1"' sh "$DIR/enabled_plugins"
}

# Runs one of RabbitMQ's programs in an environment that names this node only.
with_node() {
  local program=$1
  shift
  as_owner env HOME="$DIR" PATH="$BIN:/usr/bin:/bin:/usr/sbin:/opt/homebrew/bin:/usr/local/bin" LANG=C.UTF-8 LC_ALL=C.UTF-8 \
    RABBITMQ_NODENAME="mcpp_$DIST@localhost" RABBITMQ_NODE_PORT="$PORT" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT="$DIST" \
    RABBITMQ_MNESIA_BASE="$DIR/node" RABBITMQ_LOG_BASE="$DIR/log" RABBITMQ_PID_FILE="$DIR/pid" RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_CONFIG_FILE="$DIR/rabbitmq" RABBITMQ_ADVANCED_CONFIG_FILE="$DIR/advanced.config" RABBITMQ_ENABLED_PLUGINS_FILE="$DIR/enabled_plugins" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_CTL_DIST_PORT_MIN=$((DIST + 20000)) RABBITMQ_CTL_DIST_PORT_MAX=$((DIST + 20009)) \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$EPMD" "$program" "$@"
}

# The broker serves when it answers the protocol's header (AMQP 0-9-1) with a frame of method type (1).
answers() {
  local first
  first=$( (exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'AMQP\x00\x00\x09\x01' >&3 && dd bs=1 count=1 <&3 2>/dev/null | od -An -tu1 | tr -d ' ') 2>/dev/null) || return 1
  [ "$first" = 1 ]
}

start_broker() {
  local waited=0
  as_owner mkdir -p "$DIR/node" "$DIR/log"
  as_owner rm -f "$DIR/pid"
  # A session of its own: Ctrl+C in the terminal is for run.sh, which stops the broker last.
  with_node setsid "$BIN/rabbitmq-server" </dev/null >"$LOG" 2>&1 &
  local started=$!
  while ! answers; do
    waited=$((waited + 1))
    if [ "$waited" -gt 600 ] || { ! kill -0 "$started" 2>/dev/null && ! is_running; }; then
      cat "$LOG" >&2
      tail -n 20 "$DIR"/log/*.log >&2 2>/dev/null || true
      die "RabbitMQ did not start; its last messages are above ($DIR/log)."
    fi
    sleep 0.1
  done
}

start() {
  BIN=$(install_programs) || exit 3
  prepare_folder node
  LOG=$DIR/start.log
  choose_ports
  if ! is_running; then
    if ! port_is_free "$PORT"; then die "port $PORT, which this broker has had so far, is in use; stop what took it, or remove $DIR/ports to give it another one."; fi
    write_settings
    start_broker
  else
    local waited=0
    until answers; do
      waited=$((waited + 1))
      [ "$waited" -le 300 ] || die "the broker in $DIR runs (process $(cat "$DIR/pid")) but does not answer on port $PORT."
      sleep 0.1
    done
  fi
  echo "PORT=$PORT"
  echo "PID=$(cat "$DIR/pid")"
  echo "ConnectionStrings__rabbitmq=amqp://mcpp:$(password rabbitmq)@127.0.0.1:$PORT/"
}

stop() {
  [ -s "$DIR/ports" ] || return 0
  DIR=$(cd "$DIR" && pwd -P)
  choose_owner "$DIR/node"
  read -r PORT DIST EPMD <"$DIR/ports"
  BIN=$(find_programs) || die "the programs that started $DIR are gone."
  if is_running; then
    local pid waited=0
    pid=$(cat "$DIR/pid")
    kill -CONT "$pid"
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do
      waited=$((waited + 1))
      [ "$waited" -le 300 ] || die "RabbitMQ in $DIR (process $pid) did not stop."
      sleep 0.1
    done
  fi
  # Erlang's port mapper is a daemon of its own, on a port of ours; it may be gone already.
  with_node epmd -kill >/dev/null 2>&1 || true
}

main "$@"
