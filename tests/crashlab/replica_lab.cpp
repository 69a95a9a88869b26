#include "tests/crashlab/replica_lab.hpp"

#include <algorithm>
#include <set>

#include "tests/crashlab/feed_book.hpp"

namespace holdline::crashlab {

namespace {

using support::PowerLoss;

constexpr std::size_t page = 4096;
const std::string file = "/replica.db", log_file = file + "-wal";

class ReplicaLab final : public Lab {
 public:
  ReplicaLab();
  Outcome run(Fault fault, std::uint64_t seed, const Tell& tell) override;

 private:
  std::string inject(Fault fault);
  void cut_power(bool only_the_process);
  std::string fail_sync();
  std::string refuse_changes();
  std::string fail_read();
  std::string flip_bit();
  std::string lead_write_astray(bool misdirect);
  std::string put_page_back();
  std::string swap_file();

  Result<void> open();
  void lose(PowerLoss loss);
  Result<void> work(std::size_t steps);
  Result<void> follow();
  Result<void> bootstrap(sync::ChangeNumber cn);
  Result<void> load(sync::ChangeNumber cn);
  void work_at_rest();
  void accept();
  std::string judge();
  void must_catch_up();
  bool shows(const LedgerRows& truth, std::string* why);
  bool finds(const LedgerRows& truth);

  const sync::Schema schema_ = must(sync::Schema::parse(sync::default_schema_text()));
  const FeedBook book_{schema_};
  support::FaultDisk disk_{new_disk_name(), 1};
  agent::ReplicaOptions options_;
  const platform::SecretKey key_ = disk_key();
  std::shared_ptr<const support::FaultDisk::Image> fresh_, aged_;

