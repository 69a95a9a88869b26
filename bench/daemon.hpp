// holdlined as a process of its own, spoken to over its socket.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "bench/world.hpp"
#include "platform/http/unix_client.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

class Daemon {
 public:
  // Answers when it returns. Its files lie in the scratch directory. `environment`: more variables, NAME=VALUE.
  Daemon(const Options& options, const Scratch& scratch, const std::vector<std::string>& environment = {});

  // Asks for the workstation to be enrolled at the hub and for a person to be signed in, and waits until both sides are
  // level.
  void join(HubHost& hub);
  Result<platform::HttpClientResponse> ask(const std::string& method, const std::string& path, std::string body = {},
                                           std::string key = {});
  const std::filesystem::path& socket() const { return socket_; }
  const machine::Child& process() const { return *child_; }

 private:
  bool level();

  std::filesystem::path socket_;
  std::string token_;  // of the person signed in
  std::optional<machine::Child> child_;
};

}  // namespace holdline::bench
