#!/bin/bash
# A centre to try the console in: a hub and two workstations with sample people and customers, on this machine, in a
# temporary directory, until Ctrl-C. Everything is removed at the end.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/tests/demo/common.sh"
bin=${HOLDLINE_BIN:-$root/build/release/bin}
customers=${CUSTOMERS:-5000}
work=$(mktemp -d "${TMPDIR:-/tmp}/holdline-console.XXXXXX")
hub=$work/hub
declare -A pid port

cleanup() {
  local name
  trap '' INT TERM HUP
  for name in "${!pid[@]}"; do kill "${pid[$name]}" 2>/dev/null || true; done
  # Each has some seconds to end what it is at; nobody who has said stop waits longer.
  for name in {1..50}; do
    jobs -pr | grep -q . || break
    sleep 0.1
  done
  for name in "${!pid[@]}"; do kill -9 "${pid[$name]}" 2>/dev/null || true; done
  rm -rf "$work"
  printf '\nEverything of this trial is removed.\n'
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

desk() { local n=$1; shift; HOLDLINE_SESSION=$work/session-$n "$bin/holdline" --socket "$work/desk-$n.sock" "$@"; }

# In the background programs must not get the Ctrl-C that is meant for this script.
start_hub() {
  rm -f "$hub/admin.sock"
  setsid "$bin/holdline-hub" run --dir "$hub" 2>>"$work/hub.log" &
  pid[hub]=$!
  until_true 20 'the hub answering' test -S "$hub/admin.sock"
}
kill_hub() {
  kill -9 "${pid[hub]}"
  wait "${pid[hub]}" 2>/dev/null || true
  unset 'pid[hub]'
}
start_desk() {
  setsid "$bin/holdlined" --config "$work/desk-$1.toml" 2>>"$work/desk-$1.log" &
  pid[desk$1]=$!
  until_true 20 "desk $1 answering" desk "$1" status
}

say "A hub with three people, two workstations, and $customers customers are set up (some seconds)"
printf 'try it out' >"$work/password"
chmod 600 "$work/password"
hub_port=$(free_port 7443)
"$bin/holdline-hub" init --dir "$hub" --url "https://127.0.0.1:$hub_port" --address 127.0.0.1 --port "$hub_port" \
  --region GB --pack utilities --person ada --password-file "$work/password" --role supervisor --scope acme/london >/dev/null
start_hub
for name in bob eve; do
  "$bin/holdline-hub" person add "$name" --dir "$hub" --password-file "$work/password" --role agent \
    --scope acme/london >/dev/null
done
for n in 1 2; do
  port[$n]=$(free_port $((7877 + n)))
  printf 'directory = "%s"\n[local]\nsocket = "%s"\ngroup = ""\n[console]\nlisten = "127.0.0.1:%s"\n' \
    "$work/desk-$n" "$work/desk-$n.sock" "${port[$n]}" >"$work/desk-$n.toml"
  start_desk $n
  desk $n enroll "$("$bin/holdline-hub" enroll-code --dir "$hub" --name "desk-$n" --scope acme/london)" >/dev/null
  until_true 20 "signing in at desk $n" desk $n login ada --password-file "$work/password"
done
awk -v n="$customers" 'BEGIN {
  ng = split("Ada Grace Alan Mary Joan Tom Priya Łukasz Zoë Omar Elif Siobhán Dmitri Wei Amara José", given, " ")
  nf = split("Lovelace Hopper Turing Shelley Clarke Sawyer Patel Nowak Ziegler Haddad Yılmaz Byrne Ivanov Zhang Okafor García Whitfield Abbott Mercer Quinn", family, " ")
  ns = split("High Street|Station Road|Church Lane|Mill Lane|Victoria Road|Park Avenue|Queens Road", street, "|")
  nc = split("London|Leeds|Bristol|York|Exeter|Durham", city, "|")
  print "ref,given,family,street,postcode,city,phone,email"
  for (i = 1; i <= n; i++) {
    g = given[i % ng + 1]; f = family[int(i / ng) % nf + 1]
    printf "K-%05d,%s,%s,%d %s,SW%dA %dAA,%s,020 7946 %04d,customer%d@mail.example\n",
      i, g, f, i % 90 + 1, street[i % ns + 1], i % 9 + 1, i % 9 + 1, city[i % nc + 1], i % 10000, i
  }
}' >"$work/customers.csv"
"$bin/holdline-hub" import --dir "$hub" --scope acme/london "$work/customers.csv" >/dev/null
last=$(printf 'K-%05d' "$customers")
for n in 1 2; do
  until_true 60 "the customers at desk $n" sh -c \
    "HOLDLINE_SESSION='$work/session-$n' '$bin/holdline' --socket '$work/desk-$n.sock' customer search $last --json | jq -e '.items | length > 0'"
done
desk 1 entry add kind=message name="Grace Hopper" phone="020 7946 0017" note="Her parcel did not arrive; she asks where it is." >/dev/null
desk 2 callback add name="Alan Turing" phone="020 7946 0002" reason="wants the invoice explained" >/dev/null

cat <<TEXT

Open in a browser on this computer, and sign in as ada (supervisor), bob or eve (agents), password: try it out

  desk 1   http://localhost:${port[1]}/
  desk 2   http://localhost:${port[2]}/      beside it, as a second person

Try: a customer rings about a missing parcel. Press / and type grace hop, then Alt+M.
TEXT
if [ ! -t 0 ]; then
  echo "Ctrl-C ends it."
  wait
  die "every program has ended"
fi
echo "Then press Enter here: the hub dies in the middle of it (kill -9), and comes back with the next Enter. Ctrl-C ends it."
while read -r; do
  if [ -n "${pid[hub]:-}" ]; then
    kill_hub
    say "The hub is dead. Go on at both desks; Enter brings it back."
  else
    start_hub
    say "The hub is back. Watch what was saved arrive; Enter kills it again."
  fi
done
