#!/bin/bash
# uconv, the command-line tool of ICU, cuts a line in the middle of a word.
#
# Guess: `uconv -x RULE` does with every line what ICU's library does with that rule. So the rule any-nfkc turns a name
# in half-width katakana, as Japanese telephone systems export it, into ordinary katakana, and doing it again changes
# nothing. Katakana-Latin writes the name Kyouko in Latin letters.
# What happens: the voicing mark stays a character of its own (Jiro becomes SHI + mark + RO + U), the result is not in
# the form asked for, and a second pass changes it again. Kyouko becomes ki~youko. The exit status is 0. Not every name
# is hit: before it applies the rule, uconv ends the text after each letter whose code has all the bits of the line
# separator U+2028. Of the half-width letters that can be voiced, these are the ones from KU to SO.
# Why it matters: it is the tool at hand to prepare a customer file for an import, or to look up what ICU makes of a
# name. Both then differ, for some names only, from what a program gets that calls the library.
# Version: icu-devtools 72.1-3+deb12u1 with libicu72 of the same version (Debian 12).
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=72.1-3+deb12u1

apply() { env LD_LIBRARY_PATH="$libraries" "$scratch/root/usr/bin/uconv" -f utf-8 -t utf-8 -x "$1"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

fetch "icu-devtools=$version" "libicu72=$version"
libraries=$(echo "$scratch"/root/usr/lib/*-linux-gnu)

# By their bytes, because an editor may normalise what looks like a letter.
half_width_jiro='\xef\xbd\xbc\xef\xbe\x9e\xef\xbe\x9b\xef\xbd\xb3\n'
half_width_kyouko='\xef\xbd\xb7\xef\xbd\xae\xef\xbd\xb3\xef\xbd\xba\n'
kyouko='\xe3\x82\xad\xe3\x83\xa7\xe3\x82\xa6\xe3\x82\xb3\n'

# shellcheck disable=SC2059  # the formats are the texts above
{
  once=$(printf "$half_width_jiro" | apply any-nfkc | hex)
  twice=$(printf "$half_width_jiro" | apply any-nfkc | apply any-nfkc | hex)
  latin=$(printf "$kyouko" | apply Katakana-Latin)
  latin_of_half_width=$(printf "$half_width_kyouko" | apply Katakana-Latin)
}

cat <<END
$(env LD_LIBRARY_PATH="$libraries" "$scratch/root/usr/bin/uconv" --version | sed "s|.*uconv|uconv|"), package $version

Jiro in half-width katakana, rule any-nfkc:
  guess   e382b8e383ade382a60a (JI RO U), and a second pass leaves it alone
  seen    $once (SHI, mark U+3099, RO U)
  again   $twice
Kyouko in katakana, rule Katakana-Latin:
  guess   kyouko
  seen    $latin
  and of the same name in half-width katakana: $latin_of_half_width

END
if [ "$once" = e382b7e38299e383ade382a60a ] && [ "$twice" = e382b8e383ade382a60a ] &&
  [ "$latin" = ki~youko ] && [ "$latin_of_half_width" = kyouko ]; then
  echo "As found: uconv cuts words."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
