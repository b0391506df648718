# Debian's PostgreSQL and RabbitMQ, started as the official images start theirs: see servers.sh.
FROM mcpp-test/debian
COPY passwd group /etc/
COPY --chmod=755 servers.sh /usr/local/bin/servers.sh
RUN mkdir -p /var/lib/postgresql/data /docker-entrypoint-initdb.d /var/lib/rabbitmq /etc/rabbitmq/conf.d /var/log/rabbitmq /tmp \
 && chown -R 999:999 /var/lib/postgresql /var/lib/rabbitmq /var/log/rabbitmq /etc/rabbitmq && chmod 1777 /tmp /var/run
ENV PATH=/usr/lib/postgresql/15/bin:/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/var/lib/rabbitmq
ENTRYPOINT ["servers.sh"]
CMD ["rabbitmq-server"]
