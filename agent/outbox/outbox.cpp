#include "agent/outbox/outbox.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "agent/outbox/impl.hpp"

namespace holdline::agent {
namespace {

Error damaged(const Damage& damage) {
  std::string what = damage.unreadable ? std::string("A part of the outbox cannot be read.")
                                       : "The chain of entries is broken at lane " + std::to_string(damage.lane) +
                                             ", number " + std::to_string(damage.number) + ".";
  return {ErrorKind::stop, damage.unreadable ? "database-corrupt" : "chain-broken",
          what + " Nothing was changed. Export the pending entries, keep the file, and ask for a repair."};
}

}  // namespace

platform::DatabaseOptions Outbox::database_options() {
  platform::DatabaseOptions options;
  options.pragmas = platform::pragmas_for(platform::Durability::full, 2 * 1024);
  for (platform::Pragma& pragma : options.pragmas)
    if (pragma.name == "wal_autocheckpoint") pragma.value = "400";
  return options;
}

Outbox::Outbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Outbox::~Outbox() = default;

const sync::Maker& Outbox::maker() const { return impl_->maker; }

Result<std::unique_ptr<Outbox>> Outbox::create(const Options& options, const platform::SecretKey& key,
                                               const sync::Id& device, platform::Clock& clock,
                                               platform::Entropy& entropy) {
  auto impl = std::make_unique<Impl>(options, key, clock, entropy);
  HOLDLINE_ASSIGN(impl->store,
                  OutboxStore::create(options.path, key, options.database, sync::Maker{device, entropy.id()}));
  HOLDLINE_TRY(impl->trust());
  return std::unique_ptr<Outbox>(new Outbox(std::move(impl)));
}

Result<std::unique_ptr<Outbox>> Outbox::open(const Options& options, const platform::SecretKey& key,
                                             platform::Clock& clock, platform::Entropy& entropy) {
  auto impl = std::make_unique<Impl>(options, key, clock, entropy);
  auto store = OutboxStore::open(options.path, key, options.database);
  if (!store && store.error().code == "database-missing") {
    return fail(ErrorKind::stop, "database-missing",
                "The outbox " + options.path +
                    " is missing or empty although this workstation was set up before. Entries that were not yet sent "
                    "are in it: put it back from where it was moved, or from a backup. Only when it is certainly lost, "
                    "enrol this workstation again; the loss is then recorded.");
  }
  if (!store) return fail(std::move(store));
  impl->store = *std::move(store);
  HOLDLINE_TRY(impl->trust());
  return std::unique_ptr<Outbox>(new Outbox(std::move(impl)));
}

Result<std::unique_ptr<Outbox>> Outbox::start(platform::OpenMode mode, const Options& options,
                                              const platform::SecretKey& key, const sync::Id& device,
                                              platform::Clock& clock, platform::Entropy& entropy) {
  if (mode == platform::OpenMode::create_new) {
    auto made = create(options, key, device, clock, entropy);
    // A first run that was cut short had come so far.
    if (made || made.error().code != "database-exists") return made;
  }
  auto outbox = open(options, key, clock, entropy);
  if (!outbox || (*outbox)->maker().device == device) return outbox;
  return fail(ErrorKind::stop, "outbox-of-another",
              "The outbox belongs to another workstation than workstation.json names. Put back the pair that belongs "
              "together.");
}

Result<void> Outbox::Impl::trust() {
  suspended.reset();
  const auto prove = [this]() -> Result<void> {
    HOLDLINE_TRY(store->database().quick_check());
    HOLDLINE_TRY(store->database().check_wal());
    HOLDLINE_TRY(store->database().rewrite_wal());
    return store->database().checkpoint_truncate();
  };
  // What the last run wrote may be in the kernel's memory only, marked as written after a failed sync. When all of it
  // succeeds it has been written again: to the log, then to the main file.
  store->database().keep_log_on_close(true);
  if (const auto proved = prove(); !proved) suspend(proved.error());
  HOLDLINE_TRY(load());
  if (!suspended) store->database().keep_log_on_close(false);
  refill_reserve();
  return {};
}

Result<void> Outbox::Impl::load() {
  HOLDLINE_ASSIGN(state, OutboxState::load(*store));
  maker = state.maker();
  earlier.reset();
  if (state.damage && !suspended) suspend(damaged(*state.damage));
  return {};
}

void Outbox::Impl::refill_reserve() {
  auto file = reserve();
  if (!file || suspended || file->present()) return;
  // Only while at least as much stays free: space just given back is for entries. A disk that is nearly full is no
  // reason to refuse entries, so failing is no error.
  const auto directory = platform::Path(options.reserve_path).parent_path();
  const auto free = platform::free_bytes(directory.empty() ? "." : directory);
  if (free && *free >= 2 * options.reserve_bytes) static_cast<void>(file->ensure());
}

void Outbox::Impl::suspend(const Error& why) {
  suspended = why;
  earlier.reset();
  if (store) store->database().keep_log_on_close(true);
}

tl::unexpected<Error> Outbox::Impl::refuse() const {
  Error error = *suspended;
  error.message = "Nothing can be saved on this PC now: " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

std::optional<platform::ReserveFile> Outbox::Impl::reserve() const {
  if (options.reserve_path.empty()) return std::nullopt;
  return platform::ReserveFile(options.reserve_path, options.reserve_bytes);
}

Result<OutboxStore*> Outbox::Impl::readable() {
  if (store) return store.get();
  return tl::unexpected<Error>(refuse());
}

Result<void> Outbox::Impl::write(const std::function<Result<void>()>& change) {
  if (suspended) return refuse();
  const auto attempt = [&]() -> Result<void> {
    HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(store->database()));
    HOLDLINE_TRY(change());
    return transaction.commit();
  };
  auto written = attempt();
  if (!written && written.error().kind != ErrorKind::ask_person) suspend(written.error());
  return written;
}

Result<void> Outbox::recover() {
  Impl& impl = *impl_;
  // What lacked space lacks it still: also a sign-in, or the start itself, which no entry could follow.
  if (impl.suspended && impl.suspended->code == "disk-full") static_cast<void>(release_reserve());
  impl.store.reset();
  auto store = OutboxStore::open(impl.options.path, impl.key, impl.options.database);
  if (!store) {
    impl.suspend(store.error());
    return fail(std::move(store));
  }
  impl.store = *std::move(store);
  if (auto trusted = impl.trust(); !trusted) {
    impl.suspend(trusted.error());
    return trusted;
  }
  if (impl.suspended) return impl.refuse();
  return {};
}

Result<void> Outbox::checkpoint() {
  if (impl_->suspended) return impl_->refuse();
  auto emptied = impl_->store->database().checkpoint_truncate();
  if (!emptied) impl_->suspend(emptied.error());
  return emptied;
}

bool Outbox::release_reserve() {
  auto reserve = impl_->reserve();
  return reserve && reserve->present() && reserve->release();
}

OutboxStatus Outbox::status() const {
  const OutboxState& state = impl_->state;
  OutboxStatus status;
  if (impl_->suspended) {
    status.health = OutboxHealth::read_only;
    status.advice = impl_->suspended->message;
  }
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const LaneChain& chain = state.current()[lane];
    // A hub that went back may have less than is still kept here.
    const std::uint64_t acknowledged = std::clamp(state.acknowledged[lane], chain.pruned_through(), chain.last());
    sync::LaneTip& tip = status.lanes[lane];
    tip.number = chain.last();
    tip.hash = chain.tip();
    tip.waiting = chain.last() - acknowledged;
    tip.bytes = chain.bytes() - chain.bytes_to(acknowledged);
    if (const Entry* oldest = chain.find(acknowledged + 1)) tip.oldest_ms = oldest->wall_ms;
    status.retained += chain.size() - tip.waiting;
  }
  status.pruned = state.pruned;
  status.lost = state.lost;
  status.quarantined = state.quarantined;
  for (const IncarnationChains& chains : state.chains)
    for (const LaneChain& chain : chains) status.bytes += chain.bytes();
  return status;
}

std::uint64_t Outbox::results_cursor() const { return impl_->state.results_to; }
const sync::Id& Outbox::epoch() const { return impl_->state.epoch; }

std::array<std::uint64_t, sync::lane_count> Outbox::acknowledged() const { return impl_->state.acknowledged; }

std::array<std::uint64_t, sync::lane_count> Outbox::pruned_through() const {
  std::array<std::uint64_t, sync::lane_count> numbers{};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane)
    numbers[lane] = impl_->state.current()[lane].pruned_through();
  return numbers;
}

}  // namespace holdline::agent
