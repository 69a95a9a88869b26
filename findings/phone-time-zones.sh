#!/bin/bash
# libphonenumber names the place of a telephone number and gives another place's time zone.
#
# Guess: the time zones of a number are those of the place that the same library names for it, and several where it
# cannot tell. So a number of Queensland, which has no summer time, is in Australia/Brisbane; at worst the answer is
# "unknown".
# What happens: most of Queensland, the coast from Southport to Cairns and half of Brisbane, is in Australia/Sydney and
# an hour off half of the year. Kaliningrad, Cancun and Darwin are with neighbours that change their clocks where they
# do not, and Ashburton on New Zealand's South Island is with the Chatham Islands, 45 minutes away. One zone that is
# wrong looks as sure as one that is right. The list for Darwin has two, and neither is its own. That the clocks agree
# on many days hides it from a trial.
# Why it matters: when a customer may be called is a matter of law and of the hour at the customer's. Who takes that
# hour from the number calls Southport at seven in the morning instead of eight.
# Version: python3-phonenumbers 8.12.57-4 (Debian 12), the library's port with its own tables of that version. The
# C++ packages of Debian have no time zones. The clocks are compared by the time zones of the system.
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=8.12.57-4

needs "python3 and tzdata" /usr/bin/python3 /usr/share/zoneinfo/Australia/Brisbane
fetch "python3-phonenumbers=$version"

# Made-up numbers, beside each: where it is, the zone there, and what was found.
cat >"$scratch/ask.py" <<'END'
import datetime
import sys
import zoneinfo

import phonenumbers
from phonenumbers import geocoder, timezone

NUMBERS = [
    ("+442079460018", "London", "Europe/London", "Europe/London"),
    ("+61755510000", "Southport", "Australia/Brisbane", "Australia/Sydney"),
    ("+74012530000", "Kaliningrad", "Europe/Kaliningrad", "Europe/Bucharest"),
    ("+529988810000", "Cancun", "America/Cancun", "America/New_York"),
    ("+61889810000", "Darwin", "Australia/Darwin", "Australia/Adelaide Australia/Perth"),
    ("+6433080000", "Ashburton", "Pacific/Auckland", "Pacific/Chatham"),
]
INSTANTS = [datetime.datetime(2026, month, 15, 12, tzinfo=datetime.timezone.utc) for month in (1, 7)]

def minutes_off(zone, right):
    shifts = []
    for at in INSTANTS:
        offsets = [at.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() for name in (zone, right)]
        shifts.append(round((offsets[0] - offsets[1]).total_seconds() / 60))
    return "%+d/%+d" % tuple(shifts)

print("phonenumbers", phonenumbers.__version__)
print()
row = "%-13s %-11s %-27s %-19s %-33s %s"
print(row % ("number", "is in", "the library names", "guess", "seen", "minutes off, Jan/Jul"))
changed = False
for number, town, right, found in NUMBERS:
    parsed = phonenumbers.parse(number)
    zones = timezone.time_zones_for_number(parsed)
    place = geocoder.description_for_number(parsed, "en")
    off = ", ".join("-" if zone == "Etc/Unknown" else minutes_off(zone, right) for zone in zones)
    print(row % (number, town, place[:26], right, " ".join(zones), off))
    changed |= " ".join(zones) != found
sys.exit(changed)
END

status=0
PYTHONPATH="$scratch/root/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$scratch/ask.py" ||
  status=$?
echo
if [ "$status" = 0 ]; then
  echo "As found: the zone of a number is not the zone of its town."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
