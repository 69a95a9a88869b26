#!/bin/bash
# usage: tests/coverage.sh BUILD_DIRECTORY
# Runs unit_sync and merge_laws of a coverage build and prints what gcov counted in the merge and in the session, a line per file, then
# every line that never ran and every branch that was never taken. Fails when the merge is not covered wholly.
#
# gcov also counts what the compiler adds for exceptions: the edge from every call to its handler, which it marks
# "throw", the call's return beside it, and the code of the handlers, whose lines it marks "=====" and whose blocks
# "$$$$$". Nothing of the merge throws except when memory runs out, and nothing is decided there, so none of that counts
# here. What counts is every other branch, of each instance of a template or lambda by itself.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
build=$1
whole=(sync/merge/{delete,merge,policy,record_meta,unit}.cpp)
summary=(sync/session/{session,upload}.cpp)

# From gcov's text: "lines-run lines branches-taken branches", then what is missing.
count_coverage='
  function told(branch) {
    if (branch == "") return
    ++branches[line]
    if (branch ~ / taken [1-9]/) ++taken[line]
  }
  function settle() { told(held); held = "" }
  /^ *-: *0:Source:/ { settle(); ours = substr($0, length($0) - length(source)) == "/" source; next }
  !ours { next }
  /^branch/ {
    if (in_handler) next
    if (/\(throw\)$/) { held = ""; next }
    settle()
    held = $0
    next
  }
  /^ *[^:]+: *[0-9]+-block/ { settle(); in_handler = /^ *\$\$\$\$\$/; next }
  /^ *[^:]+: *[0-9]+:/ {
    settle()
    split($0, part, ":")
    line = part[2] + 0
    if (part[1] !~ /-|=====/) { exists[line] = 1; if (part[1] !~ /#####/) ran[line] = 1 }
    if (line > last) last = line
  }
  END {
    settle()
    for (line = 1; line <= last; ++line) {
      if (!(line in exists)) continue
      ++lines; run += ran[line]; all += branches[line]; some += taken[line]
      if (!ran[line]) missing = missing source ":" line ": never run\n"
      else if (taken[line] < branches[line])
        missing = missing source ":" line ": " branches[line] - taken[line] " of " branches[line] " branches never taken\n"
    }
    printf "%d %d %d %d\n%s", run, lines, some, all, missing
  }'

find "$build" -name '*.gcda' -delete
for tests in unit_sync merge_laws; do
  "$build/tests/unit/sync/$tests" --gtest_brief=1 >"$build/$tests.log" || {
    tail -n 50 "$build/$tests.log" >&2
    exit 1
  }
done

percent() { awk -v part="$1" -v all="$2" 'BEGIN { printf "%.1f", all == 0 ? 100 : 100 * part / all }'; }
rest='' short=''
printf '%-24s %18s %22s\n' file 'lines run' 'branches taken'
for source in "${whole[@]}" "${summary[@]}"; do
  # The lines of the source are in the text only when gcov finds it where the compiler did.
  counted=$(cd "$build" && gcov --all-blocks --branch-probabilities --branch-counts --stdout \
    "sync/CMakeFiles/holdline_sync.dir/${source#sync/}.gcda" | awk -v source="$source" "$count_coverage")
  read -r run lines taken branches <<<"$counted"
  printf '%-24s %6d/%-4d %5s %%  %8d/%-4d %5s %%\n' "$source" "$run" "$lines" "$(percent "$run" "$lines")" \
    "$taken" "$branches" "$(percent "$taken" "$branches")"
  rest+=$(tail -n +2 <<<"$counted")$'\n'
  case " ${whole[*]} " in
    *" $source "*) [ "$lines" -gt 0 ] && [ "$run/$taken" = "$lines/$branches" ] || short+=" $source" ;;
  esac
done
grep . <<<"$rest" || true
if [ -n "$short" ]; then
  echo "not covered wholly:$short" >&2
  exit 1
fi
