// holdline-hub: the central service and its administrator's commands. While a hub serves, commands go through its admin
// socket; otherwise they open the directory themselves.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <nlohmann/json.hpp>

#include "hub/people/people.hpp"
#include "hub/server.hpp"
#include "platform/database/error.hpp"
#include "platform/http/unix_client.hpp"
#include "platform/os/notify.hpp"

namespace {

using namespace holdline;
using Json = nlohmann::json;

// sysexits(3), as the unit file and the manual name them.
enum Exit : int { ok = 0, failed = 1, usage = 2, findings = 3, io = 74, temporary = 75, config = 78 };

int complain(const Error& error) {
  std::cerr << "holdline-hub: " << error.message << " (" << error.code << ")\n";
  if (error.code == "already-running") return temporary;
  return platform::is_of_the_disk(error) || error.code == "disk-full" ? io : failed;
}

struct Options {
  std::string directory = "/var/lib/holdline-hub";
  std::string url = "https://127.0.0.1:7443", schema_file, person, password_file, role = "agent", name, file;
  std::int64_t port = 7443, minutes = hub::enroll_code_minutes;
  std::vector<std::string> names{"127.0.0.1", "localhost"}, scopes;
  std::string address = "::", scope;
  bool check_config = false, dry_run = false, json = false;
};

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

Result<hub::HubConfig> usable_config(const std::string& directory) {
  HOLDLINE_ASSIGN(auto read, hub::read_hub_config(directory));
  for (const auto& problem : read.problems) std::cerr << problem.text() << "\n";
  if (!read.problems.empty())
    return fail(ErrorKind::ask_person, "config", "hub.toml has problems; correct them and start again.");
  return read.config;
}

int init(const Options& options) {
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  hub::HubConfig config{options.directory, options.address, options.port, options.url, options.names};
  std::string schema(sync::default_schema_text());
  if (!options.schema_file.empty()) {
    auto text = read_text(options.schema_file);
    if (!text) return complain(text.error());
    schema = *text;
  }
  std::optional<hub::FirstPerson> person;
  if (!options.person.empty()) {
    auto password = read_password(options.password_file);
    if (!password) return complain(password.error());
    person = hub::FirstPerson{{options.person, options.role, options.scopes}, std::move(*password)};
  }
  auto made = hub::create_hub(config, schema, entropy, clock, person ? &*person : nullptr);
  if (!made) return complain(made.error());
  std::cout << "A hub is set up in " << options.directory << ". Start it with: holdline-hub run --dir "
            << options.directory << "\n";
  return ok;
}

int run(const Options& options) {
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  auto configured = usable_config(options.directory);
  if (!configured) return complain(configured.error()), config;
  if (options.check_config) {
    std::cout << options.directory << "/hub.toml is fine.\n";
    return ok;
  }
  platform::LogOptions log_options;
  log_options.format = platform::stderr_log_format();
  platform::Logger log(platform::write_to_stderr, clock, log_options);
  auto parts = hub::open_hub(*configured, entropy);
  if (!parts) return complain(parts.error());
  boost::asio::io_context io;
  bool lost = false;
  auto server = hub::HubServer::start(io, *parts, entropy, clock, log, [&io, &lost] {
    boost::asio::post(io, [&io, &lost] {
      lost = true;
      io.stop();
    });
  });
  if (!server) return complain(server.error());
  const auto notifier = platform::ServiceNotifier::from_environment();
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    notifier.stopping();
    (*server)->stop(std::chrono::seconds(5), [&io] { io.stop(); });
  });
  log.info("serving", "the hub serves", {{"url", parts->config.url}});
  notifier.ready();
  io.run();
  // As a crash would: closing the ledger would move what may never have reached the disk from its log into its file.
  // The supervisor starts the hub anew, and opening the ledger settles what it holds.
  if (lost) std::_Exit(Exit::io);
  server->reset();
  return ok;
}

// Through the socket of the hub that serves, or by opening the directory when none does.
Result<platform::HttpResponse> ask(const Options& options, platform::HttpRequest request) {
  platform::HttpClientRequest remote;
  remote.method = request.method;
  remote.url = request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    remote.url += separator + name + "=" + value;
    separator = '&';
  }
  remote.body = request.body;
  remote.timeout = std::chrono::minutes(30);
  const auto socket = platform::Path(options.directory) / "admin.sock";
  auto answer = platform::request_over_unix(socket, remote);
  if (answer) {
    platform::HttpResponse response;
    response.status = answer->status;
    response.body = std::move(answer->body);
    return response;
  }
  if (answer.error().code != "unreachable") return fail(std::move(answer));
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  HOLDLINE_ASSIGN(const auto configured, usable_config(options.directory));
  HOLDLINE_ASSIGN(auto parts, hub::open_hub(configured, entropy));
  hub::Intake intake(*parts.ledger, entropy);
  return hub::Admin(parts, intake, entropy, clock).answer(request);
}

// Prints the answer; `show` renders it for a person.
int command(const Options& options, platform::HttpRequest request, const std::function<int(const Json&)>& show) {
  auto response = ask(options, std::move(request));
  if (!response) return complain(response.error());
  const Json json = Json::parse(response->body, nullptr, false);
  if (response->status >= 300) {
    const Json error = json.is_object() ? json.value("error", Json::object()) : Json::object();
    std::cerr << "holdline-hub: "
              << error.value("message", "the hub answered with status " + std::to_string(response->status)) << " ("
              << error.value("code", "failed") << ")\n";
    return failed;
  }
  if (options.json) {
    std::cout << json.dump(2) << "\n";
    return ok;
  }
  return show(json);
}

