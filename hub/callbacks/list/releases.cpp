#include "hub/callbacks/list/releases.hpp"

#include <charconv>

#include "hub/callbacks/list/fields.hpp"

namespace holdline::hub {

namespace {

using contingency::ReleaseBatch;
using contingency::ReleaseState;

constexpr std::int64_t release_minute_ms = 60'000;

std::string ramp_text(const std::vector<std::uint32_t>& ramp) {
  std::string text;
  for (const std::uint32_t percent : ramp) text += (text.empty() ? "" : ",") + std::to_string(percent);
  return text;
}

std::vector<std::uint32_t> ramp_of(const std::string& text) {
  std::vector<std::uint32_t> ramp;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    std::uint32_t percent = 0;
    const auto read = std::from_chars(at, end, percent);
    if (read.ec != std::errc{}) break;
    ramp.push_back(percent);
    at = read.ptr + 1;
  }
  return ramp.empty() ? std::vector<std::uint32_t>{100} : ramp;
}

ReleaseState state_named(const std::string& name) {
  for (const auto state : {ReleaseState::running, ReleaseState::held})
    if (contingency::name_of(state) == name) return state;
  return ReleaseState::stopped;
}

Result<void> keep(Intake& intake, sync::Op op, RowEffect wanted, std::int64_t now_ms) {
  const OwnRow row{{std::move(op)}};
  HOLDLINE_ASSIGN(const auto outcomes, intake.take_own({&row, 1}, now_ms));
  if (outcomes.front().effect == wanted) return {};
  return fail(ErrorKind::ask_person, outcomes.front().code.empty() ? "not-kept" : outcomes.front().code,
              "The release could not be kept, so nothing was changed. " + outcomes.front().text);
}

}  // namespace

ReleaseBatch release_of(const sync::Collection& releases, const sync::Record& record) {
  const RecordFields fields(releases, record);
  ReleaseBatch batch;
  batch.id = record.key.id;
  batch.filter = {record.scope, fields.texts("reasons"), fields.texts("zones"), fields.texts("languages")};
  batch.caps.per_minute = static_cast<std::uint32_t>(fields.number("per_minute"));
  batch.caps.per_agent = static_cast<std::uint32_t>(fields.number("per_agent"));
  batch.caps.ramp_percent = ramp_of(fields.text("ramp"));
  batch.caps.ramp_step_ms = fields.number("ramp_step_minutes") * release_minute_ms;
  batch.caps.lasts_ms = fields.number("lasts_minutes") * release_minute_ms;
  batch.by = {fields.text("person"), contingency::by_supervisor, fields.text("reason"), fields.number("began_at")};
  batch.state = state_named(fields.text("state"));
  batch.since_ms = fields.number("since");
  batch.ran_ms = fields.number("ran_ms");
  batch.changed = {fields.text("changed_by"), contingency::by_supervisor, fields.text("changed_reason"),
                   batch.since_ms};
  return batch;
}

Result<void> keep_release(const sync::Schema& schema, Intake& intake, const ReleaseBatch& batch,
                          const contingency::Preview& seen, std::uint64_t missing, std::int64_t now_ms) {
  RecordOp op(*schema.collection("callback_release"), sync::OpKind::create, batch.id, batch.filter.scope);
  op.set("state", std::string(contingency::name_of(batch.state)))
      .add("reasons", batch.filter.reasons)
      .add("zones", batch.filter.zones)
      .add("languages", batch.filter.languages)
      .set("per_minute", std::int64_t{batch.caps.per_minute})
      .set("per_agent", std::int64_t{batch.caps.per_agent})
      .set("ramp", ramp_text(batch.caps.ramp_percent))
      .set("ramp_step_minutes", batch.caps.ramp_step_ms / release_minute_ms)
      .set("lasts_minutes", batch.caps.lasts_ms / release_minute_ms)
      .set("cases", static_cast<std::int64_t>(seen.cases))
      .set("missing", static_cast<std::int64_t>(missing))
      .set("person", batch.by.person)
      .set("reason", batch.by.reason)
      .set("began_at", batch.by.at_ms)
      .set("since", batch.since_ms)
      .set("ran_ms", batch.ran_ms);
  return keep(intake, std::move(op).op(), RowEffect::created, now_ms);
}

Result<void> keep_change(const sync::Schema& schema, Intake& intake, const ReleaseBatch& was, const ReleaseBatch& is,
                         std::int64_t now_ms) {
  const auto text = [](const std::string& value) {
    return value.empty() ? sync::Value(sync::Null{}) : sync::Value(value);
  };
  RecordOp op(*schema.collection("callback_release"), sync::OpKind::edit, is.id, is.filter.scope);
  op.set("state", std::string(contingency::name_of(is.state)), std::string(contingency::name_of(was.state)))
      .set("changed_by", text(is.changed.person), text(was.changed.person))
      .set("changed_reason", text(is.changed.reason), text(was.changed.reason))
      .set("since", is.since_ms, was.since_ms)
      .set("ran_ms", is.ran_ms, was.ran_ms);
  return keep(intake, std::move(op).op(), RowEffect::updated, now_ms);
}

}  // namespace holdline::hub
