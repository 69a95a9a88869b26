#include "agent/workstation.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <type_traits>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "contingency/plan/plan.hpp"
#include "platform/database/first_run.hpp"
#include "platform/os/file_place.hpp"
#include "platform/os/memory.hpp"
#include "platform/time/zones.hpp"
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
  const auto released = [&] { return outbox.run([](Outbox& box) { return box.release_reserve(SpaceFor::upkeep); }); };
  while (!opened && opened.error().code == "disk-full" && released()) opened = open();
  return opened;
}

Outbox::Options outbox_options(const AgentConfig& config) {
  Outbox::Options options;
  options.path = (config.directory / "outbox.db").string();
  options.reserve_path = (config.directory / "reserve").string();
  return options;
}

}  // namespace

Result<std::optional<sync::Id>> owner_of_outbox(const AgentConfig& config, Workstation::Dependencies deps) {
  const Outbox::Options options = outbox_options(config);
  HOLDLINE_ASSIGN(const auto set_up, platform::set_up_of(config.directory, options.path));
  if (set_up != platform::SetUpState::done) return std::optional<sync::Id>();
  HOLDLINE_ASSIGN(const bool there, deps.keystore.exists(outbox_key));
  if (!there) return std::optional<sync::Id>();
  HOLDLINE_ASSIGN(const auto key, deps.keystore.load(outbox_key));
  const auto outbox = Outbox::open(options, key, deps.clock, deps.entropy);
  if (!outbox && outbox.error().code == "database-missing") return std::optional<sync::Id>();
  if (!outbox) return tl::unexpected<Error>(outbox.error());
  return std::optional((*outbox)->maker().device);
}

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
      config_(config),
      schemas_{std::make_shared<const sync::Schema>(std::move(schema))},
      schema_(schemas_.front().get()),
      set_scope_(config.scope),
      accounts_(config.directory / "people.json"),
      references_(config.directory / "references.json", deps.entropy),
      overlay_(*schemas_.front()),
      contingency_(
          deps.clock, contingency::read_plan(contingency::shipped_plan_text()).plan.policy,
          [this](const std::string& scope, const contingency::ServiceTransition& row) { service_changed(scope, row); }),
      runs_(deps.clock,
            [this](std::shared_ptr<const KnownRuns> known) {
              boost::asio::post(deps_.io, [weak = std::weak_ptr(runner_), known = std::move(known)]() mutable {
                if (const auto runner = weak.lock()) runner->know(std::move(known));
              });
            }),
      self_checks_(config.directory / "forms-drawn"),
      code_attempts_(config.directory / "code-attempts.json", contingency_.policy().codes),
      library_(config.directory / "library"),
      identity_(std::move(identity)),
      reading_(deps.clock),
      syncing_(deps.clock),
      aside_(deps.clock) {}

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
  if (auto loaded = station->references_.load(); !loaded) deps.log.error(loaded.error());
  HOLDLINE_TRY(station->open_stores(config));
  station->start_engine();
  return station;
}

