#!/usr/bin/env bash
# The five services as processes of their own, on this machine: PostgreSQL and RabbitMQ, the migration, then gateways, policy, registry, factory and
# tracing. Whatever dies is started again. run.sh --distributed calls it after the build; settings come in the environment:
#
#   DATA                            the data folder, absolute, ours alone
#   HOST, PORT, INTERNAL_PORT       the gateway's; policy, registry, factory and tracing take the four ports after INTERNAL_PORT on loopback
#   GATEWAYS, GATEWAY_PORTS         how many gateways, and "shared" (one port, SO_REUSEPORT) or "consecutive" (PORT, PORT+1, ...); their internal ports from INTERNAL_PORT+10
#   CONFIGURATION                   of the build, default Release
#   FAST                            for tests: the database forces nothing to disk
#   ConnectionStrings__*            your own PostgreSQL (policydb and the others) or RabbitMQ (rabbitmq): then none is started here
#
# data/run/NAME.pid holds the process of each part (gateway, gateway-2, policy, registry, factory, tracing), NAME.keeper the one that watches it, which restarts it on USR1
# (scripts/rolling-restart.sh); an empty file data/run/NAME.hold keeps a part stopped until it is removed, also postgres and rabbitmq. data/logs/NAME.log holds its log.
#
# Works with bash 3.2, as macOS has it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly SERVICES="policy registry factory tracing"
RUN=$DATA/run LOGS=$DATA/logs KEYS=$DATA/keys
: "${CONFIGURATION:=Release}" "${GATEWAYS:=1}" "${GATEWAY_PORTS:=shared}" "${FAST:=}"

die() { printf '%s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*"; }
note() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*" | tee -a "$LOGS/run.log" >&2; }

# A sleep that a signal ends; what is left of it holds nothing open.
nap() {
  sleep "$1" </dev/null >/dev/null 2>&1 3>&- &
  wait $! || true
}

program() { printf 'src/%s/bin/%s/net10.0/McpPlatform.%s.dll' "$1" "$CONFIGURATION" "$2"; }

port_of() {
  case $1 in
    policy) echo $((INTERNAL_PORT + 1)) ;;
    registry) echo $((INTERNAL_PORT + 2)) ;;
    factory) echo $((INTERNAL_PORT + 3)) ;;
    tracing) echo $((INTERNAL_PORT + 4)) ;;
  esac
}

# ---- What each process gets -----------------------------------------------------------------------------------------

