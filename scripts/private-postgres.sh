#!/usr/bin/env bash
# A PostgreSQL of the platform's own: loopback only, scram passwords, run by an unprivileged user, kept in one folder.
# run.sh uses it for people (durable), the tests use it with --fast (nothing is forced to disk).
#
#   private-postgres.sh start DIR [--keys DIR] [--fast]   starts or finds the server in DIR; prints NAME=value lines (below)
#   private-postgres.sh stop DIR                          stops it; fine when it does not run
#   private-postgres.sh running DIR                      exit code 0 when it runs
#   private-postgres.sh find                              prints the folder of the PostgreSQL programs; exit 3 when there is none
#   private-postgres.sh install                           find, else apt-get install (as root on Debian); prints the folder
#
# start prints, one per line and without quotes: PORT, SUPERUSER_PASSWORD, MIGRATOR_PASSWORD, RUNTIME_PASSWORD, then
# ConnectionStrings__{policydb,registrydb,factorydb,tracingdb} (role mcpp_runtime) and ConnectionStrings__*_migrator (role
# mcpp_migrator). DIR holds cluster/ (the data), socket/ (0700), log and port; passwords are in --keys (default DIR/keys), 0600.
#
# Starting twice, after a kill -9 or after a reboot is safe. Works with bash 3.2, as macOS has it.
# shellcheck disable=SC2016  # single quotes on purpose: what they hold is expanded by the owner's own sh
set -euo pipefail

readonly DATABASES="policydb registrydb factorydb tracingdb"
readonly OLDEST=14   # the oldest major version that its makers still repair

# shellcheck disable=SC2034  # read by what is sourced here
SCRIPT=private-postgres SERVER=PostgreSQL USERS="postgres mcpp"
# shellcheck source=scripts/private-server.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-server.sh"

# ---- Programs -------------------------------------------------------------------------------------------------------

major_of() { "$1/postgres" --version 2>/dev/null | sed -E 's/^[^0-9]*([0-9]+).*$/\1/'; }

# Prints the folder of the newest complete installation; of major version $1 when given, as a cluster opens with no other.
find_programs() {
  local wanted=${1:-} best='' best_major=0 dir major on_path=''
  if command -v pg_ctl >/dev/null; then
    on_path=$(command -v pg_ctl)
    # Links on PATH point at the real folder, which also holds what was not linked.
    while [ -L "$on_path" ]; do
      case $(readlink "$on_path") in
        /*) on_path=$(readlink "$on_path") ;;
        *) on_path=$(dirname "$on_path")/$(readlink "$on_path") ;;
      esac
    done
    on_path=$(dirname "$on_path")
  fi
  for dir in ${on_path:+"$on_path"} /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/local/opt/postgresql*/bin /opt/homebrew/bin /usr/local/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
    if ! { [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && [ -x "$dir/postgres" ] && [ -x "$dir/psql" ]; }; then continue; fi
    major=$(major_of "$dir")
    case $major in '' | *[!0-9]*) continue ;; esac
    [ -z "$wanted" ] || [ "$major" = "$wanted" ] || continue
    if [ "$major" -ge "$OLDEST" ] && [ "$major" -gt "$best_major" ]; then best=$dir best_major=$major; fi
  done
  [ -n "$best" ] || return 3
  printf '%s\n' "$best"
}

install_packages() {
  # Debian's package would create and start a cluster of its own; only the programs are wanted. The setting is put back.
  local setting=/etc/postgresql-common/createcluster.conf status=0
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends postgresql-common \
    || { apt-get update && apt-get install -y --no-install-recommends postgresql-common; } \
    || return 1
  cp -p "$setting" "$setting.mcpp" || return 1
  printf '\ncreate_main_cluster = false\n' >>"$setting"
  apt-get install -y --no-install-recommends postgresql || status=$?
  mv "$setting.mcpp" "$setting"
  return "$status"
}

