// A `holdline` whose agent answers from a script and records what it was asked.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "sync/base/timestamp.hpp"
#include "tests/support/test_clock.hpp"

namespace holdline::cli {

struct Recorded {
  std::string method;
  std::string target;
  std::string body;
  std::string key;  // of idempotency

  nlohmann::json document() const { return nlohmann::json::parse(body, nullptr, false); }
  std::string line() const { return method + " " + target; }
};

// 1, 2, 3, … so that a key that was drawn can be told.
class CountingEntropy final : public platform::Entropy {
 public:
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, ++drawn); }
  std::uint8_t drawn = 0;
};

class Scripted {
 public:
  Scripted() { clock.wall_ms = sync::parse_time("2026-03-01T12:00:00Z").value(); }

  // Answers in order; when they are used up, every request fails as if nobody listened.
  Scripted& answers(int status, std::string body, platform::HttpFields headers = {}) {
    script.push_back(platform::HttpClientResponse{status, std::move(headers), std::move(body)});
    return *this;
  }
  Scripted& fails(std::string code) {
    script.push_back(fail(ErrorKind::retry_later, std::move(code), "of the transport"));
    return *this;
  }

  // The exit code of `holdline arguments…`.
  int operator()(std::vector<std::string> arguments) {
    Environment environment{.in = in,
                            .out = out,
                            .err = err,
                            .out_is_terminal = terminal,
                            .err_is_terminal = terminal,
                            .colour = colour,
                            .default_socket = "/run/holdline/agent.sock",
                            .clock = clock,
                            .entropy = entropy,
                            .connect =
                                [this](const std::string& path) {
                                  socket = path;
                                  return std::make_unique<FakeApi>(*this);
                                },
                            .ask_secret = [this](const std::string& prompt) -> Result<platform::SecretBytes> {
                              asked = prompt;
                              if (!password) return fail(ErrorKind::ask_person, "no-terminal", "There is no terminal.");
                              return platform::SecretBytes(std::string(*password));
                            },
                            .pause =
                                [this](std::chrono::milliseconds time) {
                                  clock.pass(time);
                                  return pauses-- > 0;
                                }};
    return static_cast<int>(run(arguments, environment));
  }

  std::istringstream in;
  std::ostringstream out, err;
  bool terminal = false;
  bool colour = false;
  std::optional<std::string> password;
  int pauses = 1000;
  support::TestClock clock;
  CountingEntropy entropy;

  std::deque<Result<platform::HttpClientResponse>> script;
  std::vector<Recorded> requests;
  std::string socket;  // the last one that was connected to
  std::string asked;   // the last prompt

 private:
  class FakeApi final : public Api {
   public:
    explicit FakeApi(Scripted& owner) : owner_(owner) {}
    Result<platform::HttpClientResponse> send(platform::HttpClientRequest request) override {
      Recorded& made = owner_.requests.emplace_back(Recorded{request.method, request.url, request.body, ""});
      for (const auto& [name, value] : request.headers)
        if (name == "Idempotency-Key") made.key = value;
      if (owner_.script.empty()) return fail(ErrorKind::retry_later, "unreachable", "nobody listens");
      auto answer = std::move(owner_.script.front());
      owner_.script.pop_front();
      return answer;
    }

   private:
    Scripted& owner_;
  };
};

inline const std::string saved =
    R"({"schema":"holdline.saved/1","action":{"lane":2,"number":"17"},"created":["c-1"],"state":"saved","repeated":false})";

}  // namespace holdline::cli
