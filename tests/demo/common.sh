# What the demonstrations share: telling, waiting, ports. Sourced by them; the logs of their programs lie in $work.

say() { printf '\n==> %s\n' "$*"; }
die() {
  printf '\nFAILED: %s\n' "$*" >&2
  tail -n 20 "$work"/*.log >&2 || true
  exit 1
}
# until_true SECONDS WHAT COMMAND...: waits for a command to succeed.
until_true() {
  local left=$(($1 * 10)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || die "$what did not happen"
    sleep 0.1
  done
}
# free_port [PORT]: prints a port of this computer that nobody has: the one that is wished for, else any.
free_port() {
  local p
  for p in "$@" $(shuf -i 20000-32000 -n 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }
  done
}
