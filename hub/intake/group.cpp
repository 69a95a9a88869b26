#include "hub/intake/group.hpp"

#include <algorithm>

#include "hub/ledger/feed_limits.hpp"
#include "sync/base/limits.hpp"
#include "sync/merge/conflicts.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::hub {

namespace {

LaneKey lane_of(const IncomingPush& push) { return {push.maker.device, push.maker.incarnation, push.lane}; }

sync::ActionResult result_of(const LaneKey& lane, std::uint64_t number, sync::Verdict verdict, Cursor at) {
  sync::ActionResult result;
  result.incarnation = lane.incarnation;
  result.lane = lane.lane;
  result.number = number;
  result.verdict = verdict;
  result.at = at;
  return result;
}

}  // namespace

std::string texts_of(const std::vector<sync::Finding>& findings) {
  std::string text;
  for (const sync::Finding& finding : findings) {
    if (text.size() > refusal_bytes) return text + "; and more";
    if (!text.empty()) text += "; ";
    text += finding.message;
  }
  return text;
}

Result<void> IntakeGroup::load(std::span<const IncomingPush> pushes) {
  head_ = transaction_.head();
  std::vector<LaneKey> lanes;
  std::vector<Id> devices;
  std::vector<sync::RecordKey> records;
  for (const IncomingPush& push : pushes) {
    devices.push_back(push.device.id);
    // `depends_on` and what waits for it may lie in any lane of the same outbox.
    for (Lane lane = 0; lane < sync::lane_count; ++lane)
      lanes.push_back({push.maker.device, push.maker.incarnation, lane});
    for (const ReadAction& read : push.actions)
      if (read.action)
        for (const sync::Op& op : read.action->ops) add_places(op, records);
  }
  HOLDLINE_ASSIGN(progress_, transaction_.progress(lanes));
  HOLDLINE_ASSIGN(result_heads_, transaction_.result_heads(devices));
  HOLDLINE_TRY(load_records(records));
  for (const IncomingPush& push : pushes) HOLDLINE_TRY(load_outbox(push.maker));
  return load_applied_reissues(pushes);
}

Result<void> IntakeGroup::load_outbox(const sync::Maker& maker) {
  const DeviceKey key{maker.device, maker.incarnation};
  if (held_.contains(key)) return {};
  HOLDLINE_ASSIGN(auto held, transaction_.held(key.first, key.second));
  auto& kept = held_[key];
  for (HeldAction& action : held)
    if (action.state != HeldState::discarded)
      kept.emplace(sync::ActionRef{action.lane.lane, action.stored.number}, std::move(action));
  HOLDLINE_ASSIGN(sign_ins_[key], transaction_.sign_ins(key.first, key.second));
  return {};
}

Result<void> IntakeGroup::load_records(std::span<const sync::RecordKey> keys) {
  std::vector<sync::RecordKey> wanted;
  for (const sync::RecordKey& key : keys)
    if (records_.emplace(key, std::nullopt).second) wanted.push_back(key);
  if (wanted.empty()) return {};
  HOLDLINE_ASSIGN(auto found, transaction_.records(wanted));
  for (auto& [key, stored] : found) records_[key] = std::move(stored);
  return {};
}

Result<VersionedRecord*> IntakeGroup::stored(const sync::RecordKey& key) {
  HOLDLINE_TRY(load_records(std::span(&key, 1)));
  auto& kept = records_[key];
  return kept ? &*kept : nullptr;
}

bool IntakeGroup::empty() const {
  return changes_.records.empty() && changes_.results.empty() && changes_.sign_ins.empty() &&
         changes_.imported.empty() && !changes_.run;
}

const ChangeSet& IntakeGroup::changes() {
  changes_.last_cn = head_.cn;
  return changes_;
}

