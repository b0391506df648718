#!/usr/bin/env bash
# Starts McpPlatform on this machine, with a private PostgreSQL under ./data: all services in one process, or each in its own with RabbitMQ between them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: ./run.sh [options]             ./run.sh restart [--data DIR]: replaces every process of a running --distributed, one by one, without a failed call

Builds the platform, starts a private PostgreSQL and serves everything in one process. Ctrl+C stops all of it. The data is the same either way: stop one
form and start the other on it.

  --distributed          gateway, policy, registry, factory and tracing as processes of their own, with a private RabbitMQ between them
  --gateways N           that many gateways, 1 to 9                     (default 1; distributed)
  --gateway-ports HOW    shared: one port for all, the kernel spreads connections (Linux); consecutive: PORT, PORT+1, ...   (default shared; distributed)
  --host ADDRESS         address that the public listener binds         (default 127.0.0.1)
  --port PORT            its port                                       (default 8080)
  --internal-port PORT   port of the internal listener, loopback only   (default 8081; distributed: 8180, and the services take the four after it)
  --data DIR             folder for everything that must last           (default ./data, or MCPP_DATA)
  --config FILE          servers, policies, limits and launchers: docs/configuration.md   (default MCPP_CONFIG, else mcpplatform.yaml; distributed: none but launchers)
  --drain-timeout SECONDS  after Ctrl+C or SIGTERM, for what runs to finish (default 30); a second Ctrl+C ends it at once
  --no-build             run what was built last
  --help                 this text

ports    8080  public: MCP at /mcp, management API at /api/v1, Swagger at /swagger, /health
         8081  internal, loopback only: snapshots and discovery; distributed 8180 gateway, 8181 policy, 8182 registry, 8183 factory, 8184 tracing, 8190 and on further gateways
         the private PostgreSQL takes a free port on loopback and keeps it (data/postgres/port)
folders  data/postgres  the databases           data/keys   passwords and the master key: back this up
         data/          the gateway's snapshot and spool, deployments; data/logs when started on a terminal or distributed
         data/rabbitmq  distributed: messages on their way      data/run   distributed: NAME.pid of each process; NAME.hold keeps it stopped
         mcpplatform.yaml (optional) servers, policies, limits; launchers: the commands that stdio servers may run
environment
         ConnectionStrings__policydb, __registrydb, __factorydb, __tracingdb (and each with _migrator):
                 your own PostgreSQL; with the first one set none is started here
         ConnectionStrings__rabbitmq   your own RabbitMQ, distributed only
         MCPP_DATA, MCPP_MASTER_KEY(_FILE), MCPP_INTERNAL_KEY(_FILE): see .env.example for all of them

Other ways to run it: deploy/docker (images, compose), dotnet run --project AppHost (containers, with a dashboard; publishes for compose, Kubernetes, Azure).
TEXT
}

die() { printf '%s\n' "$*" >&2; exit 1; }

if [ "${1:-}" = restart ]; then
  shift
  exec scripts/rolling-restart.sh "$@"
fi

# ---- Options --------------------------------------------------------------------------------------------------------
HOST=127.0.0.1 PORT=8080 INTERNAL_PORT='' DATA=${MCPP_DATA:-data} BUILD=yes DISTRIBUTED='' GATEWAYS=1 GATEWAY_PORTS=shared
while [ $# -gt 0 ]; do
  case $1 in
    --host) HOST=${2:?--host needs an address}; shift ;;
    --port) PORT=${2:?--port needs a number}; shift ;;
    --internal-port) INTERNAL_PORT=${2:?--internal-port needs a number}; shift ;;
    --data) DATA=${2:?--data needs a folder}; shift ;;
    --config) MCPP_CONFIG=$(realpath -- "${2:?--config needs a file}") || die "There is no file $2."; export MCPP_CONFIG; shift ;;
    --distributed) DISTRIBUTED=yes ;;
    --gateways) GATEWAYS=${2:?--gateways needs a number}; shift ;;
    --gateway-ports) GATEWAY_PORTS=${2:?--gateway-ports needs shared or consecutive}; shift ;;
    --drain-timeout)
      case ${2:-} in '' | *[!0-9]*) die "--drain-timeout is '${2:-}'; use a number of seconds." ;; esac
      # A bare number would be days to the platform.
      export Drain__Timeout; Drain__Timeout=$(printf '%02d:%02d:%02d' $(($2 / 3600)) $(($2 % 3600 / 60)) $(($2 % 60))); shift ;;
    --no-build) BUILD='' ;;
    -h | --help) usage; exit 0 ;;
    *) printf 'run.sh: unknown option %s\n\n' "$1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

case $GATEWAYS in [1-9]) ;; *) die "--gateways is '$GATEWAYS'; use a number from 1 to 9." ;; esac
case $GATEWAY_PORTS in shared | consecutive) ;; *) die "--gateway-ports is '$GATEWAY_PORTS'; use shared or consecutive." ;; esac
if [ "$GATEWAYS" != 1 ] && [ -z "$DISTRIBUTED" ]; then die "--gateways needs --distributed: one process holds one gateway."; fi
if [ "$GATEWAYS" != 1 ] && [ "$(uname)" != Linux ]; then GATEWAY_PORTS=consecutive; fi
[ -n "$INTERNAL_PORT" ] || INTERNAL_PORT=$([ -n "$DISTRIBUTED" ] && echo 8180 || echo 8081)

