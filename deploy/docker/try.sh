#!/usr/bin/env bash
# The first call through a platform that compose started: makes a tool of the platform's own /health (a pack, deployed by the factory), lists it and calls
# it as an agent would. Safe to repeat. Needs curl.
#
#   MCPP_URL   where it listens             (default http://127.0.0.1:8080)
#   MCPP_KEY   a key                        (default: the admin key in secrets/)
#   API_URL    the platform as its own factory reaches it (default: asked from the running compose project's form, http://gateway:8080 or http://127.0.0.1:8080)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
URL=${MCPP_URL:-http://127.0.0.1:8080}
KEY=${MCPP_KEY:-$(cat secrets/admin-key)}

# The key goes in by a file descriptor: a command line is everybody's to read.
call() { curl -sS --max-time 60 -K <(printf 'header = "Authorization: Bearer %s"\n' "$KEY") -H 'Content-Type: application/json' "$@"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
mcp() {
  local body='{"jsonrpc":"2.0","id":1,"method":"'$1'","params":{'${2:+$2,}'"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
    "io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"try","version":"1"}}}}'
  shift 2
  call "$URL/mcp/servers/platform" -H 'Accept: application/json, text/event-stream' -H 'MCP-Protocol-Version: 2026-07-28' "$@" -d "$body"
}

API=${API_URL:-}
if [ -z "$API" ]; then
  # The five services reach one another by name; one process reaches itself on loopback.
  case $(call "$URL/health") in *'"service-factory"'*) API=http://gateway:8080 ;; *) API=http://127.0.0.1:8080 ;; esac
fi

echo "1. A pack from an OpenAPI document of one operation, GET $API/health"
call -o /dev/null -w '   %{http_code}\n' "$URL/api/v1/packs" -d '{"namespace":"com.example","name":"platform","version":"1.0.0","document":{
  "openapi":"3.1.0","info":{"title":"Platform","version":"1"},"servers":[{"url":"'"$API"'"}],
  "paths":{"/health":{"get":{"operationId":"getHealth","summary":"Whether the platform works.","responses":{"200":{"description":"It does."}}}}}}}'

echo "2. Deployed by the factory"
ANSWER=$(call "$URL/api/v1/deployments" -d '{"pack":"com.example/platform","version":"1.0.0","slug":"platform"}')
case $ANSWER in *'"id"'* | *exists*) ;; *) fail "$ANSWER" ;; esac
for _ in $(seq 60); do
  TOOLS=$(mcp tools/list '' -H 'Mcp-Method: tools/list' || true)
  TOOL=$(printf '%s' "$TOOLS" | grep -o '"name":"get[A-Za-z_-]*"' | head -n 1 | cut -d'"' -f4 || true)
  if [ -n "$TOOL" ]; then break; fi
  sleep 1
done
[ -n "$TOOL" ] || fail "The tool is not listed: $TOOLS"
echo "   listed as $TOOL at $URL/mcp/servers/platform"

echo "3. Called"
ANSWER=$(mcp tools/call '"name":"'"$TOOL"'","arguments":{}' -H 'Mcp-Method: tools/call' -H "Mcp-Name: $TOOL")
printf '   %s\n' "$ANSWER"
case $ANSWER in *healthy*) ;; *) fail "That is not the answer of /health." ;; esac
