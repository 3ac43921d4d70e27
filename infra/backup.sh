#!/bin/bash
# A backup of everything that cannot be made anew. The search index is left out: `npm run reindex` makes it.
#   backup.sh folder  <DATA_DIR> <target.tar.gz>     the embedded default; the server has to be stopped
#   backup.sh compose <target folder>                infra/compose.yaml; the server is stopped meanwhile
# To restore: unpack into an empty DATA_DIR and start; or fill empty volumes with the two archives, load the dump with
# `docker compose exec -T postgres pg_restore --username=tongke --dbname=tongke --clean --if-exists`, and start. Then
# `npm run reindex`, or `docker compose exec app node server/reindex.ts`.
set -euo pipefail
umask 077

compose() { docker compose --env-file "$here/compose.env" -f "$here/compose.yaml" "$@"; }
here=$(dirname "$(readlink -f "$0")")

case ${1:-} in
  folder)
    data=${2:?the data folder} target=${3:?the file to write}
    # The server holds this lock for as long as it runs: its files fit together only when it does not.
    exec 9<"$data/lock"
    flock --nonblock 9 || { echo "Not done: the server is still running on $data." >&2; exit 1; }
    # A server that was killed leaves its database running, whose working folder tells of it.
    home=$(readlink -f "$data")
    for cwd in /proc/[0-9]*/cwd; do
      case $(readlink "$cwd" || true) in
        "$home"/*) echo "Not done: a database is still running on $data. Start the server and stop it." >&2; exit 1 ;;
      esac
    done
    trap 'rm -f "$target.part"' EXIT
    tar --create --gzip --file "$target.part" --exclude=./meilisearch --exclude=./programs --exclude=./lock \
      --exclude=./postgres/data/postmaster.pid --numeric-owner -C "$data" .
    mv "$target.part" "$target"
    ;;
  compose)
    target=${2:?the folder to write into}
    mkdir -p "$target"
    # Both write to their volumes for as long as they run: files taken from under them would not fit together.
    trap 'compose start store app' EXIT
    compose stop app store
    compose exec -T postgres pg_dump --username=tongke --format=custom tongke >"$target/database.dump.part"
    for volume in store app; do
      docker run --rm -v "tongke_$volume:/from:ro" -v "$(readlink -f "$target"):/to" debian:bookworm-slim \
        tar --create --gzip --file "/to/$volume.tar.gz.part" --numeric-owner -C /from .
    done
    # What has its name is whole.
    for file in database.dump store.tar.gz app.tar.gz; do mv "$target/$file.part" "$target/$file"; done
    ;;
  *)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
