#!/bin/bash
# INSERT OR REPLACE into a contentless FTS5 table keeps the old words of the row.
#
# Guess: an FTS5 table with content='' cannot know the words of a row, so it refuses DELETE and UPDATE. INSERT OR
# REPLACE with a rowid that is there is then refused too, or it does replace the row.
# What happens: it is accepted and adds. A customer renamed from Smith to Jones is found under both names from then on.
# A plain INSERT with that rowid adds as well: nothing in such a table is unique. FTS5's own integrity check and PRAGMA
# integrity_check find nothing wrong. Only the special 'delete' row, with exactly the words that were indexed, takes
# the old name out.
# Why it matters: an encrypted replica that people search by name is the place for such a table, since it stores every
# name a second time otherwise. REPLACE is how a row of an ordinary table is refreshed from a feed.
# Version: libsqlcipher1 and sqlcipher 4.6.1-2~bpo12+1 (Debian 12, backports), which hold SQLite 3.46.1.
set -euo pipefail
. "$(dirname "$0")/packages.bash"

version=4.6.1-2~bpo12+1

# Runs SQL on the encrypted file; leaves what was printed, errors included, in $answer and the exit status in $status.
sql() {
  status=0
  answer=$(env LD_LIBRARY_PATH="$libraries" "$scratch/root/usr/bin/sqlcipher" -batch -bail -init "$scratch/key.sql" \
    "$scratch/replica.db" "$1" 2>&1) || status=$?
}

# Which of the names find row 1.
found_by() {
  local name by=
  for name in smith jones brown; do
    sql "SELECT rowid FROM names WHERE names MATCH '\"$name\"'"
    if [ "$answer" = 1 ]; then by+="${by:+ and }$name"; fi
  done
  echo "${by:-neither}"
}

fetch "sqlcipher=$version" "libsqlcipher1=$version"
libraries=$(echo "$scratch"/root/usr/lib/*-linux-gnu)
# Without the answer that a key gets.
printf '%s\n' ".output /dev/null" "PRAGMA key='correct horse battery staple';" ".output stdout" >"$scratch/key.sql"
sql "SELECT sqlite_version()"
sqlite=$answer
sql "PRAGMA cipher_version"
echo "SQLCipher $answer with SQLite $sqlite, package $version"

sql "CREATE VIRTUAL TABLE names USING fts5(words, content='', detail=none, tokenize='ascii');
     INSERT INTO names(rowid, words) VALUES (1, 'smith');"
sql "DELETE FROM names WHERE rowid = 1"
delete="$answer (exit $status)" delete_status=$status
sql "UPDATE names SET words = 'jones' WHERE rowid = 1"
update="$answer (exit $status)" update_status=$status
sql "INSERT OR REPLACE INTO names(rowid, words) VALUES (1, 'jones')"
replace="${answer:-no error} (exit $status)"
replaced=$(found_by)
sql "INSERT INTO names(rowid, words) VALUES (1, 'brown')"
insert="${answer:-no error} (exit $status)"
inserted=$(found_by)
sql "INSERT INTO names(names) VALUES ('integrity-check')"
own_check="${answer:-no error} (exit $status)"
sql "PRAGMA integrity_check"
check=$answer
sql "INSERT INTO names(names, rowid, words) VALUES ('delete', 1, 'smith')"
taken_out=$(found_by)

cat <<END

Row 1 holds smith.
DELETE: $delete
UPDATE: $update
INSERT OR REPLACE of row 1 with jones
  guess   refused like those two, or found by jones only
  seen    $replace, found by $replaced
INSERT of row 1 with brown
  guess   refused, because the row is there
  seen    $insert, found by $inserted
FTS5's integrity-check: $own_check; PRAGMA integrity_check: $check
After the special row 'delete' with smith: found by $taken_out

END
if [ "$delete_status" != 0 ] && [ "$update_status" != 0 ] && [ "$replace" = "no error (exit 0)" ] &&
  [ "$replaced" = "smith and jones" ] && [ "$insert" = "no error (exit 0)" ] &&
  [ "$inserted" = "smith and jones and brown" ] && [ "$own_check" = "no error (exit 0)" ] && [ "$check" = ok ] &&
  [ "$taken_out" = "jones and brown" ]; then
  echo "As found: REPLACE keeps the old words."
else
  echo "CHANGED: not what this finding says."
  exit 1
fi