Result<sync::PushReply> IntakeGroup::take(const IncomingPush& push) {
  const LaneKey lane = lane_of(push);
  Progress& progress = progress_[lane];
  const std::uint64_t first = push.actions.front().stored.number;
  const std::uint64_t last = push.actions.back().stored.number;
  if (first > progress.number + 1) return sync::PushReply{sync::PushAnswer::gap, progress.number + 1, {}};
  // One hash settles the whole past: the chain at our last number must be theirs.
  if (last >= progress.number) {
    const sync::Hash& theirs =
        first == progress.number + 1 ? push.predecessor : push.actions[progress.number - first].stored.hash;
    if (theirs != progress.hash) return sync::PushReply{sync::PushAnswer::fork, progress.number, {}};
  }
  HOLDLINE_ASSIGN(sync::PushReply reply, replay(push, lane, std::min(last, progress.number)));
  if (reply.answer != sync::PushAnswer::results || last <= progress.number) return reply;

  std::map<std::uint32_t, Refusal> refused;  // sign-ins of this push
  for (const sync::Assertion& assertion : push.assertions)
    HOLDLINE_TRY(take_sign_in(push.device.id, lane, assertion, refused));
  for (const ReadAction& read : push.actions) {
    if (read.stored.number <= progress.number) continue;
    HOLDLINE_ASSIGN(auto result, take_new(push, lane, read, refused));
    progress = {read.stored.number, read.stored.hash};
    reply.results.push_back(keep_result(lane, read.stored.hash, std::move(result)));
    HOLDLINE_TRY(release_waiting(push.device, lane));
  }
  changes_.progress[lane] = progress;
  return reply;
}

// What is known already is answered from what was kept, after its hash proved it to be the same.
Result<sync::PushReply> IntakeGroup::replay(const IncomingPush& push, const LaneKey& lane, std::uint64_t last) {
  sync::PushReply reply;
  const std::uint64_t first = push.actions.front().stored.number;
  if (last < first) return reply;
  HOLDLINE_ASSIGN(auto kept, transaction_.results(lane, first, last));
  for (const KeptResult& in_group : changes_.results)
    if (in_group.device == lane.device && in_group.result.incarnation == lane.incarnation &&
        in_group.result.lane == lane.lane && in_group.result.number >= first && in_group.result.number <= last)
      kept.push_back(in_group);
  for (KeptResult& result : kept) {
    if (result.hash != push.actions[result.result.number - first].stored.hash)
      return sync::PushReply{sync::PushAnswer::fork, result.result.number, {}};
    reply.results.push_back(std::move(result.result));
  }
  return reply;
}

Result<sync::ActionResult> IntakeGroup::take_new(const IncomingPush& push, const LaneKey& lane, const ReadAction& read,
                                                 const std::map<std::uint32_t, Refusal>& refused_sign_ins) {
  if (!read.action && read.action.error().code == unknown_schema) {
    // It may have become known since the push was read.
    auto known = this->read(lane, read.stored);
    if (known)
      return take_new(push, lane, {read.stored, std::move(known->action), std::move(known->findings)},
                      refused_sign_ins);
    return wait_for_schema(push, lane, read.stored);
  }
  if (!read.action) return quarantine(lane, read.stored, read.action.error().code, read.action.error().message);
  const sync::Action& action = *read.action;
  Candidate candidate{lane, read.stored, action, sync::correct_time(action.header.made, push.clock, now_ms_).ms};
  HOLDLINE_ASSIGN(auto taken, taken_before(candidate));
  if (taken) return *std::move(taken);
  HOLDLINE_ASSIGN(auto judgement, judge(push.device, candidate));
  auto refs = missing(lane, action.header);
  if (auto& refusal = judgement.refusal) {
    if (refusal->code == unknown_person)
      return hold(lane, read.stored, HeldState::waiting, std::move(refs), candidate.corrected_ms, refusal->code,
                  refusal->text);
    // The sign-in came with this push and was refused itself: that is the reason to tell.
    const auto why = refused_sign_ins.find(action.header.assertion);
    if (refusal->code == "no-sign-in" && why != refused_sign_ins.end()) refusal = why->second;
    return quarantine(lane, read.stored, refusal->code, refusal->text);
  }
  candidate.marks = judgement.marks;
  if (!read.findings.empty()) return quarantine(lane, read.stored, "invalid", texts_of(read.findings));
  if (!refs.empty())
    return hold(lane, read.stored, HeldState::waiting, std::move(refs), candidate.corrected_ms, "waiting",
                "Waits for an earlier action of the same workstation that has not taken effect yet.");
  return settle(candidate);
}

