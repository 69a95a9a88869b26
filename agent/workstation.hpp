// An enrolled workstation at work: the outbox on its thread, the replica and the sync engine on another, reading on a
// third, requests to the hub on the I/O thread.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include <boost/asio/steady_timer.hpp>

#include "agent/callbacks/held_claims.hpp"
#include "agent/config.hpp"
#include "agent/contingency/contingency.hpp"
#include "agent/contingency/short_codes.hpp"
#include "agent/drafts/drafts.hpp"
#include "agent/engine/engine.hpp"
#include "agent/engine/hub_transport.hpp"
#include "agent/fleet/fleet.hpp"
#include "agent/fleet/self_checks.hpp"
#include "agent/identity/accounts.hpp"
#include "agent/identity/authenticator.hpp"
#include "agent/identity/enrollment.hpp"
#include "agent/identity/identity.hpp"
#include "agent/identity/references.hpp"
#include "agent/link/desk_probes.hpp"
#include "agent/outbox/worker.hpp"
#include "agent/runbook/runner.hpp"
#include "agent/services/told.hpp"
#include "agent/view/broad_searches.hpp"
#include "agent/view/open_conflicts.hpp"
#include "agent/view/view.hpp"
#include "platform/crypto/keystore.hpp"
#include "platform/os/log.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "sync/base/hash.hpp"
#include "sync/form/form.hpp"

namespace holdline::agent {

class Workstation {
 public:
  struct Dependencies {
    boost::asio::io_context& io;
    platform::Keystore& keystore;
    platform::Clock& clock;
    platform::Entropy& entropy;
    platform::Logger& log;
  };

  // Opens everything (makes it on the first run after enrolment) and begins to sync. The outbox may come up read-only;
  // its status says why.
  static Result<std::unique_ptr<Workstation>> open(const AgentConfig& config, WorkstationIdentity identity,
                                                   Dependencies deps);
  // Finishes what is being saved. The I/O thread must not run meanwhile, or be the caller.
  ~Workstation();

  WorkstationIdentity identity() const;
  // The version that holds now; it lives as long as this. On the reading thread it is the view's. A version that comes
  // while something is under way knows all fields of the one before, at their places.
  const sync::Schema& schema() const { return *schema_.load(); }
  // Where a new record of this person goes when nothing else is said: the scope of the settings, else the first of the
  // person's that this workstation holds, else the workstation's first.
  std::string default_scope(const sync::Rights& who) const;
  // Where this workstation stands, for reading what is typed: the country of its settings, else of the hub's.
  sync::Site site() const;
  // The part of identity() that the hub may change at any time.
  Grant grant() const;
  OutboxWorker& outbox() { return *outbox_; }
  Accounts& accounts() { return accounts_; }
  const Accounts& accounts() const { return accounts_; }
  const platform::Clock& clock() const { return deps_.clock; }
  // The next reference for something that is taken down here; nothing when the numbers of this workstation are used up.
  // Any thread; does not wait for the disk.
  std::optional<std::string> next_reference();
  // Several, for what is printed. Waits for the disk: on the thread for what takes long (aside()). ask_person
  // "numbers-used-up": fewer are left.
  Result<std::vector<std::string>> take_references(std::size_t count);
  // How many there are without asking the hub. Any thread.
  std::uint64_t references_left() const { return references_.left(); }

  // This computer was enrolled again, as the same workstation: it goes on over the new road, with the outbox it has.
  // Any thread.
  void enrolled_again(WorkstationIdentity identity);

  // The outbox that is missing is certainly lost: another one is begun, everybody is signed out, the loss is kept and
  // told to the hub. Any thread; `done` is called on the engine's. ask_person "outbox-there".
  void begin_outbox_anew(std::function<void(Result<void>)> done);

  Contingency& contingency() { return contingency_; }
  const Contingency& contingency() const { return contingency_; }
  // Somebody typed a short code here. On the thread for what takes long. Errors of the disk, and CodeAttempts::enter.
  Result<contingency::CodeAction> enter_code(const std::string& typed, const std::string& person,
                                             std::vector<std::string> scopes, std::int64_t corrected_ms);

