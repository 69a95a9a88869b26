// Shows workstations that the ledger takes and keeps writes, at a cost that does not grow with their number: who asks
// within two seconds is answered by one write, and nobody waits longer than three seconds for a disk that hangs.
//
// Threads: belongs to the one that runs its io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "hub/intake/ledger_thread.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::hub {

class WriteProofs : public std::enable_shared_from_this<WriteProofs> {
 public:
  using Answer = std::function<void(Result<void>)>;

  // Made as a shared pointer; what comes after its end is dropped. The thread outlives what was asked of it.
  // `most_wait` is below the time after which a workstation takes the hub for silent.
  WriteProofs(boost::asio::io_context& io, LedgerThread& ledger, const platform::Clock& clock,
              platform::Entropy& entropy, std::chrono::milliseconds most_wait = std::chrono::seconds(3))
      : io_(io), ledger_(ledger), clock_(clock), entropy_(entropy), most_wait_(most_wait), limit_(io) {}

  // retry_later "writes-fail": the ledger refuses writes, and the text says why, or it takes none in time.
  void ask(Answer answer);

 private:
  void begin();
  void proved(const Result<void>& outcome);
  void tell(const Result<void>& outcome);

  struct Known {
    Result<void> outcome;
    std::int64_t at_ms = 0;  // boot time
  };
  boost::asio::io_context& io_;
  LedgerThread& ledger_;
  const platform::Clock& clock_;
  platform::Entropy& entropy_;
  const std::chrono::milliseconds most_wait_;
  boost::asio::steady_timer limit_;
  std::optional<Known> known_;
  bool under_way_ = false;
  std::vector<Answer> waiting_;
};

}  // namespace holdline::hub