# ---- The SDK --------------------------------------------------------------------------------------------------------
if ! command -v dotnet >/dev/null || ! dotnet --version 2>/dev/null | grep -q '^10\.'; then
  # shellcheck disable=SC2016  # the reader's shell expands $HOME, not this one
  die 'The .NET 10 SDK is needed, and "dotnet --version" does not show one. Get it in one of these ways:
  * any Linux or macOS: curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
                        export PATH="$HOME/.dotnet:$PATH"
  * a package:          https://learn.microsoft.com/dotnet/core/install/linux   (dotnet-sdk-10.0)
  * macOS:              brew install dotnet-sdk'
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# ---- The data folder, ours alone while we run -----------------------------------------------------------------------
mkdir -p "$DATA/keys"
DATA=$(cd "$DATA" && pwd -P)
chmod 711 "$DATA"       # PostgreSQL's user passes through; what lies here is closed for itself
chmod 700 "$DATA/keys"
# The file names this script and, once started, the platform: killing only the script leaves the platform at work on the data.
for OTHER in $(cat "$DATA/run.pid" 2>/dev/null || true); do
  if { tr '\0' ' ' <"/proc/$OTHER/cmdline" || ps -p "$OTHER" -o args=; } 2>/dev/null | grep -qE 'run\.sh|distributed\.sh|McpPlatform\.Standalone'; then
    die "Process $OTHER already uses $DATA. Stop it first (kill $OTHER), or give this one a folder of its own: --data DIR --port PORT."
  fi
done
printf '%s\n' "$$" >"$DATA/run.pid"

# ---- Build ----------------------------------------------------------------------------------------------------------
build() {
  local log
  log=$(mktemp)
  if ! dotnet build "$1" -c Release -v quiet --nologo -p:UseSharedCompilation=true -nodeReuse:false >"$log" 2>&1; then
    grep -E 'error' "$log" | sort -u >&2 || cat "$log" >&2
    rm -f "$log" "$DATA/run.pid"
    die "The build failed; its errors are above."
  fi
  rm -f "$log"
}
PROGRAM=src/Standalone/bin/Release/net10.0/McpPlatform.Standalone.dll
if [ -n "$BUILD" ]; then
  echo "Building (the first time takes a minute)..."
  # Standalone builds the five services with it.
  build src/Standalone/McpPlatform.Standalone.csproj
  build src/Cli/McpPlatform.Cli.csproj
fi
[ -f "$PROGRAM" ] || die "$PROGRAM is missing; run without --no-build."

if [ -n "$DISTRIBUTED" ]; then
  export HOST PORT INTERNAL_PORT DATA GATEWAYS GATEWAY_PORTS
  exec scripts/distributed.sh
fi

# ---- Stopping: the platform first, as it flushes to the database, then PostgreSQL -------------------------------------
PLATFORM='' OUR_POSTGRES='' STOPPING=''
# shellcheck disable=SC2317  # called by the traps below
stop_platform() {
  [ -n "$PLATFORM" ] || exit 130
  STOPPING=yes
  kill -TERM "$PLATFORM" 2>/dev/null || true
}
# shellcheck disable=SC2317  # called by the traps below
clean_up() {
  local status=$?
  trap '' INT TERM HUP   # a second Ctrl+C must not leave PostgreSQL running
  trap - EXIT
  if [ -n "$PLATFORM" ] && kill -0 "$PLATFORM" 2>/dev/null; then
    kill -TERM "$PLATFORM" 2>/dev/null || true
    wait "$PLATFORM" 2>/dev/null || true
  fi
  if [ -n "$OUR_POSTGRES" ]; then scripts/private-postgres.sh stop "$DATA/postgres" || true; fi
  rm -f "$DATA/run.pid"
  exit "$status"
}
trap clean_up EXIT
trap stop_platform INT TERM HUP

# ---- Database -------------------------------------------------------------------------------------------------------
if [ -z "${ConnectionStrings__policydb:-}" ]; then
  OUR_POSTGRES=yes
  SETTINGS=$(scripts/private-postgres.sh start "$DATA/postgres" --keys "$DATA/keys")
  while IFS= read -r line; do
    case $line in ConnectionStrings__*) export "${line?}" ;; esac
  done <<<"$SETTINGS"
fi

# ---- Run ------------------------------------------------------------------------------------------------------------
export MCPP_DATA=$DATA
# A person reads what to paste next, not JSON logs; whoever collects logs (no terminal) gets them on standard error as ever.
LOG=''
if [ -t 2 ]; then
  mkdir -p "$DATA/logs"
  chmod 700 "$DATA/logs"
  LOG=$DATA/logs/platform.log
  if [ -f "$LOG" ]; then mv "$LOG" "$LOG.1"; fi
  exec 3>"$LOG"
  echo "Starting (logs: $LOG)..."
else
  exec 3>&2
fi
dotnet "$PROGRAM" --host "$HOST" --port "$PORT" --internal-port "$INTERNAL_PORT" 2>&3 3>&- &
PLATFORM=$!
printf '%s\n' "$PLATFORM" >>"$DATA/run.pid"
STATUS=0
while :; do
  STOPPING=''
  wait "$PLATFORM" && STATUS=0 || STATUS=$?
  # A trapped signal ends "wait" early; the platform is still closing then.
  [ -n "$STOPPING" ] || break
done
if [ "$STATUS" != 0 ] && [ -n "$LOG" ]; then
  echo "The platform ended with code $STATUS. Its last words ($LOG):" >&2
  tail -n 5 "$LOG" >&2
fi
exit "$STATUS"
