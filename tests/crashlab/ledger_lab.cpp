#include "tests/crashlab/ledger_lab.hpp"

#include <algorithm>
#include <optional>

#include "sync/dictionary.hpp"
#include "tests/crashlab/push_book.hpp"

namespace holdline::crashlab {

namespace {

using support::PowerLoss;

constexpr std::size_t page = 4096;
const std::string file = "/ledger.db", log_file = file + "-wal";

// What a hub answered, and so must still hold.
struct Acked {
  std::size_t pushes = 0;                          // of the book, from its beginning
  std::map<std::size_t, sync::PushReply> replies;  // by push
  std::size_t people = 0;
  std::size_t actions = 0;
};

class LedgerLab final : public Lab {
 public:
  LedgerLab();
  Outcome run(Fault fault, std::uint64_t seed, const Tell& tell) override;

 private:
  std::string inject(Fault fault);
  void cut_power(bool only_the_process);
  void fail_sync();
  void refuse_changes();
  void fail_read();
  std::string flip_bit();
  std::string lead_write_astray(bool misdirect);
  std::string put_page_back();
  std::string swap_file();

  Result<void> open();
  void start();
  void lose(PowerLoss loss);
  Result<void> work(std::size_t steps);
  Result<void> take(std::size_t count);
  Result<void> add_person();
  void must_work(std::size_t steps);
  void accept();
  void accept_people();
  void accept_replies();
  std::string judge();
  hub::Person person(std::size_t n) const;

  const sync::Schema schema_ = must(sync::Schema::parse(sync::default_schema_text()));
  const PushBook book_{schema_};
  support::FaultDisk disk_{new_disk_name(), 1};
  hub::SqliteLedgerOptions options_;
  const platform::SecretKey key_ = disk_key();
  std::vector<LedgerTruth> truths_;  // after so many pushes
  struct Prepared {
    std::shared_ptr<const support::FaultDisk::Image> disk;
    Acked acked;
  };
  Prepared fresh_, aged_;

