#include "tests/sim/world/hub_node.hpp"

#include <algorithm>
#include <utility>

#include "hub/feed/sync_routes.hpp"
#include "hub/ledger/restore_mark.hpp"
#include "hub/people/admission.hpp"
#include "platform/http/http.hpp"
#include "sync/session/probe.hpp"
#include "tests/sim/checks/ledger_reading.hpp"
#include "tests/sim/checks/offers.hpp"

namespace holdline::sim {

namespace {

// What every machine may have under way, twice: the network doubles requests, and a machine that died asks anew.
constexpr std::size_t max_polls = 8 * (max_seats + 1), max_pushes = 8 * (max_seats + 1);
constexpr std::int64_t min_group_ms = 1, max_group_ms = 5;  // how long pushes gather for one commit

agent::TransportAnswer answer_of(Result<sync::Bytes> body) {
  if (body) return {200, std::move(*body), 0};
  return {platform::http_status(body.error()), sync::encode_json(body.error()), 0};
}

bool is_of_access(const Error& error) { return error.code == "device-revoked" || error.code == "grants-changed"; }

// As the server answers who is not let in.
agent::TransportAnswer refusal_of(const Error& error) { return {403, sync::encode_json(error), 0}; }

ActionPlace place_of(const hub::IncomingPush& push, std::uint64_t number) {
  return {push.maker.device, push.maker.incarnation, {push.lane, number}};
}

}  // namespace

// What ends with the process.
struct HubNode::Running {
  Running(std::unique_ptr<hub::SqliteLedger> opened, const Knobs& knobs, platform::Entropy& entropy)
      : ledger(std::move(opened)),
        snapshots(*ledger, knobs.snapshots),
        service(*ledger, snapshots, entropy, knobs.service),
        intake(*ledger, entropy) {}

  std::unique_ptr<hub::SqliteLedger> ledger;
  hub::Snapshots snapshots;
  hub::SyncService service;
  hub::Intake intake;
  std::vector<Push> pushes;
  std::vector<Poll> polls;
};

HubNode::HubNode(Stage& stage, Chance chance)
    : stage_(stage),
      chance_(chance.fork("choices")),
      entropy_(chance.fork("entropy")),
      clock_(stage.timeline, chance.fork("clock").between(-2'000, 2'000), 0),
      disk_(new_disk_name(), chance.fork("disk").salt()) {
  disk_.restore(*stage.setting.hub_disk);
  start();
}

// Nobody looks at the disk any more: closing need not put it in order.
HubNode::~HubNode() { disk_.cut_power(); }

hub::SqliteLedger& HubNode::ledger() { return *running_->ledger; }

Result<void> HubNode::check_digests() { return running_->ledger->check_digests(); }

void HubNode::start() {
  hub::SqliteLedgerOptions options = stage_.knobs.ledger;
  options.file = ledger_file;
  options.vfs_name = disk_.vfs_name();
  clock_.boot(entropy_.id());
  auto ledger = hub::SqliteLedger::open(options, stage_.setting.disk_key);
  if (!ledger) {
    stage_.trace.line("hub", "cannot start: " + ledger.error().code + ": " + ledger.error().message);
    return start_again(chance_.between(1'000, 5'000));
  }
  ++life_;
  needs_restart_ = false;
  running_ = std::make_unique<Running>(std::move(*ledger), stage_.knobs, entropy_);
  observe();
  observe_access();
  recognise_restore();
  if (!running_) return;
  stage_.trace.line("hub", "starts at " + std::to_string(stage_.history.head().cn));
  for (auto& call : std::exchange(after_start_, {}))
    if (running_) call();
}

// As setup does before anybody is answered.
void HubNode::recognise_restore() {
  if (!mark_) return;
  const auto restored = hub::recognise_restore(*running_->ledger, *mark_, entropy_);
  if (!restored) {
    stage_.trace.line("hub", "cannot start: " + restored.error().code);
    running_.reset();
    return start_again(chance_.between(1'000, 5'000));
  }
  if (!*restored) return;
  new_epoch("knows by its mark that it was put back");
  mark_ = stage_.history.head();
}

void HubNode::new_epoch(std::string_view why) {
  if (!was_restored_)
    throw Violation("one workstation cannot end the epoch of all", "it ended, and nobody restored the hub");
  stage_.count("new epoch");
  stage_.trace.line("hub", "begins a new epoch: " + std::string(why));
}

void HubNode::start_again(std::int64_t after_ms) {
  const std::uint64_t life = ++life_;
  stage_.timeline.in(after_ms, [this, life] {
    if (life != life_ || running_) return;
    if (disk_.power_is_off()) {
      stage_.count("fault: hub loses power");
      disk_.restore_power(support::PowerLoss::all_unsynced);
    }
    start();
    survive();
  });
}

void HubNode::die(support::PowerLoss loss, std::int64_t down_ms) {
  stage_.trace.line("hub", loss == support::PowerLoss::none ? "is killed" : "loses power");
  disk_.cut_power();
  auto gone = std::exchange(running_, nullptr);
  // The kernel closes the connections of a dead process; a machine without power tells nobody.
  if (loss == support::PowerLoss::none) reset_connections(*gone);
  gone.reset();
  disk_.restore_power(loss);
  disk_.clear_faults();
  start_again(down_ms);
}

void HubNode::reset_connections(const Running& gone) {
  const auto reset = [] { return fail(ErrorKind::retry_later, "connection-reset", "The hub closed the connection."); };
  for (const Push& push : gone.pushes) push.answered(reset());
  for (const Poll& poll : gone.polls) poll.answered(reset());
}

void HubNode::restore(const Copy& copy, bool with_mark, std::int64_t down_ms) {
  was_restored_ = true;
  if (with_mark) mark_ = copy.mark.head;
  stage_.trace.line("hub", "is put back to a copy at " + std::to_string(copy.mark.head.cn));
  disk_.cut_power();
  auto gone = std::exchange(running_, nullptr);
  if (chance_.one_in(2)) reset_connections(*gone);  // or it is another machine, and nobody tells
  gone.reset();
  disk_.restore_power(support::PowerLoss::none);
  disk_.clear_faults();
  disk_.restore(*copy.image);
  stage_.history.restored_to(copy.mark);
  stage_.access.restored_to(copy.access, stage_.history);
  std::erase_if(told_, [this](const auto& told) {
    return !stage_.history.has_result(told.first.device, told.first.incarnation, told.first.ref);
  });
  start_again(down_ms);
}

// As `holdline-hub schema apply`, and as the server when it starts.
bool HubNode::apply_schema(const std::shared_ptr<const sync::Schema>& schema) {
  if (!running_) return false;
  const std::int64_t now_ms = clock_.now().wall_ms;
  Result<void> done;
  if (running_->ledger->schemas()->hashed(schema->hash()) == nullptr)
    done = running_->ledger->add_schema(schema, now_ms);
  if (done) done = running_->intake.settle_waiting(now_ms);
  stage_.trace.line("hub", "version " + std::to_string(schema->version()) + " of the schema" +
                               (done ? "" : ": " + done.error().code));
  if (!done) needs_restart_ = true;
  if (done && !disk_.power_is_off()) committed();
  survive();
  return done.has_value();
}

void HubNode::compact() {
  if (!running_) return;
  const bool forgot = running_->ledger->compact_feed(stage_.history.head().cn, 1'000'000).has_value();
  if (forgot) stage_.count("fault: hub forgets its feed");
  stage_.trace.line("hub", (forgot ? "forgets its feed up to " : "cannot forget its feed up to ") +
                               std::to_string(stage_.history.head().cn));
  survive();
}

void HubNode::later(std::int64_t delay_ms, std::function<void()> work) {
  stage_.timeline.in(delay_ms, [this, life = life_, work = std::move(work)] {
    if (life != life_ || !running_) return;
    work();
    survive();
  });
}

// The power may have gone in the middle of what was just done; a commit whose outcome nobody knows asks for a restart.
void HubNode::survive() {
  if (!running_) return;
  check_bounds();
  if (disk_.power_is_off()) {
    stage_.count("fault: hub loses power");
    stage_.count("power lost in the middle of a hub commit");
    die(chance_.one_in(2) ? support::PowerLoss::random_sectors : support::PowerLoss::all_unsynced,
        chance_.between(500, 5'000));
  } else if (needs_restart_) {
    die(support::PowerLoss::none, chance_.between(500, 3'000));
  }
}

void HubNode::check_bounds() const {
  const auto bounded = [](std::size_t held, std::size_t most, const char* what) {
    if (held > most) throw Violation("what the hub holds is bounded", std::to_string(held) + what);
  };
  bounded(running_->polls.size(), max_polls, " polls are held");
  bounded(running_->pushes.size(), max_pushes, " pushes are held");
  const hub::Snapshots::Kept kept = running_->snapshots.kept();
  if (kept.snapshots > 1) {
    bounded(kept.bytes, stage_.knobs.snapshots.cache_bytes, " bytes of snapshots are kept");
    stage_.count("several snapshots kept");
  }
}

void HubNode::receive(const sync::Id& device, std::string path, sync::Bytes body, Answered answered) {
  if (!running_)
    return answered(fail(ErrorKind::retry_later, "connection-refused", "Nobody listens at the hub's address."));
  const auto known = running_->ledger->device(device);
  if (!known || !*known)
    return answered(answer_of(fail(ErrorKind::retry_later, "io-error", "The device list failed.")));
  const hub::Admission admission = hub::admit(certificate_of(device), *known, clock_.now().wall_ms);
  const auto checked = [this, device, answered = std::move(answered)](Result<agent::TransportAnswer> answer) {
    if (answer && answer->status == 200 && stage_.access.of(device).revoked)
      throw Violation("a revoked workstation is told nothing", "it was answered");
    answered(std::move(answer));
  };
  if (admission.kind == hub::Admission::Kind::served)
    handle(admission.device, path, body, checked);
  else
    checked(refusal_of(*admission.error));
  survive();
}

void HubNode::handle(const hub::Device& device, const std::string& path, const sync::Bytes& body, Answered answered) {
  if (path == sync::path::push) return take_push(device, body, std::move(answered));
  if (const auto probe = sync::decode_probe(body); path == sync::path::probe && probe && probe->write) {
    const auto proved = running_->ledger->prove_writes(entropy_.id().text());
    return answered(proved ? answer_of(sync::encode_json(sync::Probed{true, clock_.now().wall_ms}))
                           : answer_of(fail(ErrorKind::retry_later, "writes-fail", proved.error().message)));
  }
  if (path != sync::path::pull) {
    const sync::Id epoch = running_->ledger->epoch();
    auto answer = hub::answer_reading(running_->service, device, path, body, clock_.now().wall_ms);
    if (running_->ledger->epoch() != epoch) new_epoch("several workstations say that it was put back");
    return answered(answer_of(std::move(answer)));
  }
  const auto request = sync::decode_pull_request(body);
  if (!request) return answered(answer_of(fail(ErrorKind::ask_person, request.error().code, request.error().message)));
  Poll poll{device, *request, std::move(answered), ++polls_, 0};
  if (try_answer(poll, false)) return;
  running_->polls.push_back(poll);
  later(std::min(request->wait_ms, sync::limits::pull_wait_ms), [this, id = poll.id] {
    std::erase_if(running_->polls, [&](Poll& waiting) { return waiting.id == id && try_answer(waiting, true); });
  });
}

// As LedgerReadThread does: who waits while the directory changes is looked up again.
bool HubNode::try_answer(Poll& poll, bool last_call) {
  if (const std::uint64_t version = running_->service.directory_version(); version != poll.directory_version) {
    auto device = running_->service.current(poll.device);
    if (!device) {
      poll.answered(answer_of(fail(std::move(device))));
      return true;
    }
    poll.device = *std::move(device);
    poll.directory_version = version;
  }
  auto pulled = running_->service.pull(poll.device, poll.request, clock_.now().wall_ms, last_call);
  if (pulled && !pulled->reply) return false;
  if (pulled) check_told(poll, *pulled->reply);
  poll.answered(answer_of(pulled ? Result<sync::Bytes>(std::move(*pulled->reply)) : fail(std::move(pulled))));
  return true;
}

void HubNode::check_told(const Poll& poll, std::string_view body) {
  const auto& held = stage_.access.of(poll.device.id).held;
  if (held.size() == all_scopes.size()) return;
  const sync::Bytes raw = must_read(running_->service.inflate(body, sync::limits::message_bytes), "a reply");
  const sync::PullReply reply = must_read(sync::decode_pull_reply(stage_.setting.schema, raw), "a reply");
  const auto is_other = [&](const std::string& scope) { return !sync::is_within(scope, held); };
  const bool tells_row = std::ranges::any_of(
      reply.cut.changes, [&](const sync::Change& change) { return !change.leave && is_other(change.record.scope); });
  if (tells_row || std::ranges::any_of(reply.cut.digests, is_other, [](const auto& root) { return root.key.scope; }))
    throw Violation("what a workstation may not hold is never sent", "a cut to " + std::to_string(reply.cut.to.cn));
}

void HubNode::take_push(const hub::Device& device, std::string_view body, Answered answered) {
  auto push = hub::read_push_body(running_->service, *running_->ledger->schemas(), device, body);
  if (!push) throw Violation("what one side sends the other can read", "a push: " + push.error().message);
  note(*push);
  running_->pushes.push_back({std::move(*push), std::move(answered)});
  if (running_->pushes.size() == 1) later(chance_.between(min_group_ms, max_group_ms), [this] { commit(); });
}

void HubNode::commit() {
  for (auto& call : std::exchange(before_commit_, {}))
    if (running_) call();
  if (!running_) return;
  const std::vector<Push> group = std::exchange(running_->pushes, {});
  std::vector<hub::IncomingPush> pushes;
  for (const Push& push : group) pushes.push_back(push.push);
  const std::int64_t now_ms = clock_.now().wall_ms;
  stage_.model.offered(pushes, stage_.history, stage_.deeds, now_ms);
  const auto replies = running_->intake.take(pushes, now_ms);
  std::size_t actions = 0;
  for (const auto& push : pushes) actions += push.actions.size();
  stage_.trace.line("hub", "takes " + std::to_string(actions) + " actions of " + std::to_string(group.size()) +
                               " pushes" + (replies.front() ? "" : ": " + replies.front().error().code));
  if (disk_.power_is_off()) return;
  // After a failed commit nobody knows what the file holds; the next start looks. A push alone is refused when its
  // workstation's rights changed since it came.
  const auto was_tried = [](const auto& reply) { return reply || is_of_access(reply.error()); };
  if (std::ranges::all_of(replies, was_tried)) committed();
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!replies[i]) {
      if (is_of_access(replies[i].error()))
        stage_.count("push refused as a whole: " + replies[i].error().code);
      else
        needs_restart_ = true;
      group[i].answered(answer_of(fail(replies[i].error().kind, replies[i].error().code, replies[i].error().message)));
      continue;
    }
    note(pushes[i], *replies[i]);
    group[i].answered(answer_of(running_->service.deflate(sync::encode_push_reply(*replies[i]))));
  }
}

// What the world knows of the ledger does not depend on the hub's disk.
void HubNode::observe() {
  const support::FaultDisk::Truce truce(disk_);
  // Not through the connection that the hub reads by: what this leaves in its cache would save the hub from reads that
  // fail.
  const auto own = running_->ledger->reader();
  stage_.history.observe(*running_->ledger);
  stage_.access.results_seen(stage_.history);
}

void HubNode::observe_access() {
  const support::FaultDisk::Truce truce(disk_);
  stage_.access.observe(*running_->ledger);
}

void HubNode::committed() {
  observe();
  mark_ = stage_.history.head();
  std::erase_if(running_->polls, [this](Poll& waiting) { return try_answer(waiting, false); });
}

// Every action on its way into the ledger must be something a person tried to save.
void HubNode::note(const hub::IncomingPush& push) {
  for (const hub::ReadAction& read : push.actions) {
    const auto no = deed_of(stage_.setting.schema, action_of(stage_.setting, push.maker, read).ops);
    if (!no || stage_.deeds.find(*no) == nullptr)
      throw Violation("no phantom", "an action reached the hub that nobody made");
  }
}

// What an answer tells must be what the ledger keeps, however often it is told.
void HubNode::note(const hub::IncomingPush& push, const sync::PushReply& reply) {
  const auto& kept = stage_.history.results(push.device.id);
  for (const sync::ActionResult& result : reply.results) {
    const bool same = result.entry >= 1 && result.entry <= kept.size() && kept[result.entry - 1] == result;
    if (!same)
      throw Violation("an answer told twice is the same",
                      "entry " + std::to_string(result.entry) + " was told otherwise than it is kept");
    const ActionPlace place = place_of(push, result.number);
    for (const hub::ReadAction& read : push.actions) {
      if (read.stored.number != result.number) continue;
      const DeedNo no = *deed_of(stage_.setting.schema, action_of(stage_.setting, push.maker, read).ops);
      const auto [told, is_new] = told_.try_emplace(place, no);
      if (told->second != no)
        throw Violation("a fork is never answered as a duplicate",
                        token_of(no) + " was told the result of " + token_of(told->second));
      if (!is_new) stage_.count("repeated push deduplicated");
    }
  }
}

}  // namespace holdline::sim
