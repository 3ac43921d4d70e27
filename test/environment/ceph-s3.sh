#!/bin/bash
# A real S3 store for the tests: one monitor, one OSD and one gateway of Ceph, as plain processes, without systemd.
#   ceph-s3.sh start    until the first request is answered; prints the endpoint
#   ceph-s3.sh wipe     ends it and removes its data
# FOLDER: data and logs. PORT: of the gateway. PORTS: first of 60 further ones. ACCESS_KEY, SECRET_KEY: of its one user.
# The objects lie in memory. Everything listens on loopback only.
set -euo pipefail
: "${FOLDER:?}"
export CEPH_CONF=$FOLDER/ceph.conf

run() { local name=$1; shift; "$@" >"$FOLDER/log/$name.out" 2>&1 & echo $! >"$FOLDER/run/$name.pid"; }
until_true() {
  for _ in $(seq 900); do if "$@"; then return; fi; sleep .1; done
  echo "gave up waiting for: $*" >&2
  tail -n 5 "$FOLDER"/log/*.out >&2
  exit 1
}
osd_is_up() { timeout 20 ceph osd stat 2>/dev/null | grep -q '1 up'; }
gateway_answers() { curl --silent --output /dev/null "http://127.0.0.1:$PORT/"; }
key() { ceph-authtool "$FOLDER/keyring" "$@" >/dev/null; }

write_configuration() {
  cat >"$CEPH_CONF" <<CONFIGURATION
[global]
fsid = $cluster
mon host = $monitor
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = $((PORTS + 10))
ms bind port max = $((PORTS + 60))
auth allow insecure global id reclaim = false
keyring = $FOLDER/keyring
run dir = $FOLDER/run
admin socket = $FOLDER/run/\$name.asok
log file = $FOLDER/log/\$name.log
mon cluster log file = $FOLDER/log/cluster.log
mon data = $FOLDER/mon
osd data = $FOLDER/osd
rgw data = $FOLDER/rgw
mon data avail crit = 1
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
rgw rados pool pg num min = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
paxos propose interval = 0.05
osd heartbeat interval = 1
osd heartbeat grace = 4
osd pool default read lease ratio = 0.1
osd client watch timeout = 3
osd default notify timeout = 2
osd objectstore = memstore
memstore device bytes = 4294967296
rgw thread pool size = 64
rgw frontends = beast endpoint=127.0.0.1:$PORT tcp_nodelay=1
CONFIGURATION
}

start() {
  mkdir -p "$FOLDER"/{run,log,mon,osd,rgw}
  local cluster osd monitor
  cluster=$(cat /proc/sys/kernel/random/uuid)
  osd=$(cat /proc/sys/kernel/random/uuid)
  monitor="[v2:127.0.0.1:$PORTS,v1:127.0.0.1:$((PORTS + 1))]"
  write_configuration
  key --create-keyring --gen-key -n mon. --cap mon 'allow *'
  key --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  key --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
  key --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
  monmaptool --create --fsid "$cluster" --addv a "$monitor" "$FOLDER/monmap" >/dev/null
  ceph-mon --mkfs -i a --monmap "$FOLDER/monmap" --keyring "$FOLDER/keyring" >/dev/null
  run mon ceph-mon -f -i a
  timeout 90 ceph osd new "$osd" 0 >/dev/null
  ceph-osd --mkfs -i 0 --osd-uuid "$osd" 2>"$FOLDER/log/mkfs.out"
  run osd ceph-osd -f -i 0
  until_true osd_is_up
  timeout 60 radosgw-admin -n client.rgw user create --uid=tests --display-name=tests \
    --access-key="$ACCESS_KEY" --secret-key="$SECRET_KEY" >"$FOLDER/log/user.out" 2>&1
  run gateway radosgw -f -n client.rgw
  until_true gateway_answers
  echo "http://127.0.0.1:$PORT"
}

wipe() {
  local file
  for file in "$FOLDER"/run/*.pid; do
    [ -e "$file" ] || continue
    kill -9 "$(cat "$file")" 2>/dev/null || true
  done
  rm -rf "$FOLDER"
}

"$1"