install_programs() {
  find_programs && return
  if ! is_root || ! command -v apt-get >/dev/null; then
    cat >&2 <<'TEXT'
private-postgres: PostgreSQL's programs (initdb, pg_ctl, postgres, psql; version 14 or later) were not found. Ways on:
  * install them:    Debian, Ubuntu: sudo apt-get install postgresql      macOS: brew install postgresql@17
  * with containers: dotnet run --project AppHost        (Aspire starts PostgreSQL and RabbitMQ itself)
  * your own server: set ConnectionStrings__policydb, __registrydb, __factorydb and __tracingdb, and the same names
                     with _migrator at the end (the role that owns the schemas); then no PostgreSQL is started here
TEXT
    return 3
  fi
  echo "Installing PostgreSQL's programs (apt-get install postgresql)..." >&2
  local log
  log=$(mktemp)
  install_packages >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; die "apt-get could not install PostgreSQL; its messages are above."; }
  rm -f "$log"
  find_programs || die "apt-get installed PostgreSQL, but no version from $OLDEST on was found afterwards."
}

# ---- The server -----------------------------------------------------------------------------------------------------

create_cluster() {
  [ -f "$DIR/cluster/PG_VERSION" ] && return
  local locale=C
  # Folds and compares by code point like C, but knows letters beyond ASCII.
  if locale -a 2>/dev/null | grep -qiE '^C\.utf-?8$'; then locale=C.UTF-8; fi
  as_owner rm -rf "$DIR/cluster.new"   # what an interrupted first start left
  password postgres-superuser | as_owner sh -c 'umask 077 && cat >"$1"' sh "$DIR/initdb.pw"
  as_owner "$BIN/initdb" -D "$DIR/cluster.new" -U postgres -A scram-sha-256 --pwfile "$DIR/initdb.pw" \
    -E UTF8 --locale="$locale" --data-checksums ${FAST:+--no-sync} >"$LOG" 2>&1 \
    || { as_owner rm -f "$DIR/initdb.pw"; cat "$LOG" >&2; die "initdb failed; its messages are above."; }
  as_owner rm -f "$DIR/initdb.pw"
  as_owner sh -c 'echo "include '\''mcpp.conf'\''" >>"$1/postgresql.conf"' sh "$DIR/cluster.new"
  as_owner mv "$DIR/cluster.new" "$DIR/cluster"
}

# Is the server of this very folder alive?
is_running() {
  [ -f "$DIR/cluster/postmaster.pid" ] || return 1
  is_process "$(head -n 1 "$DIR/cluster/postmaster.pid")" "$DIR/cluster"
}

# Is any process of a killed server still at work in the folder? Two servers on one cluster would destroy it.
has_orphans() {
  local link
  for link in /proc/[0-9]*/cwd; do
    if [ "$(readlink "$link" 2>/dev/null)" = "$DIR/cluster" ]; then return 0; fi
  done
  return 1
}

# PostgreSQL clears what a dead server left, but not when its number now belongs to another process (after a reboot) or to a
# zombie (in a container whose first process buries nobody). Called only when the server of this folder does not run.
clear_stale_files() {
  local pid _
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if ! has_orphans; then break; fi
    sleep 1
  done
  if has_orphans; then die "processes of a killed PostgreSQL still work in $DIR/cluster; end them first."; fi
  as_owner find "$DIR/socket" -mindepth 1 -delete
  [ -f "$DIR/cluster/postmaster.pid" ] || return 0
  pid=$(head -n 1 "$DIR/cluster/postmaster.pid")
  case $pid in '' | *[!0-9]*) return 0 ;; esac
  if kill -0 "$pid" 2>/dev/null; then as_owner rm -f "$DIR/cluster/postmaster.pid"; fi
}

write_settings() {
  local socket=$DIR/socket durability=''
  # A socket's path is limited to 107 bytes; nothing here needs the socket.
  if [ "${#socket}" -gt 85 ]; then socket=''; fi
  # Without forcing to disk a kill -9 still loses nothing that was committed, as the system keeps what was written; a power cut would.
  if [ -n "$FAST" ]; then durability=$'fsync = off\nfull_page_writes = off'; fi
  as_owner sh -c 'cat >"$1"' sh "$DIR/cluster/mcpp.conf" <<SETTINGS
# Written at each start by scripts/private-postgres.sh; your own settings belong below the include in postgresql.conf.
listen_addresses = '127.0.0.1'
port = $PORT
unix_socket_directories = '$(printf '%s' "$socket" | sed "s/'/''/g")'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 200
lc_messages = 'C'
$durability
SETTINGS
}