  // What is known of the runs of the plan. Any thread.
  std::shared_ptr<const KnownRuns> runs() const { return runs_.known(); }
  bool is_station() const { return config_.runbook.station; }
  // What lists show when nobody says otherwise: nothing of drills, except in the world of practice, where all is.
  Practice shown_practice() const { return config_.practice ? Practice::with : Practice::without; }
  // As Runner::rehearse, with the newest plan. Any thread; `then` is called on the I/O thread.
  void rehearse_plan(Words words, std::function<void(std::vector<Runner::Rehearsed>)> then);

  Sessions& sessions() { return authenticator_->sessions(); }
  // Any thread; does not block, see Authenticator. Who is signed in has numbers for references at hand.
  void sign_in(SignInRequest request, Authenticator::Done done);
  // Any thread; runs on the reading thread.
  void read(std::function<void(View&)> work);
  // On the reading thread.
  BroadSearches& broad_searches() { return broad_searches_; }
  // Any thread; runs on a thread for what takes long and must keep nobody waiting.
  void aside(std::function<void()> work);
  // What people have begun to type. Any thread; runs on the thread for what takes long.
  void drafts(std::function<void(Result<Drafts*>)> work);
  // Any thread; runs on the engine's thread.
  void engine(std::function<void(Engine&, Replica&)> work);
  SyncStatus sync_status() const;
  // Conflicts that nobody has decided on, in all scopes of this workstation, as it counted them a moment ago; nothing
  // until it has. Any thread.
  std::optional<std::uint64_t> open_conflicts() const { return conflicts_.last(); }
  // As OpenConflicts::about: on the reading thread.
  std::vector<sync::Id> conflicts_about(const sync::Id& record) const { return conflicts_.about(record); }
  // What the hub's probes and colleagues say of the services. Any thread.
  Told told() const { return told_->told(); }
  // Whether the hub can be reached and takes what is saved, as it is shown: damped. Any thread.
  LinkShown link() const { return probes_->shown(); }
  sync::Maker maker() const;
  // A question to the hub that is not part of synchronising, as a POST. Any thread; `then` is called on the I/O thread.
  // Errors: retry_later "hub-away" at once while there is no contact, and whatever the hub says.
  using Asked = std::function<void(Result<std::string>)>;
  void ask_hub(std::string_view path, std::string body, Asked then);
  // Callbacks that people here have claimed. Any thread.
  HeldClaims& held_claims() { return held_claims_; }
  // This workstation among the others.
  FleetMember& fleet() { return *fleet_; }
  // Pages of forms were drawn here, or could not be. On the thread for what takes long.
  void forms_drawn(bool well) { self_checks_.drew(well); }

 private:
  class Access;

  Workstation(const AgentConfig& config, WorkstationIdentity identity, Dependencies deps, sync::Schema schema);
  Result<void> open_stores(const AgentConfig& config);
  // On the engine's thread.
  Result<void> change_schema(std::shared_ptr<const sync::Schema> schema);
  Result<void> show_in(const sync::Schema& schema);
  void start_engine();
  // How the hub is probed: over the same road as everything else.
  DeskProbes::Roads probe_roads();
  void published(const SyncStatus& status);
  // What is known of incidents is read again, on the reading thread. Any thread; the second when it may be another.
  void look_at_incidents();
  void look_at_incidents_if_about(const sync::Action& saved);
  void look_at_incidents_if_among(std::span<const sync::Change> changes);
  void look_at_incidents_if_refused();
  Result<void> read_incidents_now();
  void service_changed(const std::string& scope, const contingency::ServiceTransition& row);
  Result<void> refresh_outages();  // on the reading thread
  void use_policy(const contingency::Plan& plan);
  std::shared_ptr<Runner> make_runner();
  // Events of a run in this workstation's own name. On the I/O thread, as `then`.
  void keep_events(const contingency::Incident& incident, const std::vector<contingency::JournalEntry>& entries,
                   std::function<void(Result<void>)> then);
  // Any thread: they may be others than when they were counted.
  void conflicts_differ();
  void count_conflicts();  // on the reading thread
  void give_memory_back(const SyncStatus& status);
  bool should_ask_hub(const SyncStatus& status) const;
  void fetch_people();
  // On the engine's thread: asks for the next certificate; what the hub answers is kept, then used.
  void renew_certificate();
  void renewed(const RenewalRequest& request, Result<platform::HttpClientResponse> answer);
  Result<void> note_loss_and_begin();
  platform::HttpClientOptions client_options(const WorkstationIdentity& identity) const;
  // `then` on the engine's thread, when all that goes to the hub goes that way.
  void take_road(WorkstationIdentity identity, std::function<void(Engine&)> then);
  void keep_references(std::string_view answer);
  void people_fetched(const Result<Accounts::Kept>& kept);
  void people_told(const Accounts::Kept& kept);
  // On the engine's thread, which alone writes workstation.json while the workstation is open.
  void granted(const Grant& grant);
  void post_to_hub(std::string_view path, std::string body, Asked then);
  std::unique_ptr<FleetMember> join_fleet();
  contingency::WorkstationReport condition() const;
  void rehearse_if_due();

