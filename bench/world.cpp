#include "bench/world.hpp"

#include <atomic>
#include <exception>
#include <future>
#include <iostream>

#include <boost/asio/ip/tcp.hpp>

#include "agent/identity/enrollment.hpp"
#include "bench/measure.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/people/people.hpp"
#include "sync/base/limits.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::bench {

namespace {

platform::LogOptions errors_only() {
  platform::LogOptions options;
  options.format = platform::LogFormat::text;
  options.least = platform::LogLevel::error;
  return options;
}

// Of a port that was free a moment ago.
std::int64_t free_port() {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return acceptor.local_endpoint().port();
}

hub::HubConfig hub_config(const std::filesystem::path& directory) {
  hub::HubConfig config;
  config.directory = directory;
  config.address = "127.0.0.1";
  config.port = free_port();
  config.url = "https://127.0.0.1:" + std::to_string(config.port);
  return config;
}

}  // namespace

void IoThread::stop() {
  io.stop();
  if (thread_.joinable()) thread_.join();
}

Dependencies::Dependencies() : log([](std::string_view line) { std::cerr << line; }, clock, errors_only()) {}

HubHost::HubHost(Dependencies& deps, const std::filesystem::path& directory) : deps_(deps), directory_(directory) {
  parts_ = std::make_unique<hub::HubParts>(
      must(hub::create_hub(hub_config(directory), std::string(sync::default_schema_text()), deps.entropy, deps.clock)));
  must(hub::add_person(*parts_->ledger, {bench_person, "agent", {bench_scope, bench_elsewhere}}, bench_password,
                       deps.entropy));
}

void HubHost::start() {
  thread_ = std::make_unique<IoThread>();
  // A run whose disk fails has nothing to measure; the log says what happened.
  const auto ledger_lost = [] { std::terminate(); };
  server_ = must(hub::HubServer::start(thread_->io, *parts_, deps_.entropy, deps_.clock, deps_.log, ledger_lost));
}

void HubHost::stop() {
  if (thread_) thread_->stop();
  server_.reset();
  thread_.reset();
}

void HubHost::close() {
  stop();
  parts_.reset();
}

void HubHost::import_customers(std::uint32_t count) {
  hub::Intake intake(*parts_->ledger, deps_.entropy);
  const sync::Schema& schema = parts_->ledger->schema();
  std::vector<hub::OwnRow> rows;
  std::size_t ops = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    rows.push_back({generator::customer_ops(schema, generator::customer(i), bench_scope)});
    ops += rows.back().ops.size();
    if (ops < 10 * sync::limits::records_per_change && i + 1 < count) continue;
    must(intake.take_own(rows, deps_.clock.now().wall_ms));
    rows.clear();
    ops = 0;
  }
}

std::string HubHost::enrollment_code(const std::string& scope) {
  return must(hub::issue_code(parts_->enrollment(), {"desk", {scope}}, deps_.entropy, deps_.clock.now().wall_ms));
}

Station::Station(Dependencies& deps, HubHost& hub, const std::filesystem::path& directory, const std::string& scope)
    : keystore_([&] {
        must(platform::make_private_directory(directory));
        return must(platform::FileKeystore::open(directory / "keys", deps.entropy));
      }()) {
  agent::AgentConfig config;
  config.directory = directory;
  auto identity =
      must(agent::enroll({.code = hub.enrollment_code(scope), .directory = directory, .proxy = ""}, deps.entropy));
  workstation_ = must(agent::Workstation::open(config, std::move(identity),
                                               {thread_.io, keystore_, deps.clock, deps.entropy, deps.log}));
  // Who may sign in is fetched from the hub meanwhile.
  wait_until("the sign-in", [&] {
    std::promise<agent::SignInAnswer> answered;
    workstation_->sign_in({0, bench_person, bench_password, {}, false},
                          [&answered](agent::SignInAnswer answer) { answered.set_value(std::move(answer)); });
    auto answer = answered.get_future().get();
    if (answer.session) session_ = std::move(*answer.session);
    return session_.has_value();
  });
  wait_until("the first synchronisation", [&] { return waiting() == 0 && workstation_->sync_status().settled; });
}

Station::~Station() {
  thread_.stop();
  workstation_.reset();
}

agent::Draft Station::draft(const generator::Entry& entry) {
  agent::Draft draft;
  draft.idempotency_key = entry.id.text();
  draft.fingerprint = sync::sha256(entry.note);
  draft.person = session_->person.id;
  draft.assertion = session_->assertion;
  draft.event_ms = entry.at_ms;
  draft.ops.push_back(generator::entry_op(workstation_->schema(), entry, agent::created_here(0), bench_scope));
  return draft;
}

void Station::save_ops(std::vector<sync::Op> ops, const std::string& key) {
  agent::Draft draft;
  draft.idempotency_key = key;
  draft.fingerprint = sync::sha256(key);
  draft.person = session_->person.id;
  draft.assertion = session_->assertion;
  draft.event_ms = workstation_->clock().now().wall_ms;
  draft.ops = std::move(ops);
  std::promise<void> saved;
  workstation_->outbox().submit(std::move(draft), [&](Result<agent::Saved> answer) {
    must(std::move(answer));
    saved.set_value();
  });
  saved.get_future().get();
}

void Station::save(std::span<const generator::Entry> entries) {
  std::atomic<std::size_t> saved = 0, refused = 0;
  std::size_t asked = 0;
  for (const generator::Entry& entry : entries) {
    // Below the worker's limit of waiting requests.
    wait_until("saving", [&] { return asked - saved < 1'000; });
    ++asked;
    workstation_->outbox().submit(draft(entry), [&](Result<agent::Saved> answer) {
      if (!answer) ++refused;
      ++saved;
    });
  }
  wait_until("saving", [&] { return saved == entries.size(); });
  if (refused != 0) throw std::runtime_error("an entry was refused");
}

void Station::wake() {
  workstation_->engine([](agent::Engine& engine, agent::Replica&) { engine.wake(); });
}

std::uint64_t Station::waiting() const {
  std::uint64_t waiting = 0;
  for (const sync::LaneTip& lane : workstation_->outbox().status().lanes) waiting += lane.waiting;
  return waiting;
}

}  // namespace holdline::bench
