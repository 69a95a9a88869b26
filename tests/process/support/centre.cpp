#include "tests/process/support/centre.hpp"

#include <cstdio>
#include <stdexcept>

#include "platform/http/unix_client.hpp"
#include "tests/process/support/process.hpp"

namespace holdline::process {

namespace {

constexpr const char* password = "correct horse battery";

std::string text_of(const Outcome& outcome) {
  return "exit status " + std::to_string(outcome.status) + "\n" + outcome.out + outcome.err;
}

Json parsed(const Outcome& outcome, const std::vector<std::string>& words) {
  Json json = Json::parse(outcome.out, nullptr, false);
  if (outcome.status == 0 && !json.is_discarded()) return json;
  std::string command;
  for (const std::string& word : words) command += " " + word.substr(0, 60);
  throw std::runtime_error("failed:" + command + "\n" + text_of(outcome));
}

Command hub_command(const Path& directory) {
  return {{bin("holdline-hub"), "run", "--dir", directory.string()}, {}, {}, {}};
}

Path log_beside(const Path& directory) {
  Path log = directory;
  log += ".log";
  return log;
}

}  // namespace

Hub::Hub(Path directory, std::uint16_t advertised_port)
    : directory_(std::move(directory)), port_(free_port()), daemon_(hub_command(directory_), log_beside(directory_)) {
  write_text(password_file(), password);
  const std::uint16_t told = advertised_port != 0 ? advertised_port : port_;
  const Outcome made = run({"init", "--url", "https://127.0.0.1:" + std::to_string(told), "--address", "127.0.0.1",
                            "--port", std::to_string(port_), "--person", supervisor, "--password-file",
                            password_file().string(), "--role", "supervisor", "--scope", scope});
  if (made.status != 0) throw std::runtime_error("no hub: " + text_of(made));
}

Path Hub::password_file() const {
  Path file = directory_;
  file += ".password";
  return file;
}

Outcome Hub::run(std::vector<std::string> words) const {
  words.insert(words.begin(), bin("holdline-hub"));
  words.insert(words.begin() + 2, {"--dir", directory_.string()});
  return process::run({std::move(words), {}, {}, {}});
}

Json Hub::ask(std::vector<std::string> words) const { return parsed(run(words), words); }

std::string Hub::enroll_code(const std::string& name, const std::string& minutes) const {
  return ask({"enroll-code", "--name", name, "--scope", scope, "--minutes", minutes, "--json"})["code"];
}

void Hub::import(std::size_t count) const {
  std::string csv = "ref,given,family,street,postcode,city,phone,email\n";
  for (std::size_t i = 1; i <= count; ++i) {
    char line[160];
    std::snprintf(line, sizeof line, "K-%06zu,Given%zu,Family%zu,Street %zu,%05zu,Bonn,+4915%08zu,c%zu@mail.example\n",
                  i, i % 97, i, i % 50, i % 99'999, i, i);
    csv += line;
  }
  Path file = directory_;
  file += ".csv";
  write_text(file, csv);
  const Outcome done = run({"import", "--scope", scope, file.string()});
  if (done.status != 0) throw std::runtime_error("the import failed: " + text_of(done));
}

std::map<std::string, std::string> Hub::digests() const {
  std::map<std::string, std::string> roots;
  const Json told = ask({"digests"});
  for (const Json& one : told["digests"]) roots[one["collection"]] = one["root"];
  return roots;
}

Desk::Desk(const Path& parent, std::string name, const std::string& group, const std::string& more)
    : name_(std::move(name)),
      directory_(parent / name_),
      socket_(parent / (name_ + ".sock")),
      config_(parent / (name_ + ".toml")),
      daemon_({{bin("holdlined"), "--config", config_.string()}, {}, {}, {}}, log_beside(directory_)) {
  write_text(config_, "directory = \"" + directory_.string() + "\"\n[local]\nsocket = \"" + socket_.string() +
                          "\"\ngroup = \"" + group + "\"\n[console]\nlisten = \"\"\n" + more);
}

Outcome Desk::run(std::vector<std::string> words, std::optional<uid_t> uid, std::optional<gid_t> gid) const {
  const bool signs_in = !words.empty() && (words.front() == "login" || words.front() == "logout");
  words.insert(words.begin(), {bin("holdline"), "--socket", socket_.string()});
  const Outcome outcome = process::run({words, {}, uid, gid});
  const bool nobody = outcome.err.find("not-signed-in") != std::string::npos;
  if (uid || signs_in || !nobody || password_.empty() || !log_in()) return outcome;
  // What an agent that ended may have saved before is asked for with its key, as the message says.
  constexpr std::string_view option = "--idempotency-key ";
  if (const auto at = outcome.err.find(option); at != std::string::npos) {
    const auto from = at + option.size();
    words.insert(words.end(), {"--idempotency-key", outcome.err.substr(from, outcome.err.find(':', from) - from)});
  }
  return process::run({words, {}, uid, gid});
}

Json Desk::ask(std::vector<std::string> words) const {
  words.push_back("--json");
  const Outcome outcome = run(words);
  if (outcome.status != 0) words.push_back("\n" + explain());
  return parsed(outcome, words);
}

void Desk::join(const Hub& hub) {
  const Outcome enrolled = run({"enroll", hub.enroll_code(name_)});
  if (enrolled.status != 0) throw std::runtime_error("not enrolled: " + text_of(enrolled) + explain());
  sign_in(hub);
}

// The people arrive with the first conversation.
void Desk::sign_in(const Hub& hub) {
  password_ = hub.password_file();
  until("signing in", [&] { return log_in(); });
}

bool Desk::log_in() const { return run({"login", supervisor, "--password-file", password_.string()}).status == 0; }

void Desk::expect_hub_at(std::uint16_t port) const {
  const Path file = directory_ / "workstation.json";
  Json json = Json::parse(read_text(file));
  json["hub"] = "https://127.0.0.1:" + std::to_string(port);
  write_text(file, json.dump());
}

Json Desk::status() const {
  platform::HttpClientRequest request;
  request.url = "/api/v1/status";
  const auto answer = platform::request_over_unix(socket_, request);
  Json json = answer ? Json::parse(answer->body, nullptr, false) : Json();
  if (!json.is_object())
    throw std::runtime_error("no status: " + (answer ? answer->body : answer.error().message) + "\n" + explain());
  return json;
}

std::uint64_t Desk::waiting() const { return std::stoull(status()["outbox"]["waiting"].get<std::string>()); }

void Desk::wait_for(const std::string& goal, std::chrono::seconds limit) const {
  const Outcome outcome = run({"wait", goal, "--timeout", std::to_string(limit.count()) + "s"});
  if (outcome.status != 0) throw std::runtime_error("not " + goal + ": " + text_of(outcome) + explain());
}

void Desk::wait_for_mode(const std::string& wanted, std::chrono::seconds limit) const {
  until(
      "mode " + wanted, [&] { return mode() == wanted; }, limit);
}

void Desk::wait_until_equal_to(const Hub& hub) const {
  until("equal to the ledger", [&] {
    const Outcome outcome = run({"verify", "--json"});
    return outcome.status == 0 && Json::parse(outcome.out)["equal"] == true && digests() == hub.digests();
  });
}

std::map<std::string, std::string> Desk::digests() const {
  std::map<std::string, std::string> roots;
  const Json told = ask({"verify"});
  for (const Json& one : told["digests"]) roots[one["collection"]] = one["replica"];
  return roots;
}

std::string Desk::add_entry(const std::string& note) const {
  return ask({"entry", "add", "kind=message", "name=Caller", "note=" + note})["created"][0];
}

std::vector<std::string> Desk::entry_notes(std::size_t limit) const {
  std::vector<std::string> notes;
  const Json told = ask({"entry", "list", "--limit", std::to_string(limit)});
  for (const Json& item : told["items"]) notes.push_back(item["fields"]["note"]);
  return notes;
}

std::vector<std::string> Desk::action_states() const {
  std::vector<std::string> states;
  const Json told = ask({"outbox", "list", "--limit", "1000"});
  for (const Json& item : told["items"]) states.push_back(item["state"]);
  return states;
}

void Desk::until(const std::string& what, const std::function<bool()>& holds, std::chrono::seconds limit) const {
  process::until(
      name_ + ": " + what, holds, [this] { return explain(); }, limit);
}

std::string Desk::explain() const {
  const Outcome status = run({"status", "--json"});
  return "status: " + status.out + status.err + "\nlog of " + name_ + ": " + tail(daemon_.log());
}

Centre::Centre(std::uint16_t port) : hub_(std::make_unique<Hub>(scratch_ / "hub", port)) { hub_->start(); }

Desk& Centre::add_desk(const std::string& name) {
  Desk& desk = *desks_.emplace_back(std::make_unique<Desk>(scratch_.path(), name));
  desk.start();
  desk.join(*hub_);
  return desk;
}

void copy_directory(const Path& from, const Path& to) {
  const Outcome done = run({{"/bin/cp", "-a", from.string(), to.string()}, {}, {}, {}});
  if (done.status != 0) throw std::runtime_error("not copied: " + text_of(done));
}

void replace_directory(const Path& with, const Path& target) {
  std::filesystem::remove_all(target);
  copy_directory(with, target);
}

}  // namespace holdline::process
