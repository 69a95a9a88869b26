// Runs another program: from one directory that a site allows, by its name, with arguments and no shell; its processes
// end with it. Nothing of this process goes along but a short environment: no open files, no other variables.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/os/files.hpp"
#include "sync/base/result.hpp"

namespace boost::asio {
class io_context;
}

namespace holdline::platform {

struct ProgramRequest {
  Path directory;                                                // where such programs lie
  std::vector<std::string> argv;                                 // the first is the name of the program there
  std::vector<std::pair<std::string, std::string>> environment;  // beside PATH and LANG
  std::chrono::milliseconds timeout{30'000};
  std::size_t output_bytes = 4'096;  // what is kept of what it writes; the rest is read and dropped
};

struct ProgramOutcome {
  int status = 0;          // its exit status; 128 and the signal that ended it
  bool timed_out = false;  // it was ended after its time
  std::string output;      // of both its outputs, as it wrote them
};

// Whether a program may be run: the name has no path in it, it is a file and no link, can be executed, and neither it
// nor its directory can be written by anybody but root or this account. ask_person "program-refused"; the text says
// what to change.
Result<Path> check_program(const Path& directory, const std::string& name);

// One run. On the thread of the io_context only.
class Program {
 public:
  using Done = std::function<void(ProgramOutcome)>;

  // Starts it. `done` is called once, from the io_context and never during start(), unless it is stopped before.
  // Errors: as check_program; retry_later "program-not-started".
  static Result<std::unique_ptr<Program>> start(boost::asio::io_context& io, const ProgramRequest& request, Done done);
  // As stop().
  ~Program();
  // Ends it and every process of its group at once. `done` will not be called any more.
  void stop();

 private:
  class Impl;
  explicit Program(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdline::platform
