#!/bin/sh
# shard.sh PROGRAM INDEX COUNT: runs every COUNT-th test of a GoogleTest program, and lets it report under a name of its
# own where GTEST_OUTPUT names a folder ("json:FOLDER/").
set -eu
export GTEST_SHARD_INDEX="$2" GTEST_TOTAL_SHARDS="$3"
case ${GTEST_OUTPUT:-} in */) export GTEST_OUTPUT="$GTEST_OUTPUT$(basename "$1")_$2.json" ;; esac
exec "$1"
