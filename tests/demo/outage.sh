#!/bin/bash
# The main job, watched: an outage, two workstations, nothing lost. Real processes on this machine, in a temporary
# directory, on a free loopback port. Exit status 0 only when every promise held.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/tests/demo/common.sh"
bin=${HOLDLINE_BIN:-$root/build/release/bin}
customers=${CUSTOMERS:-20000} entries=${ENTRIES:-30}
work=$(mktemp -d "${TMPDIR:-/tmp}/holdline-demo.XXXXXX")
hub=$work/hub
declare -A pid

# A second Ctrl-C must not leave keys and a password behind.
cleanup() {
  local name
  trap '' INT TERM HUP
  for name in "${!pid[@]}"; do kill "${pid[$name]}" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

desk() { local n=$1; shift; "$bin/holdline" --socket "$work/desk-$n.sock" "$@"; }
field() { desk "$1" customer show "$2" --json | jq -r ".fields.$3"; }
find_id() { desk "$1" customer search "$2" --json | jq -r '.items[0].id'; }

start_hub() {
  "$bin/holdline-hub" run --dir "$hub" 2>>"$work/hub.log" &
  pid[hub]=$!
  until_true 20 'the hub answering' test -S "$hub/admin.sock"
}
start_desk() {
  "$bin/holdlined" --config "$work/desk-$1.toml" 2>>"$work/desk-$1.log" &
  pid[desk$1]=$!
  until_true 20 "desk $1 answering" desk "$1" status
}
kill_hard() {
  kill -9 "${pid[$1]}"
  wait "${pid[$1]}" 2>/dev/null || true
  unset "pid[$1]"
}

port=$(free_port)

say "A hub is set up: encrypted ledger, certificate authority, one supervisor"
head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/password"
chmod 600 "$work/password"
"$bin/holdline-hub" init --dir "$hub" --url "https://127.0.0.1:$port" --address 127.0.0.1 --port "$port" \
  --person ada --password-file "$work/password" --role supervisor --scope acme/london
start_hub
echo "Note: the keys of this demo lie in files beside the databases. That does not protect a stolen disk yet."

say "Two workstations enrol with a code each and sign in"
for n in 1 2; do
  printf 'directory = "%s"\n[local]\nsocket = "%s"\ngroup = ""\n[console]\nlisten = ""\n' "$work/desk-$n" "$work/desk-$n.sock" >"$work/desk-$n.toml"
  "$bin/holdlined" --check-config --config "$work/desk-$n.toml" >/dev/null
  start_desk $n
  desk $n enroll "$("$bin/holdline-hub" enroll-code --dir "$hub" --name "desk-$n" --scope acme/london)" >/dev/null
  until_true 20 "signing in at desk $n" desk $n login ada --password-file "$work/password"
done

say "$customers customers are imported at the hub and arrive in both encrypted replicas"
awk -v n="$customers" 'BEGIN {
  print "ref,given,family,street,postcode,city,phone,email"
  for (i = 1; i <= n; i++)
    printf "K-%06d,Given%d,Family%d,Street %d,%05d,Bonn,+4915%08d,c%d@mail.example\n", i, i % 97, i, i % 50, i % 99999, i, i
}' >"$work/customers.csv"
"$bin/holdline-hub" import --dir "$hub" --scope acme/london "$work/customers.csv"
last=$(printf 'K-%06d' "$customers")
for n in 1 2; do until_true 120 "the last customer at desk $n" sh -c "[ \"\$('$bin/holdline' --socket '$work/desk-$n.sock' customer search $last --json | jq '.items | length')\" -ge 1 ]"; done
both=$(find_id 1 K-000042) clash=$(find_id 1 K-000043)

