# A PostgreSQL server for tests: cluster.sh <port> <password>. Starts and stops it as its input says, a line each, and
# says when that is done. When the input ends, whatever ended it, the server and its data go.
folder=$(mktemp -d /tmp/secure-chat-postgres-XXXXXX) || exit 1
trap 'pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1; rm -rf "$folder"' EXIT
trap '' HUP INT TERM
cd "$folder" || exit 1
echo "$2" >password
initdb -D data -U chat --pwfile password -A scram-sha-256 -E UTF8 --no-locale --no-sync >log 2>&1 || { cat log >&2; exit 1; }
# Loopback alone; and nothing of it has to outlive a crash of this machine.
options="-p $1 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off -c shared_buffers=16MB"
while read -r command; do
  case $command in
    start) pg_ctl -D data -l log -w -t 20 -o "$options" start >/dev/null || { cat log >&2; exit 1; } ;;
    stop) pg_ctl -D data -m immediate -w stop >/dev/null ;;
  esac
  echo "$command"
done
