#!/bin/sh
# Starts PostgreSQL or RabbitMQ from Debian's packages with as much of the official images' behaviour as compose.yaml uses: POSTGRES_PASSWORD_FILE,
# POSTGRES_INITDB_ARGS and /docker-entrypoint-initdb.d on an empty volume; /etc/rabbitmq/conf.d.
set -eu
case $1 in
  postgres)
    data=/var/lib/postgresql/data
    if [ ! -s "$data/PG_VERSION" ]; then
      # shellcheck disable=SC2086  # several options
      initdb -D "$data" -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" --no-sync -E UTF8 ${POSTGRES_INITDB_ARGS:-} >/dev/null
      echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
      # The socket only: over TCP nobody may see half of it.
      pg_ctl -D "$data" -w -o "-c listen_addresses='' -c fsync=off" start >/dev/null
      for script in /docker-entrypoint-initdb.d/*.sh; do "$script"; done
      pg_ctl -D "$data" -w -m fast stop >/dev/null
    fi
    shift
    # The image leaves out the compiler of queries.
    exec postgres -D "$data" -c listen_addresses='*' -c jit=off "$@"
    ;;
  rabbitmq-server)
    # This version wants one file.
    cat /etc/rabbitmq/conf.d/*.conf >/tmp/rabbitmq.conf
    echo 'loopback_users = none' >>/tmp/rabbitmq.conf
    export RABBITMQ_CONFIG_FILE=/tmp/rabbitmq RABBITMQ_MNESIA_BASE=/var/lib/rabbitmq/mnesia RABBITMQ_LOGS=- RABBITMQ_ENABLED_PLUGINS_FILE=/tmp/enabled_plugins
    echo '[].' >/tmp/enabled_plugins
    exec rabbitmq-server
    ;;
  *) exec "$@" ;;
esac
