#include "hub/admin/outbox_import.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/people/devices.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/limits.hpp"

namespace holdline::hub {

namespace {

auto refuse(std::string code, std::string message) {
  return fail(ErrorKind::ask_person, std::move(code), std::move(message));
}

auto not_an_export() {
  return refuse("not-an-export", "This is not what root exports on a workstation by: holdline outbox export");
}

// As if it were sent now: how long ago an action was made is told by the clock that goes with it, which went on since.
void bring_to(sync::TimeReading& clock, std::int64_t offset_ms, std::int64_t now_ms) {
  const std::int64_t passed_ms = now_ms - (clock.wall_ms + offset_ms);
  clock.wall_ms += passed_ms;
  clock.boot_ms += passed_ms;
}

Result<std::vector<sync::Push>> read_pushes(const std::vector<std::string>& texts) {
  std::vector<sync::Push> pushes;
  for (const std::string& text : texts) {
    sync::Bytes bytes;
    if (!sync::from_hex(text, bytes) || bytes.size() > sync::limits::message_bytes) return not_an_export();
    auto push = sync::decode_push(bytes);
    if (!push || push->batch.actions.empty()) return not_an_export();
    pushes.push_back(*std::move(push));
  }
  return pushes;
}

// The first `count` actions of a push, as if no more had been sent; they leave it. Sign-ins go with each part that
// names them.
sync::Push take_first(sync::Push& from, std::size_t count) {
  auto& actions = from.batch.actions;
  sync::Push part{from.clock, {from.batch.maker, from.batch.lane, from.batch.predecessor, {}}, {}, from.schemas};
  const auto end = actions.begin() + static_cast<std::ptrdiff_t>(std::min(count, actions.size()));
  from.batch.predecessor = std::prev(end)->hash;
  part.batch.actions.assign(std::make_move_iterator(actions.begin()), std::make_move_iterator(end));
  actions.erase(actions.begin(), end);
  std::set<std::uint32_t> named;
  for (const sync::StoredAction& stored : part.batch.actions)
    if (const auto header = sync::read_header(stored.header)) named.insert(header->assertion);
  std::ranges::copy_if(from.assertions, std::back_inserter(part.assertions),
                       [&](const sync::Assertion& one) { return named.contains(one.number); });
  return part;
}

void count(const std::vector<sync::ActionResult>& results, std::uint64_t known_to, OutboxImportReport& report) {
  for (const sync::ActionResult& result : results) {
    if (result.number <= known_to) continue;
    switch (result.verdict) {
      case sync::Verdict::applied:
      case sync::Verdict::merged:
      case sync::Verdict::discarded:  // a decision about it came with it
        ++report.in_effect;
        break;
      case sync::Verdict::conflict:
        ++report.conflicts;
        break;
      case sync::Verdict::quarantined:
        ++report.refused;
        break;
      case sync::Verdict::waiting:
        ++report.waiting;
        break;
    }
  }
}

Result<void> check_answer(const sync::PushReply& reply) {
  switch (reply.answer) {
    case sync::PushAnswer::results:
      return {};
    case sync::PushAnswer::gap:
      return refuse("export-gap", "The hub lacks entries of this workstation from number " +
                                      std::to_string(reply.expected) + " on that the file does not hold.");
    case sync::PushAnswer::fork:
      return refuse("export-differs", "The hub has another entry of this workstation at number " +
                                          std::to_string(reply.expected) + ": the outbox was put back or copied.");
  }
  return {};
}

}  // namespace

Result<OutboxImport> OutboxImport::read(std::string_view document) {
  auto json = platform::JsonObject::parse(document);
  OutboxImport import;
  import.named_ = json.text("device");
  const std::string schema = json.text("schema");
  import.clock_offset_ms_ = json.number("clock_offset_ms", 0);
  const bool whole = json.has("pushes");
  const auto texts = json.texts("pushes");
  if (!json.checked() || schema != "holdline.outbox-export/1") return not_an_export();
  if (!whole)
    return refuse("part-of-an-export",
                  "A person exported this to read it. What can be imported is exported by root on the workstation.");
  HOLDLINE_ASSIGN(auto pushes, read_pushes(texts));
  import.pushes_.assign(std::make_move_iterator(pushes.begin()), std::make_move_iterator(pushes.end()));
  return import;
}

Result<bool> OutboxImport::take(Ledger& ledger, Intake& intake, std::size_t actions, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(report_.device, find_device(ledger, named_));
  if (report_.device.state != DeviceState::active)
    return refuse("device-revoked",
                  "This workstation is revoked, so nothing of it is taken. If the file is to be trusted, run "
                  "holdline-hub device restore first, and revoke it afterwards.");
  if (pushes_.empty()) return false;
  sync::Push part = take_first(pushes_.front(), actions);
  if (pushes_.front().batch.actions.empty()) pushes_.pop_front();
  bring_to(part.clock, clock_offset_ms_, now_ms);
  HOLDLINE_TRY(take_part(ledger, intake, std::move(part), now_ms));
  return !pushes_.empty();
}

Result<void> OutboxImport::take_part(Ledger& ledger, Intake& intake, sync::Push part, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const auto progress, reader->progress(report_.device.id, part.batch.maker.incarnation));
  const auto at = progress.find({report_.device.id, part.batch.maker.incarnation, part.batch.lane});
  const std::uint64_t known_to = at == progress.end() ? 0 : at->second.number;
  HOLDLINE_ASSIGN(const IncomingPush incoming, read_push(*ledger.schemas(), report_.device, std::move(part)));
  HOLDLINE_ASSIGN(const sync::PushReply reply, std::move(intake.take({&incoming, 1}, now_ms).front()));
  HOLDLINE_TRY(check_answer(reply));
  for (const ReadAction& action : incoming.actions) report_.known += action.stored.number <= known_to;
  report_.entries += incoming.actions.size();
  count(reply.results, known_to, report_);
  return {};
}

}  // namespace holdline::hub
