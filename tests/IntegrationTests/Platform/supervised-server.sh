#!/bin/sh
# An MCP server (2025-06-18) with the habits that supervision is about; what it is told comes in its environment.
#   RUN      finds its processes again
#   HABITS   deaf: ignores SIGTERM and the end of its input · daemon: starts a process that leaves its session · mute: never answers · news: says that its tools changed as soon as it is met
#   STARTS   file to which each start adds a line; when FILE.crash exists, it ends at once instead of serving
echo "started $$ with $SECRET" >&2
printf 'steering \033[2J\n' >&2
if [ -n "$STARTS" ]; then echo $$ >>"$STARTS"; fi
if [ -n "$STARTS" ] && [ -e "$STARTS.crash" ]; then echo "crashing as told" >&2; exit 3; fi
case "$HABITS" in *mute*) trap '' TERM; while :; do sleep 1000 & wait $!; done ;; esac
case "$HABITS" in *daemon*) (setsid sleep 1000 >/dev/null 2>&1 </dev/null &) ;; esac
case "$HABITS" in *deaf*) trap '' TERM ;; esac
count=0
while read -r line; do
  id=${line#*\"id\":}
  id=${id%%[,\}]*}
  result=
  case "$line" in
    *'"notifications/initialized"'*)
      case "$HABITS" in *news*) echo '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}' ;; esac
      continue ;;
    *'"notifications/'*) continue ;;
    *'"initialize"'*) result='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"supervised","version":"1"}}' ;;
    *'"ping"'*) result='{}' ;;
    *'"tools/list"'*) result='{"tools":[{"name":"who","inputSchema":{"type":"object"}},{"name":"wait","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*)
      case "$line" in *'"wait"'*) sleep 4 ;; esac
      count=$((count + 1))
      result="{\"content\":[{\"type\":\"text\",\"text\":\"$$ $count\"}]}" ;;
  esac
  if [ -n "$result" ]; then
    echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":$result}"
  else
    echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}"
  fi
done
case "$HABITS" in *deaf*) while :; do sleep 1000 & wait $!; done ;; esac
