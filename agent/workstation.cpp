#include "agent/workstation.hpp"

#include <type_traits>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "platform/database/first_run.hpp"
#include "platform/os/memory.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

constexpr std::string_view outbox_key = "outbox";
constexpr std::string_view replica_key = "replica";
// Changes after which it is worth looking through the heap.
constexpr sync::ChangeNumber much = 10'000;

Result<platform::SecretKey> load_or_create(platform::Keystore& keystore, std::string_view name, bool may_create) {
  HOLDLINE_ASSIGN(const bool there, keystore.exists(name));
  if (there || !may_create) return keystore.load(name);
  return keystore.create(name);
}

// Opening a copy takes a little space even when nothing changes (the index of its log). On a full disk it comes from
// what is set aside: without it nobody could take entries here.
template <class Open>
std::invoke_result_t<Open&> with_space_set_aside(OutboxWorker& outbox, Open open) {
  auto opened = open();
  if (opened || opened.error().code != "disk-full") return opened;
  const bool released = outbox.run([](Outbox& box) { return box.release_reserve(); });
  return released ? open() : std::move(opened);
}

platform::HttpClientOptions client_options(const WorkstationIdentity& identity, const AgentConfig& config) {
  platform::HttpClientOptions options;
  options.trust.ca_pem = identity.ca_pem;
  options.identity = identity.certificate;
  options.proxy = config.proxy;
  // Connecting and shaking hands takes two round trips of seconds on a slow line, and longer beside an upload.
  options.connect_timeout = std::chrono::seconds(20);
  // A long poll is silent for as long as the hub may hold it.
  options.stall_timeout = std::chrono::milliseconds(sync::limits::pull_wait_ms + 10'000);
  return options;
}

}  // namespace

class Workstation::Access final : public OutboxAccess {
 public:
  explicit Access(OutboxWorker& worker) : worker_(worker) {}
  void run(const std::function<void(Outbox&)>& call) override { worker_.run(call); }

 private:
  OutboxWorker& worker_;
};

Workstation::Workstation(const AgentConfig& config, WorkstationIdentity identity, Dependencies deps,
                         sync::Schema schema)
    : deps_(deps),
      identity_(std::move(identity)),
      schema_(std::make_shared<const sync::Schema>(std::move(schema))),
      default_scope_(config.scope.empty() ? identity_.scopes.front() : config.scope),
      accounts_(config.directory / "people.json"),
      overlay_(*schema_),
      library_(config.directory / "library"),
      reading_(deps.clock),
      syncing_(deps.clock) {}

Result<std::unique_ptr<Workstation>> Workstation::open(const AgentConfig& config, WorkstationIdentity identity,
                                                       Dependencies deps) {
  FileLibrary library(config.directory / "library");
  const auto text = library.load(identity.schema);
  if (!text)
    return fail(
        ErrorKind::stop, "schema-missing",
        "The schema of this workstation's data is missing from its library folder. Restore the folder from a backup.");
  HOLDLINE_ASSIGN(auto schema, sync::Schema::parse(*text));
  std::unique_ptr<Workstation> station(new Workstation(config, std::move(identity), deps, std::move(schema)));
  HOLDLINE_TRY(station->accounts_.load());
  HOLDLINE_TRY(station->open_stores(config));
  station->start_engine(config);
  return station;
}

Result<void> Workstation::open_stores(const AgentConfig& config) {
  Outbox::Options options;
  options.path = (config.directory / "outbox.db").string();
  options.reserve_path = (config.directory / "reserve").string();
  HOLDLINE_ASSIGN(const auto set_up, platform::set_up_of(config.directory, options.path));
  HOLDLINE_ASSIGN(const auto key, load_or_create(deps_.keystore, outbox_key, set_up == platform::SetUpState::none));
  HOLDLINE_ASSIGN(auto outbox, Outbox::start(platform::open_mode_for(set_up), options, key, identity_.device,
                                             deps_.clock, deps_.entropy));
  OutboxWorkerOptions worker;
  worker.saved = [this](Outbox& box, const Saved& saved) {
    if (auto pending = box.find(*schema_, saved.ref); pending && *pending) overlay_.add(box.maker(), **pending);
    // One look sees everything saved before it: a burst of entries must not queue up a look each.
    if (growth_told_.exchange(true)) return;
    syncing_.post([this] {
      growth_told_ = false;
      engine_->outbox_grew();
    });
  };
  worker.recovered = [this] {
    syncing_.post([this] {
      if (auto derived = engine_->outbox_recovered(); !derived) deps_.log.error(derived.error());
    });
  };
  outbox_ = std::make_unique<OutboxWorker>(std::move(outbox), schema_, deps_.clock, std::move(worker));
  access_ = std::make_unique<Access>(*outbox_);

  HOLDLINE_ASSIGN(const auto copy_key, load_or_create(deps_.keystore, replica_key, true));
  ReplicaOptions replica;
  replica.directory = config.directory;
  std::string why;
  HOLDLINE_ASSIGN(replica_,
                  with_space_set_aside(*outbox_, [&] { return Replica::open(replica, copy_key, *schema_, &why); }));
  if (!why.empty()) deps_.log.warning("replica-rebuilt", "the replica is fetched again", {{"because", why}});
  HOLDLINE_ASSIGN(auto reader,
                  with_space_set_aside(*outbox_, [&] { return ReplicaReader::open(replica, copy_key, *schema_); }));
  view_ = std::make_unique<View>(std::move(reader), [this] { return overlay_.snapshot(); });
  view_file_ = replica_->file_number();
  memory_given_at_ = replica_->position().cursor.cn;
  return platform::mark_set_up(config.directory);
}

