#include "hub/feed/ledger_read_thread.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace holdline::hub {

ReadDesk::ReadDesk(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy, const platform::Clock& clock)
    : service_(ledger, snapshots, entropy), clock_(clock), thread_([this] { work(); }) {}

ReadDesk::~ReadDesk() { stop(); }

void ReadDesk::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ReadDesk::run(std::function<void(SyncService&)> work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void ReadDesk::pull(Device device, sync::PullRequest request, Answer answer) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) arriving_.push_back({std::move(device), request, std::exchange(answer, nullptr), 0});
  }
  if (answer)
    answer(fail(ErrorKind::retry_later, "stopping", "The hub is stopping; the workstation tries again by itself."));
  changed_.notify_one();
}

void ReadDesk::committed() {
  {
    const std::lock_guard lock(mutex_);
    moved_ = true;
  }
  changed_.notify_one();
}

bool ReadDesk::try_answer(Waiting& waiting, bool last_call) {
  const sync::TimeReading now = clock_.now();
  auto pulled = service_.pull(waiting.device, waiting.request, now.wall_ms, last_call);
  if (!pulled) {
    waiting.answer(fail(std::move(pulled)));
    return true;
  }
  if (pulled->reply) {
    waiting.answer(std::move(*pulled->reply));
    return true;
  }
  if (waiting.until_ms == 0) waiting.until_ms = now.boot_ms + pulled->wait_ms;
  return false;
}

void ReadDesk::work() {
  std::vector<Waiting> waiting;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto something = [&] { return stopping_ || moved_ || !work_.empty() || !arriving_.empty(); };
    if (waiting.empty()) {
      changed_.wait(lock, something);
    } else {
      const auto first = std::ranges::min(waiting, {}, &Waiting::until_ms).until_ms;
      const auto left = std::max<std::int64_t>(0, first - clock_.now().boot_ms);
      changed_.wait_for(lock, std::chrono::milliseconds(left), something);
    }
    const bool moved = std::exchange(moved_, false), stopping = stopping_;
    auto works = std::exchange(work_, {});
    auto arrived = std::exchange(arriving_, {});
    lock.unlock();
    for (const auto& one : works) one(service_);
    const std::int64_t now_ms = clock_.now().boot_ms;
    std::erase_if(waiting, [&](Waiting& w) {
      const bool due = stopping || w.until_ms <= now_ms;
      return (moved || due) && try_answer(w, due);
    });
    for (Waiting& w : arrived)
      if (!try_answer(w, stopping)) waiting.push_back(std::move(w));
    lock.lock();
    if (stopping && work_.empty() && arriving_.empty()) return;
  }
}

}  // namespace holdline::hub
