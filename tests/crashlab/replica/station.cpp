#include "tests/crashlab/replica/station.hpp"

#include <algorithm>

namespace holdline::crashlab {

ReplicaStation::ReplicaStation(Random& random) : Station("/replica.db", 1), random_(random) {
  options_.directory = "/";
  options_.vfs_name = disk().vfs_name();
  const auto powered = [this]() -> Result<void> {
    if (disk().power_is_off()) return fail(ErrorKind::stop, "io-error", "The power is off.");
    return {};
  };
  options_.remove = [this, powered](const std::filesystem::path& path) -> Result<void> {
    HOLDLINE_TRY(powered());
    disk().write(path.string(), std::nullopt);
    return {};
  };
  options_.publish = [this, powered](const std::filesystem::path& from,
                                     const std::filesystem::path& to) -> Result<void> {
    HOLDLINE_TRY(powered());
    const std::string bytes = disk().read(from.string());
    disk().write(to.string(), std::nullopt);
    disk().write(to.string(), bytes);
    disk().write(from.string(), std::nullopt);
    return {};
  };
  must(open());
  must(bootstrap(book_.first()));
  close();
  fresh_ = {disk().image(), book_.first()};
  must(open());
  for (int i = 0; i < 8; ++i) must(follow());
  close();
  aged_ = {disk().image(), book_.first() + 8};
}

void ReplicaStation::begin(const Prepared& from, std::uint64_t seed, Tell tell, bool stale) {
  go_back_to(*from.disk, seed, std::move(tell));
  visited_ = {from.at};
  stale_ = stale;
}

Result<void> ReplicaStation::open() {
  close();
  rebuilt_because_.clear();
  auto opened = agent::Replica::open(options_, key_, schema_, &rebuilt_because_);
  tell(!opened                    ? "cannot open: " + opened.error().code
       : rebuilt_because_.empty() ? "opens at " + std::to_string((*opened)->position().cursor.cn)
                                  : "is made anew: " + rebuilt_because_);
  if (!opened) return fail(std::move(opened));
  replica_ = *std::move(opened);
  return {};
}

// --- work ---

Result<void> ReplicaStation::work(std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i) {
    // An empty one stands in for one that could not be opened, and asks for a snapshot.
    const bool empty = replica_->position().epoch.is_nil();
    const auto at = empty ? std::max(*visited_.rbegin(), book_.first()) : replica_->position().cursor.cn;
    if (at + 2 >= book_.last()) return {};
    const auto drawn = random_.below(8);
    if (drawn == 0) {
      HOLDLINE_TRY(open());  // its end moves the log into the file
    } else if (drawn == 1 || empty) {
      HOLDLINE_TRY(bootstrap(at + 2));
    } else {
      HOLDLINE_TRY(follow());
    }
  }
  return {};
}

Result<void> ReplicaStation::follow() {
  const auto from = replica_->position().cursor.cn;
  visited_.insert(from + 1);
  auto applied = replica_->apply(book_.cut(from), began_ms);
  tell("applies a cut" + (applied ? std::string() : ": " + applied.error().code));
  return applied;
}

Result<void> ReplicaStation::bootstrap(sync::ChangeNumber cn) {
  visited_.insert(cn);
  Result<void> loaded;
  try {
    loaded = load(cn);
  } catch (const std::runtime_error& error) {
    // What the daemon does not survive by design: a disk on which no replica can be opened or made.
    loaded = fail(ErrorKind::stop, "daemon-ended", error.what());
  }
  tell("loads a snapshot" + (loaded ? std::string() : ": " + loaded.error().code));
  return loaded;
}

Result<void> ReplicaStation::load(sync::ChangeNumber cn) {
  const FeedBook::Snapshot snapshot = book_.snapshot(cn);
  HOLDLINE_ASSIGN(auto builder, replica_->build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
    HOLDLINE_TRY(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
  HOLDLINE_TRY(builder->finish(began_ms));
  return replica_->swap(std::move(builder));
}

// --- checks ---

bool ReplicaStation::shows(const LedgerRows& truth, std::string* why) {
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
bool ReplicaStation::finds(const LedgerRows& truth) {
  auto reader = agent::ReplicaReader::open(options_, key_, schema_);
  if (!reader) return true;
  for (int i = 0; i < 3; ++i) {
    auto at = truth.rows.begin();
    std::advance(at, random_.below(static_cast<std::uint32_t>(truth.rows.size())));
    const sync::Collection& of = *schema_.collection(at->first.collection);
    const bool phone = of.name == "phone";
    const auto& typed = std::get<std::string>(at->second.fields[*of.field(phone ? "e164" : "family")]);
    const auto found = (*reader)->search(agent::parse_query((*reader)->normalizer(), typed), 100);
    if (!found) continue;
    const bool there = std::ranges::any_of(
        found->rows, [&](const auto& candidate) { return candidate.matched.record.key == at->first; });
    if (there) continue;
    tell("a search does not find " + typed);
    return false;
  }
  return true;
}

void ReplicaStation::accept() {
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

void ReplicaStation::must_catch_up() {
  for (int i = 0; i < 2 && replica_->position().cursor.cn < book_.last(); ++i)
    if (const auto applied = follow(); !applied) lost("a cut is refused: " + applied.error().code);
  const LedgerRows& truth = book_.at(replica_->position().cursor.cn);
  if (replica_->digests() != truth.digests || !replica_->differing(truth.roots()).empty())
    lost("after the next cuts it differs from the ledger");
}

void ReplicaStation::accept_what_is_read() {
  std::string why;
  const auto cn = replica_->position().cursor.cn;
  if (replica_->check_rows() && !replica_->position().epoch.is_nil() && !shows(book_.at(cn), &why) && why.empty())
    undetected("with an unreadable page other rows are shown");
}

std::string ReplicaStation::fetch_again(std::string told) {
  if (!replica_ && !open()) lost("no empty copy can be made in place of the damaged one");
  if (const auto loaded = bootstrap(book_.last() - 3); !loaded)
    lost("it cannot be fetched again: " + loaded.error().code);
  start();
  accept();
  return told;
}

std::string ReplicaStation::judge() {
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

}  // namespace holdline::crashlab
