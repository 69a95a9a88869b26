// The thread that reads the ledger: answers hello, pulls, snapshots and repairs, and keeps the long polls that have
// nothing to be told yet.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "hub/feed/sync_service.hpp"
#include "platform/os/clock.hpp"

namespace holdline::hub {

class ReadDesk {
 public:
  using Answer = std::function<void(Result<sync::Bytes>)>;

  ReadDesk(Ledger& ledger, Snapshots& snapshots, platform::Entropy& entropy, const platform::Clock& clock);
  // As stop().
  ~ReadDesk();
  // Answers what waits with what there is, then ends the thread. May be called twice.
  void stop();

  // `work` runs on the desk's thread.
  void run(std::function<void(SyncService&)> work);
  // Answers when there is something to tell, at the latest after the request's wait. Thread-safe.
  void pull(Device device, sync::PullRequest request, Answer answer);
  // The ledger has moved: whoever waits is looked at again. Thread-safe.
  void committed();

 private:
  struct Waiting {
    Device device;
    sync::PullRequest request;
    Answer answer;
    std::int64_t until_ms = 0;  // boot time; 0: not tried yet
  };
  void work();
  // True when answered.
  bool try_answer(Waiting& waiting, bool last_call);

  SyncService service_;
  const platform::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void(SyncService&)>> work_;
  std::vector<Waiting> arriving_;
  bool moved_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace holdline::hub
