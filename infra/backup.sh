#!/bin/bash
# A backup of everything that cannot be made anew. The search index is left out: `npm run reindex` makes it.
#   backup.sh folder  <DATA_DIR> <target.tar.gz>     the embedded default; the server has to be stopped
#   backup.sh compose <target folder>                infra/compose.yaml; the server may run
# To restore: unpack into an empty DATA_DIR and start; or fill empty volumes with the two archives, load the dump with
# `docker compose exec -T postgres pg_restore --username=tongke --dbname=tongke --clean --if-exists`, and start.
set -euo pipefail
umask 077

compose() { docker compose --env-file "$here/compose.env" -f "$here/compose.yaml" "$@"; }
here=$(dirname "$(readlink -f "$0")")

case ${1:-} in
  folder)
    data=${2:?the data folder} target=${3:?the file to write}
    # The server holds this lock for as long as it runs: its files fit together only when it does not.
    flock --nonblock "$data/lock" tar --create --gzip --file "$target.part" \
      --exclude=./meilisearch --exclude=./programs --exclude=./lock --numeric-owner -C "$data" . ||
      { rm -f "$target.part"; echo "Not done: is the server still running on $data?" >&2; exit 1; }
    mv "$target.part" "$target"
    ;;
  compose)
    target=${2:?the folder to write into}
    mkdir -p "$target"
    # The database first: what it names is in the store already, as objects are written before their rows.
    compose exec -T postgres pg_dump --username=tongke --format=custom tongke >"$target/database.dump"
    for volume in store app; do
      docker run --rm -v "tongke_$volume:/from:ro" -v "$(readlink -f "$target"):/to" debian:bookworm-slim \
        tar --create --gzip --file "/to/$volume.tar.gz" --numeric-owner -C /from .
    done
    ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
