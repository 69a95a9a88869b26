// Setting a hub up, and serving.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include "hub/commands/commands.hpp"
#include "hub/server.hpp"
#include "platform/os/account.hpp"
#include "platform/os/notify.hpp"

namespace holdline::hub {

namespace {

struct WantedHub {
  std::string url, schema_file, person, password_file, region, role = "agent", address = "::";
  std::int64_t port = 7443;
  std::vector<std::string> names{"127.0.0.1", "localhost"}, scopes, packs;
};

// The schema with what the trades of the centre add to it; read as a whole when the hub is made.
Result<std::string> schema_text(const WantedHub& wanted) {
  std::string schema(sync::default_schema_text());
  if (!wanted.schema_file.empty()) {
    HOLDLINE_ASSIGN(schema, read_text(wanted.schema_file));
  }
  for (const std::string& name : wanted.packs) {
    std::string known;
    const auto packs = sync::schema_packs();
    const auto pack = std::ranges::find(packs, std::string_view(name), &sync::SchemaPack::name);
    for (const sync::SchemaPack& one : packs) known.append(known.empty() ? "" : ", ").append(one.name);
    if (pack == packs.end())
      return fail(ErrorKind::ask_person, "unknown-pack", "There is no pack '" + name + "'. Known are: " + known + ".");
    schema.append("\n").append(pack->text);
  }
  return schema;
}

int init(const std::string& directory, const WantedHub& wanted) {
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  HubConfig config{directory, wanted.address, wanted.port, wanted.url, wanted.names};
  config.region = wanted.region;
  if (config.url.empty()) config.url = "https://127.0.0.1:" + std::to_string(wanted.port);
  // As it will be read at every start.
  const platform::ConfigSource settings{"hub.toml", hub_config_text(config)};
  const auto problems = read_hub_config(directory, {&settings, 1}).problems;
  for (const auto& problem : problems) std::cerr << "holdline-hub: " << problem.message << "\n";
  if (!problems.empty()) return usage;
  const auto schema = schema_text(wanted);
  if (!schema) return complain(schema.error());
  std::optional<FirstPerson> person;
  if (!wanted.person.empty()) {
    auto password = read_password(wanted.password_file);
    if (!password) return complain(password.error());
    person = FirstPerson{{wanted.person, wanted.role, wanted.scopes}, std::move(*password)};
  }
  // Into a directory that was made for the service: what it cannot write to it could not serve from.
  if (auto owner = platform::become_owner_of(directory); !owner && owner.error().code != "file-missing")
    return complain(owner.error());
  auto made = create_hub(config, *schema, entropy, clock, person ? &*person : nullptr);
  if (!made) return complain(made.error());
  std::cout << "A hub is set up in " << directory << ". Start it with: holdline-hub run --dir " << directory << "\n";
  return ok;
}

int serve(const HubConfig& config) {
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  platform::LogOptions log_options;
  log_options.format = platform::stderr_log_format();
  platform::Logger log(platform::write_to_stderr, clock, log_options);
  auto parts = open_hub(config, entropy);
  if (!parts) return complain(parts.error());
  boost::asio::io_context context;
  bool lost = false;
  auto server = HubServer::start(context, *parts, entropy, clock, log, [&context, &lost] {
    boost::asio::post(context, [&context, &lost] {
      lost = true;
      context.stop();
    });
  });
  if (!server) return complain(server.error());
  const auto notifier = platform::ServiceNotifier::from_environment();
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    notifier.stopping();
    (*server)->stop(std::chrono::seconds(5), [&context] { context.stop(); });
  });
  if (parts->restored)
    log.warning("new-epoch",
                "the ledger is older than it was when this hub last ran: it was put back from a copy; a new epoch has "
                "begun, and every workstation offers again what is missing here");
  log.info("serving", "the hub serves", {{"url", parts->config.url}});
  notifier.ready();
  context.run();
  // As a crash would: closing the ledger would move what may never have reached the disk from its log into its file.
  // The supervisor starts the hub anew, and opening the ledger settles what it holds.
  if (lost) std::_Exit(Exit::io);
  server->reset();
  return ok;
}

int run(const std::string& directory, bool only_check) {
  const auto configured = usable_config(directory);
  if (!configured) return complain(configured.error()), config;
  if (!only_check) return serve(*configured);
  std::cout << directory << "/hub.toml is fine.\n";
  return ok;
}

}  // namespace

void add_setup_commands(Commands& commands) {
  const auto wanted = std::make_shared<WantedHub>();
  CLI::App* made =
      commands.add("init", "set up a new hub", [&commands, wanted] { return init(commands.directory(), *wanted); });
  made->add_option("--url", wanted->url, "how workstations reach it; else https://127.0.0.1 and the port");
  made->add_option("--address", wanted->address, "numeric address to listen on")->capture_default_str();
  made->add_option("--port", wanted->port, "port to listen on")->capture_default_str();
  made->add_option("--name", wanted->names, "names and addresses in its certificate")->capture_default_str();
  made->add_option("--region", wanted->region, "country of the site (GB, DE, …), for numbers without a country code");
  made->add_option("--schema", wanted->schema_file, "schema.toml to use instead of the one that is built in");
  made->add_option("--pack", wanted->packs, "forms of a trade to add to it: insurance, utilities; may be given again");
  auto* person = made->add_option("--person", wanted->person, "sign-in name of the first person");
  person->needs(
      made->add_option("--password-file", wanted->password_file, "file that holds the first person's password"));
  made->add_option("--role", wanted->role, "agent, supervisor or it")->capture_default_str();
  made->add_option("--scope", wanted->scopes, "scopes of the first person");

  const auto only_check = std::make_shared<bool>(false);
  commands.add("run", "serve", [&commands, only_check] { return run(commands.directory(), *only_check); })
      ->add_flag("--check-config", *only_check, "only say whether hub.toml is fine");
}

}  // namespace holdline::hub
