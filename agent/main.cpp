// holdlined: the daemon of a workstation. Builds the real parts and hands them down.

#include <functional>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "agent/api/local_api.hpp"
#include "agent/console/page.hpp"
#include "platform/database/error.hpp"
#include "platform/http/server.hpp"
#include "platform/os/account.hpp"
#include "platform/os/notify.hpp"

namespace {

using namespace holdline;

// sysexits(3), as the unit file names them.
enum Exit : int { ok = 0, failed = 1, usage = 64, io_error = 74, temporary = 75, config_error = 78 };

int complain(const Error& error) {
  std::cerr << "holdlined: " << error.message << " (" << error.code << ")\n";
  if (error.code == "already-running") return temporary;
  return platform::is_of_the_disk(error) || error.code == "disk-full" ? io_error : failed;
}

// Members of the configured group, root and the daemon's own account.
std::function<bool(const platform::Peer&)> admission(const agent::AgentConfig& config) {
  return [group = config.group, own = platform::own_uid()](const platform::Peer& peer) {
    return peer.uid == own || peer.uid == 0 || (!group.empty() && platform::is_member(peer.uid, group));
  };
}

int serve(const agent::AgentConfig& config) {
  platform::SystemClock clock;
  platform::SystemEntropy entropy;
  platform::LogOptions log_options;
  log_options.format = platform::stderr_log_format();
  platform::Logger log(platform::write_to_stderr, clock, log_options);
  if (auto made = platform::make_private_directory(config.directory); !made) return complain(made.error());
  const auto lock = platform::DirectoryLock::acquire(config.directory);
  if (!lock) return complain(lock.error());
  auto keystore = platform::FileKeystore::open(config.directory / "keys", entropy);
  if (!keystore) return complain(keystore.error());

  boost::asio::io_context io;
  agent::LocalApi api(config, {io, *keystore, clock, entropy, log});
  if (auto started = api.start(); !started) return complain(started.error());
  auto server = platform::HttpServer::listen(io, platform::UnixEndpoint{config.socket, config.group, admission(config)},
                                             [&api](platform::HttpRequest request, platform::Respond respond) {
                                               api.answer(std::move(request), std::move(respond));
                                             });
  if (!server) return complain(server.error());
  agent::ConsolePage page(io, config.console, api, log);
  page.open();

  const auto notifier = platform::ServiceNotifier::from_environment();
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    notifier.stopping();
    server->stop(std::chrono::seconds(5), [&io] { io.stop(); });
  });
  boost::asio::signal_set hangups(io, SIGHUP);
  std::function<void()> when_told = [&] {
    hangups.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      page.look();
      when_told();
    });
  };
  when_told();
  // Ready means that people can work, whether or not the hub is there.
  log.info("ready", "the workstation is ready", {{"enrolled", api.workstation() != nullptr}});
  notifier.ready();
  io.run();
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (auto hardened = platform::harden_process(); !hardened) return complain(hardened.error());
  CLI::App app{"Holdline's workstation daemon", "holdlined"};
  std::string file = "/etc/holdline/agent.toml";
  bool check = false;
  app.add_option("--config", file, "settings")->capture_default_str();
  app.add_flag("--check-config", check, "only say whether the settings are fine");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ok : usage;
  }
  const auto read = agent::read_agent_config(file);
  if (!read) return complain(read.error()), config_error;
  for (const auto& problem : read->problems) std::cerr << problem.text() << "\n";
  if (!read->problems.empty()) return config_error;
  if (check) {
    std::cout << file << " is fine.\n";
    return ok;
  }
  return serve(read->config);
}