Result<void> Workstation::open_stores(const AgentConfig& config) {
  Outbox::Options options = outbox_options(config);
  options.place = [path = options.path] { return platform::file_place(path); };
  HOLDLINE_ASSIGN(const auto set_up, platform::set_up_of(config.directory, options.path));
  // Without the file its key is of no use, and a lost one keeps nobody from reading.
  std::error_code unknown;
  const bool gone = !std::filesystem::exists(options.path, unknown) && !unknown;
  HOLDLINE_ASSIGN(const auto key,
                  load_or_create(deps_.keystore, outbox_key, gone || set_up == platform::SetUpState::none));
  HOLDLINE_ASSIGN(auto outbox, Outbox::start(platform::open_mode_for(set_up), options, key, identity().device,
                                             deps_.clock, deps_.entropy));
  if (outbox->is_elsewhere())
    deps_.log.warning("outbox-elsewhere",
                      "the outbox is not where it was written last: copied, moved or put back; it goes on under a new "
                      "incarnation, and what it keeps is offered to the hub again");
  OutboxWorkerOptions worker;
  worker.saved = [this](Outbox& box, const Saved& saved) {
    if (auto pending = box.find(schema(), saved.ref); pending && *pending) {
      overlay_.add(box.maker(), **pending);
      look_at_incidents_if_about((*pending)->action);
    }
    conflicts_differ();
    // One look sees everything saved before it: a burst of entries must not queue up a look each.
    if (growth_told_.exchange(true)) return;
    syncing_.post([this] {
      growth_told_ = false;
      if (started_) engine_->outbox_grew();
    });
  };
  worker.recovered = [this] {
    syncing_.post([this] {
      if (!started_) return;  // the start derives it
      if (auto derived = engine_->outbox_recovered(); !derived) deps_.log.error(derived.error());
    });
  };
  outbox_ = std::make_unique<OutboxWorker>(std::move(outbox), schemas_.front(), deps_.clock, std::move(worker));
  references_.belong_to(outbox_->status().incarnation);
  access_ = std::make_unique<Access>(*outbox_);
  authenticator_ = std::make_unique<Authenticator>(accounts_, identity().device, *access_, deps_.clock, deps_.entropy,
                                                   config.directory / "sign-in-attempts.json", config.idle.count());

  HOLDLINE_ASSIGN(const auto copy_key, load_or_create(deps_.keystore, replica_key, true));
  ReplicaOptions replica;
  replica.directory = config.directory;
  replica.schema_of = [this](const sync::Hash& hash) -> std::optional<sync::Schema> {
    const auto text = library_.load(hash);
    auto known = text ? sync::Schema::parse(*text) : fail(ErrorKind::ask_person, "schema-missing", "");
    return known ? std::optional(*std::move(known)) : std::nullopt;
  };
  std::string why;
  HOLDLINE_ASSIGN(replica_,
                  with_space_set_aside(*outbox_, [&] { return Replica::open(replica, copy_key, schema(), &why); }));
  if (!why.empty()) deps_.log.warning("replica-rebuilt", "the replica is fetched again", {{"because", why}});
  HOLDLINE_ASSIGN(auto reader,
                  with_space_set_aside(*outbox_, [&] { return ReplicaReader::open(replica, copy_key, schema()); }));
  view_ = std::make_unique<View>(std::move(reader), [this] { return overlay_.snapshot(); });
  view_file_ = replica_->file_number();
  memory_given_at_ = replica_->position().cursor.cn;
  return platform::mark_set_up(config.directory);
}

