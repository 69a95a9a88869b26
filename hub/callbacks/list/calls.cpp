#include "hub/callbacks/list/calls.hpp"

#include <array>

#include "hub/callbacks/list/fields.hpp"
#include "sync/text/contact_hash.hpp"

namespace holdline::hub {

namespace {

using contingency::CallAttempt;
using contingency::Claim;
using contingency::ClaimState;

ClaimState claim_state_named(const std::string& name) {
  for (const auto state : {ClaimState::leased, ClaimState::dialling, ClaimState::uncertain})
    if (contingency::name_of(state) == name) return state;
  return ClaimState::over;
}

std::vector<std::string> texts_of(const std::vector<Id>& ids) {
  std::vector<std::string> texts;
  for (const Id& id : ids) texts.push_back(id.text());
  return texts;
}

sync::Value text_or_null(const std::string& text) {
  return text.empty() ? sync::Value(sync::Null{}) : sync::Value(text);
}

sync::Value time_or_null(std::int64_t ms) { return ms == 0 ? sync::Value(sync::Null{}) : sync::Value(ms); }

sync::Op claim_op(const sync::Collection& claims, const Claim& claim, const NewClaim& fresh) {
  RecordOp op(claims, sync::OpKind::create, fresh.id, fresh.scope);
  op.set("fence", static_cast<std::int64_t>(claim.fence))
      .add("requests", texts_of(claim.requests))
      .set("state", std::string(contingency::name_of(claim.state)))
      .set("agent", claim.agent)
      .set("station", claim.station)
      .set("since", claim.since_ms)
      .set("until", claim.until_ms)
      .set("release", fresh.release)
      .set("number", claim.number)
      .set("batch", claim.batch);
  if (claim.dial_ms != 0) op.set("dial_at", claim.dial_ms);
  if (claim.slice) op.set("slice", true);
  return std::move(op).op();
}

sync::Op claim_change(const sync::Collection& claims, const CallbackList::ClaimRecord& record, const Claim& next) {
  const Claim& was = record.kept;
  RecordOp op(claims, sync::OpKind::edit, record.id, record.scope);
  op.set("state", std::string(contingency::name_of(next.state)), std::string(contingency::name_of(was.state)))
      .set("until", next.until_ms, was.until_ms)
      .set("number", text_or_null(next.number), text_or_null(was.number))
      .set("dial_at", time_or_null(next.dial_ms), time_or_null(was.dial_ms))
      .set("how_over", text_or_null(next.how_over), text_or_null(was.how_over));
  return std::move(op).op();
}

sync::Op attempt_op(const sync::Collection& attempts, const CallAttempt& attempt, const std::string& scope) {
  RecordOp op(attempts, sync::OpKind::create, attempt.id, scope);
  op.add("requests", texts_of(attempt.requests))
      .set("fence", static_cast<std::int64_t>(attempt.fence))
      .set("number", attempt.number)
      .set("agent", attempt.agent)
      .set("station", attempt.station)
      .set("started_at", attempt.started_ms)
      .set("ended_at", attempt.ended_ms)
      .set("outcome", attempt.outcome)
      .set("notes", attempt.notes)
      .set("late", attempt.late);
  if (attempt.next_ms != 0) op.set("next_at", attempt.next_ms);
  return std::move(op).op();
}

}  // namespace

Claim claim_of(const sync::Collection& claims, const sync::Record& record) {
  const RecordFields fields(claims, record);
  Claim claim;
  claim.fence = static_cast<std::uint64_t>(fields.number("fence"));
  claim.requests = fields.ids("requests");
  claim.agent = fields.text("agent");
  claim.station = fields.text("station");
  claim.state = claim_state_named(fields.text("state"));
  claim.since_ms = fields.number("since");
  claim.until_ms = fields.number("until");
  claim.number = fields.text("number");
  claim.dial_ms = fields.number("dial_at");
  claim.how_over = fields.text("how_over");
  claim.slice = fields.flag("slice");
  claim.batch = fields.text("batch");
  return claim;
}

CallAttempt attempt_of(const sync::Collection& attempts, const sync::Record& record) {
  const RecordFields fields(attempts, record);
  CallAttempt attempt;
  attempt.id = record.key.id;
  attempt.requests = fields.ids("requests");
  attempt.fence = static_cast<std::uint64_t>(fields.number("fence"));
  attempt.number = fields.text("number");
  attempt.agent = fields.text("agent");
  attempt.station = fields.text("station");
  attempt.started_ms = fields.number("started_at");
  attempt.ended_ms = fields.number("ended_at");
  attempt.outcome = fields.text("outcome");
  attempt.notes = fields.text("notes");
  attempt.next_ms = fields.number("next_at");
  attempt.late = fields.flag("late");
  return attempt;
}

Result<std::vector<OwnRow>> rows_of(const sync::Schema& schema, const CallbackList& list,
                                    const contingency::ClaimActions& actions, const NewClaim& fresh) {
  const sync::Collection& claims = *schema.collection("callback_claim");
  std::vector<OwnRow> rows;
  for (const auto& action : actions) {
    if (const auto* refused = std::get_if<contingency::action::ClaimRefused>(&action))
      return tl::unexpected<Error>(refused->error);
    if (const auto* keep = std::get_if<contingency::action::KeepClaim>(&action)) {
      const auto record = list.claim_records.find(keep->claim.fence);
      rows.push_back({{record == list.claim_records.end() ? claim_op(claims, keep->claim, fresh)
                                                          : claim_change(claims, record->second, keep->claim)}});
    }
    if (const auto* keep = std::get_if<contingency::action::KeepAttempt>(&action)) {
      const auto record = list.claim_records.find(keep->attempt.fence);
      rows.push_back({{attempt_op(*schema.collection("callback_attempt"), keep->attempt,
                                  record == list.claim_records.end() ? fresh.scope : record->second.scope)}});
    }
  }
  return rows;
}

OwnRow refusal_row(const sync::Schema& schema, const std::string& key, const std::string& scope, const Id& id,
                   const CallAttempt& attempt) {
  RecordOp op(*schema.collection("suppression"), sync::OpKind::create, id, scope);
  op.set("kind", std::string("number"))
      .set("value_hash", sync::contact_hash(key, "number", attempt.number))
      .set("last2", attempt.number.substr(attempt.number.size() - std::min<std::size_t>(2, attempt.number.size())))
      .set("channel", std::string("phone"))
      .set("purpose", std::string("any"))
      .set("status", std::string("do_not_contact"))
      .set("source", std::string("own"))
      .set("added_at", attempt.ended_ms)
      .add("evidence", {"said in a callback to " + attempt.agent});
  return {{std::move(op).op()}};
}

}  // namespace holdline::hub
