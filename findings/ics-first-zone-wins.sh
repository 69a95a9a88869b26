#!/bin/bash
# The first calendar that a program reads decides what time it is in the second.
#
# Guess: a calendar file carries the rules of the time zones that it names (VTIMEZONE), so its appointments are read by
# its own rules, and another file that was read before has nothing to do with it.
# What happens: vobject and icalendar keep the rules under the name of the zone for as long as the program runs, and
# what is kept goes before what stands in the file. Two branches both call their zone "Office": whichever is read first,
# the other's nine o'clock is five hours off. Each file alone, or each in its own run, is right; the order of the files
# decides. No error, no warning, and the two libraries agree with each other.
# Why it matters: the names are free text, and "Office", "Local" or "Customized Time Zone" are what programs write that
# do not use the names of the zone database. A service that imports the calendars of many senders (callbacks agreed on,
# opening hours, shifts) runs for weeks.
# Version: python3-vobject 0.9.6.1-2 and python3-icalendar 4.0.3-5 (Debian 12).
set -euo pipefail
. "$(dirname "$0")/packages.bash"

vobject=0.9.6.1-2
icalendar=4.0.3-5

# A calendar with one appointment at nine in its zone "Office".
calendar() { # FILE STANDARD SUMMER SUMMER-BEGINS SUMMER-ENDS
  printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 "PRODID:-//example//branch//EN" BEGIN:VTIMEZONE TZID:Office \
    BEGIN:STANDARD DTSTART:20071104T020000 "RRULE:FREQ=YEARLY;BYMONTH=$5" \
    "TZOFFSETFROM:$3" "TZOFFSETTO:$2" END:STANDARD \
    BEGIN:DAYLIGHT DTSTART:20070311T020000 "RRULE:FREQ=YEARLY;BYMONTH=$4" \
    "TZOFFSETFROM:$2" "TZOFFSETTO:$3" END:DAYLIGHT END:VTIMEZONE \
    BEGIN:VEVENT "UID:$1@example.com" DTSTAMP:20260601T000000Z "DTSTART;TZID=Office:20260701T090000" DURATION:PT30M \
    "SUMMARY:Call back" END:VEVENT END:VCALENDAR >"$scratch/$1.ics"
}

# The instants of the appointments in the files named, read in one run, one after the other.
read_in_one_run() { # LIBRARY FILE...
  (cd "$scratch" && PYTHONPATH="$scratch/root/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 \
    /usr/bin/python3 -W ignore "$scratch/read.py" "$@")
}

needs python3 /usr/bin/python3
fetch "python3-vobject=$vobject" "python3-icalendar=$icalendar" python3-dateutil=2.8.2-2 python3-tz=2022.7.1-4 \
  python3-six=1.16.0-4
calendar london +0000 +0100 "3;BYDAY=-1SU" "10;BYDAY=-1SU"
calendar newyork -0500 -0400 "3;BYDAY=2SU" "11;BYDAY=1SU"
cat >"$scratch/read.py" <<'END'
import datetime
import sys

import icalendar
import vobject

seen = []
for name in sys.argv[2:]:
    with open(name + ".ics", newline="") as file:
        text = file.read()
    if sys.argv[1] == "vobject":
        start = vobject.readOne(text).vevent.dtstart.value
    else:
        start = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["dtstart"].dt
    seen.append(name + " " + start.astimezone(datetime.timezone.utc).strftime("%H:%MZ"))
print(", ".join(seen))
END

changed=no
echo "vobject $vobject, icalendar $icalendar"
echo
echo "09:00 on 1 July 2026 in the zone Office of each file"
echo "guess, in every order     london 08:00Z, newyork 13:00Z"
for library in vobject icalendar; do
  alone="$(read_in_one_run $library london), $(read_in_one_run $library newyork)"
  forth=$(read_in_one_run $library london newyork)
  back=$(read_in_one_run $library newyork london)
  printf '%-25s %s\n' "$library, each alone" "$alone" "$library, London first" "$forth" \
    "$library, New York first" "$back"
  [ "$alone" = "london 08:00Z, newyork 13:00Z" ] && [ "$forth" = "london 08:00Z, newyork 08:00Z" ] &&
    [ "$back" = "newyork 13:00Z, london 13:00Z" ] || changed=yes
done

echo
if [ "$changed" = no ]; then
  echo "As found: the zone of the first file is used for the second."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