// Checked when the action's turn comes, which may be long after it arrived. An op may stand on a record that an earlier
// op of the same action creates.
Result<sync::ActionResult> IntakeGroup::settle_followed(const Candidate& candidate) {
  Created created;
  for (const sync::Op& op : candidate.action.ops) {
    HOLDLINE_ASSIGN(auto refusal, misplaced(op, created));
    if (refusal)
      return quarantine(candidate.lane, candidate.stored, std::move(refusal->code), std::move(refusal->text));
    if (op.kind == sync::OpKind::create) created.emplace(op.record, op.scope);
  }
  HOLDLINE_ASSIGN(const bool full, outgrows(candidate.action));
  if (full)
    return quarantine(
        candidate.lane, candidate.stored, "record-full",
        "A list of the record holds as much as a record can. Begin a new record for what is to be added.");
  HOLDLINE_ASSIGN(const auto refusal, refuse_decision(candidate));
  if (refusal) return quarantine(candidate.lane, candidate.stored, refusal->code, refusal->text);
  HOLDLINE_ASSIGN(auto late, decided_before(candidate));
  if (late) return *std::move(late);
  record_applied_reissue(candidate);
  HOLDLINE_ASSIGN(auto result, apply(candidate));
  if (const auto& decision = candidate.action.header.decision) {
    const bool replaced = decision->kind == sync::Decision::Kind::replace;
    carry_out(candidate.lane, *decision, replaced ? "replaced" : "discarded",
              replaced ? "Corrected and sent again." : decision->reason);
  }
  return result;
}

sync::ActionResult IntakeGroup::hold(const LaneKey& lane, const sync::StoredAction& stored, HeldState state,
                                     std::vector<sync::ActionRef> refs, std::int64_t corrected_ms, std::string code,
                                     std::string text) {
  HeldAction held{lane, stored, state, std::move(refs), corrected_ms, code, text};
  held_[{lane.device, lane.incarnation}].insert_or_assign(sync::ActionRef{lane.lane, stored.number}, held);
  changes_.hold.push_back(std::move(held));
  const auto verdict = state == HeldState::waiting ? sync::Verdict::waiting : sync::Verdict::quarantined;
  sync::ActionResult result = result_of(lane, stored.number, verdict, head_);
  result.code = std::move(code);
  result.text = std::move(text);
  return result;
}

sync::ActionResult IntakeGroup::quarantine(const LaneKey& lane, const sync::StoredAction& stored, std::string code,
                                           std::string text) {
  return hold(lane, stored, HeldState::quarantined, {}, 0, std::move(code), std::move(text));
}

Result<sync::ActionResult> IntakeGroup::apply(const Candidate& candidate, std::vector<OpEffect>* effects) {
  sync::ActionResult result = result_of(candidate.lane, candidate.stored.number, sync::Verdict::applied, head_);
  filling_ = {head_.cn + 1, 0, 0};
  for (std::uint32_t index = 0; index < candidate.action.ops.size(); ++index) {
    HOLDLINE_ASSIGN(const OpEffect effect, apply_op(candidate, index, result));
    if (effects != nullptr) effects->push_back(effect);
  }
  HOLDLINE_TRY(tell_duplicates(candidate, result));
  if (filling_.records != 0) {
    const sync::ActionHeader& header = candidate.action.header;
    changes_.applied.push_back({head_.cn + 1, filling_.cn, candidate.lane, header.number, header.person,
                                header.assertion, candidate.corrected_ms, candidate.marks, header.acceptance});
    head_ = {filling_.cn, changes_.salt};
  }
  result.at = head_;
  if ((candidate.marks & made_before_disabling) != 0) {
    result.code = "made-before-disabling";
    result.text = "It was made before the person was disabled, and arrived after.";
  }
  return result;
}

