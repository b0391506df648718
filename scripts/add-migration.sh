#!/usr/bin/env bash
# Adds a migration to a service's database: scripts/add-migration.sh SERVICE NAME   (for example: Policy AddKeyLabels)
# With --remove instead of NAME it takes the last one back (only while no one has applied it).
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -ne 2 ] || [ ! -d "src/$1/Service" ]; then
  echo "usage: scripts/add-migration.sh Policy|Registry|Factory|Tracing NAME|--remove" >&2
  exit 2
fi
service=$1
name=$2
export Service=$service
dotnet tool restore >/dev/null
dotnet build scripts/design-time/design-time.csproj -v q -nologo -p:Service="$service"
run() {
  dotnet ef "$@" --no-build --project "src/$service/Service/McpPlatform.$service.csproj" --startup-project scripts/design-time/design-time.csproj
}
if [ "$name" = --remove ]; then
  run migrations remove --force
else
  run migrations add "$name" --output-dir Infrastructure/Persistence/Migrations
fi
