#!/bin/sh
# Both schemas, from nothing or from an older release; the databases belong to the role already.
set -eu
SQL_PASSWORD=$(cat /run/secrets/postgres_temporal)
export SQL_PASSWORD
tool() { temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal "$@"; }
for pair in temporal:temporal temporal_visibility:visibility; do
    tool --db "${pair%:*}" setup-schema -v 0.0 || true # it exists from the second start on
    tool --db "${pair%:*}" update-schema -d "/etc/temporal/schema/postgresql/v12/${pair#*:}/versioned"
done
