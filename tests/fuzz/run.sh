#!/bin/bash
# usage: tests/fuzz/run.sh BUILD_DIRECTORY SECONDS PROCESSES table|json TARGET...
# Runs fuzz targets for SECONDS each from their seeds and what was found before, PROCESSES at once, and prints what came
# of each. What is new stays in BUILD_DIRECTORY/tests/fuzz/found/TARGET, an input that ends a target beside it as
# crash-*, timeout-*, oom-* or leak-* in a folder of its own. Fails when there is one.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
folder=$1/tests/fuzz seconds=$2 processes=$3 form=$4
shift 4

# Everything about one target, in a line of JSON.
run_one() {
  local target=$1 found=$folder/found/$1 ended=$folder/ended/$1 log=$folder/$1.log last
  rm -rf "$ended"
  mkdir -p "$found" "$ended"
  "$folder/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$ended/" "$found" "tests/fuzz/corpus/$target" >"$log" 2>&1 || true
  last=$(grep -E '^#[0-9]+.* cov: ' "$log" | tail -n 1)
  number_behind() { grep -oE "$1 *[0-9]+" <<<"$2" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }
  jq -n -c --arg target "$target" --argjson seconds "$seconds" \
    --argjson executions "$(number_behind 'number_of_executed_units:' "$(cat "$log")")" \
    --argjson edges "$(number_behind 'cov:' "$last")" --argjson features "$(number_behind 'ft:' "$last")" \
    --argjson corpus "$(number_behind 'corp:' "$last")" \
    '{$target, $seconds, $executions, $edges, $features, $corpus, ended_by: $ARGS.positional}' \
    --args $(find "$ended" -type f)
}
export -f run_one
export folder seconds

results=$(printf '%s\n' "$@" | xargs -P "$processes" -I{} bash -euo pipefail -c 'run_one {}' | sort)
if [ "$form" = json ]; then
  printf '%s\n' "$results"
else
  printf '%-18s %8s %12s %8s %9s %7s  %s\n' target seconds executions edges features corpus 'ended by'
  jq -r '[.target, .seconds, .executions, .edges, .features, .corpus, (.ended_by | join(" "))] | @tsv' <<<"$results" |
    while IFS=$'\t' read -r target took executions edges features corpus ended; do
      printf '%-18s %8d %12d %8d %9d %7d  %s\n' "$target" "$took" "$executions" "$edges" "$features" "$corpus" "$ended"
    done
fi
jq -s -e 'all(.ended_by == [])' <<<"$results" >/dev/null
