// The administrator's commands of holdline-hub: each file of this folder adds some. All but `init` and `run` are one
// request of the admin API (hub/admin): through the socket of the hub that serves, or, when none does, by opening its
// directory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "hub/setup/config.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// sysexits(3), as the unit file and the manual name them.
enum Exit : int { ok = 0, failed = 1, usage = 2, findings = 3, io = 74, temporary = 75, config = 78 };

// Tells the error and says how the program ends.
int complain(const Error& error);
// ask_person "file-unreadable".
Result<std::string> read_text(const std::string& path);
// The same without the end of its line.
Result<std::string> read_password(const std::string& path);
// Prints what is wrong with hub.toml. ask_person "config".
Result<HubConfig> usable_config(const std::string& directory);

// Who asks: an administrator's own name stays known behind sudo.
std::string own_name();

// What all commands share. It outlives the parsing of the command line.
class Commands {
 public:
  explicit Commands(CLI::App& app) : app_(app) {}

  // A command of the program, or of a group. `work` is called when it was given, and says how the program ends.
  CLI::App* add(const std::string& name, const std::string& help, std::function<int()> work);
  CLI::App* add(CLI::App& group, const std::string& name, const std::string& help, std::function<int()> work);
  // The same with --json: then the answer is printed as it came.
  CLI::App* add_with_json(CLI::App& group, const std::string& name, const std::string& help, std::function<int()> work);
  // A group that needs one of its commands.
  CLI::App& group(const std::string& name, const std::string& help);
  CLI::App& app() { return app_; }

  const std::string& directory() const { return directory_; }
  int result() const { return result_; }

  using Show = std::function<int(const nlohmann::json&)>;
  // Asks. Nothing when it went wrong, which is told; `result` then says how the program ends. `answered`: the hub said
  // so itself, so what it says is all that there is to know.
  using Again = std::function<bool(const nlohmann::json& problem)>;
  std::optional<nlohmann::json> fetch(platform::HttpRequest request, int& result, bool* answered = nullptr,
                                      const Again& again = {}) const;
  // The same of an answer that is no JSON.
  std::optional<std::string> fetch_text(platform::HttpRequest request, int& result, bool* answered = nullptr,
                                        const Again& again = {}) const;
  // Prints an answer; `show` renders it for a person.
  int present(const nlohmann::json& json, const Show& show) const;
  // Asks, and prints the answer; `show` renders it for a person.
  int ask(platform::HttpRequest request, const Show& show) const;
  int ask(std::string method, std::string path, const nlohmann::json& body, const Show& show) const;
  int print(const std::string& path) const;

 private:
  void take_directory(CLI::App& command);

  CLI::App& app_;
  std::string directory_ = "/var/lib/holdline-hub";
  bool json_ = false;
  int result_ = ok;
};

void add_setup_commands(Commands& commands);        // init, run
void add_directory_commands(Commands& commands);    // enroll-code, device, person, scope, authority
void add_ledger_commands(Commands& commands);       // outbox, status, new-epoch, digests, conflicts
void add_import_commands(Commands& commands);       // import, imports, duplicates
void add_export_commands(Commands& commands);       // export, exports
void add_schema_commands(Commands& commands);       // schema
void add_held_commands(Commands& commands);         // quarantine
void add_callback_commands(Commands& commands);     // callbacks
void add_convergence_commands(Commands& commands);  // certificate
void add_report_commands(Commands& commands);       // report
void add_plan_commands(Commands& commands);         // plan

}  // namespace holdline::hub
