// The thread that reads the ledger: answers hello, pulls, snapshots and repairs, and keeps the long polls that have
// nothing to be told yet.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "hub/feed/sync_service.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/task_thread.hpp"

namespace holdline::hub {

class LedgerReadThread {
 public:
  using Answer = std::function<void(Result<sync::Bytes>)>;

  // `differs` is called on the thread.
  LedgerReadThread(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy, const platform::Clock& clock,
                   SyncService::HistoryDiffers differs = {}, ServiceLimits limits = {});
  // As stop().
  ~LedgerReadThread();
  // Answers what waits with what there is, then ends the thread. May be called twice.
  void stop();

  // `work` runs on the thread, in its turn.
  void run(std::function<void(SyncService&)> work);
  // Answers when there is something to tell, at the latest after the request's wait. Thread-safe.
  void pull(Device device, sync::PullRequest request, Answer answer);
  // The ledger has moved: whoever waits and is concerned is looked at again. Thread-safe.
  void committed();

 private:
  struct Waiting {
    Device device;
    sync::PullRequest request;
    Answer answer;
    std::int64_t until_ms = 0;            // boot time; 0: not tried yet
    std::uint64_t directory_version = 0;  // for which the device is known to be as it stands here
    News news = {};                       // when it was last looked at
  };
  // On the thread, these three.
  // True when answered.
  bool try_answer(Waiting& waiting, const sync::TimeReading& now, bool last_call, SyncService::Told* told = nullptr);
  // Looks at those who wait: at all of them, or at those whose time is up.
  void answer_waiting(bool only_due);
  void set_alarm();

  SyncService service_;
  const platform::Clock& clock_;
  std::vector<Waiting> waiting_;     // the thread only
  std::atomic<bool> moved_ = false;  // a look at all of them is queued already
  platform::TaskThread thread_;      // last: it ends before what it works on
};

}  // namespace holdline::hub