void Workstation::start_engine(const AgentConfig& config) {
  people_client_ = std::make_unique<platform::HttpClient>(deps_.io, client_options(identity_, config));
  transport_ = std::make_unique<HubTransport>(deps_.io, client_options(identity_, config), identity_.hub,
                                              [this](std::uint64_t token, Result<TransportAnswer> answer) {
                                                syncing_.post([this, token, answer = std::move(answer)]() mutable {
                                                  engine_->answered(token, std::move(answer));
                                                });
                                              });
  Engine::Events events;
  events.published = [this](const SyncStatus& status) { published(status); };
  events.wake_at = [this](std::int64_t boot_ms) { syncing_.at(boot_ms, [this] { engine_->wake(); }); };
  events.replica_swapped = [this] {
    std::promise<Result<void>> reopened;
    reading_.post([&, file = replica_->file_number()] {
      view_file_ = file;
      reopened.set_value(view_->reopen());
    });
    if (auto done = reopened.get_future().get(); !done) deps_.log.error(done.error());
  };
  events.schema_changed = [this](sync::Schema changed) {
    deps_.log.warning("schema-changed", "the hub has another schema; restart holdlined to take it over",
                      {{"version", changed.version()}});
  };
  engine_ = std::make_unique<Engine>(
      Engine::Parts{*access_, *replica_, overlay_, *transport_, library_, deps_.clock, deps_.entropy},
      std::move(events), sync::Session::Options{});
  // Nobody is served before the overlay is derived: the screen would show less than was saved.
  std::promise<Result<void>> started;
  syncing_.post([&] { started.set_value(engine_->start()); });
  if (auto begun = started.get_future().get(); !begun) deps_.log.error(begun.error());
}

// The threads that ask the outbox end before the outbox does. What it still saves is derived again at the next start.
Workstation::~Workstation() {
  syncing_.stop();
  reading_.stop();
  if (outbox_) outbox_->stop();
  transport_.reset();
  people_client_.reset();
}

Result<Session> Workstation::sign_in(std::uint32_t uid, std::string_view name, std::string_view password) {
  return accounts_.sign_in(uid, name, password, identity_.device, *access_, deps_.clock);
}

void Workstation::read(std::function<void(View&)> work) {
  reading_.post([this, work = std::move(work)] {
    work(*view_);
    if (view_->met_damage()) engine([file = view_file_](Engine& engine, Replica&) { engine.report_corruption(file); });
    if (view_->could_not_read())
      engine([file = view_file_](Engine& engine, Replica&) { engine.reader_could_not_read(file); });
  });
}

void Workstation::engine(std::function<void(Engine&, Replica&)> work) {
  syncing_.post([this, work = std::move(work)] { work(*engine_, *replica_); });
}

SyncStatus Workstation::sync_status() const {
  const platform::MutexLock lock(mutex_);
  return status_;
}

sync::Maker Workstation::maker() const {
  return outbox_->run([](Outbox& outbox) { return outbox.maker(); });
}

// A snapshot of 100,000 customers leaves 90 MB of freed memory in the process. It goes back once, when there is nothing
// left to fetch: the workstation may then be idle for hours, and others on the machine need it. Small cuts do not bring
// it about, for every one of them would cost a walk through the heap.
void Workstation::give_memory_back(const SyncStatus& status) {
  const sync::ChangeNumber at = status.replica.cursor.cn;
  took_much_ = took_much_ || status.state == sync::SessionState::bootstrapping || at >= memory_given_at_ + much;
  if (!took_much_ || !status.settled) return;
  took_much_ = false;
  memory_given_at_ = at;
  replica_->release_cache();
  platform::release_free_memory();
}

void Workstation::published(const SyncStatus& status) {
  give_memory_back(status);
  bool connected_now = false;
  {
    const platform::MutexLock lock(mutex_);
    connected_now = status.connected && !status_.connected;
    status_ = status;
  }
  if (connected_now) {
    deps_.log.info("connected", "the hub answers");
    boost::asio::post(deps_.io, [this] { fetch_people(); });
  }
}

// Once per conversation: whoever is rostered then can sign in when the hub is away.
void Workstation::fetch_people() {
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = identity_.hub + std::string(sync::path::people);
  people_client_->send(std::move(request), [this](Result<platform::HttpClientResponse> response) {
    if (!response || response->status != 200) return;  // asked again with the next conversation
    if (auto kept = accounts_.keep(response->body); !kept) deps_.log.error(kept.error());
  });
}

}  // namespace holdline::agent
