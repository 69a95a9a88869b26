#include "hub/ledger/import_order.hpp"

#include <algorithm>
#include <string>

#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

std::string older_text(const ImportRun& now, const ImportRun& newest) {
  return "This file is of " + sync::format_time(now.as_of_ms) + ", and " +
         (newest.file.empty() ? std::string("one") : newest.file) + " of " + sync::format_time(newest.as_of_ms) +
         " was taken from the same source" + (newest.person.empty() ? "" : " by " + newest.person) + " at " +
         sync::format_time(newest.begun_ms) +
         ". What the source said later would be lost to what it said before, so nothing was taken. Say with "
         "--obtained when the file was really obtained, or with --older that it is meant so.";
}

}  // namespace

Result<std::optional<ImportRun>> look_at_runs(LedgerReader& reader, const FileAge& age, ImportRun& now) {
  constexpr std::int64_t day_ms = 24 * 3'600'000;
  HOLDLINE_ASSIGN(const auto known, reader.import_run(now.id));
  if (known)
    return fail(ErrorKind::ask_person, "run-known",
                "There was an import of this id already: leave `run` out, or draw another id.");
  HOLDLINE_ASSIGN(auto last, reader.last_import_of(now.hash, now.source, now.scope));
  // Where nobody knows better, what the same bytes said when they came first is what they say now.
  const std::int64_t came_ms = last ? last->as_of_ms : now.begun_ms;
  now.as_of_ms = std::min(now.begun_ms, age.obtained_ms.value_or(age.modified_ms.value_or(came_ms)));
  HOLDLINE_ASSIGN(const auto newest, reader.newest_import_beside(now.hash, now.source, now.scope));
  if (newest && !age.may_be_older) {
    const std::int64_t until_ms = now.as_of_ms + (age.is_day ? day_ms - 1 : 0);
    const bool came_before = last && last->begun_ms < newest->begun_ms && now.as_of_ms <= newest->as_of_ms;
    if (until_ms < newest->as_of_ms || came_before)
      return fail(ErrorKind::ask_person, "older-file", older_text(now, *newest));
  }
  if (last && last->state != ImportRun::State::running) last.reset();
  return last;
}

}  // namespace holdline::hub
