// An enrolled workstation at work: the outbox on its thread, the replica and the sync engine on another, reading on a
// third, requests to the hub on the I/O thread.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <type_traits>

#include "agent/config.hpp"
#include "agent/engine/engine.hpp"
#include "agent/engine/hub_transport.hpp"
#include "agent/identity/accounts.hpp"
#include "agent/identity/identity.hpp"
#include "agent/outbox/worker.hpp"
#include "agent/view/view.hpp"
#include "platform/crypto/keystore.hpp"
#include "platform/os/log.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"

namespace holdline::agent {

class Workstation {
 public:
  struct Dependencies {
    boost::asio::io_context& io;
    platform::Keystore& keystore;
    platform::Clock& clock;
    platform::Entropy& entropy;
    platform::Logger& log;
  };

  // Opens everything (makes it on the first run after enrolment) and begins to sync. The outbox may come up read-only;
  // its status says why.
  static Result<std::unique_ptr<Workstation>> open(const AgentConfig& config, WorkstationIdentity identity,
                                                   Dependencies deps);
  // Finishes what is being saved. The I/O thread must not run meanwhile, or be the caller.
  ~Workstation();

  const WorkstationIdentity& identity() const { return identity_; }
  const sync::Schema& schema() const { return *schema_; }
  const std::string& default_scope() const { return default_scope_; }
  OutboxWorker& outbox() { return *outbox_; }
  Accounts& accounts() { return accounts_; }
  const Accounts& accounts() const { return accounts_; }
  const platform::Clock& clock() const { return deps_.clock; }

  Result<Session> sign_in(std::uint32_t uid, std::string_view name, std::string_view password);
  // Any thread; runs on the reading thread.
  void read(std::function<void(View&)> work);
  // Any thread; runs on the engine's thread.
  void engine(std::function<void(Engine&, Replica&)> work);
  SyncStatus sync_status() const;
  sync::Maker maker() const;

 private:
  class Access;

  Workstation(const AgentConfig& config, WorkstationIdentity identity, Dependencies deps, sync::Schema schema);
  Result<void> open_stores(const AgentConfig& config);
  void start_engine(const AgentConfig& config);
  void published(const SyncStatus& status);
  void give_memory_back(const SyncStatus& status);
  void fetch_people();

  Dependencies deps_;
  WorkstationIdentity identity_;
  std::shared_ptr<const sync::Schema> schema_;
  std::string default_scope_;
  Accounts accounts_;
  Overlay overlay_;
  FileLibrary library_;
  std::unique_ptr<OutboxWorker> outbox_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<View> view_;
  std::uint64_t view_file_ = 0;  // which of the replica's files the view reads; the reading thread only
  std::unique_ptr<platform::HttpClient> people_client_;  // the I/O thread only
  std::unique_ptr<HubTransport> transport_;
  std::unique_ptr<Engine> engine_;
  bool took_much_ = false;                  // downloads since memory was given back; the engine's thread only
  sync::ChangeNumber memory_given_at_ = 0;  // likewise
  mutable platform::Mutex mutex_;
  SyncStatus status_ HOLDLINE_GUARDED_BY(mutex_);
  std::atomic<bool> growth_told_ = false;  // the engine was told that the outbox grew, and has not looked yet
  platform::TaskThread reading_;
  platform::TaskThread syncing_;
};

}  // namespace holdline::agent
