#include "hub/commands/commands.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "hub/admin/admin.hpp"
#include "platform/database/error.hpp"
#include "platform/http/unix_client.hpp"
#include "platform/os/account.hpp"
#include "platform/text/url.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

// Through the socket of the hub that serves; "unreachable" when none does.
Result<platform::HttpResponse> ask_server(const std::string& directory, const platform::HttpRequest& request) {
  platform::HttpClientRequest remote;
  remote.method = request.method;
  remote.url = request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    remote.url += separator + name + "=" + platform::percent_encoded(value);
    separator = '&';
  }
  remote.body = request.body;
  remote.timeout = std::chrono::minutes(30);
  remote.max_response_bytes = std::size_t{2} << 30;  // an export, or all that a file of a million rows has wrong
  HOLDLINE_ASSIGN(auto answer, platform::request_over_unix(platform::Path(directory) / "admin.sock", remote));
  platform::HttpResponse response;
  response.status = answer.status;
  response.body = std::move(answer.body);
  return response;
}

Result<platform::HttpResponse> ask_directory(const std::string& directory, platform::HttpRequest& request) {
  // The service could not write to what root made beside its files.
  HOLDLINE_TRY(platform::become_owner_of(directory));
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  HOLDLINE_ASSIGN(const auto configured, usable_config(directory));
  HOLDLINE_ASSIGN(auto parts, open_hub(configured, entropy));
  Intake intake(*parts.ledger, entropy, sign_in_ms(configured));
  return Admin(parts, intake, entropy, clock).answer(std::move(request));
}

// A hub that holds its directory and has no socket is starting, which takes longer the larger its ledger is, or ending.
Result<platform::HttpResponse> ask_hub(const std::string& directory, platform::HttpRequest request) {
  constexpr std::chrono::milliseconds between_tries(250);
  constexpr int tries = 120;
  for (int n = 0;; ++n) {
    auto response = ask_server(directory, request);
    if (response || response.error().code != "unreachable") return response;
    response = ask_directory(directory, request);
    if (response || response.error().code != "already-running") return response;
    if (n == tries)
      return fail(ErrorKind::retry_later, "already-running",
                  "The hub of " + directory + " is starting or ending. Try again in a minute.");
    if (n == 0) std::cerr << "holdline-hub: the hub is starting; waiting for it\n";
    std::this_thread::sleep_for(between_tries);
  }
}

}  // namespace

std::string own_name() {
  for (const char* name : {"SUDO_USER", "LOGNAME", "USER"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return "root";
}

int complain(const Error& error) {
  std::cerr << "holdline-hub: " << error.message << " (" << error.code << ")\n";
  if (error.code == "already-running") return temporary;
  return platform::is_of_the_disk(error) || error.code == "disk-full" ? io : failed;
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorKind::ask_person, "file-unreadable", "Cannot read " + path + ".");
  return text.str();
}

Result<std::string> read_password(const std::string& path) {
  HOLDLINE_ASSIGN(std::string password, read_text(path));
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
  return password;
}

Result<HubConfig> usable_config(const std::string& directory) {
  HOLDLINE_ASSIGN(auto read, read_hub_config(directory));
  for (const auto& problem : read.problems) std::cerr << problem.text() << "\n";
  if (!read.problems.empty())
    return fail(ErrorKind::ask_person, "config", "hub.toml has problems; correct them and start again.");
  return read.config;
}

void Commands::take_directory(CLI::App& command) {
  command.add_option("--dir", directory_, "directory of the hub")->capture_default_str();
}

CLI::App* Commands::add(const std::string& name, const std::string& help, std::function<int()> work) {
  return add(app_, name, help, std::move(work));
}

CLI::App* Commands::add(CLI::App& group, const std::string& name, const std::string& help, std::function<int()> work) {
  CLI::App* command = group.add_subcommand(name, help);
  take_directory(*command);
  command->callback([this, work = std::move(work)] { result_ = work(); });
  return command;
}

CLI::App* Commands::add_with_json(CLI::App& group, const std::string& name, const std::string& help,
                                  std::function<int()> work) {
  CLI::App* command = add(group, name, help, std::move(work));
  command->add_flag("--json", json_, "print the answer as it came");
  return command;
}

CLI::App& Commands::group(const std::string& name, const std::string& help) {
  CLI::App* made = app_.add_subcommand(name, help);
  made->require_subcommand(1);
  take_directory(*made);
  return *made;
}

std::optional<std::string> Commands::fetch_text(platform::HttpRequest request, int& result, bool* answered,
                                                const Again& again) const {
  for (;;) {
    const auto response = ask_hub(directory_, again ? request : std::move(request));
    if (answered != nullptr) *answered = response.has_value();
    if (!response) {
      result = complain(response.error());
      return std::nullopt;
    }
    if (response->status < 300) return response->body;
    const Json told = Json::parse(response->body, nullptr, false);
    const Json error = told.is_object() ? told : Json::object();
    if (again && again(error)) continue;
    std::cerr << "holdline-hub: "
              << error.value("detail", "the hub answered with status " + std::to_string(response->status)) << " ("
              << error.value("code", "failed") << ")\n";
    result = error.value("code", "") == "import-running" ? temporary : failed;
    return std::nullopt;
  }
}

std::optional<Json> Commands::fetch(platform::HttpRequest request, int& result, bool* answered,
                                    const Again& again) const {
  const auto text = fetch_text(std::move(request), result, answered, again);
  return text ? std::optional(Json::parse(*text, nullptr, false)) : std::nullopt;
}

int Commands::present(const Json& json, const Show& show) const {
  if (!json_) return show(json);
  std::cout << json.dump(2) << "\n";
  return ok;
}

int Commands::ask(platform::HttpRequest request, const Show& show) const {
  int result = ok;
  const auto json = fetch(std::move(request), result);
  return json ? present(*json, show) : result;
}

int Commands::ask(std::string method, std::string path, const Json& body, const Show& show) const {
  platform::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  if (!body.is_null()) request.body = body.dump();
  return ask(std::move(request), show);
}

int Commands::print(const std::string& path) const {
  return ask("GET", path, nullptr, [](const Json& json) {
    std::cout << json.dump(2) << "\n";
    return ok;
  });
}

}  // namespace holdline::hub
