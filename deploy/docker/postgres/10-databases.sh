#!/bin/sh
# Run once, by PostgreSQL's image, when its volume is empty: a database per service, owned by a role of its own; the role that serves may connect, and
# is granted by the migrations what it needs. No role is a superuser or bypasses row-level security. Works with the POSIX shell of the Alpine image.
set -eu
roles=/run/secrets/database-roles
password_of() { sed -n "s/^$1 //p" "$roles"; }

statements() {
  echo "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;"
  for service in policy registry factory tracing; do
    for role in "mcpp_${service}_owner" "mcpp_$service"; do
      password=$(password_of "$role")
      [ -n "$password" ] || { echo "$roles has no line for $role" >&2; exit 1; }
      echo "CREATE ROLE $role LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '$password';"
    done
    echo "CREATE DATABASE ${service}db OWNER mcpp_${service}_owner;"
    echo "REVOKE ALL ON DATABASE ${service}db FROM PUBLIC;"
    echo "GRANT CONNECT ON DATABASE ${service}db TO mcpp_$service;"
  done
  for service in policy registry factory tracing; do
    echo "\\connect ${service}db"
    echo "ALTER SCHEMA public OWNER TO mcpp_${service}_owner;"
    echo "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
  done
}

# Made first and run then: half of it must not be run when a password is missing.
sql=$(statements)
printf '%s\n' "$sql" | psql -X -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres
