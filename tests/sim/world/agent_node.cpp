#include "tests/sim/world/agent_node.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/sim/world/agent_process.hpp"

namespace holdline::sim {

namespace {

// A pull, chunks, pushes within their credit, questions about digests.
constexpr std::size_t max_requests = 12;
// As OutboxWorkerOptions has them.
constexpr std::int64_t recover_first_ms = 200, recover_most_ms = 30'000, checkpoint_after_ms = 2'000;

std::string name_of(std::size_t machine, std::size_t seat) {
  return machine == seat ? "agent-" + std::to_string(machine)
                         : "agent-" + std::to_string(seat) + "'" + std::to_string(machine);
}

Result<void> power_of(const support::FaultDisk& disk) {
  if (disk.power_is_off()) return fail(ErrorKind::stop, "io-error", "The power is off.");
  return {};
}

}  // namespace

AgentNode::AgentNode(Stage& stage, Network& network, std::size_t machine, std::size_t seat, Chance chance,
                     const support::FaultDisk::Image* disk)
    : stage_(stage),
      network_(network),
      machine_(machine),
      seat_(seat),
      name_(name_of(machine, seat)),
      chance_(chance.fork("choices")),
      wires_(chance.fork("wire")),
      side_wires_(chance.fork("side wire")),
      entropy_(chance.fork("entropy")),
      clock_(stage.timeline, chance.fork("wall").between(-90'000, 90'000), chance.fork("drift").between(-200, 200)),
      disk_(new_disk_name(), chance.fork("disk").salt()),
      place_(machine),
      kept_schema_(stage.setting.versions.front().get()) {
  clock_.boot(entropy_.id());
  if (disk != nullptr) {
    disk_.restore(*disk);
    start_again(chance_.between(500, 3'000));
    return;
  }
  if (auto opened = open(true); !opened) throw Violation("a first run succeeds", opened.error().message);
}

// Nobody looks at the disk any more: closing need not put it in order.
AgentNode::~AgentNode() { disk_.cut_power(); }

agent::Outbox& AgentNode::outbox() { return *process_->outbox; }
agent::Replica& AgentNode::replica() { return *process_->replica; }
agent::View& AgentNode::view() { return *process_->view; }
agent::Overlay& AgentNode::overlay() { return process_->overlay; }
agent::Engine& AgentNode::engine() { return *process_->engine; }

const sync::Schema& AgentNode::schema() const { return *process_->schema; }

agent::ReplicaOptions AgentNode::replica_options() {
  agent::ReplicaOptions options;
  options.directory = "/";
  options.vfs_name = disk_.vfs_name();
  options.schema_of = [this](const sync::Hash& hash) {
    const sync::Schema* known = stage_.setting.known.hashed(hash);
    return known == nullptr ? std::nullopt : std::optional(*known);
  };
  options.remove = [this](const std::filesystem::path& path) -> Result<void> {
    HOLDLINE_TRY(power_of(disk_));
    disk_.write(path.string(), std::nullopt);
    return {};
  };
  // The name goes over to the new file; whoever has the old one open keeps it.
  options.publish = [this](const std::filesystem::path& from, const std::filesystem::path& to) -> Result<void> {
    HOLDLINE_TRY(power_of(disk_));
    const std::string bytes = disk_.read(from.string());
    disk_.write(to.string(), std::nullopt);
    disk_.write(to.string(), bytes);
    disk_.write(from.string(), std::nullopt);
    return {};
  };
  return options;
}

Result<void> AgentNode::open(bool first) {
  const Setting& setting = stage_.setting;
  agent::Outbox::Options options;
  options.path = "/outbox.db";
  options.keep_bytes = stage_.knobs.outbox.keep_bytes;
  options.keep_ms = stage_.knobs.outbox.keep_ms;
  options.database.vfs_name = disk_.vfs_name();
  options.place = [this]() -> Result<sync::Hash> { return sync::sha256("machine " + std::to_string(place_)); };
  auto outbox = first ? agent::Outbox::create(options, setting.disk_key, device(), clock_, entropy_)
                      : agent::Outbox::open(options, setting.disk_key, clock_, entropy_);
  if (!outbox) return fail(std::move(outbox));
  std::string why;
  HOLDLINE_ASSIGN(auto replica, agent::Replica::open(replica_options(), setting.disk_key, *kept_schema_, &why));
  if (!why.empty()) {
    trace("replica is fetched again: " + why);
    stage_.count("replica rebuilt");
  }
  HOLDLINE_ASSIGN(auto reader, agent::ReplicaReader::open(replica_options(), setting.disk_key, *kept_schema_));
  auto process = std::make_unique<Process>(*this, std::move(*outbox), std::move(replica));
  process->view =
      std::make_unique<agent::View>(std::move(reader), [&overlay = process->overlay] { return overlay.snapshot(); });
  process->engine =
      std::make_unique<agent::Engine>(agent::Engine::Parts{process->access, *process->replica, process->overlay,
                                                           process->wire, process->library, clock_, entropy_},
                                      events(), stage_.knobs.session, stage_.knobs.line);
  process->incarnation = process->outbox->maker().incarnation;
  if (process->outbox->is_elsewhere()) stage_.count("copy found when it started");
  process_ = std::move(process);
  ++life_;
  const auto begin = [this] {
    trace("starts");
    if (started) started(*this);
    if (auto begun = process_->engine->start(); !begun) trace("cannot start to sync: " + begun.error().code);
  };
  // Nobody reads before the overlay is derived; at the first start there is nothing to derive it from.
  if (first)
    later(0, begin);
  else
    act(begin);
  return {};
}

agent::Engine::Events AgentNode::events() {
  agent::Engine::Events events;
  events.published = [this](const agent::SyncStatus& status) { published(status); };
  events.exchanged = [this](const agent::Exchange& exchange) {
    if (exchanged) exchanged(exchange);
  };
  events.replica_swapped = [this] {
    stage_.count(bootstrapped_ ? "bootstrapped again" : "bootstrapped");
    bootstrapped_ = true;
    if (std::exchange(process_->replica_was_given_up, false)) {
      ++setbacks_;  // the hub's snapshot may be older
      stage_.count("damaged replica fetched again");
    }
    if (auto reopened = process_->view->reopen(); !reopened) trace("view: " + reopened.error().code);
  };
  events.schema_changed = [this](const std::shared_ptr<const sync::Schema>& next) {
    const sync::Schema* known = stage_.setting.known.hashed(next->hash());
    if (known == nullptr) throw Violation("no phantom", "the hub has a schema that nobody made");
    return change_schema(*known);
  };
  events.wake_at = [this](std::int64_t boot_ms) {
    const std::uint64_t wake = ++process_->wakes;
    later(boot_ms - clock_.now().boot_ms, [this, wake] {
      if (wake == process_->wakes) process_->engine->wake();
    });
  };
  return events;
}

// As Workstation does.
Result<void> AgentNode::change_schema(const sync::Schema& schema) {
  kept_schema_ = &schema;
  const std::uint32_t before = process_->schema->version();
  const std::uint64_t file = process_->replica->file_number();
  const auto changed = process_->replica->change_schema(schema);
  trace("version " + std::to_string(schema.version()) + " of the schema after " + std::to_string(before) +
        (changed ? "" : ": " + changed.error().code));
  HOLDLINE_TRY(changed);
  stage_.count(schema.version() < before       ? "workstation went back to an older schema"
               : schema.version() > before + 1 ? "workstation skipped versions of the schema"
                                               : "workstation took another schema");
  if (process_->replica->file_number() != file) stage_.count("replica copied for another schema");
  process_->schema = &schema;
  process_->outbox->schema_changed();
  process_->overlay.change_schema(schema);
  if (auto shown = process_->view->change_schema(schema); !shown) trace("view: " + shown.error().code);
  return {};
}

void AgentNode::published(const agent::SyncStatus& status) {
  if (!process_ || !process_->engine) return;
  if (status.state != process_->status.state) {
    std::string what(sync::name_of(status.state));
    if (status.state == sync::SessionState::resting && status.last_error) what += ": " + status.last_error->code;
    trace(what);
  }
  if (status.repairs > process_->status.repairs) stage_.count("leaf repaired");
  if (status.chunks_total > 1 && process_->status.chunks_total <= 1) stage_.count("snapshot of several chunks");
  process_->status = status;
  const bool revoked = !status.connected && status.last_error && status.last_error->code == "device-revoked";
  if (revoked && !closed_) stage_.count("revoked workstation signed everybody out");
  if (revoked || status.connected) closed_ = revoked;
  look_at_roster();
}

void AgentNode::later(std::int64_t delay_ms, std::function<void()> work) {
  stage_.timeline.in(delay_ms, [this, life = life_, work = std::move(work)] {
    if (life != life_ || !process_) return;
    if (is_paused()) return later(paused_until_ms_ - stage_.timeline.now_ms(), work);
    act(work);
  });
}

void AgentNode::pause(std::int64_t ms) {
  trace("stands still");
  paused_until_ms_ = stage_.timeline.now_ms() + ms;
}

void AgentNode::leave() {
  trace("is never seen again");
  left_ = true;
  ++life_;
  disk_.cut_power();
  process_.reset();
}

void AgentNode::act(const std::function<void()>& work) {
  try {
    work();
  } catch (const Violation&) {
    throw;
  } catch (const std::runtime_error& error) {
    // What the daemon does not survive by design: a disk on which no replica can be opened or made.
    trace(std::string("ends: ") + error.what());
    stage_.count("daemon ended by a failing disk");
    return die(support::PowerLoss::none, chance_.between(1'000, 5'000));
  }
  survive();
}

void AgentNode::survive() {
  if (!process_) return;
  if (disk_.power_is_off()) {
    constexpr std::array losses{support::PowerLoss::all_unsynced, support::PowerLoss::random_sectors,
                                support::PowerLoss::none};
    const support::PowerLoss loss = losses[chance_.below(losses.size())];
    const bool is_killed = loss == support::PowerLoss::none;
    stage_.count(is_killed ? "fault: agent killed" : "fault: agent loses power");
    stage_.count(is_killed ? "killed in the middle of a change" : "power lost in the middle of a change");
    return die(loss, chance_.between(500, 8'000));
  }
  heal_outbox();
  disk_counts_ = disk_.counts();
  if (process_->view->met_damage()) process_->engine->replica_is_damaged();
  if (process_->view->could_not_read()) process_->engine->reader_could_not_read(process_->replica->file_number());
  process_->replica_was_given_up = process_->replica_was_given_up || process_->replica->is_corrupt();
  if (process_->incarnation != process_->outbox->maker().incarnation) {
    process_->incarnation = process_->outbox->maker().incarnation;
    stage_.count("lane reissued");
    trace("goes on under a new incarnation");
  }
  if (stepped) stepped(*this);
}

// What the outbox's thread does when an error made it read-only.
void AgentNode::heal_outbox() {
  const bool suspended = process_->outbox->status().health == agent::OutboxHealth::read_only;
  if (!suspended || process_->recover_wait_ms != 0) return;
  process_->recover_wait_ms = recover_first_ms;
  trace("outbox is read-only");
  const support::FaultCounts now = disk_.counts();
  if (now.full_writes > disk_counts_.full_writes) stage_.count("outbox suspended by a full disk");
  if (now.failed_reads > disk_counts_.failed_reads) stage_.count("outbox suspended by a read that failed");
  if (now.failed_syncs > disk_counts_.failed_syncs) stage_.count("outbox suspended by a sync that failed");
  if (now.refused_changes > disk_counts_.refused_changes) stage_.count("outbox suspended by a read-only disk");
  later(process_->recover_wait_ms, [this] { recover_outbox(); });
}

void AgentNode::recover_outbox() {
  if (process_->outbox->recover()) {
    process_->recover_wait_ms = 0;
    trace("outbox is writable again");
    if (recovered) recovered(*this);
    if (auto derived = process_->engine->outbox_recovered(); !derived) trace("overlay: " + derived.error().code);
    return;
  }
  process_->recover_wait_ms = std::min(2 * process_->recover_wait_ms, recover_most_ms);
  later(process_->recover_wait_ms, [this] { recover_outbox(); });
}

// What the outbox's thread does when nobody asked it for anything for a while.
void AgentNode::outbox_was_used() {
  process_->upkeep_at_ms = stage_.timeline.now_ms() + checkpoint_after_ms;
  if (std::exchange(process_->upkeep_is_planned, true)) return;
  later(checkpoint_after_ms, [this] { keep_outbox_up(); });
}

void AgentNode::keep_outbox_up() {
  const std::int64_t now_ms = stage_.timeline.now_ms();
  if (now_ms < process_->upkeep_at_ms) return later(process_->upkeep_at_ms - now_ms, [this] { keep_outbox_up(); });
  process_->upkeep_is_planned = false;
  if (process_->outbox->status().health == agent::OutboxHealth::read_only) return;
  if (now_ms >= process_->prune_at_ms) prune();
  static_cast<void>(process_->outbox->checkpoint());
}

void AgentNode::prune() {
  const bool may_go = stage_.knobs.outbox.is_soon;
  if (may_go && lets_go) lets_go(*this);
  const auto gone = process_->outbox->prune();
  if (gone) process_->prune_at_ms = stage_.timeline.now_ms() + stage_.knobs.outbox.prune_every_ms;
  if (gone && *gone > 0) {
    trace("lets go of " + std::to_string(*gone) + " actions");
    stage_.count("outbox let go of accepted actions");
  }
  if (may_go && has_let_go) has_let_go(*this, gone.has_value());
}

Result<agent::Saved> AgentNode::save(const agent::Draft& draft) {
  agent::Outbox& outbox = *process_->outbox;
  auto saved = std::move(outbox.append(*process_->schema, {&draft, 1}).front());
  if (!saved || saved->repeated) return saved;
  if (auto pending = outbox.find(*process_->schema, saved->ref); pending && *pending)
    process_->overlay.add(outbox.maker(), **pending);
  later(0, [this] { process_->engine->outbox_grew(); });
  outbox_was_used();
  return saved;
}

Result<std::uint32_t> AgentNode::sign_in() {
  const Setting::Person& person = stage_.setting.people[seat_];
  HOLDLINE_ASSIGN(const std::uint32_t number, process_->outbox->next_assertion());
  sync::Assertion assertion{number, person.id, clock_.now().wall_ms, {}};
  const auto signature = person.key.sign(sync::assertion_text(device(), assertion));
  assertion.signature.assign(signature.begin(), signature.end());
  return process_->outbox->add_assertion(std::move(assertion));
}

void AgentNode::verify() {
  const auto checked = process_->replica->check_rows();
  if (checked || checked.error().code != "replica-damaged") return;
  stage_.count("damaged replica found by a check");
  process_->engine->replica_is_damaged();
}

void AgentNode::sync_now() { process_->engine->wake(); }

void AgentNode::die(support::PowerLoss loss, std::int64_t down_ms) {
  trace(loss == support::PowerLoss::none ? "is killed" : "loses power");
  disk_.cut_power();
  process_.reset();
  disk_.restore_power(loss);
  if (loss != support::PowerLoss::none) {
    ++setbacks_;
    disk_.clear_faults();
    clock_.boot(entropy_.id());
  }
  start_again(down_ms);
}

void AgentNode::put_back(const support::FaultDisk::Image& image, std::int64_t down_ms) {
  trace("is put back to an earlier moment");
  disk_.cut_power();
  process_.reset();
  disk_.restore_power(support::PowerLoss::none);
  disk_.clear_faults();
  disk_.restore(image);
  ++setbacks_;
  clock_.boot(entropy_.id());
  start_again(down_ms);
}

void AgentNode::start_again(std::int64_t after_ms) {
  const std::uint64_t life = ++life_;
  paused_until_ms_ = 0;
  stage_.timeline.in(after_ms, [this, life] {
    if (life != life_ || process_) return;
    auto opened = open(false);
    if (opened) return;
    trace("cannot start: " + opened.error().code + ": " + opened.error().message);
    if (disk_.power_is_off()) {
      stage_.count("fault: agent loses power");
      disk_.restore_power(support::PowerLoss::all_unsynced);
      ++setbacks_;
    }
    start_again(chance_.between(1'000, 5'000));
  });
}

// --- the wire ---

void AgentNode::Wire::post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) {
  waiting_.insert(token);
  if (waiting_.size() > max_requests)
    throw Violation("what a workstation has under way is bounded", std::to_string(waiting_.size()) + " requests");
  AgentNode& node = node_;
  const std::uint64_t life = node.life_;
  const auto answered = [&node, life, token](Result<agent::TransportAnswer> answer) {
    if (life != node.life_ || !node.process_) return;
    node.later(0, [&node, token, answer = std::move(answer)] {
      if (node.process_->wire.waits_for(token)) node.process_->wire.arrived(token, answer);
    });
  };
  if (path.starts_with(sync::path::chunk) && !body.empty() && sync::decode_chunk_request(body).value().from > 0)
    node.stage_.count("chunk in parts");
  limit(node, timeout_ms,
        [answered] { answered(fail(ErrorKind::retry_later, "timeout", "The hub did not answer in time.")); });
  node.network_.request(node.line_, node.wires_.fork("", ++node.requests_), node.device(), std::move(path),
                        std::move(body), answered);
}

void AgentNode::Wire::limit(AgentNode& node, std::int64_t ms, std::function<void()> give_up) {
  node.stage_.timeline.in(ms, [&node, ms, give_up = std::move(give_up)]() mutable {
    if (!node.line_.moves_bytes(node.stage_.timeline.now_ms())) return give_up();
    limit(node, ms, std::move(give_up));
  });
}

void AgentNode::Wire::arrived(std::uint64_t token, Result<agent::TransportAnswer> answer) {
  waiting_.erase(token);
  node_.process_->engine->answered(token, std::move(answer));
}

}  // namespace holdline::sim
