// A contact centre on this machine: one hub and its workstations, with everything in a directory of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/process/support/process.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::process {

using Json = nlohmann::json;

inline constexpr const char* scope = "acme/london";
inline constexpr const char* supervisor = "ada";

// A holdline-hub with its directory.
class Hub {
 public:
  // Sets it up (`init`) with one supervisor. Workstations are told `advertised_port`, which may be a proxy's.
  Hub(Path directory, std::uint16_t advertised_port = 0);

  void start() { daemon_.start(); }
  Daemon& daemon() { return daemon_; }
  const Path& directory() const { return directory_; }
  std::uint16_t port() const { return port_; }
  Path password_file() const;

  // An administrator's command; --dir is added.
  Outcome run(std::vector<std::string> words) const;
  // The same where the answer is JSON. Throws when the command fails.
  Json ask(std::vector<std::string> words) const;
  std::string enroll_code(const std::string& name, const std::string& minutes = "15") const;
  // Customers "K-000001" to "K-<count>" of the scope.
  void import(std::size_t count) const;
  // Roots of the ledger's digests by collection.
  std::map<std::string, std::string> digests() const;

 private:
  Path directory_;
  std::uint16_t port_;
  Daemon daemon_;
};

// A workstation: holdlined with its directory, and the holdline command of the people at it.
class Desk {
 public:
  // `more`: settings beside those that every desk of a test has.
  Desk(const Path& parent, std::string name, const std::string& group = "", const std::string& more = "");

  void start() { daemon_.start(); }
  Daemon& daemon() { return daemon_; }
  const Path& directory() const { return directory_; }
  const Path& socket() const { return socket_; }
  const std::string& name() const { return name_; }

  // Any command of the person at this desk; --socket is added.
  Outcome run(std::vector<std::string> words, std::optional<uid_t> uid = std::nullopt,
              std::optional<gid_t> gid = std::nullopt) const;
  // The same with --json; throws when the command fails.
  Json ask(std::vector<std::string> words) const;

  // Enrols at `hub`, and signs in as its supervisor once the workstation knows people.
  void join(const Hub& hub);
  // What follows signs in again by itself: a restarted daemon knows nobody.
  void sign_in(const Hub& hub);
  // Where the daemon, which must not run, will look for the hub.
  void expect_hub_at(std::uint16_t port) const;

  // As `holdline status --json`, without the cost of a process: tests look again and again.
  Json status() const;
  std::string mode() const { return status()["mode"]; }
  std::uint64_t waiting() const;  // actions not yet at the hub
  // holdline wait GOAL; throws when it is not reached.
  void wait_for(const std::string& goal, std::chrono::seconds limit = std::chrono::seconds(90)) const;
  void wait_for_mode(const std::string& wanted, std::chrono::seconds limit = std::chrono::seconds(90)) const;
  // The replica has all that the ledger has now, and recomputed from its rows it equals it. A replica that is behind
  // equals the ledger as well, as it was at the replica's place: that alone says little.
  void wait_until_equal_to(const Hub& hub) const;
  // Roots of the replica's digests by collection.
  std::map<std::string, std::string> digests() const;

  // Saves a manual entry and returns its id. Throws when it was not acknowledged.
  std::string add_entry(const std::string& note) const;
  std::vector<std::string> entry_notes(std::size_t limit = 1000) const;
  // State of every action, newest first.
  std::vector<std::string> action_states() const;

  void until(const std::string& what, const std::function<bool()>& holds,
             std::chrono::seconds limit = std::chrono::seconds(90)) const;

 private:
  std::string explain() const;

  // As holdline login, with the password of the hub this desk has joined.
  bool log_in() const;

  std::string name_;
  mutable Path password_;
  Path directory_, socket_, config_;
  mutable Daemon daemon_;
};

// What most tests begin with: a hub that serves and enrolled, signed-in workstations in contact with it.
class Centre {
 public:
  // The workstations reach the hub through `port` when it is not 0.
  explicit Centre(std::uint16_t port = 0);

  Hub& hub() { return *hub_; }
  Desk& add_desk(const std::string& name);
  const Path& directory() const { return scratch_.path(); }
  Path operator/(const std::string& name) const { return scratch_ / name; }

 private:
  platform::Scratch scratch_;
  std::unique_ptr<Hub> hub_;
  std::vector<std::unique_ptr<Desk>> desks_;
};

// A copy of a whole directory, as a backup tool makes it.
void copy_directory(const Path& from, const Path& to);
void replace_directory(const Path& with, const Path& target);

}  // namespace holdline::process