  Dependencies deps_;
  const AgentConfig config_;
  std::vector<std::shared_ptr<const sync::Schema>> schemas_;  // all that held since the start; the engine's thread
  std::atomic<const sync::Schema*> schema_;                   // the last of them
  const std::string set_scope_;                               // of the settings
  Accounts accounts_;
  References references_;
  Overlay overlay_;
  Contingency contingency_;
  Runs runs_;
  SelfChecks self_checks_;
  CodeAttempts code_attempts_;  // the thread for what takes long only
  FileLibrary library_;
  std::unique_ptr<OutboxWorker> outbox_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<View> view_;
  BroadSearches broad_searches_;  // the reading thread only
  std::optional<Drafts> drafts_;  // the thread for what takes long only; opened when it is first asked for
  OpenConflicts conflicts_;
  std::atomic<bool> counting_ = false;     // a count is due or under way
  std::atomic<bool> count_again_ = false;  // what it counts has changed since it began
  std::atomic<sync::ChangeNumber> counted_at_ = ~sync::ChangeNumber{0};
  sync::Hash policy_of_;         // the plan whose policy holds; the reading thread only
  std::uint64_t view_file_ = 0;  // which of the replica's files the view reads; the reading thread only
  std::unique_ptr<platform::HttpClient> side_client_;  // the I/O thread only, like the three that follow
  bool asking_people_ = false;
  bool claims_due_ = false;  // the hub has lost people and was not told of them yet
  std::unique_ptr<boost::asio::steady_timer> ask_again_;
  std::unique_ptr<FleetMember> fleet_;
  HeldClaims held_claims_;
  std::shared_ptr<DeskProbes> probes_;
  std::shared_ptr<ToldWatch> told_;
  std::shared_ptr<Runner> runner_;
  std::unique_ptr<HubTransport> transport_;
  std::unique_ptr<Engine> engine_;
  bool started_ = false;                    // the engine is there; its thread only
  bool took_much_ = false;                  // downloads since memory was given back; the engine's thread only
  sync::ChangeNumber memory_given_at_ = 0;  // likewise
  mutable platform::Mutex mutex_;
  WorkstationIdentity identity_ HOLDLINE_GUARDED_BY(mutex_);
  SyncStatus status_ HOLDLINE_GUARDED_BY(mutex_);
  std::uint64_t refused_ = 0;                // actions that need attention, as told last; the engine's thread only
  std::atomic<bool> growth_told_ = false;    // the engine was told that the outbox grew, and has not looked yet
  std::atomic<bool> incidents_due_ = false;  // the reading thread was told to look, and has not looked yet
  platform::TaskThread reading_;
  platform::TaskThread syncing_;
  platform::TaskThread aside_;
};

// Whose outbox is kept in the directory of a workstation that has no identity any more; nothing: none is.
Result<std::optional<sync::Id>> owner_of_outbox(const AgentConfig& config, Workstation::Dependencies deps);

}  // namespace holdline::agent
