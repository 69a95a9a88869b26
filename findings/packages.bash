# What every finding begins with: a folder of its own, and pinned packages unpacked there. Sourced, not run.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cannot_be_tried() { # REASON
  echo "Could not be tried: $1" >&2
  exit 2
}

# Files of the machine without which there is nothing to try.
needs() { # PACKAGES FILE...
  local file
  for file in "${@:2}"; do [ -e "$file" ] || cannot_be_tried "needs Debian's $1."; done
}

# The packages named, unpacked below $scratch/root; nothing is installed.
fetch() { # PACKAGE[=VERSION]...
  local package
  if ! (cd "$scratch" && apt-get -q -o APT::Sandbox::User=root download "$@") >"$scratch/apt.log" 2>&1; then
    cat "$scratch/apt.log" >&2
    cannot_be_tried "the packages above are not to be had here (are the backports of Debian 12 among the sources of apt,
and was 'apt-get update' run?)."
  fi
  for package in "$scratch"/*.deb; do dpkg -x "$package" "$scratch/root"; done
}
