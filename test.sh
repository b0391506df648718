#!/usr/bin/env bash
# Gets what is missing, builds with warnings as errors, runs the tests, closes with "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: ./test.sh [options]            without a choice of suites: all of them

  --unit           tests/UnitTests: no process, no database
  --integration    tests/IntegrationTests: the platform as processes, with a PostgreSQL of their own
  --e2e            tests/EndToEndTests: third-party MCP servers and clients
  --containers     the images and compose files of deploy/docker on a Docker engine of their own; skipped where none can be started (as root on Debian)
  --benchmarks     tests/Benchmarks --smoke: each benchmark once
  --filter TEXT    only tests whose full name contains TEXT (leaves the benchmarks out)
  --no-build       test what was built last

A test of --integration or --e2e that fails is run once more, alone, since there a whole platform shares two cores with others: what passes then is named at
the end as unsteady; more than ten are not tried again. Results are kept in TestResults/. The last line is "N passed, N failed", with ", N skipped" when there are any;
the exit code is 0 only when something passed and nothing failed.
TEXT
}

PASSED=0 FAILED=0 SKIPPED=0 BUILD=yes FILTER='' SUITES=''
while [ $# -gt 0 ]; do
  case $1 in
    --unit | --integration | --e2e | --containers | --benchmarks) SUITES="$SUITES ${1#--}" ;;
    --filter) FILTER=${2:?--filter needs a text}; shift ;;
    --no-build) BUILD='' ;;
    -h | --help) usage; exit 0 ;;
    *) printf 'test.sh: unknown option %s\n\n' "$1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
if [ -z "$SUITES" ]; then
  SUITES="unit integration e2e containers"
  [ -n "$FILTER" ] || SUITES="$SUITES benchmarks"
fi
RESULTS=$PWD/TestResults

# Whatever ends the script, the last line says how it went; ending early is a failure.
COMPLETE=''
# shellcheck disable=SC2317  # called by the trap below
close() {
  trap - EXIT
  if [ -z "$COMPLETE" ]; then FAILED=$((FAILED + 1)); fi
  if [ -s "$RESULTS/failed" ]; then printf '\nFailed:\n'; cat "$RESULTS/failed"; fi
  if [ -s "$RESULTS/unsteady" ]; then printf '\nUnsteady (failed among the others, passed alone):\n'; cat "$RESULTS/unsteady"; fi
  local line="$PASSED passed, $FAILED failed"
  if [ "$SKIPPED" -gt 0 ]; then line="$line, $SKIPPED skipped"; fi
  printf '\n%s\n' "$line"
  if [ "$FAILED" -gt 0 ] || [ "$PASSED" = 0 ]; then exit 1; fi
  exit 0
}
trap close EXIT
trap 'exit 130' INT TERM HUP

say() { printf '\n==> %s\n' "$*"; }

# ---- What is missing ------------------------------------------------------------------------------------------------

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed (dotnet). ./run.sh says how to get it."; exit 1; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

need_node() {
  if command -v node >/dev/null && command -v npm >/dev/null; then return; fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Node.js 18 or later and npm are needed for the third-party MCP programs. Debian: sudo apt-get install nodejs npm; macOS: brew install node"
    exit 1
  fi
  say "Installing nodejs and npm"
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm; } >"$RESULTS/apt.log" 2>&1; then
    tail -n 20 "$RESULTS/apt.log"
    exit 1
  fi
}

# For the test of clocks that jump; it is skipped without.
want_faketime() {
  if ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return; fi
  say "Installing faketime"
  { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends faketime \
    || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends faketime; }; } >"$RESULTS/apt.log" 2>&1 || tail -n 3 "$RESULTS/apt.log"
}

# The pinned programs of folder $1.
need_clients() {
  # npm writes the hidden lock file last: with it in place and not older, the folder is complete.
  local done=$1/node_modules/.package-lock.json
  if [ -f "$done" ] && [ ! "$1/package-lock.json" -nt "$done" ]; then return; fi
  say "Installing the pinned MCP programs of $1 (npm ci)"
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund) >"$RESULTS/npm.log" 2>&1 || { tail -n 20 "$RESULTS/npm.log"; exit 1; }
}

mkdir -p "$RESULTS"
rm -f "$RESULTS/failed" "$RESULTS/unsteady"
case " $SUITES " in
  *" integration "* | *" e2e "*)
    scripts/private-postgres.sh install >/dev/null || exit 1
    scripts/private-rabbitmq.sh install >/dev/null || exit 1
    scripts/private-redis.sh install >/dev/null || exit 1
    want_faketime
    need_node
    need_clients tests/clients
    ;;
esac
case " $SUITES " in
  *" e2e "*) need_clients tests/clients/modern ;;
esac

# ---- Build ----------------------------------------------------------------------------------------------------------