platform::HttpRequest request_of(std::string method, std::string path, std::string body = {}) {
  platform::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.body = std::move(body);
  return request;
}

int enroll_code(const Options& options) {
  const Json body{{"name", options.name}, {"scopes", options.scopes}, {"minutes", options.minutes}};
  return command(options, request_of("POST", "/admin/v1/enroll-codes", body.dump()), [](const Json& json) {
    std::cout << json.value("code", "") << "\n";
    return ok;
  });
}

int add_person(const Options& options) {
  auto password = read_password(options.password_file);
  if (!password) return complain(password.error());
  const Json body{
      {"name", options.person}, {"password", *password}, {"role", options.role}, {"scopes", options.scopes}};
  return command(options, request_of("POST", "/admin/v1/people", body.dump()), [](const Json& json) {
    std::cout << json.value("name", "") << " may sign in as " << json.value("role", "") << ".\n";
    return ok;
  });
}

int import_file(const Options& options) {
  auto text = read_text(options.file);
  if (!text) return complain(text.error());
  auto request = request_of("POST", "/admin/v1/import", std::move(*text));
  request.query["scope"] = options.scope;
  request.query["dry_run"] = options.dry_run ? "1" : "0";
  return command(options, std::move(request), [](const Json& json) {
    const auto rejected = json.value("rejected_count", std::uint64_t{0});
    std::cout << json.value("rows", 0) << " rows, " << json.value("accepted", 0) << " accepted, " << rejected
              << " rejected\n";
    for (const Json& row : json["rejected"])
      std::cerr << "row at line " << row.value("row", 0) << ": " << row.value("field", "") << " "
                << row.value("message", "") << "\n";
    return rejected == 0 ? ok : findings;
  });
}

int status(const Options& options) {
  return command(options, request_of("GET", "/admin/v1/status"), [](const Json& json) {
    std::cout << "hub " << json.value("hub", "") << " at change " << json.value("cn", "") << ", "
              << json.value("devices", 0) << " workstations, " << json.value("quarantined", 0)
              << " actions need attention, " << json.value("waiting", 0) << " wait\n";
    return ok;
  });
}

int print_json(const Options& options, const std::string& path) {
  return command(options, request_of("GET", path), [](const Json& json) {
    std::cout << json.dump(2) << "\n";
    return ok;
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (auto hardened = platform::harden_process(); !hardened) return complain(hardened.error());
  Options o;
  CLI::App app{"Holdline's central service", "holdline-hub"};
  app.require_subcommand(1);
  int result = ok;
  const auto add = [&](const char* name, const char* help, auto&& handler) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("--dir", o.directory, "directory of the hub")->capture_default_str();
    sub->callback([&result, handler, &o] { result = handler(o); });
    return sub;
  };
  CLI::App* sub = add("init", "set up a new hub", init);
  sub->add_option("--url", o.url, "how workstations reach it")->capture_default_str();
  sub->add_option("--address", o.address, "numeric address to listen on")->capture_default_str();
  sub->add_option("--port", o.port, "port to listen on")->capture_default_str();
  sub->add_option("--name", o.names, "names and addresses in its certificate")->capture_default_str();
  sub->add_option("--schema", o.schema_file, "schema.toml to use instead of the one that is built in");
  auto* first = sub->add_option("--person", o.person, "sign-in name of the first person");
  first->needs(sub->add_option("--password-file", o.password_file, "file that holds the first person's password"));
  sub->add_option("--role", o.role, "agent, supervisor or it")->capture_default_str();
  sub->add_option("--scope", o.scopes, "scopes of the first person");
  sub = add("run", "serve", run);
  sub->add_flag("--check-config", o.check_config, "only say whether hub.toml is fine");
  sub = add("enroll-code", "make a code that enrols one workstation", enroll_code);
  sub->add_option("--name", o.name, "name of the workstation")->required();
  sub->add_option("--scope", o.scopes, "scopes it will hold")->required();
  sub->add_option("--minutes", o.minutes, "how long the code is good")->capture_default_str();
  sub->add_flag("--json", o.json);
  sub = add("person", "add a person who may sign in", add_person);
  sub->add_option("--person", o.person, "sign-in name")->required();
  sub->add_option("--password-file", o.password_file, "file that holds the password")->required();
  sub->add_option("--role", o.role, "agent, supervisor or it")->capture_default_str();
  sub->add_option("--scope", o.scopes, "scopes of the person")->required();
  sub->add_flag("--json", o.json);
  sub = add("import", "take customers over from a CSV file", import_file);
  sub->add_option("FILE", o.file)->required();
  sub->add_option("--scope", o.scope, "scope the customers belong to")->required();
  sub->add_flag("--dry-run", o.dry_run, "only check the rows");
  sub->add_flag("--json", o.json);
  add("status", "how the hub is doing", status)->add_flag("--json", o.json);
  for (const char* what : {"devices", "digests", "conflicts", "quarantine"})
    add(what, "as JSON",
        [path = std::string("/admin/v1/") + what](const Options& options) { return print_json(options, path); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ok : usage;
  }
  return result;
}
