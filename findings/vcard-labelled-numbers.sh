#!/bin/bash
# A telephone number with a label of one's own is lost when contacts are converted.
#
# Guess: a vCard line may have a group in front, as in "item1.TEL:...", which ties it to others, and is read as the line
# that it is. A converter that has no place for the label keeps the number.
# What happens: gammu and abook, two tools of Debian that convert address books, pass over every line with a group, and
# with it the number, the address and the e-mail address. A contact whose only number had a label comes out with a name
# and nothing else, also from gammu into a vCard. No message, exit status 0. The same line without "item1." is kept.
# Why it matters: this is how the address books of iPhones and Macs write a number whose label is not one of the usual
# ones ("shop", "neighbour", "after six"), so it is in the contacts that people bring, beside others that come through.
# Whoever is missing a number after the import is not called.
# Version: gammu and libgammu8 1.42.0-8, abook 0.6.1-2+b1 (Debian 12).
set -euo pipefail
. "$(dirname "$0")/packages.bash"

gammu=1.42.0-8
abook=0.6.1-2+b1

# A vCard of Ada Lovelace; GROUP is what stands in front of number and address.
vcard() { # GROUP
  printf '%s\r\n' BEGIN:VCARD VERSION:3.0 "N:Lovelace;Ada;;;" "FN:Ada Lovelace" "$1TEL:+44 20 7946 0018" \
    "$1EMAIL:ada@example.com" ${1:+"$1X-ABLabel:shop"} END:VCARD >"$scratch/in.vcf"
}

# The file in.vcf as it comes out of a tool, in $scratch/out.*.
run() { # TOOL ARGUMENT...
  (cd "$scratch" && HOME="$scratch" LD_LIBRARY_PATH="$libraries" "$scratch/root/usr/bin/$1" "${@:2}" </dev/null 2>&1)
}
convert() { # TOOL FORMAT
  rm -f "$scratch"/out.*
  if [ "$1" = gammu ]; then
    run gammu -c gammurc convertbackup in.vcf "out.$2"
  else
    run abook --convert --informat vcard --infile in.vcf --outformat "$2" --outfile "out.$2"
  fi
}

# Converts without and with group, tells what is left, and compares it with what was found.
try_tool() { # TOOL FORMAT
  local group left said status
  for group in "" item1.; do
    vcard "$group"
    status=0
    said=$(convert "$1" "$2") || status=$?
    left=
    if grep -q Lovelace "$scratch/out.$2"; then left+="name "; fi
    if grep -q "20 7946 0018" "$scratch/out.$2"; then left+="number "; fi
    if grep -q "ada@example.com" "$scratch/out.$2"; then left+="address "; fi
    left+="(exit $status, ${said:-no message})"
    printf '%-6s %-5s %-10s %-21s %s\n' "$1" "$2" "${group}TEL" "name number address" "$left"
    if [ -z "$group" ]; then
      [ "$left" = "name number address (exit 0, no message)" ] || changed=yes
    else
      [ "$left" = "name (exit 0, no message)" ] || changed=yes
    fi
  done
}

fetch "gammu=$gammu" "libgammu8=$gammu" "abook=$abook" libbluetooth3 libusb-1.0-0 libgudev-1.0-0
libraries="$scratch/root/usr/lib:$(echo "$scratch"/root/usr/lib/*-linux-gnu)"
echo "[gammu]" >"$scratch/gammurc"
if ! run gammu --version >"$scratch/log" || ! run abook --help >>"$scratch/log"; then
  cat "$scratch/log" >&2
  cannot_be_tried "the tools do not start here."
fi
changed=no

echo "gammu $gammu, abook $abook"
echo
printf '%-6s %-5s %-10s %-21s %s\n' tool to line "guess: left is" "seen: left is"
try_tool gammu ldif
try_tool gammu vcf
try_tool abook ldif

echo
if [ "$changed" = no ]; then
  echo "As found: what has a label is lost."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