# Makes a key on first use: 32 random bytes as hex, readable by us only.
key_file() {
  local file=$KEYS/$1.key
  if [ ! -s "$file" ]; then
    (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
  printf '%s' "$file"
}

# A process knows its own database and no other; the gateways know none.
forget_databases() {
  local database
  for database in $SERVICES; do
    [ "$database" = "${1:-}" ] || unset "ConnectionStrings__${database}db"
    unset "ConnectionStrings__${database}db_migrator"
  done
}

run_service() {
  local name=$1 class
  class=$(printf '%s' "$name" | cut -c1 | tr '[:lower:]' '[:upper:]')$(printf '%s' "$name" | cut -c2-)
  forget_databases "$name"
  exec dotnet "$(program "$class/Service" "$class")" --host 127.0.0.1 --port "$(port_of "$name")" --data "$DATA"
}

run_gateway() {
  local name=$1 number=$2 port=$PORT internal=$INTERNAL_PORT
  forget_databases
  export Gateway__Name="${Gateway__Name:-$(hostname | tr -c 'A-Za-z0-9._-' '-' | cut -c1-50)}"
  if [ "$number" -gt 1 ]; then
    export Gateway__Name="$Gateway__Name-$number" Gateway__Folder="$DATA/$name"
  fi
  if [ "$GATEWAYS" -gt 1 ]; then
    # Each has an internal port of its own: by it the others reach the sessions that are there.
    if [ "$number" -gt 1 ]; then internal=$((INTERNAL_PORT + 8 + number)); fi
    if [ "$GATEWAY_PORTS" = shared ]; then
      export Listen__ReusePort=true
    elif [ "$number" -gt 1 ]; then
      port=$((PORT + number - 1))
    fi
  fi
  # A gateway that is replaced hands its listening sockets to the next: run.sh restart.
  if [ "$(uname)" = Linux ]; then export Listen__Handover="$RUN/$name.listen"; fi
  exec dotnet "$(program Gateway/Service Gateway)" --host "$HOST" --port "$port" --internal-host 127.0.0.1 --internal-port "$internal" --data "$DATA"
}

# ---- Watching -------------------------------------------------------------------------------------------------------

# Starts a part's process; its number is in CHILD.
start_part() {
  local name=$1
  shift
  ("$@") >>"$LOGS/$name.log" 2>&1 3>&- &
  CHILD=$!
  printf '%s\n' "$CHILD" >"$RUN/$name.pid"
}

# Replaces a gateway, process $2, without a gap: the new process takes over the listening sockets and is ready before the old one is told to go. $3...: how to start it.
# In CHILD is the process that serves afterwards: the old one when the new one does not get ready.
replace() {
  local name=$1 old=$2 waited=0
  shift 2
  start_part "$name" "$@"
  until [ "$(cat "$RUN/$name.listen.pid" 2>/dev/null || true)" = "$CHILD" ]; do
    waited=$((waited + 1))
    if ! kill -0 "$CHILD" 2>/dev/null || [ "$waited" -gt 300 ]; then
      note "$name: its successor did not get ready; the old process stays (log: $LOGS/$name.log)."
      kill -KILL "$CHILD" 2>/dev/null || true
      CHILD=$old
      printf '%s\n' "$CHILD" >"$RUN/$name.pid"
      return 0
    fi
    nap 0.2
  done
  kill -TERM "$old" 2>/dev/null || true
}

# Keeps one part running until it is told to stop (TERM): a part that ends by itself is started again, after 1 s, then after up to 5 s when it keeps ending. USR1 restarts it.
keep() {
  local name=$1 child='' old='' stopping='' restart='' pause=1 began status
  shift
  # Ctrl+C reaches every process of the terminal; the order of stopping is the parent's.
  trap '' INT HUP
  # shellcheck disable=SC2154  # set before
  trap 'stopping=yes; [ -z "$child" ] || kill -TERM $child $old 2>/dev/null || true' TERM
  trap 'restart=yes' USR1
  while [ -z "$stopping" ]; do
    if [ -e "$RUN/$name.hold" ]; then
      sleep 0.2
      continue
    fi
    began=$SECONDS
    start_part "$name" "$@"
    child=$CHILD
    # A trapped signal ends "wait" early; the child is still closing then.
    while :; do
      status=0
      wait "$child" || status=$?
      kill -0 "$child" 2>/dev/null || break
      if [ -n "$restart" ] && [ -z "$stopping" ]; then
        case $name in
          gateway*)
            restart=''
            old=$child
            replace "$name" "$old" "$@"
            child=$CHILD
            # Told to stop meanwhile: the new one does not know yet.
            if [ -n "$stopping" ]; then kill -TERM "$child" 2>/dev/null || true; fi
            if [ "$child" = "$old" ]; then old=''; fi ;;
          *) kill -TERM "$child" 2>/dev/null || true ;;
        esac
      fi
    done
    while [ -n "$old" ] && kill -0 "$old" 2>/dev/null; do wait "$old" || true; done
    child='' old=''
    rm -f "$RUN/$name.pid"
    if [ -n "$restart" ]; then restart=''; continue; fi
    if [ -n "$stopping" ] || [ -e "$RUN/$name.hold" ]; then continue; fi
    if [ $((SECONDS - began)) -gt 30 ]; then pause=1; fi
    note "$name ended with code $status; starting it again in $pause s (log: $LOGS/$name.log)."
    nap "$pause"
    [ "$pause" -ge 5 ] || pause=$((pause + 2))
  done
}

