// A workstation to practise at, at any time: a second one in this daemon, with stores of its own, customers who were
// invented, and no hub. What is done in it stands in nothing of the real one and is sent nowhere; its keys are in
// memory only, so that nobody reads it after the daemon has ended. It is in a drill of its own from its first moment,
// so that everything in it is marked as well.
//
// The I/O thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/identity/sessions.hpp"
#include "agent/workstation.hpp"

namespace holdline::agent {

// Keys of what is thrown away.
class MemoryKeystore final : public platform::Keystore {
 public:
  explicit MemoryKeystore(platform::Entropy& entropy) : entropy_(entropy) {}
  Result<platform::SecretKey> load(std::string_view name) override;
  Result<platform::SecretKey> create(std::string_view name) override;
  Result<bool> exists(std::string_view name) override;
  Result<void> destroy(std::string_view name) override;

 private:
  platform::Entropy& entropy_;
  platform::Mutex mutex_;
  std::map<std::string, platform::SecretKey, std::less<>> keys_ HOLDLINE_GUARDED_BY(mutex_);
};

class PracticeWorld {
 public:
  // Begins anew, in a folder beside the stores of `real`; with nobody in it yet. Waits for the disk. Errors of the
  // disk.
  static Result<std::unique_ptr<PracticeWorld>> open(const AgentConfig& config, Workstation& real,
                                                     Workstation::Dependencies deps);
  // Declares its drill and invents its customers, in the name of whoever `session` is. `then` on the I/O thread.
  void invent(Session session, std::function<void()> then);
  // Takes away what an earlier daemon left. No error: it cannot be read anyway.
  static void forget(const AgentConfig& config);

  Workstation& station() { return *station_; }

 private:
  PracticeWorld(boost::asio::io_context& io, platform::Entropy& entropy) : io_(io), keys_(entropy) {}
  // The request number `next`, and those after it.
  void ask_from(std::size_t next, Session session, std::function<void()> then);

  boost::asio::io_context& io_;
  MemoryKeystore keys_;
  std::unique_ptr<Workstation> station_;
};

}  // namespace holdline::agent
