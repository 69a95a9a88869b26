#!/bin/bash
# kamcmd makes another telephone number of the one it is given, and says Ok.
#
# Guess: `kamcmd htable.sets TABLE KEY VALUE`, the command of Kamailio (a SIP server) that sets a text, keeps VALUE as
# it was typed. If something were wrong with it, the answer would be an error and the exit status not 0.
# What happens: an argument that looks like a number travels as a whole number, of which 32 bits survive, and becomes a
# text again. +442079460018 is kept as 18446744073407380146, the extension 0123 as 123; each time the answer is "Ok. Key
# set to new value.". A New York number of ten digits that is below 2^31 comes out right, so a trial may well pass. A
# number as a key is refused, with a message that counts parameters. The exit status is 0 in every case. With s: before
# it the number is kept as it is.
# Why it matters: such a table is where an operator or a runbook puts the number that calls go to while the centre is
# down. The calls then go nowhere, and everything on the way there reported success.
# Version: kamailio 5.6.3-2 (Debian 12), started here on a loopback port with a configuration that answers nothing.
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=5.6.3-2
server=
clean_up() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT

# Starts the server with its control socket at $scratch/ctl; a port that is taken makes it end, and another is tried.
start_server() {
  local port wait_for
  for port in $((20000 + RANDOM % 10000)) $((20000 + RANDOM % 10000)) $((20000 + RANDOM % 10000)); do
    cat >"$scratch/kamailio.cfg" <<END
#!KAMAILIO
debug=0
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:127.0.0.1:$port
mpath="$libraries/kamailio/modules"
loadmodule "kex.so"
loadmodule "pv.so"
loadmodule "ctl.so"
loadmodule "htable.so"
modparam("ctl", "binrpc", "unix:$scratch/ctl")
modparam("htable", "htable", "redirect=>size=4;")
request_route { exit; }
END
    env LD_LIBRARY_PATH="$libraries/kamailio" "$scratch/root/usr/sbin/kamailio" -f "$scratch/kamailio.cfg" -DD \
      -w "$scratch" -Y "$scratch" -P "$scratch/pid" -m 32 -M 4 >"$scratch/log" 2>&1 &
    server=$!
    for ((wait_for = 100; wait_for > 0; --wait_for)); do
      kill -0 "$server" 2>/dev/null || break
      if [ -S "$scratch/ctl" ] && rpc core.uptime >/dev/null && [[ $answer == *uptime* ]]; then return; fi
      sleep 0.1
    done
  done
  cat "$scratch/log" >&2
  cannot_be_tried "the server did not start."
}

# Leaves what kamcmd printed in $answer and its exit status in $status.
rpc() {
  status=0
  answer=$("$scratch/root/usr/sbin/kamcmd" -s "unix:$scratch/ctl" "$@" 2>&1) || status=$?
}

# Sets a value, reads it back, tells both and compares them with what was found.
try_value() { # KEY VALUE FOUND
  local said kept
  rpc htable.sets redirect "$1" "$2"
  said="$answer (exit $status)"
  rpc htable.get redirect "$1"
  kept=$(sed -n 's/^[[:space:]]*value: //p' <<<"$answer")
  printf '%-18s %-16s %-22s %s\n' "$2" "${2#s:}" "$kept" "$said"
  [ "$kept" = "$3" ] && [ "$said" = "Ok. Key set to new value. (exit 0)" ] || changed=yes
}

fetch "kamailio=$version"
libraries=$(echo "$scratch"/root/usr/lib/*-linux-gnu)
start_server
changed=no

env LD_LIBRARY_PATH="$libraries/kamailio" "$scratch/root/usr/sbin/kamailio" -v | sed -n "1s| *$|, package $version|p"
echo
printf '%-18s %-16s %-22s %s\n' "htable.sets VALUE" "guess: kept as" "seen: kept as" "answer"
try_value london +442079460018 18446744073407380146
try_value extension 0123 123
try_value newyork 2125550123 2125550123
try_value marked s:+442079460018 +442079460018

rpc htable.sets redirect +442079460018 sip:desk@example.com
echo
echo "+442079460018 as the KEY"
echo "  guess   kept under that text"
echo "  seen    $answer (exit $status)"
[[ $answer == *"Not enough parameters"* && $status == 0 ]] || changed=yes

echo
if [ "$changed" = no ]; then
  echo "As found: kamcmd changes telephone numbers."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