# The same for a server with a script of its own, which knows how to tell, start and stop.
keep_server() {
  local name=$1 script=$2 stopping=''
  trap '' INT HUP
  trap 'stopping=yes' TERM
  while [ -z "$stopping" ]; do
    if [ ! -e "$RUN/$name.hold" ] && ! "$script" running "$DATA/$name"; then
      note "$name is gone; starting it again."
      "$script" start "$DATA/$name" --keys "$KEYS" ${FAST:+--fast} >/dev/null 2>>"$LOGS/run.log" || note "$name did not start (log: $LOGS/run.log); trying again."
    fi
    nap 1
  done
}

# ---- Stopping: gateways first, then who stores what they sent, then what everybody needs ------------------------------
GATEWAY_KEEPERS='' SERVICE_KEEPERS='' SERVER_KEEPERS='' OUR_POSTGRES='' OUR_RABBITMQ='' STARTED='' NOW_STOPPING=''
# shellcheck disable=SC2317,SC2086  # called by the trap below; lists of numbers
stop_keepers() {
  local keeper
  [ -n "$1" ] || return 0
  NOW_STOPPING=$1
  kill -TERM $1 2>/dev/null || true
  # A second Ctrl+C ends a "wait" early, and not the stopping.
  for keeper in $1; do
    while kill -0 "$keeper" 2>/dev/null; do wait "$keeper" 2>/dev/null || true; done
  done
}
# shellcheck disable=SC2317  # called by the traps below
clean_up() {
  local status=$?
  # A second Ctrl+C must not leave half of it running: it tells those that wait for what runs to wait no longer.
  # shellcheck disable=SC2154  # set before
  trap 'kill -TERM $NOW_STOPPING 2>/dev/null || true' INT TERM
  trap '' HUP
  trap - EXIT
  [ -z "$STARTED" ] || say "Stopping..."
  stop_keepers "$SERVER_KEEPERS"
  stop_keepers "$GATEWAY_KEEPERS"
  stop_keepers "$SERVICE_KEEPERS"
  if [ -n "$OUR_RABBITMQ" ]; then scripts/private-rabbitmq.sh stop "$DATA/rabbitmq" || true; fi
  if [ -n "$OUR_POSTGRES" ]; then scripts/private-postgres.sh stop "$DATA/postgres" || true; fi
  rm -rf "$RUN" "$DATA/run.pid"
  exit "$status"
}

