#include "tests/crashlab/outbox/station.hpp"

#include <algorithm>
#include <limits>

namespace holdline::crashlab {

namespace {

constexpr sync::Lane lane_of_entries = 2, lane_of_customers = 3;

}  // namespace

OutboxStation::OutboxStation(std::uint64_t device)
    : Station("/outbox.db", device),
      schema_(must(sync::Schema::parse(sync::default_schema_text()))),
      device_{{9, static_cast<std::uint8_t>(device)}} {
  options_.path = path();
  options_.database.vfs_name = disk().vfs_name();
  options_.keep_bytes = 0;  // so that whatever may leave does
}

void OutboxStation::set_checkpoint_after(int pages) {
  for (auto& pragma : options_.database.pragmas)
    if (pragma.name == "wal_autocheckpoint") pragma.value = std::to_string(pages);
}

Result<void> OutboxStation::open() {
  close();
  const auto mode = open_mode();
  auto opened = agent::Outbox::start(mode, options_, key_, device_, clock_, entropy_);
  if (!opened) {
    tell("cannot open: " + opened.error().code);
    return fail(std::move(opened));
  }
  // It says that its file is gone and takes nothing: for the lab it has not opened.
  if (const auto status = (*opened)->status(); status.code == "outbox-missing") {
    tell("goes on without its file: " + status.advice);
    return fail(ErrorKind::stop, status.code, status.advice);
  }
  outbox_ = *std::move(opened);
  if (mode == platform::OpenMode::create_new) {
    incarnation_ = outbox_->maker().incarnation;
    mark_set_up();
  }
  const auto status = outbox_->status();
  tell(status.health == agent::OutboxHealth::writable ? "opens writable" : "opens read-only: " + status.advice);
  return {};
}

OutboxStation::Prepared OutboxStation::prepared() const {
  return {disk().image(), truth_, incarnation_, customers_, tokens_};
}

void OutboxStation::begin(const Prepared& from, std::uint64_t seed, Tell tell) {
  go_back_to(*from.disk, seed, std::move(tell));
  entropy_.reseed(seed);
  random_ = Random(seed ^ 0x5742'6b1f'30a9'11ccull);
  truth_ = from.truth;
  under_way_.reset();
  incarnation_ = from.incarnation;
  customers_ = from.customers;
  tokens_ = from.tokens;
  long_notes_one_in_ = 8;
}

// --- work ---

template <class Deed>
Result<void> OutboxStation::attempt(const char* what, OutboxTruth next, const Deed& deed) {
  Result<void> done = deed();
  tell(std::string(what) + (done ? "" : ": " + done.error().code));
  if (done) {
    truth_ = std::move(next);
  } else {
    under_way_ = std::move(next);
  }
  return done;
}

Result<void> OutboxStation::work(std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i) HOLDLINE_TRY(step());
  return {};
}

Result<void> OutboxStation::step() {
  switch (random_.below(24)) {
    case 0:
    case 1:
      return settle();
    case 2:
      return attempt("moves the log", truth_, [&] { return outbox_->checkpoint(); });
    case 3:
      return prune();
    case 4:
      if (one_in(random_, 3)) return reissue();
      return sign_in();
    default:
      return save(one_in(random_, 3) ? 2 + random_.below(3) : 1);
  }
}

agent::Draft OutboxStation::with(const std::string& token, sync::Op op) const {
  agent::Draft made;
  made.idempotency_key = token;
  made.fingerprint = sync::sha256(token);
  made.person = sync::Id{{4}};
  made.assertion = 1;
  made.event_ms = began_ms - 60'000;
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  made.ops = {std::move(op)};
  return made;
}

agent::Draft OutboxStation::draft(const std::string& token) {
  const bool entry = random_.below(4) != 0;
  const sync::Collection& of = *schema_.collection(entry ? "manual_entry" : "customer");
  sync::Op op{sync::OpKind::create, {of.no, {}}, "acme/north", 0, {}, {}};
  if (!entry) {
    op.changes.push_back({*of.field("given"), sync::BaseUnknown{}, token, {}, {}});
    return with(token, std::move(op));
  }
  op.changes.push_back({*of.field("kind"), sync::BaseUnknown{}, std::string("message"), {}, {}});
  const std::size_t length = one_in(random_, long_notes_one_in_) ? long_note : 20 + random_.below(500);
  op.changes.push_back({*of.field("note"), sync::BaseUnknown{}, token + " " + std::string(length, 'x'), {}, {}});
  return with(token, std::move(op));
}

agent::Draft OutboxStation::edit(const std::string& token, const sync::Id& customer) {
  const sync::Collection& of = *schema_.collection("customer");
  sync::Op op{sync::OpKind::edit, {of.no, customer}, "acme/north", 0, {}, {}};
  op.changes.push_back({*of.field("family"), sync::BaseUnknown{}, token, {}, {}});
  return with(token, std::move(op));
}

Result<void> OutboxStation::save(std::size_t count) {
  OutboxTruth next = truth_;
  std::vector<agent::Draft> drafts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string token = "#" + std::to_string(++tokens_);
    if (!customers_.empty() && one_in(random_, 5)) {
      drafts.push_back(edit(token, customers_[random_.below(static_cast<std::uint32_t>(customers_.size()))]));
    } else {
      drafts.push_back(draft(token));
    }
    const bool entry = drafts.back().ops.front().record.collection == schema_.collection("manual_entry")->no;
    next.lanes[entry ? lane_of_entries : lane_of_customers].push_back(token);
  }
  return attempt("saves", std::move(next), [&]() -> Result<void> {
    for (auto& saved : outbox_->append(schema_, drafts)) {
      if (!saved) return fail(std::move(saved));
      if (saved->repeated) undetected("a new entry was taken for a known one");
      if (saved->ref.lane == lane_of_customers)
        customers_.insert(customers_.end(), saved->created.begin(), saved->created.end());
    }
    return {};
  });
}

