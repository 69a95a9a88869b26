// A hub and a workstation in this program, made of the same parts as the daemons: TLS on the loopback interface,
// encrypted files, their own threads. They can be parted and joined.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "agent/workstation.hpp"
#include "hub/server.hpp"
#include "platform/os/log.hpp"
#include "tests/support/generator.hpp"

namespace holdline::bench {

inline const std::string bench_scope = "acme/london", bench_elsewhere = "acme/leeds";

// A thread that runs an io_context until the end.
class IoThread {
 public:
  IoThread() : work_(boost::asio::make_work_guard(io)), thread_([this] { io.run(); }) {}
  ~IoThread() { stop(); }
  void stop();
  boost::asio::io_context io;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// What both sides are given. Errors in the log end up on standard error.
struct Dependencies {
  Dependencies();
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  platform::Logger log;
};

class HubHost {
 public:
  // Sets a hub up with one person in it; serves only after start().
  HubHost(Dependencies& deps, const std::filesystem::path& directory);
  ~HubHost() { stop(); }

  // Reachable when it returns.
  void start();
  void stop();
  // Also lets go of the ledger; the end of this hub.
  void close();
  void import_customers(std::uint32_t count);
  std::string enrollment_code(const std::string& scope = bench_scope);
  const std::filesystem::path& directory() const { return directory_; }
  hub::HubParts& parts() { return *parts_; }

 private:
  Dependencies& deps_;
  std::filesystem::path directory_;
  std::unique_ptr<hub::HubParts> parts_;
  std::unique_ptr<IoThread> thread_;
  std::unique_ptr<hub::HubServer> server_;
};

inline const std::string bench_person = "ada";
inline const std::string bench_password = "correct horse battery staple";

class Station {
 public:
  // Enrols at the hub, signs a person in, and waits until both sides are level.
  Station(Dependencies& deps, HubHost& hub, const std::filesystem::path& directory,
          const std::string& scope = bench_scope);
  ~Station();

  agent::Workstation& workstation() { return *workstation_; }
  // Saves one entry each; returns when all are durable.
  void save(std::span<const generator::Entry> entries);
  agent::Draft draft(const generator::Entry& entry);
  // The same of an action of any ops; returns when it is durable.
  void save_ops(std::vector<sync::Op> ops, const std::string& key);
  // Ends the wait for the next attempt.
  void wake();
  // Of what was saved, how much has no result from the hub yet.
  std::uint64_t waiting() const;

 private:
  platform::FileKeystore keystore_;
  IoThread thread_;
  std::unique_ptr<agent::Workstation> workstation_;
  std::optional<agent::Session> session_;
};

}  // namespace holdline::bench