void Workstation::start_engine() {
  const WorkstationIdentity own = identity();
  ask_again_ = std::make_unique<boost::asio::steady_timer>(deps_.io);
  side_client_ = std::make_unique<platform::HttpClient>(deps_.io, client_options(own));
  fleet_ = join_fleet();
  fleet_->start();
  transport_ = std::make_unique<HubTransport>(
      deps_.io, client_options(own), own.hub, [this](std::uint64_t token, Result<TransportAnswer> answer) {
        syncing_.post(
            [this, token, answer = std::move(answer)]() mutable { engine_->answered(token, std::move(answer)); });
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
    look_at_incidents();
  };
  events.schema_changed = [this](std::shared_ptr<const sync::Schema> next) {
    const std::uint32_t from = schema().version(), to = next->version();
    auto changed = change_schema(std::move(next));
    if (changed)
      deps_.log.info("schema-changed", "the hub's version of the forms was taken over", {{"from", from}, {"to", to}});
    else
      deps_.log.error(changed.error());
    return changed;
  };
  events.certificate_due = [this] { renew_certificate(); };
  events.rows_changed = [this](std::span<const sync::Change> rows) { look_at_incidents_if_among(rows); };
  probes_ = std::make_shared<DeskProbes>(DeskProbes::Parts{deps_.io, deps_.clock, deps_.entropy, deps_.log},
                                         config_.link, probe_roads());
  told_ = std::make_shared<ToldWatch>(
      deps_.io, deps_.clock, [this](std::function<void(View&)> work) { read(std::move(work)); },
      [this] { return contingency_.policy().presses; });
  runner_ = make_runner();
  events.exchanged = [this](const Exchange& exchange) { probes_->exchanged(exchange); };
  engine_ = std::make_unique<Engine>(
      Engine::Parts{*access_, *replica_, overlay_, *transport_, library_, deps_.clock, deps_.entropy},
      std::move(events), sync::Session::Options{});
  // One that cannot be read is not renewed; the hub says what it makes of it.
  engine_->identified(certificate_life(own).value_or(sync::CertificateLife{}), own.outbox_lost_ms);
  // Nobody is served before the overlay is derived: the screen would show less than was saved.
  std::promise<Result<void>> started;
  syncing_.post([&] {
    started_ = true;
    started.set_value(engine_->start());
  });
  if (auto begun = started.get_future().get(); !begun) deps_.log.error(begun.error());
  if (auto read = read_incidents_now(); !read) deps_.log.error(read.error());
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  probes_->start(config_.probes, credentials != nullptr ? credentials : "");
  told_->start();
}

// Kept first: a start in the middle finds the replica in the version before, and takes it over then. Entries are made
// in the new version before anybody can type in it, so that none names a field that its version does not have.
Result<void> Workstation::change_schema(std::shared_ptr<const sync::Schema> schema) {
  WorkstationIdentity own = identity();
  own.schema = schema->hash();
  HOLDLINE_TRY(save_identity(config_.directory, own));
  {
    const platform::MutexLock lock(mutex_);
    identity_.schema = own.schema;
  }
  HOLDLINE_TRY(replica_->change_schema(*schema));
  schemas_.push_back(schema);
  outbox_->use_schema(schema);
  overlay_.change_schema(*schema);
  // What is wrong with the file is told by whoever reads it next.
  if (auto shown = show_in(*schema); !shown) deps_.log.error(shown.error());
  look_at_incidents();
  return {};
}

Result<void> Workstation::show_in(const sync::Schema& schema) {
  std::promise<Result<void>> shown;
  reading_.post([&, file = replica_->file_number()] {
    view_file_ = file;
    auto changed = view_->change_schema(schema);
    schema_ = &schema;
    shown.set_value(std::move(changed));
  });
  return shown.get_future().get();
}

// The threads that ask the outbox end before the outbox does. What it still saves is derived again at the next start.
Workstation::~Workstation() {
  syncing_.stop();
  reading_.stop();
  aside_.stop();
  if (authenticator_) authenticator_->stop();
  if (outbox_) outbox_->stop();
  if (probes_) probes_->stop();
  if (told_) told_->stop();
  if (runner_) runner_->stop();
  transport_.reset();
  ask_again_.reset();
  side_client_.reset();
  fleet_.reset();
}

WorkstationIdentity Workstation::identity() const {
  const platform::MutexLock lock(mutex_);
  return identity_;
}

Grant Workstation::grant() const {
  const platform::MutexLock lock(mutex_);
  return {identity_.name, identity_.scopes, identity_.profile};
}

std::string Workstation::default_scope(const sync::Rights& who) const {
  const std::vector<std::string> own = grant().scopes;
  if (sync::is_within(set_scope_, who.scopes)) return set_scope_;
  for (const std::string& scope : who.scopes)
    if (sync::is_within(scope, own)) return scope;
  return set_scope_.empty() ? own.front() : set_scope_;
}

sync::Site Workstation::site() const {
  return {config_.region.empty() ? accounts_.region() : config_.region, platform::time_zone_named,
          platform::zone_offset_ms};
}

void Workstation::read(std::function<void(View&)> work) {
  reading_.post([this, work = std::move(work)] {
    work(*view_);
    if (view_->met_damage()) engine([file = view_file_](Engine& engine, Replica&) { engine.report_corruption(file); });
    if (view_->could_not_read())
      engine([file = view_file_](Engine& engine, Replica&) { engine.reader_could_not_read(file); });
  });
}

void Workstation::aside(std::function<void()> work) { aside_.post(std::move(work)); }

void Workstation::drafts(std::function<void(Result<Drafts*>)> work) {
  aside_.post([this, work = std::move(work)] {
    if (!drafts_) {
      auto opened = Drafts::open(config_.directory, deps_.keystore);
      if (!opened) return work(fail(std::move(opened)));
      drafts_.emplace(*std::move(opened));
    }
    work(&*drafts_);
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

void Workstation::conflicts_differ() {
  constexpr std::int64_t pause_ms = 1'000;  // many come at once
  count_again_ = true;
  if (!counting_.exchange(true)) reading_.at(deps_.clock.now().boot_ms + pause_ms, [this] { count_conflicts(); });
}

void Workstation::count_conflicts() {
  count_again_ = false;
  if (conflicts_.count_some(*view_, contingency_.had_drill())) {
    reading_.post([this] { count_conflicts(); });
    return;
  }
  counting_ = false;
  if (count_again_) conflicts_differ();
}

void Workstation::published(const SyncStatus& status) {
  give_memory_back(status);
  if (counted_at_.exchange(status.replica.cursor.cn) != status.replica.cursor.cn) conflicts_differ();
  bool connected_now = false;
  {
    const platform::MutexLock lock(mutex_);
    connected_now = status.connected && !status_.connected;
    status_ = status;
  }
  if (connected_now) {
    deps_.log.info("connected", "the hub answers");
    fleet_->connected();
  }
  const bool revoked = !status.connected && status.last_error && status.last_error->code == "device-revoked";
  if (revoked || connected_now)
    if (auto closed = accounts_.close(revoked); !closed) deps_.log.error(closed.error());
  if (should_ask_hub(status)) boost::asio::post(deps_.io, [this] { fetch_people(); });
  look_at_incidents_if_refused();
}

}  // namespace holdline::agent