bool OutboxStation::takes_entries() {
  const agent::Draft probe = draft("#probe");
  return outbox_->append(schema_, {&probe, 1}).front().has_value();
}

Result<void> OutboxStation::settle() {
  OutboxTruth next = truth_;
  std::vector<sync::ActionResult> results;
  for (sync::Lane lane = 0; lane < sync::lane_count && results.size() < 3; ++lane) {
    for (std::size_t i = 0; i < truth_.lanes[lane].size() && results.size() < 3; ++i) {
      const sync::ActionRef ref{lane, truth_.pruned_through[lane] + i + 1};
      if (truth_.results.contains(ref)) continue;
      sync::ActionResult result;
      result.entry = ++next.results_to;
      result.incarnation = incarnation_;
      result.lane = ref.lane;
      result.number = ref.number;
      result.verdict = static_cast<sync::Verdict>(one_in(random_, 6) ? 3 + random_.below(2) : random_.below(3));
      result.at = {result.entry, 77};
      next.results[ref] = {result.entry, result.verdict};
      results.push_back(std::move(result));
    }
  }
  if (results.empty()) ++next.results_to;  // entries of others only move the cursor
  return attempt("keeps results", next, [&] { return outbox_->store_results(results, next.results_to); });
}

Result<void> OutboxStation::prune() {
  OutboxTruth next = truth_;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    auto& tokens = next.lanes[lane];
    // What was made anew stays until the hub has told of it in its present lane.
    std::uint64_t at_hub = 0;
    for (const auto& [ref, told] : truth_.results)
      if (ref.lane == lane && told.entry != 0) at_hub = std::max(at_hub, ref.number);
    for (;;) {
      const auto told = next.results.find({lane, next.pruned_through[lane] + 1});
      if (tokens.empty() || told == next.results.end() || !settles(told->second.verdict)) break;
      if (told->first.number > at_hub) break;
      next.results.erase(told);
      tokens.erase(tokens.begin());
      ++next.pruned_through[lane];
    }
  }
  return attempt("lets go of what was accepted", std::move(next), [&]() -> Result<void> {
    outbox_->reached(clock_.now().wall_ms, std::numeric_limits<sync::ChangeNumber>::max());
    HOLDLINE_TRY(outbox_->prune());
    return {};
  });
}

Result<void> OutboxStation::reissue() {
  OutboxTruth next = truth_;
  std::array<std::uint64_t, sync::lane_count> common{};
  next.pruned_through = {};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane)
    common[lane] =
        truth_.pruned_through[lane] + random_.below(static_cast<std::uint32_t>(truth_.lanes[lane].size()) + 1);
  next.results.clear();
  for (const auto& [ref, told] : truth_.results)
    if (ref.number <= common[ref.lane])
      next.results[{ref.lane, ref.number - truth_.pruned_through[ref.lane]}] = {0, told.verdict};
  next.renewed = true;
  auto done = attempt("begins a new incarnation", std::move(next), [&]() -> Result<void> {
    HOLDLINE_TRY(outbox_->reissue(common));
    return {};
  });
  if (!done) return done;
  truth_.renewed = false;
  incarnation_ = outbox_->maker().incarnation;
  customers_.clear();
  return {};
}

Result<void> OutboxStation::sign_in() {
  OutboxTruth next = truth_;
  ++next.assertions;
  return attempt("signs in", std::move(next), [&]() -> Result<void> {
    HOLDLINE_TRY(outbox_->add_assertion({0, sync::Id{{4}}, began_ms, sync::Bytes(64, 's')}));
    return {};
  });
}

}  // namespace holdline::crashlab
