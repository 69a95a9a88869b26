#!/bin/bash
# csvsort turns half past ten into ten minutes and thirty seconds, in a column that it was not told to touch.
#
# Guess: `csvsort -c name` puts the rows in another order and changes no cell; if anything, it tidies cells of the
# column that it sorts by. A time of day such as 10:30 stays 10:30, or becomes 10:30:00.
# What happens: csvkit guesses a type for every column and writes its own form of the values. A column of times of day
# is one of durations, and "10:30" is minutes and seconds: 0:10:30 comes out, a well-formed time shortly after midnight.
# A single time with seconds in the file (10:30:00) is read as hours, so that one column then holds both. in2csv,
# csvjoin and csvjson do the same; csvcut, csvgrep and csvstack leave cells alone. The exit status is 0. With -I all
# stays as it is. That such types cost a number its leading zeros is well known; that they move an appointment is not.
# Why it matters: a list of callbacks is sorted or joined before it is imported or handed out, and the times that come
# out look as good as those that went in. A column in which one cell says "noon" comes through unchanged, so a trial may
# be fine.
# Version: csvkit and python3-csvkit 1.0.7-1 with python3-agate 1.6.3-2 and python3-pytimeparse 1.1.5-3 (Debian 12).
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=1.0.7-1

# A tool of csvkit, in the folder of the files.
csvkit() { # TOOL ARGUMENT...
  (cd "$scratch" && PYTHONPATH="$scratch/root/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 \
    /usr/bin/python3 -W ignore "$scratch/root/usr/bin/$1" "${@:2}")
}

# Runs a tool, tells guess and output, each on one line, and compares the output with what was found.
try_tool() { # GUESS FOUND TOOL ARGUMENT...
  local seen status=0
  seen=$(csvkit "${@:3}" | tr '\n' ' ') || status=$?
  seen="${seen% } (exit $status)"
  printf '%s\n  guess   %s\n  seen    %s\n' "${*:3}" "$1" "$seen"
  [ "$seen" = "$2 (exit 0)" ] || changed=yes
}

needs python3 /usr/bin/python3
fetch "csvkit=$version" "python3-csvkit=$version" python3-agate=1.6.3-2 python3-pytimeparse=1.1.5-3 \
  python3-agatedbf=0.2.2-2 python3-agateexcel=0.2.5-2 python3-agatesql=0.5.8-2 python3-babel python-babel-localedata \
  python3-dbfread python3-et-xmlfile python3-isodate python3-jdcal python3-leather python3-olefile python3-openpyxl \
  python3-parsedatetime python3-pkg-resources python3-slugify python3-six python3-sqlalchemy python3-tz \
  python3-unidecode python3-xlrd
changed=no
printf '%s\n' name,callback "Lovelace,10:30" "Byron,14:15" >"$scratch/plain.csv"
printf '%s\n' name,callback "Lovelace,10:30" "Byron,14:15:00" >"$scratch/mixed.csv"
printf '%s\n' name,callback "Lovelace,10:30" "Byron,noon" >"$scratch/noon.csv"
printf '%s\n' name,agent "Lovelace,Zoe" >"$scratch/agents.csv"

echo "$(csvkit csvsort --version), package $version"
echo
echo "plain.csv: Lovelace 10:30, Byron 14:15"
try_tool "name,callback Byron,14:15 Lovelace,10:30" "name,callback Byron,0:14:15 Lovelace,0:10:30" \
  csvsort -c name plain.csv
try_tool "name,callback,agent Lovelace,10:30,Zoe" "name,callback,agent Lovelace,0:10:30,Zoe" \
  csvjoin -c name plain.csv agents.csv
try_tool "name,callback Byron,14:15 Lovelace,10:30" "name,callback Byron,14:15 Lovelace,10:30" \
  csvsort -I -c name plain.csv
echo "mixed.csv: Lovelace 10:30, Byron 14:15:00"
try_tool "name,callback Byron,14:15:00 Lovelace,10:30:00" "name,callback Byron,14:15:00 Lovelace,0:10:30" \
  csvsort -c name mixed.csv
echo "noon.csv: Lovelace 10:30, Byron noon"
try_tool "name,callback Byron,noon Lovelace,10:30" "name,callback Byron,noon Lovelace,10:30" csvsort -c name noon.csv

echo
if [ "$changed" = no ]; then
  echo "As found: times of day become minutes and seconds."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