  Random random_{1};
  std::unique_ptr<agent::Replica> replica_;
  std::string rebuilt_because_;
  std::set<sync::ChangeNumber> visited_;  // positions the replica may come back to
  bool stale_ = false;                    // a page of the file may have kept its older bytes
  Injected more_;
  Tell tell_;
};

ReplicaLab::ReplicaLab() {
  options_.directory = "/";
  options_.vfs_name = disk_.vfs_name();
  const auto powered = [this]() -> Result<void> {
    if (disk_.power_is_off()) return fail(ErrorKind::stop, "io-error", "The power is off.");
    return {};
  };
  options_.remove = [this, powered](const std::filesystem::path& path) -> Result<void> {
    HOLDLINE_TRY(powered());
    disk_.write(path.string(), std::nullopt);
    return {};
  };
  options_.publish = [this, powered](const std::filesystem::path& from,
                                     const std::filesystem::path& to) -> Result<void> {
    HOLDLINE_TRY(powered());
    const std::string bytes = disk_.read(from.string());
    disk_.write(to.string(), std::nullopt);
    disk_.write(to.string(), bytes);
    disk_.write(from.string(), std::nullopt);
    return {};
  };
  tell_ = [](const std::string&) {};
  must(open());
  must(bootstrap(book_.first()));
  replica_.reset();
  fresh_ = disk_.image();
  must(open());
  for (int i = 0; i < 8; ++i) must(follow());
  replica_.reset();
  aged_ = disk_.image();
}

Outcome ReplicaLab::run(Fault fault, std::uint64_t seed, const Tell& tell) {
  random_ = Random(seed);
  tell_ = tell;
  more_ = {};
  replica_.reset();
  disk_.restore_power(PowerLoss::none);
  disk_.mend();
  const bool aged = one_in(random_, 2);
  disk_.restore(aged ? *aged_ : *fresh_);
  disk_.reseed(seed);
  visited_ = {book_.first() + (aged ? 8 : 0)};
  const auto before = disk_.counts();
  Outcome outcome;
  stale_ = fault == Fault::stale_page || fault == Fault::misdirected || fault == Fault::failed_sync;
  outcome.what = inject(fault);
  if (!outcome.what.empty()) {
    outcome.verdict = Verdict::detected;
  } else if (fault >= Fault::bit_flip) {
    outcome.verdict = Verdict::harmless;
  }
  replica_.reset();
  outcome.injected = between(before, disk_.counts());
  outcome.injected += more_;
  return outcome;
}

std::string ReplicaLab::inject(Fault fault) {
  switch (fault) {
    case Fault::power_cut:
    case Fault::kill:
      cut_power(fault == Fault::kill);
      return {};
    case Fault::failed_sync:
      return fail_sync();
    case Fault::read_only:
      return refuse_changes();
    case Fault::read_error:
      return fail_read();
    case Fault::bit_flip:
      return flip_bit();
    case Fault::misdirected:
      return lead_write_astray(true);
    case Fault::stale_page:
      return one_in(random_, 2) ? lead_write_astray(false) : put_page_back();
    case Fault::swapped_file:
      return swap_file();
  }
  return {};
}

// --- the workstation ---

Result<void> ReplicaLab::open() {
  replica_.reset();
  rebuilt_because_.clear();
  auto opened = agent::Replica::open(options_, key_, schema_, &rebuilt_because_);
  tell_(!opened                    ? "cannot open: " + opened.error().code
        : rebuilt_because_.empty() ? "opens at " + std::to_string((*opened)->position().cursor.cn)
                                   : "is made anew: " + rebuilt_because_);
  if (!opened) return fail(std::move(opened));
  replica_ = *std::move(opened);
  return {};
}

void ReplicaLab::lose(PowerLoss loss) {
  tell_(loss == PowerLoss::none ? "the process dies" : "the power goes");
  disk_.cut_power();
  replica_.reset();
  disk_.restore_power(loss);
  disk_.mend();
}

Result<void> ReplicaLab::work(std::size_t steps) {
  if (replica_->position().epoch.is_nil()) return bootstrap(book_.first());  // it was made anew
  for (std::size_t i = 0; i < steps && replica_->position().cursor.cn + 2 < book_.last(); ++i) {
    const auto drawn = random_.below(8);
    if (drawn == 0) {
      HOLDLINE_TRY(open());  // its end moves the log into the file
    } else if (drawn == 1) {
      HOLDLINE_TRY(bootstrap(replica_->position().cursor.cn + 2));
    } else {
      HOLDLINE_TRY(follow());
    }
  }
  return {};
}

Result<void> ReplicaLab::follow() {
  const auto from = replica_->position().cursor.cn;
  visited_.insert(from + 1);
  auto applied = replica_->apply(book_.cut(from), began_ms);
  tell_("applies a cut" + (applied ? std::string() : ": " + applied.error().code));
  return applied;
}

Result<void> ReplicaLab::bootstrap(sync::ChangeNumber cn) {
  visited_.insert(cn);
  Result<void> loaded;
  try {
    loaded = load(cn);
  } catch (const std::runtime_error& error) {
    // What the daemon does not survive by design: a disk on which no replica can be opened or made.
    loaded = fail(ErrorKind::stop, "daemon-ended", error.what());
  }
  tell_("loads a snapshot" + (loaded ? std::string() : ": " + loaded.error().code));
  return loaded;
}

Result<void> ReplicaLab::load(sync::ChangeNumber cn) {
  const FeedBook::Snapshot snapshot = book_.snapshot(cn);
  HOLDLINE_ASSIGN(auto builder, replica_->build(snapshot.manifest, 1));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
    HOLDLINE_TRY(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
  HOLDLINE_TRY(builder->finish(began_ms));
  return replica_->swap(std::move(builder));
}

void ReplicaLab::work_at_rest() {
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
  if (const auto worked = work(2 + random_.below(5)); !worked) lost("work is refused: " + worked.error().code);
  if (one_in(random_, 2)) return lose(PowerLoss::none);
  replica_.reset();
}

// --- checks ---

bool ReplicaLab::shows(const LedgerRows& truth, std::string* why) {
  auto reader = agent::ReplicaReader::open(options_, key_, schema_);
  if (!reader) return *why = reader.error().code, false;
  std::map<sync::RecordKey, sync::Record> found;
  for (const sync::Collection& collection : schema_.collections()) {
    auto seen = (*reader)->list(collection, {}, 100'000);
    if (!seen) return *why = seen.error().code, false;
    for (auto& row : seen->rows) found.emplace(row.record.key, std::move(row.record));
  }
  why->clear();
  return found == truth.rows;
}

// Somebody looks for three customers by name and by number; an error is an answer, silence is not.
bool ReplicaLab::finds(const LedgerRows& truth) {
  auto reader = agent::ReplicaReader::open(options_, key_, schema_);
  if (!reader) return true;
  for (int i = 0; i < 3; ++i) {
    auto at = truth.rows.begin();
    std::advance(at, random_.below(static_cast<std::uint32_t>(truth.rows.size())));
    const sync::Collection& of = *schema_.collection(at->first.collection);
    const bool phone = of.name == "phone";
    const auto& typed = std::get<std::string>(at->second.fields[*of.field(phone ? "e164" : "family")]);
    const auto found = (*reader)->search(agent::parse_query((*reader)->folder(), typed), 100);
    if (!found) continue;
    const bool there = std::ranges::any_of(
        found->rows, [&](const auto& candidate) { return candidate.matched.record.key == at->first; });
    if (there) continue;
    tell_("a search does not find " + typed);
    return false;
  }
  return true;
}

// Whole cuts only, and the digests are those of the rows.
void ReplicaLab::accept() {
  const auto opened = open();
  if (!opened) lost("it does not open: " + opened.error().code);
  if (!rebuilt_because_.empty()) lost("it was made anew: " + rebuilt_because_);
  const auto cn = replica_->position().cursor.cn;
  if (!visited_.contains(cn)) lost("it stands at " + std::to_string(cn) + ", where it never was");
  if (auto checked = replica_->check_rows(); !checked) lost("its digests are not those of its rows");
  if (replica_->digests() != book_.at(cn).digests) lost("half a cut was applied");
  std::string why;
  if (!shows(book_.at(cn), &why)) lost("its rows are others than the ledger's: " + why);
  if (!finds(book_.at(cn))) lost("a search does not find what is there");
  must_catch_up();
}

void ReplicaLab::must_catch_up() {
  for (int i = 0; i < 2 && replica_->position().cursor.cn < book_.last(); ++i)
    if (const auto applied = follow(); !applied) lost("a cut is refused: " + applied.error().code);
  const LedgerRows& truth = book_.at(replica_->position().cursor.cn);
  if (replica_->digests() != truth.digests || !replica_->differing(truth.roots()).empty())
    lost("after the next cuts it differs from the ledger");
}

// How damage was told: by the start, by the check of the rows, by reading, or at the next cut by the ledger's digests.
// A copy that was made anew is fetched again. Empty: everything reads as before.
std::string ReplicaLab::judge() {
  const auto fetch_again = [this](std::string told) {
    if (!replica_ && !open()) lost("no empty copy can be made in place of the damaged one");
    if (const auto loaded = bootstrap(book_.last() - 3); !loaded)
      lost("it cannot be fetched again: " + loaded.error().code);
    accept();
    return told;
  };
  if (!open()) return fetch_again("not opened");
  if (!rebuilt_because_.empty() || replica_->position().epoch.is_nil()) return fetch_again("made anew");
  const auto cn = replica_->position().cursor.cn;
  if (cn < book_.first() || cn > book_.last()) undetected("it stands where it never was");
  if (!replica_->check_rows()) return fetch_again("rows recomputed");
  std::string why;
  if (shows(book_.at(cn), &why)) {
    // A page of the search indexes that kept its older bytes is not noticed: see the README.
    if (!finds(book_.at(cn)) && !stale_) undetected("a search does not find what is there");
    return cn == *visited_.rbegin() ? "" : "by its position";
  }
  if (!why.empty()) return fetch_again("error when read");
  for (int i = 0; i < 2 && replica_->position().cursor.cn < book_.last(); ++i)
    if (!follow()) return fetch_again("a cut is refused");
  const LedgerRows& truth = book_.at(replica_->position().cursor.cn);
  if (!replica_->differing(truth.roots()).empty()) return fetch_again("by the ledger's digests");
  if (!shows(truth, &why)) undetected("rows are others than the ledger's: " + why);
  return "by its position";
}

// --- faults ---

void ReplicaLab::cut_power(bool only_the_process) {
  const auto loss = [&] { return only_the_process ? PowerLoss::none : any_power_loss(random_); };
  if (one_in(random_, 6)) {
    disk_.cut_power_at(1 + random_.below(10));
    if (open()) static_cast<void>(work(3));
  } else {
    if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
    disk_.cut_power_at(1 + random_.below(250));
    static_cast<void>(work(2 + random_.below(6)));
  }
  lose(loss());
  while (one_in(random_, 3)) {
    disk_.cut_power_at(1 + random_.below(20));
    static_cast<void>(open());
    lose(loss());
  }
  accept();
}

std::string ReplicaLab::fail_sync() {
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
  disk_.fail_sync(1 + random_.below(10), one_in(random_, 4));
  if (!work(3 + random_.below(5)) && !replica_) static_cast<void>(open());
  disk_.mend();
  if (replica_) static_cast<void>(work(2));
  lose(any_power_loss(random_));
  return judge();
}

std::string ReplicaLab::refuse_changes() {
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
  disk_.refuse_changes(1 + random_.below(150));
  static_cast<void>(work(3 + random_.below(5)));
  lose(one_in(random_, 2) ? PowerLoss::none : any_power_loss(random_));
  return judge();
}

std::string ReplicaLab::fail_read() {
  work_at_rest();
  const std::string& of = one_in(random_, 3) ? log_file : file;
  if (const std::size_t size = disk_.read(of).size(); size > 0 && !one_in(random_, 4)) {
    disk_.fail_reads_of(of, random_.below(static_cast<std::uint32_t>(size)) / page * page, page);
  } else {
    disk_.fail_read(1 + random_.below(150), one_in(random_, 3));
  }
  if (open()) {
    std::string why;
    const auto cn = replica_->position().cursor.cn;
    if (replica_->check_rows() && !replica_->position().epoch.is_nil() && !shows(book_.at(cn), &why) && why.empty())
      undetected("with an unreadable page other rows are shown");
    static_cast<void>(work(2));
  }
  lose(PowerLoss::none);
  return judge();
}

std::string ReplicaLab::flip_bit() {
  work_at_rest();
  const std::size_t in_file = disk_.read(file).size() * 8, in_log = disk_.read(log_file).size() * 8;
  const auto at = random_.below(static_cast<std::uint32_t>(in_file + in_log));
  const std::string& of = at < in_file ? file : log_file;
  disk_.flip_bit(of, at < in_file ? at : at - in_file);
  tell_("a bit of " + of + " turns over");
  return judge();
}

std::string ReplicaLab::lead_write_astray(bool misdirect) {
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
  if (misdirect) {
    const auto away = static_cast<std::int64_t>((1 + random_.below(9)) * page);
    disk_.misdirect_write(file, 1 + random_.below(20), one_in(random_, 2) ? away : -away);
  } else {
    disk_.lose_write(file, 1 + random_.below(20));
  }
  if (const auto worked = work(3 + random_.below(5)); !worked) lost("work is refused: " + worked.error().code);
  replica_.reset();
  disk_.restore_power(PowerLoss::all_unsynced);
  return judge();
}

std::string ReplicaLab::put_page_back() {
  const std::string before = disk_.read(file);
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
  for (std::uint32_t i = 0, cuts = 2 + random_.below(4); i < cuts; ++i)
    if (const auto applied = follow(); !applied) lost("a cut is refused: " + applied.error().code);
  replica_.reset();
  std::string now = disk_.read(file);
  std::vector<std::size_t> changed;
  for (std::size_t at = 0; at + page <= std::min(before.size(), now.size()); at += page)
    if (before.compare(at, page, now, at, page) != 0) changed.push_back(at);
  if (changed.empty()) return {};
  const std::size_t at = changed[random_.below(static_cast<std::uint32_t>(changed.size()))];
  now.replace(at, page, before, at, page);
  disk_.write(file, now);
  ++more_.stale_pages;
  tell_("the page at " + std::to_string(at) + " is the older one again");
  return judge();
}

std::string ReplicaLab::swap_file() {
  const std::string older = disk_.read(file);
  work_at_rest();
  const std::string now = disk_.read(file), log = disk_.read(log_file);
  const auto part = [&](const std::string& of) {
    return of.substr(0, of.empty() ? 0 : random_.below(static_cast<std::uint32_t>(of.size())));
  };
  ++more_.swapped_files;
  switch (random_.below(6)) {
    case 0:
      tell_("an older file is put back");
      disk_.write(file, older);
      disk_.write(log_file, std::nullopt);
      break;
    case 1:
      tell_("the file is emptied");
      disk_.write(file, "");
      break;
    case 2:
      tell_("the file is cut off");
      disk_.write(file, part(now));
      break;
    case 3:
      tell_("the log is cut off");
      disk_.write(log_file, part(log));
      break;
    case 4:
      tell_("an older file is put back under the log of today");
      disk_.write(file, older);
      break;
    default:
      tell_("the log is deleted");
      disk_.write(log_file, std::nullopt);
      break;
  }
  return judge();
}

}  // namespace

std::unique_ptr<Lab> make_replica_lab() { return std::make_unique<ReplicaLab>(); }

}  // namespace holdline::crashlab
