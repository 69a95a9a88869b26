#!/bin/bash
# A function of the C library that C++ programs compile against and cannot be linked with.
#
# Guess: headers of the C library serve C and C++ alike. <sys/pidfd.h>, which watches a process without the races of its
# number, does as well: what compiles with it links.
# What happens: it declares its functions without extern "C". A C++ program compiles without a warning and then asks the
# linker for pidfd_open(int, unsigned int), which no library has; C, and C++ with its neighbour <sys/eventfd.h>, link.
# Why it matters: whoever runs programs with a limit of time wants it, and in a static library the mistake shows only
# where somebody else links.
# Version: libc6-dev 2.36-9+deb12u14 (Debian 12).
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=2.36-9+deb12u14
needs "gcc, g++ and libc6-dev" /usr/bin/gcc /usr/bin/g++ /usr/include/stdio.h
fetch "libc6-dev=$version"
header=$(echo "$scratch"/root/usr/include/*/sys/pidfd.h)
mkdir "$scratch/include"
cp "$header" "$scratch/include/pidfd.h"
echo "<sys/pidfd.h> of libc6-dev $version"

# Whether a program that calls a function links, by which compiler; what the linker misses.
links() { # COMPILER SUFFIX TEXT
  echo "$3" >"$scratch/try.$2"
  if "$1" -Wall -Wextra -c "$scratch/try.$2" -o "$scratch/try.o" 2>"$scratch/compiler.log" && [ ! -s "$scratch/compiler.log" ]; then
    if "$1" "$scratch/try.o" -o "$scratch/try" 2>"$scratch/linker.log"; then echo links
    else echo "misses $(grep -o "reference to .*" "$scratch/linker.log" | head -n 1 | cut -c 14- | tr -d "\`'")"; fi
  else
    echo "does not compile"
  fi
}

pidfd="#include \"$scratch/include/pidfd.h\"
int main(void) { return pidfd_open(1, 0) < 0; }"
eventfd="#include <sys/eventfd.h>
int main(void) { return eventfd(0, 0) < 0; }"
in_c=$(links gcc c "$pidfd")
in_cpp=$(links g++ cpp "$pidfd")
neighbour=$(links g++ cpp "$eventfd")
wrapped=$(links g++ cpp "extern \"C\" {
#include \"$scratch/include/pidfd.h\"
}
int main() { return pidfd_open(1, 0) < 0; }")

cat <<END

pidfd_open in C: $in_c
pidfd_open in C++
  guess   links
  seen    $in_cpp
eventfd in C++: $neighbour
pidfd_open in C++, the header within extern "C": $wrapped

END
if [ "$in_c" = links ] && [ "$in_cpp" = "misses pidfd_open(int, unsigned int)" ] && [ "$neighbour" = links ] &&
  [ "$wrapped" = links ]; then
  echo "As found: the header is for C alone."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