if [ -n "$BUILD" ]; then
  say "Building McpPlatform.sln, warnings are errors"
  if ! dotnet build McpPlatform.sln -c Release -warnaserror -v quiet --nologo -p:UseSharedCompilation=true -nodeReuse:false \
    >"$RESULTS/build.log" 2>&1; then
    grep -E '(error|warning) ' "$RESULTS/build.log" | sort -u || cat "$RESULTS/build.log"
    exit 1
  fi
fi

# ---- Tests ----------------------------------------------------------------------------------------------------------

# The number in attribute $1 of the result file's assembly element.
count() { grep -o '<assembly [^>]*>' "$2" | grep -oE "[ ]$1=\"[0-9]+\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }

# The methods that failed according to result file $1, one a line.
failed_in() { { grep -oE '<test [^>]*>' "$1" | grep -F ' result="Fail"' || true; } | sed -E 's/.* type="([^"]*)" method="([^"]*)".*/  \1.\2/' | sort -u; }

# Runs what failed in $1 again with nothing beside it: program $2, report $3. Sets failed to how many tests fail still.
run_again() {
  local program=$2 again=$RESULTS/$1-again.xml methods
  failed_in "$3" >"$RESULTS/first"
  if [ "$(wc -l <"$RESULTS/first")" -gt 10 ]; then cat "$RESULTS/first" >>"$RESULTS/failed"; return; fi
  say "$1: what failed, again"
  cat "$RESULTS/first"
  mapfile -t methods < <(tr -d ' ' <"$RESULTS/first")
  rm -f "$again"
  "$program" --no-progress --no-ansi --timeout 10m --results-directory "$RESULTS" --report-xunit --report-xunit-filename "$1-again.xml" \
    --filter-method "${methods[@]}" </dev/null || true
  if [ ! -s "$again" ]; then cat "$RESULTS/first" >>"$RESULTS/failed"; return; fi
  failed_in "$again" | tee -a "$RESULTS/failed" | sort >"$RESULTS/second"
  comm -23 "$RESULTS/first" "$RESULTS/second" >>"$RESULTS/unsteady"
  failed=$(($(count failed "$again") + $(count errors "$again")))
}

# Runs one test executable: project $1, at most $2 for all of it; what else is given goes to it. REPORT names the results when not like the project.
run_tests() {
  local project=$1 limit=$2 name=${REPORT:-$1} status=0 failed
  local program=tests/$project/bin/Release/net10.0/McpPlatform.$project report=$RESULTS/$name.xml
  shift 2
  say "$name"
  rm -f "$report"
  [ -x "$program" ] || { echo "$program is missing; run without --no-build."; FAILED=$((FAILED + 1)); return 0; }
  "$program" --no-progress --no-ansi --timeout "$limit" --results-directory "$RESULTS" \
    --report-xunit --report-xunit-filename "$name.xml" "$@" ${FILTER:+--filter-method "*$FILTER*"} </dev/null || status=$?
  if [ ! -s "$report" ]; then
    # 8: no test matches the filter. Anything else without a report is a crash or a time-out.
    if [ "$status" = 8 ] && [ -n "$FILTER" ]; then return; fi
    echo "$name ended with code $status and without a report."
    FAILED=$((FAILED + 1))
    return
  fi
  failed=$(($(count failed "$report") + $(count errors "$report")))
  PASSED=$((PASSED + $(count passed "$report")))
  SKIPPED=$((SKIPPED + $(count skipped "$report")))
  # A run may fail with all its tests green: a clean-up that throws, none found, out of time.
  if [ "$failed" = 0 ] && [ "$status" != 0 ] && ! { [ "$status" = 8 ] && [ -n "$FILTER" ]; }; then
    echo "$name ended with code $status although no test failed."
    failed=1
  elif [ "$failed" != 0 ]; then
    local first=$failed
    if [ -n "${AGAIN:-}" ]; then run_again "$name" "$program" "$report"; else failed_in "$report" >>"$RESULTS/failed"; fi
    PASSED=$((PASSED + (first > failed ? first - failed : 0)))
  fi
  FAILED=$((FAILED + failed))
}

run_benchmarks() {
  say "Benchmarks, each once"
  if dotnet tests/Benchmarks/bin/Release/net10.0/McpPlatform.Benchmarks.dll --smoke </dev/null >"$RESULTS/benchmarks.log" 2>&1; then
    tail -n 20 "$RESULTS/benchmarks.log"
    PASSED=$((PASSED + 1))
  else
    cat "$RESULTS/benchmarks.log"
    FAILED=$((FAILED + 1))
  fi
}

for SUITE in $SUITES; do
  STARTED=$SECONDS
  case $SUITE in
    unit) run_tests UnitTests 4m ;;
    integration) AGAIN=yes run_tests IntegrationTests 50m --filter-not-namespace McpPlatform.IntegrationTests.Containers ;;
    e2e) AGAIN=yes run_tests EndToEndTests 5m ;;
    containers) REPORT=Containers run_tests IntegrationTests 10m --filter-namespace McpPlatform.IntegrationTests.Containers ;;
    benchmarks) run_benchmarks ;;
  esac
  echo "    $((SECONDS - STARTED)) s"
done
COMPLETE=yes