Result<IntakeGroup::OpEffect> IntakeGroup::apply_op(const Candidate& candidate, std::uint32_t index,
                                                    sync::ActionResult& result) {
  const sync::Op& op = candidate.action.ops[index];
  const sync::Collection& collection = *schema_.collection(op.record.collection);
  HOLDLINE_ASSIGN(VersionedRecord * stands, stored(op.record));
  sync::Incoming incoming = candidate.incoming(index);
  if (op.kind == sync::OpKind::erase_row) {
    HOLDLINE_ASSIGN(incoming.current_digest, digest_with_children(op));
  }
  Result<void> asked;
  const auto joins = [&](std::uint8_t unit) {
    auto conflict = open_conflict(candidate, op, unit);
    if (!conflict) asked = fail(std::move(conflict));
    return conflict && conflict->has_value();
  };
  sync::MergeOutcome outcome = sync::merge(collection, stands ? &stands->stored : nullptr, incoming, joins);
  HOLDLINE_TRY(asked);
  sync::mark_resolved(schema_, stands ? &stands->stored.record : nullptr, incoming, outcome);
  if (outcome.merged && result.verdict == sync::Verdict::applied) result.verdict = sync::Verdict::merged;
  if (outcome.created) HOLDLINE_TRY(give_reference(collection, outcome));
  HOLDLINE_TRY(record_losing_values(candidate, index, outcome, result));
  HOLDLINE_TRY(join_conflicts(candidate, index, outcome, result));
  const bool asks =
      !outcome.joined.empty() || std::ranges::any_of(outcome.losing_values, [](const sync::LosingValue& losing) {
        return losing.state == sync::LosingState::open;
      });
  const OpEffect effect{outcome.created, outcome.changes_record(), asks};
  if (outcome.changes_record() || outcome.stamps_changed) {
    outcome.next.record.scope = stands ? stands->stored.record.scope : op.scope;
    if (outcome.changes_record())
      write(op.record, std::move(outcome.next), outcome.changed);
    else
      write_meta(op.record, std::move(outcome.next));
  }
  return effect;
}

// A workstation whose numbers were used up sends records without a reference; imports and older ones never had any.
Result<void> IntakeGroup::give_reference(const sync::Collection& collection, sync::MergeOutcome& outcome) {
  if (!collection.reference) return {};
  sync::Value& reference = outcome.next.record.fields[*collection.reference];
  if (!sync::is_null(reference)) return {};
  HOLDLINE_ASSIGN(const std::uint64_t number, transaction_.next_reference());
  if (number >= sync::reference_count) return {};
  reference = sync::reference_text(number);
  outcome.changed |= sync::FieldMask{1} << *collection.reference;
  return {};
}

Result<std::optional<sync::Hash>> IntakeGroup::digest_with_children(const sync::Op& op) {
  HOLDLINE_ASSIGN(const VersionedRecord* stands, stored(op.record));
  if (!stands) return std::optional<sync::Hash>{};
  HOLDLINE_ASSIGN(const auto children, live_children(op.record));
  return std::optional(sync::seen_digest(*schema_.collection(op.record.collection), stands->stored.record, children));
}

Result<std::vector<sync::Record>> IntakeGroup::live_children(const sync::RecordKey& above) {
  HOLDLINE_ASSIGN(auto children, transaction_.children(above));
  std::set<sync::RecordKey> written;
  for (const RecordWrite& write : changes_.records) written.insert(write.next.record.key);
  std::erase_if(children, [&](const sync::Record& child) { return written.contains(child.key); });
  for (const sync::RecordKey& key : written) {
    const sync::Record& record = records_[key]->stored.record;
    const auto parent = schema_.collection(key.collection)->parent;
    if (parent && record.fields[*parent] == sync::Value(above.id) && !record.deleted) children.push_back(record);
  }
  return children;
}

sync::ActionResult& IntakeGroup::keep_result(const LaneKey& lane, const sync::Hash& hash, sync::ActionResult result) {
  result.entry = ++result_heads_[lane.device];
  changes_.results.push_back({lane.device, std::move(result), hash});
  return changes_.results.back().result;
}

}  // namespace holdline::hub
