// Whether the outbox may acknowledge: proving the file, giving up and coming back, the space set aside.
#include <string>
#include <utility>
#include <vector>

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

// In the place of what the database says of a file that was meant to be written.
Error not_writable() {
  return {
      ErrorKind::stop, "read-only-disk",
      "the disk cannot be written. What was saved is safe and goes on to the hub. Check whether the disk is mounted "
      "read-only (dmesg tells why), and the owner and mode of the files."};
}

platform::Path reserve_directory(const std::string& reserve_path) {
  const auto directory = platform::Path(reserve_path).parent_path();
  return directory.empty() ? platform::Path(".") : directory;
}

}  // namespace

Result<void> Outbox::Impl::trust() {
  suspended.reset();
  const auto prove = [this]() -> Result<void> {
    HOLDLINE_TRY(store->database().quick_check());
    HOLDLINE_TRY(store->database().check_wal());
    if (store->database().is_read_only()) return tl::unexpected<Error>(not_writable());
    HOLDLINE_TRY(store->database().rewrite_wal());
    return store->database().checkpoint_truncate();
  };
  // What the last run wrote may be in the kernel's memory only, marked as written after a failed sync. When all of it
  // succeeds it has been written again: to the log, then to the main file.
  store->database().keep_log_on_close(true);
  if (const auto proved = prove(); !proved) suspend(proved.error());
  HOLDLINE_TRY(load());
  if (suspended) {
    know_held();
  } else {
    store->database().keep_log_on_close(false);
  }
  look_at_reserve();
  return {};
}

Result<void> Outbox::Impl::load() {
  HOLDLINE_ASSIGN(state, OutboxState::load(*store));
  maker = state.maker();
  full.reset();
  earlier.reset();
  recent_known = attention_known = false;
  if (state.damage && !suspended) suspend(damaged(*state.damage));
  return {};
}

void Outbox::Impl::refill_reserve() {
  look_at_reserve();
  auto file = reserve();
  if (!file || suspended || file->present()) return;
  // Only while at least as much stays free: space just given back is for entries. A disk that is nearly full is no
  // reason to refuse entries, so failing is no error.
  const auto free = platform::free_bytes(reserve_directory(options.reserve_path));
  if (free && *free >= 2 * options.reserve_bytes) static_cast<void>(file->ensure());
  look_at_reserve();
}

void Outbox::Impl::suspend(const Error& why) {
  suspended = why;
  earlier.reset();
  if (store) store->database().keep_log_on_close(true);
}

tl::unexpected<Error> Outbox::Impl::refuse() const {
  Error error = suspended ? *suspended : *full;
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

bool Outbox::Impl::is_read_only_disk() const { return store && store->database().is_read_only(); }

Result<void> Outbox::Impl::reopen() {
  store.reset();
  auto opened = OutboxStore::open(options.path, key, options.database);
  if (!opened) {
    suspend(opened.error());
    return fail(std::move(opened));
  }
  store = *std::move(opened);
  if (auto trusted = trust(); !trusted) {
    suspend(trusted.error());
    return trusted;
  }
  if (suspended) return refuse();
  ++openings;
  return {};
}

Result<void> Outbox::recover() {
  Impl& impl = *impl_;
  // A file that turns up while the daemon runs is being copied there: it is opened at the next start.
  if (impl.absent) return impl.refuse();
  if (impl.full && !impl.suspended) {
    if (impl.is_full_for_entries()) return impl.refuse();
    impl.full.reset();
    return {};
  }
  // Nothing is better than what is open to be read.
  if (impl.is_read_only_disk() && !platform::check_writable(impl.options.path)) return impl.refuse();
  const auto bring_back = [&]() -> Result<void> {
    HOLDLINE_TRY(impl.reopen());
    std::vector<sync::ActionResult> results;
    for (const auto& [ref, result] : impl.held.results) results.push_back(result);
    if (auto written = store_results(results, impl.held.to); !written) {
      impl.know_held();
      return written;
    }
    impl.held = {};
    impl.settle_in();
    return impl.suspended ? impl.refuse() : Result<void>();
  };
  auto done = bring_back();
  // What lacked space lacks it still: also a sign-in, or the start itself, which no entry could follow.
  while (!done && done.error().code == "disk-full" && release_reserve(SpaceFor::upkeep)) done = bring_back();
  return done;
}

std::uint64_t Outbox::openings() const { return impl_->openings; }

Result<void> Outbox::checkpoint() {
  if (impl_->suspended) return impl_->refuse();
  auto emptied = impl_->store->database().checkpoint_truncate();
  if (!emptied) impl_->suspend(emptied.error());
  // Not in recover(): what was given up for somebody who is being served would be set aside again before it is used.
  impl_->refill_reserve();
  return emptied;
}

bool Outbox::release_reserve(SpaceFor what) {
  const auto reserve = impl_->reserve();
  if (!reserve) return false;
  const std::uint64_t keep = what == SpaceFor::entries ? impl_->reserve_for_upkeep() : 0;
  const auto released = platform::ReserveFile(*reserve).release(impl_->reserve_portion(), keep);
  impl_->look_at_reserve();
  return released && *released;
}

void Outbox::Impl::look_at_reserve() {
  const auto file = reserve();
  const std::uint64_t left = file ? file->size() : 0;
  reserve_low = left > 0 && left <= reserve_for_upkeep();
}

bool Outbox::Impl::is_full_for_entries() const {
  if (!reserve_low) return false;
  const auto free = platform::free_bytes(reserve_directory(options.reserve_path));
  return free && *free < 2 * reserve_portion();
}

}  // namespace holdline::agent
