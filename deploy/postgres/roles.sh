#!/bin/sh
# Runs once, on an empty volume: roles and databases as machine/postgres.py makes them on one machine.
set -eu
role() { # name
    printf "CREATE ROLE %s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '%s';\n" "$1" "$(cat "/run/secrets/$2")"
}
run() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$1"; }

{
    role madoguchi_owner postgres_owner
    role madoguchi_app postgres_app
    role temporal postgres_temporal
    for pair in madoguchi:madoguchi_owner temporal:temporal temporal_visibility:temporal; do
        echo "CREATE DATABASE ${pair%:*} OWNER ${pair#*:}; REVOKE ALL ON DATABASE ${pair%:*} FROM PUBLIC;"
    done
    echo "GRANT CONNECT ON DATABASE madoguchi TO madoguchi_app; GRANT pg_read_all_stats TO madoguchi_owner;"
} | run postgres
run madoguchi <<'SQL'
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
ALTER SCHEMA public OWNER TO madoguchi_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
