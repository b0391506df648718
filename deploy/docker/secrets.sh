#!/usr/bin/env bash
# Makes the secrets that compose.yaml and compose.standalone.yaml mount, in deploy/docker/secrets (or the folder given). What is there already stays as it
# is: run it as often as you like, and bring files of your own.
#
#   admin-key                the first admin key: what you log in with
#   internal-key             signs what the services say to one another
#   master-key               encrypts stored credentials; back it up apart from the databases, losing it loses them
#   database-superuser       PostgreSQL's own administrator
#   database-roles           role and password, one per line: per database its owner (schema changes) and the role that serves
#   ConnectionStrings__*     what each service gets of those
#   rabbitmq.conf            the broker's user
#
# The folder is closed to everybody else; the files in it are readable, as containers read them under users of their own.
set -euo pipefail
DIR=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/secrets}
case $DIR in -h | --help) sed -n '2,/^set /p' "$0" | sed -e '/^set /d' -e 's/^# \{0,1\}//'; exit 0 ;; esac

umask 077
mkdir -p "$DIR"
chmod 700 "$DIR"
cd "$DIR"

random() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# Writes standard input to a file, whole or not at all, unless it is there.
keep() {
  if [ -s "$1" ]; then cat >/dev/null; return; fi
  cat >"$1.new"
  chmod 444 "$1.new"
  mv "$1.new" "$1"
}

random 32 | keep internal-key
random 32 | keep master-key
random 32 | keep database-superuser
printf 'mcpp_%s_%s' "$(random 4)" "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')" | keep admin-key
for SERVICE in policy registry factory tracing; do
  printf 'mcpp_%s_owner %s\nmcpp_%s %s\n' "$SERVICE" "$(random 32)" "$SERVICE" "$(random 32)"
done | keep database-roles

password_of() { sed -n "s/^$1 //p" database-roles; }
for SERVICE in policy registry factory tracing; do
  # GSS needs a library that the images do not have; nobody here uses Kerberos.
  BASE="Host=postgres;Port=5432;Database=${SERVICE}db;GSS Encryption Mode=Disable"
  printf '%s;Username=mcpp_%s;Password=%s' "$BASE" "$SERVICE" "$(password_of "mcpp_$SERVICE")" | keep "ConnectionStrings__${SERVICE}db"
  printf '%s;Username=mcpp_%s_owner;Password=%s' "$BASE" "$SERVICE" "$(password_of "mcpp_${SERVICE}_owner")" | keep "ConnectionStrings__${SERVICE}db_migrator"
done

if [ ! -s rabbitmq.conf ]; then
  # The password stands in two files, so both are made together.
  rm -f ConnectionStrings__rabbitmq
  PASSWORD=$(random 32)
  printf 'amqp://mcpp:%s@rabbitmq:5672/' "$PASSWORD" | keep ConnectionStrings__rabbitmq
  printf 'default_user = mcpp\ndefault_pass = %s\n' "$PASSWORD" | keep rabbitmq.conf
fi

echo "Secrets are in $DIR; the admin key is $DIR/admin-key."