say "The hub dies (kill -9). Both desks go on: search, entries, callbacks, edits"
kill_hard hub
until_true 30 'desk 1 noticing' sh -c "'$bin/holdline' --socket '$work/desk-1.sock' status --json | jq -e '.mode == \"contingency\"'"
desk 1 status | head -n 1
declare -A taken=([1]=0 [2]=0)
save() { local n=$1; shift; desk "$n" "$@" >/dev/null || die "desk $n could not save"; taken[$n]=$((taken[$n] + 1)); }
save 1 contingency declare --title "The hub is away" --reason "it does not answer" --word declare
for ((i = 1; i <= entries; i++)); do
  for n in 1 2; do save $n entry add kind=message "name=Caller $i" "note=Message $i taken at desk $n while the hub was away"; done
done
# Promised for this evening somewhere where it is early in the afternoon now, whenever this is watched.
hours_east=$((14 - 10#$(date -u +%H)))
promise=("promise_zone=Etc/GMT$([ $hours_east -gt 0 ] && echo - || echo +)${hours_east#-}"
  "promise_end=$(date -u -d "$hours_east hours" +%F)T20:00")
for n in 1 2; do save $n callback add "name=Caller $n" phone=+1212555012$n "reason=line down" "${promise[@]}"; done
save 1 customer edit "$both" notes="moved house"
save 2 customer edit "$both" given=Grace
save 1 customer edit "$clash" family=Lovelace
save 2 customer edit "$clash" family=Hopper
[ "$(field 1 "$both" notes)" = "moved house" ] || die "desk 1 does not show its own edit"

say "Desk 2 is killed (kill -9) and started again: everything it called saved is there"
kill_hard desk2
start_desk 2
waiting=$(desk 2 status --json | jq -r .outbox.waiting)
[ "$waiting" = "${taken[2]}" ] || die "desk 2 says $waiting wait, but ${taken[2]} were saved"
echo "$waiting of ${taken[2]} wait in the outbox of desk 2"
desk 2 login ada --password-file "$work/password" >/dev/null
save 2 entry add kind=message name=Caller "note=Signed in and saved again with the hub still away"

say "The hub returns; everything drains"
start_hub
for n in 1 2; do desk $n wait drained --timeout 60s >/dev/null || die "desk $n did not drain"; done
for n in 1 2; do desk $n wait online --timeout 60s >/dev/null || die "desk $n did not come level"; done
until_true 30 'the disjoint edits at desk 1' sh -c "[ \"\$('$bin/holdline' --socket '$work/desk-1.sock' customer show $both --json | jq -r .fields.given)\" = Grace ]"
[ "$(field 2 "$both" notes)" = "moved house" ] || die "an edit of desk 1 is missing at desk 2"

say "One true conflict, with both values; a supervisor resolves it"
until_true 30 'the conflict in the inbox' sh -c "[ \"\$('$bin/holdline' --socket '$work/desk-1.sock' conflicts list --json | jq '.items | length')\" = 1 ]"
conflict=$(desk 1 conflicts list --json | jq -r '.items[0].id')
desk 1 conflicts show "$conflict"
desk 1 conflicts resolve "$conflict" --take other --reason "the customer confirmed it by telephone" >/dev/null
taken[1]=$((taken[1] + 1))
for n in 1 2; do until_true 30 "the resolution at desk $n" sh -c "[ \"\$('$bin/holdline' --socket '$work/desk-$n.sock' conflicts list --json | jq '.items | length')\" = 0 ]"; done
[ "$(field 1 "$clash" family)" = "$(field 2 "$clash" family)" ] || die "the desks show different names"

say "The list is released, and both desks call"
save 1 contingency recover --reason "the hub is back" --override
until_true 30 'both promises on the list' sh -c "[ \"\$('$bin/holdline' --socket '$work/desk-1.sock' callbacks list --json | jq .promises)\" = 2 ]"
desk 1 callbacks release --scope acme/london --per-minute 1000 --accept-missing --reason "all are told"
for n in 1 2; do
  until_true 60 "a case for desk $n" sh -c "'$bin/holdline' --socket '$work/desk-$n.sock' callbacks next --json >'$work/claim-$n.json'"
  claim=$(jq -r .claim "$work/claim-$n.json")
  desk $n callbacks dial "$claim"
  save $n callbacks outcome "$claim" resolved --notes "the line works again"
  echo "desk $n called, and told how it ended"
done

say "What is left is signed for, the outage is closed, and a report says what it was"
desk 1 contingency status --json | jq -r '.incidents[0].checklist[] | select(.done | not) | .point' >"$work/points"
while read -r point; do save 1 contingency except "$point" --reason "a demonstration" </dev/null; done <"$work/points"
save 1 contingency close --reason "nothing is left"
for n in 1 2; do desk $n wait drained --timeout 60s >/dev/null || die "desk $n did not drain"; done
until_true 30 'all of it in the report' sh -c "'$bin/holdline' --socket '$work/desk-1.sock' report show --json | jq -e '(.coverage | startswith(\"Coverage 100\")) and ([.sections[].figures[] | select(.id == \"kept\")][0].n == 2)'"
desk 1 report show 2>/dev/null
mkdir -p "$root/build/demo"
"$bin/holdline-hub" report --dir "$hub" "$root/build/demo/outage-report.pdf"

say "Proof: the digests of the ledger and of both replicas, each recomputed from its rows"
for n in 1 2; do
  until_true 30 "the digests of desk $n" desk $n verify
  desk $n verify --json >"$work/verify-$n.json"
  jq -e .equal "$work/verify-$n.json" >/dev/null || die "desk $n differs from the ledger"
done
"$bin/holdline-hub" digests --dir "$hub" >"$work/digests.json"
diff <(jq -r '.digests[] | "\(.collection) \(.root)"' "$work/digests.json" | sort) \
  <(jq -r '.digests[] | "\(.collection) \(.replica)"' "$work/verify-1.json" | sort) || die "the ledger and desk 1 differ"
diff <(jq -r '.digests[] | "\(.collection) \(.replica)"' "$work/verify-1.json" | sort) \
  <(jq -r '.digests[] | "\(.collection) \(.replica)"' "$work/verify-2.json" | sort) || die "the desks differ"
jq -r '.digests[] | "\(.collection) \(.root[0:16])"' "$work/digests.json" | awk '{ printf "%-20s %s  ledger = desk 1 = desk 2\n", $1, $2 }'

say "A certificate that nothing is missing, signed by the hub and checked without it"
certificate=$work/certificate
until_true 30 'a certificate without open points' "$bin/holdline-hub" certificate --dir "$hub" --about "The hub was away" "$certificate"
authority=$("$bin/holdline-hub" status --dir "$hub" | sed -n 's/^authority: //p')
"$bin/holdline" certificate verify --authority "$authority" "$certificate"
sed 's/desk-1/desk-3/' "$certificate" >"$certificate.changed"
if "$bin/holdline" certificate verify --authority "$authority" "$certificate.changed" 2>"$work/refused"; then die "a changed certificate verifies"; fi
cat "$work/refused"

say "What became of what was taken during the outage"
row='%-8s %8s %10s %8s %12s %12s %8s\n'
printf "$row" desk taken accepted merged 'in conflict' quarantined missing
failed=0
for n in 1 2; do
  desk $n outbox list --limit 1000 --json >"$work/outbox-$n.json"
  known=$(jq '.items | length' "$work/outbox-$n.json")
  read -r accepted merged conflict refused < <(jq -r '
    [.items[].verdict] | [("applied", "merged", "conflict", "quarantined") as $v | map(select(. == $v)) | length]
    | map(tostring) | join(" ")' "$work/outbox-$n.json")
  missing=$((taken[$n] - accepted - merged - conflict - refused))
  printf "$row" "desk-$n" "${taken[$n]}" "$accepted" "$merged" "$conflict" "$refused" "$missing"
  if [ "$missing" -ne 0 ] || [ "$refused" -ne 0 ] || [ "$known" -ne "${taken[$n]}" ]; then failed=1; fi
done
[ $failed -eq 0 ] || die "something is missing"
echo
echo "Nothing acknowledged was lost, nothing was applied twice, both values of the conflict were kept."
echo "To sit at such desks yourself, in a browser: ./dev demo --console"