start_server() {
  local attempt
  for attempt in 1 2 3 4 5 6; do
    choose_port "$attempt" "$DIR/port"
    write_settings
    clear_stale_files
    # Nothing here may stay open in the server: whoever reads our output would wait for its end.
    if as_owner "$BIN/pg_ctl" -D "$DIR/cluster" -w -t 120 -l "$DIR/log" start </dev/null >"$LOG" 2>&1; then
      printf '%s\n' "$PORT" | as_owner sh -c 'cat >"$1"' sh "$DIR/port"
      return
    fi
    # Another program took the port between look and use.
    tail -n 20 "$DIR/log" 2>/dev/null | grep -q 'Address already in use' || break
  done
  cat "$LOG" >&2
  tail -n 20 "$DIR/log" >&2 || true
  die "PostgreSQL did not start; its last messages are above ($DIR/log)."
}

query() { PGPASSWORD=$(password postgres-superuser) "$BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PORT" -U postgres "$@"; }

# Owners of nothing but their schema, and users of nothing but what the migrations grant. Safe to repeat.
ensure_roles() {
  local database
  {
    local role name
    for role in migrator runtime; do
      name=mcpp_$role
      echo "SELECT 'CREATE ROLE $name' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$name') \\gexec"
      echo "ALTER ROLE $name LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '$(password "mcpp-$role")';"
    done
    echo "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;"
    for database in $DATABASES; do
      echo "SELECT 'CREATE DATABASE $database OWNER mcpp_migrator' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$database') \\gexec"
      echo "REVOKE ALL ON DATABASE $database FROM PUBLIC;"
      echo "GRANT CONNECT ON DATABASE $database TO mcpp_runtime;"
    done
    for database in $DATABASES; do
      echo "\\connect $database"
      echo "ALTER SCHEMA public OWNER TO mcpp_migrator;"
      echo "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    done
  } | query -d postgres >/dev/null || die "the roles and databases could not be created."
}

print_settings() {
  local database base
  echo "PORT=$PORT"
  echo "SUPERUSER_PASSWORD=$(password postgres-superuser)"
  echo "MIGRATOR_PASSWORD=$(password mcpp-migrator)"
  echo "RUNTIME_PASSWORD=$(password mcpp-runtime)"
  # 4 databases x 2 roles x 20 stay below max_connections.
  for database in $DATABASES; do
    base="Host=127.0.0.1;Port=$PORT;Database=$database;SSL Mode=Disable;GSS Encryption Mode=Disable;Maximum Pool Size=20"
    echo "ConnectionStrings__$database=$base;Username=mcpp_runtime;Password=$(password mcpp-runtime)"
    echo "ConnectionStrings__${database}_migrator=$base;Username=mcpp_migrator;Password=$(password mcpp-migrator)"
  done
}

start() {
  prepare_folder cluster
  as_owner mkdir -p -m 700 "$DIR/socket"
  LOG=$(mktemp)
  trap 'rm -f "$LOG"' EXIT
  if [ -f "$DIR/cluster/PG_VERSION" ]; then
    local version
    version=$(as_owner cat "$DIR/cluster/PG_VERSION")
    BIN=$(find_programs "$version") || die "$DIR was made by PostgreSQL $version, whose programs are not installed any more; install that version."
  else
    BIN=$(install_programs) || exit 3
  fi
  create_cluster
  if is_running; then
    PORT=$(sed -n 4p "$DIR/cluster/postmaster.pid")
  else
    start_server
  fi
  ensure_roles
  print_settings
}

stop() {
  [ -d "$DIR/cluster" ] || return 0
  DIR=$(cd "$DIR" && pwd -P)
  choose_owner "$DIR/cluster"
  is_running || return 0
  BIN=$(find_programs "$(as_owner cat "$DIR/cluster/PG_VERSION")") || die "the programs that started $DIR are gone."
  as_owner "$BIN/pg_ctl" -D "$DIR/cluster" -m fast -w -t 60 stop >/dev/null || die "PostgreSQL in $DIR did not stop."
}

main "$@"
