// Programs of this tree as real processes: started, asked, killed.
//
// Anything that goes wrong with the test's own means (no such program, a daemon that does not get ready, a condition
// that never holds) is thrown, with the daemons' logs in the text, so that GoogleTest prints it.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdline::process {

using Path = std::filesystem::path;

// One of the programs under test: bin("holdlined").
std::string bin(const std::string& program);

struct Command {
  std::vector<std::string> words;                  // program and arguments
  std::map<std::string, std::string> environment;  // beside the test's own
  std::optional<uid_t> uid;                        // run as this login and its only group; the test is root
  std::optional<gid_t> gid;
};

struct Outcome {
  int status = 0;  // exit status, or 128 + the signal that ended it
  std::string out, err;
};

// Runs a program to its end. Throws when it takes longer than `limit`.
Outcome run(const Command& command, std::chrono::seconds limit = std::chrono::seconds(120));

// Whether this test may do what only an administrator may (another login, a file system of its own).
bool is_root();

// Repeats `holds` until it is true. Throws after `limit`, naming what did not happen and what `explain` says.
void until(const std::string& what, const std::function<bool()>& holds, const std::function<std::string()>& explain,
           std::chrono::seconds limit = std::chrono::seconds(90));

// A daemon that tells its supervisor when it is ready (sd_notify). Its standard error is kept in a file.
class Daemon {
 public:
  // `log` is appended to; a socket for the notification is made beside it.
  Daemon(Command command, Path log);
  // Kills what still runs.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Returns when it is ready for work. Throws when it ends before.
  void start();
  // Only starts it.
  void launch();
  // Asks it to end and returns its status, as in Outcome.
  int stop();
  // SIGKILL: it notices nothing.
  void kill();
  // SIGSTOP: it stands still until resume().
  void suspend() { signal(SIGSTOP); }
  void resume() { signal(SIGCONT); }
  // SIGABRT: as when a check in it fails.
  void abort();
  // Of the last one that ended.
  bool dumped_core() const { return dumped_core_; }
  // Waits until it ends by itself.
  int wait_for_end(std::chrono::seconds limit = std::chrono::seconds(60));

  bool runs();
  pid_t pid() const { return pid_; }
  std::string log() const;
  // What it wrote since the last start.
  std::string log_since_start() const;
  Command& command() { return command_; }

 private:
  void signal(int number);
  bool try_reap();

  Command command_;
  Path log_;
  Path notify_;
  int notify_fd_ = -1;
  pid_t pid_ = -1;  // -1: does not run
  int status_ = 0;  // of the last one that ended, like the next
  bool dumped_core_ = false;
  std::uintmax_t log_start_ = 0;
};

// A port of 127.0.0.1 on which nobody listens now.
std::uint16_t free_port();

// The last lines of a text, for messages.
std::string tail(const std::string& text, std::size_t lines = 25);
std::vector<std::string> sorted(std::vector<std::string> all);
bool contains(const std::vector<std::string>& all, const std::string& one);
std::string read_text(const Path& file);
void write_text(const Path& file, const std::string& text);

}  // namespace holdline::process
