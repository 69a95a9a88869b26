#!/bin/bash
# Miller knows the name of a time zone only where it is at home, and takes every other for UTC.
#
# Guess: strptime of `mlr`, a tool that reworks CSV and JSON files, turns a time with the name of its zone into the
# instant when it is given %Z, as its own help shows with EET; a name that it does not know is an (error), like every
# other text that does not fit. Where it runs has no part in it.
# What happens: %Z takes any three capital letters. They count when they are a name of the zone that the program runs in
# (TZ, --tz or the machine's); whatever else they are, XYZ included, the time is taken for UTC. So BST is right on a PC
# in London and an hour late on a server on UTC, and the example of the help is right in Athens only. CEST has one
# letter too many: that is an (error), which makes the rest look checked. %z with +0100 is right everywhere.
# Why it matters: it is the tool at hand to bring an export of another system into the form that an import takes, and
# such exports write "01/07/2026 09:00 BST". What comes out is well formed, ends in Z, and is wrong by an hour for a
# British summer and by seven for California, on one machine and not on the next.
# Version: miller 6.6.0-2+b3 (Debian 12).
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=6.6.0-2+b3

mlr() { (cd "$scratch" && env HOME="$scratch" "$scratch/root/usr/bin/mlr" "$@"); }

# Reads a time in three zones, tells guess and answers, and compares the answers with what was found.
try_time() { # NAME-OF-ZONE FORMAT GUESS FOUND...
  local zone seen=()
  for zone in UTC Europe/London America/Los_Angeles; do
    seen+=("$(TZ=$zone mlr -n put \
      "end { print sec2gmt(strptime(\"01/07/2026 09:00 $1\", \"%d/%m/%Y %H:%M $2\")) }")")
  done
  printf '%-29s %-21s %-21s %-21s %s\n' "01/07/2026 09:00 $1 by $2" "$3" "${seen[@]}"
  [ "${seen[*]}" = "${*:4}" ] || changed=yes
}

needs tzdata /usr/share/zoneinfo/Europe/London
fetch "miller=$version"
changed=no

echo "$(mlr --version), package $version"
echo
printf '%-29s %-21s %-21s %-21s %s\n' time guess "seen on UTC" "in London" "in Los Angeles"
as_utc=2026-07-01T09:00:00Z
try_time BST %Z 2026-07-01T08:00:00Z "$as_utc" 2026-07-01T08:00:00Z "$as_utc"
try_time PDT %Z 2026-07-01T16:00:00Z "$as_utc" "$as_utc" 2026-07-01T16:00:00Z
try_time XYZ %Z "(error)" "$as_utc" "$as_utc" "$as_utc"
try_time CEST %Z 2026-07-01T07:00:00Z "(error)" "(error)" "(error)"
try_time +0100 %z 2026-07-01T08:00:00Z 2026-07-01T08:00:00Z 2026-07-01T08:00:00Z 2026-07-01T08:00:00Z

promised=$(mlr help function strptime | sed -n 's/.* EET".*%Z") = //p')
example='end { print strptime("1970-01-01 00:00:00 EET", "%Y-%m-%d %H:%M:%S %Z") }'
on_utc=$(TZ=UTC mlr -n put "$example")
in_athens=$(TZ=Europe/Athens mlr -n put "$example")
cat <<END

The help's example, 1970-01-01 00:00:00 EET
  help    $promised
  seen    $on_utc on UTC, $in_athens in Athens

END
if [ "$changed" = no ] && [ "$promised" = -7200 ] && [ "$on_utc" = 0 ] && [ "$in_athens" = -7200 ]; then
  echo "As found: names of other zones are read and taken for UTC."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
