#!/usr/bin/env bash
# A guided tour of a running platform: every step prints what it does and the real answer; the first wrong one ends the tour.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: ./demo.sh [options]

Without options it starts a platform of its own on free ports, in a temporary folder, and stops it at the end.

  --url URL         tour a running platform instead; its operator's mcpplatform.yaml needs a launcher "everything":
                      mcpp servers add everything -- bash PATH/tests/clients/client mcp-server-everything stdio
  --key KEY         an admin key of that platform (or --key-file FILE, or MCPP_KEY)
  --keep            leave what the tour made (with --url)
  --help            this text

It needs Node.js and what ./run.sh needs. Everything that it makes is called demo-... and removed at the end.
TEXT
}

URL='' KEY=${MCPP_KEY:-} KEEP=''
while [ $# -gt 0 ]; do
  case $1 in
    --url) URL=${2:?--url needs an address}; shift ;;
    --key) KEY=${2:?--key needs a key}; shift ;;
    --key-file) KEY=$(cat "${2:?--key-file needs a file}"); shift ;;
    --keep) KEEP=yes ;;
    -h | --help) usage; exit 0 ;;
    *) printf 'demo.sh: unknown option %s\n\n' "$1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

# ---- Telling and checking -------------------------------------------------------------------------------------------

STEP=0 ANSWER=''
step() { STEP=$((STEP + 1)); printf '\n\033[1m%s. %s\033[0m\n' "$STEP" "$*"; }
fail() { printf '\n\033[31mStep %s went wrong: %s\033[0m\n' "$STEP" "$*" >&2; exit 1; }

# Runs a command, shows it and its answer (shortened for people), and keeps the whole in ANSWER. Its failure ends the tour.
show() {
  printf '   $ %s\n' "$(shorten "$*")"
  ANSWER=$("$@" 2>&1) || { printf '%s\n' "$ANSWER" >&2; fail "the command ended with code $?."; }
  print_answer
}

# The same for a command that must be refused.
show_refused() {
  printf '   $ %s\n' "$(shorten "$*")"
  if ANSWER=$("$@" 2>&1); then print_answer; fail "this should have been refused."; fi
  print_answer
}

