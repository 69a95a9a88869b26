#!/bin/bash
# Of some workloads: every line that the program prints with --json is one JSON object with a name, and a value and a
# ratio above zero.
set -euo pipefail
for workload in durable_entry access stalled_disk import claiming; do
  lines=$("$1" --quick --only "$workload" --json)
  [ -n "$lines" ]
  jq -e -s 'length >= 1 and all(.[]; (.name | length > 0) and .value > 0 and .ratio > 0)' <<<"$lines" >/dev/null
done
