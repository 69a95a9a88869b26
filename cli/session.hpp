// What a command works with: the agent, the streams, time and chance, and what the person typed. Repeats a request
// whose answer was lost, under the same idempotency key.
#pragma once

#include <chrono>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/api.hpp"
#include "cli/exit_code.hpp"
#include "cli/table.hpp"
#include "cli/token_file.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/program/sole_work.hpp"
#include "platform/os/secret.hpp"

namespace holdline::cli {

// The outside world, built by main or by a test.
struct Environment {
  std::istream& in;
  std::ostream& out;  // data
  std::ostream& err;  // everything else
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool colour = false;  // wanted where there is a terminal
  std::string default_socket;
  TokenPlaces tokens = {};  // of sign-ins; none: they end with the command
  const platform::Clock& clock;
  platform::Entropy& entropy;
  std::function<std::unique_ptr<Api>(const std::string& socket)> connect;
  std::function<Result<platform::SecretBytes>(const std::string& prompt)> ask_secret;
  // Waits. False ends a command that would go on for ever.
  std::function<bool(std::chrono::milliseconds)> pause;
  // Work of which this machine does one at a time, by its name; nothing: nobody else is there.
  std::function<Result<platform::SoleWork>(const std::string& name)> begin_sole_work = {};
};

// Options and positional arguments by their name in the table of commands: "--limit", "TEXT".
class Arguments {
 public:
  void add(const std::string& name, std::string value) { values_[name].push_back(std::move(value)); }
  bool has(const std::string& name) const { return values_.contains(name); }
  // The first value, or empty.
  std::string get(const std::string& name) const;
  const std::vector<std::string>& all(const std::string& name) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// An answer that was a success: the text as it came.
struct Answer {
  std::string text;
  nlohmann::json document() const;
};

class Session {
 public:
  static constexpr std::chrono::minutes usual{1};
  static constexpr std::chrono::minutes long_work{10};

  Session(Environment& environment, Arguments arguments);

  Environment& world() { return world_; }
  const std::string& socket() const { return socket_; }
  const Arguments& arguments() const { return arguments_; }
  bool json() const { return arguments_.has("--json"); }
  Style style() const { return {world_.out_is_terminal, world_.out_is_terminal && world_.colour}; }

  // One request; whatever is no success is an error for the person.
  Result<Answer> get(const std::string& target, std::chrono::milliseconds timeout = usual,
                     std::size_t max_bytes = std::size_t{8} << 20);
  // With an Idempotency-Key: the person's, or one drawn now. When the answer is lost it is asked for again with it.
  Result<Answer> write(const std::string& method, const std::string& target, const nlohmann::json& body);
  // The same where much may come back, and only after a while.
  Result<Answer> write_large(const std::string& method, const std::string& target, const nlohmann::json& body);
  // The same with a key of the caller's, and any status. Both send what the person says is meant so (--accept-hint).
  Result<platform::HttpClientResponse> write_with_key(const std::string& method, const std::string& target,
                                                      const nlohmann::json& body, const std::string& key,
                                                      bool large = false);

  // Keeps the token of a sign-in for the later commands of this terminal, or forgets it.
  Result<void> keep_token(const std::string& token);
  void drop_token();
  // The agent's own document about the last request that was no success; empty when there was none.
  const std::string& refused_with() const { return refused_with_; }

  // Prints the document unchanged when --json was given, and says whether it did.
  bool printed_json(const Answer& answer);
  // "12 min ago" at a terminal; the time itself in a pipe and with --utc; nothing for null.
  std::string time(const nlohmann::json& value) const;

 private:
  Environment& world_;
  Arguments arguments_;
  std::string socket_;
  std::unique_ptr<Api> api_;
  TokenFile token_file_;
  std::string token_;
  std::string refused_with_;

  Result<platform::HttpClientResponse> send(platform::HttpClientRequest request);
  Result<Answer> write_once(const std::string& method, const std::string& target, const nlohmann::json& body,
                            bool large);
  bool maybe_saved_ = false;  // the answer to the last write was lost at least once
};

// A target with its query percent-encoded; empty values are left out.
std::string target(std::string_view path, const std::vector<std::pair<std::string, std::string>>& query);

// The whole of a file, or of standard input for "-". Error: "refused".
Result<std::string> read_input(Environment& environment, const std::string& path, std::size_t max_bytes);

}  // namespace holdline::cli
