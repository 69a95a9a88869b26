#include "hub/feed/ledger_read_thread.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace holdline::hub {

LedgerReadThread::LedgerReadThread(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy,
                                   const platform::Clock& clock, SyncService::HistoryDiffers differs,
                                   ServiceLimits limits)
    : service_(ledger, snapshots, entropy, limits, std::move(differs)), clock_(clock), thread_(clock) {}

LedgerReadThread::~LedgerReadThread() { stop(); }

void LedgerReadThread::stop() {
  thread_.stop();
  for (Waiting& waiting : std::exchange(waiting_, {})) try_answer(waiting, clock_.now(), true);
}

void LedgerReadThread::run(std::function<void(SyncService&)> work) {
  thread_.post([this, work = std::move(work)] { work(service_); });
}

void LedgerReadThread::pull(Device device, sync::PullRequest request, Answer answer) {
  // Shared, because a task must be copyable.
  const auto arrived = std::make_shared<Waiting>(Waiting{std::move(device), request, std::move(answer), 0});
  const bool posted = thread_.post([this, arrived] {
    if (try_answer(*arrived, clock_.now(), false)) return;
    waiting_.push_back(std::move(*arrived));
    set_alarm();
  });
  if (!posted)
    arrived->answer(
        fail(ErrorKind::retry_later, "stopping", "The hub is stopping; the workstation tries again by itself."));
}

void LedgerReadThread::committed() {
  if (moved_.exchange(true)) return;
  thread_.post([this] {
    moved_ = false;
    answer_waiting(false);
  });
}

bool LedgerReadThread::try_answer(Waiting& waiting, const sync::TimeReading& now, bool last_call,
                                  SyncService::Told* told) {
  // Before asking, so that a change meanwhile is seen with the next look.
  const std::uint64_t version = service_.directory_version();
  const bool as_before = version == waiting.directory_version && waiting.request.epoch == service_.epoch();
  const News news = service_.news(waiting.device);
  const bool tried = waiting.until_ms != 0;
  if (tried && as_before && news == waiting.news && !last_call) return false;
  if (!tried || news.results != waiting.news.results) told = nullptr;
  waiting.news = news;
  if (version != waiting.directory_version) {
    auto device = service_.current(waiting.device);
    if (!device) {
      waiting.answer(fail(std::move(device)));
      return true;
    }
    waiting.device = *std::move(device);
    waiting.directory_version = version;
    waiting.news = service_.news(waiting.device);
  }
  auto pulled = service_.pull(waiting.device, waiting.request, now.wall_ms, last_call, told);
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

void LedgerReadThread::answer_waiting(bool only_due) {
  const sync::TimeReading now = clock_.now();
  SyncService::Told told;
  std::erase_if(waiting_, [&](Waiting& waiting) {
    const bool due = waiting.until_ms <= now.boot_ms;
    return (due || !only_due) && try_answer(waiting, now, due, &told);
  });
  set_alarm();
}

void LedgerReadThread::set_alarm() {
  if (waiting_.empty()) return;
  thread_.at(std::ranges::min(waiting_, {}, &Waiting::until_ms).until_ms, [this] { answer_waiting(true); });
}

}  // namespace holdline::hub
