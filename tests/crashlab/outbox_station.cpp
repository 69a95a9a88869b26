#include "tests/crashlab/outbox_station.hpp"

#include <algorithm>

namespace holdline::crashlab {

namespace {

constexpr sync::Lane entry_lane = 2, customer_lane = 3;

bool settles(sync::Verdict verdict) {
  return verdict != sync::Verdict::quarantined && verdict != sync::Verdict::waiting;
}

// The text that begins with '#' up to the first blank.
std::string token_of(const sync::Action& action) {
  for (const sync::FieldChange& change : action.ops.front().changes)
    if (const auto* text = std::get_if<std::string>(&change.value); text != nullptr && text->starts_with('#'))
      return text->substr(0, text->find(' '));
  return "(no token)";
}

}  // namespace

std::size_t OutboxTruth::actions() const {
  std::size_t sum = 0;
  for (const auto& lane : lanes) sum += lane.size();
  return sum;
}

std::string difference(const OutboxTruth& wanted, const OutboxTruth& found) {
  for (std::size_t lane = 0; lane < sync::lane_count; ++lane) {
    const auto& a = wanted.lanes[lane];
    const auto& b = found.lanes[lane];
    const std::string place = "lane " + std::to_string(lane) + ": ";
    if (wanted.let_go[lane] != found.let_go[lane])
      return place + "begins after " + std::to_string(found.let_go[lane]) + " instead of " +
             std::to_string(wanted.let_go[lane]);
    if (a == b) continue;
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
    return place + std::to_string(b.size()) + " actions instead of " + std::to_string(a.size()) + ", number " +
           std::to_string(wanted.let_go[lane] + at + 1) + " is " + (at < b.size() ? b[at] : "missing") +
           " instead of " + (at < a.size() ? a[at] : "nothing");
  }
  if (wanted.results != found.results)
    return std::to_string(found.results.size()) + " results instead of " + std::to_string(wanted.results.size()) +
           " or other ones";
  if (wanted.results_to != found.results_to)
    return "results up to " + std::to_string(found.results_to) + " instead of " + std::to_string(wanted.results_to);
  if (wanted.assertions != found.assertions)
    return std::to_string(found.assertions) + " sign-ins instead of " + std::to_string(wanted.assertions);
  if (wanted.renewed != found.renewed) return found.renewed ? "another incarnation" : "the incarnation before";
  return "none";
}

OutboxStation::OutboxStation(std::uint64_t device)
    : schema_(must(sync::Schema::parse(sync::default_schema_text()))),
      disk_(new_disk_name(), device),
      device_{{9, static_cast<std::uint8_t>(device)}} {
  options_.path = "/outbox.db";
  options_.database.vfs_name = disk_.vfs_name();
  options_.keep_bytes = 0;  // so that whatever may leave does
}

void OutboxStation::set_checkpoint_after(int pages) {
  for (auto& pragma : options_.database.pragmas)
    if (pragma.name == "wal_autocheckpoint") pragma.value = std::to_string(pages);
}

Result<void> OutboxStation::create() {
  HOLDLINE_ASSIGN(outbox_, agent::Outbox::create(options_, key_, device_, clock_, entropy_));
  incarnation_ = outbox_->maker().incarnation;
  return {};
}

Result<void> OutboxStation::open() {
  outbox_.reset();
  auto opened = agent::Outbox::open(options_, key_, clock_, entropy_);
  if (!opened) {
    tell_("cannot open: " + opened.error().code);
    return fail(std::move(opened));
  }
  outbox_ = *std::move(opened);
  const auto status = outbox_->status();
  tell_(status.health == agent::OutboxHealth::writable ? "opens writable" : "opens read-only: " + status.advice);
  return {};
}

void OutboxStation::lose(support::PowerLoss loss) {
  static constexpr std::array names{"the process dies", "the power goes: nothing unsynced stays",
                                    "the power goes: sectors of 512 tear", "the power goes: sectors of 4096 tear"};
  tell_(names[static_cast<std::size_t>(loss)]);
  disk_.cut_power();
  outbox_.reset();
  disk_.restore_power(loss);
  disk_.mend();
}

OutboxStation::Prepared OutboxStation::prepared() const {
  return {disk_.image(), truth_, incarnation_, customers_, tokens_};
}

void OutboxStation::begin(const Prepared& from, std::uint64_t seed, Tell tell) {
  outbox_.reset();
  disk_.restore_power(support::PowerLoss::none);
  disk_.mend();
  disk_.restore(*from.disk);
  disk_.reseed(seed);
  entropy_.reseed(seed);
  random_ = Random(seed ^ 0x5742'6b1f'30a9'11ccull);
  truth_ = from.truth;
  under_way_.reset();
  incarnation_ = from.incarnation;
  customers_ = from.customers;
  tokens_ = from.tokens;
  acked_ = 0;
  tell_ = std::move(tell);
}

// --- work ---

template <class Deed>
Result<void> OutboxStation::attempt(const char* what, OutboxTruth next, const Deed& deed) {
  Result<void> done = deed();
  tell_(std::string(what) + (done ? "" : ": " + done.error().code));
  if (done) {
    truth_ = std::move(next);
    ++acked_;
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
      return compact();
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
  op.changes.push_back(
      {*of.field("note"), sync::BaseUnknown{}, token + " " + std::string(20 + random_.below(500), 'x'), {}, {}});
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
    next.lanes[entry ? entry_lane : customer_lane].push_back(token);
  }
  return attempt("saves", std::move(next), [&]() -> Result<void> {
    for (auto& saved : outbox_->append(schema_, drafts)) {
      if (!saved) return fail(std::move(saved));
      if (saved->repeated) undetected("a new entry was taken for a known one");
      if (saved->ref.lane == customer_lane)
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
      const sync::ActionRef ref{lane, truth_.let_go[lane] + i + 1};
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

Result<void> OutboxStation::compact() {
  OutboxTruth next = truth_;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    auto& tokens = next.lanes[lane];
    for (;;) {
      const auto told = next.results.find({lane, next.let_go[lane] + 1});
      if (tokens.empty() || told == next.results.end() || !settles(told->second.verdict)) break;
      next.results.erase(told);
      tokens.erase(tokens.begin());
      ++next.let_go[lane];
    }
  }
  return attempt("lets go of what was accepted", std::move(next), [&]() -> Result<void> {
    HOLDLINE_TRY(outbox_->compact(began_ms));
    return {};
  });
}

Result<void> OutboxStation::reissue() {
  OutboxTruth next = truth_;
  std::array<std::uint64_t, sync::lane_count> common{};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    auto& tokens = next.lanes[lane];
    const auto stays = random_.below(static_cast<std::uint32_t>(tokens.size()) + 1);
    common[lane] = truth_.let_go[lane] + stays;
    tokens.erase(tokens.begin(), tokens.begin() + stays);
    next.let_go[lane] = 0;
  }
  next.results.clear();
  next.renewed = true;
  auto done = attempt("begins a new incarnation", std::move(next), [&]() -> Result<void> {
    HOLDLINE_TRY(outbox_->reissue(schema_, common));
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

// --- checks ---

Result<OutboxTruth> OutboxStation::observe() {
  OutboxTruth found;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const sync::LaneTip tip = outbox_->status().lanes[lane];
    // Where it begins is either what was known, or where the letting go that was under way would have left it.
    auto batch = outbox_->read_batch(lane, 0, 1'000'000, 1u << 30);
    for (const OutboxTruth* known : {&truth_, under_way_ ? &*under_way_ : nullptr}) {
      if (batch || known == nullptr) break;
      found.let_go[lane] = known->let_go[lane];
      batch = outbox_->read_batch(lane, found.let_go[lane], 1'000'000, 1u << 30);
    }
    if (!batch) return fail(std::move(batch));
    sync::Hash hash = batch->predecessor;
    std::uint64_t number = found.let_go[lane];
    for (const sync::StoredAction& stored : batch->actions) {
      hash = sync::chain_hash(hash, stored.header, stored.salt, stored.payload);
      HOLDLINE_ASSIGN(const sync::Action action, sync::read_action(schema_, outbox_->maker(), stored));
      if (++number != stored.number || hash != stored.hash) return fail(ErrorKind::stop, "chain-broken", "");
      found.lanes[lane].push_back(token_of(action));
      if (const auto result = outbox_->result_of({lane, number}))
        found.results[{lane, number}] = {result->entry, result->verdict};
    }
    if (hash != tip.hash || number != tip.number) return fail(ErrorKind::stop, "chain-broken", "");
  }
  found.results_to = outbox_->results_cursor();
  HOLDLINE_ASSIGN(const std::uint32_t next, outbox_->next_assertion());
  found.assertions = next - 1;
  found.renewed = outbox_->maker().incarnation != incarnation_;
  return found;
}

void OutboxStation::accept() {
  const auto status = outbox_->status();
  if (status.health != agent::OutboxHealth::writable) lost("nothing can be saved any more: " + status.advice);
  auto found = observe();
  if (!found) lost("what was acknowledged cannot be read: " + found.error().code);
  const bool all_of_it = under_way_ && *found == *under_way_;
  if (*found != truth_ && !all_of_it)
    lost(difference(truth_, *found) + (under_way_ ? "; nor is it all of what was under way" : ""));
  if (found->renewed) {
    incarnation_ = outbox_->maker().incarnation;
    customers_.clear();
  }
  found->renewed = false;
  truth_ = *std::move(found);
  under_way_.reset();
  check_repeated(truth_);
}

// A request that is asked again gets its first answer.
void OutboxStation::check_repeated(const OutboxTruth& truth) {
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto& tokens = truth.lanes[lane];
    if (tokens.empty()) continue;
    const auto at = random_.below(static_cast<std::uint32_t>(tokens.size()));
    const agent::Draft again = draft(tokens[at]);
    const auto saved = outbox_->append(schema_, {&again, 1}).front();
    const sync::ActionRef ref{lane, truth.let_go[lane] + at + 1};
    if (!saved || !saved->repeated || saved->ref != ref) lost("the request of " + tokens[at] + " is not known again");
  }
}

void OutboxStation::accept_remains() {
  // What is left may end before a new incarnation began; the numbers are then those of the one before.
  if (outbox_->maker().incarnation != incarnation_) return;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto batch = outbox_->read_batch(lane, truth_.let_go[lane], 1'000'000, 1u << 30);
    if (!batch) continue;
    std::size_t at = 0;
    for (const sync::StoredAction& stored : batch->actions) {
      const auto action = sync::read_action(schema_, outbox_->maker(), stored);
      const auto& tokens = truth_.lanes[lane];
      if (action && (at >= tokens.size() || token_of(*action) != tokens[at]))
        undetected("lane " + std::to_string(lane) + " shows " + token_of(*action) + " where " +
                   (at < tokens.size() ? tokens[at] : "nothing") + " was saved");
      ++at;
    }
  }
  if (const auto told = outbox_->export_pending(schema_); !told && told.error().code != "database-corrupt")
    undetected("what is pending cannot be exported: " + told.error().code);
}

HubMemory OutboxStation::hub_memory() {
  HubMemory memory{outbox_->maker(), outbox_->status().lanes, {}};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    memory.hashes[lane].resize(truth_.let_go[lane]);
    const auto kept = must(outbox_->hashes(lane, truth_.let_go[lane] + 1, truth_.lanes[lane].size()));
    memory.hashes[lane].insert(memory.hashes[lane].end(), kept.begin(), kept.end());
  }
  return memory;
}

}  // namespace holdline::crashlab