shorten() {
  local text=${1//$PWD\//}
  text=${text/#as_admin/mcp-inspector --cli $URL/mcp}
  text=${text/#as_agent/mcp-inspector --cli $URL/mcp}
  text=${text//$KEY/\$MCPP_KEY}
  if [ -n "${AGENT_KEY:-}" ]; then text=${text//$AGENT_KEY/\$AGENT_KEY}; fi
  printf '%s' "$text"
}
print_answer() { printf '%s\n' "$(shorten "$ANSWER")" | head -n 14 | cut -c1-170 | sed 's/^/     /'; if [ "$(printf '%s\n' "$ANSWER" | wc -l)" -gt 14 ]; then echo '     ...'; fi; }
expect() { case $ANSWER in *"$1"*) ;; *) fail "the answer does not hold \"$1\"." ;; esac; }
expect_not() { case $ANSWER in *"$1"*) fail "the answer holds \"$1\"." ;; esac; }

# Repeats a command until its answer holds a text, for at most 30 seconds.
wait_for() {
  local text=$1 _
  shift
  for _ in $(seq 1 60); do
    if ANSWER=$("$@" 2>&1) && [[ $ANSWER == *"$text"* ]]; then return; fi
    sleep 0.5
  done
  printf '%s\n' "$ANSWER" | head -n 20 >&2
  fail "\"$text\" did not appear within 30 seconds."
}

# A member of the JSON on standard input, by a JavaScript expression over "it".
json() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{const it=JSON.parse(t);const v=eval(process.argv[1]);if(v===undefined)process.exit(1);console.log(typeof v==="string"?v:JSON.stringify(v))})' "$1"; }

free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

# ---- What is needed -------------------------------------------------------------------------------------------------

if ! { command -v node && command -v npm && command -v curl; } >/dev/null; then
  echo "The tour needs curl, Node.js 18 or later and npm. Debian: apt-get install curl nodejs npm; macOS: brew install node" >&2
  exit 1
fi
if [ ! -f tests/clients/node_modules/.package-lock.json ]; then
  echo "Getting the third-party MCP programs (npm ci)..."
  (cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund >/dev/null)
fi

umask 077
WORK=$(mktemp -d)
chmod 711 "$WORK"   # servers run as another user, who passes through
PLATFORM='' REMOTE_SERVER='' MADE=''
# shellcheck disable=SC2317  # called by the trap below
clean_up() {
  local status=$?
  trap - EXIT
  if [ -n "$MADE" ] && [ -z "$KEEP" ] && [ -z "$PLATFORM" ]; then remove_all >/dev/null 2>&1 || true; fi
  if [ -n "$REMOTE_SERVER" ]; then kill "$REMOTE_SERVER" 2>/dev/null || true; fi
  if [ -n "$PLATFORM" ]; then
    if [ "$status" != 0 ]; then echo "The platform's last words:" >&2; tail -n 15 "$WORK/run.log" | cut -c1-300 >&2; fi
    kill -TERM "$PLATFORM" 2>/dev/null || true
    wait "$PLATFORM" 2>/dev/null || true
  fi
  rm -rf "$WORK"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

mcpp() { dotnet src/Cli/bin/Release/net10.0/mcpp.dll "$@"; }
inspect() { tests/clients/client mcp-inspector --cli "$URL/mcp" --transport http --header "Authorization: Bearer $1" --format json --quiet "${@:2}"; }
as_admin() { inspect "$KEY" "$@"; }
as_agent() { inspect "$AGENT_KEY" "$@"; }

remove_all() {
  local id
  id=$(mcpp deploy list --json | json 'it.items.filter(d=>d.slug==="demo-platform"&&d.state!=="deleted").map(d=>d.id)[0]') && mcpp deploy rm "$id"
  mcpp servers rm demo-everything || true
  mcpp servers rm demo-remote || true
  for id in $(mcpp keys list --json | json 'it.items.filter(k=>k.name.startsWith("demo-")&&k.state==="active").map(k=>k.id).join(" ")'); do mcpp keys revoke "$id"; done
  mcpp policies rm demo-agent || true
  mcpp secrets rm demo-platform-key || true
  if [ "$ZONE" != local ]; then mcpp zones rm "$ZONE" || true; fi
}

# ---- The platform ---------------------------------------------------------------------------------------------------

ZONE=local
if [ -z "$URL" ]; then
  step "Start a platform of our own (./run.sh)"
  PORT=$(free_port)
  URL=http://127.0.0.1:$PORT
  printf 'launchers:\n  everything:\n    command: bash\n    args: ["%s/tests/clients/client", "mcp-server-everything", "stdio"]\n' "$PWD" >"$WORK/mcpplatform.yaml"
  chmod 644 "$WORK/mcpplatform.yaml"
  # Deployments may call private addresses only where the operator allows it; here it is the platform's own.
  Gateway__ConfigFile=$WORK/mcpplatform.yaml Factory__AllowedPrivateHosts__0=127.0.0.1:$PORT ./run.sh --port "$PORT" --internal-port "$(free_port)" --data "$WORK/data" >"$WORK/run.log" 2>&1 &
  PLATFORM=$!
  for _ in $(seq 1 600); do
    kill -0 "$PLATFORM" 2>/dev/null || fail "run.sh ended."
    if grep -qs 'is ready' "$WORK/run.log"; then break; fi
    sleep 0.5
  done
  grep -q 'is ready' "$WORK/run.log" || fail "it was not ready within five minutes."
  KEY=$(cat "$WORK/data/bootstrap-admin-key")
  echo "     ready at $URL; its first start wrote the admin key to a file that only its user can read"
else
  URL=${URL%/}
  ZONE=demo-zone
  [ -n "$KEY" ] || { echo "Give an admin key: --key, --key-file or MCPP_KEY." >&2; exit 2; }
  [ -f src/Cli/bin/Release/net10.0/mcpp.dll ] || dotnet build src/Cli -c Release -v quiet --nologo >/dev/null
fi
export MCPP_URL=$URL MCPP_KEY=$KEY
MADE=yes

step "Is it well?"
show mcpp health
expect healthy

step "A third-party MCP server as a child process: the operator's launcher says how, the API only says which"
show mcpp servers add demo-everything --launcher everything --title "The reference server, over stdio"
wait_for '"demo-everything__echo"' as_admin --method tools/list

step "The same program as a server elsewhere, over Streamable HTTP"
REMOTE_PORT=$(free_port)
PORT=$REMOTE_PORT tests/clients/client mcp-server-everything streamableHttp >"$WORK/remote.log" 2>&1 &
REMOTE_SERVER=$!
wait_for 'listening' cat "$WORK/remote.log"
show mcpp servers add demo-remote --url "http://127.0.0.1:$REMOTE_PORT/mcp" --allow-private-address
wait_for '"demo-remote__echo"' as_admin --method tools/list
show mcpp servers list
expect demo-everything
expect demo-remote

step "An independent client (the MCP Inspector) sees the tools of both behind one address"
show as_admin --method tools/list
expect '"demo-everything__get-sum"'
expect '"demo-remote__get-sum"'

step "It calls them: one in a process, one over HTTP, and once more in the newest, stateless protocol"
show as_admin --method tools/call --tool-name demo-everything__echo --tool-arg message=hello
expect 'Echo: hello'
show as_admin --method tools/call --tool-name demo-remote__get-sum --tool-arg a=19 b=23
expect '42'
show as_admin --protocol-era modern --method tools/call --tool-name demo-everything__echo --tool-arg message=stateless
expect 'Echo: stateless'

step "A real OpenAPI document becomes tools: the platform's own"
curl -fsS -H "X-Api-Key: $KEY" "$URL/openapi/v1.json" -o "$WORK/openapi.json" || fail "the document could not be read."
show mcpp packs analyze "$WORK/openapi.json"
TOOL=$(mcpp packs analyze "$WORK/openapi.json" --json | json 'it.tools.find(t=>t.method==="GET"&&t.path==="/api/v1/servers").name') || fail "listing servers is no tool."
SCHEME=$(json 'Object.keys(it.components.securitySchemes)[0]' <"$WORK/openapi.json")

step "Its key goes in by reference: a secret that can be stored, and never read back"
VIEWER=$(mcpp keys create demo-viewer --role viewer --expires 1d --json)
printf '%s' "$VIEWER" | json it.key >"$WORK/viewer-key"
show mcpp secrets set demo-platform-key --file "$WORK/viewer-key" --host "${URL#*://}"
PACK=local.demo/platform@0.0.$(($(date +%s) % 1000000000))
show mcpp packs create "$PACK" "$WORK/openapi.json" --base-url "$URL" --path '/api/v1/servers/**' --path /api/v1/servers \
  --api-key "$SCHEME=demo-platform-key@header:X-Api-Key"

step "Deployed to landing zone $ZONE: a process of its own, verified by a handshake, registered, callable"
if [ "$ZONE" != local ]; then show mcpp zones set "$ZONE" --private-host "${URL#*://}"; fi
show mcpp deploy create "$PACK" --zone "$ZONE" --name demo-platform --wait
expect running
wait_for "\"demo-platform__$TOOL\"" as_admin --method tools/list
show as_admin --method tools/call --tool-name "demo-platform__$TOOL"
expect demo-remote

step "A policy: this agent may use the reference server, but not read its environment"
cat >"$WORK/policy.json" <<'JSON'
{
  "description": "The reference server without its environment.",
  "grants": [
    { "id": "use", "effect": "allow", "actions": ["tools:call"], "resources": ["tool:demo-everything/*"] },
    { "id": "no-environment", "effect": "deny", "actions": ["tools:call"], "resources": ["tool:demo-everything/get-env"] }
  ]
}
JSON
show mcpp policies set demo-agent -f "$WORK/policy.json"
AGENT_KEY=$(mcpp keys create demo-agent-key --role demo-agent --subject demo-agent --expires 1d --json | json it.key)
printf '%s\n' "$AGENT_KEY" >"$WORK/agent-key"
wait_for '"demo-everything__echo"' as_agent --method tools/list

step "What it denies is neither listed nor callable; nor is what nothing allows"
show as_agent --method tools/list
expect_not 'demo-everything__get-env"'
expect_not 'demo-remote__'
# The Inspector calls nothing that is not listed; our own client asks the gateway all the same.
show_refused mcpp call demo-everything__get-env --key-file "$WORK/agent-key"
show_refused mcpp call demo-remote__echo --arguments '{"message":"hello"}' --key-file "$WORK/agent-key"
show mcpp policies explain demo-everything__get-env --role demo-agent
expect deny
show as_agent --method tools/call --tool-name demo-everything__echo --tool-arg message=allowed
expect 'Echo: allowed'

step "Every call left a record, and secrets stay out of it"
show as_agent --method tools/call --tool-name demo-everything__echo --tool-arg "message=the key is $AGENT_KEY"
wait_for demo-agent mcpp traces list --subject demo-agent --status denied
print_answer
show mcpp traces list --limit 12
CALL=$(mcpp traces list --subject demo-agent --tool echo --limit 1 --json | json 'it.items[0].id') || fail "the call has no record."
show mcpp traces get "$CALL"
printf '%s\n' "$ANSWER" | grep -E '^(arguments|result) ' | cut -c1-170 | sed 's/^/     /'
expect demo-everything
expect_not "$AGENT_KEY"
expect_not "${AGENT_KEY#mcpp_*_}"

step "Clean up"
if [ -n "$KEEP" ]; then echo "     --keep: it all stays"; else show remove_all; fi
MADE=''
printf '\n\033[32mThe tour is complete: %s steps, every answer right.\033[0m\n' "$STEP"