# ---- Start ----------------------------------------------------------------------------------------------------------
rm -rf "$RUN"
mkdir -p "$RUN" "$LOGS"
chmod 700 "$RUN" "$LOGS"
for LOG in "$LOGS"/*.log; do
  if [ -f "$LOG" ]; then mv "$LOG" "$LOG.1"; fi
done
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

take_settings() {
  local line
  while IFS= read -r line; do
    case $line in ConnectionStrings__*) export "${line?}" ;; esac
  done <<<"$1"
}
if [ -z "${ConnectionStrings__policydb:-}" ]; then
  OUR_POSTGRES=yes
  SETTINGS=$(scripts/private-postgres.sh start "$DATA/postgres" --keys "$KEYS" ${FAST:+--fast})
  take_settings "$SETTINGS"
fi
if [ -z "${ConnectionStrings__rabbitmq:-}" ]; then
  OUR_RABBITMQ=yes
  SETTINGS=$(scripts/private-rabbitmq.sh start "$DATA/rabbitmq" --keys "$KEYS" ${FAST:+--fast})
  take_settings "$SETTINGS"
fi

export MCPP_DATA=$DATA
if [ -z "${MCPP_INTERNAL_KEY:-}${MCPP_INTERNAL_KEY_FILE:-}" ]; then MCPP_INTERNAL_KEY_FILE=$(key_file internal); export MCPP_INTERNAL_KEY_FILE; fi
if [ -z "${MCPP_MASTER_KEY:-}${MCPP_MASTER_KEY_FILE:-}" ]; then MCPP_MASTER_KEY_FILE=$(key_file master); export MCPP_MASTER_KEY_FILE; fi
for SERVICE in $SERVICES; do
  NAME=Services__${SERVICE}__BaseAddress
  [ -n "${!NAME:-}" ] || export "$NAME=http://127.0.0.1:$(port_of "$SERVICE")"
done
[ -n "${Services__gateway__BaseAddress:-}" ] || export Services__gateway__BaseAddress="http://127.0.0.1:$INTERNAL_PORT"

dotnet "$(program Standalone Standalone)" migrate 2>"$LOGS/migrate.log" || { tail -n 5 "$LOGS/migrate.log" >&2; die "The databases could not be brought up to date; see $LOGS/migrate.log."; }

# What scripts/rolling-restart.sh signals, and asks whether it is ready.
publish() {
  printf '%s\n' "$2" >"$RUN/$1.keeper"
  printf '%s\n' "$3" >"$RUN/$1.health"
}
for SERVICE in $SERVICES; do
  keep "$SERVICE" run_service "$SERVICE" &
  publish "$SERVICE" $! "127.0.0.1:$(port_of "$SERVICE")"
  SERVICE_KEEPERS="$SERVICE_KEEPERS $!"
done
NUMBER=1
while [ "$NUMBER" -le "$GATEWAYS" ]; do
  NAME=gateway
  [ "$NUMBER" = 1 ] || NAME=gateway-$NUMBER
  keep "$NAME" run_gateway "$NAME" "$NUMBER" &
  publish "$NAME" $! ''
  GATEWAY_KEEPERS="$GATEWAY_KEEPERS $!"
  NUMBER=$((NUMBER + 1))
done
if [ -n "$OUR_POSTGRES" ]; then keep_server postgres scripts/private-postgres.sh & SERVER_KEEPERS="$SERVER_KEEPERS $!"; fi
if [ -n "$OUR_RABBITMQ" ]; then keep_server rabbitmq scripts/private-rabbitmq.sh & SERVER_KEEPERS="$SERVER_KEEPERS $!"; fi
STARTED=yes

# ---- Ready ----------------------------------------------------------------------------------------------------------
SHOWN=$HOST
case $HOST in 0.0.0.0 | '*' | ::) SHOWN=127.0.0.1 ;; esac
answers() { (exec 3<>"/dev/tcp/$SHOWN/$PORT" && printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3 && head -n 1 <&3 | grep -q ' 200 ') 2>/dev/null; }
WAITED=0
until answers; do
  WAITED=$((WAITED + 1))
  if [ "$WAITED" = 120 ]; then note "Not ready after a minute; the logs in $LOGS say why. Waiting on."; fi
  nap 0.5
done
cat <<TEXT

McpPlatform is ready: gateway x $GATEWAYS, policy, registry, factory and tracing, each a process of its own.

  MCP endpoint    http://$SHOWN:$PORT/mcp
  Management API  http://$SHOWN:$PORT/api/v1   (Swagger: http://$SHOWN:$PORT/swagger)
  Data and keys   $DATA     (back up $KEYS apart from the databases: without it stored credentials are lost)
  Logs            $LOGS     (one per process; what was restarted, and why, is in run.log)

The admin key of the first start was shown above or lies in $DATA/bootstrap-admin-key:

  curl -H "X-Api-Key: \$MCPP_KEY" http://$SHOWN:$PORT/api/v1/servers

Ctrl+C stops everything.

TEXT
# They end only when told to; a signal ends the wait.
# shellcheck disable=SC2086  # lists of numbers
wait $GATEWAY_KEEPERS $SERVICE_KEEPERS
