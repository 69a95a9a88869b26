#include "bench/daemon.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace holdline::bench {

using Json = nlohmann::json;

Daemon::Daemon(const Options& options, const Scratch& scratch, const std::vector<std::string>& environment)
    : socket_(scratch / "agent.sock") {
  const auto settings = scratch / "agent.toml";
  std::ofstream(settings) << "directory = \"" << (scratch / "desk").string() << "\"\n[local]\nsocket = \""
                          << socket_.string() << "\"\ngroup = \"\"\n[console]\nlisten = \"\"\n";
  std::vector<std::string> words{"/usr/bin/env"};
  words.insert(words.end(), environment.begin(), environment.end());
  words.insert(words.end(), {(options.programs / "holdlined").string(), "--config", settings.string()});
  child_.emplace(words, scratch / "holdlined.log");
  wait_until("the daemon answering", [&] { return ask("GET", "/api/v1/status").has_value(); });
}

void Daemon::join(HubHost& hub) {
  const auto enrolled = must(ask("POST", "/api/v1/enroll", Json{{"code", hub.enrollment_code()}}.dump()));
  if (enrolled.status != 201) throw std::runtime_error("the daemon could not be enrolled: " + enrolled.body);
  const std::string who = Json{{"person", bench_person}, {"password", bench_password}}.dump();
  // Who may sign in is fetched from the hub first.
  wait_until("the sign-in", [&] {
    const auto answer = must(ask("POST", "/api/v1/login", who));
    if (answer.status == 200) token_ = Json::parse(answer.body).at("token").get<std::string>();
    return !token_.empty();
  });
  wait_until(
      "the daemon being level with the hub", [&] { return level(); }, std::chrono::seconds(300));
}

bool Daemon::level() {
  const auto answer = ask("GET", "/api/v1/status");
  const Json status = answer ? Json::parse(answer->body, nullptr, false) : Json();
  return status.is_object() && status.value("mode", "") == "online";
}

Result<platform::HttpClientResponse> Daemon::ask(const std::string& method, const std::string& path, std::string body,
                                                 std::string key) {
  platform::HttpClientRequest request;
  request.method = method;
  request.url = path;
  request.body = std::move(body);
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  if (!key.empty()) request.headers.emplace_back("Idempotency-Key", std::move(key));
  return platform::request_over_unix(socket_, std::move(request));
}

}  // namespace holdline::bench