  SeededEntropy entropy_{1};
  Random random_{1};
  std::unique_ptr<hub::SqliteLedger> ledger_;
  Acked acked_;
  std::size_t pushes_under_way_ = 0, people_under_way_ = 0;
  Injected more_;
  Tell tell_;
};

LedgerLab::LedgerLab() {
  options_.file = file;
  options_.vfs_name = disk_.vfs_name();
  options_.writer_cache_kib = 512;
  options_.reader_cache_kib = 256;
  options_.idle_readers = 1;
  tell_ = [](const std::string&) {};
  const hub::NewLedger fresh{sync::Id{{1}}, sync::Id{{2}}, schema_.text(), sync::train_dictionary(schema_)};
  ledger_ = must(hub::SqliteLedger::create(options_, key_, fresh));
  must(ledger_->put_person(book_.person()));
  ledger_.reset();
  fresh_ = {disk_.image(), {}};
  must(open());
  truths_.push_back(must(book_.observe(*ledger_)));
  for (std::size_t i = 0; i < book_.size(); ++i) {
    if (i == 16) {
      ledger_.reset();
      aged_ = {disk_.image(), acked_};
      must(open());
    }
    must(take(1));
    truths_.push_back(must(book_.observe(*ledger_)));
  }
  ledger_.reset();
}

Outcome LedgerLab::run(Fault fault, std::uint64_t seed, const Tell& tell) {
  random_ = Random(seed);
  entropy_.reseed(seed);
  tell_ = tell;
  more_ = {};
  const Prepared& from = one_in(random_, 2) ? fresh_ : aged_;
  ledger_.reset();
  disk_.restore_power(PowerLoss::none);
  disk_.mend();
  disk_.restore(*from.disk);
  disk_.reseed(seed);
  acked_ = from.acked;
  pushes_under_way_ = people_under_way_ = 0;
  const auto before = disk_.counts();
  Outcome outcome;
  outcome.what = inject(fault);
  if (!outcome.what.empty()) {
    outcome.verdict = Verdict::detected;
  } else if (fault >= Fault::bit_flip) {
    outcome.verdict = Verdict::harmless;
  }
  ledger_.reset();
  outcome.acked_checked = acked_.actions;
  outcome.injected = between(before, disk_.counts());
  outcome.injected += more_;
  return outcome;
}

std::string LedgerLab::inject(Fault fault) {
  switch (fault) {
    case Fault::power_cut:
    case Fault::kill:
      cut_power(fault == Fault::kill);
      return {};
    case Fault::failed_sync:
      fail_sync();
      return {};
    case Fault::read_only:
      refuse_changes();
      return {};
    case Fault::read_error:
      fail_read();
      return {};
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

// --- the hub ---

Result<void> LedgerLab::open() {
  ledger_.reset();
  auto opened = hub::SqliteLedger::open(options_, key_);
  tell_(opened ? "opens" : "cannot open: " + opened.error().code);
  if (!opened) return fail(std::move(opened));
  ledger_ = *std::move(opened);
  return {};
}

void LedgerLab::start() {
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
}

void LedgerLab::lose(PowerLoss loss) {
  tell_(loss == PowerLoss::none ? "the process dies" : "the power goes");
  disk_.cut_power();
  ledger_.reset();
  disk_.restore_power(loss);
  disk_.mend();
}

hub::Person LedgerLab::person(std::size_t n) const {
  hub::Person added = book_.person();
  added.id = sync::Id{{5, static_cast<std::uint8_t>(n)}};
  added.name = "person" + std::to_string(n);
  return added;
}

Result<void> LedgerLab::work(std::size_t steps) {
  for (std::size_t i = 0; i < steps && acked_.pushes + 4 < book_.size(); ++i) {
    switch (random_.below(8)) {
      case 0:
        HOLDLINE_TRY(add_person());
        break;
      case 1: {
        const auto moved = ledger_->checkpoint();
        tell_(moved ? "moves the log" : "moves the log: " + moved.error().code);
        if (!moved) return moved;
        break;
      }
      default:
        HOLDLINE_TRY(take(1 + random_.below(3)));
    }
  }
  return {};
}

Result<void> LedgerLab::take(std::size_t count) {
  hub::Intake intake(*ledger_, entropy_);
  std::vector<hub::IncomingPush> group;
  for (std::size_t i = 0; i < count; ++i) group.push_back(book_.push(acked_.pushes + i));
  auto replies = intake.take(group, began_ms);
  tell_("takes " + std::to_string(count) + " pushes" + (replies.front() ? "" : ": " + replies.front().error().code));
  if (!replies.front()) {
    pushes_under_way_ = count;
    return fail(std::move(replies.front()));
  }
  for (std::size_t i = 0; i < count; ++i) {
    acked_.actions += group[i].actions.size();
    acked_.replies[acked_.pushes++] = *std::move(replies[i]);
  }
  return {};
}

Result<void> LedgerLab::add_person() {
  auto put = ledger_->put_person(person(acked_.people));
  tell_(put ? "adds a person" : "adds a person: " + put.error().code);
  if (put)
    ++acked_.people;
  else
    people_under_way_ = 1;
  return put;
}

void LedgerLab::must_work(std::size_t steps) {
  if (const auto worked = work(steps); !worked) lost("work is refused: " + worked.error().code);
}

// --- checks ---

// All that was answered is there, with all or nothing of the group that was under way.
void LedgerLab::accept() {
  const auto found = book_.observe(*ledger_);
  if (!found) lost("what was answered cannot be read: " + found.error().code);
  const std::size_t all_of_it = acked_.pushes + pushes_under_way_;
  if (*found == truths_[all_of_it]) {
    acked_.pushes = all_of_it;
  } else if (*found != truths_[acked_.pushes]) {
    lost(difference(truths_[acked_.pushes], *found) + (pushes_under_way_ > 0 ? "; nor is it all of the group" : ""));
  }
  pushes_under_way_ = 0;
  if (auto checked = ledger_->check_digests(); !checked) lost("the digests are not those of the rows");
  accept_people();
  accept_replies();
}

void LedgerLab::accept_people() {
  const auto people = ledger_->people(ledger_scopes);
  if (!people) lost("the people cannot be read: " + people.error().code);
  const std::size_t found = people->size() - 1;  // beside the one everybody is signed in as
  if (found < acked_.people || found > acked_.people + people_under_way_)
    lost(std::to_string(found) + " people instead of " + std::to_string(acked_.people));
  acked_.people = found;
  people_under_way_ = 0;
}

// Every answer is in the stream as it was told, a push that is sent again gets it again, and a position that was told
// is still one.
void LedgerLab::accept_replies() {
  if (acked_.replies.empty()) return;
  const auto reader = ledger_->reader();
  if (!reader) lost("what was answered cannot be read: " + reader.error().code);
  std::map<sync::Id, std::vector<sync::ActionResult>> streams;
  for (const hub::Device& device : book_.devices())
    if (auto stream = (*reader)->results(device.id, 0, 100'000)) streams[device.id] = *std::move(stream);
  for (const auto& [push, reply] : acked_.replies) {
    const auto& stream = streams[book_.push(push).device.id];
    for (const sync::ActionResult& told : reply.results)
      if (told.entry > stream.size() || stream[told.entry - 1] != told)
        lost("the answer to push " + std::to_string(push) + " is another now");
  }
  auto told = acked_.replies.begin();
  std::advance(told, random_.below(static_cast<std::uint32_t>(acked_.replies.size())));
  if (!(*reader)->cut(told->second.results.front().at, ledger_scopes, 0xff, 1'000'000))
    lost("a position that was told is not known any more");
  hub::Intake intake(*ledger_, entropy_);
  const std::vector<hub::IncomingPush> again{book_.push(told->first)};
  const auto reply = intake.take(again, began_ms).front();
  if (!reply || *reply != told->second) lost("push " + std::to_string(told->first) + " is answered otherwise now");
}

// How damage was told: by the start, by the digests, by reading, or at the latest by the workstations, which know more
// than a ledger that went back: they have its positions, their own numbers and the results they were told. Empty:
// everything reads as before.
std::string LedgerLab::judge() {
  if (!open()) return "not opened";
  if (auto checked = ledger_->check_digests(); !checked) return "digests of the rows";
  const auto found = book_.observe(*ledger_);
  if (!found) return "error when read";
  const LedgerTruth& truth = truths_[acked_.pushes];
  if (found->head < truth.head) return "by the workstations' positions";
  if (found->progress != truth.progress) return "by the workstations' numbers";
  if (found->results.size() < truth.results.size()) return "by the workstations' results";
  if (*found != truth) undetected(difference(truth, *found));
  const auto people = ledger_->people(ledger_scopes);
  if (!people) return "error when read";
  if (people->size() != acked_.people + 1) tell_("people are those of an earlier moment");
  return {};
}

// --- faults ---

void LedgerLab::cut_power(bool only_the_process) {
  const auto loss = [&] { return only_the_process ? PowerLoss::none : any_power_loss(random_); };
  if (one_in(random_, 6)) {
    disk_.cut_power_at(1 + random_.below(20));
    if (open()) static_cast<void>(work(4));
  } else {
    start();
    disk_.cut_power_at(1 + random_.below(220));
    static_cast<void>(work(3 + random_.below(6)));
  }
  lose(loss());
  while (one_in(random_, 3)) {
    disk_.cut_power_at(1 + random_.below(80));
    static_cast<void>(open());
    lose(loss());
  }
  start();
  accept();
  must_work(1);
}

void LedgerLab::fail_sync() {
  start();
  const bool for_ever = one_in(random_, 4);
  disk_.fail_sync(1 + random_.below(12), for_ever);
  if (!work(4 + random_.below(4))) {
    // The hub ends as soon as its ledger says that nobody knows what is on the disk; until then it goes on.
    if (ledger_->begin()) {
      disk_.mend();
      static_cast<void>(work(2));
    }
    if (one_in(random_, 2)) {
      lose(PowerLoss::none);
      if (for_ever) {
        disk_.fail_sync(1, true);
        if (open()) lost("it opened on a disk that cannot sync");
        disk_.mend();
      } else if (one_in(random_, 2)) {
        disk_.cut_power_at(1 + random_.below(40));
        static_cast<void>(open());
        lose(any_power_loss(random_));
      }
    } else {
      lose(any_power_loss(random_));
    }
    start();
    accept();
  }
  disk_.mend();
  must_work(1);
  lose(any_power_loss(random_));
  start();
  accept();
}

void LedgerLab::refuse_changes() {
  start();
  disk_.refuse_changes(1 + random_.below(120));
  if (!work(4 + random_.below(4)) && take(1)) lost("something was answered on a disk that cannot be written");
  lose(one_in(random_, 2) ? PowerLoss::none : any_power_loss(random_));
  start();
  accept();
  must_work(1);
}

void LedgerLab::fail_read() {
  start();
  must_work(2);
  lose(PowerLoss::none);
  const std::string& of = one_in(random_, 3) ? log_file : file;
  if (const std::size_t size = disk_.read(of).size(); size > 0 && !one_in(random_, 4)) {
    disk_.fail_reads_of(of, random_.below(static_cast<std::uint32_t>(size)) / page * page, page);
  } else {
    disk_.fail_read(1 + random_.below(200), one_in(random_, 3));
  }
  if (open()) {
    if (const auto found = book_.observe(*ledger_); found && *found != truths_[acked_.pushes])
      undetected("with an unreadable page: " + difference(truths_[acked_.pushes], *found));
    static_cast<void>(work(2));
  }
  lose(PowerLoss::none);
  start();
  accept();
}

std::string LedgerLab::flip_bit() {
  start();
  must_work(1 + random_.below(4));
  if (one_in(random_, 2)) {
    lose(PowerLoss::none);
  } else {
    ledger_.reset();
  }
  const std::size_t in_file = disk_.read(file).size() * 8, in_log = disk_.read(log_file).size() * 8;
  const auto at = random_.below(static_cast<std::uint32_t>(in_file + in_log));
  const std::string& of = at < in_file ? file : log_file;
  const std::uint64_t bit = at < in_file ? at : at - in_file;
  disk_.flip_bit(of, bit);
  tell_("bit " + std::to_string(bit) + " of " + of + " turns over");
  std::string told = judge();
  if (told.empty()) return told;
  lose(PowerLoss::none);
  disk_.flip_bit(of, bit);
  more_.bit_flips -= 1;
  start();
  accept();
  return told;
}

std::string LedgerLab::lead_write_astray(bool misdirect) {
  start();
  if (misdirect) {
    const auto away = static_cast<std::int64_t>((1 + random_.below(9)) * page);
    disk_.misdirect_write(file, 1 + random_.below(20), one_in(random_, 2) ? away : -away);
  } else {
    disk_.lose_write(file, 1 + random_.below(20));
  }
  must_work(2 + random_.below(4));
  static_cast<void>(ledger_->checkpoint());
  lose(PowerLoss::all_unsynced);
  return judge();
}

std::string LedgerLab::put_page_back() {
  const std::string before = disk_.read(file);
  start();
  must_work(2 + random_.below(4));
  ledger_.reset();
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

std::string LedgerLab::swap_file() {
  const std::string older = disk_.read(file);
  start();
  must_work(3);
  if (const auto taken = take(1); !taken) lost("work is refused: " + taken.error().code);
  lose(PowerLoss::none);
  const std::string now = disk_.read(file), log = disk_.read(log_file);
  const auto part = [&](const std::string& of) {
    return of.substr(0, of.empty() ? 0 : random_.below(static_cast<std::uint32_t>(of.size())));
  };
  ++more_.swapped_files;
  switch (random_.below(5)) {
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
    default:
      tell_("the log is deleted");
      disk_.write(log_file, std::nullopt);
      break;
  }
  return judge();
}

}  // namespace

std::unique_ptr<Lab> make_ledger_lab() { return std::make_unique<LedgerLab>(); }

}  // namespace holdline::crashlab
